/* SPDX-License-Identifier: BSD-2-Clause */
/* sign.h - the signatures of a zone's RRsets, as its signer made them.
 *
 * Which key signed an RRset, when, and whether with the right key pair follows from the plan, the
 * server that is asked (a new version may not have reached it) and the instant: order.h. Between
 * those events an RRset is signed again before its signature has run for half of its validity, at
 * an instant of its own, and the SOA with every version. Signatures are made on first use and
 * kept. */
#pragma once

#include "zones/view.h"

/* The DNSKEY RRset, by the keys' lives. false: the zone is not signed, or none of its keys is
 * published. ret->lacks keys that cannot be made. */
bool sign_dnskey(const struct view *v, struct rrset *ret);

/* The DS RRset of `child` (digest type 2) for its KSKs and CSKs that have one at v->now; v is the
 * parent. false: the child is not signed, or none of them has. ret->lacks
 * as above. */
bool sign_ds(const struct view *v, struct zone *child, struct rrset *ret);

/* The RRSIG records over `rs` (whose owner may be a wildcard's expansion: `wildcard` is the owner
 * as it was signed, or NULL): by KSKs for DNSKEY, by the ZSK in use for all else. `ref_owner` names
 * an NSEC3 by the name whose hash its owner is, NULL for everything else. There may be none: a
 * fault took them away. -EIO: OpenSSL failed; -EMSGSIZE: they are more than any message holds. */
__attribute__((warn_unused_result)) int sign_rrset(const struct view *v, const struct rrset *rs,
						   const uint8_t *wildcard,
						   const uint8_t *ref_owner, struct rrset *ret,
						   struct err *e);

/* What faults make of an RRset when it is signed: in place, and of the owner of its signatures
 * (NULL: they were not asked for). `ref_owner` as above. false: nothing is left of it. */
bool sign_edit(const struct view *v, struct rrset *rs, const uint8_t *ref_owner,
	       struct rrset *sigs);
