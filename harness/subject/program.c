/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "sim/base/cleanup.h"
#include "sim/clock/clock.h"
#include "sim/world/netns.h"
#include "sim/world/spawn.h"

#define SYSTEM "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static bool search(const char *name, const char *folders, char ret[PATH_MAX])
{
	while (*folders) {
		int len = (int)strcspn(folders, ":");

		if (*folders == '/' &&
		    (size_t)snprintf(ret, PATH_MAX, "%.*s/%s", len, folders, name) < PATH_MAX &&
		    is_program(ret))
			return true;
		folders += len + (folders[len] == ':');
	}
	return false;
}

int program_find(const char *name, char ret[PATH_MAX])
{
	const char *path = getenv("PATH");
	char found[PATH_MAX];

	bool there;

	if (strchr(name, '/'))
		there = realpath(name, found) && is_program(found);
	else
		there = (path && search(name, path, found)) || search(name, SYSTEM, found);
	if (!there)
		return -ENOENT;
	strcpy(ret, found);
	return 0;
}

/* ---- what it says ---- */

struct question {
	const char *const *argv;
	const char *const *paths; /* that it needs to see */
	const struct mounts_root *root;
	int out, failure; /* where it speaks, and where we say why it could not */
};

/* In a process of its own, whose end is that of all that it started: a namespace can only be gone
 * into. */
static void __attribute__((noreturn)) become_asker(const struct question *q, pid_t parent)
{
	const struct mounts_root machine = { NULL };
	const struct sandbox_plan plan = { .paths = q->paths,
					   .root = q->root ? *q->root : machine };
	struct spawn s = { .argv = q->argv, .out = q->out, .netns = -1, .core = -1 };
	struct err e = { .text = "" };
	struct world w;
	pid_t pid = 0;
	ssize_t n = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	if (world_init_alone(&w, &plan, &e) == 0) {
		s.folder = sandbox_folder(w.hosts[0].sandbox);
		pid = spawn_start(&w, &s, &e);
		close(q->out);
		while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		world_done(&w);
	}
	if (e.text[0])
		n = write(q->failure, &e, sizeof(e));
	_exit(n < 0);
}

/* What fits is kept; the rest is read too, so that the program can end. */
static int listen_to(int fd, int patience, char *text, size_t size)
{
	double until = clock_machine_seconds() + patience / 1000.0;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char rest[4096] = "";
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 || (n < 0 && errno == EINTR)) {
		bool full = len + 1 >= size;
		int left = (int)((until - clock_machine_seconds()) * 1000);

		if (left <= 0 || poll(&p, 1, left) == 0)
			return -ETIMEDOUT;
		n = read(fd, full ? rest : text + len, full ? sizeof(rest) : size - 1 - len);
		if (n > 0 && !full)
			len += (size_t)n;
	}
	text[len] = '\0';
	return 0;
}

static int end_asker(pid_t pid, int failure, const char *program, struct err *e)
{
	struct err why;

	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (read(failure, &why, sizeof(why)) != (ssize_t)sizeof(why))
		return 0;
	return err_set(e, -EPERM, "'%s' was not asked for its version: %.700s", program, why.text);
}

int program_ask(const char *const *argv, const char *const *paths, const struct mounts_root *root,
		int patience, char *text, size_t size, struct err *e)
{
	_cleanup_(closep) int hear = -1, failure = -1;
	struct question q = { argv, paths, root, -1, -1 };
	pid_t pid, parent = getpid();
	int out[2], why[2], r;

	*text = '\0';
	if (pipe2(out, O_CLOEXEC) < 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	hear = out[0];
	q.out = out[1];
	if (pipe2(why, O_CLOEXEC) < 0) {
		close(out[1]);
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	}
	failure = why[0];
	q.failure = why[1];
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become_asker(&q, parent);
	close(out[1]);
	close(why[1]);
	if (pid < 0)
		return netns_no_process(errno, e);
	r = listen_to(hear, patience, text, size);
	if (r < 0)
		kill(pid, SIGKILL);
	if (r == 0)
		return end_asker(pid, failure, argv[0], e);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	*text = '\0';
	return err_set(e, r, "'%s' does not tell its version within %g s", argv[0],
		       patience / 1000.0);
}
