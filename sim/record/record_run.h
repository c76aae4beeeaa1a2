/* SPDX-License-Identifier: BSD-2-Clause */
/* record_run.h - what is counted over the whole run, and not bin by bin.
 *
 * Distinct names and clients, those of them that failed, and user-minutes: pairs of a client and a
 * minute in which a query of it failed that was sent in this minute. Minutes are those since the
 * scenario's start, whatever the length of bins. */
#pragma once

#include "sim/record/record_curve.h"

struct record_run_client {
	int64_t latest; /* minute in which one of its queries failed */
	uint64_t recent; /* bit n: one failed in the minute `latest` - n, too */
};

struct record_run {
	struct record_set names, clients;
	uint64_t failed_names, failed_clients;
	uint64_t user_minutes, lost_questions, unvalidated; /* of the bins that were added */
	struct record_leaks leaks; /* likewise */
	struct record_ttls ttls;
	struct record_connections connections[TRANSPORTS]; /* likewise */
	struct record_run_client *minutes; /* by number of the client */
	size_t minutes_cap;
	bool failed; /* no memory: a count is missing */
};

/* Whether this is the first failure of the client in that minute. Outcomes may come out of order,
 * by an hour at most. */
bool record_run_minute(struct record_run *r, uint32_t client, int64_t minute);

/* A bin is over. */
void record_run_add(struct record_run *r, const struct record_bin *b);

void record_run_done(struct record_run *r);
