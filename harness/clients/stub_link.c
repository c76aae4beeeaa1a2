/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/stub_link.h"

#include "harness/clients/message.h"
#include "harness/clients/stub_inside.h"

enum { STREAM_LINK = 0x6c696e6b };
#define HEADERS_V4 28 /* IP and UDP */
#define HEADERS_V6 48
#define OPT_LEN 11

bool stub_link_is(const struct stub_plan *p)
{
	return p->round_trip || p->loss > 0 || p->capacity > 0 || p->mtu;
}

/* Drawn by the question and when it was asked, whatever else is under way. */
static bool is_lost(const struct stub *st, const struct attempt *a, enum stub_way way)
{
	uint64_t lot = rng_of(st->s->chance, STREAM_LINK);

	lot = rng_of(lot, a->ask.client);
	lot = rng_of(lot, a->ask.name_key);
	lot = rng_of(lot, a->ask.qtype);
	lot = rng_of(lot, (uint64_t)a->sent);
	return rng_unit(rng_of(lot, way)) < stub_plan_of(st, &a->ask)->loss;
}

/* Waits until the link is free; SIMTIME_NEVER: its queue is full. */
static simtime leave(struct stub *st, const struct attempt *a, enum stub_way way, size_t bytes,
		     simtime at)
{
	const struct stub_plan *p = stub_plan_of(st, &a->ask);
	simtime *busy = &st->links[a->ask.traffic][a->resolver->number].busy[way];

	if (p->capacity <= 0)
		return at;
	if (*busy < at)
		*busy = at;
	if (*busy - at > p->queue)
		return SIMTIME_NEVER;
	*busy += (simtime)((double)(8 * bytes) / p->capacity * (double)SECOND);
	return *busy;
}

static simtime pass(struct stub *st, const struct attempt *a, enum stub_way way, size_t len,
		    simtime at)
{
	uint64_t *lost = way == STUB_ASKS ? &st->lost.questions : &st->lost.answers;
	const struct stub_plan *p = stub_plan_of(st, &a->ask);
	size_t bytes = len + (a->me.address.family == 6 ? HEADERS_V6 : HEADERS_V4);

	if (is_lost(st, a, way) || (p->mtu && bytes > p->mtu)) {
		++*lost;
		return SIMTIME_NEVER;
	}
	at = leave(st, a, way, bytes, at);
	if (at == SIMTIME_NEVER) {
		++*lost;
		st->lost.queue_full++;
		return at;
	}
	return at + p->round_trip / 2;
}

/* A connection of its own is opened before. */
simtime stub_link_ask(struct stub *st, struct attempt *a, simtime at)
{
	size_t len = MESSAGE_HEADER_LEN + name_len(a->ask.qname) + 4 + (a->ask.edns ? OPT_LEN : 0);

	if (a->tcp)
		return at + 3 * (stub_plan_of(st, &a->ask)->round_trip / 2);
	stub_end_for(a); /* by which family */
	return pass(st, a, STUB_ASKS, len, at);
}

/* On a session the way back is part of it. */
simtime stub_link_hear(struct stub *st, const struct attempt *a, size_t len, simtime at)
{
	if (a->session)
		return at;
	if (a->tcp)
		return at + stub_plan_of(st, &a->ask)->round_trip / 2;
	return pass(st, a, STUB_HEARS, len, at);
}
