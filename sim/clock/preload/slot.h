/* SPDX-License-Identifier: BSD-2-Clause */
/* slot.h - the threads of this process, as the page knows them: each has a slot, in which it says
 * what it waits for, and is claimed and woken by it. */
#pragma once

#include "sim/clock/preload/shim.h"

/* This thread's slot. */
struct page_slot *shim_self(struct page *p);

/* Says that this thread is about to wait (publish), gives the turn on (yield), or both (begin); and
 * that it goes on. A thread that was claimed meanwhile counts as running already: end sees that. */
void shim_wait_publish(struct page *p, struct page_slot *s, enum page_wait kind, uint64_t what,
		       int64_t deadline);
void shim_wait_yield(struct page *p);
void shim_wait_begin(struct page *p, struct page_slot *s, enum page_wait kind, uint64_t what,
		     int64_t deadline);
void shim_wait_end(struct page *p, struct page_slot *s);

/* It does not wait after what it published; false: somebody has claimed it, and it must. */
bool shim_wait_cancel(struct page_slot *s);

/* Between begin and end, on a clock that stands: nobody has claimed this thread. */
bool shim_is_waiting(const struct page *p, const struct page_slot *s);

/* No other thread runs that the clock is to wait for: where all processes have one time, of any. */
bool shim_is_alone(struct page *p);

/* Moves a blocked slot to running; false: it was not blocked. The caller wakes the thread then. */
bool shim_claim(struct page *p, struct page_slot *s);

/* Lets a claimed slot go on when its turn comes (page.h), at once where time does not stand still;
 * all of them now. */
void shim_wake_later(struct page *p, struct page_slot *s);
void shim_wake_all(struct page *p);

/* Waits on the slot's futex word until it is claimed or the deadline has come. */
void shim_futex_wait(struct page *p, struct page_slot *s, int64_t deadline);

/* This is a child: its thread has no slot. */
void shim_slot_forked(void);

/* This thread reads from a local port, as far as is known. */
static inline void net_reads(struct page *p, uint16_t port)
{
	atomic_store_explicit(&area(p)->port_slot[port],
			      (uint8_t)(shim_self(p) - area(p)->slots + 1), memory_order_relaxed);
}
