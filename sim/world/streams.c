/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/streams.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sim/base/cleanup.h"
#include "sim/world/apart.h"

#define SOCKETS 64
#define ESTABLISHED 1 /* as these files have it */

/* Connections that are open, and of which all is read. */
struct idle {
	unsigned long inode[SOCKETS];
	unsigned count;
};

static bool is_among(const uint16_t *ports, unsigned count, unsigned port)
{
	for (unsigned i = 0; i < count; i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* Those in the network of a process, as a file below its /proc/PID/net has them. */
static void list_idle(pid_t pid, const char *file, const uint16_t *ports, unsigned count,
		      struct idle *ret)
{
	_cleanup_(fclosep) FILE *table = NULL;
	char path[64], line[512];

	snprintf(path, sizeof(path), "/proc/%d/net/%s", (int)pid, file);
	table = fopen(path, "re");
	while (table && ret->count < SOCKETS && fgets(line, sizeof(line), table)) {
		unsigned port, state, unread;
		unsigned long inode;

		if (sscanf(line, " %*d: %*s %*[^:]:%x %x %*x:%x %*s %*s %*u %*d %lu", &port, &state,
			   &unread, &inode) == 4 &&
		    state == ESTABLISHED && !unread && is_among(ports, count, port))
			ret->inode[ret->count++] = inode;
	}
}

/* Adds what has gone and come on the connection that is a process's descriptor; false: nothing was sent. */
static bool has_sent(int pidfd, int number, unsigned long inode, uint64_t *ret)
{
	struct tcp_info info = { .tcpi_bytes_sent = 0 };
	socklen_t len = sizeof(info);
	_cleanup_(closep) int fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);

	if (fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return false;
	*ret += inode + (info.tcpi_bytes_sent + info.tcpi_bytes_received) * 1000003;
	return info.tcpi_bytes_sent > 0;
}

/* Each is seen once, though several processes may have it. */
static bool take(struct idle *idle, unsigned long inode)
{
	for (unsigned i = 0; i < idle->count; i++) {
		if (idle->inode[i] != inode)
			continue;
		idle->inode[i] = idle->inode[--idle->count];
		return true;
	}
	return false;
}

/* Whether a process has asked on one of these connections. */
static bool has_asked(pid_t pid, struct idle *idle, uint64_t *ret)
{
	_cleanup_(closep) int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	_cleanup_(closedirp) DIR *files = NULL;
	char path[64], link[64];
	const struct dirent *d;
	unsigned long inode;
	bool any = false;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	files = pidfd < 0 ? NULL : opendir(path);
	while (files && (d = readdir(files))) {
		ssize_t n = readlinkat(dirfd(files), d->d_name, link, sizeof(link) - 1);

		link[n < 0 ? 0 : n] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) == 1 && take(idle, inode))
			any |= has_sent(pidfd, atoi(d->d_name), inode, ret);
	}
	return any;
}

static bool thread_sleeps(int threads, const char *thread)
{
	_cleanup_(closep) int fd = -1;
	char path[320], text[1024];
	const char *state;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/stat", thread);
	fd = openat(threads, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	state = strrchr(text, ')'); /* a name may have any bytes */
	return state && strncmp(state, ") S", 3) == 0;
}

static bool sleeps(pid_t pid)
{
	_cleanup_(closedirp) DIR *threads = NULL;
	const struct dirent *d;
	char path[64];
	bool all = true;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	threads = opendir(path);
	while (threads && all && (d = readdir(threads)))
		if (isdigit(d->d_name[0]))
			all = thread_sleeps(dirfd(threads), d->d_name);
	return threads && all;
}

static bool is_below(pid_t pid, pid_t ancestor)
{
	while (pid > 1 && pid != ancestor)
		pid = world_parent(pid);
	return pid == ancestor;
}

bool streams_are_awaited(pid_t pid, const uint16_t *ports, unsigned count, uint64_t *ret)
{
	_cleanup_(closedirp) DIR *all = NULL;
	struct idle idle = { .count = 0 };
	const struct dirent *d;
	bool any = false;

	*ret = 0;
	list_idle(pid, "tcp", ports, count, &idle);
	list_idle(pid, "tcp6", ports, count, &idle);
	all = idle.count ? opendir("/proc") : NULL;
	while (all && idle.count && (d = readdir(all))) {
		pid_t one = isdigit(d->d_name[0]) ? atoi(d->d_name) : 0;

		if (one > 1 && is_below(one, pid) && sleeps(one))
			any |= has_asked(one, &idle, ret);
	}
	return any;
}
