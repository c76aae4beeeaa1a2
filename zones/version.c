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

static simtime later_until(simtime now, simtime last, simtime at)
{
	return at <= now && at > last ? at : last;
}

static simtime last_of_key(const struct key_plan *k, simtime now, simtime last)
{
	const simtime ats[] = { k->published, k->removed,    k->ds.from,
				k->ds.until,  k->signs.from, k->signs.until };

	for (size_t i = 0; i < sizeof(ats) / sizeof(ats[0]); i++)
		last = later_until(now, last, ats[i]);
	return last;
}

/* Who has a copy of the zone must hear of all that changes in it, and in what it says of zones below. */
static simtime last_change(const struct view *v, simtime last)
{
	const struct tree *t = v->zone->tree;

	for (unsigned i = 0; i < t->fault_count; i++) {
		const struct fault *f = &t->faults[i];

		if (f->zone != v->zone && f->zone->parent != v->zone)
			continue;
		last = later_until(v->now, last, f->from);
		last = later_until(v->now, last, f->until);
	}
	for (unsigned i = 0; i < t->zone_count; i++) {
		const struct zone *z = t->zones[i];

		for (unsigned k = 0; (z == v->zone || z->parent == v->zone) && k < z->key_count;
		     k++)
			last = last_of_key(&z->keys[k], v->now, last);
	}
	return last;
}

simtime version_at(const struct view *v)
{
	const struct zone *z = v->zone;
	simtime last = version_tick(v->now, z->version_every > 0 ? z->version_every : MINUTE, 0);

	for (unsigned i = 1; i < z->signing_count; i++)
		last = later_until(v->now, last, arrival(z, &z->signings[i], v->server));
	return z->transfer ? last_change(v, last) : last;
}

uint32_t version_dated(const struct zone *z, simtime t)
{
	return (uint32_t)simtime_seconds(t + (z->tree ? z->tree->date_shift : 0));
}

uint32_t version_serial(const struct view *v)
{
	return version_dated(v->zone, version_at(v));
}
