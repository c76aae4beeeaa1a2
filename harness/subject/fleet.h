/* SPDX-License-Identifier: BSD-2-Clause */
/* fleet.h - the caches of a fleet: how old each is, who asks it, and what it draws.
 *
 * One cache has steps and a cliff: whatever it fetched when it was started runs out for all names at once.
 * A service has many, each started at another time. Each is a cell of its own, which needs nothing of
 * the others: what it is follows from the scenario and its number. Age is how long before the
 * scenario's `from` it was started; its clients ask from then on, and nothing of that is recorded.
 *
 * The first cache draws what a cell without a fleet does. All have the same world and the same
 * popular names; who asks for which and when, and what the resolver makes of chance, is each one's
 * own. */
#pragma once

#include "sim/language/scenario.h"

struct fleet_cache {
	unsigned number, count; /* from 1; count 0: it is no fleet */
	simtime age;
	double share; /* of the clients that caches have on average: 1 */
	uint64_t chance;
	simtime delay; /* of what operators do */
};

/* Over how long ages are spread where the scenario does not say: the longest TTL of what all names
 * of a zone with a fault hang on, its DNSKEY RRset and its proofs. What is of single names, as a DS
 * is, comes due at a time of its own anyway. */
simtime fleet_span(const struct scenario *s);

/* Number `n` of them, from 1. */
void fleet_cache(const struct scenario *s, unsigned n, struct fleet_cache *ret);

/* Which of the plan's resolvers number `n` is: shares are kept from the first cache on, so that old
 * and young ones are of all kinds. */
unsigned fleet_resolver(const struct fleet_plan *f, unsigned n);

/* Makes the scenario that of one cache. Only in the cell's process: the scenario is not its alone
 * before. */
void fleet_become(struct scenario *s, const struct fleet_cache *c);
