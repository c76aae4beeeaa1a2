/* SPDX-License-Identifier: BSD-2-Clause */
/* draw.h - questions drawn from the seed: the synthetic traffic of a scenario.
 *
 * Arrivals are Poisson, at a rate that is constant from one rate_point to the next. Popular
 * names are ranks of a Zipf law; a rank stands for one delegation, by a map that scatters ranks
 * over all numbers, and is asked for as "www." or at its apex. `names` of them lie below the
 * zone under test; the other zone has as many in proportion to its share of the questions, so a
 * popular name is about equally hot in both. Fresh names are delegations that no rank stands
 * for; names that do not exist are "nx" and 16 hexadecimal digits below the apex. Each of these
 * two is asked for once. Where a scenario has several traffics each draws by itself, with the same
 * popular names, and fresh ones that no other asks for. */
#pragma once

#include "harness/clients/replay.h"

#define DRAW_CLIENTS_MAX 0xfffffd /* 10.255.255.254 asks whether the resolver is up */

struct draw;

/* The scenario's traffic of that number, whose clients have numbers from `first_client` on. -EINVAL: it is
 * not complete. `s` must outlive it. */
int draw_new(const struct scenario *s, unsigned traffic, uint32_t first_client, struct draw **ret,
	     struct err *e);
void draw_free(struct draw *d);
DEFINE_FREEP(struct draw, draw)

/* As replay_next(). */
bool draw_next(struct draw *d, struct ask *ret);

/* Questions for fresh names that became questions for popular ones because all delegations of
 * their kind were used up. */
uint64_t draw_missed(const struct draw *d);

/* The delegation of a zone that clients ask for last but `n`, if ever: what the highest ranks stand
 * for, as popular and fresh names are of the lowest. n < its population's count. */
uint64_t draw_last(const struct scenario *s, const struct zone *z, uint64_t n);

/* What a traffic draws all its luck from. */
uint64_t draw_chance(const struct scenario *s, unsigned traffic);

/* The address of a client that has no other: 10.0.0.1 for 0, and so on. client <
 * DRAW_CLIENTS_MAX. */
struct address draw_address(uint32_t client);
