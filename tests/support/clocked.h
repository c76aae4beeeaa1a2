/* SPDX-License-Identifier: BSD-2-Clause */
/* clocked.h - a program of tests/subject/ under the clock library, and a harness that lets time
 * pass for it. Who includes it names the program: SUBJECT. */
#pragma once

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/clock/clock.h"
#include "tests/support/test.h"

#ifndef BUILD
#define BUILD "build"
#endif

#define START (1777987800 * SECOND)

struct outcome {
	char text[4096];
	int code; /* of clock_settle() that ended it */
	struct err err;
	double wall; /* machine seconds */
	simtime passed;
	uint64_t out_of_turn;
};

static inline void become(const struct clock_share *share, const char *what, int out)
{
	char *const argv[] = { BUILD "/tests/subject/" SUBJECT, (char *)what, NULL };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, STDOUT_FILENO);
	for (unsigned i = 0; i < share->keep_count; i++)
		if (dup2(share->keep[i][0], share->keep[i][1]) < 0)
			_exit(126);
	execve(argv[0], argv, (char *const *)share->env);
	_exit(127);
}

/* Nobody will ever wake it: it waits without end for what came already. */
static inline bool is_lost(struct clock *c)
{
	for (int i = 0; i < 5000; i++) {
		struct err e = { .text = "" };

		if (clock_deadline(c) != SIMTIME_NEVER || clock_settle(c, &e) < 0)
			return false;
		usleep(1000);
	}
	return true;
}

/* How late its polls may end; for a test to set. */
static simtime clocked_slack, clocked_sleep_slack, clocked_idle_slack;

/* Runs the subject until it ends, as the harness would: rest, step to the next deadline, rest; or
 * the library steps by itself as far as `lead`. A second of its CPU time takes `charge` virtual
 * ones. */
static inline struct outcome run_charged(const char *what, uint64_t seed, simtime lead,
					 double charge)
{
	struct outcome o = { .text = "" };
	_cleanup_(clock_freep) struct clock *c = NULL;
	double began = clock_machine_seconds();
	struct clock_share share;
	int out = memfd_create("out", 0), status;
	pid_t pid;

	assert_int_equal(clock_new(CLOCK_VIRTUAL, 0, START, 1, &c, &o.err), 0);
	assert_int_equal(clock_join(c, BUILD "/libsigfault-clock.so", seed, &share, &o.err), 0);
	share.area->slack = clocked_slack;
	share.area->sleep_slack = clocked_sleep_slack;
	share.area->idle_slack = clocked_idle_slack;
	pid = fork();
	if (pid == 0)
		become(&share, what, out);
	o.code = clock_watch(c, &share, pid, &o.err);
	clock_lead(c, lead);
	clock_charge(c, charge);
	while (o.code == 0) {
		bool computes;

		o.code = clock_settle(c, &o.err);
		if (o.code < 0)
			break;
		computes = o.code > 0; /* and the clock is at its lead */
		o.code = 0;
		if (computes)
			clock_lead(c, clock_now(c) + 10 * MSEC);
		if (clock_wake_due(c) || computes)
			continue;
		if (clock_deadline(c) != SIMTIME_NEVER)
			clock_step(c, clock_deadline(c));
		else if (is_lost(c))
			o.code = err_set(&o.err, -EDEADLK, "a wake-up was lost");
	}
	if (o.code != -ECHILD && o.code != -EBADRQC)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	o.wall = clock_machine_seconds() - began;
	o.passed = clock_now(c) - START;
	o.out_of_turn = clock_out_of_turn(c);
	assert_true(pread(out, o.text, sizeof(o.text) - 1, 0) >= 0);
	close(out);
	return o;
}

static inline struct outcome run_led(const char *what, uint64_t seed, simtime lead)
{
	return run_charged(what, seed, lead, 0);
}

static inline struct outcome run_subject(const char *what, uint64_t seed)
{
	return run_led(what, seed, 0);
}
