/* SPDX-License-Identifier: BSD-2-Clause */
/* core.h - a core for each cell: one that no other has, of this run or of any run beside it on the
 * machine. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* How many cores this process may use. */
unsigned core_count(void);

/* A core for the calling process, which has it until it ends. When all are in use, those with the
 * same `number` modulo the cores share one. -1: the kernel does not tell which there are. */
int core_take(unsigned number);

/* All threads of a process go on there, where the system lets them. On a core that the caller has, too, one
 * that is woken waits until the core is free (SCHED_BATCH, sched(7)): so who wakes several of them is not
 * put aside for each. */
void core_move(pid_t pid, int core, bool is_shared);

/* One more that nobody has. -1: there is none. */
int core_take_spare(void);
