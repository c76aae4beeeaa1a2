/* SPDX-License-Identifier: BSD-2-Clause */
/* turns.h - which resolver of his list a client asks now (enum stub_strategy), and where he is routed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/language/scenario.h"

/* Zeros: nobody has asked anything, and nobody is routed elsewhere. */
struct turns {
	uint64_t seed;
	uint8_t *next; /* by number of the client: where in his list he begins */
	size_t cap;
	struct client_move *moves; /* in the order in which they came */
	unsigned move_count;
};

void turns_done(struct turns *t);

/* Where in his list a client's question begins, which is then his turn; attempt `number` of it is at
 * turns_at(). -ENOMEM. */
int turns_begin(struct turns *t, const struct stub_plan *p, uint32_t client, struct err *e);
unsigned turns_at(const struct turns *t, const struct stub_plan *p, uint32_t client, unsigned first,
		  unsigned number);

/* Whether nobody knows where a question begins before it is asked. */
bool turns_hang_on_outcomes(const struct stub_plan *p);

/* A client's attempt has failed at this place of his list. */
void turns_failed(struct turns *t, const struct stub_plan *p, uint32_t client, unsigned at);

/* From now on clients are routed elsewhere. -ENOMEM. */
int turns_move(struct turns *t, const struct client_move *m, struct err *e);

/* The role whose resolver a client comes to who asks one of `role` at `now`. */
unsigned turns_route(const struct turns *t, unsigned role, uint32_t client, simtime now);
