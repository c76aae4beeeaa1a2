/* report.h - what runs recorded, drawn: the terminal's plot and table, summary.md.
 *
 * Reads only the files of the run's folders (record.h, run.json), so an old run can be drawn
 * again. */
#pragma once

#include <stdio.h>

#include "sim/base/err.h"

/* A run's folder to the terminal: a plot of SERVFAIL and NOERROR shares over time for each cell
 * (fault windows and operator actions marked; 80 columns, no colour needed; gnuplot's dumb
 * terminal), the table (figures.h) and the verdicts. -ENOENT: not the folder of a run, or gnuplot
 * is missing. */
int report_terminal(const char *dir, FILE *out, struct err *e);

/* Writes DIR/summary.md: the table and the verdicts. */
int report_summary(const char *dir, struct err *e);
