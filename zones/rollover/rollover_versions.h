/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_versions.h - what a plan publishes, as versions: of the DS RRset, of the DNSKEY RRset,
 * and of who has signed all other RRsets.
 *
 * A version of the signatures lives on for the plan's signing delay, in which the signer is still
 * busy with the rest of the zone. */
#pragma once

#include "zones/rollover/rollover.h"

enum rollover_set { ROLLOVER_DS, ROLLOVER_DNSKEY, ROLLOVER_RRSIG };
#define ROLLOVER_SETS 3

extern const char *const rollover_set_names[]; /* "DS RRset", "DNSKEY RRset", "RRset" */

struct rollover_version {
	struct rollover_span life; /* in which the zone's first server may publish it */
	uint64_t keys; /* with a DS, or in the DNSKEY RRset; of signatures: 0 */
	uint64_t signers; /* of the RRset; of a DS: 0 */
	simtime expires; /* its last signature */
};

struct rollover_versions {
	struct rollover_version *list; /* in time order, the first since ALWAYS */
	unsigned count;
};

/* -ENOMEM. */
int rollover_versions_make(const struct rollover *r, enum rollover_set set,
			   struct rollover_versions *ret, struct err *e);
void rollover_versions_done(struct rollover_versions *v);

/* The version that is the newest at an instant. */
const struct rollover_version *rollover_version_at(const struct rollover_versions *v, simtime t);

/* How long a cache may keep it; and how long the slowest server may give it out after its end. */
simtime rollover_ttl(const struct rollover *r, enum rollover_set set,
		     const struct rollover_version *v);
simtime rollover_propagation(const struct rollover *r, enum rollover_set set);

/* What two versions lack to stand in one chain. */
struct rollover_misfit {
	uint64_t keys; /* any of these where they are missing would have mended it; may be empty */
	uint8_t algorithm; /* of a strict one: there is no signature of it */
};

/* Whether a and b, of two sets in the order of the enum, stand in one chain. A DS RRset without
 * keys goes with everything, an empty DNSKEY RRset with all signatures: with it the DS RRset is
 * judged. `strict`: whether each algorithm in the DS RRset has a signature over the other (RFC 4035
 * section 2.2), which fits where nothing is signed at all. */
bool rollover_fits(const struct rollover *r, enum rollover_set sa, const struct rollover_version *a,
		   enum rollover_set sb, const struct rollover_version *b, bool strict,
		   struct rollover_misfit *ret);
