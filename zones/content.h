/* SPDX-License-Identifier: BSD-2-Clause */
/* content.h - what stands in a zone at a name, before denial and signatures.
 *
 * Covers apex records, explicit hosts, delegations (of the scenario, of the population, of traces)
 * with their glue, and the records of leaf zones: apex SOA, NS, A, AAAA, MX, TXT; www and mail A,
 * AAAA; a wildcard below "wild"; an alias "alias" (CNAME to www); names that traces added. */
#pragma once

#include "zones/sign.h"

enum node_kind {
	NODE_ABSENT,
	NODE_EMPTY, /* an empty non-terminal */
	NODE_DATA,
	NODE_CUT, /* a delegation: NS, perhaps DS */
	NODE_BELOW, /* at or below an occluded name: below a cut, see node.cut */
};

#define NODE_TYPES_MAX 64

struct node {
	enum node_kind kind;
	uint8_t cut[NAME_MAX_LEN]; /* the delegation at or above the name, for NODE_CUT and
				      NODE_BELOW */
	bool signed_cut; /* it has a DS */
	uint16_t types[NODE_TYPES_MAX]; /* in ascending order, without RRSIG, NSEC, NSEC3 */
	unsigned type_count;
};

void content_node(const struct view *v, const uint8_t *name, struct node *ret);

/* The RRset of a type at a name that content_node() lists; false when there is none. Leaf A and
 * AAAA carry v->now. DNSKEY, DS and NSEC3PARAM included. */
bool content_rrset(const struct view *v, const uint8_t *name, uint16_t type, struct rrset *ret);

/* Makes an RRset of a wildcard into its expansion at `name` (RFC 4592 section 3.3): a leaf's
 * addresses carry that name. */
void content_expand(const struct view *v, const uint8_t *name, struct rrset *rs);

/* The servers that a NODE_CUT delegates to: their names make the NS RRset. NULL when `cut` is none.
 * Lent. Also NULL where a fault leads the delegation elsewhere. */
const struct server *content_cut_servers(const struct view *v, const uint8_t *cut, unsigned *count);

/* Whether a fault makes the servers refer those who ask for the DS of a NODE_CUT. */
bool content_refers_ds(const struct view *v, const uint8_t *cut);

/* The addresses of a name server, as glue: for a name below the zone's apex that is not the zone's
 * own. false: nobody in the tree has that name, or it has no address of this type (A or AAAA). */
bool content_glue(const struct view *v, const uint8_t *name, uint16_t type, struct rrset *ret);
