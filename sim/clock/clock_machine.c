/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_machine(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

int64_t clock_machine_now(void)
{
	return read_machine(CLOCK_MONOTONIC);
}

double clock_machine_seconds(void)
{
	return (double)clock_machine_now() / (double)SECOND;
}

simtime clock_machine_date(void)
{
	return read_machine(CLOCK_REALTIME);
}

simtime clock_cpu_time(pid_t pid)
{
	struct timespec t;
	clockid_t id;

	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &t) < 0)
		return 0;
	return t.tv_sec * SECOND + t.tv_nsec;
}

bool clock_sleeps(pid_t pid)
{
	char path[32], text[1024];
	const char *state;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	text[n] = '\0';
	if (f)
		fclose(f);
	state = strrchr(text, ')'); /* a name may have any bytes */
	return state && strncmp(state, ") S", 3) == 0;
}
