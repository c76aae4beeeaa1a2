/* SPDX-License-Identifier: BSD-2-Clause */
/* baseline.h - the earlier run that a run is held against.
 *
 * Its folder, or a folder with those of cells that ran one by one. A cell meets the earlier cell of
 * the same mitigation and resolver; where there is no resolver of this name, of the same kind, so
 * that `unbound=PATH` meets the distribution's `unbound`. threshold.h says how much worse it may
 * be, ede_baseline.h of a cell of cases. */
#pragma once

#include <jansson.h>

#include "harness/subject/matrix.h"

/* Whether the run in `dir` is one that this one can be held against, before anything is started:
 * the same scenario, span, bin and parameters, and a valid cell for each of the matrix's (for
 * number `cell` alone when it is not 0). -EINVAL: the sentence says what differs or is missing;
 * -ENOENT: it is not the folder of a run. */
int baseline_check(const char *dir, const struct scenario *s, const struct matrix *m, unsigned cell,
		   struct err *e);

/* Judges the run in `now`, whose run.json is on disk, and adds to `run`, the same as JSON, for each
 * valid cell, and each of cases, a list `thresholds` (threshold.h, ede_baseline.h), and `baseline`:
 * { folder, notes }. Notes are what a reader has to know when he compares the two: another seed,
 * clock or version of sigfault. */
int baseline_judge(const char *dir, const char *now, const struct scenario *s, json_t *run,
		   struct err *e);
