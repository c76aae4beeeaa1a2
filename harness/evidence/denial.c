/* SPDX-License-Identifier: BSD-2-Clause */
/* denial.c - what an answer says is not there: NSEC (RFC 4035 section 5.4) and NSEC3 (RFC 5155 section
 * 8), judged by ldns. */
#include "harness/evidence/check.h"

#define ITERATIONS_MAX 150 /* RFC 9276 section 3.2: what was agreed upon in 2021; less since */

/* Records of one type in a section: lent. */
static ldns_rr_list *records_of(const ldns_rr_list *section, ldns_rr_type type)
{
	ldns_rr_list *list = ldns_rr_list_new();

	for (size_t i = 0; section && i < ldns_rr_list_rr_count(section) && i < RECORDS_MAX; i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(section, i)) == type)
			ldns_rr_list_push_rr(list, ldns_rr_list_rr(section, i));
	return list;
}

/* Those NSEC3 that anybody may take: of the one hash algorithm, with hashes of its length, and of known
 * flags, RFC 5155 sections 8.1 and 8.2. ldns ends the process with others. */
static ldns_rr_list *usable_nsec3(const ldns_rr_list *section)
{
	ldns_rr_list *all = records_of(section, LDNS_RR_TYPE_NSEC3), *list = ldns_rr_list_new();

	for (size_t i = 0; i < ldns_rr_list_rr_count(all); i++) {
		ldns_rr *rr = ldns_rr_list_rr(all, i);
		const ldns_rdf *owner = ldns_rr_owner(rr);
		const uint8_t *data = ldns_rdf_data(owner);

		if (ldns_rr_rd_count(rr) == 5) /* an empty bitmap, of an empty non-terminal */
			ldns_rr_push_rdf(rr, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_BITMAP, 0, ""));
		if (ldns_rr_rd_count(rr) == 6 &&
		    ldns_rdf2native_int8(ldns_rr_rdf(rr, 0)) == LDNS_SHA1 &&
		    ldns_rdf2native_int8(ldns_rr_rdf(rr, 1)) <= 1 && ldns_rdf_size(owner) > 33 &&
		    data[0] == 32 &&
		    ldns_rdf_size(ldns_rr_rdf(rr, 4)) == 1 + LDNS_SHA1_DIGEST_LENGTH)
			ldns_rr_list_push_rr(list, rr);
	}
	ldns_rr_list_free(all);
	return list;
}

/* Whatever proofs there are in an answer. */
struct proofs {
	ldns_rr_list *nsec, *nsec3, *rrsigs;
};

static void proofs_init(struct proofs *r, const ldns_rr_list *section)
{
	r->nsec = records_of(section, LDNS_RR_TYPE_NSEC);
	r->nsec3 = usable_nsec3(section);
	r->rrsigs = records_of(section, LDNS_RR_TYPE_RRSIG);
}

static void proofs_done(struct proofs *r)
{
	ldns_rr_list_free(r->nsec);
	ldns_rr_list_free(r->nsec3);
	ldns_rr_list_free(r->rrsigs);
}

static unsigned iterations_of(const ldns_rr_list *nsec3)
{
	unsigned most = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(nsec3); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(ldns_rr_list_rr(nsec3, i), 2);

		if (rdf && ldns_rdf_size(rdf) == 2 && ldns_rdf2native_int16(rdf) > most)
			most = ldns_rdf2native_int16(rdf);
	}
	return most;
}

/* A name without records, between an NSEC's owner and the next one, which is below it: RFC 4035 section
 * 3.1.3.2 has the NSEC that "covers" it. ldns does not know it. */
static bool is_empty_name(const struct proofs *r, const uint8_t *name)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(r->nsec); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(r->nsec, i);
		uint8_t owner[NAME_MAX_LEN], next[NAME_MAX_LEN];

		if (facts_wire(ldns_rr_owner(rr), owner) && facts_wire(ldns_rr_rdf(rr, 0), next) &&
		    name_under(next, name) && name_compare(owner, name) < 0)
			return true;
	}
	return false;
}

static bool is_proven(const struct proofs *r, const uint8_t *owner, uint16_t type,
		      const ldns_pkt *p, bool nodata)
{
	ldns_rdf *name =
		ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name_len(owner), (const void *)owner);
	ldns_rr *rr = ldns_rr_new();
	ldns_status status;

	ldns_rr_set_owner(rr, name);
	ldns_rr_set_type(rr, (ldns_rr_type)type);
	if (ldns_rr_list_rr_count(r->nsec3))
		status = ldns_dnssec_verify_denial_nsec3(
			rr, r->nsec3, r->rrsigs, ldns_pkt_get_rcode(p), (ldns_rr_type)type, nodata);
	else
		status = ldns_dnssec_verify_denial(rr, r->nsec, r->rrsigs);
	ldns_rr_free(rr);
	return status == LDNS_STATUS_OK || (nodata && is_empty_name(r, owner));
}

/* What `owner` denies, it must prove. */
static void judge_proof(struct check *c, struct exchange *x, const ldns_pkt *p, const uint8_t *zone,
			const uint8_t *owner, uint16_t type, bool nodata)
{
	struct finding f = check_finding(c, x, REASON_NO_PROOF, owner, type);
	struct proofs r;

	f.zone = zone;
	proofs_init(&r, ldns_pkt_authority(p));
	f.number = iterations_of(r.nsec3);
	if (f.number > ITERATIONS_MAX)
		f.reason = REASON_ITERATIONS;
	else if (ldns_rr_list_rr_count(r.nsec) + ldns_rr_list_rr_count(r.nsec3))
		f.reason = REASON_BAD_PROOF;
	if (f.reason != REASON_BAD_PROOF || !is_proven(&r, owner, type, p, nodata))
		check_add(c, x, &f);
	proofs_done(&r);
}

/* The owner of the first record of a type in the authority section. */
static const uint8_t *owner_of(struct check *c, const ldns_pkt *p, ldns_rr_type type)
{
	const ldns_rr_list *section = ldns_pkt_authority(p);

	for (size_t i = 0; section && i < ldns_rr_list_rr_count(section) && i < RECORDS_MAX; i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(section, i)) == type)
			return facts_rdf_name(c->facts, ldns_rr_owner(ldns_rr_list_rr(section, i)));
	return NULL;
}

/* A referral from a zone with a DS to one without says so, RFC 4035 section 3.1.4.1. */
static void judge_referral(struct check *c, struct exchange *x, const ldns_pkt *p,
			   const uint8_t *cut)
{
	const uint8_t *zone = facts_zone_of(c->facts, cut, LDNS_RR_TYPE_DS);

	if (x->dnssec_ok && !owner_of(c, p, LDNS_RR_TYPE_DS) &&
	    facts_security(c->facts, zone, x->answered) == SECURITY_SECURE)
		judge_proof(c, x, p, zone, cut, LDNS_RR_TYPE_DS, true);
}

/* A name, or one above it in the zone, that some answer has. */
static const uint8_t *there_above(struct check *c, const uint8_t *name, const uint8_t *zone)
{
	for (; name_len(name) > name_len(zone); name = name_skip(name, 1))
		if (facts_is_there(c->facts, name, 0))
			return facts_name(c->facts, name);
	return NULL;
}

static void judge_gone(struct check *c, struct exchange *x, const uint8_t *zone)
{
	struct finding f = check_finding(c, x, REASON_GONE, x->qname, x->qtype);

	f.zone = zone;
	f.number = x->rcode;
	f.owner = there_above(c, x->qname, zone);
	if (f.owner && x->rcode == LDNS_RCODE_NXDOMAIN)
		check_add(c, x, &f);
	f.reason = REASON_DENIES_WHAT_IS;
	f.owner = x->qname;
	if (x->rcode == LDNS_RCODE_NOERROR && facts_is_there(c->facts, x->qname, x->qtype))
		check_add(c, x, &f);
}

/* An NSEC whose bitmap lacks a type that its owner has. */
static void judge_bitmaps(struct check *c, struct exchange *x, const ldns_pkt *p)
{
	static const ldns_rr_type types[] = { LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA, LDNS_RR_TYPE_MX,
					      LDNS_RR_TYPE_TXT, LDNS_RR_TYPE_CNAME };
	ldns_rr_list *list = records_of(ldns_pkt_authority(p), LDNS_RR_TYPE_NSEC);

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		const uint8_t *owner = facts_rdf_name(c->facts, ldns_rr_owner(rr));
		const ldns_rdf *bitmap = ldns_rr_rdf(rr, 1);

		for (size_t k = 0; owner && bitmap && k < ARRAY_SIZE(types); k++) {
			struct finding f = check_finding(c, x, REASON_DENIES_WHAT_IS, owner,
							 (uint16_t)types[k]);

			if (facts_is_there(c->facts, owner, (uint16_t)types[k]) &&
			    !ldns_nsec_bitmap_covers_type(bitmap, types[k]))
				check_add(c, x, &f);
		}
	}
	ldns_rr_list_free(list);
}

/* A record whose next hash is its own covers every name but one, which ldns takes for none. */
static bool is_alone(const ldns_rr *nsec3)
{
	const uint8_t *label = ldns_rdf_data(ldns_rr_owner(nsec3));
	const ldns_rdf *next = ldns_rr_rdf(nsec3, 4);
	uint8_t own[32];
	int len = ldns_b32_pton_extended_hex((const char *)label + 1, label[0], own, sizeof(own));

	return len > 0 && ldns_rdf_size(next) == (size_t)len + 1 &&
	       memcmp(ldns_rdf_data(next) + 1, own, (size_t)len) == 0;
}

static bool covers(const ldns_rr *nsec3, const ldns_rr *other)
{
	const ldns_rdf *name = ldns_rr_owner(other), *owner = ldns_rr_owner(nsec3);

	if (ldns_dname_compare(name, owner) == 0)
		return false;
	return is_alone(nsec3) || ldns_nsec_covers_name(nsec3, name);
}

/* Of one answer: an NSEC3 that covers the owner of another one denies what that one is of. */
static void judge_widths(struct check *c, struct exchange *x, const ldns_pkt *p)
{
	ldns_rr_list *list = usable_nsec3(ldns_pkt_authority(p));
	size_t count = ldns_rr_list_rr_count(list);

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++) {
			const ldns_rr *other = ldns_rr_list_rr(list, k);
			struct finding f = check_finding(
				c, x, REASON_TOO_WIDE,
				facts_rdf_name(c->facts, ldns_rr_owner(other)), LDNS_RR_TYPE_NSEC3);

			if (f.owner && covers(ldns_rr_list_rr(list, i), other))
				check_add(c, x, &f);
		}
	}
	ldns_rr_list_free(list);
}

void check_denial(struct check *c, struct exchange *x, const ldns_pkt *p)
{
	const uint8_t *soa = owner_of(c, p, LDNS_RR_TYPE_SOA);
	const uint8_t *cut = owner_of(c, p, LDNS_RR_TYPE_NS);
	const uint8_t *zone = soa ? soa : facts_zone_of(c->facts, x->qname, x->qtype);

	judge_bitmaps(c, x, p);
	judge_widths(c, x, p);
	if (!x->has_data && !x->aa && cut && !soa) {
		x->referral = cut;
		judge_referral(c, x, p, cut);
		return;
	}
	if (x->has_data || (!x->aa && x->side != SIDE_CLIENT) || !name_under(x->qname, zone))
		return;
	judge_gone(c, x, zone);
	if (x->dnssec_ok && facts_security(c->facts, zone, x->answered) == SECURITY_SECURE)
		judge_proof(c, x, p, zone, x->qname, x->qtype, x->rcode == LDNS_RCODE_NOERROR);
}
