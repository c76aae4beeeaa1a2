/* SPDX-License-Identifier: BSD-2-Clause */
/* html_page.h - what the parts of report.html are written from, and by which module. For html.c and
 * html_*.c. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "harness/results/comparison.h"
#include "harness/results/recorded.h"

struct html_page {
	FILE *out;
	const struct recorded *recorded;
	const struct comparison *comparison;
	const json_t *data; /* html_data.h */
	struct err *e;
};

/* The place of a cell in the page is "cell-N", its number in recorded->cells plus 1. */
static inline unsigned html_cell_number(const struct html_page *p, const struct recorded_cell *cell)
{
	return (unsigned)(cell - p->recorded->cells) + 1;
}

/* html_head.c: title, what got worse, the headline, provenance, notes; what each mitigation bought, and verdicts of all cells.
 * -ENOMEM. */
int html_head(const struct html_page *p);
int html_told(const struct html_page *p);

/* html_table.c: the matrix of the figures that matter most; all figures and what they mean; codes.
 */
void html_matrix(const struct html_page *p);
void html_figures(const struct html_page *p);
void html_codes(const struct html_page *p);

/* html_swept.c: a figure against what was swept; nothing where nothing was. -ENOPKG, -EINVAL. */
int html_swept(const struct html_page *p);

/* html_ablated.c: which settings of a user's configuration mattered; nothing where none was taken
 * out. -ENOMEM. */
int html_ablated(const struct html_page *p);

/* html_chart.c: what users got, with what chooses what these charts show; recovery, upstream load,
 * extended errors, resources; the chart of one cell. -ENOPKG: gnuplot is missing. */
int html_answer_charts(const struct html_page *p);
int html_other_charts(const struct html_page *p);
int html_cell_chart(const struct html_page *p, const struct recorded_cell *cell);

/* html_cases.c: what each cell tells of each case, instead of all these. -ENOMEM. */
int html_cases(const struct html_page *p);

/* html_cell.c: all there is to know of each cell; and its verdicts, as a list's entries: those that
 * did not hold, or all. */
int html_cells(const struct html_page *p);
void html_verdicts(const struct html_page *p, const struct recorded_cell *cell, bool all);
