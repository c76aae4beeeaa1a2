/* SPDX-License-Identifier: BSD-2-Clause */
/* tally.h - what clients got, counted as it became known: interval by interval, zone by zone.
 *
 * What an operator sees. A query belongs to the interval in which its outcome was known (a SERVFAIL
 * when it came, a timeout when the client gave up), unlike in the record, which goes by when it was
 * sent; and to the deepest zone of the tree that its name is in: www.d1.de. to de. when that has no
 * deeper ones. */
#pragma once

#include "sim/record/record.h"

enum tally_column {
	TALLY_QUERIES,
	TALLY_RETRIES,
	TALLY_NOERROR,
	TALLY_NXDOMAIN,
	TALLY_SERVFAIL,
	TALLY_OTHER,
	TALLY_TIMEOUT,
	TALLY_STALE,
	TALLY_AD,
	TALLY_COLUMNS
};

extern const char *const tally_names[TALLY_COLUMNS]; /* as in curve.csv: "queries" … */

struct tally_counts {
	uint64_t n[TALLY_COLUMNS];
};

struct tally {
	const struct tree *tree; /* lent, and complete */
	simtime from, every;
	/* of each interval: zone by zone, and all together behind them */
	struct tally_counts *rows;
	int64_t row_count;
};

void tally_init(struct tally *t, const struct tree *tree, simtime from, simtime every);
void tally_done(struct tally *t);

/* Counts a query, whose outcome is known. false: no memory. */
bool tally_add(struct tally *t, const struct record_query *q);

/* The sum over intervals from number `first` (below 0: from the start) to the one before `end`;
 * `zone` NULL: over all names. */
uint64_t tally_sum(const struct tally *t, const struct zone *zone, enum tally_column column,
		   int64_t first, int64_t end);
