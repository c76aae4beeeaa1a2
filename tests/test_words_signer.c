/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be done to a signer, and how wrong ones are refused. */
#include "sim/language/scenario.h"

#include <string.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/written.h"

#define HEAD                                                                                       \
	"scenario { name = 'x', from = '2026-01-01T00:00Z', to = '+10d' }\n"                       \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local z = zone('a.', { parent = root, servers = { '198.18.1.1' } })\n"                    \
	"local y = zone('b.', { parent = root, servers = { '198.18.1.2' } })\n"                    \
	"local s = signer('one', { zone = z, driver = 'knot', policy = { validity = '8d' } })\n"   \
	"local other = signer('two', { zone = y, driver = 'bind' })\n"

#define LONG(span)                                                                                 \
	"scenario { name = 'x', from = '2026-01-01T00:00Z', to = '+" span "' }\n"                  \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local z = zone('a.', { parent = root, servers = { '198.18.1.1' } })\n"                    \
	"signer('one', { zone = z, driver = 'knot' })\n"

#define HSM                                                                                        \
	HEAD "local c = signer('c', { zone = zone('c.', { parent = root, servers = { "             \
	     "'198.18.1.3' } "                                                                     \
	     "}), driver = 'knot', hsm = true })\n"

static void acts_stand_in_the_order_of_time_for_each_signer(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "at('+2d', s:restart { down = '3h' })\n"
			     "at('+1d', s:roll('zsk', { emergency = true }))\n"
			     "at('+2d', other:roll 'ksk')\n"
			     "at('+3d', s:restart())\n");
	const struct signer_event *ev = s->signer_events;

	(void)state;
	assert_int_equal(s->signer_event_count, 4);
	assert_int_equal(ev[0].act, SIGNER_ROLL);
	assert_string_equal(ev[0].kind, "zsk");
	assert_true(ev[0].at_once);
	assert_string_equal(ev[0].what, "roll zsk, an emergency");
	assert_int_equal(ev[1].act, SIGNER_RESTART);
	assert_int_equal(ev[1].time, 3 * HOUR);
	assert_int_equal(ev[1].at, s->from + 2 * DAY);
	assert_int_equal(ev[2].signer, 1);
	assert_false(ev[2].at_once);
	assert_int_equal(ev[3].time, 10 * SECOND);
	assert_non_null(strstr(ev[3].place, ":10"));
	/* For people they stand among all that happens. */
	assert_int_equal(s->timeline.count, 4);
	assert_int_equal(s->timeline.events[0].kind, EVENT_SIGNER);
	assert_string_equal(s->timeline.events[0].what, "one: roll zsk, an emergency");
}

/* What is not told stays; of a validity that is, half is the refresh. */
static void rules_are_told_on_top_of_those_before(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "at('+1d', s:policy { algorithm = 'ED25519', zsk_lifetime = '5d' })\n"
			     "at('+2d', s:policy { validity = '20d' })\n"
			     "at('+3d', s:policy { refresh = '3d' })\n");
	const struct signer_policy *p = &s->signer_events[2].policy;

	(void)state;
	assert_int_equal(s->signers[0].policy.refresh, 4 * DAY);
	assert_string_equal(s->signer_events[0].policy.algorithm, "ED25519");
	assert_int_equal(s->signer_events[0].policy.refresh, 4 * DAY);
	assert_int_equal(s->signer_events[1].policy.refresh, 10 * DAY);
	assert_string_equal(p->algorithm, "ED25519");
	assert_int_equal(p->zsk_lifetime, 5 * DAY);
	assert_int_equal(p->validity, 20 * DAY);
	assert_int_equal(p->refresh, 3 * DAY);
	assert_non_null(strstr(s->signer_events[0].what, "algorithm = ED25519, zsk_lifetime = 5d"));
}

/* A copy is made at the instant that keys are put back from. */
static void what_is_put_back_was_copied_before(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "at('+5d', s:hsm_restored_from('+2d'))\n"
			     "at('+3d', s:hsm_lost())\n"
			     "at('+4d', s:hsm_restored())\n");
	const struct signer_event *ev = s->signer_events;

	(void)state;
	assert_int_equal(s->signer_event_count, 4);
	assert_int_equal(ev[0].act, SIGNER_KEYS_COPIED);
	assert_int_equal(ev[0].at, s->from + 2 * DAY);
	assert_int_equal(ev[0].time, s->from + 2 * DAY);
	assert_int_equal(ev[1].act, SIGNER_KEYS_LOST);
	assert_int_equal(ev[2].act, SIGNER_KEYS_BACK);
	assert_true(ev[2].time == SIGNER_NO_COPY);
	assert_int_equal(ev[3].time, s->from + 2 * DAY);
}

static void a_clock_is_ahead_or_behind(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "at('+1d', s:clock_wrong '-3h')\n"
			     "at('+2d', s:clock_wrong '+2d')\n"
			     "at('+3d', s:clock_wrong '0s')\n"
			     "at('+4d', s:unsigned { at_once = true })\n"
			     "at('+5d', s:parent_ds 'none')\n");
	const struct signer_event *ev = s->signer_events;

	(void)state;
	assert_true(ev[0].time == -3 * HOUR);
	assert_true(ev[1].time == 2 * DAY);
	assert_true(ev[2].time == 0);
	assert_string_equal(ev[0].what, "clock_wrong -3h");
	assert_true(ev[3].at_once);
	assert_string_equal(ev[4].kind, "none");
}

static void an_HSM_does_wrong_what_it_is_told(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HSM "at('+1d', c:hsm_pairs(3))\n"
			    "at('+2d', c:hsm_bad { share = 0.25 })\n"
			    "at('+3d', c:resign())\n");
	const struct signer_event *ev = s->signer_events;

	(void)state;
	assert_false(s->signers[0].hsm);
	assert_true(s->signers[2].hsm);
	assert_int_equal(ev[0].act, SIGNER_HSM);
	assert_int_equal(ev[0].pairs, 3);
	assert_true(ev[0].share < 0);
	assert_int_equal(ev[1].pairs, 0);
	assert_true(ev[1].share == 0.25);
	assert_string_equal(ev[1].what, "hsm_bad, a share of 0.25");
	assert_int_equal(ev[2].act, SIGNER_RESIGN);
}

/* A reader of a world with resolvers is told that the signer is not in it; where nobody asks there is nothing to tell. */
static void a_note_is_for_those_who_have_resolvers(void **state)
{
	_cleanup_(scenario_freep) struct scenario *alone = written(HEAD);
	_cleanup_(scenario_freep) struct scenario *asked =
		written(HEAD "traffic { zone = z, rate = 1, nxdomain = 1 }\n");

	(void)state;
	assert_int_equal(alone->note_count, 0);
	assert_int_equal(asked->note_count, 2);
	assert_non_null(strstr(asked->notes[1], "the signer 'two' lives in 'sigfault sign' alone"));
}

/* Ten years of rolls; where answers are given they tell their second, for which four are the most. */
static void a_life_without_resolvers_may_be_longer(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(LONG("3650d"));

	(void)state;
	assert_true(s->to - s->from == 3650 * DAY);
	refuses(LONG("5000d"), 1, "twelve years");
	refuses(LONG("3650d") "traffic { zone = z, rate = 1, nxdomain = 1 }\n", 1, "four years");
	refuses("scenario { name = 'x', from = '2026-01-01T00:00Z', to = '+3650d' }\n"
		"zone('.', { servers = { '198.18.0.1' } })\n",
		1, "four years");
}

static void what_cannot_be_is_refused_with_its_line(void **state)
{
	(void)state;
	refuses(HEAD "at('+1d', s:roll 'kssk')\n", 7, "'kssk' is no kind of key");
	refuses(HEAD "at('+1d', s:roll('ksk', { emergancy = true }))\n", 7, "emergancy");
	refuses(HEAD "at('+1d', s.roll 'ksk')\n", 7, "with a colon");
	refuses(HEAD "at('+1d', s:reboot())\n", 7, "no method 'reboot'");
	refuses(HEAD "at('+11d', s:restart())\n", 7, "");
	refuses(HEAD "at('+1d', s:policy { validity = '30m' })\n", 7, "validity");
	refuses(HEAD "at('+1d', s:policy { csk = true, zsk_lifetime = '1d' })\n", 7, "csk");
	refuses(HEAD "at('+1d', s:clock_wrong '3')\n", 7, "clock_wrong");
	refuses(HEAD "at('+1d', s:clock_wrong '5000d')\n", 7, "more than ten years");
	refuses(HEAD "at('+1d', s:hsm_restored_from('+2d'))\n", 7, "later than it is put back");
	refuses(HEAD "at('+1d', s:unsigned { now = true })\n", 7, "now");
	refuses(HEAD "at('+1d', s:parent_ds 'old')\n", 7, "\"newest\" KSK alone");
	refuses(HEAD "at('+1d', s:standby { keys = 'none' })\n", 7, "\"copied\" keys");
	refuses(HEAD "at('+1d', s:standby {})\n", 7, "keys");
	refuses(HEAD "at('+1d', s:hsm_pairs(3))\n", 7, "the signer 'one' has no HSM");
	refuses(HSM "at('+1d', c:hsm_pairs(17))\n", 8, "1 to 16 pairs");
	refuses(HSM "at('+1d', c:hsm_pairs(0))\n", 8, "1 to 16 pairs");
	refuses(HSM "at('+1d', c:hsm_bad { share = 1.5 })\n", 8, "share");
	refuses(HSM "at('+1d', c:hsm_bad { chare = 1 })\n", 8, "chare");
	refuses(HEAD "s:expect('x', 5)\n", 7, "function");
	refuses(HEAD
		"at('+2d', s:policy { nsec3 = true })\nat('+1d', s:policy { nsec3 = false })\n",
		8, "in the order of their times");
	refuses(HEAD "mitigation('m', function() at('+1d', s:restart()) end)\n", 7,
		"same in every cell");
	refuses(HEAD "after_first_failure('1m', s:restart())\n", 7, "only operators wait");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acts_stand_in_the_order_of_time_for_each_signer),
		cmocka_unit_test(rules_are_told_on_top_of_those_before),
		cmocka_unit_test(what_is_put_back_was_copied_before),
		cmocka_unit_test(a_clock_is_ahead_or_behind),
		cmocka_unit_test(an_HSM_does_wrong_what_it_is_told),
		cmocka_unit_test(a_note_is_for_those_who_have_resolvers),
		cmocka_unit_test(a_life_without_resolvers_may_be_longer),
		cmocka_unit_test(what_cannot_be_is_refused_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
