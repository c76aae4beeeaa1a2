/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/answer.h"

#include <string.h>

#include "sim/authority/manners.h"
#include "sim/authority/query.h"
#include "sim/authority/reply.h"
#include "zones/denial.h"

#define UDP_MIN 512 /* RFC 1035 section 4.2.1 */
#define UDP_DEFAULT 1232
#define CHAIN_MAX 8 /* CNAMEs that are followed */
#define PROOFS_MAX 8

/* An answer while it is put together. The big ones last: only what is used of them is
 * ever touched. */
struct work {
	struct view v;
	struct reply *r;
	struct answer *ret;
	uint16_t qtype;
	bool dnssec; /* signatures and proofs are wanted and there */
	bool full; /* something that must be in the message is not */
	bool broken; /* a signature could not be made */
	uint8_t name[NAME_MAX_LEN]; /* what is looked for: qname, or where a CNAME led */
	bool expanded; /* from a wildcard: authority has to prove that `wild_name` is not there */
	uint8_t wild_name[NAME_MAX_LEN];
	unsigned wild_depth; /* labels between it and its closest encloser */
	uint8_t proofs[PROOFS_MAX][NAME_MAX_LEN]; /* owners of denial records that are in already */
	unsigned proof_count;
	struct rrset rs, sigs;
	struct proof proof;
};

/* Makes the signatures over `rs`, owned as given; see sign_rrset(). */
static bool make_signatures(struct work *w, const struct rrset *rs, const uint8_t *wildcard,
			    const uint8_t *ref_owner)
{
	if (sign_rrset(&w->v, rs, wildcard, ref_owner, &w->sigs, NULL))
		w->broken = true;
	return !w->broken;
}

/* An authoritative RRset with its signatures, which both have to be in. What faults change when it
 * is signed, they change in it. */
static bool put_rrset(struct work *w, struct rrset *rs, uint32_t ttl, const uint8_t *wildcard,
		      const uint8_t *ref_owner)
{
	if (w->dnssec && !make_signatures(w, rs, wildcard, ref_owner))
		return false;
	sign_edit(&w->v, rs, ref_owner, w->dnssec ? &w->sigs : NULL);
	return reply_rrset(w->r, rs, ttl) && (!w->dnssec || reply_rrset(w->r, &w->sigs, ttl));
}

static void put(struct work *w, struct rrset *rs, uint32_t ttl, const uint8_t *wildcard,
		const uint8_t *ref_owner)
{
	if (!put_rrset(w, rs, ttl, wildcard, ref_owner))
		w->full = true;
}

static bool proved_already(const struct work *w, const uint8_t *owner)
{
	for (unsigned i = 0; i < w->proof_count; i++)
		if (name_equal(w->proofs[i], owner))
			return true;
	return false;
}

/* Puts the record that is in w->proof, once. */
static void put_proof(struct work *w)
{
	struct rrset *rs = &w->proof.rrset;

	if (proved_already(w, rs->owner))
		return;
	if (w->proof_count < PROOFS_MAX)
		name_copy(w->proofs[w->proof_count++], rs->owner);
	put(w, rs, rs->ttl, NULL, rs->type == RR_NSEC3 ? w->proof.stands_for : NULL);
}

static bool prove_match(struct work *w, const uint8_t *name)
{
	if (!denial_match(&w->v, name, &w->proof))
		return false;
	put_proof(w);
	return true;
}

static void prove_cover(struct work *w, const uint8_t *name)
{
	if (denial_cover(&w->v, name, &w->proof))
		put_proof(w);
}

/* RFC 5155 section 7.2.1: the closest encloser that the chain has, at least `depth` labels up,
 * matches; the next closer name is covered. */
static void prove_encloser(struct work *w, const uint8_t *name, unsigned depth)
{
	unsigned most = name_labels(name) - name_labels(w->v.zone->apex);

	for (; depth <= most; depth++) {
		if (!prove_match(w, name_skip(name, depth)))
			continue;
		if (depth)
			prove_cover(w, name_skip(name, depth - 1));
		return;
	}
}

static bool has_nsec3(const struct work *w)
{
	return w->v.zone->denial == DENIAL_NSEC3;
}

/* The name is there and the type is not: RFC 4035 section 3.1.3.1, 5155 sections 7.2.3 and 7.2.4.
 * No NSEC matches an empty non-terminal; the one before it covers it. */
static void prove_no_type(struct work *w, const uint8_t *name)
{
	if (prove_match(w, name))
		return;
	if (has_nsec3(w))
		prove_encloser(w, name, 1);
	else
		prove_cover(w, name);
}

/* RFC 2308 section 3. */
static void put_soa(struct work *w)
{
	const struct zone *z = w->v.zone;

	w->r->section = SECTION_AUTHORITY;
	if (content_rrset(&w->v, z->apex, RR_SOA, &w->rs))
		put(w, &w->rs, w->rs.ttl < z->ttl.negative ? w->rs.ttl : z->ttl.negative, NULL,
		    NULL);
}

static void wildcard_of(const uint8_t *encloser, uint8_t ret[NAME_MAX_LEN])
{
	name_prepend(ret, "*", encloser);
}

/* An answer came from a wildcard: RFC 4035 section 3.1.3.3, 5155 section 7.2.6. */
static void prove_expansion(struct work *w)
{
	w->r->section = SECTION_AUTHORITY;
	if (has_nsec3(w))
		prove_cover(w, name_skip(w->wild_name, w->wild_depth - 1));
	else
		prove_cover(w, w->wild_name);
}

/* RFC 4035 section 3.1.3.2, 5155 section 7.2.2. `depth`: labels between the name and its closest
 * encloser. */
static void answer_nxdomain(struct work *w, unsigned depth)
{
	uint8_t wild[NAME_MAX_LEN];

	w->ret->rcode = RCODE_NXDOMAIN;
	put_soa(w);
	if (!w->dnssec)
		return;
	wildcard_of(name_skip(w->name, depth), wild);
	if (has_nsec3(w))
		prove_encloser(w, w->name, depth);
	else
		prove_cover(w, w->name);
	prove_cover(w, wild);
}

static void answer_nodata(struct work *w)
{
	put_soa(w);
	if (w->dnssec)
		prove_no_type(w, w->name);
}

/* RFC 4035 section 3.1.3.4, 5155 section 7.2.5. */
static void answer_wildcard_nodata(struct work *w, const uint8_t *wild, unsigned depth)
{
	put_soa(w);
	if (!w->dnssec)
		return;
	if (has_nsec3(w))
		prove_encloser(w, w->name, depth);
	else
		prove_cover(w, w->name);
	prove_no_type(w, wild);
}

/* An address that spares the resolver a question. It may be missing, unless it is glue without
 * which the delegation leads nowhere. */
static void put_address(struct work *w, const uint8_t *name, uint16_t type, enum node_kind kind,
			bool must)
{
	struct reply_mark before = reply_mark(w->r);

	const struct fault_set seen = w->ret->faults;

	if (kind == NODE_DATA) {
		if (!content_rrset(&w->v, name, type, &w->rs) ||
		    put_rrset(w, &w->rs, w->rs.ttl, NULL, NULL))
			return;
		reply_reset(w->r, &before);
		w->ret->faults = seen;
	} else if (content_glue(&w->v, name, type, &w->rs)) {
		w->full |= !reply_rrset(w->r, &w->rs, w->rs.ttl) && must;
	}
}

/* Addresses of name servers: of those below `cut` (RFC 9471 section 3.1), or of all others. */
static void put_addresses(struct work *w, const struct server *servers, unsigned count,
			  const uint8_t *cut, bool below)
{
	const struct zone *z = w->v.zone;

	w->r->section = SECTION_ADDITIONAL;
	for (unsigned i = 0; i < count; i++) {
		const uint8_t *name = servers[i].name;
		struct node node;

		if (!name_under(name, z->apex) || (cut && name_under(name, cut)) != below)
			continue;
		content_node(&w->v, name, &node);
		put_address(w, name, RR_A, node.kind, below);
		put_address(w, name, RR_AAAA, node.kind, below);
	}
}

/* RFC 4035 section 3.1.4, 5155 section 7.2.7. */
static void answer_referral(struct work *w, const struct node *node)
{
	unsigned count = 0;
	const struct server *servers = content_cut_servers(&w->v, node->cut, &count);

	w->r->section = SECTION_AUTHORITY;
	if (content_rrset(&w->v, node->cut, RR_NS, &w->rs) && !reply_rrset(w->r, &w->rs, w->rs.ttl))
		w->full = true;
	if (w->dnssec) {
		if (content_rrset(&w->v, node->cut, RR_DS, &w->rs))
			put(w, &w->rs, w->rs.ttl, NULL, NULL);
		else
			prove_no_type(w, node->cut);
	}
	put_addresses(w, servers, count, node->cut, true);
	put_addresses(w, servers, count, node->cut, false);
}

static bool has_type(const struct node *node, uint16_t type)
{
	for (unsigned i = 0; i < node->type_count; i++)
		if (node->types[i] == type)
			return true;
	return false;
}

/* The RRset of a type at `owner`, which is w->name or the wildcard that stands for it. */
static bool put_type(struct work *w, const uint8_t *owner, uint16_t type)
{
	bool expanded = owner != w->name;

	if (!content_rrset(&w->v, owner, type, &w->rs))
		return false;
	if (expanded)
		content_expand(&w->v, w->name, &w->rs);
	put(w, &w->rs, w->rs.ttl, expanded ? owner : NULL, NULL);
	return true;
}

/* RFC 8482 section 4.1: one RRset is answer enough to ANY. RRSIG alone is such a question too
 * (section 7). */
static bool put_any(struct work *w, const uint8_t *owner, const struct node *node)
{
	bool expanded = owner != w->name;

	if (!node->type_count)
		return false;
	if (w->qtype == RR_ANY)
		return put_type(w, owner, node->types[0]);
	if (!view_signed(&w->v) || !content_rrset(&w->v, owner, node->types[0], &w->rs))
		return false;
	if (expanded)
		content_expand(&w->v, w->name, &w->rs);
	if (!make_signatures(w, &w->rs, expanded ? owner : NULL, NULL))
		return true;
	w->full |= !reply_rrset(w->r, &w->sigs, w->rs.ttl);
	return w->sigs.count;
}

/* The NSEC of a name is data of it like any other. */
static bool put_nsec(struct work *w, const uint8_t *owner)
{
	const struct zone *z = w->v.zone;

	if (owner != w->name || !view_signed(&w->v) || z->denial != DENIAL_NSEC ||
	    !denial_match(&w->v, owner, &w->proof))
		return false;
	put_proof(w);
	return true;
}

static bool put_asked(struct work *w, const uint8_t *owner, const struct node *node)
{
	switch (w->qtype) {
	case RR_ANY:
	case RR_RRSIG:
		return put_any(w, owner, node);
	case RR_NSEC:
		return put_nsec(w, owner);
	default:
		return has_type(node, w->qtype) && put_type(w, owner, w->qtype);
	}
}

/* Follows a CNAME: true when its target is in this zone and has to be looked for in turn. */
static bool follow(struct work *w, const uint8_t *owner)
{
	size_t pos = 0, len;

	if (!put_type(w, owner, RR_CNAME))
		return false;
	name_copy(w->name, rrset_next(&w->rs, &pos, &len));
	return name_under(w->name, w->v.zone->apex);
}

static void apex_ns_addresses(struct work *w)
{
	const struct zone *z = w->v.zone;

	if (w->qtype == RR_NS && name_equal(w->name, z->apex))
		put_addresses(w, z->servers, z->server_count, NULL, false);
}

static void note_expansion(struct work *w, const uint8_t *owner, unsigned depth)
{
	if (owner == w->name)
		return;
	w->expanded = true;
	w->wild_depth = depth;
	name_copy(w->wild_name, w->name);
}

static bool asks_for_alias(uint16_t qtype)
{
	return qtype == RR_CNAME || qtype == RR_ANY || qtype == RR_RRSIG || qtype == RR_NSEC;
}

/* Looks in the node at `owner`, which is w->name or a wildcard `depth` labels from it. Returns true
 * when a CNAME is to be followed. */
static bool answer_node(struct work *w, const uint8_t *owner, const struct node *node,
			unsigned depth)
{
	if (has_type(node, RR_CNAME) && !asks_for_alias(w->qtype)) {
		note_expansion(w, owner, depth);
		return follow(w, owner);
	}
	if (put_asked(w, owner, node)) {
		note_expansion(w, owner, depth);
		apex_ns_addresses(w);
	} else if (owner == w->name) {
		answer_nodata(w);
	} else {
		answer_wildcard_nodata(w, owner, depth);
	}
	return false;
}

/* No node has the name: RFC 1034 section 4.3.2 step 3c. */
static bool answer_absent(struct work *w)
{
	uint8_t wild[NAME_MAX_LEN];
	struct node node;
	unsigned depth = 0;

	do
		content_node(&w->v, name_skip(w->name, ++depth), &node);
	while (node.kind == NODE_ABSENT);
	wildcard_of(name_skip(w->name, depth), wild);
	content_node(&w->v, wild, &node);
	if (node.kind == NODE_DATA || node.kind == NODE_EMPTY)
		return answer_node(w, wild, &node, depth);
	answer_nxdomain(w, depth);
	return false;
}

/* One step of the search for w->name. Returns true when a CNAME leads on. */
static bool answer_step(struct work *w)
{
	struct node node;

	content_node(&w->v, w->name, &node);
	switch (node.kind) {
	case NODE_ABSENT:
		return answer_absent(w);
	case NODE_EMPTY:
	case NODE_DATA:
		return answer_node(w, w->name, &node, 0);
	case NODE_CUT:
		if (w->qtype == RR_DS) /* RFC 4035 section 3.1.4.1 */
			return answer_node(w, w->name, &node, 0);
		break;
	case NODE_BELOW:
		break;
	}
	if (!w->r->counts[SECTION_ANSWER])
		w->r->flags &= (uint16_t)~FLAG_AA;
	answer_referral(w, &node);
	return false;
}

static void answer_search(struct work *w)
{
	unsigned steps = 0;

	w->r->flags = FLAG_AA;
	while (answer_step(w) && ++steps < CHAIN_MAX)
		;
	if (w->expanded && w->dnssec)
		prove_expansion(w);
}

/* Answers from a zone; what does not fit is not sent at all (RFC 2181 section 9). */
static void answer_zone(const struct query *q, struct zone *z, unsigned server, simtime now,
			struct reply *r, struct answer *ret)
{
	struct reply_mark empty = reply_mark(r);
	const struct fault_set before = ret->faults; /* of its manners */
	struct work w;

	memset(&w, 0, offsetof(struct work, proofs));
	w.proof_count = 0;
	w.v = view_at(z, server, now, &ret->faults);
	w.r = r;
	w.ret = ret;
	w.qtype = q->qtype;
	w.dnssec = q->dnssec_ok && view_signed(&w.v);
	name_copy(w.name, q->qname);
	answer_search(&w);
	if (!w.broken && !w.full)
		return;
	reply_reset(r, &empty);
	ret->faults = before;
	ret->truncated = !w.broken;
	if (w.broken) {
		ret->rcode = RCODE_SERVFAIL;
		r->flags = 0;
	} else {
		r->flags |= FLAG_TC;
	}
}

static size_t at_least(size_t n, size_t least)
{
	return n > least ? n : least;
}

/* The longest message that may go out. */
static size_t limit_of(const struct query *q, const struct zone *z, bool tcp, size_t cap)
{
	size_t limit = UDP_MIN, server = z ? at_least(z->edns_size, UDP_MIN) : UDP_DEFAULT;

	if (tcp)
		limit = UINT16_MAX;
	else if (q->edns)
		limit = at_least(q->udp_size, UDP_MIN);
	if (!tcp && limit > server)
		limit = server;
	return limit < cap ? limit : cap;
}

static enum answer_kind kind_of(unsigned rcode)
{
	switch (rcode) {
	case RCODE_FORMERR:
		return ANSWER_FORMERR;
	case RCODE_NOTIMP:
	case RCODE_REFUSED:
	case RCODE_BADVERS: /* no zone was looked at */
		return ANSWER_REFUSED;
	default:
		return ANSWER_OK;
	}
}

/* What faults make of the server's manners; the query is taken as the server takes it. */
static struct manners take_manners(struct query *q, const struct zone *z, struct answer *ret,
				   bool tcp, simtime now)
{
	struct manners m = manners_of(z, ret->server, now, tcp, q->edns, &ret->faults);

	if (m.rejects_edns && q->edns)
		m.rcode = RCODE_FORMERR;
	if (m.ignores_edns || m.rejects_edns) {
		q->edns = q->dnssec_ok = false;
		m.ede = NO_EDE;
	}
	return m;
}

static size_t opt_size(const struct query *q, const struct manners *m)
{
	return !q->edns ? 0 : m->ede == NO_EDE ? REPLY_OPT : REPLY_OPT + REPLY_EDE;
}

void answer_make(struct tree *t, const struct address *server, const uint8_t *query, size_t len,
		 bool tcp, simtime now, struct buf *out, struct answer *ret)
{
	struct manners m = { .rcode = NO_RCODE, .ede = NO_EDE };
	struct zone *z = NULL;
	struct query q;
	struct reply r;
	int rcode = query_parse(query, len, &q);
	size_t cap = out->cap - out->len, limit;

	*ret = (struct answer){ .kind = ANSWER_SILENT };
	if (rcode < 0 || out->failed)
		return;
	if (q.question_len)
		name_copy(ret->qname, q.qname);
	ret->qtype = q.qtype;
	ret->dnssec_ok = q.dnssec_ok;
	if (rcode == RCODE_NOERROR) {
		z = tree_at(t, server, q.qname, q.qtype, &ret->server);
		if (!z)
			rcode = RCODE_REFUSED;
	}
	if (z)
		m = take_manners(&q, z, ret, tcp, now);
	ret->kind = kind_of((unsigned)rcode);
	if (m.rcode != NO_RCODE)
		rcode = m.rcode;
	limit = limit_of(&q, z, tcp, cap);
	if (limit < REPLY_OPT + REPLY_EDE ||
	    !reply_init(&r, &q, out->data + out->len, limit - opt_size(&q, &m))) {
		ret->kind = ANSWER_SILENT;
		return;
	}
	r.ede = m.ede;
	ret->rcode = (uint8_t)rcode;
	ret->zone = z;
	if (z && m.truncates) {
		r.flags = FLAG_AA | FLAG_TC;
		ret->truncated = true;
	} else if (z && m.rcode == NO_RCODE) {
		answer_zone(&q, z, ret->server, now, &r, ret);
	}
	reply_finish(&r, ret->rcode, z ? z->edns_size : UDP_DEFAULT, limit);
	out->len += r.b.len;
}
