/* SPDX-License-Identifier: BSD-2-Clause */
/* record_ttl.h - the TTLs that clients got: how many answers had one, what they add up to, the
 * smallest, and how many were larger than what the zone says. */
#pragma once

#include "sim/record/record.h"

struct record_ttls {
	uint64_t answers, sum, over;
	int64_t smallest; /* when there are answers */
};

void record_ttls_add(struct record_ttls *sum, const struct record_ttls *n);

/* A query counts that has an answer with a TTL. */
void record_ttls_query(struct record_ttls *t, const struct record_query *q);
