/* content.h - what stands in a zone at a name, before denial and signatures.
 *
 * Covers apex records, explicit hosts, delegations (of the scenario, of the population, of traces) with their
 * glue, and the records of leaf zones: apex SOA, NS, A, AAAA, MX, TXT; www and mail A, AAAA; a wildcard
 * below "wild"; an alias "alias" (CNAME to www); names that traces added. */
#pragma once

#include "zones/sign.h"

enum node_kind {
	NODE_ABSENT,
	NODE_EMPTY, /* an empty non-terminal */
	NODE_DATA,
	NODE_CUT, /* a delegation: NS, perhaps DS */
	NODE_BELOW, /* at or below an occluded name: below a cut, see node.cut */
};

struct node {
	enum node_kind kind;
	uint8_t cut
		[NAME_MAX_LEN]; /* the delegation at or above the name, for NODE_CUT and NODE_BELOW */
	bool signed_cut; /* it has a DS */
	uint16_t types[16]; /* in ascending order, without RRSIG, NSEC, NSEC3 */
	unsigned type_count;
};

void content_node(const struct view *v, const uint8_t *name, struct node *ret);

/* The RRset of a type at a name that content_node() lists; false when there is none. Leaf A and AAAA carry
 * v->now. DNSKEY, DS and NSEC3PARAM included. */
bool content_rrset(const struct view *v, const uint8_t *name, uint16_t type, struct rrset *ret);

/* The names that own an NSEC or NSEC3 record: numbers 0 … count-1, in no promised order; the same for all instants.
 * Left out are names below cuts and, in an opt-out zone, unsigned delegations. */
uint64_t content_chain_count(const struct zone *z);
void content_chain_name(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN]);
