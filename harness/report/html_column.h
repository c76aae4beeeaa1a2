/* SPDX-License-Identifier: BSD-2-Clause */
/* html_column.h - values by bin, as report.html's data has them (html_data.h): an array of a value
 * a bin, null where nothing was measured. A column that is the same in every bin is that one value:
 * the page has thousands of zeros. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "harness/results/curve.h"

struct html_column {
	unsigned count;
	double values[]; /* NAN: nothing was measured */
};

/* All values NAN. NULL: no memory. */
struct html_column *html_column_new(const struct curve *curve);
void html_column_free(struct html_column *c);
DEFINE_FREEP(struct html_column, html_column)

/* Adds to a bin; what was NAN is `n` then. */
void html_column_add(struct html_column *c, unsigned bin, double n);

/* What was NAN is 0. */
void html_column_fill(struct html_column *c);

/* Each value becomes what `factor` makes of it. */
void html_column_scale(struct html_column *c, double factor);

bool html_column_has_any(const struct html_column *c);

/* NULL: no memory. */
json_t *html_column_json(const struct html_column *c);

/* A whole number, or one with three decimals; null for NAN. */
json_t *html_number(double v);

/* A bin's value in a column's JSON; NAN: there is none. */
double html_column_at(const json_t *column, size_t bin);

/* The bin that begins at `t`; curve->count when there is none. */
unsigned html_column_bin(const struct curve *curve, double t);
