/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/sign.h"

#include <stdio.h>

#include "tests/support/ldns_judge.h"
#include "tests/support/test.h"
#include "zones/state.h"
#include "zones/version.h"

/* The zone of the night of 5 May 2026: a bad signing at once on all six servers, a good one that
 * takes its time. It is made by hand here: no tree is needed for it. */
struct world {
	struct zone zone;
	struct zone_state state;
	struct key_plan keys[4];
	struct signing signings[3];
	struct rrset_ref always[1];
};

enum { KSK, OLD, NEW, NEXT_KSK };

static const uint8_t apex[] = "\2de";
static struct rrset rs, rrsig, dnskey;

static simtime at(const char *text)
{
	simtime t;
	struct err e;

	if (simtime_parse(text, &t, &e))
		fail_msg("%s", e.text);
	return t;
}

static struct key_plan rsa_key(enum key_role role, int tag, const char *from, const char *to)
{
	return (struct key_plan){ .role = role,
				  .algorithm = ALG_RSASHA256,
				  .tag = tag,
				  .published = from ? at(from) : 0,
				  .removed = to ? at(to) : SIMTIME_NEVER };
}

static void world_init(struct world *w, uint64_t seed)
{
	struct zone *z = &w->zone;
	simtime bad = at("2026-05-05T19:19Z");

	memset(w, 0, sizeof(*w));
	name_copy(z->apex, apex);
	z->state = &w->state;
	z->is_signed = true;
	z->seed = seed;
	z->validity = 14 * DAY;
	z->backdate = 90 * MINUTE;
	z->version_every = MINUTE;
	z->server_count = 6;
	z->ttl.dnskey = 3600;
	z->ttl.ds = 86400;
	w->keys[KSK] = rsa_key(KEY_KSK, 26755, NULL, NULL);
	w->keys[OLD] = rsa_key(KEY_ZSK, 32911, NULL, NULL);
	w->keys[NEW] = rsa_key(KEY_ZSK, 33834, "2026-05-02T12:00Z", NULL);
	w->keys[NEXT_KSK] = rsa_key(KEY_KSK, -1, "2026-06-01Z", "2026-07-01Z");
	z->keys = w->keys;
	z->key_count = ARRAY_SIZE(w->keys);
	name_copy(w->always[0].owner, apex);
	w->always[0].type = RR_NSEC3;
	w->signings[0] = (struct signing){ .key = OLD, .fault = -1 };
	w->signings[1] = (struct signing){ .at = bad,
					   .reach_from = bad,
					   .reach_to = bad,
					   .key = NEW,
					   .mismatched = 2. / 3,
					   .always = w->always,
					   .always_count = 1,
					   .fault = 5 };
	w->signings[2] = (struct signing){ .at = at("2026-05-05T21:45:14Z"),
					   .reach_from = at("2026-05-05T22:08Z"),
					   .reach_to = at("2026-05-05T23:15Z"),
					   .key = OLD,
					   .fault = -1 };
	z->signings = w->signings;
	z->signing_count = ARRAY_SIZE(w->signings);
}

static void world_done(struct world *w)
{
	sign_state_free(&w->zone);
}

/* RRset number `n`: an A record, so that thousands of them differ. */
static void numbered(unsigned n)
{
	uint8_t name[] = "\4xxxx\2de", address[] = { 198, 18, (uint8_t)(n >> 8), (uint8_t)n };

	for (int i = 0; i < 4; i++)
		name[1 + i] = (uint8_t)('a' + (n >> 4 * i & 15));
	rrset_init(&rs, name, RR_A, 300);
	rrset_add(&rs, address, 4);
}

/* The first 64 faults that the signature carries. */
static uint64_t sign_as(struct world *w, unsigned server, simtime now, const uint8_t *wildcard,
			const uint8_t *ref_owner)
{
	struct fault_set seen = { 0 };
	struct view v = { .zone = &w->zone, .server = server, .now = now, .seen = &seen };
	struct err e;

	if (sign_rrset(&v, &rs, wildcard, ref_owner, &rrsig, &e))
		fail_msg("%s", e.text);
	return seen.bits[0];
}

static uint64_t sign(struct world *w, unsigned server, simtime now)
{
	return sign_as(w, server, now, NULL, NULL);
}

static bool accepted(struct world *w, simtime now)
{
	struct view v = { .zone = &w->zone, .now = now };

	assert_true(sign_dnskey(&v, &dnskey));
	return judge_accepts(&rs, &rrsig, &dnskey);
}

static uint16_t signed_tag(void)
{
	return get16(rrsig.data + 2 + 16);
}

static simtime inception(void)
{
	return get32(rrsig.data + 2 + 12) * SECOND;
}

static simtime expiration(void)
{
	return get32(rrsig.data + 2 + 8) * SECOND;
}

static void a_healthy_zone_is_accepted_by_ldns(void **state)
{
	struct world *w = *state;
	simtime now = at("2026-05-05T19:00Z");

	for (unsigned n = 0; n < 100; n++) {
		numbered(n);
		assert_int_equal(sign(w, n % 6, now), 0);
		assert_int_equal(rrsig.count, 1);
		assert_int_equal(signed_tag(), 32911);
		assert_true(accepted(w, now));
	}
}

static void two_thirds_of_the_bad_signing_are_bogus(void **state)
{
	struct world *w = *state;
	simtime now = at("2026-05-05T20:00Z");
	unsigned bad = 0;

	for (unsigned n = 0; n < 3000; n++) {
		uint64_t faults;
		bool good;

		numbered(n);
		faults = sign(w, 0, now);
		good = accepted(w, now);
		assert_int_equal(signed_tag(), 33834);
		assert_int_equal(faults, good ? 0 : 1 << 5);
		bad += !good;
	}
	print_message("mismatched: %u of 3000\n", bad);
	assert_in_range(bad, 1920, 2080);
}

static void a_listed_rrset_is_always_bogus(void **state)
{
	struct world *w = *state;
	uint8_t owner[] = "\40a0d5d1p51kijsevll74k523htmq406bk\2de";
	unsigned bad = 0;

	for (int i = 0; i < 24; i++) {
		simtime now = at("2026-05-05T19:19Z") + i * 6 * MINUTE;

		owner[1] = (uint8_t)('a' + i % 24);
		rrset_init(&rs, owner, RR_NSEC3, 7200);
		rrset_add(&rs, "\1\1\0\0\0\24aaaabbbbccccddddeeee", 26);
		assert_int_equal(sign_as(w, 0, now, NULL, apex), 1 << 5);
		assert_false(accepted(w, now));
		bad += sign_as(w, 0, now, NULL, (const uint8_t *)"\1b\2de") != 0;
	}
	assert_in_range(bad, 5, 23);
}

static void the_lottery_is_the_same_on_all_servers_and_new_in_each_version(void **state)
{
	static struct rrset first;
	struct world *w = *state;
	unsigned changed = 0;

	for (unsigned n = 0; n < 100; n++) {
		uint64_t faults, soa;
		simtime now = at("2026-05-05T20:00Z") + n * MINUTE;

		numbered(n);
		faults = sign(w, 0, now);
		rrset_copy(&first, &rrsig);
		assert_int_equal(sign(w, 5, now + 40 * SECOND), faults);
		assert_int_equal(rrsig.len, first.len);
		assert_memory_equal(rrsig.data, first.data, first.len);
		rrset_init(&rs, apex, RR_SOA, 86400);
		rrset_add(&rs, &n, sizeof(n));
		soa = sign(w, 0, now);
		assert_int_equal(sign(w, 3, now + 59 * SECOND), soa);
		changed += sign(w, 0, now + MINUTE) != soa;
	}
	assert_in_range(changed, 20, 70); /* 2 * 2/3 * 1/3 of 100 */
}

static void a_version_reaches_one_server_after_the_other(void **state)
{
	struct world *w = *state;
	static const char *const reached[] = { "2026-05-05T22:08:00Z", "2026-05-05T22:21:24Z",
					       "2026-05-05T22:34:48Z", "2026-05-05T22:48:12Z",
					       "2026-05-05T23:01:36Z", "2026-05-05T23:15:00Z" };

	numbered(1);
	for (unsigned i = 0; i < 6; i++) {
		sign(w, i, at(reached[i]) - 1);
		assert_int_equal(signed_tag(), 33834);
		sign(w, i, at(reached[i]));
		assert_int_equal(signed_tag(), 32911);
	}
	w->zone.server_count = 1;
	sign(w, 0, at(reached[0]) - 1);
	assert_int_equal(signed_tag(), 33834);
	sign(w, 0, at(reached[0]));
	assert_int_equal(signed_tag(), 32911);
	w->zone.server_count = 6;
}

static void the_good_signing_has_the_dates_of_the_night(void **state)
{
	struct world *w = *state;

	numbered(7);
	sign(w, 5, at("2026-05-05T23:30Z"));
	assert_int_equal(inception(), at("2026-05-05T20:15:14Z"));
	assert_int_equal(expiration(), at("2026-05-19T21:45:14Z"));
	sign(w, 5, at("2026-05-05T19:20Z"));
	assert_int_equal(inception(), at("2026-05-05T17:49:00Z"));
	assert_true(accepted(w, at("2026-05-05T23:30Z")) ||
		    sign(w, 5, at("2026-05-05T19:20Z")) == 1 << 5);
}

static void rrsets_are_signed_again_at_half_of_their_validity(void **state)
{
	struct world *w = *state;
	simtime last[20] = { 0 }, first_round[20];
	unsigned different = 0;

	for (simtime now = at("2026-05-08Z"); now < at("2026-07-08Z"); now += HOUR)
		for (unsigned n = 0; n < 20; n++) {
			numbered(n);
			sign(w, 0, now);
			assert_true(inception() + 90 * MINUTE <= now);
			assert_true(now < inception() + 90 * MINUTE + 7 * DAY + SECOND);
			assert_int_equal(expiration() - inception(), 14 * DAY + 90 * MINUTE);
			if (last[n] && inception() != last[n] && now > at("2026-05-13Z"))
				assert_in_range(inception() - last[n], 7 * DAY - SECOND,
						7 * DAY + SECOND);
			last[n] = inception();
			if (now == at("2026-05-20Z"))
				first_round[n] = inception();
		}
	for (unsigned n = 1; n < 20; n++)
		different += first_round[n] != first_round[n - 1];
	assert_int_equal(different, 19);
}

static void the_soa_is_signed_with_every_version(void **state)
{
	struct world *w = *state;
	struct view v = { .zone = &w->zone, .server = 5, .now = at("2026-05-05T23:14:59Z") };

	rrset_init(&rs, apex, RR_SOA, 86400);
	rrset_add(&rs, "soa", 3);
	assert_int_equal(version_serial(&v), at("2026-05-05T23:14Z") / SECOND);
	sign(w, 5, v.now);
	assert_int_equal(inception(), at("2026-05-05T21:44Z"));
	v.server = 1; /* reached at 22:21:24, between two minutes */
	v.now = at("2026-05-05T22:21:23Z");
	assert_int_equal(version_serial(&v), at("2026-05-05T22:21Z") / SECOND);
	v.now = at("2026-05-05T22:21:30Z");
	assert_int_equal(version_serial(&v), at("2026-05-05T22:21:24Z") / SECOND);
	sign(w, 1, v.now);
	assert_int_equal(inception(), at("2026-05-05T20:51:24Z"));
	v.now = at("2026-05-05T22:22Z");
	assert_int_equal(version_serial(&v), v.now / SECOND);
}

static void keys_are_published_for_their_lives_and_signed_by_each_ksk(void **state)
{
	struct world *w = *state;
	struct view v = { .zone = &w->zone, .now = at("2026-05-02T11:59Z") };
	static const struct {
		const char *now;
		unsigned keys, signatures;
	} want[] = { { "2026-05-02T11:59:59Z", 2, 1 }, { "2026-05-02T12:00Z", 3, 1 },
		     { "2026-05-05T20:00Z", 3, 1 },    { "2026-06-01Z", 4, 2 },
		     { "2026-06-30T23:59:59Z", 4, 2 }, { "2026-07-01Z", 3, 1 } };

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		v.now = at(want[i].now);
		assert_true(sign_dnskey(&v, &rs));
		assert_int_equal(rs.count, want[i].keys);
		assert_int_equal(rs.ttl, 3600);
		assert_int_equal(sign(w, 0, v.now), 0);
		assert_int_equal(rrsig.count, want[i].signatures);
		assert_true(accepted(w, v.now));
	}
	/* Signed anew at the instant at which the set changed. */
	assert_int_equal(inception(), at("2026-07-01Z") - 90 * MINUTE);
}

/* ldns finds the key of a signature by its tag, which is another one then. */
static void a_key_that_is_revoked_has_the_bit_and_signs_itself(void **state)
{
	struct world *w = *state;
	struct view v = { .zone = &w->zone };
	static struct rrset one;
	size_t pos = 0, len;
	const uint8_t *rdata;

	w->keys[KSK].revoked = at("2026-06-15Z");
	w->keys[KSK].signs = (struct key_span){ 1, at("2026-06-10Z") };
	for (unsigned i = 0; i < 2; i++) {
		unsigned revoked = 0;

		v.now = at(i ? "2026-06-15Z" : "2026-06-14T23:59:59Z");
		assert_true(sign_dnskey(&v, &rs));
		assert_int_equal(sign(w, 0, v.now), 0);
		assert_int_equal(rrsig.count, 1 + i);
		for (pos = 0; (rdata = rrset_next(&rs, &pos, &len));) {
			if (get16(rdata) != 385)
				continue;
			revoked++;
			rrset_init(&one, apex, RR_DNSKEY, 3600);
			rrset_add(&one, rdata, len);
			assert_true(judge_accepts(&rs, &rrsig, &one));
		}
		assert_int_equal(revoked, i);
	}
	assert_int_equal(inception(), at("2026-06-15Z") - 90 * MINUTE);
}

static void the_ds_stands_for_the_ksks(void **state)
{
	struct world *w = *state;
	struct zone parent = { .apex = "", .ttl.ds = 1234 };
	struct view v = { .zone = &parent, .now = at("2026-05-05Z") };
	ldns_rr_list *keys, *ours;
	ldns_rr *theirs;

	assert_true(sign_ds(&v, &w->zone, &rs));
	assert_int_equal(rs.count, 1);
	assert_int_equal(rs.ttl, 1234);
	assert_int_equal(get16(rs.data + 2), 26755);
	rrset_init(&dnskey, apex, RR_DNSKEY, 1234);
	size_t len;
	const uint8_t *rdata = key_rdata(sign_key(&w->zone, KSK, NULL), &len);

	rrset_add(&dnskey, rdata, len);
	keys = judge_list(&dnskey);
	ours = judge_list(&rs);
	theirs = ldns_key_rr2ds(ldns_rr_list_rr(keys, 0), LDNS_SHA256);
	assert_int_equal(ldns_rr_compare(ldns_rr_list_rr(ours, 0), theirs), 0);
	ldns_rr_list_deep_free(keys);
	ldns_rr_list_deep_free(ours);
	ldns_rr_free(theirs);
	v.now = at("2026-06-15Z");
	assert_true(sign_ds(&v, &w->zone, &rs));
	assert_int_equal(rs.count, 2);
	w->zone.is_signed = false;
	assert_false(sign_ds(&v, &w->zone, &rs));
	w->zone.is_signed = true;
}

static void an_expanded_wildcard_carries_the_wildcards_signature(void **state)
{
	struct world *w = *state;
	simtime now = at("2026-05-05T12:00Z");
	static const uint8_t wildcard[] = "\1*\4wild\2de", expanded[] = "\1a\1b\4wild\2de";

	rrset_init(&rs, expanded, RR_A, 300);
	rrset_add(&rs, "\xc6\x12\0\1", 4);
	sign_as(w, 0, now, wildcard, NULL);
	assert_true(name_equal(rrsig.owner, expanded));
	assert_int_equal(rrsig.data[2 + 3], 2); /* labels */
	assert_true(accepted(w, now));
	rrset_init(&rs, wildcard, RR_A, 300);
	rrset_add(&rs, "\xc6\x12\0\1", 4);
	sign(w, 0, now);
	assert_int_equal(rrsig.data[2 + 3], 2);
	assert_true(accepted(w, now));
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
	static struct world same, other;
	static struct rrset first;
	struct world *w = *state;

	world_init(&same, w->zone.seed);
	world_init(&other, w->zone.seed + 1);
	for (unsigned n = 0; n < 30; n++) {
		simtime now = at("2026-05-05T19:00Z") + n * 15 * MINUTE;

		numbered(n);
		sign(w, n % 6, now);
		rrset_copy(&first, &rrsig);
		sign(&same, n % 6, now);
		assert_int_equal(rrsig.len, first.len);
		assert_memory_equal(rrsig.data, first.data, first.len);
		sign(&other, n % 6, now);
		assert_memory_not_equal(rrsig.data, first.data, first.len);
	}
	world_done(&same);
	world_done(&other);
}

static void what_was_forgotten_is_made_again(void **state)
{
	static struct world small;
	static struct rrset first;
	simtime now = at("2026-05-05T20:00Z");
	uint64_t faults;

	(void)state;
	world_init(&small, 9);
	small.state.is_leaf = true;
	numbered(0);
	faults = sign(&small, 0, now);
	rrset_copy(&first, &rrsig);
	for (unsigned n = 1; n < 200; n++) {
		numbered(n);
		sign(&small, 0, now);
	}
	for (int again = 0; again < 2; again++) {
		numbered(0);
		assert_int_equal(sign(&small, 0, now), faults);
		assert_int_equal(rrsig.count, 1);
		assert_int_equal(rrsig.len, first.len);
		assert_memory_equal(rrsig.data, first.data, first.len);
	}
	/* Other data under the same name and at the same instant is another RRset. */
	now = at("2026-05-05T12:00Z");
	sign(&small, 0, now);
	rs.data[2] ^= 1;
	assert_false(accepted(&small, now));
	sign(&small, 0, now);
	assert_true(accepted(&small, now));
	world_done(&small);
}

static void one_csk_signs_everything_by_any_algorithm(void **state)
{
	static const enum algorithm algorithms[] = { ALG_RSASHA256, ALG_RSASHA512,
						     ALG_ECDSAP256SHA256, ALG_ED25519 };
	simtime now = at("2026-05-05T12:00Z");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
		static struct world w;

		world_init(&w, i);
		w.zone.key_count = w.zone.signing_count = 1;
		w.keys[0] = (struct key_plan){ .role = KEY_CSK,
					       .algorithm = algorithms[i],
					       .tag = -1,
					       .removed = SIMTIME_NEVER };
		w.signings[0].key = 0;
		numbered(3);
		sign(&w, 0, now);
		assert_true(accepted(&w, now));
		assert_true(sign_dnskey(&(struct view){ .zone = &w.zone, .now = now }, &rs));
		sign(&w, 0, now);
		assert_int_equal(rrsig.count, 1);
		assert_true(accepted(&w, now));
		world_done(&w);
	}
}

static void an_unsigned_zone_has_no_signatures(void **state)
{
	struct world *w = *state;
	struct view v = { .zone = &w->zone, .now = at("2026-05-05T12:00Z") };

	w->zone.is_signed = false;
	numbered(1);
	assert_int_equal(sign(w, 0, v.now), 0);
	assert_int_equal(rrsig.count, 0);
	assert_false(sign_dnskey(&v, &dnskey));
	w->zone.is_signed = true;
}

int main(void)
{
	static struct world w;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(a_healthy_zone_is_accepted_by_ldns, &w),
		cmocka_unit_test_prestate(two_thirds_of_the_bad_signing_are_bogus, &w),
		cmocka_unit_test_prestate(a_listed_rrset_is_always_bogus, &w),
		cmocka_unit_test_prestate(
			the_lottery_is_the_same_on_all_servers_and_new_in_each_version, &w),
		cmocka_unit_test_prestate(a_version_reaches_one_server_after_the_other, &w),
		cmocka_unit_test_prestate(the_good_signing_has_the_dates_of_the_night, &w),
		cmocka_unit_test_prestate(rrsets_are_signed_again_at_half_of_their_validity, &w),
		cmocka_unit_test_prestate(the_soa_is_signed_with_every_version, &w),
		cmocka_unit_test_prestate(keys_are_published_for_their_lives_and_signed_by_each_ksk,
					  &w),
		cmocka_unit_test_prestate(a_key_that_is_revoked_has_the_bit_and_signs_itself, &w),
		cmocka_unit_test_prestate(the_ds_stands_for_the_ksks, &w),
		cmocka_unit_test_prestate(an_expanded_wildcard_carries_the_wildcards_signature, &w),
		cmocka_unit_test_prestate(the_same_seed_gives_the_same_bytes, &w),
		cmocka_unit_test(what_was_forgotten_is_made_again),
		cmocka_unit_test(one_csk_signs_everything_by_any_algorithm),
		cmocka_unit_test_prestate(an_unsigned_zone_has_no_signatures, &w),
	};
	int failed;

	world_init(&w, 20260505);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	world_done(&w);
	return failed;
}
