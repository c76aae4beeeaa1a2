/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways out of rollovers that went wrong. */
#include "zones/rollover/rollover_ways.h"

#include <string.h>

#include "sim/language/rollover_script.h"
#include "tests/support/test.h"

static simtime at(const char *text)
{
	simtime t = 0;
	struct err e;

	if (simtime_parse(text, &t, &e))
		fail_msg("%s", e.text);
	return t;
}

static struct rollover_ways ways;

static int done(void **state)
{
	(void)state;
	rollover_ways_done(&ways);
	return 0;
}

static void find(const char *plan, const char *set, const char *when, bool lenient)
{
	const struct scenario_options o = { .sets = &set, .set_count = set ? 1 : 0 };
	_cleanup_(rollover_freep) struct rollover *r = NULL;
	struct err e = { .text = "" };

	if (rollover_script_load(plan, &o, &r, &e) < 0 ||
	    rollover_ways_make(r, at(when), lenient, &ways, &e) < 0)
		fail_msg("%s", e.text);
}

static simtime breaks_until(const struct rollover_way *w)
{
	simtime until = ways.at;

	for (unsigned i = 0; i < w->analysis.finding_count; i++)
		if (rollover_way_breaks(&ways, &w->analysis.findings[i]))
			until = later(until, w->analysis.findings[i].bogus.until);
	return until;
}

/* What a way is: `well`, `emptied` and `breaks` are instants, "" the one from which on ways are looked
 * for, NULL never. */
static void want(enum rollover_way_kind kind, const char *keys, const char *well,
		 const char *emptied, const char *breaks)
{
	const struct rollover_way *w = &ways.list[kind];
	char text[200];
	const struct {
		const char *what, *wanted;
		simtime is;
	} times[] = { { "well", well, w->well },
		      { "emptied", emptied, w->emptied },
		      { "breaks", breaks, w->why_not ? 0 : breaks_until(w) } };

	if (w->why_not)
		fail_msg("%s: %s", rollover_way_names[kind], w->why_not);
	assert_string_equal(rollover_keys_text(w->plan, w->keys, " and ", text, sizeof(text)),
			    keys);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		simtime wanted = !times[i].wanted   ? SIMTIME_NEVER
				 : *times[i].wanted ? at(times[i].wanted)
						    : ways.at;

		if (times[i].is != wanted)
			fail_msg("%s, %s: %s", rollover_way_names[kind], times[i].what,
				 times[i].is == SIMTIME_NEVER ? "never"
							      : simtime_text(times[i].is, text));
	}
}

static void want_none(enum rollover_way_kind kind, const char *part)
{
	assert_non_null(ways.list[kind].why_not);
	assert_non_null(strstr(ways.list[kind].why_not, part));
}

/* Who has the old DS lacks the old key. Taking the DS out helps nobody who has it, and what goes at
 * once breaks who has the new one. */
static void an_old_ksk_comes_back_for_who_has_its_ds(void **state)
{
	static const char old[] = "2023-05-31T10:45Z", new[] = "2023-05-31T12:00Z";
	const struct rollover_versions *keys;

	(void)state;
	find("nz-2023", NULL, "2023-05-29T12:00Z", false);
	assert_true(rollover_ways_needed(&ways));
	want(WAY_NOTHING, "none", old, "", "");
	want(WAY_KEYS_BACK, "'ksk-old'", "", "", "");
	want_none(WAY_DS_BESIDE, "each key that signs the DNSKEY RRset has its DS");
	want(WAY_DS_OUT, "none", old, "", "");
	want(WAY_UNSIGNED, "none", old, "", "");
	want(WAY_UNSIGNED_NOW, "none", new, "", new);
	want(WAY_FLUSH, "none", "", "", "");
	assert_int_equal(ways.list[WAY_UNSIGNED].removal, at(new));
	assert_true(ways.list[WAY_DS_OUT].insecure && !ways.list[WAY_KEYS_BACK].insecure);
	keys = &ways.list[WAY_KEYS_BACK].analysis.versions[ROLLOVER_DNSKEY];
	assert_int_equal(rollover_version_at(keys, ways.at)->keys, 7);
	assert_int_equal(rollover_version_at(keys, ways.at)->signers, 3);
}

/* What was fetched in between without signatures is bogus to who still has the DS. */
static void an_unsigned_zone_is_signed_again(void **state)
{
	(void)state;
	find("slack-2021", NULL, "2021-09-30T17:00Z", false);
	want(WAY_NOTHING, "none", "2021-10-01T16:00Z", "", "");
	want(WAY_KEYS_BACK, "'ksk' and 'zsk'", "2021-09-30T18:00Z", "", "2021-09-30T18:00Z");
	want_none(WAY_DS_BESIDE, "the parent has no DS");
	want_none(WAY_DS_OUT, "the parent has no DS");
	want_none(WAY_UNSIGNED, "the zone is unsigned");
	want_none(WAY_UNSIGNED_NOW, "the zone is unsigned");
	want(WAY_FLUSH, "none", "", "", "");
}

/* Nothing gets well by itself while the parent names a key that is not there. */
static void a_key_without_a_ds_gets_one(void **state)
{
	static const char day_after[] = "2026-07-04T15:00Z";

	(void)state;
	find("al-2026", NULL, "2026-07-03T15:00Z", false);
	want(WAY_NOTHING, "none", NULL, NULL, "");
	want(WAY_KEYS_BACK, "'withdrawn'", "", "", "");
	want(WAY_DS_BESIDE, "'other'", day_after, "", "");
	want(WAY_DS_OUT, "none", day_after, "", "");
	want(WAY_UNSIGNED, "none", day_after, "", "");
	want(WAY_UNSIGNED_NOW, "none", day_after, "", "2026-07-03T15:15Z");
	want_none(WAY_FLUSH, "bogus to an empty cache");
}

static void who_signed_last_comes_back_with_the_ksk(void **state)
{
	(void)state;
	find("al-2026", NULL, "2026-07-03T18:00Z", false);
	want(WAY_KEYS_BACK, "'withdrawn' and 'zsk'", "", "", "");
	want_none(WAY_DS_BESIDE, "each key that signs");
}

/* The last server has the change ten minutes later. */
static void slow_servers_are_waited_for(void **state)
{
	(void)state;
	find("nz-2023", "delay=10m", "2023-05-29T12:00Z", false);
	want(WAY_KEYS_BACK, "'ksk-old'", "2023-05-29T12:10Z", "", "");
	rollover_ways_done(&ways);
	find("nz-2023", "delay=10m", "2023-05-29T10:50Z", false);
	want(WAY_FLUSH, "none", "2023-05-29T10:55Z", "2023-05-29T10:55Z", "");
}

static void what_strict_validators_mind_may_be_left_out(void **state)
{
	(void)state;
	find("gov-2013", NULL, "2013-08-14T13:00Z", false);
	want(WAY_KEYS_BACK, "'ksk-7' and 'zsk-7'", "2013-08-15T13:00Z", "", "");
	rollover_ways_done(&ways);
	find("gov-2013", NULL, "2013-08-14T13:00Z", true);
	assert_false(rollover_ways_needed(&ways));
}

/* Plans that are safe are so wherever they stop. */
static void a_safe_plan_that_stops_needs_no_way_out(void **state)
{
	static const char *const plans[] = { "ksk-double-ksk", "ksk-double-ds", "csk-roll",
					     "zsk-prepublication", "algorithm-conservative" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++)
		for (unsigned hours = 0; hours < 120; hours += 3) {
			char when[32];

			simtime_text(at("2026-01-01T00:00Z") + hours * HOUR, when);
			find(plans[i], NULL, when, false);
			if (rollover_ways_needed(&ways))
				fail_msg("%s at %s", plans[i], when);
			rollover_ways_done(&ways);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(an_old_ksk_comes_back_for_who_has_its_ds, done),
		cmocka_unit_test_teardown(an_unsigned_zone_is_signed_again, done),
		cmocka_unit_test_teardown(a_key_without_a_ds_gets_one, done),
		cmocka_unit_test_teardown(who_signed_last_comes_back_with_the_ksk, done),
		cmocka_unit_test_teardown(slow_servers_are_waited_for, done),
		cmocka_unit_test_teardown(what_strict_validators_mind_may_be_left_out, done),
		cmocka_unit_test_teardown(a_safe_plan_that_stops_needs_no_way_out, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
