/* SPDX-License-Identifier: BSD-2-Clause */
/* The library of real outages: every script can be planned, README's table is what `sigfault
 * scenarios` says, and the short forms of some hold what they expect with a real resolver. All of
 * them at full length: tests/outages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define OUTAGES "grep -lE 'outage.story|lib.dike' scenarios/*.lua"

static void every_outage_can_be_planned_and_says_what_it_teaches(void **state)
{
	(void)state;
	shell(&sh, OUTAGES " | wc -l");
	assert_true(atoi(sh.out) >= 28);
	shell(&sh,
	      "for f in $(" OUTAGES "); do build/sigfault plan $f > %s/plan && grep -q '^Teaches:' "
	      "%s/plan && grep -q '^Sources:' %s/plan && "
	      "grep -q '^Faults\\|^Resolvers' %s/plan && grep -q '^Expectations' %s/plan || echo "
	      "$f; done",
	      folder(), folder(), folder(), folder(), folder());
	assert_string_equal(sh.out, "");
}

static void the_table_of_outages_is_what_the_program_lists(void **state)
{
	(void)state;
	shell(&sh,
	      "COLUMNS=200 build/sigfault scenarios | grep -v '^ ' | sed -E 's/ {2,}/ /g' | grep "
	      "-Ev "
	      "'^(dark|ds-too-soon|ede|[a-z]*-roll|forwarders|minute|one-sided|pq-night|root-[0-9-]"
	      "*|"
	      "signer-down|[a-z0-9-]*-signer|stripe-[a-z0-9]*) ' | "
	      "sort > "
	      "%s/listed",
	      folder());
	shell(&sh,
	      "sed -nE 's/^\\| `([^`]+)` \\| ([0-9-]+) \\| ([^|]+) \\| ([^|]+) \\| .*/\\1 \\2 \\3 "
	      "\\4/p' scenarios/README.md |"
	      " sort | diff %s/listed - | head -20",
	      folder());
	assert_string_equal(sh.out, "");
}

static void dump_slack(const char *at, const char *judged_at)
{
	shell(&sh,
	      "build/sigfault zone slack-2021 slack.com. --at %s > %s/zone && ldns-verify-zone -t "
	      "%s %s/zone",
	      at, folder(), judged_at, folder());
	assert_string_equal(sh.out, "Zone is verified and complete\n");
	shell(&sh,
	      "awk '$1 ~ /^\\*/ && $4 == \"NSEC\" { $1 = $2 = $3 = $5 = \"\"; print }' %s/zone | "
	      "tr -s ' '",
	      folder());
}

/* The judge is content in both: each record is signed. What the NSEC says is another matter. */
static void the_NSEC_of_a_wildcard_has_its_types_until_the_fault(void **state)
{
	(void)state;
	dump_slack("13:30", "20210930133000");
	assert_string_equal(sh.out, " NSEC A RRSIG NSEC\n");
	dump_slack("14:30", "20210930143000");
	assert_string_equal(sh.out, " NSEC RRSIG NSEC\n");
}

/* Runs a script until an instant; it must hold what it expects of that stretch, `least`
 * expectations or more. */
static void holds(const char *name, const char *to, unsigned least)
{
	shell(&sh, "build/sigfault run %s --set to=%s --quiet -o %s/%s > %s/out 2>&1; echo $?",
	      name, to, folder(), name, folder());
	if (strcmp(sh.out, "0\n") != 0) {
		shell(&sh, "tail -30 %s/out", folder());
		fail_msg("%s: %s", name, sh.out);
	}
	shell(&sh, "jq '[.cells[].expectations[] | select(.held)] | length' %s/%s/run.json",
	      folder(), name);
	if (atoi(sh.out) < (int)least)
		fail_msg("%s: %s held", name, sh.out);
}

static void a_truncated_zone_makes_half_of_the_names_vanish(void **state)
{
	(void)state;
	holds("de-2010", "12:15", 1);
}

static void at_full_loss_the_cache_carries_a_TTL(void **state)
{
	(void)state;
	holds("dike-100", "14:01", 3);
}

static void a_zone_without_keys_fails_when_the_cached_ones_run_out(void **state)
{
	(void)state;
	holds("na-2019", "12:01", 3);
}

static void a_loop_fails_its_own_domains_alone(void **state)
{
	(void)state;
	holds("tsuname", "13:01", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_outage_can_be_planned_and_says_what_it_teaches),
		cmocka_unit_test(the_table_of_outages_is_what_the_program_lists),
		cmocka_unit_test(the_NSEC_of_a_wildcard_has_its_types_until_the_fault),
		cmocka_unit_test(a_truncated_zone_makes_half_of_the_names_vanish),
		cmocka_unit_test(at_full_loss_the_cache_carries_a_TTL),
		cmocka_unit_test(a_zone_without_keys_fails_when_the_cached_ones_run_out),
		cmocka_unit_test(a_loop_fails_its_own_domains_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
