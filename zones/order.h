/* SPDX-License-Identifier: BSD-2-Clause */
/* order.h - all that decides what the RRSIGs over an RRset say: inside zones/ only.
 *
 * Which keys sign it, when, and whether with the right key pair follows from the plan, the server
 * that is asked and the instant. Two RRsets with the same order have the same signatures. */
#pragma once

#include "zones/view.h"

#define ORDER_KEYS 64 /* of a zone, that can sign */

struct order {
	const struct rrset *rs;
	const uint8_t *owner; /* as it was signed: the wildcard of an expansion */
	const struct signing *signing; /* NULL: the plan has none */
	uint64_t id; /* of (owner, type) in this zone */
	simtime signed_at;
	uint64_t keys; /* bit i: keys[i] signs */
	uint64_t revoked; /* and is revoked */
	bool mismatched;
	struct flaw flaws[2]; /* of signatures by KSKs, and by ZSKs */
};

/* `owner` as it is signed; `ref_owner` names an NSEC3 by the name whose hash its owner is, NULL for
 * everything else. Both are lent to the order, as is `rs`. */
struct order order_make(const struct view *v, const struct rrset *rs, const uint8_t *owner,
			const uint8_t *ref_owner);

/* What tells it from all others of its zone. */
void order_key(const struct order *o, uint64_t ret[2]);

/* The number of the key that signs data. */
unsigned order_data_key(const struct view *v);
