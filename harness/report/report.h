/* SPDX-License-Identifier: BSD-2-Clause */
/* report.h - what runs recorded, drawn: the terminal's plot and table, and the files that people
 * and machines read.
 *
 * Reads only the files of the runs' folders (record.h, run.json), so an old run can be drawn again,
 * and cells that ran on several machines make one report. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "harness/text/exit.h"
#include "sim/base/err.h"

struct report_view {
	bool brief; /* the headline, and each reason for an exit status that is not 0: nothing else */
	bool strict; /* what is otherwise than known fails, also of runs without --strict */
	const char *folder; /* where the report's files are, told last; NULL: nowhere */
};

/* Runs to the terminal, as wide as it is and without colours: what got worse than the baseline; what
 * the scenario's own report() printed; a plot of SERVFAIL and NOERROR shares over time for each cell,
 * curves that are alike once (fault windows and operator actions marked; gnuplot's dumb terminal);
 * the table (figures.h) and the verdicts; and last, nearest to the prompt, the headline, why the exit
 * status is what it is, and the folder. `ret` is what the runs come to: EXIT_HELD, EXIT_NOT_HELD, or
 * EXIT_INVALID when a cell is not valid, not finished or missing. -ENOENT: not the folder of a run.
 * -ENOPKG: gnuplot is missing. */
int report_terminal(const char *const *dirs, unsigned count, const struct report_view *v, FILE *out,
		    enum exit_status *ret, struct err *e);

/* Whether what report.html is made of is here, before a run takes its time. -ENOPKG: the sentence
 * says what installs it. */
int report_check(struct err *e);

/* Writes summary.md, compare.csv, junit.xml and report.html into `folder`, which is there. `strict` as in a view. */
int report_write(const char *const *dirs, unsigned count, const char *folder, bool strict,
		 struct err *e);

/* The same into `folder`, which is made when it is absent. */
int report_into(const char *const *dirs, unsigned count, const char *folder, bool strict,
		struct err *e);
