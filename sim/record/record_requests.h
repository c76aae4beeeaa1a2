/* SPDX-License-Identifier: BSD-2-Clause */
/* record_requests.h - the requests that a resolver works on, sample by sample: how many there are, in
 * requests.csv, and what the most of them were, in requests.txt.
 *
 *	t,utc,depth
 *	5400,2026-05-05T14:15:00Z,37
 *
 * requests.txt is what the resolver said at the worst sample, the first of several, behind a line
 * "2026-05-05T14:15:00Z, 37 requests". Neither file is there where nothing was ever sampled. */
#pragma once

#include "sim/record/record_file.h"
#include "sim/record/record_curve.h"

struct record_requests {
	struct record_file csv;
	char *folder; /* NULL: nothing was sampled yet */
	unsigned most;
};

/* Of the record in `folder`. -ENOSPC and others: a file could not be written. */
int record_requests_put(struct record_requests *r, const char *folder,
			const struct record_stamp *at, unsigned depth, const char *text,
			struct err *e);

/* What was put is in the file. */
int record_requests_flush(struct record_requests *r, struct err *e);
void record_requests_done(struct record_requests *r);
