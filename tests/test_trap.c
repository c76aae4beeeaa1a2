/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program calls without libc is on the clock as well, or ends the run with its name. */
#include <stdio.h>

#define SUBJECT "raw"
#define BY_ITSELF SIMTIME_NEVER /* the library steps the clock */
#include "tests/support/clocked.h"

static const char waits[] = "nanosleep 0 3600000\nclock_nanosleep 0 60000\npoll 0 5000\n"
			    "ppoll 0 5000\nselect 0 7000\npselect6 0 5000\nepoll_wait 0 90000\n"
			    "epoll_pwait 0 90000\nepoll_pwait2 0 3600000\nfutex -110 5000\n"
			    "futex other -11 0\nfutex until -110 2000\nwithin libc 0 3600000\n"
			    "syscall() 0 5000\nsyscall() poll 0 1000\n";

static void every_wait_takes_exactly_the_virtual_time(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct outcome o = run_led("waits", 0, i ? BY_ITSELF : 0);

		assert_string_equal(o.text, waits);
		assert_string_equal(o.err.text, "the program exited with status 0");
	}
}

static void a_program_that_another_one_becomes_is_on_the_clock_as_well(void **state)
{
	struct outcome o = run_subject("again", 0);

	(void)state;
	assert_string_equal(o.text, waits);
}

static void whoever_is_asked_tells_the_same_time(void **state)
{
	struct outcome o = run_subject("tells", 0);

	(void)state;
	assert_string_equal(o.text, "raw 1 vdso 1 1 1 day 1 time 1 up 1 1\n"
				    "raw 1 vdso 1 1 1 day 1 time 1 up 1 1\n");
}

static void threads_wake_each_other_by_their_own_futexes_in_no_time(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct outcome o = run_led("wakes", 0, i ? BY_ITSELF : 0);

		assert_string_equal(o.text, "wakes 0 5000000\n");
	}
}

static void what_a_program_wants_of_the_signal_does_not_let_its_calls_pass(void **state)
{
	struct outcome o = run_subject("signals", 0);

	(void)state;
	assert_string_equal(o.text,
			    "handled 0 3600000\nshown 1\nraised 1\ndefault 0 3600000\n"
			    "ignored 0 3600000\nblocked 0 3600000\nblocked raw 0 3600000\n");
}

static void a_stack_for_handlers_that_is_small_is_no_trap(void **state)
{
	struct outcome o = run_subject("small stack", 0);

	(void)state;
	assert_string_equal(o.text, "0\nsmall 0 3600000\n0 1 0\nagain 0 3600000\n");
}

static void code_that_is_made_at_run_time_is_no_way_past_the_clock(void **state)
{
	struct outcome o = run_subject("made", 0);

	(void)state;
	assert_string_equal(o.text, "made 0 3600000\n");
}

static void the_random_devices_never_end_and_follow_the_seed(void **state)
{
	struct outcome a = run_subject("draws", 7), b = run_subject("draws", 7);
	struct outcome c = run_subject("draws", 8);
	static const char begins[] = "/dev/urandom 1048576 1 0\npread 7\nraw 9\n"
				     "/dev/random 1048576 1 0\npread 7\nraw 9\n"
				     "/dev/../dev/urandom 1048576 1 0\npread 7\nraw 9\n"
				     "stream 1048576\nraw 4096 -22\n";

	(void)state;
	assert_memory_equal(a.text, begins, sizeof(begins) - 1);
	assert_string_equal(a.text, b.text);
	assert_string_not_equal(a.text, c.text);
}

static void children_of_every_kind_live(void **state)
{
	struct outcome o = run_subject("children", 0);

	(void)state;
	assert_string_equal(o.text, "spawned 0\nsystem 0\npopen 1\nvfork 0\nfork 0\npassed 0 0\n");
}

static void who_waits_for_a_child_that_computes_is_waited_for(void **state)
{
	struct outcome o = run_subject("child", 0);

	(void)state;
	assert_string_equal(o.text, "child 0 0\n");
}

static void what_cannot_be_served_ends_the_run_with_its_name(void **state)
{
	static const char *const calls[][2] = {
		{ "timerfd_settime", "'timerfd_settime'" },
		{ "adjtimex", "'adjtimex'" },
		{ "semtimedop", "'semtimedop'" },
		{ "io_getevents", "'io_getevents'" },
		{ "clone", "'clone (a thread or a stack without libc)'" },
		{ "clone raw", "'clone (a thread or a stack without libc)'" },
		{ "static", "'execve (/sbin/ldconfig is a static program)'" },
		{ "static child", "'execve (/sbin/ldconfig is a static program)'" },
		{ "x32", "'a system call of another machine's (int 0x80, x32)'" }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		struct outcome o = run_subject(calls[i][0], 0);

		if (o.code != -EBADRQC || !strstr(o.err.text, calls[i][1]))
			fail_msg("%s: %d %s", calls[i][0], o.code, o.err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wait_takes_exactly_the_virtual_time),
		cmocka_unit_test(a_program_that_another_one_becomes_is_on_the_clock_as_well),
		cmocka_unit_test(whoever_is_asked_tells_the_same_time),
		cmocka_unit_test(threads_wake_each_other_by_their_own_futexes_in_no_time),
		cmocka_unit_test(what_a_program_wants_of_the_signal_does_not_let_its_calls_pass),
		cmocka_unit_test(a_stack_for_handlers_that_is_small_is_no_trap),
		cmocka_unit_test(code_that_is_made_at_run_time_is_no_way_past_the_clock),
		cmocka_unit_test(the_random_devices_never_end_and_follow_the_seed),
		cmocka_unit_test(children_of_every_kind_live),
		cmocka_unit_test(who_waits_for_a_child_that_computes_is_waited_for),
		cmocka_unit_test(what_cannot_be_served_ends_the_run_with_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
