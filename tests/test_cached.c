/* SPDX-License-Identifier: BSD-2-Clause */
/* Histories made by hand, with keys and signatures of ldns: when caches turn bogus, to the second. */
#include "zones/cached/cached_judge.h"

#include "tests/support/test.h"

#define START (INT64_C(1777982400) * SECOND) /* 2026-05-05T12:00Z */
#define DNSKEY_TTL 3600
#define RRSET_TTL 7200
#define DS_TTL 86400

static ldns_key *ksk, *new_ksk, *zsk, *new_zsk;
static ldns_key *one_tag[3]; /* three pairs */

/* ---- keys ---- */

static ldns_rr *record_of(ldns_key *k)
{
	ldns_rr *rr = ldns_key2rr(k);

	assert_non_null(rr);
	return rr;
}

static ldns_key *make_key(uint16_t flags)
{
	ldns_key *k = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);
	ldns_rr *rr;

	assert_non_null(k);
	ldns_key_set_flags(k, flags);
	ldns_key_set_pubkey_owner(k, ldns_dname_new_frm_str("de."));
	rr = record_of(k);
	ldns_key_set_keytag(k, ldns_calc_keytag(rr));
	ldns_rr_free(rr);
	return k;
}

/* ZSKs until three have one tag. */
static void make_three(void)
{
	static ldns_key *first[65536], *second[65536];
	bool done = false;

	while (!done) {
		ldns_key *k = make_key(256);
		uint16_t tag = ldns_key_keytag(k);

		done = second[tag] != NULL;
		if (done) {
			one_tag[0] = first[tag];
			one_tag[1] = second[tag];
			one_tag[2] = k;
			first[tag] = second[tag] = NULL;
		} else if (first[tag]) {
			second[tag] = k;
		} else {
			first[tag] = k;
		}
	}
	for (unsigned i = 0; i < 65536; i++) {
		if (first[i])
			ldns_key_deep_free(first[i]);
		if (second[i])
			ldns_key_deep_free(second[i]);
	}
}

static int make_keys(void **state)
{
	(void)state;
	ksk = make_key(257);
	new_ksk = make_key(257);
	zsk = make_key(256);
	new_zsk = make_key(256);
	make_three();
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	ldns_key_deep_free(ksk);
	ldns_key_deep_free(new_ksk);
	ldns_key_deep_free(zsk);
	ldns_key_deep_free(new_zsk);
	for (int i = 0; i < 3; i++)
		ldns_key_deep_free(one_tag[i]);
	return 0;
}

/* ---- a history ---- */

struct history {
	struct cached *c;
	simtime ends; /* of the signatures that are made */
	unsigned entry; /* of the RRset that is there */
	simtime entry_ends;
	struct cached_verdict v;
	struct cached_first first;
};

static void begin(struct history *h)
{
	struct err e;

	*h = (struct history){ .ends = START + 14 * DAY };
	assert_int_equal(cached_new("de.", &h->c, &e), 0);
}

static void end(struct history *h)
{
	cached_verdict_done(&h->v);
	cached_free(h->c);
}

static ldns_rr_list *sign(const struct history *h, ldns_rr_list *rrset, ldns_key *by)
{
	ldns_key_list *keys = ldns_key_list_new();
	ldns_rr_list *sigs;

	ldns_key_set_inception(by, (uint32_t)simtime_seconds(START - DAY));
	ldns_key_set_expiration(by, (uint32_t)simtime_seconds(h->ends));
	ldns_key_list_push_key(keys, by);
	sigs = ldns_sign_public(rrset, keys);
	assert_non_null(sigs);
	ldns_key_list_set_key_count(keys, 0);
	free(keys->_keys);
	free(keys);
	return sigs;
}

static void dnskey(struct history *h, simtime at, ldns_key *by, ldns_key *a, ldns_key *b,
		   ldns_key *c)
{
	ldns_key *const all[] = { a, b, c };
	ldns_rr_list *list = ldns_rr_list_new(), *sigs;
	struct cached_signed s;
	struct err e;
	bool is_new;

	for (int i = 0; i < 3; i++) {
		ldns_rr *rr = all[i] ? record_of(all[i]) : NULL;

		if (!rr)
			continue;
		ldns_rr_set_ttl(rr, DNSKEY_TTL);
		ldns_rr_list_push_rr(list, rr);
	}
	sigs = sign(h, list, by);
	if (cached_take_dnskey(h->c, START + at, list, sigs, &s, &is_new, &e) < 0)
		fail_msg("%s", e.text);
	ldns_rr_list_deep_free(list);
	ldns_rr_list_deep_free(sigs);
}

/* The one RRset of the zone. NULL: it is not signed. */
static void rrset(struct history *h, simtime at, ldns_key *by)
{
	ldns_rr_list *list = ldns_rr_list_new(), *sigs;
	unsigned before = h->entry;
	struct cached_signed s;
	struct err e;
	ldns_rr *rr;

	assert_int_equal(ldns_rr_new_frm_str(&rr, "a.de. 7200 IN A 198.18.0.1", 0, NULL, NULL), 0);
	ldns_rr_list_push_rr(list, rr);
	sigs = by ? sign(h, list, by) : ldns_rr_list_new();
	assert_int_equal(cached_verify(h->c, list, sigs, START + at, &s, &e), 0);
	assert_int_equal(cached_come(h->c, START + at, &s, "a.de.", LDNS_RR_TYPE_A, RRSET_TTL,
				     &h->entry, &e),
			 0);
	if (h->entry_ends)
		assert_int_equal(cached_go(h->c, START + at, before, "a.de.", LDNS_RR_TYPE_A,
					   RRSET_TTL, h->entry_ends, &e),
				 0);
	h->entry_ends = s.ends;
	ldns_rr_list_deep_free(list);
	ldns_rr_list_deep_free(sigs);
}

static void ds(struct history *h, simtime at, ldns_key *a, ldns_key *b)
{
	ldns_key *const all[] = { a, b };
	ldns_rr_list *list = ldns_rr_list_new();
	struct err e;

	for (int i = 0; i < 2; i++) {
		ldns_rr *key = all[i] ? record_of(all[i]) : NULL;
		ldns_rr *rr = key ? ldns_key_rr2ds(key, LDNS_SHA256) : NULL;

		ldns_rr_free(key);
		if (!rr)
			continue;
		ldns_rr_set_ttl(rr, DS_TTL);
		ldns_rr_list_push_rr(list, rr);
	}
	if (cached_take_ds(h->c, START + at, list, DS_TTL, &e) < 0)
		fail_msg("%s", e.text);
	ldns_rr_list_deep_free(list);
}

static void healthy_beginning(struct history *h)
{
	begin(h);
	ds(h, 0, ksk, NULL);
	dnskey(h, 0, ksk, ksk, zsk, NULL);
	rrset(h, 0, zsk);
}

static bool judge(struct history *h, simtime until)
{
	struct err e;

	assert_int_equal(cached_judge(h->c, INT64_MIN, START + until, &h->v, &e), 0);
	return cached_first(h->c, &h->v, &h->first);
}

static void assert_bogus(const struct history *h, simtime from, simtime until)
{
	assert_int_equal(simtime_seconds(h->first.from - START), simtime_seconds(from));
	if (until == SIMTIME_NEVER)
		assert_true(h->first.until == SIMTIME_NEVER);
	else
		assert_int_equal(simtime_seconds(h->first.until - START), simtime_seconds(until));
}

static void assert_margin(const struct history *h, enum cached_step step, simtime margin)
{
	assert_true(h->v.worst[step].any);
	assert_int_equal(simtime_seconds(h->v.worst[step].margin), simtime_seconds(margin));
}

/* ---- tests ---- */

static void a_healthy_roll_is_never_bogus_and_its_margins_are_known(void **state)
{
	struct history h;

	(void)state;
	healthy_beginning(&h);
	dnskey(&h, HOUR, ksk, ksk, zsk, new_zsk);
	rrset(&h, 3 * HOUR, new_zsk); /* the DNSKEY RRset of before is gone since 02:00 */
	dnskey(&h, 8 * HOUR, ksk, ksk, new_zsk, NULL); /* and the RRset since 05:00 */
	assert_false(judge(&h, 2 * DAY));
	assert_margin(&h, CACHED_SIGN, HOUR);
	assert_margin(&h, CACHED_KEY_OUT, 3 * HOUR);
	assert_margin(&h, CACHED_RENEW, 14 * DAY - 3 * HOUR + SECOND);
	assert_int_equal(h.v.bogus_any, 0);
	end(&h);
}

/* As of an algorithm's roll: what was signed by both is so from the beginning, once the second key is there. */
static void signatures_that_were_there_before_their_key_count(void **state)
{
	struct cached_signed s;
	struct history h;
	unsigned gone;
	struct err e;

	(void)state;
	healthy_beginning(&h);
	s = (struct cached_signed){ .ends = h.ends, .unknown = 1, .tag = 1 };
	assert_int_equal(cached_some_add(&s.signers, 1, &e),
			 0); /* by the ZSK, and by one that is not there */
	assert_int_equal(cached_come(h.c, START + HOUR, &s, "b.de.", LDNS_RR_TYPE_A, RRSET_TTL,
				     &h.entry, &e),
			 0);
	assert_int_equal(
		cached_come(h.c, START + HOUR, &s, "c.de.", LDNS_RR_TYPE_A, RRSET_TTL, &gone, &e),
		0);
	dnskey(&h, 4 * HOUR, ksk, ksk, zsk, new_zsk);
	assert_int_equal(cached_go(h.c, START + 4 * HOUR, gone, "c.de.", LDNS_RR_TYPE_A, RRSET_TTL,
				   h.ends, &e),
			 0); /* nobody can look at it again */
	assert_int_equal(cached_some_add(&s.signers, 2, &e), 0);
	s.unknown = 0;
	assert_int_equal(cached_found_out(h.c, START + 4 * HOUR, h.entry, &s, "b.de.",
					  LDNS_RR_TYPE_A, RRSET_TTL, &h.entry, &e),
			 0);
	/* The one that the old key alone has signed goes, and two hours later, when no cache has it, the old key. */
	assert_int_equal(
		cached_go(h.c, START + 2 * HOUR, 2, "a.de.", LDNS_RR_TYPE_A, RRSET_TTL, h.ends, &e),
		0);
	dnskey(&h, 4 * HOUR + 30 * MINUTE, ksk, ksk, new_zsk, NULL);
	assert_false(judge(&h, 2 * DAY));
	end(&h);
}

static void a_key_that_signs_too_soon_is_bogus_until_the_last_cache_has_it(void **state)
{
	struct history h;

	(void)state;
	healthy_beginning(&h);
	dnskey(&h, HOUR, ksk, ksk, zsk, new_zsk);
	rrset(&h, HOUR + 10 * MINUTE, new_zsk);
	assert_true(judge(&h, DAY));
	assert_bogus(&h, HOUR + 10 * MINUTE, 2 * HOUR);
	assert_int_equal(h.first.tag, ldns_key_keytag(new_zsk));
	assert_string_equal(h.first.owner, "a.de.");
	assert_margin(&h, CACHED_SIGN, -50 * MINUTE);
	/* Who fetched the DNSKEY RRset this moment has the new key; who did five minutes ago, too. */
	assert_int_equal(h.v.bogus[0], 0);
	assert_int_equal(h.v.bogus[1], 0);
	assert_int_equal(h.v.bogus_any, 50 * MINUTE);
	end(&h);
}

static void a_key_that_leaves_too_soon_is_bogus_to_who_has_what_it_signed(void **state)
{
	struct history h;

	(void)state;
	healthy_beginning(&h);
	dnskey(&h, HOUR, ksk, ksk, zsk, new_zsk);
	rrset(&h, 3 * HOUR, new_zsk);
	dnskey(&h, 4 * HOUR, ksk, ksk, new_zsk, NULL);
	assert_true(judge(&h, DAY));
	assert_bogus(&h, 4 * HOUR, 5 * HOUR);
	assert_int_equal(h.first.tag, ldns_key_keytag(zsk));
	assert_int_equal(h.v.bogus[2], 0); /* an hour old: fetched when the new one was there */
	assert_margin(&h, CACHED_KEY_OUT, -HOUR);
	end(&h);
}

/* DENIC's: three pairs under one tag, one of them published. */
static void a_wrong_pair_of_the_same_tag_is_bogus_and_the_right_one_is_not(void **state)
{
	struct history h;

	(void)state;
	assert_int_equal(ldns_key_keytag(one_tag[0]), ldns_key_keytag(one_tag[1]));
	assert_int_equal(ldns_key_keytag(one_tag[0]), ldns_key_keytag(one_tag[2]));
	for (int i = 0; i < 3; i++) {
		healthy_beginning(&h);
		dnskey(&h, HOUR, ksk, ksk, zsk, one_tag[0]);
		rrset(&h, 10 * HOUR, one_tag[i]);
		assert_int_equal(judge(&h, 11 * HOUR), i != 0);
		if (i != 0) {
			assert_bogus(&h, 10 * HOUR, SIMTIME_NEVER);
			assert_int_equal(h.first.tag, ldns_key_keytag(one_tag[0]));
			for (unsigned k = 0; k < 3; k++)
				assert_int_equal(h.v.bogus[k], k < 2 ? HOUR : 0);
		}
		end(&h);
	}
	/* Two of them published: either is good. */
	healthy_beginning(&h);
	dnskey(&h, HOUR, ksk, ksk, one_tag[1], one_tag[0]);
	rrset(&h, 10 * HOUR, one_tag[1]);
	rrset(&h, 11 * HOUR, one_tag[0]);
	judge(&h, 12 * HOUR);
	assert_margin(&h, CACHED_SIGN, 8 * HOUR);
	end(&h);
}

static void a_ds_before_its_key_is_everywhere_is_bogus(void **state)
{
	struct history h;

	(void)state;
	healthy_beginning(&h);
	dnskey(&h, HOUR, ksk, ksk, new_ksk, zsk);
	dnskey(&h, HOUR + MINUTE, new_ksk, ksk, new_ksk, zsk);
	ds(&h, HOUR + 10 * MINUTE, new_ksk, NULL);
	assert_true(judge(&h, 4 * DAY));
	/* The DS of the old KSK is in caches for a day yet, and that one signs no more. */
	assert_bogus(&h, HOUR + MINUTE, DAY + HOUR + 10 * MINUTE);
	assert_int_equal(h.first.finding->step, CACHED_KSK_OUT);
	assert_margin(&h, CACHED_DS_IN, -51 * MINUTE);
	end(&h);
}

static void a_ksk_that_goes_after_its_ds_has_left_caches_is_not(void **state)
{
	struct history h;

	(void)state;
	begin(&h);
	ds(&h, 0, ksk, new_ksk);
	dnskey(&h, 0, ksk, ksk, zsk, NULL);
	rrset(&h, 0, zsk);
	ds(&h, HOUR, ksk, NULL);
	dnskey(&h, 2 * HOUR, ksk, ksk, zsk, new_zsk);
	assert_false(judge(&h, DAY));
	end(&h);
	/* Its twin: the DS that stays is of the key that goes. */
	begin(&h);
	ds(&h, 0, ksk, new_ksk);
	dnskey(&h, 0, ksk, ksk, new_ksk, zsk);
	rrset(&h, 0, zsk);
	ds(&h, HOUR, new_ksk, NULL);
	dnskey(&h, 2 * HOUR, new_ksk, new_ksk, zsk, NULL);
	assert_true(judge(&h, 3 * DAY));
	assert_bogus(&h, HOUR, 3 * HOUR);
	end(&h);
}

static void a_signature_that_ends_before_it_is_renewed_is_bogus_to_all(void **state)
{
	struct history h;

	(void)state;
	begin(&h);
	h.ends = START + 5 * HOUR;
	ds(&h, 0, ksk, NULL);
	rrset(&h, 0, zsk);
	h.ends = START + 14 * DAY;
	end(&h);
	begin(&h);
	ds(&h, 0, ksk, NULL);
	dnskey(&h, 0, ksk, ksk, zsk, NULL);
	h.ends = START + 5 * HOUR;
	rrset(&h, 0, zsk);
	h.ends = START + 14 * DAY;
	rrset(&h, 6 * HOUR, zsk);
	assert_true(judge(&h, DAY));
	assert_bogus(&h, 5 * HOUR + SECOND, 6 * HOUR);
	assert_null(h.first.finding);
	assert_margin(&h, CACHED_RENEW, -HOUR + SECOND);
	for (unsigned i = 0; i < CACHED_AGES; i++)
		assert_int_equal(h.v.bogus[i], HOUR - SECOND);
	end(&h);
}

/* A cache keeps nothing beyond the end of its signature (RFC 4035 section 5.3.3). */
static void what_is_cached_ends_with_its_signature(void **state)
{
	struct history h;

	(void)state;
	begin(&h);
	ds(&h, 0, ksk, NULL);
	h.ends = START + HOUR + 20 * MINUTE;
	dnskey(&h, 0, ksk, ksk, zsk, NULL);
	h.ends = START + 14 * DAY;
	rrset(&h, 0, zsk);
	dnskey(&h, HOUR, ksk, ksk, zsk, new_zsk);
	rrset(&h, HOUR + 30 * MINUTE, new_zsk);
	assert_false(judge(&h, DAY));
	assert_margin(&h, CACHED_SIGN, 10 * MINUTE - SECOND);
	end(&h);
}

static void without_a_ds_nothing_is_bogus_until_one_comes_too_soon(void **state)
{
	struct history h;

	(void)state;
	begin(&h);
	ds(&h, 0, NULL, NULL);
	rrset(&h, 0, NULL);
	dnskey(&h, HOUR, ksk, ksk, zsk, NULL);
	rrset(&h, HOUR, zsk);
	assert_false(judge(&h, DAY));
	cached_verdict_done(&h.v);
	ds(&h, 2 * HOUR, ksk, NULL); /* what is not signed is in caches until 03:00 */
	assert_true(judge(&h, DAY));
	assert_bogus(&h, 2 * HOUR, 3 * HOUR);
	assert_int_equal(h.first.finding->step, CACHED_DS_IN);
	end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_roll_is_never_bogus_and_its_margins_are_known),
		cmocka_unit_test(signatures_that_were_there_before_their_key_count),
		cmocka_unit_test(a_key_that_signs_too_soon_is_bogus_until_the_last_cache_has_it),
		cmocka_unit_test(a_key_that_leaves_too_soon_is_bogus_to_who_has_what_it_signed),
		cmocka_unit_test(a_wrong_pair_of_the_same_tag_is_bogus_and_the_right_one_is_not),
		cmocka_unit_test(a_ds_before_its_key_is_everywhere_is_bogus),
		cmocka_unit_test(a_ksk_that_goes_after_its_ds_has_left_caches_is_not),
		cmocka_unit_test(a_signature_that_ends_before_it_is_renewed_is_bogus_to_all),
		cmocka_unit_test(what_is_cached_ends_with_its_signature),
		cmocka_unit_test(without_a_ds_nothing_is_bogus_until_one_comes_too_soon),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
