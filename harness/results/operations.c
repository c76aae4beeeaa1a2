/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/operations.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/csv.h"
#include "harness/text/memory.h"

struct columns {
	unsigned kind, operation, zone;
	int role; /* negative: the record is of before there were several resolvers */
	bool has_operations; /* false: the record is of before they were */
};

static int find_columns(const struct csv *csv, struct columns *ret, struct err *e)
{
	int kind = csv_column(csv, "kind", e), operation = csv_column(csv, "operation", NULL),
	    zone = csv_column(csv, "zone", NULL);

	if (kind < 0)
		return -EINVAL;
	*ret = (struct columns){ (unsigned)kind, (unsigned)operation, (unsigned)zone,
				 csv_column(csv, "role", NULL), operation >= 0 && zone >= 0 };
	return 0;
}

static int no_memory(struct err *e)
{
	memory_ended();
	return err_set(e, -ENOMEM, "no memory for 'events.csv'");
}

static int add(struct operations *o, const struct csv *csv, const struct columns *at, struct err *e)
{
	struct operation_done *list = reallocarray(o->list, o->count + 1, sizeof(*list)), *one;

	if (!list)
		return no_memory(e);
	o->list = list;
	one = &list[o->count++];
	snprintf(one->name, sizeof(one->name), "%s", csv_text(csv, at->operation));
	snprintf(one->zone, sizeof(one->zone), "%s", csv_text(csv, at->zone));
	snprintf(one->role, sizeof(one->role), "%s",
		 at->role < 0 ? "" : csv_text(csv, (unsigned)at->role));
	return csv_time(csv, &one->t, e);
}

static int load(struct operations *o, struct csv *csv, struct err *e)
{
	struct columns at;
	int rc = find_columns(csv, &at, e);

	while (rc == 0 && (rc = csv_next(csv, e)) == 1) {
		rc = 0;
		if (strcmp(csv_text(csv, at.kind), "operator") != 0)
			continue;
		if (at.has_operations)
			rc = add(o, csv, &at, e);
		else
			o->untold = true;
	}
	return rc;
}

int operations_load(const char *folder, struct operations **ret, struct err *e)
{
	_cleanup_(operations_freep) struct operations *o = calloc(1, sizeof(*o));
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = o ? csv_open_if_there(folder, "events.csv", &csv, e) : no_memory(e);

	if (rc == 1)
		rc = load(o, csv, e);
	if (rc < 0)
		return rc;
	*ret = TAKE(o);
	return 0;
}

void operations_free(struct operations *o)
{
	if (o)
		free(o->list);
	free(o);
}

const struct operation_done *operations_first(const struct operations *o, const char *name)
{
	const struct operation_done *any = NULL;

	for (unsigned i = 0; i < o->count; i++) {
		if (strcmp(o->list[i].name, name) != 0)
			continue;
		if (!o->list[i].role[0])
			return &o->list[i];
		if (!any)
			any = &o->list[i];
	}
	return any;
}

const struct operation_done *operations_after(const struct operations *o,
					      const struct operation_done *one, const char *name)
{
	for (const struct operation_done *d = one + 1; d < o->list + o->count; d++)
		if (strcmp(d->name, name) == 0 && strcmp(d->zone, one->zone) == 0 &&
		    strcmp(d->role, one->role) == 0)
			return d;
	return NULL;
}
