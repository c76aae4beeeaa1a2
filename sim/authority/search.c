/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/search_inside.h"

#include <stddef.h>
#include <string.h>

#define CHAIN_MAX 8 /* CNAMEs that are followed */

/* Makes the signatures over `rs`, owned as given; see sign_rrset(). */
static bool make_signatures(struct search *s, const struct rrset *rs, const uint8_t *wildcard,
			    const uint8_t *ref_owner)
{
	if (sign_rrset(&s->v, rs, wildcard, ref_owner, &s->sigs, NULL))
		s->broken = true;
	return !s->broken;
}

/* Puts an RRset, unless it lacks what belongs into it. */
static bool put_whole(struct search *s, const struct rrset *rs, uint32_t ttl)
{
	s->broken |= rs->lacks;
	return !rs->lacks && reply_rrset(s->r, rs, ttl);
}

/* An authoritative RRset with its signatures, which both have to be in. What faults change when it
 * is signed, they change in it. */
static bool put_rrset(struct search *s, struct rrset *rs, uint32_t ttl, const uint8_t *wildcard,
		      const uint8_t *ref_owner)
{
	if (s->dnssec && !make_signatures(s, rs, wildcard, ref_owner))
		return false;
	sign_edit(&s->v, rs, ref_owner, s->dnssec ? &s->sigs : NULL);
	return put_whole(s, rs, ttl) && (!s->dnssec || put_whole(s, &s->sigs, ttl));
}

void search_put(struct search *s, struct rrset *rs, uint32_t ttl, const uint8_t *wildcard,
		const uint8_t *ref_owner)
{
	if (!put_rrset(s, rs, ttl, wildcard, ref_owner))
		s->full = true;
}

/* RFC 2308 section 3. */
static void put_soa(struct search *s)
{
	const struct zone *z = s->v.zone;

	s->r->section = SECTION_AUTHORITY;
	if (content_rrset(&s->v, z->apex, RR_SOA, &s->rs))
		search_put(s, &s->rs, s->rs.ttl < z->ttl.negative ? s->rs.ttl : z->ttl.negative,
			   NULL, NULL);
}

static void wildcard_of(const uint8_t *encloser, uint8_t ret[NAME_MAX_LEN])
{
	name_prepend(ret, "*", encloser);
}

/* An answer came from a wildcard: RFC 4035 section 3.1.3.3, 5155 section 7.2.6. */
static void prove_expansion(struct search *s)
{
	s->r->section = SECTION_AUTHORITY;
	if (search_has_nsec3(s))
		search_cover(s, name_skip(s->wild_name, s->wild_depth - 1));
	else
		search_cover(s, s->wild_name);
}

/* RFC 4035 section 3.1.3.2, 5155 section 7.2.2. `depth`: labels between the name and its closest
 * encloser. */
static void answer_nxdomain(struct search *s, unsigned depth)
{
	uint8_t wild[NAME_MAX_LEN];

	s->rcode = RCODE_NXDOMAIN;
	put_soa(s);
	if (!s->dnssec)
		return;
	wildcard_of(name_skip(s->name, depth), wild);
	if (search_has_nsec3(s))
		search_encloser(s, s->name, depth);
	else
		search_cover(s, s->name);
	search_cover(s, wild);
}

static void answer_nodata(struct search *s)
{
	put_soa(s);
	if (s->dnssec)
		search_no_type(s, s->name);
}

/* RFC 4035 section 3.1.3.4, 5155 section 7.2.5. */
static void answer_wildcard_nodata(struct search *s, const uint8_t *wild, unsigned depth)
{
	put_soa(s);
	if (!s->dnssec)
		return;
	if (search_has_nsec3(s))
		search_encloser(s, s->name, depth);
	else
		search_cover(s, s->name);
	search_no_type(s, wild);
}

/* An address that spares the resolver a question. It may be missing, unless it is glue without
 * which the delegation leads nowhere. */
static void put_address(struct search *s, const uint8_t *name, uint16_t type, enum node_kind kind,
			bool must)
{
	const struct reply_mark before = reply_mark(s->r);
	const struct fault_set seen = *s->v.seen;

	if (kind == NODE_DATA) {
		if (!content_rrset(&s->v, name, type, &s->rs) ||
		    put_rrset(s, &s->rs, s->rs.ttl, NULL, NULL))
			return;
		reply_reset(s->r, &before);
		*s->v.seen = seen;
	} else if (content_glue(&s->v, name, type, &s->rs)) {
		s->full |= !put_whole(s, &s->rs, s->rs.ttl) && must;
	}
}

/* Addresses of name servers: of those below `cut` (RFC 9471 section 3.1), or of all others. */
static void put_addresses(struct search *s, const struct server *servers, unsigned count,
			  const uint8_t *cut, bool below)
{
	const struct zone *z = s->v.zone;

	s->r->section = SECTION_ADDITIONAL;
	for (unsigned i = 0; i < count; i++) {
		const uint8_t *name = servers[i].name;
		struct node node;

		if (!name_under(name, z->apex) || (cut && name_under(name, cut)) != below)
			continue;
		content_node(&s->v, name, &node);
		put_address(s, name, RR_A, node.kind, below);
		put_address(s, name, RR_AAAA, node.kind, below);
	}
}

/* RFC 4035 section 3.1.4, 5155 section 7.2.7. */
static void answer_referral(struct search *s, const struct node *node)
{
	unsigned count = 0;
	const struct server *servers = content_cut_servers(&s->v, node->cut, &count);

	s->r->section = SECTION_AUTHORITY;
	if (content_rrset(&s->v, node->cut, RR_NS, &s->rs) && !put_whole(s, &s->rs, s->rs.ttl))
		s->full = true;
	if (s->dnssec) {
		if (content_rrset(&s->v, node->cut, RR_DS, &s->rs))
			search_put(s, &s->rs, s->rs.ttl, NULL, NULL);
		else
			search_no_type(s, node->cut);
	}
	put_addresses(s, servers, count, node->cut, true);
	put_addresses(s, servers, count, node->cut, false);
}

static bool has_type(const struct node *node, uint16_t type)
{
	for (unsigned i = 0; i < node->type_count; i++)
		if (node->types[i] == type)
			return true;
	return false;
}

/* The RRset of a type at `owner`; `expanded`: that is the wildcard which stands for s->name. */
static bool put_type(struct search *s, const uint8_t *owner, uint16_t type, bool expanded)
{
	if (!content_rrset(&s->v, owner, type, &s->rs))
		return false;
	if (expanded)
		content_expand(&s->v, s->name, &s->rs);
	search_put(s, &s->rs, s->rs.ttl, expanded ? owner : NULL, NULL);
	return true;
}

/* RFC 8482 section 4.1: one RRset is answer enough to ANY. RRSIG alone is such a question too
 * (section 7). */
static bool put_any(struct search *s, const uint8_t *owner, const struct node *node)
{
	bool expanded = owner != s->name;

	if (!node->type_count)
		return false;
	if (s->qtype == RR_ANY)
		return put_type(s, owner, node->types[0], expanded);
	if (!view_signed(&s->v) || !content_rrset(&s->v, owner, node->types[0], &s->rs))
		return false;
	if (expanded)
		content_expand(&s->v, s->name, &s->rs);
	if (!make_signatures(s, &s->rs, expanded ? owner : NULL, NULL))
		return true;
	s->full |= !put_whole(s, &s->sigs, s->rs.ttl);
	return s->sigs.count;
}

/* The NSEC of a name is data of it like any other, and comes out of a wildcard like it: whoever gets
 * it that way sees that fewer labels were signed, and proves nothing by it (RFC 4592 section 4.8).
 */
static bool put_nsec(struct search *s, const uint8_t *owner)
{
	const struct zone *z = s->v.zone;
	bool expanded = owner != s->name;

	if (!view_signed(&s->v) || z->denial != DENIAL_NSEC ||
	    !denial_match(&s->v, owner, &s->proof))
		return false;
	if (!expanded) {
		search_put_proof(s);
		return true;
	}
	name_copy(s->proof.rrset.owner, s->name);
	search_put(s, &s->proof.rrset, s->proof.rrset.ttl, owner, NULL);
	return true;
}

static bool put_asked(struct search *s, const uint8_t *owner, const struct node *node)
{
	switch (s->qtype) {
	case RR_ANY:
	case RR_RRSIG:
		return put_any(s, owner, node);
	case RR_NSEC:
		return put_nsec(s, owner);
	default:
		return has_type(node, s->qtype) && put_type(s, owner, s->qtype, owner != s->name);
	}
}

/* Follows a CNAME: true when its target is in this zone and has to be looked for in turn. */
static bool follow(struct search *s, const uint8_t *owner)
{
	size_t pos = 0, len;

	if (!put_type(s, owner, RR_CNAME, owner != s->name))
		return false;
	name_copy(s->name, rrset_next(&s->rs, &pos, &len));
	return name_under(s->name, s->v.zone->apex);
}

static void apex_ns_addresses(struct search *s)
{
	const struct zone *z = s->v.zone;

	if (s->qtype == RR_NS && name_equal(s->name, z->apex))
		put_addresses(s, z->servers, z->server_count, NULL, false);
}

static void note_expansion(struct search *s, const uint8_t *owner, unsigned depth)
{
	if (owner == s->name)
		return;
	s->expanded = true;
	s->wild_depth = depth;
	name_copy(s->wild_name, s->name);
}

static bool asks_for_alias(uint16_t qtype)
{
	return qtype == RR_CNAME || qtype == RR_ANY || qtype == RR_RRSIG || qtype == RR_NSEC;
}

/* Looks in the node at `owner`, which is s->name or a wildcard `depth` labels from it. Returns true
 * when a CNAME is to be followed. */
static bool answer_node(struct search *s, const uint8_t *owner, const struct node *node,
			unsigned depth)
{
	if (has_type(node, RR_CNAME) && !asks_for_alias(s->qtype)) {
		note_expansion(s, owner, depth);
		return follow(s, owner);
	}
	if (put_asked(s, owner, node)) {
		note_expansion(s, owner, depth);
		apex_ns_addresses(s);
	} else if (owner == s->name) {
		answer_nodata(s);
	} else {
		answer_wildcard_nodata(s, owner, depth);
	}
	return false;
}

/* `target` in the place of the last labels of s->name, of which `depth` stay; false: no name has room
 * for it. */
static bool substitute(const struct search *s, unsigned depth, const uint8_t *target,
		       uint8_t ret[NAME_MAX_LEN])
{
	size_t head = (size_t)(name_skip(s->name, depth) - s->name), tail = name_len(target);

	if (head + tail > NAME_MAX_LEN)
		return false;
	memcpy(ret, s->name, head);
	memcpy(ret + head, target, tail);
	return true;
}

/* RFC 6672 section 3.1: the DNAME of the closest encloser, and the CNAME that is made of it, which
 * nobody signs. Returns true when that is to be followed. */
static bool answer_dname(struct search *s, unsigned depth)
{
	uint8_t owner[NAME_MAX_LEN], target[NAME_MAX_LEN];
	size_t pos = 0, len;
	const uint8_t *rdata;
	uint32_t ttl;

	name_copy(owner, name_skip(s->name, depth));
	if (!put_type(s, owner, RR_DNAME, false))
		return false;
	ttl = s->rs.ttl;
	rdata = rrset_next(&s->rs, &pos, &len);
	if (!rdata || !substitute(s, depth, rdata, target)) {
		s->rcode = RCODE_YXDOMAIN;
		return false;
	}
	rrset_init(&s->rs, s->name, RR_CNAME, ttl);
	rrset_add(&s->rs, target, name_len(target));
	s->full |= !put_whole(s, &s->rs, ttl);
	name_copy(s->name, target);
	return !asks_for_alias(s->qtype) && name_under(s->name, s->v.zone->apex);
}

/* No node has the name: RFC 1034 section 4.3.2 step 3c. */
static bool answer_absent(struct search *s)
{
	uint8_t wild[NAME_MAX_LEN];
	struct node node;
	unsigned depth = 0;

	do
		content_node(&s->v, name_skip(s->name, ++depth), &node);
	while (node.kind == NODE_ABSENT);
	if (has_type(&node, RR_DNAME))
		return answer_dname(s, depth);
	wildcard_of(name_skip(s->name, depth), wild);
	content_node(&s->v, wild, &node);
	if (node.kind == NODE_DATA || node.kind == NODE_EMPTY)
		return answer_node(s, wild, &node, depth);
	answer_nxdomain(s, depth);
	return false;
}

/* One step of the search for s->name. Returns true when a CNAME leads on. */
static bool answer_step(struct search *s)
{
	struct node node;

	content_node(&s->v, s->name, &node);
	switch (node.kind) {
	case NODE_ABSENT:
		return answer_absent(s);
	case NODE_EMPTY:
	case NODE_DATA:
		return answer_node(s, s->name, &node, 0);
	case NODE_CUT:
		/* RFC 4035 section 3.1.4.1 */
		if (s->qtype == RR_DS && !content_refers_ds(&s->v, s->name))
			return answer_node(s, s->name, &node, 0);
		break;
	case NODE_BELOW:
		break;
	}
	if (!s->r->counts[SECTION_ANSWER])
		s->r->flags &= (uint16_t)~FLAG_AA;
	answer_referral(s, &node);
	return false;
}

/* What a server that is not minimal puts beside a positive answer: the zone's NS RRset and its servers'
 * addresses, as far as they fit. */
static void put_servers(struct search *s)
{
	const struct zone *z = s->v.zone;
	const struct reply_mark before = reply_mark(s->r);
	const struct fault_set seen = *s->v.seen;

	if (s->qtype == RR_NS && name_equal(s->name, z->apex))
		return;
	s->r->section = SECTION_AUTHORITY;
	if (!content_rrset(&s->v, z->apex, RR_NS, &s->rs) ||
	    !put_rrset(s, &s->rs, s->rs.ttl, NULL, NULL)) {
		reply_reset(s->r, &before);
		*s->v.seen = seen;
		return;
	}
	put_addresses(s, z->servers, z->server_count, NULL, false);
}

static void search_all(struct search *s)
{
	unsigned steps = 0;
	bool positive;

	s->r->flags = FLAG_AA;
	while (answer_step(s) && ++steps < CHAIN_MAX)
		;
	positive = s->r->counts[SECTION_ANSWER] && !s->r->counts[SECTION_AUTHORITY];
	if (s->expanded && s->dnssec)
		prove_expansion(s);
	if (s->v.zone->tells_servers && positive && !s->full)
		put_servers(s);
}

enum search_end search_zone(const struct view *v, const struct query *q, struct reply *r,
			    uint8_t *rcode)
{
	struct search s;

	memset(&s, 0, offsetof(struct search, proofs));
	s.proof_count = 0;
	s.v = *v;
	s.v.lacks = &s.broken;
	s.broken = v->is_lost;
	s.r = r;
	s.qtype = q->qtype;
	s.rcode = *rcode;
	s.dnssec = q->dnssec_ok && view_signed(v);
	name_copy(s.name, q->qname);
	search_all(&s);
	*rcode = s.rcode;
	return s.broken ? SEARCH_BROKEN : s.full ? SEARCH_FULL : SEARCH_DONE;
}
