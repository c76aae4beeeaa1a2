/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/version.h"

#include "zones/published.h"

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

/* The instants at which a version comes: the last until `now`, and the first after it. */
struct comings {
	simtime now, last, next;
};

static void note(struct comings *c, simtime at)
{
	if (at <= c->now && at > c->last)
		c->last = at;
	if (at > c->now && at < c->next)
		c->next = at;
}

static void note_key(struct comings *c, const struct key_plan *k)
{
	const simtime ats[] = { k->published, k->removed,    k->ds.from,
				k->ds.until,  k->signs.from, k->signs.until };

	for (size_t i = 0; i < sizeof(ats) / sizeof(ats[0]); i++)
		note(c, ats[i]);
}

/* Who has a copy of the zone must hear of all that changes in it, and in what it says of zones below. */
static void note_changes(struct comings *c, const struct zone *z)
{
	const struct tree *t = z->tree;

	for (unsigned i = 0; i < t->fault_count; i++) {
		const struct fault *f = &t->faults[i];

		if (f->row->wire != WIRE_NONE || (f->zone != z && f->zone->parent != z))
			continue;
		note(c, f->from);
		note(c, f->until);
	}
	for (unsigned i = 0; i < t->zone_count; i++) {
		const struct zone *other = t->zones[i];

		for (unsigned k = 0; (other == z || other->parent == z) && k < other->key_count;
		     k++)
			note_key(c, &other->keys[k]);
	}
}

static struct comings comings_of(const struct view *v)
{
	const struct zone *z = v->zone;
	simtime every = z->version_every > 0 ? z->version_every : MINUTE;
	simtime tick = version_tick(v->now, every, 0);
	struct comings c = { v->now, tick, tick + every };

	if (z->published)
		return (struct comings){ v->now, published_since(z, v->now),
					 published_next(z, v->server, v->now) };
	for (unsigned i = 1; i < z->signing_count; i++)
		note(&c, arrival(z, &z->signings[i], v->server));
	if (z->transfer)
		note_changes(&c, z);
	return c;
}

simtime version_at(const struct view *v)
{
	return comings_of(v).last;
}

simtime version_next(const struct view *v)
{
	return comings_of(v).next;
}

uint32_t version_dated(const struct zone *z, simtime t)
{
	return (uint32_t)simtime_seconds(t + (z->tree ? z->tree->date_shift : 0));
}

uint32_t version_serial(const struct view *v)
{
	return version_dated(v->zone, version_at(v));
}
