/* SPDX-License-Identifier: BSD-2-Clause */
/* gnuplot.h - the one gnuplot of a program, which draws all that it draws.
 *
 * It takes longer to start than to draw. It is started for the first script, waits for the next one, and ends
 * with the program, or by an error in a script: the next one has a new one. */
#pragma once

#include <stdio.h>

/* Runs a script, from its beginning, with nothing set that an earlier one has set. What it draws goes to
 * `drawing`, and what gnuplot says to `complaints`. 0; its exit status; or -errno: it cannot be started. */
int gnuplot_run(FILE *script, FILE *drawing, FILE *complaints);

/* Ends it, where it lives; the program's end does so, too. */
void gnuplot_end(void);
