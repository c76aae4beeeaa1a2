/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that waits by looking again and again comes to an end on a clock that stands, and is
 * the same twice. */
#include <stdio.h>

#define SUBJECT "looks"
#define BY_ITSELF SIMTIME_NEVER /* the library steps the clock */
#include "tests/support/clocked.h"

#define LATE 500 /* microseconds: a moment for each time that a turn looks at the clock */

/* It waits for five milliseconds, three times. */
static void assert_ends(const char *way)
{
	struct outcome o = run_subject(way, 0), again = run_led(way, 0, BY_ITSELF);
	int looks, took, at = 0, len = 0;

	assert_string_equal(o.err.text, "the program exited with status 0");
	for (int i = 0; i < 3; i++, at += len) {
		assert_int_equal(sscanf(o.text + at, "%d looks %d\n%n", &looks, &took, &len), 2);
		assert_in_range(took, 5000, 5000 + LATE);
	}
	assert_int_equal(o.text[at], '\0');
	assert_string_equal(o.text, again.text);
}

static void looking_at_descriptors_lets_time_pass(void **state)
{
	static const char *const ways[] = { "epoll_wait", "epoll_pwait", "epoll_pwait2", "poll",
					    "ppoll",	  "select",	 "pselect",	 "recv" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		assert_ends(ways[i]);
}

static void looking_at_nothing_but_the_clock_lets_time_pass(void **state)
{
	(void)state;
	assert_ends("clock_gettime");
	assert_ends("gettimeofday and time");
}

static void a_loop_that_wakes_itself_lets_time_pass(void **state)
{
	(void)state;
	assert_ends("waking itself");
}

static void looking_between_other_things_takes_no_time(void **state)
{
	struct outcome o = run_subject("at work", 0);

	(void)state;
	assert_string_equal(o.text, "0\n");
	o = run_subject("over instants", 0);
	assert_string_equal(o.text, "1000\n");
}

static void what_comes_while_one_looks_is_seen_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct outcome o = run_led("for another", 0, i ? BY_ITSELF : 0);

		assert_string_equal(o.text, "1234\n");
	}
}

/* Polls that come to nothing and sleeps end at a multiple of theirs, and what waits for an instant does not. */
static void slack_is_for_polls_that_come_to_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct outcome o;

		clocked_slack = clocked_sleep_slack = 0;
		o = run_led("timeouts", 0, i ? BY_ITSELF : 0);
		assert_string_equal(o.text, "5000 5000 5000 5000 1234 ");
		clocked_slack = 100 * MSEC;
		clocked_sleep_slack = 30 * MSEC;
		o = run_led("timeouts", 0, i ? BY_ITSELF : 0);
		assert_string_equal(o.text, "100000 100000 20000 30000 1234 ");
	}
	clocked_slack = clocked_sleep_slack = 0;
}

#define EXACT "5000 5000 5000 5000 1234 "
#define LATE_ONES "100000 100000 100000 100000 1234 "

static void assert_timeouts(const char *way, const char *expected)
{
	for (int i = 0; i < 2; i++) {
		struct outcome o;

		clocked_idle_slack = 100 * MSEC;
		o = run_led(way, 0, i ? BY_ITSELF : 0);
		clocked_idle_slack = 0;
		assert_string_equal(o.text, expected);
	}
}

/* A question that it has asked or not answered keeps it awake, for five minutes at the most. */
static void idle_slack_is_for_who_has_nothing_in_work(void **state)
{
	(void)state;
	assert_timeouts("in work", EXACT LATE_ONES EXACT LATE_ONES);
}

/* Some keep a connection for a day. */
static void a_connection_that_nobody_uses_is_no_work(void **state)
{
	(void)state;
	assert_timeouts("connected", EXACT EXACT LATE_ONES EXACT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looking_at_descriptors_lets_time_pass),
		cmocka_unit_test(looking_at_nothing_but_the_clock_lets_time_pass),
		cmocka_unit_test(a_loop_that_wakes_itself_lets_time_pass),
		cmocka_unit_test(looking_between_other_things_takes_no_time),
		cmocka_unit_test(what_comes_while_one_looks_is_seen_at_once),
		cmocka_unit_test(slack_is_for_polls_that_come_to_nothing),
		cmocka_unit_test(idle_slack_is_for_who_has_nothing_in_work),
		cmocka_unit_test(a_connection_that_nobody_uses_is_no_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
