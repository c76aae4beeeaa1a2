/* SPDX-License-Identifier: BSD-2-Clause */
/* html_figure.h - one chart of report.html: caption, drawing, legend with each curve's largest
 * value, marks.
 *
 * Without a script it is what gnuplot drew; the script draws it anew from what the legend's entries
 * name:
 *
 *	<figure class="chart" id="upstream-1" data-axis="queries a second" data-most="500">
 *	<figcaption>…</figcaption><div class="static"><svg>…</svg></div>
 *	<ul class="legend"><li class="line0" data-cell="0" data-key="upstream">…</li></ul>
 *	<ol class="marks"><li data-t="8220">…</li></ol></figure>
 *
 * data-cell is a cell's number in the data, data-key a path in it, data-over that of what it is a
 * share of. A figure with data-choice shows what is chosen above the charts; data-from and data-to
 * are the stretch that it shows, when it is not the whole run. */
#pragma once

#include "harness/report/html_page.h"
#include "harness/report/html_svg.h"

#define HTML_PATH_MAX 48

struct html_curve {
	unsigned cell;
	const char *name; /* lent */
	char also[128]; /* those whose curve looks the same, and is not drawn: "nta, serve-stale" */
	unsigned style; /* of its line */
	char key[HTML_PATH_MAX], over[HTML_PATH_MAX]; /* over: "" when it is no share */
};

struct html_figure {
	char id[32];
	const char *title, *more; /* more: in smaller letters, "" for nothing; lent */
	const char *axis; /* what its scale counts */
	bool is_choice;
	double from, to; /* seconds since the start */
	double most; /* upper end of the scale */
	struct html_curve curves[HTML_LINES_MAX];
	unsigned count;
};

/* Adds a curve; what does not fit is left out: the caller begins a further figure at
 * HTML_LINES_MAX. */
void html_figure_add(struct html_figure *f, unsigned cell, const char *name, unsigned style,
		     const char *key, const char *over);

/* The largest value of its curves, 0 for none, and a round number that is not below it. */
double html_figure_most(const struct html_page *p, const struct html_figure *f);
double html_figure_round(double most);

/* A cell's column by its path, "classes/all/servfail"; NULL: it has none. */
const json_t *html_figure_column(const json_t *cell, const char *path);

/* -ENOPKG: gnuplot is missing. -EINVAL: it did not draw. */
int html_figure_write(const struct html_page *p, const struct html_figure *f);
