/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/seen_answer.h"

#include <errno.h>
#include <string.h>

#include <ldns/ldns.h>

#include "harness/clients/message.h"
#include "sim/base/buf.h"
#include "zones/rrset.h"

#define CHAIN_MAX 16

struct answer {
	struct seen *s;
	ldns_pkt *pkt;
	ldns_buffer *rdata; /* of one record */
	const uint8_t *qname;
	uint16_t qtype;
	uint8_t chain[NAME_MAX_LEN]; /* where CNAMEs lead from qname */
};

/* A name of a packet, which was put into canonical form; NULL: it is none. */
static const uint8_t *name_of(const ldns_rdf *rdf)
{
	return rdf && ldns_rdf_get_type(rdf) == LDNS_RDF_TYPE_DNAME &&
			       ldns_rdf_size(rdf) <= NAME_MAX_LEN
		       ? ldns_rdf_data(rdf)
		       : NULL;
}

static uint16_t type_of(const ldns_rr *rr)
{
	return (uint16_t)ldns_rr_get_type(rr);
}

/* What the world makes for itself, or never keeps. */
static bool is_made(uint16_t type)
{
	switch (type) {
	case RR_NS:
	case RR_SOA:
	case RR_DS:
	case RR_RRSIG:
	case RR_NSEC:
	case RR_DNSKEY:
	case RR_NSEC3:
	case RR_NSEC3PARAM:
		return true;
	}
	return type >= 128 && type < 256; /* RFC 6895 section 3.1: questions and metadata */
}

/* ---- names ---- */

static void take_record(struct answer *a, struct seen_name *n, const ldns_rr *rr)
{
	struct seen_rrset *set;
	uint16_t type = type_of(rr);

	n->there = true;
	if (is_made(type) || type == RR_OPT)
		return;
	set = seen_rrset(a->s, n, type);
	if (!set)
		return;
	set->there = true;
	if (set->ttl < ldns_rr_ttl(rr))
		set->ttl = ldns_rr_ttl(rr);
	if (type == RR_A || type == RR_AAAA || (type == RR_CNAME && set->len))
		return;
	ldns_buffer_clear(a->rdata);
	if (ldns_rr_rdata2buffer_wire(a->rdata, rr) == LDNS_STATUS_OK)
		seen_add_rdata(a->s, set, ldns_buffer_begin(a->rdata),
			       ldns_buffer_position(a->rdata));
}

/* The zone that speaks of the name at the chain's end. */
static void note_zone(struct answer *a, struct seen_name *n, const uint8_t *apex)
{
	if (n && apex && name_under(a->chain, apex))
		n->zone_labels = (int)name_labels(apex);
}

static const ldns_rr *find_rr(const ldns_rr_list *list, const uint8_t *owner, uint16_t type)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		const uint8_t *name = name_of(ldns_rr_owner(rr));

		if (type_of(rr) == type && name && name_equal(name, owner))
			return rr;
	}
	return NULL;
}

/* Follows CNAMEs; the names on the way are there. */
static void follow(struct answer *a)
{
	const ldns_rr_list *list = ldns_pkt_answer(a->pkt);
	const ldns_rr *rr;
	const uint8_t *to;

	for (unsigned i = 0; a->qtype != RR_CNAME && i < CHAIN_MAX; i++) {
		rr = find_rr(list, a->chain, RR_CNAME);
		to = rr ? name_of(ldns_rr_rdf(rr, 0)) : NULL;
		if (!to)
			return;

		struct seen_name *n = seen_name(a->s, a->chain);

		if (n)
			take_record(a, n, rr);
		name_copy(a->chain, to);
	}
}

/* Of the name at the end of the chain; false: there are none. */
static bool take_records(struct answer *a)
{
	const ldns_rr_list *list = ldns_pkt_answer(a->pkt);
	bool any = false;

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		const uint8_t *owner = name_of(ldns_rr_owner(rr));
		struct seen_name *n;

		if (!owner || !name_equal(owner, a->chain) ||
		    (type_of(rr) != a->qtype && a->qtype != RR_ANY))
			continue;
		n = seen_name(a->s, a->chain);
		if (n)
			take_record(a, n, rr);
		any = true;
	}
	return any;
}

/* ---- zones ---- */

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* RFC 2308 section 5. */
static void take_soa(struct answer *a, const uint8_t *apex, const ldns_rr *rr)
{
	struct seen_zone *z = seen_zone(a->s, apex);
	const ldns_rdf *minimum = ldns_rr_rdf(rr, 6);
	uint32_t ttl;

	if (!z || !minimum || ldns_rdf_size(minimum) != 4)
		return;
	ttl = least(ldns_rr_ttl(rr), ldns_rdf2native_int32(minimum));
	if (z->negative < ttl)
		z->negative = ttl;
}

/* RFC 5155 section 3.2: algorithm, flags, iterations, salt. */
static void take_nsec3(struct answer *a, const uint8_t *owner, const ldns_rr *rr)
{
	struct seen_zone *z = seen_zone(a->s, name_skip(owner, 1));
	const uint8_t *p;
	size_t len;

	ldns_buffer_clear(a->rdata);
	if (!z || ldns_rr_rdata2buffer_wire(a->rdata, rr) != LDNS_STATUS_OK)
		return;
	p = ldns_buffer_begin(a->rdata);
	len = ldns_buffer_position(a->rdata);
	if (len < 5 || len < 5u + p[4])
		return;
	z->nsec3 = z->is_signed = true;
	z->optout |= p[1] & 1;
	z->iterations = get16(p + 2);
	z->salt_len = p[4];
	memcpy(z->salt, p + 5, p[4]);
}

static void take_rrsig(struct answer *a, const uint8_t *owner, const ldns_rr *rr)
{
	const uint8_t *signer = name_of(ldns_rr_rrsig_signame(rr));
	const ldns_rdf *covered = ldns_rr_rrsig_typecovered(rr);
	struct seen_zone *z;

	if (!signer || !covered || !name_under(owner, signer))
		return;
	z = seen_zone(a->s, signer);
	if (!z)
		return;
	z->is_signed = true;
	z->nsec |= ldns_rdf2rr_type(covered) == LDNS_RR_TYPE_NSEC;
}

static void take_ds(struct answer *a, const uint8_t *owner)
{
	struct seen_zone *z = seen_zone(a->s, owner);

	if (z)
		z->is_signed = true;
}

/* A delegation, perhaps with the proof that it has no DS. */
static void take_cut(struct answer *a, const uint8_t *owner)
{
	const ldns_rr_list *list = ldns_pkt_authority(a->pkt);
	struct seen_zone *z = seen_zone(a->s, owner);
	bool proof = false;

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		uint16_t type = type_of(ldns_rr_list_rr(list, i));

		proof |= type == RR_NSEC || type == RR_NSEC3;
	}
	if (z && proof && !find_rr(list, owner, RR_DS) && *owner)
		z->is_unsigned = true;
}

static void take_zone_record(struct answer *a, const ldns_rr *rr, bool is_authority)
{
	const uint8_t *owner = name_of(ldns_rr_owner(rr));
	bool above;

	if (!owner)
		return;
	above = name_under(a->chain, owner) || name_under(a->qname, owner);
	switch (type_of(rr)) {
	case RR_SOA:
		if (above)
			take_soa(a, owner, rr);
		break;
	case RR_NS:
		if (above && is_authority && !ldns_pkt_aa(a->pkt))
			take_cut(a, owner);
		else if (above)
			seen_zone(a->s, owner);
		break;
	case RR_DS:
	case RR_DNSKEY:
		if (above)
			take_ds(a, owner);
		break;
	case RR_RRSIG:
		take_rrsig(a, owner, rr);
		break;
	case RR_NSEC3:
		if (*owner && (name_under(a->chain, name_skip(owner, 1)) ||
			       name_under(a->qname, name_skip(owner, 1))))
			take_nsec3(a, owner, rr);
		break;
	}
}

static void take_zones(struct answer *a, const ldns_rr_list *list, bool is_authority)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		take_zone_record(a, ldns_rr_list_rr(list, i), is_authority);
}

/* The apex that the authority section names as the one that says no. */
static const uint8_t *denier(const struct answer *a)
{
	const ldns_rr_list *list = ldns_pkt_authority(a->pkt);

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		const uint8_t *owner = name_of(ldns_rr_owner(rr));

		if (type_of(rr) == RR_SOA && owner && name_under(a->chain, owner))
			return owner;
	}
	return NULL;
}

/* ---- an answer ---- */

/* Whether it is a referral, RFC 1034 section 4.3.2 step 3b: of the name it says nothing. */
static bool is_referral(const struct answer *a)
{
	const ldns_rr_list *list = ldns_pkt_authority(a->pkt);
	bool ns = false;

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		ns |= type_of(ldns_rr_list_rr(list, i)) == RR_NS;
	return ns && !ldns_pkt_aa(a->pkt) && !denier(a);
}

static void take_nodata(struct answer *a)
{
	struct seen_name *n = seen_name(a->s, a->chain);
	struct seen_rrset *set = n ? seen_rrset(a->s, n, a->qtype) : NULL;

	if (!set)
		return;
	n->there = true;
	set->absent = true;
	note_zone(a, n, denier(a));
}

static bool has_signatures(const struct answer *a)
{
	const ldns_rr_list *list = ldns_pkt_answer(a->pkt);

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		if (type_of(ldns_rr_list_rr(list, i)) == RR_RRSIG)
			return true;
	return false;
}

static void take_noerror(struct answer *a)
{
	struct seen_name *n;

	if (!take_records(a) && !is_referral(a))
		take_nodata(a);
	n = seen_find(a->s, a->qname);
	if (!n)
		return;
	if (ldns_pkt_ad(a->pkt))
		n->secure = true;
	else if (ldns_pkt_edns_do(a->pkt) && ldns_pkt_ancount(a->pkt) && !has_signatures(a))
		n->insecure = true;
}

static void take_nxdomain(struct answer *a)
{
	struct seen_name *n = seen_name(a->s, a->chain);

	if (!n)
		return;
	n->gone = true;
	n->secure |= ldns_pkt_ad(a->pkt);
	note_zone(a, n, denier(a));
}

static void take_failure(struct answer *a, unsigned rcode)
{
	struct seen_name *n = seen_name(a->s, a->qname);

	if (!n)
		return;
	n->failed = true;
	n->rcode = (uint8_t)rcode;
}

static void take_answer(struct answer *a)
{
	unsigned rcode = (unsigned)ldns_pkt_get_rcode(a->pkt);

	follow(a);
	switch (rcode) {
	case RCODE_NOERROR:
		take_noerror(a);
		break;
	case RCODE_NXDOMAIN:
		take_nxdomain(a);
		break;
	case RCODE_SERVFAIL:
		take_failure(a, rcode);
		return;
	case RCODE_NOTIMP:
	case RCODE_REFUSED:
		if (!ldns_pkt_rd(a->pkt))
			take_failure(a, rcode);
		return;
	default:
		return;
	}
	take_zones(a, ldns_pkt_answer(a->pkt), false);
	take_zones(a, ldns_pkt_authority(a->pkt), true);
}

static void to_canonical(ldns_rr_list *list)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		ldns_rr2canonical(ldns_rr_list_rr(list, i));
}

/* Whether all that an answer with an address shows is known already but for its TTL: nearly all answers of
 * a long capture are such, and taking them apart is dear. */
static bool is_known(struct seen *s, const struct message *m)
{
	struct seen_name *n = seen_find(s, m->qname);

	if (!n || m->truncated || m->dnssec_ok)
		return false;
	if (m->rcode == RCODE_NXDOMAIN)
		return n->gone && !m->ad;
	for (unsigned i = 0; m->rcode == RCODE_NOERROR && i < n->set_count; i++)
		if (n->sets[i].type == m->qtype && n->sets[i].there &&
		    name_equal(m->owner, m->qname) && m->address.family &&
		    n->sets[i].ttl >= m->ttl && m->ad == n->secure)
			return true;
	return false;
}

void seen_answer(struct seen *s, const uint8_t *data, size_t len)
{
	struct answer a = { .s = s };
	struct message m;

	if (!message_read(data, len, &m) || !m.is_answer || m.opcode || !m.has_question ||
	    m.qclass != 1 || m.truncated)
		return;
	s->answers++;
	if (is_known(s, &m) || ldns_wire2pkt(&a.pkt, data, len) != LDNS_STATUS_OK)
		return;
	a.rdata = ldns_buffer_new(LDNS_MAX_PACKETLEN);
	a.qname = m.qname;
	a.qtype = m.qtype;
	name_copy(a.chain, m.qname);
	to_canonical(ldns_pkt_answer(a.pkt));
	to_canonical(ldns_pkt_authority(a.pkt));
	if (a.rdata)
		take_answer(&a);
	else
		s->lacks = true;
	ldns_buffer_free(a.rdata);
	ldns_pkt_free(a.pkt);
}

/* ---- a question ---- */

static void take_mark(struct seen_name *n, struct seen_rrset *set, enum trace_mark mark)
{
	set->asked = true;
	switch (mark) {
	case MARK_NONE:
		break;
	case MARK_NXDOMAIN:
		n->gone = true;
		break;
	case MARK_NODATA:
		n->there = set->absent = true;
		break;
	case MARK_SERVFAIL:
		n->failed = true;
		n->rcode = RCODE_SERVFAIL;
		break;
	case MARK_NOERROR:
		n->there = true;
		break;
	}
}

void seen_mark(struct seen *s, const struct trace_query *q)
{
	struct seen_name *n = seen_find(s, q->qname);
	struct seen_rrset *set = n ? seen_rrset(s, n, q->qtype) : NULL;

	if (set)
		take_mark(n, set, q->mark);
}

int seen_query(struct seen *s, const struct trace_query *q)
{
	struct seen_name *n = seen_name(s, q->qname);
	struct seen_rrset *set = n ? seen_rrset(s, n, q->qtype) : NULL;

	if (!set)
		return -ENOMEM;
	n->queries++;
	take_mark(n, set, q->mark);
	return 0;
}
