/* SPDX-License-Identifier: BSD-2-Clause */
/* timerqueue.h - what is due, the earliest first; what is due at one instant in the order in which
 * it was added.
 *
 * A timer stands in whatever is due, so that adding needs no memory and cannot fail:
 *
 *	struct answer { struct timer timer; ... } *a;
 *	timerqueue_add(&q, &a->timer, now + delay);
 *	...
 *	while ((t = timerqueue_pop(&q, now)))
 *		send(TIMER_OWNER(t, struct answer, timer));
 *
 * A queue of zeros is an empty one. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sim/base/simtime.h"

struct timer {
	simtime due; /* set by timerqueue_add() */
	uint64_t order; /* and all that follows, too */
	struct timer *child; /* the first of those that come after it */
	struct timer *next; /* in the list of its parent's children */
	struct timer *back; /* the one before it there; of the first: the parent */
};

struct timerqueue {
	struct timer *first;
	uint64_t added;
};

/* What a timer stands in; NULL for NULL. */
#define TIMER_OWNER(t, type, member)                                                               \
	({                                                                                         \
		struct timer *timer_ = (t);                                                        \
		timer_ ? (type *)(void *)((char *)timer_ - offsetof(type, member)) : NULL;         \
	})

/* The timer is in no queue, and stays where it is until it is taken out. */
void timerqueue_add(struct timerqueue *q, struct timer *t, simtime due);

/* Takes out one that is in there. */
void timerqueue_remove(struct timerqueue *q, struct timer *t);

/* Takes out the first of those that are due at `now`; NULL: there is none. With SIMTIME_NEVER one
 * after the other, whenever it is due. */
struct timer *timerqueue_pop(struct timerqueue *q, simtime now);

/* The first, NULL when there is none; and when it is due, SIMTIME_NEVER then. */
static inline struct timer *timerqueue_first(const struct timerqueue *q)
{
	return q->first;
}

static inline simtime timerqueue_due(const struct timerqueue *q)
{
	return q->first ? q->first->due : SIMTIME_NEVER;
}
