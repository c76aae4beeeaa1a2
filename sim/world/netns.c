/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>

#include "sim/base/cleanup.h"

#define CONTAINER_WITH "with '--security-opt seccomp=unconfined'"

static long read_number(const char *path)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	long n = -1;

	return f && fscanf(f, "%ld", &n) == 1 ? n : -1;
}

static int refused_user(int code, struct err *e)
{
	if (read_number("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return err_set(e, -EPERM,
			       "user namespaces are for root only here: run as root, or as root "
			       "'sysctl kernel.unprivileged_userns_clone=1'");
	if (read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return err_set(e, -EPERM,
			       "AppArmor keeps user namespaces from users: run as root, or as root "
			       "'sysctl kernel.apparmor_restrict_unprivileged_userns=0'");
	if (read_number("/proc/sys/user/max_user_namespaces") == 0)
		return err_set(e, -EPERM,
			       "no user namespaces are allowed: run as root, or as root 'sysctl "
			       "user.max_user_namespaces=1000'");
	if (code == EINVAL || code == ENOSYS)
		return err_set(
			e, -ENOSYS,
			"the kernel has no user namespaces, or this container's seccomp "
			"profile hides them: run as root, or start the container " CONTAINER_WITH);
	return err_set(e, -EPERM,
		       "cannot make a user namespace (%s): run as root; in a container, start "
		       "it " CONTAINER_WITH,
		       strerror(code));
}

int netns_no_process(int code, struct err *e)
{
	return err_set(e, -code, "cannot start a process: %s%s", strerror(code),
		       code == EAGAIN ? " ('ulimit -u' says how many there may be)" : "");
}

int netns_refused(const char *kind, int code, struct err *e)
{
	if (!strcmp(kind, "user"))
		return refused_user(code, e);
	if (code == EPERM &&
	    read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return refused_user(code, e);
	if (code == EPERM)
		return err_set(e, -EPERM,
			       "may not make a %s namespace: run as root; in a container, start "
			       "it " CONTAINER_WITH,
			       kind);
	if (code == ENOSPC || code == EUSERS)
		return err_set(e, -EPERM,
			       "no more %s namespaces are allowed: as root 'sysctl "
			       "user.max_%s_namespaces=1000'",
			       kind, *kind == 'n' ? "net" : kind);
	if (code == EINVAL || code == ENOSYS)
		return err_set(e, -ENOSYS,
			       "the kernel has no %s namespaces, or this container's seccomp "
			       "profile hides them: start it " CONTAINER_WITH,
			       kind);
	return err_set(e, -code, "cannot make a %s namespace: %s", kind, strerror(code));
}

int netns_new(int *ret, struct err *e)
{
	int fd;

	if (unshare(CLONE_NEWNET) < 0)
		return netns_refused("network", errno, e);
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "cannot open '/proc/self/ns/net': %s", strerror(errno));
	*ret = fd;
	return 0;
}

int netns_enter(int netns, struct err *e)
{
	if (setns(netns, CLONE_NEWNET) < 0)
		return err_set(e, -errno, "cannot enter a network namespace: %s", strerror(errno));
	return 0;
}
