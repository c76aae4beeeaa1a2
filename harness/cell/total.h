/* SPDX-License-Identifier: BSD-2-Clause */
/* total.h - the sum of a fleet as a cell of run.json: its caches' entries become one.
 *
 * Figures, expectations, thresholds and reports work on it as on any cell; the entries of its caches
 * stand in it, under `members`, and what a script expects is judged on the sum alone. It is made of
 * entries and folders, so that it is the same when its caches ran as one run or one by one
 * elsewhere. */
#pragma once

#include <jansson.h>

#include "harness/judge/judge.h"

/* What run.json says of a sum as long as its caches run. Takes `members`. */
json_t *total_unfinished(json_t *members, unsigned number);

/* Adds up the files of those that are valid into DIR/NAME, and judges them by `s`; with `s` NULL
 * `why` says why it is not there, and that what is expected could be judged does not hold. `dirs` has
 * for each member the folder in which its own is. Takes `members`. */
int total_make(struct scenario *s, const char *why, const char *const *dirs, const char *dir,
	       json_t *members, unsigned number, json_t **ret, struct err *e);
