/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/tidier.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/child.h"

#define TRIES 50 /* of 100 ms: what was killed may still write */

/* Whoever reads what we print must not wait for this one. */
static void leave_files(int but)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 2; fd++)
		dup2(nothing, fd);
	if (but > 3)
		close_range(3, (unsigned)but - 1, 0);
	close_range((unsigned)but + 1, ~0U, 0);
}

static _Noreturn void wait_and_clear(int held, int (*clear)(const void *arg), const void *arg)
{
	pid_t child = 0, next;

	setsid();
	child_tell(-1);
	leave_files(held);
	for (ssize_t n;
	     (n = read(held, &next, sizeof(next))) == sizeof(next) || (n < 0 && errno == EINTR);)
		child = n > 0 ? next : child;
	if (child > 0)
		kill(-child, SIGKILL);
	for (int i = 0; i < TRIES && clear(arg) < 0; i++)
		usleep(100000);
	_exit(0);
}

int tidier_begin(struct tidier *t, int (*clear)(const void *arg), const void *arg, struct err *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	t->pid = fork();
	if (t->pid == 0) {
		close(ends[1]);
		wait_and_clear(ends[0], clear, arg);
	}
	close(ends[0]);
	if (t->pid < 0) {
		int code = -errno;

		t->pid = 0;
		close(ends[1]);
		return err_set(e, code, "cannot start a process: %s", strerror(-code));
	}
	t->held = ends[1];
	child_tell(t->held);
	return 0;
}

void tidier_end(struct tidier *t)
{
	if (!t->pid)
		return;
	child_tell(-1);
	close(t->held);
	while (waitpid(t->pid, NULL, 0) < 0 && errno == EINTR)
		;
	t->pid = 0;
}
