/* SPDX-License-Identifier: BSD-2-Clause */
/* figure_rows.h - figures as rows of a table: of cells, or of one cell's traffics. */
#pragma once

#include <stdbool.h>

#include "harness/results/recorded.h"
#include "harness/text/table.h"

/* A row for each figure, and for each of the most frequent extended errors, with a column for each of `of`; `measured`: only
 * for those that one of them has. `r` tells when time begins. */
void figure_rows_put(const struct recorded *r, const struct figures *const *of, unsigned count,
		     bool measured, struct table *t);
