/* SPDX-License-Identifier: BSD-2-Clause */
/* ahead.h - what a resolver's library was given before its instant: clients' questions, in time order
 * as they stand in its ring, and authorities' answers, in any order. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/timerqueue.h"

struct ahead { /* zeros: nothing is */
	struct ahead_ask *asks; /* a queue in a ring of its own */
	unsigned first, count, room;
	struct timerqueue answers;
};

void ahead_done(struct ahead *a);

/* A question to be seen at `at` on that port, which ends there in its ring. false: out of memory. */
bool ahead_ask(struct ahead *a, simtime at, uint64_t end, uint16_t port);

/* An answer likewise; and it is not ahead after all, there was no room for it. NULL: out of memory. */
struct ahead_answer *ahead_answer(struct ahead *a, simtime at, uint16_t port);
void ahead_take_back(struct ahead *a, struct ahead_answer *answer);

/* The library has taken the questions that end there or before; the answers until `now` it has seen. */
void ahead_taken(struct ahead *a, uint64_t end);
void ahead_seen(struct ahead *a, simtime now);

/* When the first of it is to be seen; SIMTIME_NEVER: there is nothing. */
simtime ahead_next(const struct ahead *a);

/* Now it is `now`, and who reads is told once: forgets what is due, and gives the port of the first of
 * it, of the answers before the questions; 0: nothing is. */
uint16_t ahead_due(struct ahead *a, simtime now);
