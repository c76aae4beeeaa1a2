/* SPDX-License-Identifier: BSD-2-Clause */
/* curve.h - a cell's curve.csv in memory: bins × classes × columns.
 *
 * Instants are whole seconds since the scenario's start, as in the file; a stretch of time [from,
 * to) holds the bins that begin in it. A class that has no row in a bin counts 0 there. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

#define CURVE_ALL 0 /* the class "all" */

struct curve_class {
	char name[32];
	int64_t *values; /* of bin b and column c: values[b * column_count + c] */
};

struct curve {
	unsigned count; /* of bins, in order */
	int64_t *t; /* their beginnings */
	int64_t bin; /* length in seconds, 1 at least */
	unsigned class_count, column_count, cap;
	struct curve_class classes[24];
	char columns[32][32]; /* "queries" … without t, utc and class */
};

/* `bin` is the length of a bin as run.json tells it; NAN, where that does not tell, takes it from the
 * first two, or a minute when there is only one. -ENOENT: the folder has no curve. -EINVAL: the file
 * is not one. */
int curve_load(const char *folder, double bin, struct curve **ret, struct err *e);
void curve_free(struct curve *c);
DEFINE_FREEP(struct curve, curve)

/* Numbers for names. -EINVAL: the sentence says which there are. */
int curve_column(const struct curve *c, const char *name, struct err *e);
int curve_class(const struct curve *c, const char *name, struct err *e);

/* A curve in which `bins` bins are one: sums, and of names and clients, which are told apart within a
 * bin, the most that one of them had. NULL: no memory. */
struct curve *curve_thin(const struct curve *c, unsigned bins);

int64_t curve_value(const struct curve *c, unsigned class, unsigned column, unsigned bin);

/* The sum over [from, to); returns how many bins that is. */
unsigned curve_sum(const struct curve *c, unsigned class, unsigned column, double from, double to,
		   int64_t *ret);

/* The sum of a column over the sum of queries in [from, to), NAN when nothing was asked. */
double curve_share(const struct curve *c, unsigned class, unsigned column, double from, double to);

/* Where the record ends: the end of the last bin, 0 for none. */
int64_t curve_end(const struct curve *c);

/* Whether two curves of a run of `span` seconds look the same: over each hundredth of it their shares
 * of SERVFAIL, NOERROR and stale answers differ by no more than 1 % of the queries. */
bool curve_alike(const struct curve *a, const struct curve *b, double span);
