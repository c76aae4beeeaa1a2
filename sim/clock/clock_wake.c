/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- who ran ---- */

uint64_t clock_all(const struct clock *c)
{
	return c->areas < PAGE_AREAS ? page_bit(c->areas) - 1 : UINT64_MAX;
}

/* Of one alone it is not asked: it has no way of not having run. */
uint64_t clock_ran(const struct clock *c)
{
	return c->areas == 1 ? 1 : atomic_load(&c->page->stirred) & clock_all(c);
}

uint64_t clock_stirred(struct clock *c)
{
	uint64_t stirred = c->stirred | clock_ran(c);

	c->stirred = 0;
	return stirred;
}

void clock_stale(struct clock *c, unsigned area)
{
	c->stale |= page_bit(area);
}

/* ---- waking ---- */

/* Moves a blocked slot to running. */
static bool claim(struct clock *c, struct page_slot *s)
{
	uint32_t expected = PAGE_BLOCKED;

	clock_stale(c, clock_area_of(c, s));
	atomic_fetch_add(&c->page->running, 1);
	if (atomic_compare_exchange_strong(&s->state, &expected, PAGE_RUN))
		return true;
	atomic_fetch_sub(&c->page->running, 1);
	return false;
}

static void rouse(struct clock *c, struct page_slot *s)
{
	unsigned area = clock_area_of(c, s), number = (unsigned)(s - c->page->area[area].slots);
	int fd = c->processes[area].keep[1 + number][0];
	uint64_t one = 1;

	if (atomic_load(&s->kind) < PAGE_BY_FUTEX) {
		/* Its flags are the resolver's as well, and a write that waits would be for ever. */
		if (!(fcntl(fd, F_GETFL) & O_NONBLOCK))
			clock_distrust(c, "the wake-up of slots[%u] has no O_NONBLOCK", number);
		else if (write(fd, &one, sizeof(one)) < 0)
			return; /* full: it is awake already */
		return;
	}
	atomic_store(&s->wake, 1);
	syscall(SYS_futex, &s->wake, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static bool wake(struct clock *c, struct page_slot *s)
{
	if (!claim(c, s))
		return false;
	rouse(c, s);
	return true;
}

/* Begins the turn that is next in an area, if any is. */
static bool wake_first(struct clock *c, uint32_t area)
{
	struct page_slot *first = NULL;

	for (unsigned i = 0; i < clock_slots(c, area); i++) {
		struct page_slot *s = &c->page->area[area].slots[i];

		if (atomic_load(&s->queued) &&
		    (!first || atomic_load(&s->queued) < atomic_load(&first->queued)))
			first = s;
	}
	if (!first || !atomic_exchange(&first->queued, 0))
		return false;
	rouse(c, first);
	return true;
}

/* Where computing takes time they share the core; else they go one after the other, as the queue has
 * them. */
void clock_wake_queued(struct clock *c)
{
	for (uint32_t area = 0; area < c->areas; area++)
		while (wake_first(c, area) && ++c->out_of_turn && clock_is_charged(c))
			;
}

uint64_t clock_out_of_turn(const struct clock *c)
{
	return clock_is_charged(c) ? 0 : c->out_of_turn;
}

static bool is_polling(struct page_slot *s)
{
	return atomic_load(&s->state) == PAGE_BLOCKED && atomic_load(&s->kind) <= PAGE_POLL;
}

void clock_wake_reader(struct clock *c, struct page_area *a, uint16_t port)
{
	uint8_t hint = atomic_load(&a->port_slot[port]);
	uint32_t index = (uint32_t)(a - c->page->area);

	if (hint && hint <= c->threads && is_polling(&a->slots[hint - 1]) &&
	    wake(c, &a->slots[hint - 1]))
		return;
	for (unsigned i = 0; i < clock_slots(c, index); i++)
		if (is_polling(&a->slots[i]) && wake(c, &a->slots[i]))
			return;
}

void clock_nudge(struct clock *c)
{
	if (c->mode != CLOCK_VIRTUAL)
		return;
	if (c->areas > 1)
		clock_lead_nobody(c);
	atomic_store(&c->page->barrier, ++c->barrier);
	for (struct page_slot *s = NULL; (s = clock_slot_after(c, s));) {
		if (is_polling(s) && atomic_load(&s->ack) < c->barrier && claim(c, s))
			atomic_store(&s->queued, atomic_fetch_add(&c->page->order, 1) + 1);
	}
	for (uint32_t area = 0; area < c->areas; area++)
		wake_first(c, area);
}

void clock_set_ahead(struct clock *c, unsigned area, simtime ahead)
{
	struct page_area *a = &c->page->area[area];

	atomic_store(&a->ahead, ahead);
	c->terms[area].ahead = ahead;
	for (unsigned i = 0; i < clock_slots(c, area); i++) {
		struct page_slot *s = &a->slots[i];

		if (atomic_load(&s->state) == PAGE_BLOCKED && atomic_load(&s->kind) == PAGE_COND &&
		    atomic_load(&s->deadline) != PAGE_NEVER && claim(c, s))
			atomic_store(&s->queued, atomic_fetch_add(&c->page->order, 1) + 1);
	}
	wake_first(c, area);
}

void clock_set_slack(struct clock *c, unsigned area, simtime of_polls, simtime of_sleeps)
{
	struct page_area *a = &c->page->area[area];

	a->slack = c->terms[area].slack = of_polls;
	a->sleep_slack = c->terms[area].sleep_slack = of_sleeps;
}

/* ---- deadlines ---- */

static int64_t first_deadline(struct clock *c, unsigned area)
{
	int64_t first = PAGE_NEVER;

	for (unsigned i = 0; i < clock_slots(c, area); i++) {
		const struct page_slot *s = &c->page->area[area].slots[i];

		if (atomic_load(&s->state) == PAGE_BLOCKED && atomic_load(&s->deadline) < first)
			first = atomic_load(&s->deadline);
	}
	return first;
}

/* Who runs still may change what he waits for. */
static void look_up_deadlines(struct clock *c)
{
	for (uint64_t stale = c->stale | clock_ran(c); stale; stale &= stale - 1) {
		unsigned area = (unsigned)__builtin_ctzll(stale);

		c->deadlines[area] = first_deadline(c, area);
	}
	c->stale = 0;
}

simtime clock_deadline(struct clock *c)
{
	int64_t first = PAGE_NEVER;

	look_up_deadlines(c);
	for (unsigned i = 0; i < c->areas; i++)
		first = earlier(first, c->deadlines[i]);
	return clock_from_page(c, first);
}

void clock_tell_deadlines(struct clock *c)
{
	struct clock_instant first = { PAGE_NEVER, PAGE_NEVER, 0 };

	look_up_deadlines(c);
	for (unsigned i = 0; i < c->areas; i++) {
		if (c->deadlines[i] < first.all) {
			first.one = first.all;
			first.all = c->deadlines[i];
			first.of = i + 1;
		} else {
			first.one = earlier(first.one, c->deadlines[i]);
		}
	}
	c->others = first;
	atomic_store(&c->page->others.all, first.all);
	atomic_store(&c->page->others.one, first.one);
	atomic_store(&c->page->others.of, first.of);
}

static bool wake_due_in(struct clock *c, unsigned area, int64_t now)
{
	for (unsigned i = 0; i < clock_slots(c, area); i++) {
		struct page_slot *s = &c->page->area[area].slots[i];

		if (atomic_load(&s->state) == PAGE_BLOCKED && atomic_load(&s->deadline) <= now &&
		    wake(c, s))
			return true;
	}
	return false;
}

simtime clock_own_deadline(struct clock *c, unsigned area)
{
	look_up_deadlines(c);
	return clock_from_page(c, c->deadlines[area]);
}

bool clock_own_wake_due(struct clock *c, unsigned area)
{
	return wake_due_in(c, area, clock_to_page(c, clock_own_now(c, area)));
}

bool clock_wake_due(struct clock *c)
{
	int64_t now = clock_page_now(c);

	look_up_deadlines(c);
	for (unsigned area = 0; area < c->areas; area++)
		if (c->deadlines[area] <= now && wake_due_in(c, area, now))
			return true;
	return false;
}
