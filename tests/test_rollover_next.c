/* SPDX-License-Identifier: BSD-2-Clause */
/* What a signer's keys still have to do, of states that signers really wrote: knotd 3.2.6, named
 * 9.18.49 and ods-enforcerd 2.1.12, each in the middle of a rollover with short TTLs. */
#include "zones/rollover/rollover_next.h"

#include <string.h>

#include "harness/rollover/rollover_read.h"
#include "harness/rollover/rollover_text.h"
#include "tests/support/test.h"

#define SIGNERS "tests/data/rollover/"

struct told {
	struct rollover *r;
	struct rollover_analysis a;
	struct rollover_steps s;
	struct rollover_nexts n;
};

static void told_done(struct told *t)
{
	rollover_steps_done(&t->s);
	rollover_analysis_done(&t->a);
	rollover_free(t->r);
}

static void tell(struct told *t, const char *name, const char *now, const char *const *sets,
		 unsigned set_count)
{
	struct scenario_options o = { .sets = (const char **)sets, .set_count = set_count };
	const struct rollover_input in = { .name = name, .options = &o, .at = now };
	_cleanup_(fclosep) FILE *notes = fopen("/dev/null", "w");
	struct err e = { .text = "" };

	*t = (struct told){ 0 };
	if (rollover_read(&in, notes, &t->r, &e) < 0 || rollover_analyse(t->r, &t->a, &e) < 0 ||
	    rollover_steps_make(t->r, &t->a, &t->s, &e) < 0 ||
	    rollover_next_make(t->r, &t->n, &e) < 0)
		fail_msg("%s", e.text);
}

/* The sentences, one a line. */
static void want(const struct told *t, const char *sentences)
{
	char text[4096] = "", one[1200];

	for (unsigned i = 0; i < t->n.count; i++) {
		rollover_next_text(t->r, &t->n.list[i], one, sizeof(one));
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s\n", one);
	}
	assert_string_equal(text, sentences);
}

/* ---- Knot ---- */

static const char *const knot_sets[] = { "dnskey-ttl=4",       "ds-ttl=4",
					 "zone-ttl=4",	       "negative-ttl=4",
					 "zone-propagation=3", "parent-propagation=1" };

static void tell_knot(struct told *t, const char *name, const char *now)
{
	tell(t, name, now, knot_sets, ARRAY_SIZE(knot_sets));
}

/* The instant is that at which knotd itself made the key ready. */
static void a_ksk_that_knot_has_published_may_take_the_ds_over(void **state)
{
	struct told t;

	(void)state;
	tell_knot(&t, SIGNERS "knot-published.json", "2026-11-29T09:54:50Z");
	assert_int_equal(t.a.finding_count, 0);
	assert_int_equal(t.s.count, 0);
	want(&t, "DS of KSK 14815 may stand beside that of KSK 23110 from now on\n"
		 "DS of KSK 14815 may replace that of KSK 23110 from 2026-11-29 09:54:56 on\n"
		 "KSK 23110 may go from 2026-11-29 09:55:01 on, 5 s after that\n");
	told_done(&t);
	tell_knot(&t, SIGNERS "knot-ready.json", "2026-11-29T09:55:00Z");
	want(&t, "DS of KSK 14815 may stand beside that of KSK 23110 from now on\n"
		 "DS of KSK 14815 may replace that of KSK 23110 from now on\n"
		 "KSK 23110 may go from 2026-11-29 09:55:05 on, 5 s after that\n");
	told_done(&t);
}

static void a_zsk_that_knot_has_retired_may_go(void **state)
{
	struct told t;

	(void)state;
	tell_knot(&t, SIGNERS "knot-zsk.json", "2026-11-29T09:55:27Z");
	want(&t, "ZSK 21148 may go from 2026-11-29 09:55:32 on\n");
	told_done(&t);
}

/* ---- BIND ---- */

static const char *const bind_sets[] = { "dnskey-ttl=6",       "ds-ttl=6",
					 "zone-ttl=6",	       "negative-ttl=6",
					 "zone-propagation=2", "parent-propagation=2",
					 "signing=0" };

static void tell_bind(struct told *t, const char *name, const char *now)
{
	tell(t, name, now, bind_sets, ARRAY_SIZE(bind_sets));
}

/* BIND plans to ask for the new DS at an instant, which is judged as any plan is. */
static void a_ds_that_bind_will_ask_for_is_a_plan(void **state)
{
	struct told t;

	(void)state;
	tell_bind(&t, SIGNERS "bind-rolling", "2026-11-29T10:01:35Z");
	assert_int_equal(t.a.finding_count, 0);
	assert_int_equal(t.s.count, 3);
	assert_int_equal(t.s.list[0].kind, STEP_DS_IN);
	assert_int_equal(t.s.list[0].planned - t.s.list[0].earliest, 2 * SECOND);
	assert_true(t.s.list[0].replaces);
	assert_true(t.s.list[0].beside < t.s.list[0].earliest);
	want(&t, "");
	told_done(&t);
}

/* It asked, and nobody has told it more. "Removed" is past soon, and nothing goes by it. */
static void a_ds_that_bind_has_asked_for_is_still_to_come(void **state)
{
	struct told t;

	(void)state;
	tell_bind(&t, SIGNERS "bind-asked", "2026-11-29T10:01:49Z");
	assert_int_equal(t.s.count, 0);
	want(&t, "DS of KSK 6161 may stand beside that of KSK 16002 from now on\n"
		 "DS of KSK 6161 may replace that of KSK 16002 from now on\n"
		 "KSK 16002 may go from 2026-11-29 10:01:57 on, 8 s after that\n");
	told_done(&t);
	tell_bind(&t, SIGNERS "bind-told", "2026-11-29T10:01:51Z");
	want(&t, "DS of KSK 16002 may go from now on\n"
		 "KSK 16002 may go from 2026-11-29 10:01:58 on, 7 s after that\n");
	told_done(&t);
	tell_bind(&t, SIGNERS "bind-gone", "2026-11-29T10:01:52Z");
	want(&t, "KSK 16002 may go from 2026-11-29 10:01:58 on\n");
	told_done(&t);
}

/* ---- OpenDNSSEC ---- */

/* Its policy "lab". */
static const char *const ods_sets[] = { "dnskey-ttl=300",	"ds-ttl=3600",
					"zone-ttl=300",		"negative-ttl=300",
					"zone-propagation=300", "parent-propagation=9999",
					"signing=2460",		"validity=3600" };

static void tell_ods(struct told *t, const char *name, const char *now)
{
	tell(t, name, now, ods_sets, ARRAY_SIZE(ods_sets));
}

/* The enforcer itself let the old KSK go at 12:02:39, when ds-gone was told at 08:16, and the ZSK at
 * 09:07. */
static void what_opendnssec_waits_for_may_come(void **state)
{
	struct told t;

	(void)state;
	tell_ods(&t, SIGNERS "ods-submit.txt", "2026-03-01T05:23Z");
	assert_int_equal(t.a.finding_count, 0);
	want(&t, "DS of KSK 20215 may stand beside that of KSK 51286 from now on\n"
		 "DS of KSK 20215 may replace that of KSK 51286 from now on\n"
		 "KSK 51286 may go from 2026-03-01 09:09:39 on, 3 h 46 min after that\n"
		 "ZSK 18753 may go from 2026-03-01 06:14:00 on\n");
	assert_string_equal(t.n.list[2].section, "RFC 7583 3.3.1");
	assert_string_equal(t.n.list[3].section, "RFC 7583 3.2.1");
	told_done(&t);
	tell_ods(&t, SIGNERS "ods-gone.txt", "2026-03-01T08:16Z");
	assert_int_equal(t.a.finding_count, 0);
	assert_false(rollover_has_ds(t.r));
	want(&t, "DS of KSK 20215 may come from now on\n"
		 "KSK 51286 may go from 2026-03-01 12:02:39 on\n"
		 "ZSK 24765 may go from 2026-03-01 09:07:00 on\n");
	told_done(&t);
}

/* ---- what is no state ---- */

/* A script says all that will be. */
static void a_plan_has_nothing_beyond_its_steps(void **state)
{
	struct told t;

	(void)state;
	tell(&t, "apnic-2012", NULL, NULL, 0);
	want(&t, "");
	told_done(&t);
}

/* A zone that BIND signed for the first time had all its signatures at once; the waits that are left
 * are those of caches. What nobody's DS is on is safe. */
static void first_signatures_of_bind_take_no_time(void **state)
{
	struct told t;

	(void)state;
	tell(&t, SIGNERS "bind-first-ds", "2026-08-01T09:30Z", NULL, 0);
	assert_int_equal(t.a.finding_count, 0);
	assert_int_equal(t.s.count, 1);
	assert_int_equal(t.s.list[0].kind, STEP_DS_IN);
	assert_true(t.s.list[0].earliest < t.s.list[0].planned);
	told_done(&t);
	tell(&t, SIGNERS "bind-first-ds", "2026-08-03T12:30Z", NULL, 0);
	assert_int_equal(t.a.finding_count, 0);
	told_done(&t);
	/* The DS of a zone that was unsigned a moment ago: until caches have lost the proof of that. */
	tell(&t, SIGNERS "bind-migration", "2021-08-18T09:30Z", NULL, 0);
	assert_int_equal(t.a.finding_count, 2);
	for (unsigned i = 0; i < t.a.finding_count; i++)
		assert_true(t.a.findings[i].bogus.until - t.a.findings[i].bogus.from <=
			    DAY + 5 * MINUTE);
	told_done(&t);
	tell(&t, SIGNERS "bind-waiting-ds", "2026-08-20T16:30Z", NULL, 0);
	assert_int_equal(t.a.finding_count, 0);
	assert_int_equal(rollover_version_at(&t.a.versions[ROLLOVER_DS], t.r->from)->keys, 0);
	told_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ksk_that_knot_has_published_may_take_the_ds_over),
		cmocka_unit_test(a_zsk_that_knot_has_retired_may_go),
		cmocka_unit_test(a_ds_that_bind_will_ask_for_is_a_plan),
		cmocka_unit_test(a_ds_that_bind_has_asked_for_is_still_to_come),
		cmocka_unit_test(first_signatures_of_bind_take_no_time),
		cmocka_unit_test(what_opendnssec_waits_for_may_come),
		cmocka_unit_test(a_plan_has_nothing_beyond_its_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
