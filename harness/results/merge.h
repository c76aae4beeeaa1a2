/* SPDX-License-Identifier: BSD-2-Clause */
/* merge.h - run folders that make one report: whether they fit together, in which order their cells
 * stand, what columns call them, and what a reader has to be told.
 *
 * Runs with the same matrix, seed, parameters, clock and version of sigfault are parts of one:
 * their cells stand in the matrix's order, and those that nobody brought are missing. For
 * recorded_load.c. */
#pragma once

#include "harness/results/recorded.h"

/* -EINVAL: a run is not of the first one's scenario, start, end or bin; the sentence says which. */
int merge_check(const struct recorded *r, struct err *e);

/* Sorts and labels the cells, collects what is not offered, counts what is missing and writes the
 * notes. -ENOMEM. */
int merge_cells(struct recorded *r, struct err *e);
