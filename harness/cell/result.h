/* SPDX-License-Identifier: BSD-2-Clause */
/* result.h - what run.json says of a run and of its cells. */
#pragma once

#include <jansson.h>

#include "harness/cell/cell.h"
#include "harness/subject/matrix.h"
#include "harness/cell/run.h"

struct result_cell {
	const struct matrix *matrix; /* whose it is */
	const struct matrix_cell *cell;
	const char *clock; /* as result_clock_text() has it */
	const char *clock_why; /* why it is not the run's; "" */
	const char *repeat; /* the command line that makes it once more */
};

json_t *result_of_cell(const struct result_cell *c, const struct scenario *s,
		       const struct cell_result *r);

/* Its verdicts, as run.json has them: for an entry that was made of others (total.h). */
void result_put_verdicts(const struct cell_result *r, json_t *cell);

/* A cell whose process ended with `status` and left no result; `code` is what to call it. */
json_t *result_of_lost(const struct result_cell *c, int status, int code);

/* A cell that is not done yet. */
json_t *result_of_unfinished(const struct result_cell *c);

/* All of it; takes `cells`, the list of the above. With sums of fleets among them the matrix is of
 * sums, else of all cells. */
json_t *result_of_run(const struct run_options *o, const struct scenario *s, const struct matrix *m,
		      double wall_seconds, json_t *cells);

#define CLOCK_TEXT_LEN 48

/* How run.json names a clock: "virtual", "virtual, CPU time charged x1", "xN", "real". */
const char *result_clock_text(enum clock_mode mode, double speed, double charge,
			      char text[CLOCK_TEXT_LEN]);
