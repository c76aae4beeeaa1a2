/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

#include "sim/base/cleanup.h"
#include "sim/world/netns.h"

static int write_file(const char *process, const char *name, const char *text, struct err *e)
{
	_cleanup_(closep) int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/%s", process, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return err_set(e, -EPERM, "cannot write '%s': %s; run as root", path,
			       strerror(errno));
	return 0;
}

static int write_maps(const char *process, uid_t uid, gid_t gid, struct err *e)
{
	char users[64], groups[64];
	int r;

	snprintf(users, sizeof(users), "0 %u 1\n", (unsigned)uid);
	snprintf(groups, sizeof(groups), "0 %u 1\n", (unsigned)gid);
	r = write_file(process, "uid_map", users, e);
	return r ? r : write_file(process, "gid_map", groups, e);
}

/* Root of a container that may not make namespaces, but change users, maps nobody as well: a child
 * that stays outside writes the maps. */
static void __attribute__((noreturn)) help_parent(pid_t parent, int ear)
{
	_cleanup_(closep) int fd = ear;
	char process[16], users[64], byte;
	int r;

	snprintf(process, sizeof(process), "%d", (int)parent);
	snprintf(users, sizeof(users), "0 0 1\n%u %u 1\n", USERNS_NOBODY, USERNS_NOBODY);
	if (read(fd, &byte, 1) != 1)
		_exit(1);
	r = write_file(process, "gid_map", users, NULL);
	_exit(r == 0 ? write_file(process, "uid_map", users, NULL) < 0 : 1);
}

static pid_t start_helper(int *mouth)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	if (geteuid() != 0 || getegid() != 0 || pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		help_parent(parent, ends[0]);
	}
	close(ends[0]);
	*mouth = ends[1];
	return pid;
}

/* Whether it has mapped us. One that is not asked ends without. */
static bool was_helped(pid_t helper, int mouth, bool is_asked)
{
	int status = 1;

	if (helper <= 0)
		return false;
	if (is_asked && write(mouth, "", 1) < 0)
		status = 1;
	close(mouth);
	while (waitpid(helper, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}

/* The kernel allows a process without privilege to map its own user and, once setgroups() is given
 * up, its own group. */
int userns_become_root(struct err *e)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int mouth = -1, r, code;
	pid_t helper = start_helper(&mouth);
	bool is_new = unshare(CLONE_NEWUSER) == 0;

	code = errno;
	if (was_helped(helper, mouth, is_new))
		return 0;
	if (!is_new)
		return netns_refused("user", code, e);
	r = write_file("self", "setgroups", "deny", e);
	return r ? r : write_maps("self", uid, gid, e);
}

int userns_map(pid_t child, uid_t uid, gid_t gid, struct err *e)
{
	char process[16];

	snprintf(process, sizeof(process), "%d", (int)child);
	return write_maps(process, uid, gid, e);
}
