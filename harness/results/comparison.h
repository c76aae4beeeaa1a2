/* SPDX-License-Identifier: BSD-2-Clause */
/* comparison.h - the cells of a comparison as a matrix: resolvers down, mitigations across.
 *
 * Where a parameter is swept a resolver has a row for each of its values, and where a mitigation's
 * time is, a column: so that 'none' beside it is what it is to be held against.
 *
 * A row is a resolver of one run: "unbound", or "new/unbound" where two runs are compared that both
 * have one. `none` is the first
 * column, the others come in the order in which they turn up. A spot may have no cell: the resolver
 * lacks the mitigation, or it was not asked for. */
#pragma once

#include "harness/results/recorded.h"

struct comparison_spot {
	const struct recorded_cell *cell; /* NULL: there is none, lent */
	const char *why_not; /* why the resolver lacks the mitigation; NULL: it does not, or nobody
				asked */
};

struct comparison_row {
	const char *name, *resolver; /* lent by the recorded */
};

struct comparison {
	struct comparison_row *rows;
	const char **mitigations; /* lent by the recorded */
	unsigned row_count, mitigation_count;
	struct comparison_spot *spots; /* [row * mitigation_count + mitigation] */
};

/* NULL: no memory. Points into `r`. */
struct comparison *comparison_new(const struct recorded *r);
void comparison_free(struct comparison *c);
DEFINE_FREEP(struct comparison, comparison)

const struct comparison_spot *comparison_spot(const struct comparison *c, unsigned row,
					      unsigned mitigation);

/* The cell of the row where nothing was done; NULL: there is none, or its run is not valid. */
const struct recorded_cell *comparison_none(const struct comparison *c, unsigned row);

/* Whether a cell's figures can be held against others: it left a record, and its run is valid. */
bool comparison_can_use(const struct recorded_cell *cell);

enum comparison_rank { RANK_NONE, RANK_BEST, RANK_WORST };

/* How a cell stands among all of the matrix by a figure. Those are as good as the best, or as bad as
 * the worst, that differ from it by no more than 1 % of the larger of the two ends; where the ends
 * themselves do not differ by more, or the figure is neither better nor worse when it changes, there
 * is neither. */
enum comparison_rank comparison_rank(const struct comparison *c, const struct figure_info *info,
				     const struct recorded_cell *cell);
