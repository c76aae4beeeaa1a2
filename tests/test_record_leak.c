/* SPDX-License-Identifier: BSD-2-Clause */
/* What counts as a leak, query by query. */
#include "tests/support/test.h"
#include "tests/support/wire_name.h"

#include "sim/record/record_leak.h"

#define AT(s) (SECOND * (s))

static struct record_leak leak;
static struct record_leaks sum;

static void begin(void)
{
	record_leak_done(&leak);
	sum = (struct record_leaks){ 0 };
}

static void operator_does(int seconds, const char *operation, const char *zone)
{
	record_leak_event(&leak, &(struct record_event){ .at = AT(seconds),
							 .kind = "operator",
							 .operation = operation,
							 .zone = zone,
							 .what = "for people" });
}

/* An answer without AD, to a question that wants it, at that second; its address was given at 5. */
static struct record_query answer(int seconds)
{
	return (struct record_query){ .sent = AT(seconds),
				      .answered = AT(seconds) + MSEC,
				      .class = CLASS_SIGNED,
				      .qname = wire("d1.de."),
				      .qtype = 1,
				      .name_key = 77,
				      .outcome = OUTCOME_NOERROR,
				      .age = AGE_STALE,
				      .wants_ad = true,
				      .edns = true,
				      .ede = -1,
				      .given = 5 };
}

static void book(const struct record_query *q)
{
	record_leak_query(&leak, q, &sum);
	assert_false(leak.failed);
}

static void a_stale_answer_leaks_unless_it_was_ever_validated(void **state)
{
	struct record_query q = answer(10), other = answer(10);

	(void)state;
	begin();
	book(&q);
	assert_int_equal(sum.stale_unvalidated, 1);
	q.ad = true;
	book(&q);
	q.ad = false;
	book(&q);
	assert_int_equal(sum.stale_unvalidated, 1);
	other.given = 6; /* given at another time */
	book(&other);
	other.given = 5;
	other.qtype = 28; /* for another type */
	book(&other);
	other.qtype = 1;
	other.name_key = 78; /* for another name */
	book(&other);
	assert_int_equal(sum.stale_unvalidated, 4);
	other.age = AGE_CACHED;
	book(&other);
	other.age = AGE_STALE;
	other.wants_ad = false;
	book(&other);
	other.wants_ad = true;
	other.class = CLASS_UNSIGNED;
	book(&other);
	assert_int_equal(sum.stale_unvalidated, 4);
	record_leak_done(&leak);
}

static void ad_leaks_at_and_below_an_anchor_while_it_stands(void **state)
{
	static const struct {
		int at;
		unsigned leaks;
	} when[] = { { 9, 0 }, { 10, 1 }, { 15, 1 }, { 19, 1 }, { 20, 0 }, { 29, 0 }, { 31, 1 } };
	struct record_query q;

	(void)state;
	begin();
	operator_does(10, "nta", "de.");
	operator_does(12, "nta", "de."); /* a second one of the same is the same */
	operator_does(15, "flush", "de.");
	operator_does(20, "nta-remove", "de.");
	operator_does(30, "nta", "d1.de.");
	for (size_t i = 0; i < ARRAY_SIZE(when); i++) {
		sum.ad_under_nta = 0;
		q = answer(when[i].at);
		q.ad = true;
		book(&q);
		assert_int_equal(sum.ad_under_nta, when[i].leaks);
	}
	sum.ad_under_nta = 0;
	q.qname = wire("d2.de.");
	book(&q);
	q.qname = wire("d1.net.");
	book(&q);
	assert_int_equal(sum.ad_under_nta, 0);
	q = answer(19);
	q.ad = true;
	q.answered = AT(21); /* which of both it was asked under nobody knows */
	book(&q);
	assert_int_equal(sum.ad_under_nta, 0);
	record_leak_done(&leak);
}

static void what_nobody_did_is_no_anchor(void **state)
{
	struct record_query q = answer(19);

	(void)state;
	begin();
	record_leak_event(&leak, &(struct record_event){ .at = AT(1),
							 .kind = "missed",
							 .operation = "nta",
							 .zone = "de.",
							 .what = "nobody failed" });
	q.ad = true;
	book(&q);
	assert_int_equal(sum.ad_under_nta, 0);
	record_leak_done(&leak);
}

static void stale_answers_have_3_or_19_and_those_of_an_anchor_33(void **state)
{
	struct record_query q = answer(19);

	(void)state;
	begin();
	operator_does(10, "nta", "de.");
	book(&q);
	assert_int_equal(sum.stale_without_ede, 1);
	assert_int_equal(sum.nta_without_ede, 1);
	q.edes = 1ULL << 22 | 1ULL << 3;
	book(&q);
	q.edes = 1ULL << 19;
	book(&q);
	assert_int_equal(sum.stale_without_ede, 1);
	assert_int_equal(sum.nta_without_ede, 3);
	q.edes = 1ULL << 33;
	book(&q);
	assert_int_equal(sum.stale_without_ede, 2);
	assert_int_equal(sum.nta_without_ede, 3);
	q.edes = 0;
	q.edns = false; /* to whom nothing may be said */
	book(&q);
	q.edns = true;
	q.ad = true; /* validated: no answer of the anchor */
	q.age = AGE_FRESH;
	book(&q);
	assert_int_equal(sum.stale_without_ede, 2);
	assert_int_equal(sum.nta_without_ede, 3);
	record_leak_done(&leak);
}

/* `role` is 1 and a role's number. */
static void anchor_of(unsigned role)
{
	record_leak_event(&leak, &(struct record_event){ .at = AT(1),
							 .kind = "operator",
							 .operation = "nta",
							 .zone = "de.",
							 .what = "",
							 .role_number = role });
}

static void an_anchor_covers_those_who_ask_the_resolvers_that_have_it(void **state)
{
	struct record_query q = answer(2);

	(void)state;
	q.ad = true;
	q.role = 0;
	anchor_of(2);
	book(&q); /* nobody has asked the one with the anchor: it may stand behind this one */
	assert_int_equal(sum.ad_under_nta, 1);
	q.role = 1;
	book(&q);
	assert_int_equal(sum.ad_under_nta, 2);
	q.role = 0;
	book(&q);
	assert_int_equal(sum.ad_under_nta, 2);
	record_leak_done(&leak);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stale_answer_leaks_unless_it_was_ever_validated),
		cmocka_unit_test(ad_leaks_at_and_below_an_anchor_while_it_stands),
		cmocka_unit_test(an_anchor_covers_those_who_ask_the_resolvers_that_have_it),
		cmocka_unit_test(what_nobody_did_is_no_anchor),
		cmocka_unit_test(stale_answers_have_3_or_19_and_those_of_an_anchor_33),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
