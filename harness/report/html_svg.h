/* SPDX-License-Identifier: BSD-2-Clause */
/* html_svg.h - a chart that needs no script: gnuplot draws it, and it becomes a part of the page.
 *
 * It has no colours of its own: line number i is of class "line<i>", so that the page's style
 * decides, in light and in dark. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "sim/base/err.h"

#define HTML_LINES_MAX 16

struct html_line {
	unsigned style; /* number of its colour and dashes */
	const json_t *t, *values,
		*over; /* columns (html_data.h); over: what they are shares of, or NULL */
};

struct html_svg {
	double start, from,
		to; /* the first in seconds since the epoch, the others since the start */
	double most; /* what the upper end of the scale has to hold */
	const char *unit; /* behind each label of the scale */
	const json_t *windows; /* shaded */
	const double *marks; /* numbered from 1 */
	unsigned mark_count;
	struct html_line lines[HTML_LINES_MAX];
	unsigned line_count;
};

/* A value of a line as it is drawn, shares in percent; NAN: there is none. */
double html_line_value(const struct html_line *l, size_t bin);

/* Makes what gnuplot's svg terminal drew under the name "chart" a part of the page; of `s` the styles
 * of lines are read. -EINVAL: it is no drawing. */
int html_svg_put(const struct html_svg *s, FILE *drawing, FILE *out, struct err *e);

/* -ENOPKG: gnuplot is missing. -EINVAL: it did not draw. */
int html_svg_write(const struct html_svg *s, FILE *out, struct err *e);
