/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/ahead.h"

#include <stdlib.h>

struct ahead_ask {
	simtime at;
	uint64_t end; /* of it in the ring */
	uint16_t port;
};

struct ahead_answer {
	struct timer timer;
	uint16_t port;
};

static bool grow(struct ahead *a)
{
	unsigned room = a->room ? 2 * a->room : 64;
	struct ahead_ask *more = malloc(room * sizeof(*more));

	if (!more)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		more[i] = a->asks[(a->first + i) % a->room];
	free(a->asks);
	a->asks = more;
	a->first = 0;
	a->room = room;
	return true;
}

bool ahead_ask(struct ahead *a, simtime at, uint64_t end, uint16_t port)
{
	if (a->count == a->room && !grow(a))
		return false;
	a->asks[(a->first + a->count++) % a->room] = (struct ahead_ask){ at, end, port };
	return true;
}

struct ahead_answer *ahead_answer(struct ahead *a, simtime at, uint16_t port)
{
	struct ahead_answer *one = malloc(sizeof(*one));

	if (!one)
		return NULL;
	*one = (struct ahead_answer){ .port = port };
	timerqueue_add(&a->answers, &one->timer, at);
	return one;
}

void ahead_take_back(struct ahead *a, struct ahead_answer *answer)
{
	timerqueue_remove(&a->answers, &answer->timer);
	free(answer);
}

static const struct ahead_ask *first_ask(const struct ahead *a)
{
	return a->count ? &a->asks[a->first] : NULL;
}

static void pop_ask(struct ahead *a)
{
	a->first = (a->first + 1) % a->room;
	a->count--;
}

void ahead_taken(struct ahead *a, uint64_t end)
{
	const struct ahead_ask *first;

	while ((first = first_ask(a)) && first->end <= end)
		pop_ask(a);
}

/* The port of the first of them, 0 for none. */
static uint16_t pop_answers(struct ahead *a, simtime now)
{
	uint16_t port = 0;
	struct timer *t;

	while ((t = timerqueue_pop(&a->answers, now))) {
		struct ahead_answer *one = TIMER_OWNER(t, struct ahead_answer, timer);

		if (!port)
			port = one->port;
		free(one);
	}
	return port;
}

void ahead_seen(struct ahead *a, simtime now)
{
	pop_answers(a, now);
}

simtime ahead_next(const struct ahead *a)
{
	const struct ahead_ask *ask = first_ask(a);

	return earlier(timerqueue_due(&a->answers), ask ? ask->at : SIMTIME_NEVER);
}

uint16_t ahead_due(struct ahead *a, simtime now)
{
	uint16_t port = pop_answers(a, now);
	const struct ahead_ask *ask;

	while ((ask = first_ask(a)) && ask->at <= now) {
		if (!port)
			port = ask->port;
		pop_ask(a);
	}
	return port;
}

void ahead_done(struct ahead *a)
{
	pop_answers(a, SIMTIME_NEVER);
	free(a->asks);
}
