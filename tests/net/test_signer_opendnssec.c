/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenDNSSEC on the clock: two processes, a token of SoftHSM and a database, a parent that is asked by a hook and says
 * when it has a DS. Debian has it up to its release 12. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SIGN SIGFAULT " sign tests/scenarios/signer.lua -s opendnssec"
#define ACTS SIGFAULT " sign tests/scenarios/signer-events.lua -s opendnssec"
#define CELL "registry-opendnssec"

/* In Debian 12, and wherever else the archive has it, it is to be there. */
static void need_it(void)
{
	shell(&sh, "PATH=$PATH:/usr/sbin; command -v ods-signerd ods-enforcerd softhsm2-util");
	if (sh.status == 0)
		return;
	shell(&sh, "grep -q '^12\\b' /etc/debian_version || apt-cache policy opendnssec-signer "
		   "2>/dev/null | grep -q 'Candidate: [^(]'");
	if (sh.status == 0)
		lacking("'ods-signerd', 'ods-enforcerd' and 'softhsm2-util' are not installed");
	printf("not here: this release has no OpenDNSSEC\n");
	skip();
}

/* What a command prints that is run in the folder of a life, as a number. */
static int count(const char *life, const char *command)
{
	ends_with(0, "cd %s/%s/" CELL " && { %s; }", folder(), life, command);
	return atoi(sh.out);
}

#define BOGUS "tail -n +2 bogus.csv | wc -l"
#define KEYS(flags)                                                                                \
	"tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | grep ^" flags " | sort -u | wc -l"

/* The KSK is rolled once and the ZSK twice, and no step came too soon for what caches may have had. */
static void a_healthy_policy_turns_no_cache_bogus(void **state)
{
	const char *d = folder();

	(void)state;
	need_it();
	need_program("ldns-verify-zone");
	ends_with(0, SIGN " --set to=+66d -o %s/life", d);
	assert_int_equal(count("life", BOGUS), 0);
	ends_with(0,
		  "awk -F, 'NR > 1 && $2 >= 0 { print $1 }' %s/life/" CELL "/margins.csv | paste "
		  "-sd,",
		  d);
	assert_string_equal(sh.out, "sign,key out,DS in,KSK out,renew\n");
	assert_int_equal(count("life", KEYS("257")), 2);
	assert_true(count("life", KEYS("256")) >= 2);
	/* The parent was asked by its hook, and said so when all its servers had the DS. */
	assert_int_equal(count("life", "grep -c ',ds,' events.csv"), 2);
	assert_int_equal(count("life", "grep -c ',signer,\"told of the DS' events.csv"), 2);
	assert_int_equal(count("life", "cat versions/* | grep -c '[[:blank:]]CDS[[:blank:]]' || :"),
			 0);
	assert_int_equal(count("life", "grep -c . work/parent.keys"), 1);
	ends_with(0,
		  SIGFAULT " zone %s/life/" CELL " de. >%s/last && ldns-verify-zone -t "
			   "20260308000000 %s/last",
		  d, d, d);
}

static void it_is_restarted_and_goes_on_and_rolls_when_it_is_told(void **state)
{
	(void)state;
	need_it();
	ends_with(0, ACTS " --set act=restart --set to=+6d -o %s/restart", folder());
	assert_int_equal(
		count("restart", "grep -c 'T12:0[01]:..Z,signer,\"started again' events.csv"), 1);
	assert_int_equal(count("restart", KEYS("257")), 1);
	assert_int_equal(count("restart", KEYS("256")), 2);
	assert_int_equal(count("restart", BOGUS), 0);
}

/* It gives its zone away to who signs his questions, and he takes what is signed. */
static void its_transfers_are_signed(void **state)
{
	(void)state;
	need_it();
	ends_with(0, ACTS " --set act=tsig --set to=+4d -o %s/tsig", folder());
	assert_true(count("tsig", "awk -F, '$2 < \"2026-01-03T12:00:00Z\"' versions.csv | wc -l") >
		    1);
	assert_true(count("tsig", "grep -c ',transfer,.*TSIG' events.csv") > 3);
	assert_int_equal(count("tsig", "awk -F, '$2 > \"2026-01-03T12\" && $2 < \"2026-01-07T12\"' "
				       "versions.csv | grep -vc time || :"),
			 0);
}

static void its_token_is_lost(void **state)
{
	(void)state;
	need_it();
	ends_with(0, ACTS " --set act=hsm_lost --set to=+16d -o %s/hsm", folder());
	assert_says("bogus from 2026-01-1");
	assert_int_equal(count("hsm", "find work/tokens -name '*-*.object' | wc -l"), 0);
	assert_true(count("hsm", "find hsm/lost/tokens -name '*.object' | wc -l") >= 4);
}

/* Its DS first, by a policy without keys; or as another zone, which is passed on as it is. */
static void it_goes_unsigned_without_a_bogus_cache_or_at_once(void **state)
{
	static const char *const acts[] = { "unsigned", "unsigned_at_once" };

	(void)state;
	need_it();
	for (int i = 0; i < 2; i++) {
		ends_with(0, ACTS " --set act=%s --set to=+3d -o %s/%s", acts[i], folder(),
			  acts[i]);
		assert_int_equal(
			count(acts[i], "tail -n 1 versions.csv | cut -d, -f8-9 | grep -c '^,$'"),
			1);
		assert_int_equal(count(acts[i], BOGUS) > 0, i);
	}
	assert_int_equal(count("unsigned", "grep -c ',signer,\"told of the DS' events.csv"), 2);
}

/* With all that is done: two processes, their token and their database. */
static void the_same_seed_gives_the_same_versions(void **state)
{
	const char *d = folder();

	(void)state;
	need_it();
	for (int run = 0; run < 2; run++)
		ends_with(0, ACTS " --set act=roll --set to=+9d -o %s/same-%d", d, run);
	ends_with(0,
		  "cd %s && for f in versions versions.csv events.csv; do diff -r same-0/" CELL
		  "/$f same-1/" CELL "/$f; done",
		  d);
	assert_int_equal(count("same-0", KEYS("257")), 2);
	assert_int_equal(count("same-0", KEYS("256")), 2);
	assert_int_equal(count("same-0", BOGUS), 0);
}

/* Its keys are behind the module that can be told to do wrong. */
static void signatures_that_its_HSM_did_not_make_are_found(void **state)
{
	const char *d = folder();

	(void)state;
	need_it();
	ends_with(0, ACTS " --set hsm=true --set act=hsm_bad --set to=+2d -o %s/bad", d);
	ends_with(0, "grep -m 1 ,sign, %s/bad/" CELL "/bogus.csv", d);
	assert_says("2026-01-02T12:00:0");
	assert_int_equal(count("bad", "grep -c ',signer,\"resign: [^f]' events.csv"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_policy_turns_no_cache_bogus),
		cmocka_unit_test(it_is_restarted_and_goes_on_and_rolls_when_it_is_told),
		cmocka_unit_test(its_transfers_are_signed),
		cmocka_unit_test(its_token_is_lost),
		cmocka_unit_test(signatures_that_its_HSM_did_not_make_are_found),
		cmocka_unit_test(it_goes_unsigned_without_a_bogus_cache_or_at_once),
		cmocka_unit_test(the_same_seed_gives_the_same_versions),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
