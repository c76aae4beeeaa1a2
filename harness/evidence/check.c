/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/check.h"

#include <errno.h>
#include <string.h>

#define FINDINGS_MAX (8u << 20)

int check_init(struct check *c, struct facts *f, struct err *e)
{
	*c = (struct check){ .facts = f, .signatures = signatures_new() };
	return c->signatures ? 0 : err_set(e, -ENOMEM, "no memory");
}

void check_done(struct check *c)
{
	signatures_free(c->signatures);
	free(c->findings);
	*c = (struct check){ 0 };
}

struct finding check_finding(const struct check *c, const struct exchange *x, enum reason r,
			     const uint8_t *owner, uint16_t type)
{
	return (struct finding){
		.reason = r,
		.zone = facts_zone_of(c->facts, owner, type),
		.owner = owner,
		.type = type,
		.tag = -1,
		.algorithm = -1,
		.qname = x->qname,
		.seen = { .file = x->answered_frame ? x->answered_file : x->file,
			  .frame = x->answered_frame ? x->answered_frame : x->asked_frame,
			  .at = x->answered_frame ? x->answered : x->asked,
			  .server = x->server },
	};
}

void check_add(struct check *c, struct exchange *x, const struct finding *f)
{
	if (c->count == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 256;
		struct finding *more =
			cap <= FINDINGS_MAX ? realloc(c->findings, cap * sizeof(*more)) : NULL;

		if (!more) {
			c->no_memory = true;
			return;
		}
		c->findings = more;
		c->cap = cap;
	}
	if (!x->findings++)
		x->first_finding = c->count;
	c->findings[c->count++] = *f;
}

/* ---- RRsets ---- */

/* One RRset of a section and the signatures over it: lists whose records are the packet's. */
struct signed_set {
	const uint8_t *owner;
	uint16_t type;
	ldns_rr_list *rrs, *rrsigs;
};

static void set_done(struct signed_set *s)
{
	ldns_rr_list_free(s->rrs);
	ldns_rr_list_free(s->rrsigs);
}

static bool covers(const ldns_rr *rrsig, uint16_t type)
{
	const ldns_rdf *covered = ldns_rr_rdf(rrsig, 0);

	return ldns_rr_get_type(rrsig) == LDNS_RR_TYPE_RRSIG && covered &&
	       ldns_rdf_size(covered) == 2 && ldns_rdf2native_int16(covered) == type;
}

/* The RRset that record `i` begins; false where it goes on with one, or is a signature. */
static bool set_at(struct check *c, const ldns_rr_list *section, size_t i, struct signed_set *ret)
{
	const ldns_rr *rr = ldns_rr_list_rr(section, i);
	uint16_t type = (uint16_t)ldns_rr_get_type(rr);
	size_t count = ldns_rr_list_rr_count(section);

	*ret = (struct signed_set){ .owner = facts_rdf_name(c->facts, ldns_rr_owner(rr)),
				    .type = type };
	if (!ret->owner || type == LDNS_RR_TYPE_RRSIG || type == LDNS_RR_TYPE_OPT)
		return false;
	for (size_t k = 0; k < i; k++)
		if (ldns_rr_get_type(ldns_rr_list_rr(section, k)) == type &&
		    facts_rdf_name(c->facts, ldns_rr_owner(ldns_rr_list_rr(section, k))) ==
			    ret->owner)
			return false;
	ret->rrs = ldns_rr_list_new();
	ret->rrsigs = ldns_rr_list_new();
	for (size_t k = 0; ret->rrs && ret->rrsigs && k < count && k < RECORDS_MAX; k++) {
		ldns_rr *other = ldns_rr_list_rr(section, k);

		if (facts_rdf_name(c->facts, ldns_rr_owner(other)) != ret->owner)
			continue;
		if (ldns_rr_get_type(other) == type)
			ldns_rr_list_push_rr(ret->rrs, other);
		else if (covers(other, type))
			ldns_rr_list_push_rr(ret->rrsigs, other);
	}
	return ret->rrs && ret->rrsigs;
}

/* Whether its zone must have signed it: not delegations and what goes with them. */
static bool is_authoritative(const struct exchange *x, const struct signed_set *s)
{
	if (s->type == LDNS_RR_TYPE_NS && !x->aa)
		return false;
	return x->aa || x->side == SIDE_CLIENT || s->type == LDNS_RR_TYPE_DS ||
	       s->type == LDNS_RR_TYPE_NSEC || s->type == LDNS_RR_TYPE_NSEC3;
}

/* Where the DS was changed or taken out, a cache may go on with the one before. */
static void judge_older_ds(struct check *c, struct exchange *x, const uint8_t *zone,
			   const ldns_rr_list *keys)
{
	struct finding f = check_finding(c, x, REASON_CACHED_DS, x->qname, x->qtype);
	const struct version *old = facts_older_ds(c->facts, zone, f.seen.at);

	if (!old || (keys && signature_has_ds(keys, old->rrs)))
		return;
	f.zone = zone;
	f.tag = signature_ds_tag(ldns_rr_list_rr(old->rrs, 0));
	f.keys = old->last;
	f.limit = old->last.at + old->ttl * SECOND;
	check_add(c, x, &f);
}

static void judge_unsigned(struct check *c, struct exchange *x, const struct signed_set *s)
{
	struct finding f = check_finding(c, x, REASON_NO_RRSIG, s->owner, s->type);

	if (!x->dnssec_ok || !is_authoritative(x, s) ||
	    (s->type == LDNS_RR_TYPE_NS && f.zone != s->owner))
		return;
	switch (facts_security(c->facts, f.zone, f.seen.at)) {
	case SECURITY_SECURE:
		check_add(c, x, &f);
		break;
	case SECURITY_INSECURE:
		x->insecure = true;
		judge_older_ds(c, x, f.zone, NULL);
		break;
	case SECURITY_NOT_KNOWN:
		x->unchecked++;
		break;
	}
}

static void judge_algorithms(struct check *c, struct exchange *x, const struct signed_set *s,
			     const uint8_t *zone)
{
	struct finding f = check_finding(c, x, REASON_ALGORITHM, s->owner, s->type);

	f.zone = zone;
	f.algorithm = signature_lacks(c->facts, zone, s->rrsigs, f.seen.at);
	if (f.algorithm >= 0)
		check_add(c, x, &f);
}

static void judge_signed(struct check *c, struct exchange *x, const struct signed_set *s)
{
	struct finding f = check_finding(c, x, REASON_BOGUS, s->owner, s->type);
	enum verdict v = signature_judge(c->signatures, c->facts, s->rrs, s->rrsigs, f.seen.at, &f);

	if (f.zone && facts_security(c->facts, f.zone, f.seen.at) == SECURITY_INSECURE) {
		x->insecure = true;
		return;
	}
	switch (v) {
	case VERDICT_GOOD:
		x->good++;
		judge_algorithms(c, x, s, f.zone);
		break;
	case VERDICT_UNCHECKED:
		x->unchecked++;
		break;
	case VERDICT_BAD:
		check_add(c, x, &f);
		break;
	}
}

/* Whether it is bad under its DS. */
static bool judge_keys(struct check *c, struct exchange *x, const struct signed_set *s)
{
	struct finding f = check_finding(c, x, REASON_DS_NO_KEY, s->owner, s->type);

	if (facts_security(c->facts, s->owner, f.seen.at) == SECURITY_SECURE &&
	    signature_judge_keys(c->signatures, c->facts, s->rrs, s->rrsigs, f.seen.at, &f) ==
		    VERDICT_BAD) {
		check_add(c, x, &f);
		return true;
	}
	judge_older_ds(c, x, s->owner, s->rrs);
	return false;
}

static void judge_set(struct check *c, struct exchange *x, const struct signed_set *s)
{
	if (s->type == LDNS_RR_TYPE_DNSKEY && judge_keys(c, x, s))
		return;
	if (ldns_rr_list_rr_count(s->rrsigs))
		judge_signed(c, x, s);
	else
		judge_unsigned(c, x, s);
}

static void judge_section(struct check *c, struct exchange *x, const ldns_rr_list *section)
{
	for (size_t i = 0; section && i < ldns_rr_list_rr_count(section) && i < RECORDS_MAX; i++) {
		struct signed_set s;

		if (set_at(c, section, i, &s))
			judge_set(c, x, &s);
		set_done(&s);
	}
}

/* ---- answers ---- */

/* The zone that the server was asked for; NULL: it is a resolver. */
static const uint8_t *zone_asked(const struct check *c, const struct exchange *x,
				 const uint8_t *otherwise)
{
	const uint8_t *zone = facts_server_zone(c->facts, &x->server, x->qname);

	if (x->rd)
		return NULL;
	return zone ? zone : otherwise;
}

static void judge_rcode(struct check *c, struct exchange *x)
{
	struct finding f = check_finding(c, x, x->rd ? REASON_FORWARDER_RCODE : REASON_RCODE,
					 x->qname, x->qtype);

	f.zone = zone_asked(c, x, f.zone);
	f.number = x->rcode;
	check_add(c, x, &f);
}

static void judge_no_dnskey(struct check *c, struct exchange *x)
{
	struct finding f = check_finding(c, x, REASON_NO_DNSKEY, x->qname, x->qtype);
	const ldns_rr *ds = facts_ds(c->facts, x->qname, f.seen.at);
	const struct version *v = facts_held(c->facts, x->qname, LDNS_RR_TYPE_DS, f.seen.at);

	if (!ds || facts_security(c->facts, x->qname, f.seen.at) != SECURITY_SECURE) {
		judge_older_ds(c, x, x->qname, NULL);
		return;
	}
	f.zone = x->qname;
	f.tag = signature_ds_tag(ds);
	f.keys = v->first;
	check_add(c, x, &f);
}

static void judge(struct check *c, struct exchange *x, const ldns_pkt *p)
{
	judge_section(c, x, ldns_pkt_answer(p));
	judge_section(c, x, ldns_pkt_authority(p));
	if (x->qtype == LDNS_RR_TYPE_DNSKEY && !x->has_data && (x->aa || x->side == SIDE_CLIENT))
		judge_no_dnskey(c, x);
	check_denial(c, x, p);
}

int check_answer(struct check *c, struct exchange *x, const uint8_t *data, size_t len,
		 struct err *e)
{
	ldns_pkt *p = NULL;

	if (x->tc)
		return 0;
	if (x->rcode != LDNS_RCODE_NOERROR &&
	    (x->rcode != LDNS_RCODE_NXDOMAIN || (!x->aa && !x->rd && x->side == SIDE_AUTHORITY))) {
		judge_rcode(c, x);
	} else if (ldns_wire2pkt(&p, data, len)) {
		struct finding f = check_finding(c, x, REASON_MALFORMED, x->qname, x->qtype);

		check_add(c, x, &f);
	} else {
		judge(c, x, p);
	}
	ldns_pkt_free(p);
	return c->no_memory ? err_set(e, -ENOMEM, "no memory for what is wrong") : 0;
}

int check_silence(struct check *c, struct exchange *x, struct err *e)
{
	struct finding f = check_finding(c, x, x->rd ? REASON_FORWARDER_SILENT : REASON_SILENT,
					 x->qname, x->qtype);

	f.zone = zone_asked(c, x, f.zone);
	check_add(c, x, &f);
	return c->no_memory ? err_set(e, -ENOMEM, "no memory for what is wrong") : 0;
}
