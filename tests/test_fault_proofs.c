/* SPDX-License-Identifier: BSD-2-Clause */
/* What faults make of NSEC and NSEC3 records, with ldns as the judge. */
#include "tests/support/published.h"

#include "zones/denial.h"

static struct proof proof;
static struct rrset proof_sigs, zone_keys, key_sigs;

/* The record that matches the name, or the one that covers it, as an answer has it; NULL: none. The
 * caller's. */
static ldns_rr *prove(struct scenario *s, const uint8_t *apex, const uint8_t *name, bool match,
		      unsigned minute)
{
	struct view v = look(s, apex, minute);
	const uint8_t *ref, *rdata;
	size_t pos = 0, len;

	if (!(match ? denial_match : denial_cover)(&v, name, &proof))
		return NULL;
	ref = proof.rrset.type == RR_NSEC3 ? proof.stands_for : NULL;
	assert_int_equal(sign_rrset(&v, &proof.rrset, NULL, ref, &proof_sigs, NULL), 0);
	assert_true(sign_edit(&v, &proof.rrset, ref, &proof_sigs));
	rdata = rrset_next(&proof.rrset, &pos, &len);
	return judge_record(&proof.rrset, rdata, len);
}

/* The name as the chain has it: hashed as this record says; NULL when that is no hash. */
static ldns_rdf *in_chain(ldns_rr *rr, const char *zone, const char *name)
{
	ldns_rdf *apex = ldns_dname_new_frm_str(zone), *plain = ldns_dname_new_frm_str(name),
		 *hashed;

	if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC) {
		ldns_rdf_deep_free(apex);
		return plain;
	}
	hashed = ldns_nsec3_hash_name_frm_nsec3(rr, plain);
	if (hashed)
		ldns_dname_cat(hashed, apex);
	ldns_rdf_deep_free(plain);
	ldns_rdf_deep_free(apex);
	return hashed;
}

enum { PROVES = 1, SIGNED = 2 };

/* What ldns finds of the record that shall prove `name` absent, or there. */
static unsigned judge_proof(struct scenario *s, const char *zone, const uint8_t *apex,
			    const char *name, const uint8_t *wire, bool match, unsigned minute)
{
	ldns_rr *rr = prove(s, apex, wire, match, minute);
	unsigned found = 0;
	ldns_rdf *point;

	if (!rr)
		return 0;
	point = in_chain(rr, zone, name);
	if (!point)
		found = 0;
	else if (match ? ldns_dname_compare(ldns_rr_owner(rr), point) == 0
		       : ldns_nsec_covers_name(rr, point))
		found |= PROVES;
	assert_true(published(s, apex, apex, RR_DNSKEY, minute, &zone_keys, &key_sigs));
	if (judge_accepts(&proof.rrset, &proof_sigs, &zone_keys))
		found |= SIGNED;
	ldns_rdf_deep_free(point);
	ldns_rr_free(rr);
	return found;
}

static void a_fault_of_the_proofs_breaks_what_its_row_says(void **state)
{
	static const struct {
		const char *zone, *fault;
		unsigned absence, presence; /* what is left of the proofs */
		bool is_signed; /* there are signatures, good or not */
	} all[] = {
		{ "a", "bad-nsec3-next", 0, PROVES, true },
		{ "a", "nsec3-wrong-next", SIGNED, PROVES | SIGNED, true },
		{ "a", "bad-nsec3-rrsig", PROVES, PROVES, true },
		{ "a", "nsec3-rrsig-missing", PROVES, PROVES, false },
		{ "a", "nsec3-missing", 0, 0, false },
		{ "a", "no-nsec3param-nsec3", 0, 0, false },
		{ "a", "nsec3param-missing", 0, 0, false },
		{ "a", "nsec3-iter-50", PROVES | SIGNED, PROVES | SIGNED, true },
		{ "a", "nsec3-salt", PROVES | SIGNED, PROVES | SIGNED, true },
		{ "b", "bad-nsec-next", 0, PROVES, true },
		{ "b", "nsec-wrong-next", SIGNED, PROVES | SIGNED, true },
		{ "b", "bad-nsec-rrsig", PROVES, PROVES, true },
		{ "b", "nsec-rrsig-missing", PROVES, PROVES, false },
		{ "b", "nsec-missing", 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		_cleanup_(scenario_freep) struct scenario *s = with(all[i].zone, all[i].fault, "");
		bool a = *all[i].zone == 'a';
		const uint8_t *apex = a ? a_de : b_de;
		const char *zone = a ? "a.de." : "b.de.", *nix = a ? "nix.a.de." : "nix.b.de.";
		const uint8_t *wire = (const uint8_t *)(a ? "\3nix\1a\2de" : "\3nix\1b\2de");
		unsigned absence, presence;

		absence = judge_proof(s, zone, apex, nix, wire, false, BEFORE);
		presence = judge_proof(s, zone, apex, zone, apex, true, BEFORE);
		assert_int_equal(absence, PROVES | SIGNED);
		assert_int_equal(presence, PROVES | SIGNED);
		proof_sigs.count = 0;
		absence = judge_proof(s, zone, apex, nix, wire, false, DURING);
		presence = judge_proof(s, zone, apex, zone, apex, true, DURING);
		if (absence != all[i].absence || presence != all[i].presence ||
		    all[i].is_signed != (proof_sigs.count > 0))
			fail_msg("%s: %u of the absence, %u of the presence, %u signatures",
				 all[i].fault, absence, presence, proof_sigs.count);
	}
}

static void a_chain_with_other_hashes_matches_nothing(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = with("a", "bad-nsec3-hash", "");

	(void)state;
	assert_int_equal(judge_proof(s, "a.de.", a_de, "a.de.", a_de, true, BEFORE),
			 PROVES | SIGNED);
	assert_int_equal(judge_proof(s, "a.de.", a_de, "a.de.", a_de, true, DURING), 0);
}

/* Algorithm, flags, iterations and salt of the apex's NSEC3. */
static void fields_of(const char *fault, const char *more, uint8_t ret[13])
{
	_cleanup_(scenario_freep) struct scenario *s = with("a", fault, more);
	size_t pos = 0, len;

	assert_true(judge_proof(s, "a.de.", a_de, "a.de.", a_de, true, DURING) & SIGNED);
	memcpy(ret, rrset_next(&proof.rrset, &pos, &len), 13);
}

static void the_fields_of_an_nsec3_are_what_the_fault_says(void **state)
{
	uint8_t fields[13];

	(void)state;
	fields_of("valid", "", fields);
	assert_memory_equal(fields, "\1\0\0\0\0", 5);
	fields_of("nsec3-bad-algo", "", fields);
	assert_memory_equal(fields, "\2\0\0\0\0", 5);
	fields_of("nsec3-optout-everywhere", "", fields);
	assert_memory_equal(fields, "\1\1\0\0\0", 5);
	fields_of("nsec3-iter-150", "", fields);
	assert_memory_equal(fields, "\1\0\0\x96\0", 5);
	fields_of("nsec3-salt", "bytes = 8", fields);
	assert_memory_equal(fields, "\1\0\0\0\x8", 5);
}

static void a_salt_that_no_hash_was_made_with_is_in_the_parameters_alone(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = with("a", "bad-nsec3param-salt", "");
	static struct rrset rs, sigs;
	size_t len;

	(void)state;
	assert_true(published(s, a_de, a_de, RR_DNSKEY, DURING, &zone_keys, &key_sigs));
	assert_true(published(s, a_de, a_de, RR_NSEC3PARAM, BEFORE, &rs, &sigs));
	assert_true(judge_accepts(&rs, &sigs, &zone_keys));
	assert_int_equal(only(&rs, &len)[4], 0);
	assert_true(published(s, a_de, a_de, RR_NSEC3PARAM, DURING, &rs, &sigs));
	assert_false(judge_accepts(&rs, &sigs, &zone_keys));
	assert_int_equal(only(&rs, &len)[4], 4);
}

/* Whether the bitmap of the apex's record has the type. */
static bool has_type(struct scenario *s, const uint8_t *apex, ldns_rr_type type, unsigned minute)
{
	ldns_rr *rr = prove(s, apex, apex, true, minute);
	bool has;

	assert_non_null(rr);
	has = ldns_nsec_bitmap_covers_type(ldns_nsec_get_bitmap(rr), type);
	ldns_rr_free(rr);
	return has;
}

static void a_wrong_bitmap_denies_types_that_are_there_and_is_signed_so(void **state)
{
	static struct rrset rs, sigs;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const uint8_t *apex = i ? b_de : a_de;
		_cleanup_(scenario_freep) struct scenario *s =
			with(i ? "b" : "a", "nsec-bitmap-wrong", "types = { 'NS', 'MX' }");
		const char *zone = i ? "b.de." : "a.de.";

		assert_true(has_type(s, apex, LDNS_RR_TYPE_NS, BEFORE));
		assert_false(has_type(s, apex, LDNS_RR_TYPE_NS, DURING));
		assert_true(has_type(s, apex, LDNS_RR_TYPE_SOA, DURING));
		assert_true(published(s, apex, apex, RR_NS, DURING, &rs, &sigs));
		assert_int_equal(judge_proof(s, zone, apex, zone, apex, true, DURING),
				 PROVES | SIGNED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_of_the_proofs_breaks_what_its_row_says),
		cmocka_unit_test(a_chain_with_other_hashes_matches_nothing),
		cmocka_unit_test(the_fields_of_an_nsec3_are_what_the_fault_says),
		cmocka_unit_test(a_salt_that_no_hash_was_made_with_is_in_the_parameters_alone),
		cmocka_unit_test(a_wrong_bitmap_denies_types_that_are_there_and_is_signed_so),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
