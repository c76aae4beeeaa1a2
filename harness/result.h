/* result.h - what run.json says of a run and of its cells. */
#pragma once

#include <jansson.h>

#include "harness/cell.h"
#include "harness/run.h"

struct result_cell {
	const struct driver *driver;
	const char *mitigation;
	const char *folder; /* below the run's */
};

json_t *result_of_cell(const struct result_cell *c, const struct scenario *s,
		       const struct cell_result *r);

/* A cell whose process ended with `status` and left no result; `code` is what to call it. */
json_t *result_of_lost(const struct result_cell *c, int status, int code);

/* All of it; takes `cells`, the list of the above. */
json_t *result_of_run(const struct run_options *o, const struct scenario *s, double wall_seconds,
		      json_t *cells);
