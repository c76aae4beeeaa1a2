/* SPDX-License-Identifier: BSD-2-Clause */
/* core.h - a core for each cell: one that no other has, of this run or of any run beside it on the
 * machine. */
#pragma once

/* How many cores this process may use. */
unsigned core_count(void);

/* A core for the calling process, which has it until it ends. When all are in use, those with the
 * same `number` modulo the cores share one. -1: the kernel does not tell which there are. */
int core_take(unsigned number);

/* One more that nobody has. -1: there is none. */
int core_take_spare(void);
