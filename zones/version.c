/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/version.h"

/* When a signing reaches a server. The first has always been everywhere. */
static simtime arrival(const struct zone *z, const struct signing *s, unsigned server)
{
	if (s == z->signings)
		return INT64_MIN;
	if (z->server_count < 2)
		return s->reach_from;
	return s->reach_from + (s->reach_to - s->reach_from) * server / (z->server_count - 1);
}

const struct signing *version_signing(const struct view *v)
{
	const struct zone *z = v->zone;

	for (unsigned i = z->signing_count; i--;)
		if (arrival(z, &z->signings[i], v->server) <= v->now)
			return &z->signings[i];
	return NULL;
}

simtime version_tick(simtime now, simtime period, simtime phase)
{
	simtime past = (now - phase) % period;

	return now - (past < 0 ? past + period : past);
}

simtime version_at(const struct view *v)
{
	const struct zone *z = v->zone;
	simtime last = version_tick(v->now, z->version_every > 0 ? z->version_every : MINUTE, 0);

	for (unsigned i = 1; i < z->signing_count; i++) {
		simtime at = arrival(z, &z->signings[i], v->server);

		if (at <= v->now && at > last)
			last = at;
	}
	return last;
}

uint32_t version_dated(const struct zone *z, simtime t)
{
	return (uint32_t)simtime_seconds(t + (z->tree ? z->tree->date_shift : 0));
}

uint32_t version_serial(const struct view *v)
{
	return version_dated(v->zone, version_at(v));
}
