/* SPDX-License-Identifier: BSD-2-Clause */
/* A program under the clock library does in no time what would take it hours, and its clocks agree.
 */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#define SUBJECT "clocked"
#include "tests/support/clocked.h"
#include "tests/support/text.h"

/* A command's: it has the clock's date, and waits as ever. */
static void a_command_is_told_the_clocks_date(void **state)
{
	_cleanup_(clock_freep) struct clock *c = NULL;
	struct clock_share share;
	char command[512], text[64] = "";
	const char *const *env;
	struct err e = { .text = "" };
	FILE *f;

	(void)state;
	assert_int_equal(clock_new(CLOCK_VIRTUAL, 0, START, 1, &c, &e), 0);
	assert_null(clock_date_env(c, 0));
	assert_int_equal(clock_join(c, BUILD "/libsigfault-clock.so", 0, &share, &e), 0);
	clock_step(c, START + HOUR);
	env = clock_date_env(c, 0);
	snprintf(command, sizeof(command), "env '%s' '%s' sh -c 'date +%%s; sleep 0.1; date +%%s'",
		 env[0], env[1]);
	f = popen(command, "r");
	assert_non_null(f);
	for (int i = 0; i < 2; i++) {
		assert_non_null(fgets(text, sizeof(text), f));
		assert_in_range(atoll(text) - (START + HOUR) / SECOND, 0, 5);
	}
	pclose(f);
}

/* Who counts TTLs in whole seconds of the date lets them run out when it turns. */
static void the_machines_seconds_turn_when_ours_do(void **state)
{
	_cleanup_(clock_freep) struct clock *c = NULL;
	simtime before, date, after;
	struct err e;

	(void)state;
	assert_int_equal(clock_new(CLOCK_REAL, 1, START + 250 * MSEC, 1, &c, &e), 0);
	assert_int_equal(clock_date_shift(c) % SECOND, 0);
	before = clock_now(c);
	date = clock_machine_date() - clock_date_shift(c);
	after = clock_now(c);
	assert_true(before - 5 * MSEC <= date && date <= after + 5 * MSEC);
}

/* A process that waits for SIGCONT, as one would for a core, is given it by a second one. */
static pid_t start_stopped(const struct clock_share *share, int out)
{
	pid_t pid = fork();

	if (pid == 0) {
		raise(SIGSTOP);
		become(share, "sleeps", out);
	}
	if (fork() == 0) {
		sleep(3);
		kill(pid, SIGCONT);
		_exit(0);
	}
	return pid;
}

/* However long a busy machine takes to load it. */
static void a_resolver_is_without_the_library_when_it_sleeps_or_computes_so(void **state)
{
	_cleanup_(clock_freep) struct clock *late = NULL, *without = NULL;
	int out = memfd_create("out", 0);
	struct clock_share share;
	struct err e = { .text = "" };
	pid_t pid;

	(void)state;
	assert_int_equal(clock_new(CLOCK_VIRTUAL, 0, START, 1, &late, &e), 0);
	assert_int_equal(clock_join(late, BUILD "/libsigfault-clock.so", 0, &share, &e), 0);
	pid = start_stopped(&share, out);
	assert_int_equal(clock_watch(late, &share, pid, &e), 0);
	kill(pid, SIGKILL);

	assert_int_equal(clock_new(CLOCK_VIRTUAL, 0, START, 1, &without, &e), 0);
	assert_int_equal(clock_join(without, BUILD "/libsigfault-clock.so", 0, &share, &e), 0);
	pid = fork();
	if (pid == 0) {
		alarm(60);
		pause();
	}
	assert_int_equal(clock_watch(without, &share, pid, &e), -ELIBACC);
	kill(pid, SIGKILL);
	while (wait(NULL) > 0)
		;
	close(out);
}

/* The kernel wakes a thread while the harness acts: it goes on when the harness waits, and not
 * before. */
static void who_is_woken_from_outside_waits_for_the_harness(void **state)
{
	_cleanup_(clock_freep) struct clock *c = NULL;
	int out = memfd_create("out", 0), in[2];
	char heard[32] = "", want[32] = "";
	struct clock_share share;
	struct err e = { .text = "" };
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(in), 0);
	assert_int_equal(clock_new(CLOCK_VIRTUAL, 0, START, 1, &c, &e), 0);
	assert_int_equal(clock_join(c, BUILD "/libsigfault-clock.so", 0, &share, &e), 0);
	pid = fork();
	if (pid == 0) {
		dup2(in[0], STDIN_FILENO);
		become(&share, "hears", out);
	}
	assert_int_equal(clock_watch(c, &share, pid, &e), 0);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(clock_settle(c, &e), 0);
		assert_int_equal(write(in[1], "x", 1), 1);
		usleep(50000);
		assert_true(pread(out, heard, sizeof(heard) - 1, 0) >= 0);
		assert_string_equal(heard, want);
		want[i] = i % 2 ? 'p' : 'e';
		for (int k = 0; k < 5000 && strcmp(heard, want) != 0; k++) {
			clock_open(c);
			usleep(1000);
			assert_int_equal(clock_settle(c, &e), 0);
			assert_true(pread(out, heard, sizeof(heard) - 1, 0) >= 0);
		}
		assert_string_equal(heard, want);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(in[0]);
	close(in[1]);
	close(out);
}

static void sleeps_end_on_time_and_take_none(void **state)
{
	struct outcome o = run_subject("sleeps", 0);

	(void)state;
	assert_string_equal(o.text, "nanosleep 3600000\nclock_nanosleep 60000\nusleep 250\n"
				    "sleep 86400000\ndate 90060250\ntime 0\n");
	assert_int_equal(o.passed, 90060250 * MSEC);
	assert_int_equal(o.code, -ECHILD);
	assert_non_null(strstr(o.err.text, "exited with status 0"));
}

static void polls_time_out_on_time(void **state)
{
	struct outcome o = run_subject("polls", 0);

	(void)state;
	assert_string_equal(o.text, "poll 5000\nselect 7000\nepoll 90000\n");
}

static void threads_hand_over_by_condition_variables_in_no_time(void **state)
{
	struct outcome o = run_subject("conds", 0);

	(void)state;
	assert_string_equal(o.text, "turns 1000000\ntimedwait 600000\n");
}

static void a_signal_at_the_end_of_a_wait_is_not_lost(void **state)
{
	struct outcome o = run_subject("at once", 0);

	(void)state;
	assert_string_equal(o.text, "signalled 0\n");
}

static void semaphores_are_posted_and_time_out(void **state)
{
	struct outcome o = run_subject("sems", 0);

	(void)state;
	assert_string_equal(o.text, "post 40000\ntimed 1\ntimeout 20000\n");
}

static void threads_wake_each_other_through_descriptors_in_no_time(void **state)
{
	struct outcome o = run_subject("channels", 0);

	(void)state;
	assert_string_equal(o.text, "eventfd 5000000\nlate 0\npipe 5000000\nlate 0\n"
				    "socketpair 5000000\nlate 0\n");
}

static void who_is_woken_at_a_shared_futex_comes_in_turn(void **state)
{
	struct outcome o = run_subject("share futex", 0);

	(void)state;
	for (int i = 0; i < 20; i++)
		assert_memory_equal(o.text + 8 * i, "!abcdef\n", 8);
	assert_int_equal(strlen(o.text), 160);
}

static void who_is_told_something_as_its_time_comes_is_not_told_that_it_has(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		assert_string_equal(run_led("due together", 0, i ? SIMTIME_NEVER : 0).text,
				    "in vain 0\n");
}

/* The judge: what the same program says. */
static const char *without_the_library(const char *what)
{
	char command[256];
	const char *text;
	FILE *f;

	snprintf(command, sizeof(command), BUILD "/tests/subject/clocked %s", what);
	f = popen(command, "r");
	text = stream_text(f);
	assert_int_equal(pclose(f), 0);
	return text;
}

static void eventfds_are_as_the_kernels(void **state)
{
	const char *text = without_the_library("eventfds");

	(void)state;
	assert_true(strlen(text) > 200);
	for (int i = 0; i < 2; i++) {
		struct outcome o = run_led("eventfds", 0, i ? SIMTIME_NEVER : 0);

		assert_string_equal(o.text, text);
	}
}

static void what_the_kernel_has_is_seen_before_time_passes(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct outcome o = run_led("elsewhere", 0, i ? SIMTIME_NEVER : 0);

		assert_string_equal(o.text, "old data 1\npiece 4 1\npiece 4 0\npassed 1000\n"
					    "child's 1\nformer set 1 0\n");
	}
}

/* One token is enough for a lost wake-up; four meet each other. */
static void no_wake_up_is_lost_among_many_threads(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct outcome o = run_led("ring", 0, i ? SIMTIME_NEVER : 0);

		if (strcmp(o.text, "ring 3000\n") != 0)
			fail_msg("'%s' %s", o.text, o.err.text);
	}
}

static void whoever_waits_unseen_for_a_thread_it_woke_gets_it(void **state)
{
	struct outcome o = run_subject("unseen", 0);

	(void)state;
	assert_string_equal(o.text, "answered 1\nanswered 1\nanswered 1\n");
	assert_true(o.out_of_turn > 0);
	o = run_subject("meets", 0);
	assert_string_equal(o.text, "met 1000\n");
}

/* Without a harness that could see to it. */
static void threads_wake_each_other_at_constant_speed(void **state)
{
	_cleanup_(clock_freep) struct clock *c = NULL;
	struct clock_share share;
	struct err e = { .text = "" };
	int out = memfd_create("out", 0), status = -1;
	char text[64] = "";
	pid_t pid;

	(void)state;
	assert_int_equal(clock_new(CLOCK_SCALED, 100, START, 1, &c, &e), 0);
	assert_int_equal(clock_join(c, BUILD "/libsigfault-clock.so", 0, &share, &e), 0);
	pid = fork();
	if (pid == 0)
		become(&share, "unseen", out);
	for (int i = 0; i < 20000 && waitpid(pid, &status, WNOHANG) == 0; i++)
		usleep(1000);
	kill(pid, SIGKILL);
	assert_int_equal(status, 0);
	assert_true(pread(out, text, sizeof(text) - 1, 0) > 0);
	assert_string_equal(text, "answered 1\nanswered 1\nanswered 1\n");
	close(out);
}

static void randomness_follows_the_seed(void **state)
{
	struct outcome a = run_subject("seeded", 7), b = run_subject("seeded", 7);
	struct outcome c = run_subject("seeded", 8), d = run_subject("seeded", 0);

	(void)state;
	assert_true(strlen(a.text) > 16);
	assert_string_equal(a.text, b.text);
	assert_string_not_equal(a.text, c.text);
	assert_string_not_equal(a.text, d.text);
}

static void a_child_process_is_left_to_the_machines_time(void **state)
{
	struct outcome o = run_subject("forked", 0);

	(void)state;
	assert_string_equal(o.text, "fork 100000\n");
}

static void what_cannot_be_virtualised_ends_the_run_with_its_name(void **state)
{
	static const char *const calls[][2] = {
		{ "timerfd", "'timerfd_settime'" },
		{ "alarm", "'alarm'" },
		{ "rcvtimeo", "'SO_RCVTIMEO'" },
		{ "dup", "'dup (of an eventfd)'" },
		{ "writev", "'writev (to an eventfd)'" },
		{ "full", "'write (to an eventfd that is full)'" }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		struct outcome o = run_subject(calls[i][0], 0);

		assert_int_equal(o.code, -EBADRQC);
		assert_non_null(strstr(o.err.text, calls[i][1]));
	}
}

/* The kernel is the judge: the same program, without the library. */
static void as_the_kernel_has_it(const char *what)
{
	struct outcome o = run_subject(what, 1);
	const char *text = without_the_library(what);

	assert_true(strlen(text) > 100);
	assert_string_equal(o.text, text);
}

/* By the kernel's own secret it would be others in each run. */
static void who_connects_comes_to_the_same_of_several_listeners(void **state)
{
	for (int i = 0; i < 3; i++)
		assert_string_equal(run_subject("shares", 1).text, "2 0 1 2 0 1 \n");
	(void)state;
}

static void sockets_have_names_and_errors_as_the_kernel_gives_them(void **state)
{
	(void)state;
	as_the_kernel_has_it("names");
}

static void a_new_socket_has_nothing_of_one_that_was_closed(void **state)
{
	(void)state;
	as_the_kernel_has_it("reopens");
}

static void epoll_sets_take_and_refuse_what_the_kernels_do(void **state)
{
	(void)state;
	as_the_kernel_has_it("watches");
}

/* CPU time is the machine's own, and the clock follows it: so this holds on a busy one, too. */
static void computing_takes_the_time_that_is_charged_for_it(void **state)
{
	static const double factors[] = { 0, 1, 20 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(factors); i++) {
		struct outcome o = run_charged("computes", 0, 0, factors[i]);
		double charged = factors[i] * 1000;
		int passed = -1, woken = -1;

		assert_string_equal(o.err.text, "the program exited with status 0");
		assert_int_equal(sscanf(o.text, "%d %d", &passed, &woken), 2);
		assert_in_range(passed, charged * 0.95, charged * 1.05);
		/* The other one did not have to wait until the first had done. */
		if (charged > 0)
			assert_in_range(woken, 0, charged / 2);
		else
			assert_int_equal(woken, 9);
	}
}

static void a_crash_is_told_with_its_signal(void **state)
{
	struct outcome o = run_subject("crash", 0);

	(void)state;
	assert_int_equal(o.code, -ECHILD);
	assert_non_null(strstr(o.err.text, "signal 6"));
	assert_int_equal(o.passed, 5 * SECOND);
}

/* The machine's date would be another one, and the same for all. */
static void a_file_that_was_written_has_the_clocks_date(void **state)
{
	struct outcome o = run_subject("files", 0);

	(void)state;
	assert_string_equal(o.text, "written 0\nopened -86400\nappended 0\nclosed 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_woken_from_outside_waits_for_the_harness),
		cmocka_unit_test(a_command_is_told_the_clocks_date),
		cmocka_unit_test(the_machines_seconds_turn_when_ours_do),
		cmocka_unit_test(a_resolver_is_without_the_library_when_it_sleeps_or_computes_so),
		cmocka_unit_test(sleeps_end_on_time_and_take_none),
		cmocka_unit_test(polls_time_out_on_time),
		cmocka_unit_test(threads_hand_over_by_condition_variables_in_no_time),
		cmocka_unit_test(a_signal_at_the_end_of_a_wait_is_not_lost),
		cmocka_unit_test(semaphores_are_posted_and_time_out),
		cmocka_unit_test(threads_wake_each_other_through_descriptors_in_no_time),
		cmocka_unit_test(who_is_woken_at_a_shared_futex_comes_in_turn),
		cmocka_unit_test(who_is_told_something_as_its_time_comes_is_not_told_that_it_has),
		cmocka_unit_test(eventfds_are_as_the_kernels),
		cmocka_unit_test(what_the_kernel_has_is_seen_before_time_passes),
		cmocka_unit_test(no_wake_up_is_lost_among_many_threads),
		cmocka_unit_test(whoever_waits_unseen_for_a_thread_it_woke_gets_it),
		cmocka_unit_test(threads_wake_each_other_at_constant_speed),
		cmocka_unit_test(randomness_follows_the_seed),
		cmocka_unit_test(a_child_process_is_left_to_the_machines_time),
		cmocka_unit_test(what_cannot_be_virtualised_ends_the_run_with_its_name),
		cmocka_unit_test(who_connects_comes_to_the_same_of_several_listeners),
		cmocka_unit_test(sockets_have_names_and_errors_as_the_kernel_gives_them),
		cmocka_unit_test(a_new_socket_has_nothing_of_one_that_was_closed),
		cmocka_unit_test(epoll_sets_take_and_refuse_what_the_kernels_do),
		cmocka_unit_test(computing_takes_the_time_that_is_charged_for_it),
		cmocka_unit_test(a_crash_is_told_with_its_signal),
		cmocka_unit_test(a_file_that_was_written_has_the_clocks_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
