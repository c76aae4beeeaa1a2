/* alone.h - tests that live in a world.
 *
 * Namespaces are entered for good: every test works in a process of its own, which says what went
 * wrong on stderr and ends with 0, 1 or SKIPPED. Include it last, after cmocka.h. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/link.h"

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

/* 0, or what the test has to end with: SKIPPED where no world can be had, unless MUST_WORK is set. */
static inline int make_world(struct world *w)
{
	struct err e = { "" };
	int r = link_world(w, &e);

	if (r < 0)
		say(&e);
	if ((r == -EPERM || r == -ENOSYS || r == -EOPNOTSUPP) && !getenv("MUST_WORK"))
		return SKIPPED;
	return r < 0;
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
