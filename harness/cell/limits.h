/* SPDX-License-Identifier: BSD-2-Clause */
/* limits.h - what the caller's limits (ulimit) leave of the machine, before a run finds out in its
 * middle. */
#pragma once

#include "sim/base/err.h"

#define LIMITS_FILES 1024 /* a cell has that many open, and hands files on under high numbers */
#define LIMITS_MEMORY (128ULL << 20) /* a cell maps that much */
#define LIMITS_FILE                                                                                \
	(4ULL << 20) /* what the report of a short run takes, and a resolver's own files */

/* As many files as may be asked for. */
void limits_raise(void);

/* -ENOSYS: /proc is not there, or is that of other processes than ours. */
int limits_check_proc(struct err *e);

/* -EMFILE, -ENOMEM, -EAGAIN (files may not grow): so little is left that no cell could run, and the command that mends it. */
int limits_check(struct err *e);
