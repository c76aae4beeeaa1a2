/* SPDX-License-Identifier: BSD-2-Clause */
/* Cells share no core while there is another: those of one run, and those of runs beside it. */
#include "harness/cell/core.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/test.h"

struct holder {
	pid_t pid;
	int core;
};

/* A process that takes a core and keeps it. */
static struct holder hold(unsigned number)
{
	struct holder h;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	h.pid = fork();
	assert_true(h.pid >= 0);
	if (h.pid == 0) {
		int core = core_take(number);

		prctl(PR_SET_PDEATHSIG, SIGKILL);

		if (write(ends[1], &core, sizeof(core)) != sizeof(core))
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ends[0], &h.core, sizeof(h.core)), sizeof(h.core));
	close(ends[0]);
	close(ends[1]);
	return h;
}

static void release(const struct holder *h)
{
	kill(h->pid, SIGKILL);
	waitpid(h->pid, NULL, 0);
}

/* This process may use these, and it is alone: other runs on the machine are in another network
 * namespace. */
static int go_apart(void **state)
{
	(void)state;
	return unshare(getuid() ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET);
}

static void each_has_its_own_until_there_is_none(void **state)
{
	unsigned n = core_count() > 8 ? 8 : core_count();
	struct holder h[8] = { 0 }, late;

	(void)state;
	for (unsigned i = 0; i < n; i++) {
		h[i] = hold(0);
		for (unsigned k = 0; k < i; k++)
			assert_int_not_equal(h[k].core, h[i].core);
	}
	release(&h[0]);
	late = hold(0);
	assert_int_equal(late.core, h[0].core);
	release(&late);
	for (unsigned i = 1; i < n; i++)
		release(&h[i]);
}

static void who_comes_too_late_shares_one(void **state)
{
	cpu_set_t mine, one;
	struct holder first, second;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(mine), &mine), 0);
	CPU_ZERO(&one);
	for (unsigned i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &mine))
			CPU_SET(i, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(core_count(), 1);
	first = hold(3);
	second = hold(4);
	assert_true(first.core >= 0 && CPU_ISSET((unsigned)first.core, &one));
	assert_int_equal(first.core, second.core);
	release(&first);
	release(&second);
	assert_int_equal(sched_setaffinity(0, sizeof(mine), &mine), 0);
}

static unsigned threads_on(pid_t pid, int core, int policy)
{
	char path[64];
	struct dirent *d;
	unsigned n = 0;
	DIR *threads;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	threads = opendir(path);
	assert_non_null(threads);
	while ((d = readdir(threads))) {
		pid_t thread = atoi(d->d_name);
		cpu_set_t cores;

		if (thread <= 0)
			continue;
		assert_int_equal(sched_getaffinity(thread, sizeof(cores), &cores), 0);
		n += CPU_COUNT(&cores) == 1 && CPU_ISSET((unsigned)core, &cores) &&
		     sched_getscheduler(thread) == policy;
	}
	closedir(threads);
	return n;
}

static void *wait_for_ever(void *arg)
{
	close(*(int *)arg);
	while (pause() < 0)
		;
	return NULL;
}

static void all_threads_of_a_process_move(void **state)
{
	int core = core_take(0), ends[2];
	pthread_t thread;
	pid_t pid;
	char end;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pthread_create(&thread, NULL, wait_for_ever, &ends[1]);
		for (;;)
			pause();
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &end, 1), 0); /* both are there */
	core_move(pid, core, true);
	assert_int_equal(threads_on(pid, core, SCHED_BATCH), 2);
	core_move(pid, core, false);
	assert_int_equal(threads_on(pid, core, SCHED_OTHER), 2);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_own_until_there_is_none),
		cmocka_unit_test(who_comes_too_late_shares_one),
		cmocka_unit_test(all_threads_of_a_process_move),
	};

	return cmocka_run_group_tests(tests, go_apart, NULL);
}
