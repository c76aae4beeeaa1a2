/* SPDX-License-Identifier: BSD-2-Clause */
/* usage.h - CPU time and memory of a process, as the machine tells them. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct usage {
	bool known; /* false: there is no such process */
	double cpu_seconds, rss_bytes;
};

struct usage usage_of(pid_t pid);
