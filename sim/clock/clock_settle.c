/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* None of these is a stretch of the machine's time: one that has not had the core computes, as far
 * as its state says, and is waited for. */
#define ASLEEP 2 /* looks in a row at which all slept: one waits for whose turn has not come */
#define PATIENCE (2 * SECOND) /* so many looks as fill it, likewise: nothing will wake them */
#define CHILDREN (5 * MINUTE) /* and while only what they started computes */
#define SPIN (1 * SECOND) /* CPU time after which one may be turning round and round for another */
#define LOOK_EVERY (50 * MSEC)
#define LOOK_EVERY_CHARGED (5 * MSEC) /* and the share of the core that a thread gets at once */

/* Computing has taken the clock as far as the harness wanted to let it go. */
static bool has_come_far(const struct clock *c)
{
	return clock_is_charged(c) && clock_page_now(c) >= c->lead;
}

static bool is_half_full(struct clock *c)
{
	for (uint64_t ran = clock_ran(c); ran; ran &= ran - 1) {
		struct page_ring *r = &c->page->area[__builtin_ctzll(ran)].out;

		if (atomic_load(&r->tail) - atomic_load(&r->head) > PAGE_RING / 2)
			return true;
	}
	return false;
}

/* Sleeps until the bell rings after `seen`, or for a moment. true: it was a moment. */
static bool wait_for_bell(struct page *p, uint32_t seen, simtime wait)
{
	struct timespec moment = { 0, wait };
	bool late = false;

	atomic_store(&p->bell_waiting, 1);
	if (atomic_load(&p->running))
		late = syscall(SYS_futex, &p->bell, FUTEX_WAIT, seen, &moment, NULL, 0) < 0 &&
		       errno == ETIMEDOUT;
	atomic_store(&p->bell_waiting, 0);
	return late;
}

static void check_gate(struct clock *c, uint32_t gate)
{
	if (gate > 2)
		clock_distrust(c, "gate is %u", gate);
}

void clock_open(struct clock *c)
{
	uint32_t gate = c->mode == CLOCK_VIRTUAL ? atomic_exchange(&c->page->gate, 0) : 0;

	check_gate(c, gate);
	if (gate > 1)
		syscall(SYS_futex, &c->page->gate, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

/* false: somebody was quicker. */
static bool shut(struct clock *c)
{
	struct page *p = c->page;

	check_gate(c, atomic_exchange(&p->gate, 1));
	if (atomic_load(&p->running) == 0 && atomic_load(&p->kicks) == c->kicks_seen)
		return true;
	clock_open(c);
	return false;
}

/* Whether somebody went on that the kernel may wake another one for: all who poll look once more.
 * Seen only after all were woken: until then none may move the clock. */
static bool look_around(struct clock *c)
{
	uint32_t kicks = atomic_load(&c->page->kicks);

	if (kicks == c->kicks_seen)
		return false;
	clock_nudge(c);
	c->kicks_seen = kicks;
	atomic_store(&c->page->kicks_seen, kicks);
	return true;
}

/* Whether it may be waited on, as far as others than the resolvers' threads say. */
static int check(struct clock *c, bool late, struct err *e)
{
	int r;

	if (clock_interrupted())
		return err_set(e, -EINTR, "interrupted");
	if (late)
		clock_inspect(c);
	r = clock_check(c, e);
	return r < 0 ? r : clock_guard(c, late, e);
}

static void forget_who_ran(struct clock *c)
{
	uint64_t ran = clock_ran(c);

	atomic_store(&c->page->stirred, 0);
	c->stirred |= ran;
	c->stale |= ran;
}

/* All rest: what they say is looked at. */
static int rest(struct clock *c, struct err *e)
{
	clock_notice_time(c);
	clock_inspect_rest(c);
	forget_who_ran(c);
	return clock_trust(c, e);
}

void clock_on_wait(struct clock *c, void (*look)(void *arg), void *arg)
{
	c->look = look;
	c->look_arg = arg;
}

/* What was seen while they let us wait. */
struct patience {
	bool has_begun;
	simtime cpu; /* that they had used when it began */
	unsigned asleep; /* looks at which none computed, the last ones in a row */
	unsigned idle; /* or only what they started */
};

/* They have let us wait for one more look. */
static int be_patient(struct clock *c, struct patience *p, simtime look, struct err *e)
{
	clock_look_again();
	if (c->look)
		c->look(c->look_arg);
	clock_collect_charge(c);
	if (!p->has_begun)
		*p = (struct patience){ true, clock_computed(c), 0, 0 };
	p->idle = clock_computes(c, false) ? 0 : p->idle + 1;
	p->asleep = !p->idle || clock_computes(c, true) ? 0 : p->asleep + 1;
	if (p->asleep >= ASLEEP || clock_is_charged(c) || clock_computed(c) - p->cpu > SPIN)
		clock_wake_queued(c);
	return p->asleep < PATIENCE / look && p->idle < CHILDREN / look
		       ? 0
		       : clock_describe_stuck(c, e);
}

int clock_settle(struct clock *c, struct err *e)
{
	simtime look = clock_is_charged(c) ? LOOK_EVERY_CHARGED : LOOK_EVERY;
	struct page *p = c->page;
	struct patience patience = { 0 };
	bool late = false;

	clock_open(c);
	for (;;) {
		uint32_t bell = atomic_load(&p->bell);
		int r = check(c, late, e);

		if (r < 0)
			return r;
		late = false;
		if (atomic_load(&p->running) == 0) {
			if (!look_around(c) && shut(c))
				return rest(c, e);
			continue;
		}
		if (is_half_full(c) || has_come_far(c)) {
			clock_notice_time(c);
			return 1;
		}
		late = wait_for_bell(p, bell, look);
		if (!late) {
			patience.has_begun = false;
			continue;
		}
		r = be_patient(c, &patience, look, e);
		if (r < 0)
			return r;
	}
}
