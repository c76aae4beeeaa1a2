/* SPDX-License-Identifier: BSD-2-Clause */
/* alone.h - tests that live in a world.
 *
 * Namespaces are entered for good: every test works in a process of its own, which says what went
 * wrong on stderr and ends with 0, 1 or SKIPPED. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/world/spawn.h"
#include "tests/support/need.h"
#include "tests/support/test.h"

#define SKIPPED 77

#define want(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

static inline int say(const struct err *e)
{
	fprintf(stderr, "%s\n", e->text);
	return 1;
}

/* What the test has to end with where its process lacks something. */
static inline int ends_lacking(void)
{
	return must_work() ? 1 : SKIPPED;
}

/* The same for what making a world has given: 0 when there is one, SKIPPED where this machine lets
 * nobody have one. */
static inline int made_world(int r, const struct err *e)
{
	if (r < 0)
		say(e);
	if (r == -EPERM || r == -ENOSYS || r == -EOPNOTSUPP)
		return ends_lacking();
	return r < 0;
}

static inline int make_world(struct world *w)
{
	struct err e = { .text = "" };

	return made_world(world_init(w, NULL, &e), &e);
}

/* Gives up what root may, for good, where it is root's; a program that this user had started could be
 * looked into. -1: it cannot. */
static inline int become_user(uid_t user)
{
	if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(user, user, user) < 0 ||
			       setresuid(user, user, user) < 0))
		return -1;
	return prctl(PR_SET_DUMPABLE, 1);
}

static inline void rest(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Runs s->argv to its end and gives what it wrote; 1 unless it ended with 0. */
static inline int output(const struct world *w, struct spawn *s, char *text, size_t cap)
{
	struct err e = { .text = "" };
	int ends[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	want(pipe2(ends, O_CLOEXEC) == 0);
	s->out = ends[1];
	pid = spawn_start(w, s, &e);
	close(ends[1]);
	if (pid < 0)
		return say(&e);
	while ((n = read(ends[0], text + len, cap - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(ends[0]);
	want(waitpid(pid, &status, 0) == pid);
	if (status != 0)
		fprintf(stderr, "%s: %s\n", s->argv[0], text);
	return status != 0;
}

static inline void alone(int (*f)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(f());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}
