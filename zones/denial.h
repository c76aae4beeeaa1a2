/* SPDX-License-Identifier: BSD-2-Clause */
/* denial.h - proofs that a name or a type is not there: NSEC (RFC 4034, 4035) and NSEC3 (RFC 5155).
 *
 * A zone's chain of hashes is built on the first proof and costs 12 bytes a name, opted-out
 * delegations free. A chain of NSEC names follows the canonical order. */
#pragma once

#include "zones/content.h"

/* A record of the chain, and the name it stands for (which sign_rrset() wants as `ref_owner`; for a
 * covering NSEC3 that is the name whose hash is its owner). */
struct proof {
	struct rrset rrset;
	uint8_t stands_for[NAME_MAX_LEN];
};

/* The record that matches `name`; false when none does (the name is absent, or opted out). */
bool denial_match(const struct view *v, const uint8_t *name, struct proof *ret);

/* The record that covers `name`, which must not be in the chain. */
bool denial_cover(const struct view *v, const uint8_t *name, struct proof *ret);

/* The owner of record n of the chain in chain order, for dumps: 0 … census_chain_count()-1. false:
 * a fault took it away. */
bool denial_record(const struct view *v, uint64_t n, struct proof *ret);
