/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key_collide.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include "tests/support/ldns_judge.h"
#include "tests/support/test.h"

static const uint8_t apex[] = "\2de";

static struct key_plan plan_of(enum key_role role, enum algorithm algorithm, unsigned bits, int tag)
{
	return (struct key_plan){ .role = role, .algorithm = algorithm, .bits = bits, .tag = tag };
}

static struct key *make(struct key_plan plan, uint64_t seed)
{
	struct key *k = NULL;
	struct err e;

	if (key_new(&plan, seed, &k, &e))
		fail_msg("%s", e.text);
	return k;
}

static void dnskey_of(const struct key *k, struct rrset *ret)
{
	size_t len;
	const uint8_t *rdata = key_rdata(k, &len);

	rrset_init(ret, apex, RR_DNSKEY, 3600);
	rrset_add(ret, rdata, len);
}

static uint16_t judged_tag(const struct key *k)
{
	size_t len;
	const uint8_t *rdata = key_rdata(k, &len);

	return ldns_calc_keytag_raw(rdata, len);
}

/* An A record under a signature made with nothing but key_sign(). */
static void sign_address(struct key *k, struct rrset *rs, struct rrset *rrsig)
{
	uint8_t rdata[KEY_SIGNATURE_MAX + 64], data[1024];
	struct buf r = buf_over(rdata, sizeof(rdata)), d = buf_over(data, sizeof(data));
	uint8_t signature[KEY_SIGNATURE_MAX];
	size_t len;
	struct err e;

	rrset_init(rs, (const uint8_t *)"\1a\2de", RR_A, 60);
	rrset_add(rs, "\xc6\x12\0\1", 4);
	buf_u16(&r, RR_A);
	buf_u8(&r, key_algorithm(k));
	buf_u8(&r, 2);
	buf_u32(&r, 60);
	buf_u32(&r, 2000000000);
	buf_u32(&r, 1000000000);
	buf_u16(&r, key_tag(k));
	buf_put(&r, apex, sizeof(apex));
	buf_put(&d, rdata, r.len);
	buf_put(&d, "\1a\2de\0\0\1\0\1\0\0\0\x3c\0\4\xc6\x12\0\1", 20);
	if (key_sign(k, data, d.len, signature, &len, &e))
		fail_msg("%s", e.text);
	buf_put(&r, signature, len);
	rrset_init(rrsig, rs->owner, RR_RRSIG, 60);
	rrset_add(rrsig, rdata, r.len);
}

static void keys_of_the_outage_have_their_tags(void **state)
{
	static const struct {
		enum key_role role;
		unsigned bits;
		int tag;
	} want[] = { { KEY_KSK, 2048, 26755 }, { KEY_ZSK, 1024, 32911 }, { KEY_ZSK, 1024, 33834 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		_cleanup_(key_freep) struct key *k =
			make(plan_of(want[i].role, ALG_RSASHA256, 0, want[i].tag), 7 + i);
		size_t len;

		assert_int_equal(key_tag(k), want[i].tag);
		assert_int_equal(judged_tag(k), want[i].tag);
		assert_int_equal(key_rdata(k, &len)[1], want[i].role == KEY_KSK ? 1 : 0);
		assert_int_equal(len, 8 + want[i].bits / 8);
		assert_true(key_rdata(k, &len)[8] & 0x80);
	}
}

/* Half of all numbers are no sum that a product of two large primes can have; the smallest ones
 * lose a carry. */
static void each_tag_is_met_or_refused(void **state)
{
	unsigned met = 0, refused = 0;

	(void)state;
	for (int tag = 0; tag < 65536; tag += tag < 48 || tag > 65500 ? 1 : 1021) {
		struct key_plan plan = plan_of(KEY_ZSK, ALG_RSASHA256, 512, tag);
		_cleanup_(key_freep) struct key *k = NULL;
		struct err e;
		int rc = key_new(&plan, 3, &k, &e);

		if (rc) {
			assert_int_equal(rc, -EINVAL);
			refused++;
			continue;
		}
		assert_int_equal(judged_tag(k), tag);
		assert_int_equal(key_tag(k), tag);
		met++;
	}
	print_message("tags met: %u, refused: %u\n", met, refused);
	assert_true(met > refused / 2 && refused > met / 2);
}

/* 3 less the sum of the other words is a multiple of 257, so a modulus can only reach this tag by
 * the carry that the sum loses. */
static void a_tag_that_needs_the_lost_carry_is_met(void **state)
{
	_cleanup_(key_freep) struct key *k = make(plan_of(KEY_ZSK, ALG_RSASHA256, 1024, 3), 1);

	(void)state;
	assert_int_equal(judged_tag(k), 3);
}

static void ldns_accepts_what_each_algorithm_signs(void **state)
{
	static const struct key_plan plans[] = {
		{ .role = KEY_ZSK, .algorithm = ALG_RSASHA256, .tag = 33834 },
		{ .role = KEY_KSK, .algorithm = ALG_RSASHA256, .tag = -1 },
		{ .role = KEY_CSK, .algorithm = ALG_RSASHA512, .tag = -1 },
		{ .role = KEY_ZSK, .algorithm = ALG_RSASHA512, .tag = -1, .bits = 1280 },
		{ .role = KEY_CSK, .algorithm = ALG_ECDSAP256SHA256, .tag = -1 },
		{ .role = KEY_ZSK, .algorithm = ALG_ED25519, .tag = -1 },
	};
	static struct rrset rs, rrsig, dnskey, other;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++)
		for (uint64_t seed = 0; seed < (plans[i].algorithm < 13 ? 2 : 40); seed++) {
			_cleanup_(key_freep) struct key *k = make(plans[i], seed);
			_cleanup_(key_freep) struct key *l = make(plans[i], seed + 1000);

			dnskey_of(k, &dnskey);
			dnskey_of(l, &other);
			for (int again = 0; again < 2; again++) {
				sign_address(k, &rs, &rrsig);
				assert_true(judge_accepts(&rs, &rrsig, &dnskey));
				assert_false(judge_accepts(&rs, &rrsig, &other));
			}
			rs.data[2] ^= 1;
			assert_false(judge_accepts(&rs, &rrsig, &dnskey));
		}
}

static void the_same_seed_gives_the_same_key_and_signature(void **state)
{
	static const enum algorithm algorithms[] = { ALG_RSASHA256, ALG_ECDSAP256SHA256,
						     ALG_ED25519 };
	static struct rrset rs, first, second;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
		struct key_plan plan = plan_of(KEY_ZSK, algorithms[i], 0, -1);
		_cleanup_(key_freep) struct key *a = make(plan, 1), *b = make(plan, 1),
						*c = make(plan, 2);
		size_t a_len, b_len, c_len;
		const uint8_t *a_rdata = key_rdata(a, &a_len), *b_rdata = key_rdata(b, &b_len),
			      *c_rdata = key_rdata(c, &c_len);

		assert_int_equal(a_len, b_len);
		assert_memory_equal(a_rdata, b_rdata, a_len);
		assert_memory_not_equal(a_rdata, c_rdata, a_len);
		sign_address(a, &rs, &first);
		sign_address(a, &rs, &second);
		assert_memory_equal(first.data, second.data, first.len);
		sign_address(b, &rs, &second);
		assert_memory_equal(first.data, second.data, first.len);
	}
}

static void ldns_makes_the_same_ds(void **state)
{
	static const struct {
		uint8_t type;
		ldns_hash hash;
		size_t len;
	} digests[] = { { 1, LDNS_SHA1, 24 }, { 2, LDNS_SHA256, 36 }, { 4, LDNS_SHA384, 52 } };
	_cleanup_(key_freep) struct key *k = make(plan_of(KEY_CSK, ALG_ECDSAP256SHA256, 0, -1), 5);
	static struct rrset dnskey, ds;

	(void)state;
	dnskey_of(k, &dnskey);
	for (size_t i = 0; i < ARRAY_SIZE(digests); i++) {
		ldns_rr_list *keys = judge_list(&dnskey), *ours;
		ldns_rr *theirs = ldns_key_rr2ds(ldns_rr_list_rr(keys, 0), digests[i].hash);
		uint8_t rdata[52];
		size_t len = key_ds(k, apex, digests[i].type, rdata);

		assert_int_equal(len, digests[i].len);
		rrset_init(&ds, apex, RR_DS, 3600);
		rrset_add(&ds, rdata, len);
		ours = judge_list(&ds);
		assert_int_equal(ldns_rr_compare(ldns_rr_list_rr(ours, 0), theirs), 0);
		ldns_rr_list_deep_free(keys);
		ldns_rr_list_deep_free(ours);
		ldns_rr_free(theirs);
	}
}

static bool openssl_has_the_point(enum algorithm a, const uint8_t *xy, size_t len)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(a == ALG_ECDSAP256SHA256 ? NID_X9_62_prime256v1
									      : NID_secp384r1);
	EC_POINT *p = EC_POINT_new(group);
	uint8_t point[128] = { POINT_CONVERSION_UNCOMPRESSED };
	bool has;

	memcpy(point + 1, xy, len);
	has = EC_POINT_oct2point(group, p, point, len + 1, NULL) == 1;
	EC_POINT_free(p);
	EC_GROUP_free(group);
	return has;
}

/* FIPS 204 table 2; Falcon's specification 1.2, table 3.3; FIPS 205 table 2. */
static void stand_ins_have_the_lengths_of_what_they_stand_for(void **state)
{
	static const struct {
		enum algorithm a;
		size_t key, signature;
	} want[] = {
		{ ALG_SIZED_MLDSA44, 1312, 2420 },
		{ ALG_SIZED_FALCON512, 897, 666 },
		{ ALG_SIZED_SLHDSA128S, 32, 7856 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct key_plan plan = plan_of(KEY_KSK, want[i].a, 0, -1);
		_cleanup_(key_freep) struct key *k = make(plan, 5), *same = make(plan, 5);
		uint8_t once[KEY_SIGNATURE_MAX], again[KEY_SIGNATURE_MAX];
		size_t len, again_len, rdata_len;
		struct err e;

		assert_int_equal(judged_tag(k), key_tag(k));
		key_rdata(k, &rdata_len);
		assert_int_equal(rdata_len, 4 + want[i].key);
		assert_int_equal(key_rdata_len(&plan), rdata_len);
		assert_int_equal(key_sign(k, "data", 4, once, &len, &e), 0);
		assert_int_equal(len, want[i].signature);
		assert_int_equal(key_signature_len(&plan), len);
		assert_int_equal(key_sign(same, "data", 4, again, &again_len, &e), 0);
		assert_memory_equal(once, again, len);
		assert_int_equal(key_sign(k, "date", 4, again, &again_len, &e), 0);
		assert_memory_not_equal(once, again, len);
	}
}

/* By OpenSSL, which gets no more than the public key. */
static bool openssl_verifies(const uint8_t *public, const uint8_t *signature, const char *data)
{
	EVP_PKEY *k = EVP_PKEY_new_raw_public_key_ex(NULL, "ML-DSA-44", NULL, public, 1312);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool is_good;

	assert_non_null(k);
	is_good = EVP_DigestVerifyInit_ex(c, NULL, NULL, NULL, NULL, k, NULL) == 1 &&
		  EVP_DigestVerify(c, signature, 2420, (const uint8_t *)data, strlen(data)) == 1;
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(k);
	return is_good;
}

static void ml_dsa_44_is_real_where_openssl_has_it(void **state)
{
	struct key_plan plan = plan_of(KEY_ZSK, ALG_MLDSA44, 0, -1);
	_cleanup_(key_freep) struct key *k = NULL;
	uint8_t once[KEY_SIGNATURE_MAX], again[KEY_SIGNATURE_MAX];
	size_t len;
	struct err e;

	(void)state;
	if (key_known(ALG_MLDSA44, &e) < 0) {
		print_message("%s\n", e.text);
		assert_non_null(strstr(e.text, "SIZED-ML-DSA-44"));
		assert_int_equal(key_new(&plan, 5, &k, &e), -ENOTSUP);
		return;
	}
	k = make(plan, 5);
	assert_int_equal(key_sign(k, "data", 4, once, &len, &e), 0);
	assert_int_equal(len, 2420);
	assert_true(openssl_verifies(key_rdata(k, &len) + 4, once, "data"));
	assert_int_equal(len, 4 + 1312);
	assert_false(openssl_verifies(key_rdata(k, &len) + 4, once, "date"));
	assert_int_equal(key_sign(k, "data", 4, again, &len, &e), 0);
	assert_memory_equal(once, again, len);
}

/* 128 keys of one tag, all different, of each algorithm that has them. */
static void keys_can_be_made_to_one_tag(void **state)
{
	static const enum algorithm algorithms[] = { ALG_RSASHA256, ALG_ECDSAP256SHA256,
						     ALG_ECDSAP384SHA384, ALG_ED25519, ALG_ED448 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
		enum algorithm a = algorithms[i];
		_cleanup_(key_freep) struct key *k = make(plan_of(KEY_ZSK, a, 0, -1), 11);
		static uint8_t rdata[128][KEY_RDATA_MAX];
		size_t want;

		key_rdata(k, &want);
		for (unsigned n = 0; n < 128; n++) {
			assert_int_equal(key_colliding(k, n, rdata[n]), want);
			assert_int_equal(ldns_calc_keytag_raw(rdata[n], want), key_tag(k));
			assert_int_equal(rdata[n][0] << 8 & 0x0100, 0x0100); /* a zone key, */
			assert_int_equal(rdata[n][1] & 0x81, 0); /* not revoked, no SEP */
			if (a == ALG_ECDSAP256SHA256 || a == ALG_ECDSAP384SHA384)
				assert_true(openssl_has_the_point(a, rdata[n] + 4, want - 4));
			for (unsigned m = 0; m < n; m++)
				assert_memory_not_equal(rdata[m] + 4, rdata[n] + 4, want - 4);
		}
	}
	assert_false(key_can_collide(ALG_DSA));
}

static void impossible_plans_are_refused_with_a_sentence(void **state)
{
	const struct key_plan bad[] = {
		plan_of(KEY_ZSK, ALG_NONE, 0, -1),
		plan_of(KEY_ZSK, (enum algorithm)4, 0, -1),
		plan_of(KEY_ZSK, ALG_RSASHA256, 256, -1),
		plan_of(KEY_ZSK, ALG_RSASHA256, 8192, -1),
		plan_of(KEY_ZSK, ALG_RSASHA256, 1025, -1),
		plan_of(KEY_ZSK, ALG_RSASHA512, 512, -1),
		plan_of(KEY_ZSK, ALG_RSASHA256, 1024, 65536),
		plan_of(KEY_ZSK, ALG_ECDSAP256SHA256, 0, 33834),
		plan_of(KEY_ZSK, ALG_ED25519, 1024, -1),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct key *k = NULL;
		struct err e = { .text = "" };

		assert_int_equal(key_new(&bad[i], 1, &k, &e), -EINVAL);
		assert_true(e.text[0]);
		assert_null(k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_the_outage_have_their_tags),
		cmocka_unit_test(each_tag_is_met_or_refused),
		cmocka_unit_test(a_tag_that_needs_the_lost_carry_is_met),
		cmocka_unit_test(ldns_accepts_what_each_algorithm_signs),
		cmocka_unit_test(the_same_seed_gives_the_same_key_and_signature),
		cmocka_unit_test(ldns_makes_the_same_ds),
		cmocka_unit_test(keys_can_be_made_to_one_tag),
		cmocka_unit_test(stand_ins_have_the_lengths_of_what_they_stand_for),
		cmocka_unit_test(ml_dsa_44_is_real_where_openssl_has_it),
		cmocka_unit_test(impossible_plans_are_refused_with_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
