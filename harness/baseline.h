/* baseline.h - a run held against an earlier one: has a figure got worse by more than it may?
 *
 * How much is the scenario's allow { }, or without one a few thresholds of our own. Only worse counts: better is always
 * allowed. A cell is held against the earlier run's cell of the same mitigation and resolver; where that has no resolver
 * of this name, against the same kind of resolver, so that `unbound=PATH` meets the distribution's `unbound`. A time
 * until something happened that never did is longer than any other. */
#pragma once

#include <jansson.h>

#include "harness/matrix.h"

/* Whether allow { } names figures that can get worse. -EINVAL: file:line and the names there are. */
int baseline_check_names(const struct scenario *s, struct err *e);

/* Whether the run in `dir` is one that this one can be held against, before anything is started: the same scenario, span, bin and
 * parameters, and a valid cell for each of the matrix's (for number `cell` alone when it is not 0). Another seed is told on
 * stderr. -EINVAL: the sentence says what differs or is missing; -ENOENT: it is not the folder of a run. */
int baseline_check(const char *dir, const struct scenario *s, const struct matrix *m, unsigned cell,
		   struct err *e);

/* Judges the run in `now`, whose run.json is on disk, and adds to `run`, the same as JSON, for each valid cell a list `thresholds`
 * of { figure, text, held, message }, and where the earlier run lay, `baseline`. */
int baseline_judge(const char *dir, const char *now, const struct scenario *s, json_t *run,
		   struct err *e);

/* The thresholds of scenarios that have none, for people: "SERVFAIL share: worse by at most 1 percentage point", each ended by
 * a newline. */
void baseline_print_defaults(FILE *out);
