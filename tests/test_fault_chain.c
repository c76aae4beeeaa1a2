/* SPDX-License-Identifier: BSD-2-Clause */
/* What faults of DS, keys and rollovers make of the chain of trust, with ldns as the judge. */
#include "tests/support/published.h"

/* What a zone and its parent publish of its keys at an instant. */
struct chain {
	struct rrset ds, ds_sigs, keys, key_sigs, soa, soa_sigs;
};

static void chain_of(struct scenario *s, const uint8_t *apex, unsigned minute, struct chain *ret)
{
	published(s, de, apex, RR_DS, minute, &ret->ds, &ret->ds_sigs);
	published(s, apex, apex, RR_DNSKEY, minute, &ret->keys, &ret->key_sigs);
	assert_true(published(s, apex, apex, RR_SOA, minute, &ret->soa, &ret->soa_sigs));
}

enum {
	DS_FITS = 1, /* a DS is that of a key which is published */
	KEYS_GOOD = 2, /* such a key has signed the DNSKEY RRset */
	DATA_GOOD = 4, /* a published key has signed the SOA */
	GOOD = DS_FITS | KEYS_GOOD | DATA_GOOD,
};

/* Whether the key signs the RRset, by one of these signatures. */
static bool verifies(const struct rrset *rs, const struct rrset *sigs, const struct rrset *keys,
		     const uint8_t *rdata, size_t len)
{
	static struct rrset one;

	rrset_init(&one, keys->owner, keys->type, keys->ttl);
	rrset_add(&one, rdata, len);
	return judge_accepts(rs, sigs, &one);
}

static unsigned judge_chain(const struct rrset *ds, const struct rrset *keys,
			    const struct rrset *key_sigs, const struct rrset *soa,
			    const struct rrset *soa_sigs)
{
	ldns_rr_list *all = judge_list(ds);
	unsigned found = judge_accepts(soa, soa_sigs, keys) ? DATA_GOOD : 0;
	const uint8_t *rdata;
	size_t pos = 0, len;

	while ((rdata = rrset_next(keys, &pos, &len))) {
		ldns_rr *key = judge_record(keys, rdata, len);

		assert_non_null(key);
		for (size_t i = 0; i < ldns_rr_list_rr_count(all); i++) {
			if (!ldns_rr_compare_ds(ldns_rr_list_rr(all, i), key))
				continue;
			found |= DS_FITS;
			if (verifies(keys, key_sigs, keys, rdata, len))
				found |= KEYS_GOOD;
		}
		ldns_rr_free(key);
	}
	ldns_rr_list_deep_free(all);
	return found;
}

static unsigned judged(const struct chain *c)
{
	return judge_chain(&c->ds, &c->keys, &c->key_sigs, &c->soa, &c->soa_sigs);
}

static struct chain before, during;

#define SAME (-1)

static void a_fault_of_the_ds_changes_that_field_alone(void **state)
{
	static const struct {
		const char *fault;
		int tag, algorithm, type;
		bool other_digest, fits;
	} all[] = {
		{ "ds-bad-tag", 0, SAME, SAME, false, false },
		{ "ds-bad-key-algo", SAME, 7, SAME, false, false },
		{ "ds-unassigned-key-algo", SAME, 100, SAME, false, false },
		{ "ds-reserved-key-algo", SAME, 200, SAME, false, false },
		{ "ds-unassigned-digest-algo", SAME, SAME, 100, false, false },
		{ "ds-bogus-digest-value", SAME, SAME, SAME, true, false },
		{ "ds-sha1", SAME, SAME, 1, true, true },
		{ "ds-gost", SAME, SAME, 3, false, false },
	};
	static struct rrset keys, sigs;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		_cleanup_(scenario_freep) struct scenario *s = with("a", all[i].fault, "");
		const uint8_t *was, *is;
		size_t was_len, len;

		chain_of(s, a_de, BEFORE, &before);
		chain_of(s, a_de, DURING, &during);
		assert_int_equal(judged(&before), GOOD);
		assert_int_equal(judged(&during), all[i].fits ? GOOD : DATA_GOOD);
		was = only(&before.ds, &was_len);
		is = only(&during.ds, &len);
		assert_int_equal(get16(is), all[i].tag == SAME ? get16(was) : all[i].tag);
		assert_int_equal(is[2], all[i].algorithm == SAME ? was[2] : all[i].algorithm);
		assert_int_equal(is[3], all[i].type == SAME ? was[3] : all[i].type);
		assert_int_equal(was_len != len || memcmp(was + 4, is + 4, len - 4),
				 all[i].other_digest);
		/* The parent signs what it has. */
		assert_true(published(s, de, de, RR_DNSKEY, DURING, &keys, &sigs));
		assert_true(judge_accepts(&during.ds, &during.ds_sigs, &keys));
	}
}

static void the_ds_of_a_stranger_is_a_right_one_for_a_key_that_is_not_there(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = with("a", "ds-no-matching-dnskey", "");
	const uint8_t *was, *is;
	size_t was_len, len;

	(void)state;
	chain_of(s, a_de, BEFORE, &before);
	chain_of(s, a_de, DURING, &during);
	was = only(&before.ds, &was_len);
	is = only(&during.ds, &len);
	assert_int_equal(len, was_len);
	assert_int_equal(is[2], was[2]);
	assert_int_equal(is[3], was[3]);
	assert_memory_not_equal(is + 4, was + 4, len - 4);
	assert_int_equal(judged(&during), DATA_GOOD);
}

static void a_delegation_without_its_ds_is_an_insecure_one(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = with("a", "no-ds", "");
	struct view v;
	struct node node;

	(void)state;
	chain_of(s, a_de, DURING, &during);
	assert_int_equal(during.ds.count, 0);
	assert_true(judged(&during) & DATA_GOOD);
	for (unsigned minute = BEFORE; minute <= DURING; minute += DURING - BEFORE) {
		v = look(s, de, minute);
		content_node(&v, a_de, &node);
		assert_int_equal(node.kind, NODE_CUT);
		assert_int_equal(node.signed_cut, minute == BEFORE);
	}
}

static void a_fault_of_the_keys_breaks_what_its_row_says(void **state)
{
	static const struct {
		const char *fault;
		unsigned keys, holds;
	} all[] = {
		{ "no-zsk", 1, DS_FITS },
		{ "bad-zsk", 2, DS_FITS },
		{ "no-ksk", 1, DATA_GOOD },
		{ "bad-ksk", 2, DATA_GOOD },
		{ "no-dnskey", 0, 0 },
		{ "no-dnskey-256", 2, DS_FITS },
		{ "no-dnskey-257", 2, DATA_GOOD },
		{ "no-dnskey-256-257", 2, 0 },
		{ "bad-protocol", 2, 0 },
		{ "bad-zsk-algo", 2, DS_FITS },
		{ "unassigned-zsk-algo", 2, DS_FITS },
		{ "reserved-zsk-algo", 2, DS_FITS },
		{ "bad-ksk-algo", 2, DATA_GOOD },
		{ "unassigned-ksk-algo", 2, DATA_GOOD },
		{ "reserved-ksk-algo", 2, DATA_GOOD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		_cleanup_(scenario_freep) struct scenario *s = with("a", all[i].fault, "");

		chain_of(s, a_de, BEFORE, &before);
		chain_of(s, a_de, DURING, &during);
		assert_int_equal(judged(&before), GOOD);
		if (judged(&during) != all[i].holds || during.keys.count != all[i].keys)
			fail_msg("%s: %u keys, %u holds", all[i].fault, during.keys.count,
				 judged(&during));
	}
}

/* ---- other algorithms and rollovers ---- */

static uint8_t algorithm_of_ds(const struct chain *c)
{
	size_t len;

	return only(&c->ds, &len)[2];
}

static void a_zone_of_another_algorithm_is_a_good_one(void **state)
{
	static const struct {
		const char *zone, *fault;
		uint8_t number;
		bool is_known; /* to ldns, with this OpenSSL */
	} all[] = {
		{ "b", "rsamd5", 1, true },
		{ "b", "dsa", 3, true },
		{ "b", "rsasha1", 5, true },
		{ "a", "dsa-nsec3-sha1", 6, true },
		{ "a", "rsasha1-nsec3-sha1", 7, true },
		{ "b", "rsasha256", 8, true },
		{ "a", "rsasha512", 10, true },
		{ "a", "ecc-gost", 12, false },
		{ "a", "ecdsap256sha256", 13, true },
		{ "a", "ecdsap384sha384", 14, true },
		{ "a", "ed25519", 15, true },
		{ "a", "ed448", 16, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		_cleanup_(scenario_freep) struct scenario *s = with(all[i].zone, all[i].fault, "");

		chain_of(s, *all[i].zone == 'a' ? a_de : b_de, DURING, &during);
		assert_int_equal(algorithm_of_ds(&during), all[i].number);
		if (judged(&during) != (all[i].is_known ? GOOD : DS_FITS))
			fail_msg("%s: %u holds", all[i].fault, judged(&during));
	}
}

static void one_side_alone_of_an_algorithm_roll_breaks_the_chain(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		with("a", "algo-roll-one-sided", "algorithm = 'ed25519'");

	(void)state;
	chain_of(s, a_de, BEFORE, &before);
	chain_of(s, a_de, DURING, &during);
	assert_int_equal(algorithm_of_ds(&during), algorithm_of_ds(&before));
	assert_int_equal(judged(&during), DATA_GOOD);
}

static void an_algorithm_that_nothing_is_signed_with_stands_beside_a_good_path(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		with("a", "algo-set-incomplete", "algorithm = 'ed25519'");
	const uint8_t *rdata;
	size_t pos = 0, len;
	unsigned others = 0;

	(void)state;
	chain_of(s, a_de, DURING, &during);
	assert_int_equal(judged(&during), GOOD);
	assert_int_equal(during.ds.count, 2);
	while ((rdata = rrset_next(&during.ds, &pos, &len)))
		others += rdata[2] == 15;
	assert_int_equal(others, 1);
	pos = 0;
	while ((rdata = rrset_next(&during.key_sigs, &pos, &len)))
		assert_int_not_equal(rdata[2], 15);
}

static void who_kept_the_old_ds_finds_no_key_and_who_asks_anew_does(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		with("a", "ksk-dropped-before-parent-ds-expiry", "");

	(void)state;
	chain_of(s, a_de, BEFORE, &before);
	chain_of(s, a_de, DURING, &during);
	assert_int_equal(judged(&during), GOOD);
	during.ds = before.ds;
	assert_int_equal(judged(&during), DATA_GOOD);
}

static void who_kept_the_old_keys_cannot_verify_the_standby_signer(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = with("a", "standby-signer-other-zsk", "");

	(void)state;
	chain_of(s, a_de, BEFORE, &before);
	chain_of(s, a_de, DURING, &during);
	assert_int_equal(judged(&during), GOOD);
	assert_true(judge_accepts(&before.soa, &before.soa_sigs, &before.keys));
	assert_false(judge_accepts(&during.soa, &during.soa_sigs, &before.keys));
}

static void a_zone_that_was_unsigned_at_once_has_neither_ds_nor_signatures(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = with("a", "ds-removed-while-cached", "");

	(void)state;
	chain_of(s, a_de, DURING, &during);
	assert_int_equal(during.ds.count, 0);
	assert_int_equal(during.keys.count, 0);
	assert_int_equal(during.soa.count, 1);
	assert_int_equal(during.soa_sigs.count, 0);
}

static void a_trap_has_keys_of_one_tag_and_signatures_by_none(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = with("a", "keytrap", "keys = 5, sigs = 3");
	const uint8_t *rdata;
	size_t pos = 0, len;
	unsigned of_tag = 0;
	uint16_t tag;

	(void)state;
	chain_of(s, a_de, DURING, &during);
	assert_int_equal(during.soa_sigs.count, 3);
	tag = get16(rrset_next(&during.soa_sigs, &pos, &len) + 16);
	pos = 0;
	while ((rdata = rrset_next(&during.keys, &pos, &len)))
		of_tag += ldns_calc_keytag_raw(rdata, len) == tag;
	assert_int_equal(of_tag, 6);
	assert_int_equal(judged(&during), DS_FITS | KEYS_GOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_of_the_ds_changes_that_field_alone),
		cmocka_unit_test(the_ds_of_a_stranger_is_a_right_one_for_a_key_that_is_not_there),
		cmocka_unit_test(a_delegation_without_its_ds_is_an_insecure_one),
		cmocka_unit_test(a_fault_of_the_keys_breaks_what_its_row_says),
		cmocka_unit_test(a_zone_of_another_algorithm_is_a_good_one),
		cmocka_unit_test(one_side_alone_of_an_algorithm_roll_breaks_the_chain),
		cmocka_unit_test(
			an_algorithm_that_nothing_is_signed_with_stands_beside_a_good_path),
		cmocka_unit_test(who_kept_the_old_ds_finds_no_key_and_who_asks_anew_does),
		cmocka_unit_test(who_kept_the_old_keys_cannot_verify_the_standby_signer),
		cmocka_unit_test(a_zone_that_was_unsigned_at_once_has_neither_ds_nor_signatures),
		cmocka_unit_test(a_trap_has_keys_of_one_tag_and_signatures_by_none),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
