/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "sim/base/cleanup.h"

#define PATIENCE 10000 /* ms without a word */
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

static void __attribute__((noreturn)) run_child(const char *const *argv, int out)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0); /* no signal from the terminal; as in spawn.c */
	if (null >= 0 && dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2)
		execv(argv[0], (char *const *)argv);
	_exit(127);
}

/* What fits is kept; the rest is read too, so that the program can end. */
static int listen_to(int fd, char *text, size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char rest[4096] = "";
	size_t len = 0;
	ssize_t n;

	do {
		bool full = len + 1 >= size;
		int r = poll(&p, 1, PATIENCE);

		if (r == 0)
			return -ETIMEDOUT;
		n = r < 0 ? r
			  : read(fd, full ? rest : text + len,
				 full ? sizeof(rest) : size - 1 - len);
		if (n > 0 && !full)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	text[len] = '\0';
	return 0;
}

int program_ask(const char *const *argv, char *text, size_t size, struct err *e)
{
	int ends[2], r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		run_child(argv, ends[1]);
	r = pid < 0 ? -errno : 0;
	close(ends[1]);
	if (!r) {
		r = listen_to(ends[0], text, size);
		if (r < 0)
			kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	return r < 0 ? err_set(e, r, "'%s' does not tell its version: %s", argv[0], strerror(-r))
		     : 0;
}
