/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE (2 * SECOND) /* real time that one which runs may sit in the kernel */
#define SPIN (1 * SECOND) /* real time after which one may be turning round and round for another */
#define LOOK_EVERY (50 * MSEC)
#define LOOK_EVERY_CHARGED (5 * MSEC) /* and the share of the core that a thread gets at once */

/* Computing has taken the clock as far as the harness wanted to let it go. */
static bool has_come_far(const struct clock *c)
{
	return clock_is_charged(c) && clock_page_now(c) >= c->lead;
}

static bool is_half_full(struct clock *c)
{
	for (unsigned i = 0; i < c->areas; i++) {
		struct page_ring *r = &c->page->area[i].out;

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

void clock_open(struct clock *c)
{
	uint32_t gate = c->mode == CLOCK_VIRTUAL ? atomic_exchange(&c->page->gate, 0) : 0;

	if (gate > 2)
		clock_distrust(c, "gate is %u", gate);
	if (gate > 1)
		syscall(SYS_futex, &c->page->gate, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

/* false: somebody was quicker. */
static bool shut(struct clock *c)
{
	struct page *p = c->page;

	atomic_store(&p->gate, 1);
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

/* All rest: what they say is looked at. */
static int rest(struct clock *c, struct err *e)
{
	clock_notice_time(c);
	clock_inspect_rest(c);
	return clock_trust(c, e);
}

void clock_on_wait(struct clock *c, void (*look)(void *arg), void *arg)
{
	c->look = look;
	c->look_arg = arg;
}

/* They have let us wait; `since` they did, in the machine's time. */
static int be_patient(struct clock *c, int64_t since, struct err *e)
{
	int64_t waited = clock_machine_now() - since;
	bool computing;

	clock_look_again();
	if (c->look)
		c->look(c->look_arg);
	clock_collect_charge(c);
	computing = clock_computes(c);
	if (!computing || clock_is_charged(c) || waited > SPIN)
		clock_wake_queued(c);
	return computing || waited < PATIENCE ? 0 : clock_describe_stuck(c, e);
}

int clock_settle(struct clock *c, struct err *e)
{
	simtime look = clock_is_charged(c) ? LOOK_EVERY_CHARGED : LOOK_EVERY;
	struct page *p = c->page;
	int64_t since = 0;
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
			since = 0;
			continue;
		}
		if (!since)
			since = clock_machine_now();
		r = be_patient(c, since, e);
		if (r < 0)
			return r;
	}
}
