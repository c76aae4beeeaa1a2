/* SPDX-License-Identifier: BSD-2-Clause */
/* driver_facts.c - what is known of a driver that was read. */
#include <string.h>

#include "harness/subject/driver_call.h"

const char *driver_name(const struct driver *d)
{
	return d->name;
}

const char *driver_kind(const struct driver *d)
{
	return d->kind;
}

const char *driver_program(const struct driver *d)
{
	return d->program;
}

const char *driver_version(const struct driver *d)
{
	return d->version;
}

const char *driver_version_why(const struct driver *d)
{
	return d->version_why;
}

const char *const *driver_paths(const struct driver *d)
{
	return (const char *const *)d->paths;
}

bool driver_operation(const struct driver *d, enum operation op)
{
	return d->operations & 1u << op;
}

const char *driver_mitigation(const struct driver *d, const char *name)
{
	for (unsigned i = 0; i < d->offer_count; i++)
		if (!strcmp(d->offers[i].name, name) &&
		    versions_contain(&d->offers[i].versions, driver_version(d)) != VERSIONS_OUTSIDE)
			return d->offers[i].about;
	return NULL;
}

const char *driver_mitigation_at(const struct driver *d, unsigned i)
{
	return i < d->offer_count ? d->offers[i].name : NULL;
}

bool driver_lists_requests(const struct driver *d)
{
	return d->lists_requests;
}

bool driver_forwards(const struct driver *d)
{
	return d->forwards;
}

bool driver_wants_real_time(const struct driver *d)
{
	return d->wants_real_time;
}

bool driver_is_default(const struct driver *d)
{
	return d->is_default;
}
