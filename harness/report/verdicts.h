/* SPDX-License-Identifier: BSD-2-Clause */
/* verdicts.h - what became of a cell, in words too: a log or a mail may not show the signs.
 *
 *	knot-none  ✓ 1 of 1 faults seen, ✗ 10 of 12 expectations held, ≠ 1 of 2 as known
 *	  ✗ FAILED     clients that ask again make more traffic: count of queries …
 *	  ≠ OTHERWISE  every SERVFAIL says EDE 6: … (known of knot < 6: …)
 *
 * What did not hold against the baseline is told by what it was and is:
 *
 *	SERVFAIL share 64.0 % → 92.8 % (allowed +1 point) */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "harness/results/recorded.h"

/* Whether there is anything to tell of it. */
bool verdicts_any(const struct recorded_cell *c);

/* One line, and each that is bad in full below it; seen faults too when `faults` says so. */
void verdicts_print(const struct recorded_cell *c, bool faults, unsigned width, FILE *out);

/* All in full, an entry of a list each. */
void verdicts_print_markdown(const struct recorded_cell *c, FILE *out);

#define SEEN_TEXT 128

/* "41 times, first 2026-05-05T14:30:01Z", or why the resolver could not be sent the fault; "". Gives
 * `ret`. */
char *verdicts_seen(const json_t *fault, char ret[SEEN_TEXT]);

#define WORSE_TEXT 512

/* What was and is of a threshold that did not hold; of a case its message. Gives `ret`. */
char *verdicts_worse(const json_t *threshold, char ret[WORSE_TEXT]);

/* What got worse than in the baseline, of all cells: "WORSE than DIR: CELL: …", a line each. Cells
 * are named where there are several. Gives how many. */
unsigned verdicts_print_worse(const struct recorded *r, const char *bullet, unsigned width,
			      FILE *out);
