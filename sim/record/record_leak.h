/* SPDX-License-Identifier: BSD-2-Clause */
/* record_leak.h - what a resolver gave that it should not have given, or did not say what it was.
 *
 * Told by queries and by what operators do, as both go into the record. A negative trust anchor
 * (NTA, RFC 7646) covers a query that was sent while it stood and answered while it did, for a name
 * at or below it; of several resolvers those that its operator acted on, unless
 * clients ask none of them. An answer of the NTA is one that record_is_unvalidated() under it. "Never
 * validated": no answer with AD has carried this address with this second in it, so no query has
 * shown that its resolver had ever validated it. */
#pragma once

#include "sim/record/record.h"
#include "sim/record/record_set.h"

struct record_nta {
	uint8_t apex[NAME_MAX_LEN];
	simtime from, until; /* SIMTIME_NEVER: it stands */
	unsigned role; /* as in a record_event */
};

struct record_leak {
	struct record_nta *ntas;
	unsigned nta_count;
	struct record_set validated;
	unsigned asked; /* bit n: clients have asked role n */
	bool failed; /* no memory: a count is missing */
};

/* An operator has acted. */
void record_leak_event(struct record_leak *l, const struct record_event *ev);

/* A query counts, after all events up to its answer. */
void record_leak_query(struct record_leak *l, const struct record_query *q,
		       struct record_leaks *ret);

void record_leaks_add(struct record_leaks *sum, const struct record_leaks *n);

void record_leak_done(struct record_leak *l);
