/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/prepared.h"
#include "tests/support/test.h"

#include <ldns/ldns.h>

#include "sim/authority/answer.h"
#include "sim/authority/query.h"
#include "sim/authority/transfer.h"
#include "zones/content.h"

#define TYPE_NOBODY_HAS 99

static uint8_t reply[65535];

/* A question and how it is put. */
struct ask {
	struct address server;
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype;
	bool plain; /* no EDNS at all */
	bool no_do;
	uint16_t size; /* 4096 */
	bool tcp;
};

struct got {
	struct answer answer;
	struct buf b;
	ldns_pkt *pkt;
};

static size_t make_query(const struct ask *a, uint8_t query[600])
{
	struct buf b = buf_over(query, 600);

	buf_u16(&b, 0x1234);
	buf_u16(&b, FLAG_RD | FLAG_CD);
	buf_u16(&b, 1);
	buf_u32(&b, 0);
	buf_u16(&b, !a->plain);
	buf_put(&b, a->qname, name_len(a->qname));
	buf_u16(&b, a->qtype);
	buf_u16(&b, 1);
	if (!a->plain) {
		buf_u8(&b, 0);
		buf_u16(&b, RR_OPT);
		buf_u16(&b, a->size ? a->size : 4096);
		buf_u32(&b, a->no_do ? 0 : 0x8000);
		buf_u16(&b, 0);
	}
	return b.len;
}

static void got_done(struct got *g)
{
	ldns_pkt_free(g->pkt);
	g->pkt = NULL;
}

static struct got send_bytes(const struct address *server, const uint8_t *query, size_t len,
			     bool tcp)
{
	struct got g = { .b = buf_over(reply, sizeof(reply)) };

	answer_make(tree, server, query, len, tcp, WORLD_NOW, &g.b, &g.answer);
	if (g.b.len)
		assert_int_equal(ldns_wire2pkt(&g.pkt, reply, g.b.len), LDNS_STATUS_OK);
	return g;
}

static struct got ask(const struct ask *a)
{
	uint8_t query[600];
	size_t len = make_query(a, query);
	struct got g = send_bytes(&a->server, query, len, a->tcp);

	assert_non_null(g.pkt);
	assert_int_equal(ldns_pkt_id(g.pkt), 0x1234);
	assert_true(ldns_pkt_qr(g.pkt) && ldns_pkt_rd(g.pkt) && ldns_pkt_cd(g.pkt));
	assert_false(ldns_pkt_ra(g.pkt) || ldns_pkt_ad(g.pkt));
	assert_memory_equal(reply + 12, query + 12, name_len(a->qname) + 4);
	assert_true(fault_set_empty(&g.answer.faults));
	assert_int_equal(ldns_pkt_edns(g.pkt), !a->plain);
	return g;
}

/* The zone under test: its name, and the server to ask. */
struct place {
	uint8_t apex[NAME_MAX_LEN];
	struct address server;
	bool nsec3, optout;
};

static struct place plan_place(const char *apex)
{
	struct zone *z = tree_zone(tree, N(apex));
	struct place p = { .server = z->servers[0].v4,
			   .nsec3 = z->denial == DENIAL_NSEC3,
			   .optout = z->optout };

	name_copy(p.apex, z->apex);
	return p;
}

/* The first delegation of a zone's population that is signed, or is not. */
static struct delegation delegation_of(const char *apex, bool is_signed)
{
	const struct zone *z = tree_zone(tree, N(apex));
	struct delegation d;

	for (uint64_t n = 0; n < z->population->count; n++) {
		tree_delegation_plan(z, n, &d);
		if (d.is_signed == is_signed)
			return d;
	}
	fail_msg("no such delegation");
	return d;
}

static struct place leaf_place(const char *apex)
{
	struct delegation d = delegation_of(apex, true);
	const struct zone *leaf = tree_leaf(tree_zone(tree, N(apex)), &d);
	struct place p = { .server = leaf->servers[1].v6 };

	name_copy(p.apex, d.name);
	return p;
}

static struct got ask_at(const struct place *p, const uint8_t *qname, uint16_t qtype)
{
	struct ask a = { .server = p->server, .qtype = qtype, .tcp = true };

	name_copy(a.qname, qname);
	return ask(&a);
}

/* "label.label.<apex>" */
static struct name below(const char *labels, const struct place *p)
{
	struct name n = name_of(labels);
	size_t len = name_len(n.wire) - 1;

	memcpy(n.wire + len, p->apex, name_len(p->apex));
	return n;
}

static ldns_rdf *rdf_of(const uint8_t *name)
{
	return ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name_len(name), name);
}

static bool owned_by(const ldns_rr *rr, const uint8_t *name)
{
	ldns_rdf *rdf = rdf_of(name);
	bool same = !ldns_dname_compare(ldns_rr_owner(rr), rdf);

	ldns_rdf_deep_free(rdf);
	return same;
}

static size_t count_of(const struct got *g, ldns_pkt_section section, uint16_t type)
{
	ldns_rr_list *list = ldns_pkt_get_section_clone(g->pkt, section);
	size_t n = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		n += ldns_rr_get_type(ldns_rr_list_rr(list, i)) == type;
	ldns_rr_list_deep_free(list);
	return n;
}

/* The NSEC3 owner hash of a name under the parameters of `rr`, as a name; the name itself
 * for NSEC. */
static ldns_rdf *chain_name(const ldns_rr *rr, const uint8_t *name)
{
	ldns_rdf *rdf = rdf_of(name), *hash, *zone;

	if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC)
		return rdf;
	hash = ldns_nsec3_hash_name_frm_nsec3(rr, rdf);
	zone = ldns_dname_left_chop(ldns_rr_owner(rr));
	assert_int_equal(ldns_dname_cat(hash, zone), LDNS_STATUS_OK);
	ldns_rdf_deep_free(zone);
	ldns_rdf_deep_free(rdf);
	return hash;
}

enum relation { MATCHES, COVERS };

/* The NSEC or NSEC3 in the message that matches or covers the name, NULL when there is none. */
static const ldns_rr *proof_in(const struct got *g, enum relation relation, const uint8_t *name)
{
	const ldns_rr_list *list = ldns_pkt_authority(g->pkt);

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		ldns_rdf *wanted;
		bool found;

		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC &&
		    ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC3)
			continue;
		wanted = chain_name(rr, name);
		if (relation == MATCHES)
			found = !ldns_dname_compare(ldns_rr_owner(rr), wanted);
		else
			found = ldns_nsec_covers_name(rr, wanted) &&
				ldns_dname_compare(ldns_rr_owner(rr), wanted);
		ldns_rdf_deep_free(wanted);
		if (found)
			return rr;
	}
	return NULL;
}

static size_t proof_count(const struct got *g)
{
	return count_of(g, LDNS_SECTION_AUTHORITY, RR_NSEC) +
	       count_of(g, LDNS_SECTION_AUTHORITY, RR_NSEC3);
}

static bool bitmap_has(const ldns_rr *rr, uint16_t type)
{
	return ldns_nsec_bitmap_covers_type(ldns_nsec_get_bitmap(rr), type);
}

static ldns_rr_list *keys_of(const struct place *p)
{
	struct got g = ask_at(p, p->apex, RR_DNSKEY);
	ldns_rr_list *keys =
		ldns_pkt_rr_list_by_type(g.pkt, LDNS_RR_TYPE_DNSKEY, LDNS_SECTION_ANSWER);

	assert_non_null(keys);
	got_done(&g);
	return keys;
}

/* Every RRset of the section that is the zone's own is signed, and ldns agrees with every
 * signature. */
static void verify_section(const struct got *g, const ldns_rr_list *section, bool referral,
			   const ldns_rr_list *keys)
{
	size_t count = ldns_rr_list_rr_count(section);

	for (size_t i = 0; i < count; i++) {
		ldns_rr *rr = ldns_rr_list_rr(section, i);
		ldns_rr_list *set, *sigs, *good = ldns_rr_list_new();
		ldns_rr_type type = ldns_rr_get_type(rr);

		if (type == LDNS_RR_TYPE_RRSIG || (type == LDNS_RR_TYPE_NS && referral))
			goto next;
		set = ldns_pkt_rr_list_by_name_and_type(g->pkt, ldns_rr_owner(rr), type,
							LDNS_SECTION_ANY_NOQUESTION);
		sigs = ldns_dnssec_pkt_get_rrsigs_for_name_and_type(g->pkt, ldns_rr_owner(rr),
								    type);
		assert_non_null(sigs);
		/* Lowered for a negative answer; the signature says what it was. */
		for (size_t k = 0; k < ldns_rr_list_rr_count(set); k++)
			ldns_rr_set_ttl(ldns_rr_list_rr(set, k),
					ldns_rdf2native_int32(
						ldns_rr_rrsig_origttl(ldns_rr_list_rr(sigs, 0))));
		assert_int_equal(ldns_verify_time(set, sigs, keys, WORLD_NOW / SECOND, good),
				 LDNS_STATUS_OK);
		ldns_rr_list_deep_free(set);
		ldns_rr_list_deep_free(sigs);
	next:
		ldns_rr_list_free(good);
	}
}

static void verify(const struct got *g, const struct place *p)
{
	ldns_rr_list *keys = keys_of(p);
	bool referral = !ldns_pkt_aa(g->pkt);

	verify_section(g, ldns_pkt_answer(g->pkt), false, keys);
	verify_section(g, ldns_pkt_authority(g->pkt), referral, keys);
	ldns_rr_list_deep_free(keys);
}

static void expect_shape(const struct got *g, unsigned rcode, bool aa, bool answered)
{
	assert_int_equal(g->answer.kind, ANSWER_OK);
	assert_int_equal(ldns_pkt_get_rcode(g->pkt), rcode);
	assert_int_equal(ldns_pkt_aa(g->pkt), aa);
	assert_int_equal(ldns_pkt_tc(g->pkt), false);
	assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_answer(g->pkt)) != 0, answered);
}

static void expect_negative(const struct got *g, const struct place *p, unsigned rcode)
{
	const ldns_rr *soa = ldns_rr_list_rr(ldns_pkt_authority(g->pkt), 0);

	expect_shape(g, rcode, true, false);
	assert_int_equal(ldns_rr_get_type(soa), LDNS_RR_TYPE_SOA);
	assert_true(owned_by(soa, p->apex));
	assert_true(ldns_rr_ttl(soa) <= ldns_rdf2native_int32(ldns_rr_rdf(soa, 6)));
}

static void expect_present(const struct place *p, const uint8_t *name, uint16_t type)
{
	struct got g = ask_at(p, name, type);

	expect_shape(&g, LDNS_RCODE_NOERROR, true, true);
	assert_true(count_of(&g, LDNS_SECTION_ANSWER, type));
	assert_true(count_of(&g, LDNS_SECTION_ANSWER, RR_RRSIG));
	verify(&g, p);
	got_done(&g);
}

/* `depth`: labels from the name to its closest encloser. */
static void expect_nxdomain(const struct place *p, const uint8_t *name, unsigned depth)
{
	struct got g = ask_at(p, name, RR_A);
	uint8_t wild[NAME_MAX_LEN];

	expect_negative(&g, p, LDNS_RCODE_NXDOMAIN);
	assert_int_equal(name_prepend(wild, "*", name_skip(name, depth)), 0);
	assert_non_null(proof_in(&g, COVERS, wild));
	if (p->nsec3) {
		assert_non_null(proof_in(&g, MATCHES, name_skip(name, depth)));
		assert_non_null(proof_in(&g, COVERS, name_skip(name, depth - 1)));
	} else {
		assert_non_null(proof_in(&g, COVERS, name));
	}
	assert_in_range(proof_count(&g), 1, p->nsec3 ? 3 : 2);
	verify(&g, p);
	got_done(&g);
}

static void expect_nodata(const struct place *p, const uint8_t *name, uint16_t type)
{
	struct got g = ask_at(p, name, type);
	const ldns_rr *rr = proof_in(&g, MATCHES, name);

	expect_negative(&g, p, LDNS_RCODE_NOERROR);
	assert_non_null(rr);
	assert_false(bitmap_has(rr, type) || bitmap_has(rr, RR_CNAME));
	assert_int_equal(proof_count(&g), 1);
	verify(&g, p);
	got_done(&g);
}

/* No NSEC matches an empty non-terminal. */
static void expect_empty(const struct place *p, const uint8_t *name)
{
	struct got g = ask_at(p, name, RR_A);

	expect_negative(&g, p, LDNS_RCODE_NOERROR);
	assert_non_null(proof_in(&g, p->nsec3 ? MATCHES : COVERS, name));
	assert_int_equal(proof_count(&g), 1);
	verify(&g, p);
	got_done(&g);
}

static void expect_apex(const struct place *p)
{
	expect_present(p, p->apex, RR_SOA);
	expect_present(p, p->apex, RR_NS);
	expect_present(p, p->apex, RR_DNSKEY);
	if (p->nsec3)
		expect_present(p, p->apex, RR_NSEC3PARAM);
	else
		expect_present(p, p->apex, RR_NSEC);
	expect_nodata(p, p->apex, TYPE_NOBODY_HAS);
	expect_nodata(p, p->apex, RR_DS);
	expect_nxdomain(p, below("nobody", p).wire, 1);
	expect_nxdomain(p, below("zzz.far.below.nobody", p).wire, 4);
}

/* A delegation's own proof that it has no DS: as a referral, or as the answer to DS. */
static void expect_no_ds(const struct got *g, const struct place *p, const uint8_t *cut)
{
	const ldns_rr *rr = proof_in(g, MATCHES, cut);

	assert_int_equal(count_of(g, LDNS_SECTION_AUTHORITY, RR_DS), 0);
	if (!p->optout) {
		assert_non_null(rr);
		assert_true(bitmap_has(rr, RR_NS));
		assert_false(bitmap_has(rr, RR_DS) || bitmap_has(rr, RR_SOA));
		assert_int_equal(proof_count(g), 1);
		return;
	}
	assert_null(rr);
	assert_non_null(proof_in(g, MATCHES, p->apex));
	rr = proof_in(g, COVERS, cut);
	assert_non_null(rr);
	assert_true(ldns_nsec3_optout(rr));
	assert_in_range(proof_count(g), 1, 2);
}

static void expect_cut(const struct place *p, const struct delegation *d)
{
	struct name deep;
	struct got g = ask_at(p, d->name, RR_A);

	expect_shape(&g, LDNS_RCODE_NOERROR, false, false);
	assert_int_equal(count_of(&g, LDNS_SECTION_AUTHORITY, RR_NS), 2);
	assert_int_equal(count_of(&g, LDNS_SECTION_AUTHORITY, RR_SOA), 0);
	assert_int_equal(count_of(&g, LDNS_SECTION_AUTHORITY, RR_DS), d->is_signed);
	if (!d->is_signed)
		expect_no_ds(&g, p, d->name);
	verify(&g, p);
	got_done(&g);

	assert_int_equal(name_prepend(deep.wire, "www", d->name), 0);
	g = ask_at(p, deep.wire, RR_DS);
	expect_shape(&g, LDNS_RCODE_NOERROR, false, false);
	assert_int_equal(count_of(&g, LDNS_SECTION_AUTHORITY, RR_NS), 2);
	got_done(&g);

	if (d->is_signed) {
		expect_present(p, d->name, RR_DS);
		return;
	}
	g = ask_at(p, d->name, RR_DS);
	expect_negative(&g, p, LDNS_RCODE_NOERROR);
	expect_no_ds(&g, p, d->name);
	verify(&g, p);
	got_done(&g);
}

static void expect_cuts(const char *apex)
{
	struct place p = plan_place(apex);
	struct delegation with = delegation_of(apex, true), without = delegation_of(apex, false);

	expect_cut(&p, &with);
	expect_cut(&p, &without);
}

static void the_root_answers(void **state)
{
	struct place p = plan_place(".");
	struct got g;

	(void)state;
	expect_apex(&p);
	expect_empty(&p, N("test."));
	expect_present(&p, N("a.root-servers.test."), RR_A);
	expect_nxdomain(&p, N("x.root-servers.test."), 1);
	expect_present(&p, N("de."), RR_DS);
	g = ask_at(&p, N("www.example.de."), RR_A);
	expect_shape(&g, LDNS_RCODE_NOERROR, false, false);
	assert_int_equal(count_of(&g, LDNS_SECTION_AUTHORITY, RR_NS), 3);
	assert_int_equal(count_of(&g, LDNS_SECTION_AUTHORITY, RR_DS), 1);
	assert_int_equal(count_of(&g, LDNS_SECTION_ADDITIONAL, RR_A), 3);
	assert_int_equal(count_of(&g, LDNS_SECTION_ADDITIONAL, RR_AAAA), 3);
	verify(&g, &p);
	got_done(&g);
}

static void an_opt_out_tld_answers(void **state)
{
	struct place p = plan_place("de.");

	(void)state;
	expect_apex(&p);
	expect_cuts("de.");
	expect_empty(&p, N("nic.de."));
	expect_present(&p, N("a.nic.de."), RR_AAAA);
	expect_nodata(&p, N("a.nic.de."), RR_MX);
}

static void an_nsec3_tld_answers(void **state)
{
	struct place p = plan_place("org.");

	(void)state;
	expect_apex(&p);
	expect_cuts("org.");
	expect_empty(&p, N("nic.org."));
}

static void an_nsec_tld_answers(void **state)
{
	struct place p = plan_place("net.");

	(void)state;
	expect_apex(&p);
	expect_cuts("net.");
	expect_empty(&p, N("under.net."));
	expect_empty(&p, N("de.net."));
	expect_present(&p, N("l.de.net."), RR_A);
}

/* RFC 4035 section 5.3.4: fewer labels in the signature than in the owner tell that a wildcard was
 * signed. */
static bool signed_as_wildcard(const struct got *g, const uint8_t *name)
{
	const ldns_rr_list *list = ldns_pkt_answer(g->pkt);

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);

		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG && owned_by(rr, name))
			return ldns_rdf2native_int8(ldns_rr_rrsig_labels(rr)) < name_labels(name);
	}
	return false;
}

static void expect_wildcard(const struct place *p)
{
	struct name name = below("x.y.wild", p);
	struct got g = ask_at(p, name.wire, RR_A);

	expect_shape(&g, LDNS_RCODE_NOERROR, true, true);
	assert_true(signed_as_wildcard(&g, name.wire));
	assert_non_null(proof_in(&g, COVERS, p->nsec3 ? name_skip(name.wire, 1) : name.wire));
	assert_int_equal(proof_count(&g), 1);
	verify(&g, p);
	got_done(&g);

	g = ask_at(p, name.wire, RR_NSEC);
	if (p->nsec3) {
		expect_negative(&g, p, LDNS_RCODE_NOERROR);
	} else { /* it is there, and comes out of the wildcard (RFC 4592 section 4.8) */
		expect_shape(&g, LDNS_RCODE_NOERROR, true, true);
		assert_int_equal(count_of(&g, LDNS_SECTION_ANSWER, RR_NSEC), 1);
		assert_true(signed_as_wildcard(&g, name.wire));
		assert_non_null(proof_in(&g, COVERS, name.wire));
	}
	verify(&g, p);
	got_done(&g);

	g = ask_at(p, name.wire, RR_MX);
	expect_negative(&g, p, LDNS_RCODE_NOERROR);
	assert_non_null(proof_in(&g, MATCHES, below("*.wild", p).wire));
	assert_non_null(proof_in(&g, COVERS, p->nsec3 ? name_skip(name.wire, 1) : name.wire));
	verify(&g, p);
	got_done(&g);
}

static void expect_alias(const struct place *p)
{
	struct got g = ask_at(p, below("alias", p).wire, RR_AAAA);

	expect_shape(&g, LDNS_RCODE_NOERROR, true, true);
	assert_int_equal(count_of(&g, LDNS_SECTION_ANSWER, RR_CNAME), 1);
	assert_int_equal(count_of(&g, LDNS_SECTION_ANSWER, RR_AAAA), 1);
	verify(&g, p);
	got_done(&g);

	g = ask_at(p, below("alias", p).wire, RR_TXT);
	assert_int_equal(count_of(&g, LDNS_SECTION_ANSWER, RR_CNAME), 1);
	assert_int_equal(count_of(&g, LDNS_SECTION_AUTHORITY, RR_SOA), 1);
	assert_non_null(proof_in(&g, MATCHES, below("www", p).wire));
	verify(&g, p);
	got_done(&g);
}

static void expect_leaf(const struct place *p)
{
	static const uint16_t of_apex[] = { RR_A, RR_AAAA, RR_MX, RR_TXT };

	expect_apex(p);
	for (unsigned i = 0; i < ARRAY_SIZE(of_apex); i++)
		expect_present(p, p->apex, of_apex[i]);
	expect_present(p, below("www", p).wire, RR_A);
	expect_present(p, below("mail", p).wire, RR_AAAA);
	expect_nodata(p, below("www", p).wire, RR_MX);
	expect_empty(p, below("wild", p).wire);
	expect_nxdomain(p, below("a.www", p).wire, 1);
	expect_wildcard(p);
	expect_alias(p);
}

static void leafs_of_every_algorithm_answer(void **state)
{
	struct place p;

	(void)state;
	p = plan_place("rsa.org.");
	expect_leaf(&p);
	p = plan_place("ed.org.");
	expect_leaf(&p);
	p = plan_place("deep.under.net.");
	expect_leaf(&p);
	p = leaf_place("net.");
	expect_leaf(&p);
	p = leaf_place("org.");
	expect_leaf(&p);
	p = leaf_place("de.");
	expect_leaf(&p);
}

static void an_unsigned_leaf_has_neither_signatures_nor_proofs(void **state)
{
	struct place p = plan_place("plain.org.");
	struct got g = ask_at(&p, N("www.plain.org."), RR_A);

	(void)state;
	expect_shape(&g, LDNS_RCODE_NOERROR, true, true);
	assert_int_equal(count_of(&g, LDNS_SECTION_ANY_NOQUESTION, RR_RRSIG), 0);
	got_done(&g);
	g = ask_at(&p, N("nobody.plain.org."), RR_A);
	expect_negative(&g, &p, LDNS_RCODE_NXDOMAIN);
	assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_authority(g.pkt)), 1);
	got_done(&g);
}

static void signatures_come_only_with_do(void **state)
{
	struct ask a = {
		.server = world_v4(0x101), .qname = "\2de", .qtype = RR_SOA, .no_do = true
	};
	struct got g = ask(&a);

	(void)state;
	assert_int_equal(count_of(&g, LDNS_SECTION_ANY_NOQUESTION, RR_RRSIG), 0);
	assert_false(ldns_pkt_edns_do(g.pkt));
	got_done(&g);
	memcpy(a.qname, name_of("nobody.de.").wire, NAME_MAX_LEN);
	g = ask(&a);
	assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_authority(g.pkt)), 1);
	got_done(&g);
	a.plain = true;
	g = ask(&a);
	assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_authority(g.pkt)), 1);
	got_done(&g);
}

static void an_address_tells_when_it_was_given(void **state)
{
	struct place p = plan_place("plain.org.");
	struct got g = ask_at(&p, N("x.wild.plain.org."), RR_A);
	ldns_rr *rr = ldns_rr_list_rr(ldns_pkt_answer(g.pkt), 0);
	const uint8_t *bytes = ldns_rdf_data(ldns_rr_rdf(rr, 0));

	(void)state;
	assert_int_equal(tree_address_read(tree, N("x.wild.plain.org."), 4, bytes),
			 (WORLD_NOW - WORLD_FROM) / SECOND);
	got_done(&g);
}

/* Glue below the cut has to be there; that of a hoster under another TLD can't. */
static void a_referral_has_the_glue_it_needs(void **state)
{
	struct place net = plan_place("net."), de = plan_place("de.");
	const struct zone *zone = tree_zone(tree, N("de."));
	struct got g = ask_at(&net, N("www.deep.under.net."), RR_A);
	struct delegation d;
	unsigned with = 0, without = 0;

	(void)state;
	assert_int_equal(count_of(&g, LDNS_SECTION_ADDITIONAL, RR_A), 1);
	assert_int_equal(count_of(&g, LDNS_SECTION_ADDITIONAL, RR_AAAA), 1);
	got_done(&g);
	for (uint64_t n = 0; n < 100; n++) {
		size_t glue;

		tree_delegation_plan(zone, n, &d);
		g = ask_at(&de, d.name, RR_A);
		glue = count_of(&g, LDNS_SECTION_ADDITIONAL, RR_A);
		assert_true(glue == 0 || glue == 2);
		*(glue ? &with : &without) += 1;
		got_done(&g);
	}
	assert_in_range(without, 5, 45);
	assert_in_range(with, 55, 95);
}

static void a_hosters_own_servers_are_found(void **state)
{
	struct place p = plan_place("de.");
	struct got g = ask_at(&p, N("ns1.h000.de."), RR_A);
	struct ask a = { .qtype = RR_A };

	(void)state;
	assert_int_equal(count_of(&g, LDNS_SECTION_ADDITIONAL, RR_A), 2);
	got_done(&g);
	a.server = (struct address){ 4, { 198, 18, 64, 1 } };
	memcpy(a.qname, name_of("ns1.h000.de.").wire, NAME_MAX_LEN);
	g = ask(&a);
	expect_shape(&g, LDNS_RCODE_NOERROR, true, true);
	assert_memory_equal(
		ldns_rdf_data(ldns_rr_rdf(ldns_rr_list_rr(ldns_pkt_answer(g.pkt), 0), 0)),
		"\xc6\x12\x40\x00", 4);
	got_done(&g);
}

static void the_wrong_server_refuses(void **state)
{
	struct ask a = { .server = world_v4(0x201), .qname = "\2de", .qtype = RR_A };
	struct got g = ask(&a);
	struct delegation d = delegation_of("de.", false);

	(void)state;
	assert_int_equal(ldns_pkt_get_rcode(g.pkt), LDNS_RCODE_REFUSED);
	assert_int_equal(g.answer.kind, ANSWER_REFUSED);
	assert_null(g.answer.zone);
	got_done(&g);

	/* Another hoster than the one that has the delegation. */
	a.server = (struct address){ 4, { 198, 18, 64, (uint8_t)(2 * ((d.hoster + 1) % 5)) } };
	name_copy(a.qname, d.name);
	g = ask(&a);
	assert_int_equal(ldns_pkt_get_rcode(g.pkt), LDNS_RCODE_REFUSED);
	got_done(&g);
}

static void any_gets_one_rrset(void **state)
{
	struct place p = plan_place("rsa.org.");
	struct got g = ask_at(&p, N("rsa.org."), RR_ANY);

	(void)state;
	expect_shape(&g, LDNS_RCODE_NOERROR, true, true);
	assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_answer(g.pkt)), 2);
	verify(&g, &p);
	got_done(&g);
	g = ask_at(&p, N("rsa.org."), RR_RRSIG);
	expect_shape(&g, LDNS_RCODE_NOERROR, true, true);
	assert_int_equal(count_of(&g, LDNS_SECTION_ANSWER, RR_RRSIG), 1);
	got_done(&g);
}

static void what_does_not_fit_is_truncated(void **state)
{
	struct ask a = {
		.server = world_v4(0x101), .qname = "\2de", .qtype = RR_DNSKEY, .size = 512
	};
	struct got g = ask(&a);

	(void)state;
	assert_true(ldns_pkt_tc(g.pkt) && g.answer.truncated);
	assert_int_equal(ldns_pkt_ancount(g.pkt) + ldns_pkt_nscount(g.pkt), 0);
	assert_true(g.b.len <= 512);
	got_done(&g);
	a.size = 100; /* as if it were 512 (RFC 6891 section 6.2.3) */
	a.qtype = RR_SOA;
	g = ask(&a);
	assert_false(ldns_pkt_tc(g.pkt));
	got_done(&g);
	a.qtype = RR_DNSKEY;
	a.tcp = true;
	g = ask(&a);
	assert_false(ldns_pkt_tc(g.pkt));
	got_done(&g);
}

/* Whatever the limit, messages keep to it, and drop glue that is only handy before they give up. */
static void every_size_is_kept(void **state)
{
	static const char *const names[] = { "www.x.de.", "nobody.", "x.y.deep.under.net.", "." };

	(void)state;
	for (unsigned n = 0; n < ARRAY_SIZE(names); n++) {
		for (uint16_t size = 512; size < 1500; size++) {
			struct ask a = { .server = world_v4(1), .qtype = RR_NS, .size = size };
			struct got g;

			memcpy(a.qname, name_of(names[n]).wire, NAME_MAX_LEN);
			g = ask(&a);
			assert_true(g.b.len <= size && g.b.len <= 1232);
			if (ldns_pkt_tc(g.pkt))
				assert_int_equal(ldns_pkt_arcount(g.pkt), 0);
			got_done(&g);
		}
	}
}

/* l.de.net. lies below another delegation of the root: handy, but the resolver can do without. */
static void glue_that_is_only_handy_gives_way_first(void **state)
{
	struct ask a = { .server = world_v4(1), .qtype = RR_A };
	char name[200];
	bool seen = false;

	(void)state;
	memset(name, 'x', sizeof(name));
	name[60] = name[120] = name[180] = '.';
	strcpy(name + 181, "de.");
	memcpy(a.qname, name_of(name).wire, NAME_MAX_LEN);
	for (a.size = 512; a.size < 1232; a.size++) {
		struct got g = ask(&a);
		size_t glue = count_of(&g, LDNS_SECTION_ADDITIONAL, RR_A);

		assert_true(ldns_pkt_tc(g.pkt) ? glue == 0 : glue >= 2);
		seen |= glue == 2;
		got_done(&g);
	}
	assert_true(seen);
}

static void the_zones_own_limit_holds(void **state)
{
	struct zone *z = tree_zone(tree, N("net."));
	struct ask a = {
		.server = world_v4(0x201), .qname = "\6nobody\3net", .qtype = RR_A, .size = 4096
	};
	struct got g;

	(void)state;
	z->edns_size = 512;
	g = ask(&a);
	z->edns_size = 1232;
	assert_true(g.b.len <= 512 && ldns_pkt_edns_udp_size(g.pkt) == 512);
	got_done(&g);
}

/* Raw bytes: header fields, then what follows. */
static struct got send_raw(uint16_t flags, uint16_t questions, uint16_t additional,
			   const char *rest, size_t len)
{
	uint8_t query[600];
	struct buf b = buf_over(query, sizeof(query));
	struct address server = world_v4(0x101);

	buf_u16(&b, 7);
	buf_u16(&b, flags);
	buf_u16(&b, questions);
	buf_u32(&b, 0);
	buf_u16(&b, additional);
	buf_put(&b, rest, len);
	return send_bytes(&server, query, b.len, false);
}

static void expect_rcode(struct got g, unsigned rcode, enum answer_kind kind)
{
	assert_non_null(g.pkt);
	assert_int_equal(ldns_pkt_get_rcode(g.pkt), rcode & 15);
	assert_int_equal(ldns_pkt_edns_extended_rcode(g.pkt), rcode >> 4);
	assert_int_equal(g.answer.rcode, rcode);
	assert_int_equal(g.answer.kind, kind);
	assert_int_equal(ldns_pkt_ancount(g.pkt) + ldns_pkt_nscount(g.pkt), 0);
	assert_false(ldns_pkt_aa(g.pkt));
	got_done(&g);
}

#define RAW(text) text, sizeof(text) - 1
#define QUESTION "\2dE\0\0\6\0\1"
#define OPT "\0\0\x29\x10\0\0\0\0\0"

static void bad_queries_get_the_error_that_fits(void **state)
{
	(void)state;
	expect_rcode(send_raw(0, 0, 0, RAW("")), RCODE_FORMERR, ANSWER_FORMERR);
	expect_rcode(send_raw(0, 2, 0, RAW(QUESTION QUESTION)), RCODE_FORMERR, ANSWER_FORMERR);
	expect_rcode(send_raw(0, 1, 0, RAW("\2de\0\0")), RCODE_FORMERR, ANSWER_FORMERR);
	expect_rcode(send_raw(0, 1, 0, RAW("\xc0\x0c\0\6\0\1")), RCODE_FORMERR, ANSWER_FORMERR);
	expect_rcode(send_raw(0, 1, 0, RAW(QUESTION "x")), RCODE_FORMERR, ANSWER_FORMERR);
	expect_rcode(send_raw(0, 1, 1, RAW(QUESTION)), RCODE_FORMERR, ANSWER_FORMERR);
	expect_rcode(send_raw(0, 1, 2, RAW(QUESTION OPT "\0\0" OPT "\0\0")), RCODE_FORMERR,
		     ANSWER_FORMERR);
	expect_rcode(send_raw(0, 1, 1, RAW(QUESTION OPT "\0\5\0\1\0\2\0")), RCODE_FORMERR,
		     ANSWER_FORMERR);
	expect_rcode(send_raw(0x2800, 1, 0, RAW(QUESTION)), RCODE_NOTIMP, ANSWER_REFUSED);
	expect_rcode(send_raw(0, 1, 0, RAW("\2de\0\0\xfd\0\1")), RCODE_NOTIMP, ANSWER_REFUSED);
	expect_rcode(send_raw(0, 1, 0, RAW("\7authors\4bind\0\0\x10\0\3")), RCODE_REFUSED,
		     ANSWER_REFUSED);
	expect_rcode(send_raw(0, 1, 0, RAW("\7version\4bind\0\0\x01\0\3")), RCODE_REFUSED,
		     ANSWER_REFUSED);
	expect_rcode(send_raw(0, 1, 0, RAW("\2de\0\0\6\0\x20")), RCODE_REFUSED, ANSWER_REFUSED);
	expect_rcode(send_raw(0, 1, 1, RAW(QUESTION "\0\0\x29\x10\0\0\1\0\0\0\0")), RCODE_BADVERS,
		     ANSWER_REFUSED);
}

/* The server of send_raw() is the first one of "de.". */
static void a_server_tells_its_name_to_whoever_asks_for_it(void **state)
{
	static const char *const names[] = { "\2ID\6server", "\7version\6server",
					     "\10hostname\4bind", "\7version\4bind" };
	static const char is_asked[] = { 0, 0, RR_TXT, 0, 3 }, nsid[] = { 0, 4, 0, 3, 0, 0 };
	char wanted[NAME_TEXT_LEN], question[64];
	struct got g;

	(void)state;
	name_text(tree_zone(tree, N("de."))->servers[0].name, wanted);
	wanted[strlen(wanted) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t len = strlen(names[i]);
		const ldns_rr *rr;

		memcpy(question, names[i], len);
		memcpy(question + len, is_asked, sizeof(is_asked));
		g = send_raw(0, 1, 0, question, len + sizeof(is_asked));
		assert_int_equal(g.answer.kind, ANSWER_OK);
		assert_true(ldns_pkt_aa(g.pkt));
		assert_int_equal(ldns_pkt_ancount(g.pkt), 1);
		rr = ldns_rr_list_rr(ldns_pkt_answer(g.pkt), 0);
		assert_int_equal(ldns_rr_get_class(rr), LDNS_RR_CLASS_CH);
		assert_int_equal(ldns_rdf_data(ldns_rr_rdf(rr, 0))[0], strlen(wanted));
		assert_memory_equal(ldns_rdf_data(ldns_rr_rdf(rr, 0)) + 1, wanted, strlen(wanted));
		got_done(&g);
	}
	memcpy(question, QUESTION OPT, sizeof(QUESTION OPT) - 1);
	memcpy(question + sizeof(QUESTION OPT) - 1, nsid, sizeof(nsid));
	g = send_raw(0, 1, 1, question, sizeof(QUESTION OPT) - 1 + sizeof(nsid));
	assert_non_null(ldns_pkt_edns_data(g.pkt));
	assert_int_equal(ldns_rdf_size(ldns_pkt_edns_data(g.pkt)), 4 + strlen(wanted));
	assert_memory_equal(ldns_rdf_data(ldns_pkt_edns_data(g.pkt)) + 4, wanted, strlen(wanted));
	got_done(&g);
	g = send_raw(0, 1, 1, RAW(QUESTION OPT "\0\0"));
	assert_null(ldns_pkt_edns_data(g.pkt));
	got_done(&g);
}

static void what_cannot_be_answered_meets_silence(void **state)
{
	struct got g = send_raw(FLAG_QR, 1, 0, RAW(QUESTION));
	struct address server = world_v4(0x101);

	(void)state;
	assert_int_equal(g.answer.kind, ANSWER_SILENT);
	assert_int_equal(g.b.len, 0);
	g = send_bytes(&server, (const uint8_t *)"\0\1\0\0\0\1\0\0\0\0\0", 11, false);
	assert_int_equal(g.answer.kind, ANSWER_SILENT);
}

static void unknown_options_and_case_do_not_matter(void **state)
{
	struct got g = send_raw(0, 1, 1, RAW(QUESTION OPT "\0\7\xff\0\0\3abc"));

	(void)state;
	assert_int_equal(ldns_pkt_get_rcode(g.pkt), LDNS_RCODE_NOERROR);
	assert_int_equal(ldns_pkt_ancount(g.pkt), 1);
	assert_memory_equal(reply + 12, QUESTION, sizeof(QUESTION) - 1);
	got_done(&g);
}

static void a_fault_is_reported_when_it_is_in_the_message(void **state)
{
	struct tree *t = world_new();
	struct zone *de = tree_zone(t, N("de."));
	struct ask a = { .server = world_v4(0x101), .qname = "\2de", .qtype = RR_SOA };
	uint8_t query[600];
	struct answer answer;
	struct buf b = buf_over(reply, sizeof(reply));
	struct err e;

	(void)state;
	t->faults = calloc(1, sizeof(*t->faults));
	t->fault_count = 1;
	de->signings = calloc(2, sizeof(*de->signings));
	de->signing_count = 2;
	de->signings[0] = (struct signing){ .key = 1, .fault = -1 };
	de->signings[1] = (struct signing){ .at = WORLD_NOW - HOUR,
					    .reach_from = WORLD_NOW - HOUR,
					    .reach_to = WORLD_NOW - HOUR,
					    .key = 1,
					    .mismatched = 1,
					    .fault = 0 };
	assert_int_equal(tree_prepare(t, &e), 0);
	answer_make(t, &a.server, query, make_query(&a, query), false, WORLD_NOW, &b, &answer);
	assert_true(fault_set_has(&answer.faults, 0));
	a.no_do = true;
	b.len = 0;
	answer_make(t, &a.server, query, make_query(&a, query), false, WORLD_NOW, &b, &answer);
	assert_true(fault_set_empty(&answer.faults));
	a.no_do = false;
	a.qtype = RR_DNSKEY; /* signed by the KSK, which is right */
	b.len = 0;
	answer_make(t, &a.server, query, make_query(&a, query), true, WORLD_NOW, &b, &answer);
	assert_true(fault_set_empty(&answer.faults));
	tree_free(t);
}

/* ---- transfers ---- */

static int count_parts(void *arg, size_t len, struct err *e)
{
	(void)e;
	assert_true(len > 12);
	++*(unsigned *)arg;
	return 0;
}

/* Of a query for all of de., by HMAC-MD5. */
static void an_algorithm_that_is_not_known_is_named(void **state)
{
	static const char md5[] = "\10hmac-md5\7sig-alg\3reg\3int";
	const struct ask a = {
		.server = { 4, { 198, 18, 1, 1 } }, .qname = "\2de", .qtype = RR_AXFR, .plain = true
	};
	uint8_t query[600] = { 0 };
	size_t len = make_query(&a, query);
	struct buf b = buf_over(query, sizeof(query));
	unsigned parts = 0;
	const struct transfer_sink sink = { reply, count_parts, &parts };
	struct packet p = { .tcp = true, .to = { a.server, 53 }, .at = WORLD_NOW, .data = query };
	struct answer answer = { .kind = ANSWER_TRANSFER };
	struct transfer_end end;
	struct err e;

	(void)state;
	query[11] = 1; /* a record behind the question */
	b.len = len;
	buf_put(&b, "\1k", 3);
	buf_u16(&b, RR_TSIG);
	buf_u16(&b, 255);
	buf_u32(&b, 0);
	buf_u16(&b, sizeof(md5) + 16 + 16);
	buf_put(&b, md5, sizeof(md5));
	buf_put(&b, "\0\0\0\0\0\0\1\54\0\20", 10);
	buf_put(&b, "0123456789abcdef\22\64\0\0\0\0", 22);
	p.len = b.len;
	assert_int_equal(transfer_make(tree, &p, &sink, &answer, &end, &e), 0);
	assert_int_equal(parts, 1);
	assert_int_equal(answer.rcode, RCODE_NOTAUTH);
	assert_string_equal(end.why,
			    "TSIG: BADKEY: no zone has a key 'k.' of hmac-md5.sig-alg.reg.int.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_answers),
		cmocka_unit_test(an_opt_out_tld_answers),
		cmocka_unit_test(an_nsec3_tld_answers),
		cmocka_unit_test(an_nsec_tld_answers),
		cmocka_unit_test(leafs_of_every_algorithm_answer),
		cmocka_unit_test(an_unsigned_leaf_has_neither_signatures_nor_proofs),
		cmocka_unit_test(signatures_come_only_with_do),
		cmocka_unit_test(an_address_tells_when_it_was_given),
		cmocka_unit_test(a_referral_has_the_glue_it_needs),
		cmocka_unit_test(a_hosters_own_servers_are_found),
		cmocka_unit_test(the_wrong_server_refuses),
		cmocka_unit_test(any_gets_one_rrset),
		cmocka_unit_test(what_does_not_fit_is_truncated),
		cmocka_unit_test(every_size_is_kept),
		cmocka_unit_test(glue_that_is_only_handy_gives_way_first),
		cmocka_unit_test(the_zones_own_limit_holds),
		cmocka_unit_test(bad_queries_get_the_error_that_fits),
		cmocka_unit_test(a_server_tells_its_name_to_whoever_asks_for_it),
		cmocka_unit_test(what_cannot_be_answered_meets_silence),
		cmocka_unit_test(unknown_options_and_case_do_not_matter),
		cmocka_unit_test(a_fault_is_reported_when_it_is_in_the_message),
		cmocka_unit_test(an_algorithm_that_is_not_known_is_named),
	};

	return cmocka_run_group_tests(tests, set_up_tree, tear_down_tree);
}
