/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/usage.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/cleanup.h"
#include "sim/clock/clock.h"

struct usage usage_of(pid_t pid)
{
	unsigned long pages;
	_cleanup_(fclosep) FILE *stat = NULL;
	struct usage u = { 0 };
	char path[64], line[1024];
	const char *rest;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat || !fgets(line, sizeof(line), stat))
		return u;
	rest = strrchr(line, ')'); /* the name may hold anything */
	if (!rest || sscanf(rest,
			    ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
			    "%*d %*d %*u %*u %lu",
			    &pages) != 1)
		return u;
	u.known = true;
	u.cpu_seconds = (double)clock_cpu_time(pid) / (double)SECOND;
	u.rss_bytes = (double)pages * (double)sysconf(_SC_PAGESIZE);
	return u;
}
