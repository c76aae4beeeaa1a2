/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE (2 * SECOND) /* real time that one which runs may sit in the kernel */
#define SPIN (1 * SECOND) /* real time after which one may be turning round and round for another */
#define REST_WITHIN (30 * SECOND) /* real time that a thread may compute without waiting once */
#define REST_WITHIN_CHARGED (30 * MINUTE) /* the same, where it is what is to be seen */
#define LOOK_EVERY (50 * MSEC)
#define LOOK_EVERY_CHARGED (5 * MSEC) /* and the share of the core that a thread gets at once */

/* Computing has taken the clock as far as the harness wanted to let it go. */
static bool has_come_far(const struct clock *c)
{
	return clock_is_charged(c) && atomic_load(&c->page->now) >= atomic_load(&c->page->lead);
}

static bool is_half_full(struct clock *c)
{
	for (unsigned i = 0; i < atomic_load(&c->page->areas); i++) {
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
	if (c->mode == CLOCK_VIRTUAL && atomic_exchange(&c->page->gate, 0) == 2)
		syscall(SYS_futex, &c->page->gate, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

/* false: somebody was quicker. */
static bool shut(struct clock *c)
{
	struct page *p = c->page;

	atomic_store(&p->gate, 1);
	if (atomic_load(&p->running) == 0 && atomic_load(&p->kicks) == atomic_load(&p->kicks_seen))
		return true;
	clock_open(c);
	return false;
}

int clock_settle(struct clock *c, struct err *e)
{
	simtime within = clock_is_charged(c) ? REST_WITHIN_CHARGED : REST_WITHIN;
	simtime look = clock_is_charged(c) ? LOOK_EVERY_CHARGED : LOOK_EVERY;
	struct page *p = c->page;
	int64_t since = 0;
	bool computing;
	int r;

	clock_open(c);
	for (;;) {
		uint32_t bell = atomic_load(&p->bell);

		if (clock_interrupted())
			return err_set(e, -EINTR, "interrupted");
		r = clock_check(c, e);
		if (r < 0)
			return r;
		if (atomic_load(&p->running) == 0) {
			uint32_t kicks = atomic_load(&p->kicks);

			if (kicks == atomic_load(&p->kicks_seen)) {
				if (shut(c))
					return 0;
				continue;
			}
			/* Seen only after all were woken: until then none may move the clock. */
			clock_nudge(c);
			atomic_store(&p->kicks_seen, kicks);
			continue;
		}
		if (is_half_full(c) || has_come_far(c))
			return 1;
		if (!wait_for_bell(p, bell, look)) {
			since = 0;
			continue;
		}
		clock_look_again();
		clock_collect_charge(c);
		if (!since)
			since = clock_machine_now();
		computing = clock_computes(c);
		if (!computing || clock_is_charged(c) || clock_machine_now() - since > SPIN)
			clock_wake_queued(c);
		if (clock_machine_now() - since < PATIENCE)
			continue;
		if (!computing)
			return clock_describe_stuck(c, e);
		if (clock_machine_now() - since > within)
			return clock_describe_endless(c, within, e);
	}
}
