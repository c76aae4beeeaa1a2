/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_lines.h - which lines of a file are others than those of an older one, fast: of a zone of a million delegations, written by
 * the same program, a few.
 *
 * Lines that stand in both are found where they stand in about the same order; one that is told to go and to come has
 * not changed. */
#pragma once

#include "sim/base/err.h"

/* Called for each line, without its end: `way` is 1, it comes, or -1, it goes. A negative number ends it. */
typedef int gate_line_fn(const char *line, unsigned number, int way, void *arg, struct err *e);

/* `number` counts lines from 1 in the file that has it. -errno: a file cannot be read. */
int gate_lines_differ(const char *old_path, const char *new_path, gate_line_fn *take, void *arg,
		      struct err *e);
