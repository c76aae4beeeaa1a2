/* SPDX-License-Identifier: BSD-2-Clause */
/* plot.h - a cell's curve as text: what a terminal, a log or a mail can show.
 *
 * Shares of all queries: '#' SERVFAIL and '~' stale answers from 1 % on, 'o' NOERROR, the stale
 * ones with it.
 *
 * In a fleet's sum '.' stands at the least and at the most SERVFAIL share that one of its caches had.
 *
 * gnuplot's dumb terminal draws; a column of the plot is a stretch of time, and the marks below
 * stand at the columns of their instants. No colour.
 *
 *	100 % +oooooooooooooooooooooooooooooooooo                      ooooooooooooooo
 *	      |                                   oooooooo
 *	 50 % +                                           ooooooooooooo
 *	      |                                   #####################
 *	  0 % +                                  ######################
 *	      +--+-----------+-----------+-----------+-----------+-----------+--------
 *	       14:00       16:00       18:00       20:00       22:00       00:00
 *	                                         [====== fault ======]
 *	                                         ^ 19:19-22:40 sig-by-unpublished-key
 *	                                                          ^ 22:17 nta de. */
#pragma once

#include <stdio.h>

#include "harness/results/curve.h"
#include "sim/base/simtime.h"

/* A smaller share of SERVFAIL or stale answers is not drawn: its row would say "0 to 3 %". */
#define PLOT_LEAST 0.01

struct plot_mark {
	double from, until; /* seconds since start; a window unless both are the same */
	char text[160];
};

/* How far the caches of a fleet lie apart: their SERVFAIL shares, bin by bin. */
struct plot_band {
	unsigned count;
	double *t, *least, *most;
};

/* Of a cell's folder. 0: it has none, as what is no fleet's sum. 1: it is read. -EINVAL. */
int plot_band_load(const char *folder, struct plot_band *ret, struct err *e);
void plot_band_done(struct plot_band *b);

struct plot {
	const char *title;
	const struct curve *curve;
	simtime start; /* of the scenario */
	double span; /* seconds that are drawn, from `start` */
	unsigned width; /* of its lines: 39 to 119 characters */
	const struct plot_band *band; /* NULL: none */
	const struct plot_mark *marks;
	unsigned mark_count;
};

/* -ENOPKG: gnuplot is missing. -EINVAL: it did not draw; the sentence has its words. */
int plot_draw(const struct plot *p, FILE *out, struct err *e);

/* A file without a name, for a child to read or write. NULL: errno says why. */
FILE *plot_scratch(const char *name);

/* Runs gnuplot on a script; what it draws goes to `drawing`, which then stands at its beginning.
 * Both are files that a child can use. Errors as of plot_draw(). */
int plot_gnuplot(FILE *script, FILE *drawing, struct err *e);
