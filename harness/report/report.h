/* SPDX-License-Identifier: BSD-2-Clause */
/* report.h - what runs recorded, drawn: the terminal's plot and table, and the files that people
 * and machines read.
 *
 * Reads only the files of the runs' folders (record.h, run.json), so an old run can be drawn again,
 * and cells that ran on several machines make one report. */
#pragma once

#include <stdio.h>

#include "harness/text/exit.h"
#include "sim/base/err.h"

/* Runs to the terminal: a plot of SERVFAIL and NOERROR shares over time for each cell (fault
 * windows and operator actions marked; 80 columns, no colour needed; gnuplot's dumb terminal), the
 * table (figures.h) and the verdicts. `ret` is what the runs come to: EXIT_HELD, EXIT_NOT_HELD, or
 * EXIT_INVALID when a cell is not valid, not finished or missing. -ENOENT: not the folder of a run,
 * or gnuplot is missing. */
int report_terminal(const char *const *dirs, unsigned count, FILE *out, enum exit_status *ret,
		    struct err *e);

/* Whether what report.html is made of is here, before a run takes its time. -ENOENT: the sentence
 * says what installs it. */
int report_check(struct err *e);

/* Writes summary.md, compare.csv, junit.xml and report.html into `folder`, which is there. */
int report_write(const char *const *dirs, unsigned count, const char *folder, struct err *e);

/* The same into `folder`, which is made when it is absent. */
int report_into(const char *const *dirs, unsigned count, const char *folder, struct err *e);
