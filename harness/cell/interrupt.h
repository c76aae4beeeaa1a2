/* SPDX-License-Identifier: BSD-2-Clause */
/* interrupt.h - the signals of a run: those that shall end it, and that a cell has ended.
 *
 * They are blocked but for the moments at which run.c waits for them, so that none comes between
 * looking and waiting. */
#pragma once

#include <signal.h>

#define INTERRUPT_SIGNALS 4

struct interrupt_caught {
	struct sigaction before[INTERRUPT_SIGNALS];
	sigset_t open; /* what is blocked for everybody else */
};

void interrupt_catch(struct interrupt_caught *ret);
/* When there was one, the same signal again right after it is still no other, and a further one ends us
 * at once with exit status 130. */
void interrupt_let_go(const struct interrupt_caught *c);

/* How often somebody wanted the run to end since interrupt_catch(). */
unsigned interrupt_count(void);
