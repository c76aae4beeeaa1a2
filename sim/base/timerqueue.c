/* SPDX-License-Identifier: BSD-2-Clause */
/* A pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986): each timer comes before all of its
 * children. Adding costs one comparison, and taking out the first those of a logarithm on average. */
#include "sim/base/timerqueue.h"

static int comes_before(const struct timer *a, const struct timer *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

/* Makes the later of two heaps a child of the earlier one. Either may be NULL. */
static struct timer *join(struct timer *a, struct timer *b)
{
	struct timer *t;

	if (!a || !b)
		return a ? a : b;
	if (comes_before(b, a)) {
		t = a;
		a = b;
		b = t;
	}
	b->next = a->child;
	b->back = a;
	if (b->next)
		b->next->back = b;
	a->child = b;
	return a;
}

/* One heap of a list of them: by pairs, then all pairs from the end. */
static struct timer *join_all(struct timer *list)
{
	struct timer *pairs = NULL, *all = NULL;

	while (list) {
		struct timer *a = list, *b = a->next;

		list = b ? b->next : NULL;
		a->next = NULL;
		if (b)
			b->next = NULL;
		a = join(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct timer *a = pairs;

		pairs = a->next;
		a->next = NULL;
		all = join(all, a);
	}
	return all;
}

void timerqueue_add(struct timerqueue *q, struct timer *t, simtime due)
{
	*t = (struct timer){ .due = due, .order = q->added++ };
	q->first = join(q->first, t);
}

void timerqueue_remove(struct timerqueue *q, struct timer *t)
{
	struct timer *rest = join_all(t->child);

	t->child = NULL;
	if (t == q->first) {
		q->first = rest;
		return;
	}
	*(t->back->child == t ? &t->back->child : &t->back->next) = t->next;
	if (t->next)
		t->next->back = t->back;
	q->first = join(q->first, rest);
}

struct timer *timerqueue_pop(struct timerqueue *q, simtime now)
{
	struct timer *t = q->first;

	if (!t || t->due > now)
		return NULL;
	timerqueue_remove(q, t);
	return t;
}
