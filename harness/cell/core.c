/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/core.h"

#include <dirent.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/cleanup.h"

#define TRIES 20 /* while a cell that was killed is still going away */
#define BETWEEN 10000000 /* ns */

static unsigned list(int cores[CPU_SETSIZE])
{
	cpu_set_t mine;
	unsigned n = 0;

	if (sched_getaffinity(0, sizeof(mine), &mine) < 0)
		return 0;
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET((unsigned)i, &mine))
			cores[n++] = i;
	return n;
}

unsigned core_count(void)
{
	int cores[CPU_SETSIZE];
	unsigned n = list(cores);

	return n ? n : 1;
}

/* Its name, as an abstract socket's, which the kernel gives to one process and takes back when that
 * ends. */
static bool take(int core)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int len = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "sigfault/core/%d", core);

	if (fd < 0)
		return false;
	if (bind(fd, (struct sockaddr *)&name,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) == 0)
		return true;
	close(fd);
	return false;
}

static int take_one_of(const int *cores, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (take(cores[i]))
			return cores[i];
	return -1;
}

void core_move(pid_t pid, int core, bool is_shared)
{
	static const struct sched_param none;
	_cleanup_(closedirp) DIR *threads = NULL;
	struct dirent *d;
	cpu_set_t cores;
	char path[64];

	CPU_ZERO(&cores);
	CPU_SET((unsigned)core, &cores);
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	threads = opendir(path);
	while (threads && (d = readdir(threads))) {
		pid_t thread = atoi(d->d_name);

		if (thread <= 0)
			continue;
		sched_setaffinity(thread, sizeof(cores), &cores);
		sched_setscheduler(thread, is_shared ? SCHED_BATCH : SCHED_OTHER, &none);
	}
}

int core_take_spare(void)
{
	int cores[CPU_SETSIZE];
	unsigned n = list(cores);

	return take_one_of(cores, n);
}

int core_take(unsigned number)
{
	static const struct timespec between = { .tv_nsec = BETWEEN };
	int cores[CPU_SETSIZE];
	unsigned n = list(cores);

	if (!n)
		return -1;
	for (int try = 0; try < TRIES; try++) {
		int core = take_one_of(cores, n);

		if (core >= 0)
			return core;
		nanosleep(&between, NULL);
	}
	return cores[number % n];
}
