/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>

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

/* The kernel allows a process without privilege to map its own user and, once setgroups() is given
 * up, its own group. */
int userns_become_root(struct err *e)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int r;

	if (unshare(CLONE_NEWUSER) < 0)
		return netns_refused("user", errno, e);
	r = write_file("self", "setgroups", "deny", e);
	return r ? r : write_maps("self", uid, gid, e);
}

int userns_map(pid_t child, uid_t uid, gid_t gid, struct err *e)
{
	char process[16];

	snprintf(process, sizeof(process), "%d", (int)child);
	return write_maps(process, uid, gid, e);
}
