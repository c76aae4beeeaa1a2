/* SPDX-License-Identifier: BSD-2-Clause */
/* What it costs a resolver to compute: KeyTrap and deep NSEC3 proofs, in short forms, and what
 * others wait where computing takes time. CPU time is measured, so no figure of it is held against
 * another; where a second of it takes a thousand, nothing hangs on a figure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* Runs an attack with some options; its exit status is to be `status`. What it says is in sh.out.
 */
static void attack(const char *run, const char *scenario, const char *options, int status)
{
	shell(&sh, "build/sigfault run %s %s -o %s/%s 2>&1", scenario, options, folder(), run);
	if (sh.status != status)
		fail_msg("%s %s: status %d: %s", scenario, options, sh.status, sh.out);
}

/* What is expected and held, and what is known and is so: `least` or more of them. */
static void assert_held(const char *run, int least)
{
	shell(&sh,
	      "jq '[.cells[] | (.expectations[] | select(.held)), (.known[]? | select(.verdict == "
	      "\"as known\"))] | length' %s/%s/run.json",
	      folder(), run);
	if (atoi(sh.out) < least)
		fail_msg("%s: %s held", run, sh.out);
}

/* What a step's row in the table begins with, and nothing else of it. */
static void assert_row(const char *step)
{
	const char *row = strstr(sh.out, step);

	if (!row)
		fail_msg("no row '%s' in: %s", step, sh.out);
}

static void keys_of_one_tag_hurt_their_own_zone_alone(void **state)
{
	(void)state;
	attack("keytrap", "keytrap", "--set steps=1x1,16x16 --set to=12:17", 0);
	assert_non_null(strstr(sh.out, "clock virtual, CPU time charged x1\n"));
	assert_row("\n  1x1 ");
	assert_row("\n  16x16 ");
	assert_held("keytrap", 4);
	/* What it was that hurt: 16 keys beside the zone's own two, and as many signatures. */
	ends_with(0,
		  "build/sigfault zone keytrap trap.com. --set steps=1x1,16x16 --set to=12:17 "
		  "--at 12:15 | awk '$4 == \"DNSKEY\" { keys++ } $4 == \"RRSIG\" && $5 == \"SOA\" "
		  "{ signatures++ } END { print keys, signatures }'");
	assert_string_equal(sh.out, "18 16\n");
}

/* Beyond 150 iterations a zone is insecure to all (RFC 9276). */
static void deep_names_and_many_iterations_hurt_nobody_outside(void **state)
{
	(void)state;
	attack("deep", "nsec3-cost", "--set iterations=50,500", 0);
	assert_row("\n  50 ");
	assert_row("\n  500 ");
	assert_held("deep", 3);
}

static double timeouts_outside(const char *run)
{
	return csv_sum(folder_path("%s/unbound-none/curve.csv", run), "timeout", "class", "outside",
		       630, 750);
}

#define SMALL "--set steps=2x2 --set rate=2 --set attack=0.5 --set to=12:13 "

static void others_wait_in_vain_where_computing_takes_long(void **state)
{
	(void)state;
	attack("free", "keytrap", SMALL "--charge-cpu=0", 0);
	assert_true(timeouts_outside("free") == 0);
	attack("dear", "keytrap", SMALL "--charge-cpu=1000", 1);
	assert_non_null(strstr(sh.out, "clock virtual, CPU time charged x1000\n"));
	assert_true(timeouts_outside("dear") > 0);
	shell(&sh,
	      "jq -r '.cells[].expectations[] | select(.text | test(\"outside\")) | .held' "
	      "%s/dear/run.json",
	      folder());
	assert_string_equal(sh.out, "false\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_one_tag_hurt_their_own_zone_alone),
		cmocka_unit_test(deep_names_and_many_iterations_hurt_nobody_outside),
		cmocka_unit_test(others_wait_in_vain_where_computing_takes_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
