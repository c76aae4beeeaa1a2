/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/fleet.h"

#include <math.h>

#include "sim/base/rng.h"

#define STREAM_FLEET 0x666c6565 /* "flee" */

static bool has_fault(const struct zone *z)
{
	for (unsigned i = 0; i < z->signing_count; i++)
		if (z->signings[i].fault >= 0)
			return true;
	return z->fault_count;
}

/* 0: no zone has a fault. */
static uint32_t longest(const struct tree *t, bool of_all)
{
	uint32_t ttl = 0;

	for (unsigned i = 0; i < t->zone_count; i++) {
		const struct ttls *z = &t->zones[i]->ttl;

		if (!of_all && !has_fault(t->zones[i]))
			continue;
		ttl = z->dnskey > ttl ? z->dnskey : ttl;
		ttl = z->denial > ttl ? z->denial : ttl;
		ttl = z->negative > ttl ? z->negative : ttl;
	}
	return ttl;
}

simtime fleet_span(const struct scenario *s)
{
	uint32_t ttl = longest(s->tree, false);

	return (simtime)(ttl ?: longest(s->tree, true)) * SECOND;
}

void fleet_cache(const struct scenario *s, unsigned n, struct fleet_cache *ret)
{
	const struct fleet_plan *f = &s->fleet;
	simtime first = f->has_ages ? f->youngest : 0;
	simtime span = f->has_ages ? f->oldest - f->youngest : fleet_span(s);
	/* Whole seconds, so that they can be told. */
	simtime age = (first + span / f->count * (n - 1)) / SECOND * SECOND;

	*ret = (struct fleet_cache){ .number = n,
				     .count = f->count,
				     .age = age,
				     .share = f->share_count ? f->shares[n - 1] * f->count : 1,
				     .chance = n == 1 ? s->seed : rng_of(s->seed ^ STREAM_FLEET, n),
				     .delay = f->stagger * (n - 1) };
}

unsigned fleet_resolver(const struct fleet_plan *f, unsigned n)
{
	unsigned had[FLEET_RESOLVERS] = { 0 }, best = 0;

	for (unsigned i = 1; i <= n; i++) {
		best = 0;
		for (unsigned k = 1; k < f->resolver_count; k++)
			if (f->resolvers[k].share * i - had[k] >
			    f->resolvers[best].share * i - had[best] + 1e-9)
				best = k;
		had[best]++;
	}
	return best;
}

/* What operators do comes later; what would come after the end does not happen. */
static void delay(struct timeline *tl, simtime by)
{
	struct timeline all = *tl;

	tl->events = tl->awaited = NULL;
	tl->count = tl->awaited_count = 0;
	for (unsigned i = 0; i < all.count; i++) {
		struct event ev = all.events[i];

		if (ev.kind == EVENT_OPERATOR)
			ev.at += by;
		timeline_add(tl, &ev, NULL);
	}
	for (unsigned i = 0; i < all.awaited_count; i++) {
		struct event ev = all.awaited[i];

		ev.at += by;
		ev.before += ev.before ? by : 0;
		timeline_add_awaited(tl, &ev, NULL);
	}
	timeline_done(&all);
}

static void scale(struct traffic *t, double share)
{
	for (unsigned i = 0; i < t->rate_count; i++)
		t->rates[i].rate *= share;
	t->clients = (unsigned)fmax(1, round(t->clients * share));
	for (unsigned i = 0; i < t->job_count; i++) {
		struct job_plan *j = &t->jobs[i];

		j->rate *= share;
		j->clients = (unsigned)fmin(t->clients, fmax(1, round(j->clients * share)));
	}
}

void fleet_become(struct scenario *s, const struct fleet_cache *c)
{
	if (!c->count)
		return;
	s->age = c->age;
	s->chance = c->chance;
	s->tree->from = s->from - c->age;
	for (unsigned i = 0; i < s->traffic_count; i++)
		scale(&s->traffic[i], c->share);
	if (c->delay)
		delay(&s->timeline, c->delay);
}
