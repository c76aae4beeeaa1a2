/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/denial.h"

#include <stdio.h>

#include "tests/support/ldns_judge.h"
#include "tests/support/test.h"
#include "tests/support/wire_name.h"
#include "sim/base/cleanup.h"
#include "zones/census.h"
#include "zones/key.h"

DEFINE_FREEP(struct tree, tree)

/* A TLD with a population, and servers whose names put hosts, empty non-terminals and odd bytes
 * into it. */
struct wanted {
	enum denial denial;
	bool optout;
	uint16_t iterations;
	const char *salt;
	uint64_t population;
};

static const struct wanted worlds[] = {
	{ DENIAL_NSEC3, true, 0, "", 300 },
	{ DENIAL_NSEC3, false, 0, "", 300 },
	{ DENIAL_NSEC3, false, 5, "\xaa\xbb\xcc\xdd", 9000 }, /* large enough for the radix sort */
	{ DENIAL_NSEC, false, 0, "", 300 },
	{ DENIAL_NSEC, false, 0, "", 9000 },
};

static const char *const hosts[] = {
	"a.nic.de.",	    "\\255.de.",	"\\254\\001.de.", "\\255\\000.de.",
	"\\000.de.",	    "\\000\\000.de.",	"z.\\000.de.",	  "a.z.\\255.de.",
	"aaaaaaaa.de.",	    "aaaaaaab.de.",	"aaaaaaa.de.",	  "b.aaaaaaa.de.",
	"aaaaaaa\\254.de.", "aaaaaaa\\255.de.", "\\253.de.",	  "aaaaaaaa\\255.de.",
};

static const simtime now = 1777970000 * SECOND;
static struct proof proof, other;
static struct rrset rrsig, dnskey;

/* ldns 1.8.3 forgets the hashed name when it has judged an NSEC3 proof of a missing type. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:ldns_rdf_new_frm_data\nleak:ldns_dname_cat\n";
}

static void add_servers(struct zone *z, unsigned count, uint8_t third)
{
	z->servers = calloc(count, sizeof(struct server));
	z->server_count = count;
	assert_non_null(z->servers);
	for (unsigned i = 0; i < count; i++) {
		struct server *s = &z->servers[i];

		name_copy(s->name, wire(hosts[i]));
		s->v4 = (struct address){ 4, { 198, 18, third, (uint8_t)(i + 1) } };
	}
}

static void add_key(struct zone *z)
{
	z->is_signed = true;
	z->keys = calloc(1, sizeof(struct key_plan));
	z->key_count = 1;
	assert_non_null(z->keys);
	z->keys[0] = (struct key_plan){ .role = KEY_CSK,
					.algorithm = ALG_ECDSAP256SHA256,
					.tag = -1,
					.removed = SIMTIME_NEVER };
}

static struct tree *tree_of(const struct wanted *w)
{
	struct tree *t = tree_new(5, now);
	struct zone *root = tree_add(t, wire("."), NULL), *de = tree_add(t, wire("de."), root);
	struct err e;

	add_servers(root, 1, 0);
	add_key(root);
	add_servers(de, ARRAY_SIZE(hosts), 1);
	add_key(de);
	de->denial = w->denial;
	de->optout = w->optout;
	de->nsec3_iterations = w->iterations;
	de->salt_len = (uint8_t)strlen(w->salt);
	memcpy(de->salt, w->salt, de->salt_len);
	de->ttl.denial = 7200;
	de->population = calloc(1, sizeof(*de->population));
	assert_non_null(de->population);
	*de->population = (struct population){ .count = w->population,
					       .signed_share = 0.1,
					       .hosters = 3,
					       .algorithm = ALG_ECDSAP256SHA256 };
	if (tree_prepare(t, &e))
		fail_msg("%s", e.text);
	return t;
}

static struct view view_of(const struct tree *t)
{
	return (struct view){ .zone = tree_zone(t, wire("de.")), .now = now };
}

/* A name that is nowhere in the zone. */
static const uint8_t *absent(unsigned n)
{
	char text[64];

	snprintf(text, sizeof(text), "not-there-%u.de.", n);
	return wire(text);
}

static void nsec3_of_ldns(const struct zone *z, const uint8_t *name, uint8_t ret[NAME_MAX_LEN])
{
	char text[NAME_TEXT_LEN], *hashed;
	ldns_rdf *dname = ldns_dname_new_frm_str(name_text(name, text));
	ldns_rdf *hash = ldns_nsec3_hash_name(dname, 1, z->nsec3_iterations, z->salt_len,
					      (uint8_t *)z->salt);
	ldns_rdf *apex = ldns_dname_new_frm_str(name_text(z->apex, text));

	ldns_dname_cat(hash, apex);
	hashed = ldns_rdf2str(hash);
	name_copy(ret, wire(hashed));
	free(hashed);
	ldns_rdf_deep_free(dname);
	ldns_rdf_deep_free(hash);
	ldns_rdf_deep_free(apex);
}

/* The owner of the record that follows `p` in its chain, as its RDATA says. */
static void next_owner(const struct zone *z, const struct proof *p, uint8_t ret[NAME_MAX_LEN])
{
	ldns_rr_list *list = judge_list(&p->rrset);
	char text[NAME_TEXT_LEN], *label;

	if (z->denial == DENIAL_NSEC) {
		name_copy(ret, p->rrset.data + 2);
	} else {
		label = ldns_rdf2str(ldns_nsec3_next_owner(ldns_rr_list_rr(list, 0)));
		snprintf(text, sizeof(text), "%s.de.", label);
		free(label);
		name_copy(ret, wire(text));
	}
	ldns_rr_list_deep_free(list);
}

static void the_chain_is_closed_sorted_and_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(worlds); i++) {
		_cleanup_(tree_freep) struct tree *t = tree_of(&worlds[i]);
		struct view v = view_of(t);
		uint64_t count = census_chain_count(v.zone), wraps = 0;
		uint8_t next[NAME_MAX_LEN], want[NAME_MAX_LEN];

		assert_true(count > 30);
		for (uint64_t n = 0; n < count; n++) {
			denial_record(&v, n, &proof);
			denial_record(&v, n + 1 < count ? n + 1 : 0, &other);
			next_owner(v.zone, &proof, next);
			assert_true(name_equal(next, other.rrset.owner));
			wraps += name_compare(proof.rrset.owner, next) >= 0;
			if (v.zone->denial == DENIAL_NSEC3)
				nsec3_of_ldns(v.zone, proof.stands_for, want);
			else
				name_copy(want, proof.stands_for);
			assert_true(name_equal(want, proof.rrset.owner));
			assert_int_equal(proof.rrset.ttl, 7200);
		}
		assert_int_equal(wraps, 1);
		for (uint64_t n = 0; n < count; n++) {
			census_chain_name(v.zone, n, want);
			assert_true(denial_match(&v, want, &proof));
			assert_true(name_equal(proof.stands_for, want));
			assert_false(denial_cover(&v, want, &proof));
		}
	}
}

/* Between owner and next, or, at the end of the chain, outside of the two. */
static bool lies_between(const uint8_t *name, const uint8_t *owner, const uint8_t *next)
{
	if (name_compare(owner, next) < 0)
		return name_compare(owner, name) < 0 && name_compare(name, next) < 0;
	return name_compare(owner, name) < 0 || name_compare(name, next) < 0;
}

static void a_covering_record_encloses_the_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(worlds); i++) {
		_cleanup_(tree_freep) struct tree *t = tree_of(&worlds[i]);
		struct view v = view_of(t);
		uint8_t next[NAME_MAX_LEN], name[NAME_MAX_LEN];

		for (unsigned n = 0; n < 1000; n++) {
			const uint8_t *asked = n ? absent(n) : wire("\\255\\255.de.");

			assert_false(denial_match(&v, asked, &proof));
			assert_true(denial_cover(&v, asked, &proof));
			next_owner(v.zone, &proof, next);
			name_copy(name, asked);
			if (v.zone->denial == DENIAL_NSEC3)
				nsec3_of_ldns(v.zone, asked, name);
			assert_true(lies_between(name, proof.rrset.owner, next));
		}
	}
}

static void bitmaps_say_what_stands_at_a_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(worlds); i++) {
		_cleanup_(tree_freep) struct tree *t = tree_of(&worlds[i]);
		struct view v = view_of(t);
		bool nsec = v.zone->denial == DENIAL_NSEC;
		unsigned signed_cuts = 0, plain_cuts = 0, empty = 0;

		for (uint64_t n = 0; n < census_chain_count(v.zone); n++) {
			ldns_rr_list *list;
			ldns_rdf *bitmap;
			struct node node;
			unsigned extra = nsec ? 2 : 0, set = 0;
			bool rrsig_wanted;

			denial_record(&v, n, &proof);
			content_node(&v, proof.stands_for, &node);
			list = judge_list(&proof.rrset);
			bitmap = nsec ? ldns_nsec_get_bitmap(ldns_rr_list_rr(list, 0))
				      : ldns_nsec3_bitmap(ldns_rr_list_rr(list, 0));
			rrsig_wanted = nsec || node.kind == NODE_DATA ||
				       (node.kind == NODE_CUT && node.signed_cut);
			if (!nsec)
				extra = rrsig_wanted;
			for (unsigned type = 1; type < 256; type++)
				set += bitmap && ldns_nsec_bitmap_covers_type(bitmap, type);
			for (unsigned j = 0; j < node.type_count; j++)
				assert_true(ldns_nsec_bitmap_covers_type(bitmap, node.types[j]));
			assert_int_equal(set, node.type_count + extra);
			if (rrsig_wanted)
				assert_true(
					ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_RRSIG));
			if (nsec)
				assert_true(
					ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_NSEC));
			ldns_rr_list_deep_free(list);
			signed_cuts += node.kind == NODE_CUT && node.signed_cut;
			plain_cuts += node.kind == NODE_CUT && !node.signed_cut;
			empty += node.kind == NODE_EMPTY;
		}
		assert_true(signed_cuts);
		assert_int_equal(plain_cuts == 0, worlds[i].optout);
		assert_int_equal(empty == 0, nsec);
		assert_true(denial_match(&v, v.zone->apex, &proof));
		ldns_rr_list *list = judge_list(&proof.rrset);
		ldns_rdf *bitmap = nsec ? ldns_nsec_get_bitmap(ldns_rr_list_rr(list, 0))
					: ldns_nsec3_bitmap(ldns_rr_list_rr(list, 0));

		assert_true(ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_SOA));
		assert_true(ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_DNSKEY));
		assert_int_equal(ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_NSEC3PARAM),
				 !nsec);
		assert_int_equal(!nsec && ldns_nsec3_optout(ldns_rr_list_rr(list, 0)),
				 worlds[i].optout);
		ldns_rr_list_deep_free(list);
	}
}

/* Puts the record and its signature, which ldns must accept, into a proof for ldns. */
static void add_proof(const struct view *v, ldns_rr_list *records, ldns_rr_list *rrsigs)
{
	ldns_rr_list *more = judge_list(&proof.rrset), *signatures;
	struct err e;

	if (sign_rrset(v, &proof.rrset, NULL, proof.stands_for, &rrsig, &e))
		fail_msg("%s", e.text);
	assert_true(sign_dnskey(v, &dnskey));
	assert_true(judge_accepts(&proof.rrset, &rrsig, &dnskey));
	signatures = judge_list(&rrsig);
	ldns_rr_list_push_rr_list(records, more);
	ldns_rr_list_push_rr_list(rrsigs, signatures);
	ldns_rr_list_free(more);
	ldns_rr_list_free(signatures);
}

static ldns_status judge_denial(const struct view *v, const uint8_t *name, uint16_t type,
				bool nodata, ldns_rr_list *records, ldns_rr_list *rrsigs)
{
	static struct rrset asked;
	ldns_status status;
	ldns_rr *rr;

	rrset_init(&asked, name, type, 0);
	rr = judge_record(&asked, NULL, 0);
	if (!rr) { /* no RDATA suits this type */
		char text[NAME_TEXT_LEN];

		rr = ldns_rr_new();
		ldns_rr_set_owner(rr, ldns_dname_new_frm_str(name_text(name, text)));
		ldns_rr_set_type(rr, type);
	}
	status = v->zone->denial == DENIAL_NSEC
			 ? ldns_dnssec_verify_denial(rr, records, rrsigs)
			 : ldns_dnssec_verify_denial_nsec3(
				   rr, records, rrsigs,
				   nodata ? LDNS_RCODE_NOERROR : LDNS_RCODE_NXDOMAIN, type, nodata);
	ldns_rr_free(rr);
	ldns_rr_list_deep_free(records);
	ldns_rr_list_deep_free(rrsigs);
	return status;
}

static void ldns_believes_that_a_name_is_absent(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(worlds); i++) {
		_cleanup_(tree_freep) struct tree *t = tree_of(&worlds[i]);
		struct view v = view_of(t);

		for (unsigned n = 0; n < 50; n++) {
			ldns_rr_list *records = ldns_rr_list_new(), *rrsigs = ldns_rr_list_new();

			if (v.zone->denial == DENIAL_NSEC3) {
				assert_true(denial_match(&v, v.zone->apex, &proof));
				add_proof(&v, records, rrsigs);
			}
			assert_true(denial_cover(&v, absent(n), &proof));
			add_proof(&v, records, rrsigs);
			assert_true(denial_cover(&v, wire("*.de."), &proof));
			add_proof(&v, records, rrsigs);
			assert_int_equal(judge_denial(&v, absent(n), RR_A, false, records, rrsigs),
					 LDNS_STATUS_OK);
		}
	}
}

/* And not that one is absent which is there. */
static void ldns_believes_that_a_type_is_absent(void **state)
{
	static const char *const names[] = { "de.", "a.nic.de.", "a.z.\\255.de." };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(worlds); i++) {
		_cleanup_(tree_freep) struct tree *t = tree_of(&worlds[i]);
		struct view v = view_of(t);

		for (size_t n = 0; n < ARRAY_SIZE(names); n++)
			for (int there = 0; there < 2; there++) {
				ldns_rr_list *records = ldns_rr_list_new(),
					     *rrsigs = ldns_rr_list_new();
				uint16_t type = !there ? RR_TXT : n ? RR_A : RR_SOA;
				ldns_status status;

				assert_true(denial_match(&v, wire(names[n]), &proof));
				add_proof(&v, records, rrsigs);
				status = judge_denial(&v, wire(names[n]), type, true, records,
						      rrsigs);
				assert_int_equal(status == LDNS_STATUS_OK, !there);
			}
	}
}

static void ldns_believes_that_an_opted_out_delegation_has_no_ds(void **state)
{
	_cleanup_(tree_freep) struct tree *t = tree_of(&worlds[0]);
	struct view v = view_of(t);
	unsigned judged = 0;

	(void)state;
	for (uint64_t n = 0; n < worlds[0].population; n++) {
		ldns_rr_list *records, *rrsigs;
		struct delegation d;

		tree_delegation_plan(v.zone, n, &d);
		assert_int_equal(denial_match(&v, d.name, &proof), d.is_signed);
		if (d.is_signed)
			continue;
		records = ldns_rr_list_new();
		rrsigs = ldns_rr_list_new();
		assert_true(denial_match(&v, v.zone->apex, &proof));
		add_proof(&v, records, rrsigs);
		assert_true(denial_cover(&v, d.name, &proof));
		add_proof(&v, records, rrsigs);
		assert_int_equal(judge_denial(&v, d.name, RR_DS, true, records, rrsigs),
				 LDNS_STATUS_OK);
		judged++;
	}
	assert_true(judged > 200);
}

static void the_apex_record_of_de_has_its_famous_owner(void **state)
{
	_cleanup_(tree_freep) struct tree *t = tree_of(&worlds[0]);
	struct view v = view_of(t);

	(void)state;
	assert_true(denial_match(&v, v.zone->apex, &proof));
	assert_true(name_equal(proof.rrset.owner, wire("a0d5d1p51kijsevll74k523htmq406bk.de.")));
	assert_true(name_equal(proof.stands_for, v.zone->apex));
}

static void an_unsigned_zone_and_names_elsewhere_have_no_proof(void **state)
{
	_cleanup_(tree_freep) struct tree *t = tree_of(&worlds[0]);
	struct view v = view_of(t);

	(void)state;
	assert_false(denial_cover(&v, wire("a.net."), &proof));
	assert_false(denial_match(&v, wire("."), &proof));
	v.zone->is_signed = false;
	assert_false(denial_cover(&v, absent(1), &proof));
	assert_false(denial_match(&v, v.zone->apex, &proof));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_chain_is_closed_sorted_and_whole),
		cmocka_unit_test(a_covering_record_encloses_the_name),
		cmocka_unit_test(bitmaps_say_what_stands_at_a_name),
		cmocka_unit_test(ldns_believes_that_a_name_is_absent),
		cmocka_unit_test(ldns_believes_that_a_type_is_absent),
		cmocka_unit_test(ldns_believes_that_an_opted_out_delegation_has_no_ds),
		cmocka_unit_test(the_apex_record_of_de_has_its_famous_owner),
		cmocka_unit_test(an_unsigned_zone_and_names_elsewhere_have_no_proof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
