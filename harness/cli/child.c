/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cell/interrupt.h"
#include "sim/base/cleanup.h"

#define NO_PROGRAM 127
#define PATIENCE 20000 /* ms that it has to end in when it is asked to */

static void __attribute__((noreturn)) become(const struct child *c)
{
	static const int defaults[] = { SIGINT,	 SIGTERM, SIGHUP,  SIGCHLD,
					SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2 };
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	sigemptyset(&none);
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		signal(defaults[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(nothing, STDIN_FILENO);
	dup2(c->out, STDOUT_FILENO);
	dup2(c->out, STDERR_FILENO);
	for (const char *const *v = c->env; v && *v; v++)
		putenv((char *)*v);
	if (c->folder && chdir(c->folder) < 0)
		_exit(NO_PROGRAM);
	execvp(c->argv[0], (char *const *)c->argv);
	_exit(NO_PROGRAM);
}

/* Signals are blocked but while this waits for one. */
static void await_signal(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };
	sigset_t open;

	sigprocmask(SIG_SETMASK, NULL, &open);
	sigdelset(&open, SIGINT);
	sigdelset(&open, SIGTERM);
	sigdelset(&open, SIGHUP);
	sigdelset(&open, SIGCHLD);
	ppoll(NULL, 0, &t, &open);
}

/* Asks it to end, and what it started; then it has to. */
static void stop(pid_t pid)
{
	bool is_over = false;

	kill(-pid, SIGTERM);
	for (int ms = 0; ms < PATIENCE && !is_over; ms += 50) {
		siginfo_t info = { 0 };

		is_over = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
			  info.si_pid == pid;
		if (!is_over)
			usleep(50000);
	}
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int told = -1;

void child_tell(int fd)
{
	told = fd;
}

static void tell(pid_t pid)
{
	if (told >= 0 && write(told, &pid, sizeof(pid)) < 0)
		told = -1; /* nobody listens any more */
}

int child_run(const struct child *c, int *ret, struct err *e)
{
	bool is_late = interrupt_count() && !c->anyway;
	pid_t pid = is_late ? -1 : fork();
	int status;

	if (is_late)
		return err_set(e, -EINTR, "interrupted");
	if (pid < 0)
		return err_set(e, -errno, "cannot start '%s': %s", c->argv[0], strerror(errno));
	if (pid == 0)
		become(c);
	setpgid(pid, pid);
	tell(pid);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (interrupt_count() && !c->anyway) {
			stop(pid);
			tell(0);
			return err_set(e, -EINTR, "interrupted");
		}
		await_signal(1000);
	}
	tell(0);
	*ret = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return 0;
}

int child_ask(const struct child *c, char *text, size_t size, int *ret, struct err *e)
{
	_cleanup_(closep) int out = memfd_create("out", MFD_CLOEXEC);
	struct child mine = *c;
	ssize_t n;
	int r;

	if (out < 0)
		return err_set(e, -errno, "no memory for what '%s' prints", c->argv[0]);
	mine.out = out;
	r = child_run(&mine, ret, e);
	if (r < 0)
		return r;
	n = pread(out, text, size - 1, 0);
	text[n < 0 ? 0 : n] = '\0';
	return 0;
}

const char *child_error_line(char *text)
{
	char *says = strstr(text, "error: "), *line;

	if (!says)
		return child_last_line(text);
	says[strcspn(says, "\n")] = '\0';
	line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

const char *child_last_line(char *text)
{
	size_t len = strlen(text);
	char *line;

	while (len && strchr(" \r\n\t", text[len - 1]))
		text[--len] = '\0';
	line = strrchr(text, '\n');
	return line ? line + 1 : text;
}
