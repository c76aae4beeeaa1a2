/* SPDX-License-Identifier: BSD-2-Clause */
/* report_inside.h - what the terminal's report and summary.md have in common. */
#pragma once

#include <stdio.h>

#include "harness/results/recorded.h"

/* Title, scenario, start, clock, seed: two lines and more. */
void report_print_head(const struct recorded *r, unsigned width, FILE *out);

/* What a reader has to be told beforehand. */
void report_print_notes(const struct recorded *r, const char *bullet, unsigned width, FILE *out);

/* What the scenario's own report() and expectations printed of a cell (judge.h), behind its name,
 * or between fences; nothing when they were silent. */
void report_print_own(const struct recorded_cell *c, const char *fence, FILE *out);
