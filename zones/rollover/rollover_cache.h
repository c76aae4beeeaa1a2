/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_cache.h - what a resolver's cache may rightly hold of a zone during a rollover, and when
 * that is bogus.
 *
 * A version that is published in [a, b) is given out by the slowest server until b + propagation,
 * and may be held for its TTL from then on, but no longer than its signature is valid (RFC 4035
 * section 5.3.3). Of DS, DNSKEY and any other RRset a cache holds a version each, fetched at an
 * instant of its own, and each that it keeps was valid when it was fetched.
 *
 * The chain holds when a key with a DS in the cached DS RRset is in the cached DNSKEY RRset and
 * signs it, and a key that has signed the RRset is in the cached DNSKEY RRset. Without a DS the
 * zone is insecure, which is never bogus.
 *
 * When two versions can meet follows from where their intervals begin and end: nothing is sampled.
 * Pure. */
#pragma once

#include "zones/rollover/rollover_versions.h"

/* Where a chain breaks: what the cache has kept, and what it then meets that does not fit. */
struct rollover_finding {
	enum rollover_set kept_set, met_set;
	struct rollover_version kept, met;
	bool strict; /* bogus only to validators that want each algorithm of the DS (RFC 6840
			section 5.11 says not to) */
	struct rollover_misfit lacks;
	struct rollover_span bogus; /* the instants at which a cache may meet it */
	struct rollover_span fetched; /* when `kept` can have been fetched, and was valid then */
};

struct rollover_analysis {
	struct rollover_versions versions[ROLLOVER_SETS];
	struct rollover_finding *findings; /* by the instant at which they begin, strict ones last;
					      what is over before the plan begins is not there */
	unsigned finding_count;
};

/* -ENOMEM. */
int rollover_analyse(const struct rollover *r, struct rollover_analysis *ret, struct err *e);
void rollover_analysis_done(struct rollover_analysis *a);

/* Findings that only strict validators mind: they are the last. */
void rollover_leave_out_strict(struct rollover_analysis *a);
