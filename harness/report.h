/* report.h - what runs recorded, drawn: the terminal's plot and table, and the files that people and machines read.
 *
 * Reads only the files of the runs' folders (record.h, run.json), so an old run can be drawn again, and cells that ran
 * on several machines make one report. */
#pragma once

#include <stdio.h>

#include "sim/base/err.h"

/* Runs to the terminal: a plot of SERVFAIL and NOERROR shares over time for each cell (fault windows and operator
 * actions marked; 80 columns, no colour needed; gnuplot's dumb terminal), the table (figures.h) and the verdicts.
 * -ENOENT: not the folder of a run, or gnuplot is missing. */
int report_terminal(const char *const *dirs, unsigned count, FILE *out, struct err *e);

/* Writes summary.md, compare.csv, junit.xml and report.html into `folder`, which is there. */
int report_write(const char *const *dirs, unsigned count, const char *folder, struct err *e);
