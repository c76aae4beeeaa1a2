/* SPDX-License-Identifier: BSD-2-Clause */
/* sign.h - the signatures of a zone's RRsets, as its signer made them.
 *
 * Which key signed an RRset, when, and whether with the right key pair follows from the plan, the
 * server that is asked (a new version may not have reached it) and the instant; see struct signing.
 * Between those events an RRset is signed again before its signature has run for half of its
 * validity, at an instant of its own, and the SOA with every version. Signatures are made on first
 * use and kept. */
#pragma once

#include "zones/tree.h"

/* A zone as one of its servers publishes it at an instant. */
struct view {
	struct zone *zone;
	unsigned server;
	simtime now;
	bool is_unsigned; /* this server has a copy without DNSSEC */
	simtime given; /* what addresses carry, when `now` is that of an old copy; 0: `now` */
	/* what is made for it adds the faults that it carries; NULL: nobody asks */
	struct fault_set *seen;
};

/* The zone as its server has it at `now`: an old copy, perhaps, or one without signatures. */
struct view view_at(struct zone *z, unsigned server, simtime now, struct fault_set *seen);

/* Whether it is signed. */
bool view_signed(const struct view *v);

/* Notes that a fault is in what was made. */
void view_saw(const struct view *v, const struct fault *f);

/* The serial that this server has: the epoch second of the zone's latest version. */
uint32_t sign_serial(const struct view *v);

/* The DNSKEY RRset, by the keys' lives. false: the zone is not signed, or none of its keys is
 * published. */
bool sign_dnskey(const struct view *v, struct rrset *ret);

/* Whether the key's DS stands at the parent: a KSK or CSK in its own span, or while it is
 * published. */
bool sign_has_ds(const struct key_plan *k, simtime now);

/* The DS RRset of `child` (digest type 2) for its KSKs and CSKs that have one at v->now; v is the
 * parent. false: the child is not signed, or none of them has. */
bool sign_ds(const struct view *v, struct zone *child, struct rrset *ret);

/* The RRSIG records over `rs` (whose owner may be a wildcard's expansion: `wildcard` is the owner
 * as it was signed, or NULL): by KSKs for DNSKEY, by the ZSK in use for all else. `ref_owner` names
 * an NSEC3 by the name whose hash its owner is, NULL for everything else. There may be none: a
 * fault took them away. -EIO: OpenSSL failed. */
int sign_rrset(const struct view *v, const struct rrset *rs, const uint8_t *wildcard,
	       const uint8_t *ref_owner, struct rrset *ret, struct err *e);

/* What faults make of an RRset when it is signed: in place, and of the owner of its signatures
 * (NULL: they were not asked for). `ref_owner` as above. false: nothing is left of it. */
bool sign_edit(const struct view *v, struct rrset *rs, const uint8_t *ref_owner,
	       struct rrset *sigs);
