/* SPDX-License-Identifier: BSD-2-Clause */
/* swept.h - a figure against what was swept: for each resolver and mitigation the cells that differ
 * in one value alone, in the order of the value.
 *
 * The value of a time is when the operator really acted, out of the cell's events, and not what was
 * asked for: "15m" after the first bad answer is an instant that the run decided. Where he did not
 * act there is no such value, and the cell stands last. */
#pragma once

#include "harness/results/recorded.h"

struct swept_point {
	const struct recorded_cell *cell; /* lent */
	double x; /* seconds since the start, the parameter, or its place where it is no number; NAN:
		     nobody acted */
	double y; /* the figure; NAN: the cell has none, or is not valid */
	const char *value; /* as it was asked for; lent */
};

struct swept {
	const char *key; /* lent */
	char *name; /* "unbound, nta", "unbound, none, population=2000" */
	bool is_time, is_number;
	const struct recorded_cell *none; /* what a time is held against; NULL. Lent */
	struct swept_point *points;
	unsigned count;
};

struct swept_list {
	const struct figure_info *figure; /* user-minutes, or the share where nobody counted them */
	struct swept *list;
	unsigned count;
};

/* Series of two points at least. -EINVAL: a cell's events are not what they should be; -ENOMEM. */
int swept_new(const struct recorded *r, struct swept_list *ret, struct err *e);
void swept_done(struct swept_list *l);

/* What is held against the values: user-minutes, or the share where nobody counted them. */
const struct figure_info *swept_figure(const struct recorded *r);

/* A cell's row without a value: "unbound" of "unbound rate=20". */
void swept_row_without(const struct recorded_cell *c, const char *key, char ret[512]);

/* What a cell where nothing is done has of the figure; NAN: it is not there. */
double swept_none(const struct swept_list *l, const struct swept *s);

/* Stretches between measured points over which the figure changes alike. A difference is none when
 * it is not above 1 % of the larger one, or not above the root of their sum. */
struct swept_stretch {
	unsigned from, to; /* points */
	enum { SWEPT_FLAT, SWEPT_RISES, SWEPT_FALLS } kind;
};

/* Into `ret`, which has room for s->count; how many there are. Points without x or y are passed
 * over. */
unsigned swept_stretches(const struct swept *s, struct swept_stretch *ret);

/* Whether two amounts do not differ, by the same rule. */
bool swept_is_same(double a, double b);
