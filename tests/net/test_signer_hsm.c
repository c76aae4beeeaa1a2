/* SPDX-License-Identifier: BSD-2-Clause */
/* A real signer whose keys are in an HSM, which does what it is told to do wrong: found by our judge, and by one that is not
 * ours. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SIGN SIGFAULT " sign tests/scenarios/signer-events.lua -s knot --set hsm=true"

static void need_hsm(void)
{
	need_program("knotd");
	need_program("ldns-verify-zone");
	need_file("/usr/lib/softhsm/libsofthsm2.so", "libsofthsm2");
}

static void live(const char *act, const char *to)
{
	need_hsm();
	ends_with(0, SIGN " --set act=%s --set to=%s -o %s/%s", act, to, folder(), act);
}

static int count(const char *act, const char *command)
{
	ends_with(0, "cd %s/%s/registry-knot && { %s; }", folder(), act, command);
	return atoi(sh.out);
}

/* RRsets of the version of an instant that ldns calls bogus, but for that of the keys. */
static int count_bogus(const char *act, const char *at, const char *judged_at)
{
	const char *d = folder();

	shell(&sh,
	      SIGFAULT " zone %s/%s/registry-knot de. --at %s >%s/zone && "
		       "{ ldns-verify-zone -t %s %s/zone 2>&1 | grep 'Bogus DNSSEC signature' | "
		       "grep -vc 'DNSKEY$'; }",
	      d, act, at, d, judged_at, d);
	return atoi(sh.out);
}

static void keys_are_in_the_token_and_nowhere_else(void **state)
{
	(void)state;
	live("nothing", "+2d");
	assert_int_equal(count("nothing", "tail -n +2 bogus.csv | wc -l"), 0);
	assert_true(count("nothing", "ls work/tokens/*/*-*.object | wc -l") >= 4);
	assert_int_equal(count("nothing", "ls work/keys/keys/*.pem 2>/dev/null | wc -l"), 0);
	assert_int_equal(count_bogus("nothing", "2026-01-01T12:00Z", "20260101120000"), 0);
}

/* Half of what was signed then, by the tag of a key that is published. */
static void signatures_that_no_key_made_are_found(void **state)
{
	int ours, theirs, later;

	(void)state;
	live("hsm_bad", "+3d");
	ends_with(0, "grep -m 1 ,sign, %s/hsm_bad/registry-knot/bogus.csv", folder());
	assert_says("2026-01-02T12:00:0");
	ours = count("hsm_bad", "grep -m 1 ,sign, bogus.csv | cut -d, -f9");
	theirs = count_bogus("hsm_bad", "2026-01-02T17:00Z", "20260102170000");
	later = count_bogus("hsm_bad", "2026-01-02T20:00Z", "20260102200000");
	assert_true(theirs > 0 && later > 0);
	assert_int_equal(ours, theirs > later ? theirs : later);
	assert_int_equal(count_bogus("hsm_bad", "2026-01-03T01:00Z", "20260103010000"), 0);
	assert_int_equal(
		count("hsm_bad",
		      "cut -d, -f2 bogus.csv | grep -cv '^2026-01-0[23]T[01]\\|until' || :"),
		0);
	/* The key that says it made them is in the DNSKEY RRset. */
	ends_with(0,
		  "cd %s/hsm_bad/registry-knot && tag=$(grep -m 1 ,sign, bogus.csv | cut -d, -f6) "
		  "&& cut "
		  "-d, -f8 "
		  "versions.csv | grep -q \":$tag\\b\"",
		  folder());
}

static void one_key_of_three_pairs_signs_by_all_of_them(void **state)
{
	(void)state;
	live("hsm_pairs", "+3d");
	ends_with(0, "grep -m 1 ,sign, %s/hsm_pairs/registry-knot/bogus.csv", folder());
	assert_says("2026-01-02T1");
	assert_true(count_bogus("hsm_pairs", "2026-01-02T22:00Z", "20260102220000") > 0);
	assert_int_equal(count_bogus("hsm_pairs", "2026-01-03T01:00Z", "20260103010000"), 0);
	ends_with(0,
		  "cd %s/hsm_pairs/registry-knot && tag=$(grep -m 1 ,sign, bogus.csv | cut -d, "
		  "-f6) && "
		  "cut -d, -f8 "
		  "versions.csv | grep -q \"256:[0-9]*:$tag\\b\"",
		  folder());
}

/* The lots are the seed's, and so is everything else. */
static void the_same_seed_gives_the_same_bad_signatures(void **state)
{
	const char *d = folder();

	(void)state;
	need_hsm();
	ends_with(0, SIGN " --set act=hsm_bad --set to=+3d -o %s/again", d);
	ends_with(0,
		  "cd %s && for f in versions versions.csv bogus.csv; do diff -r "
		  "hsm_bad/registry-knot/$f again/registry-knot/$f; done",
		  d);
}

/* What was lost, and is there again, is the token's. */
static void a_token_that_is_lost_and_restored_is_as_before(void **state)
{
	(void)state;
	live("hsm_back", "+5d");
	assert_int_equal(count("hsm_back", "tail -n +2 bogus.csv | wc -l"), 0);
	assert_true(count("hsm_back", "ls hsm/lost/tokens/*/*-*.object | wc -l") >= 4);
	assert_true(count("hsm_back", "ls work/tokens/*/*-*.object | wc -l") >= 4);
	live("hsm_lost", "+16d");
	assert_true(count("hsm_lost", "tail -n +2 bogus.csv | wc -l") > 0);
}

static void who_cannot_have_an_HSM_says_so(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("named");
	ends_with(2,
		  SIGFAULT
		  " sign tests/scenarios/signer-events.lua -s bind --set hsm=true -o %s/bind",
		  d);
	assert_says("signer-events.lua:");
	assert_says("the driver of 'bind' cannot have its keys in an HSM: it has no 'hsm'");
	ends_with(2, "ls %s/bind", d);
	ends_with(2,
		  SIGFAULT
		  " sign tests/scenarios/signer-events.lua -s knot --set act=hsm_bad -o %s/none",
		  d);
	assert_says("hsm_bad: the signer 'registry' has no HSM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_in_the_token_and_nowhere_else),
		cmocka_unit_test(signatures_that_no_key_made_are_found),
		cmocka_unit_test(one_key_of_three_pairs_signs_by_all_of_them),
		cmocka_unit_test(the_same_seed_gives_the_same_bad_signatures),
		cmocka_unit_test(a_token_that_is_lost_and_restored_is_as_before),
		cmocka_unit_test(who_cannot_have_an_HSM_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
