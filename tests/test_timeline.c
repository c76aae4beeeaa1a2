/* SPDX-License-Identifier: BSD-2-Clause */
/* Events, in time order. */
#include "sim/language/timeline.h"

#include <errno.h>
#include <string.h>

#include "tests/support/test.h"

#define START (100 * SECOND)
#define STOP (200 * SECOND)

static struct event event_at(simtime at, const char *what)
{
	struct event ev = { .at = at, .kind = EVENT_MARK, .fault = -1 };

	strcpy(ev.what, what);
	return ev;
}

static int add(struct timeline *tl, simtime at, const char *what, struct err *e)
{
	struct event ev = event_at(at, what);

	return timeline_add(tl, &ev, e);
}

static void events_are_kept_in_time_order(void **state)
{
	static const char *const order[] = { "a", "b", "c", "d", "e" };
	struct timeline tl;
	struct err e;

	(void)state;
	timeline_init(&tl, START, STOP);
	assert_int_equal(add(&tl, START + 5, "c", &e), 0);
	assert_int_equal(add(&tl, START, "a", &e), 0);
	assert_int_equal(add(&tl, STOP, "e", &e), 0);
	assert_int_equal(add(&tl, START + 1, "b", &e), 0);
	assert_int_equal(add(&tl, START + 6, "d", &e), 0);
	assert_int_equal(tl.count, 5);
	for (unsigned i = 0; i < tl.count; i++)
		assert_string_equal(tl.events[i].what, order[i]);
	timeline_done(&tl);
}

static void events_of_one_instant_keep_their_order(void **state)
{
	struct timeline tl;
	struct err e;

	(void)state;
	timeline_init(&tl, START, STOP);
	assert_int_equal(add(&tl, START + 5, "first", &e), 0);
	assert_int_equal(add(&tl, START + 9, "last", &e), 0);
	assert_int_equal(add(&tl, START + 5, "second", &e), 0);
	assert_string_equal(tl.events[0].what, "first");
	assert_string_equal(tl.events[1].what, "second");
	timeline_done(&tl);
}

static void an_event_outside_is_refused(void **state)
{
	struct timeline tl;
	struct err e;

	(void)state;
	timeline_init(&tl, START, STOP);
	assert_int_equal(add(&tl, START - 1, "x", &e), -EINVAL);
	assert_non_null(strstr(e.text, "is outside of the scenario"));
	assert_int_equal(add(&tl, STOP + 1, "x", &e), -EINVAL);
	assert_int_equal(tl.count, 0);
	timeline_done(&tl);
}

static void an_event_is_for_all_or_for_one_mitigation(void **state)
{
	struct event ev = event_at(START, "x");

	(void)state;
	assert_true(timeline_applies(&ev, "none"));
	assert_true(timeline_applies(&ev, "nta"));
	strcpy(ev.mitigation, "nta");
	assert_false(timeline_applies(&ev, "none"));
	assert_true(timeline_applies(&ev, "nta"));
}

static void operations_have_names_there_and_back(void **state)
{
	(void)state;
	for (int op = OPERATION_NTA; op <= OPERATION_VALIDATION_ON; op++)
		assert_int_equal(operation_by_name(operation_name((enum operation)op)), op);
	assert_string_equal(operation_name(OPERATION_NTA_REMOVE), "nta-remove");
	assert_int_equal(operation_by_name("reboot"), OPERATION_NONE);
}

static void events_that_wait_for_a_failure_stand_apart(void **state)
{
	struct event late = event_at(20 * SECOND, "late"), soon = event_at(5 * SECOND, "soon");
	struct event too_late = event_at(STOP, "too late");
	struct timeline tl;
	struct err e;

	(void)state;
	timeline_init(&tl, START, STOP);
	assert_int_equal(timeline_add_awaited(&tl, &too_late, &e), 0);
	assert_int_equal(timeline_add_awaited(&tl, &late, &e), 0);
	assert_int_equal(timeline_add_awaited(&tl, &soon, &e), 0);
	assert_int_equal(tl.count, 0);
	assert_int_equal(tl.awaited_count, 3);
	assert_string_equal(tl.awaited[0].what, "soon");
	assert_string_equal(tl.awaited[2].what, "too late");
	timeline_done(&tl);
	assert_int_equal(tl.awaited_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_kept_in_time_order),
		cmocka_unit_test(events_of_one_instant_keep_their_order),
		cmocka_unit_test(an_event_outside_is_refused),
		cmocka_unit_test(an_event_is_for_all_or_for_one_mitigation),
		cmocka_unit_test(events_that_wait_for_a_failure_stand_apart),
		cmocka_unit_test(operations_have_names_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
