/* SPDX-License-Identifier: BSD-2-Clause */
/* record_asked.h - whom clients asked, and what came of it there: asked.csv, where a scenario has several
 * resolvers or several traffics.
 *
 *	t,utc,traffic,resolver,queries,questions,noerror,nxdomain,servfail,other,timeout,went_on,recovered,lost
 *	4200,2026-05-05T19:30:00Z,users,site-a,412,310,250,20,142,0,0,140,0,2
 *	4200,2026-05-05T19:30:00Z,users,site-b,140,0,131,0,9,0,0,8,131,1
 *
 * A row for each traffic and each resolver that it asked in the bin in which the queries were sent. Of
 * `queries` (noerror to timeout is what came) `questions` are first attempts. After `went_on` of them, which
 * had failed, the next attempt was at another resolver; `recovered` are good answers to questions that
 * had come from another one; and of `lost` questions the last attempt failed here. */
#pragma once

#include <stdbool.h>

#include "sim/record/record.h"
#include "sim/record/record_file.h"

#define RECORD_ASKED_HEADER                                                                        \
	"t,utc,traffic,resolver,queries,questions,noerror,nxdomain,servfail,other,timeout,"        \
	"went_on,recovered,lost"

struct record_stamp;

struct record_asked_counts {
	uint64_t queries, questions, outcomes[OUTCOME_TIMEOUT + 1], went_on, recovered, lost;
};

struct record_asked_bin { /* zeros: nobody was asked */
	struct record_asked_counts *counts; /* by traffic and resolver */
	unsigned cap;
};

/* Whether a run has the file. */
bool record_asked_is_wanted(const struct record_options *o);

/* Books a query. -ENOMEM. */
int record_asked_query(struct record_asked_bin *b, const struct record_options *o,
		       const struct record_query *q);

void record_asked_write(const struct record_asked_bin *b, const struct record_options *o,
			const struct record_stamp *at, struct record_file *f);
void record_asked_clear(struct record_asked_bin *b);
