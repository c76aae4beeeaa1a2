/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <errno.h>

#define LOOK_EVERY 1024 /* rounds: what a process has computed costs a system call to know */
/* Less is no step: who wakes every nanosecond does not come to an end either, and does so a million times
 * in a second of computing. */
#define STEP (10 * MSEC)
#define ROUNDS 20000000 /* so often nobody looks at one instant without going round in circles */

void clock_allow(struct clock *c, simtime cpu)
{
	c->guard.limit = cpu;
}

simtime clock_computed(const struct clock *c)
{
	simtime sum = 0;

	for (unsigned i = 0; i < c->watched_count; i++)
		sum += clock_cpu_time(c->watched[i]);
	return sum;
}

/* What leads nowhere may come of garbage, which is the better sentence then. */
static int look_why(struct clock *c, struct err *e)
{
	clock_inspect(c);
	return clock_trust(c, e);
}

int clock_guard(struct clock *c, bool late, struct err *e)
{
	int64_t now = clock_page_now(c);
	char text[32];
	int r;

	if (now - c->guard.now >= STEP) {
		c->guard.now = now;
		c->guard.rounds = 0;
		c->guard.cpu = -1;
	}
	if (++c->guard.rounds > ROUNDS) {
		r = look_why(c, e);
		return r < 0 ? r
			     : err_set(e, -EDEADLK,
				       "time stands still at %s: nothing can happen, and nothing "
				       "rests",
				       simtime_text(clock_now(c), text));
	}
	if (!late && c->guard.rounds % LOOK_EVERY)
		return 0;
	if (c->guard.cpu < 0)
		c->guard.cpu = clock_computed(c);
	if (clock_computed(c) - c->guard.cpu < c->guard.limit)
		return 0;
	r = look_why(c, e);
	return r < 0 ? r : clock_describe_endless(c, e);
}
