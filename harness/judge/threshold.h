/* SPDX-License-Identifier: BSD-2-Clause */
/* threshold.h - how much worse than in an earlier run a figure may be.
 *
 * A threshold is an allowance of the scenario, or for cells of which it says nothing one of a few
 * of our own. Only worse counts, in the figure's own sense (figure_info.h): better is always
 * allowed. A time until something happened that never did is longer than any other; one that had
 * already happened is 0. What one of the two runs did not measure does not hold: nothing passes
 * unseen. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "harness/results/recorded.h"
#include "sim/language/scenario.h"

/* Whether allow { } names figures that can get worse, in their units. -EINVAL: file:line and the
 * names there are. */
int threshold_check(const struct scenario *s, struct err *e);

/* Each threshold that a cell has, in the scenario's order: { figure, was, is, worse_by or
 * worse_by_factor, text, held, message }. `was` and `is` are numbers, "never", "already", or null
 * where it was not measured. An allowance for the cell's mitigation stands in for one of the same
 * figure for all; one of our own is left out where neither run measured its figure. */
json_t *threshold_judge(const struct scenario *s, const struct recorded_cell *before,
			const struct recorded_cell *now);

/* The scenario's, for people: "  peak  worse by at most 5 percentage points (nta)", a line each. */
void threshold_print(const struct scenario *s, FILE *out);

/* Our own for a figure, lent; NULL: there is none. */
const struct allowance *threshold_default(const char *figure);

/* Our own, for people: "servfail_share  worse by at most 1 percentage point", a line each. */
void threshold_print_defaults(FILE *out);
