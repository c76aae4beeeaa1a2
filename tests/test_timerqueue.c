/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/timerqueue.h"

#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/rng.h"
#include "tests/support/test.h"

#define MANY 5000

/* A thing that is due, with the timer somewhere in it. */
struct thing {
	unsigned number; /* in the order of adding */
	struct timer timer;
	bool there;
};

static struct thing things[MANY];

static struct thing *thing_of(struct timer *t)
{
	return TIMER_OWNER(t, struct thing, timer);
}

static int by_due_then_number(const void *a, const void *b)
{
	const struct thing *x = *(struct thing *const *)a, *y = *(struct thing *const *)b;

	if (x->timer.due != y->timer.due)
		return x->timer.due < y->timer.due ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Few enough instants that many things are due at one. */
static void add_many(struct timerqueue *q, struct rng *rng)
{
	for (unsigned i = 0; i < MANY; i++) {
		things[i] = (struct thing){ .number = i, .there = true };
		timerqueue_add(q, &things[i].timer, (simtime)(rng_next(rng) % 400));
	}
}

/* Those that are there, as they have to come. */
static unsigned sort(struct thing **sorted)
{
	unsigned count = 0;

	for (unsigned i = 0; i < MANY; i++)
		if (things[i].there)
			sorted[count++] = &things[i];
	qsort(sorted, count, sizeof(struct thing *), by_due_then_number);
	return count;
}

static void assert_come_sorted(struct timerqueue *q)
{
	static struct thing *sorted[MANY];
	unsigned count = sort(sorted);

	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(timerqueue_due(q), sorted[i]->timer.due);
		assert_ptr_equal(thing_of(timerqueue_first(q)), sorted[i]);
		assert_ptr_equal(thing_of(timerqueue_pop(q, SIMTIME_NEVER)), sorted[i]);
	}
	assert_null(timerqueue_first(q));
}

static void an_empty_queue_has_nothing_and_is_never_due(void **state)
{
	struct timerqueue q = { 0 };

	(void)state;
	assert_null(timerqueue_first(&q));
	assert_null(thing_of(timerqueue_pop(&q, SIMTIME_NEVER)));
	assert_int_equal(timerqueue_due(&q), SIMTIME_NEVER);
}

static void many_in_any_order_come_as_if_they_were_sorted(void **state)
{
	struct rng rng = { .state = 1 };
	struct timerqueue q = { 0 };

	(void)state;
	add_many(&q, &rng);
	assert_come_sorted(&q);
}

static void any_may_be_taken_out_and_the_others_come_sorted(void **state)
{
	struct rng rng = { .state = 2 };
	struct timerqueue q = { 0 };

	(void)state;
	add_many(&q, &rng);
	for (unsigned i = 0; i < MANY / 3; i++) {
		struct thing *t = &things[rng_next(&rng) % MANY];

		if (t->there)
			timerqueue_remove(&q, &t->timer);
		t->there = false;
	}
	for (unsigned i = 0; i < MANY / 3; i++)
		thing_of(timerqueue_pop(&q, SIMTIME_NEVER))->there = false;
	assert_come_sorted(&q);
}

static void what_comes_while_others_go_takes_its_place(void **state)
{
	struct rng rng = { .state = 3 };
	struct timerqueue q = { 0 };

	(void)state;
	add_many(&q, &rng);
	for (unsigned i = 0; i < MANY; i++) {
		struct thing *t = thing_of(timerqueue_pop(&q, SIMTIME_NEVER));
		simtime now = t->timer.due;

		/* Numbers tell who was added first. */
		t->number = MANY + i;
		timerqueue_add(&q, &t->timer, now + (simtime)(rng_next(&rng) % 50));
	}
	assert_come_sorted(&q);
}

static void what_is_due_at_one_instant_comes_as_it_was_added(void **state)
{
	struct timerqueue q = { 0 };

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		things[i] = (struct thing){ .number = i };
		timerqueue_add(&q, &things[i].timer, 7);
	}
	for (unsigned i = 0; i < MANY; i++)
		assert_ptr_equal(thing_of(timerqueue_pop(&q, 7)), &things[i]);
}

static void nothing_is_given_before_it_is_due(void **state)
{
	struct timerqueue q = { 0 };
	struct timer a, b;

	(void)state;
	timerqueue_add(&q, &a, 20);
	timerqueue_add(&q, &b, 10);
	assert_null(timerqueue_pop(&q, 9));
	assert_ptr_equal(timerqueue_pop(&q, 10), &b);
	assert_null(timerqueue_pop(&q, 19));
	assert_ptr_equal(timerqueue_pop(&q, 20), &a);
	assert_null(timerqueue_pop(&q, SIMTIME_NEVER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_queue_has_nothing_and_is_never_due),
		cmocka_unit_test(many_in_any_order_come_as_if_they_were_sorted),
		cmocka_unit_test(any_may_be_taken_out_and_the_others_come_sorted),
		cmocka_unit_test(what_comes_while_others_go_takes_its_place),
		cmocka_unit_test(what_is_due_at_one_instant_comes_as_it_was_added),
		cmocka_unit_test(nothing_is_given_before_it_is_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
