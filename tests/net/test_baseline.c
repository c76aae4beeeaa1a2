/* SPDX-License-Identifier: BSD-2-Clause */
/* A run held against an earlier one, as a CI system does it: with real resolvers, one of them made
 * worse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/unbound.h"

/* The scenario `minute` with one threshold, a build of Unbound that keeps nothing for longer than a
 * second, and the run of the distribution's that all is held against. */
static int make_baseline(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "{ cat scenarios/minute.lua; echo 'allow { servfail_share = { worse_by = 0.01 } "
		  "}'; } "
		  ">%s/strict.lua",
		  d);
	put_wrapper("unbound-forgetful", "echo 'server: cache-max-ttl: 1' >>unbound.conf",
		    BECOMES_UNBOUND);
	ends_with(0, SIGFAULT " run %s/strict.lua --quiet -o %s/base", d, d);
	return 0;
}

static void the_same_again_is_not_worse(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run %s/strict.lua --quiet -o %s/same --baseline %s/base", d, d, d);
	ends_with(0,
		  "jq -c '.cells[0].thresholds[] | [.figure, .held, .was == .is]' %s/same/run.json",
		  d);
	assert_string_equal(sh.out, "[\"servfail_share\",true,true]\n");
	ends_with(0, "jq -r .baseline.folder %s/same/run.json", d);
	assert_says("/base\n");
	ends_with(0, "grep 'held .*against the baseline, SERVFAIL share' %s/same/summary.md", d);
	ends_with(0, "grep 'Held against the baseline' %s/same/summary.md", d);
	ends_with(0, "xmllint --noout --relaxng tests/data/junit.rng %s/same/junit.xml", d);
}

static void a_worse_build_is_exit_1_and_the_numbers_are_told_wherever_the_run_is(void **state)
{
	const char *d = folder();
	char was[64], is[64];

	(void)state;
	ends_with(1,
		  SIGFAULT
		  " run %s/strict.lua -r unbound=%s/unbound-forgetful -o %s/worse --baseline "
		  "%s/base --quiet",
		  d, d, d, d);
	ends_with(0, "jq '.cells[0].thresholds[0].was * 1000 | round / 10' %s/worse/run.json", d);
	snprintf(was, sizeof(was), "SERVFAIL share %.1f %% → ", atof(sh.out));
	ends_with(0, "jq '.cells[0].thresholds[0].is * 1000 | round / 10' %s/worse/run.json", d);
	snprintf(is, sizeof(is), " → %.1f %% (allowed +1 point)", atof(sh.out));
	ends_with(1, SIGFAULT " report %s/worse >%s/worse.txt", d, d);
	ends_with(0, "tr -s ' \\n' '  ' <%s/worse.txt", d);
	assert_says("FAILED against the baseline, SERVFAIL share: worse by at most 1 percentage "
		    "point: ");
	assert_says(was);
	assert_says(is);
	ends_with(0,
		  "xmllint --xpath 'string(//testsuite[@name=\"unbound-forgetful-none\"]/testcase["
		  "contains(@name, \"SERVFAIL share\")]/failure/@message)' %s/worse/junit.xml",
		  d);
	assert_says(was);
	assert_says(is);
	ends_with(0, "grep 'FAILED .*against the baseline' %s/worse/summary.md", d);
	assert_says(is);
}

static void what_got_better_is_always_allowed(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run %s/strict.lua --quiet -o %s/better --baseline %s/worse", d, d,
		  d);
	ends_with(0, "jq '.cells[0].thresholds[0] | .held and .is < .was' %s/better/run.json", d);
	assert_string_equal(sh.out, "true\n");
}

static void a_figure_that_nobody_knows_is_exit_2_before_anything_starts(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(
		0,
		"{ echo 'scenario { name = \"x\", from = \"2026-05-05T12:00Z\", to = \"+1m\" }'; "
		"echo "
		"'allow { servfail_shrae = { worse_by = 0.1 } }'; echo 'zone(\".\", { servers = { "
		"\"198.18.0.1\" } })'; } >%s/typo.lua",
		d);
	ends_with(2, SIGFAULT " run %s/typo.lua --quiet -o %s/no --baseline %s/base", d, d, d);
	assert_says("typo.lua:2: allow: there is no figure 'servfail_shrae'; did you mean "
		    "'servfail_share'?");
	ends_with(2, SIGFAULT " run %s/typo.lua --quiet -o %s/no", d, d);
	assert_says("typo.lua:2: ");
	ends_with(2, SIGFAULT " plan %s/typo.lua", d);
	assert_says("typo.lua:2: ");
	ends_with(1, "test -e %s/no", d);
}

static void refuses(const char *arguments, const char *baseline, const char *sentence)
{
	const char *d = folder();

	ends_with(2, "d=%s; " SIGFAULT " run %s --quiet -o $d/no --baseline $d/%s", d, arguments,
		  baseline);
	assert_says(sentence);
	ends_with(1, "test -e %s/no", d);
}

static void a_baseline_that_is_of_another_run_is_exit_2_and_says_how(void **state)
{
	const char *d = folder();

	(void)state;
	refuses("dark", "base", "its scenario is 'minute', not 'dark'");
	refuses("minute --set rate=21", "base", "its parameter 'rate' is '20', not '21'");
	refuses("minute --bin 20s", "base", "its bin is '10 s', not '20 s'");
	refuses("minute", "nothing", "is not the folder of a run");
	ends_with(0,
		  "mkdir -p %s/start && jq '.from = \"2026-05-05T19:17:00Z\"' %s/base/run.json "
		  ">%s/start/run.json && cp -R %s/base/unbound-none %s/start/",
		  d, d, d, d, d);
	refuses("minute", "start", "its start is '2026-05-05T19:17:00Z'");
	ends_with(
		0,
		"mkdir -p %s/set && jq '.set.old = \"1\"' %s/base/run.json >%s/set/run.json && cp "
		"-R %s/base/unbound-none %s/set/",
		d, d, d, d, d);
	refuses("minute", "set", "it has a parameter 'old'");
}

static void a_baseline_without_the_cell_is_exit_2_and_says_which_it_has(void **state)
{
	const char *d = folder();

	(void)state;
	refuses("minute -m nta", "base", "'unbound-nta' to be held against; it has: unbound-none");
	refuses("minute -r unbound,knot", "base", "'knot-none' to be held against");
	ends_with(
		0,
		"cp -R %s/base %s/two && jq '.cells += [.cells[0]] | .cells[0].resolver = \"a\" | "
		".cells[1].resolver = \"b\"' %s/base/run.json >%s/two/run.json",
		d, d, d, d);
	refuses("minute", "two", "has no cell, or several, for 'unbound-none'");
	ends_with(0,
		  "cp -R %s/base %s/bad && jq '.cells[0].valid = false' %s/base/run.json "
		  ">%s/bad/run.json",
		  d, d, d, d);
	refuses("minute", "bad", "/bad/unbound-none' is not valid");
}

static void a_report_judges_nothing_anew(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(2, SIGFAULT " report %s/same --baseline %s/base", d, d);
	assert_says("'--baseline' is not for 'report' but for 'run'");
}

static void cells_that_run_one_by_one_are_held_against_such_ones(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, "mkdir %s/parts && cp -R %s/base %s/parts/cell-2", d, d, d);
	ends_with(0,
		  SIGFAULT " run %s/strict.lua -m nta,none --quiet --cell 2 -o %s/cells --seed 2 "
			   "--baseline %s/parts; test $? -le 1",
		  d, d, d);
	ends_with(0, "jq '.cells[0].thresholds | length' %s/cells/cell-2/run.json", d);
	assert_string_equal(sh.out, "1\n");
	shell(&sh, SIGFAULT " report %s/cells/cell-2", d);
	assert_says("the baseline's seed was 1, now it is 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_again_is_not_worse),
		cmocka_unit_test(
			a_worse_build_is_exit_1_and_the_numbers_are_told_wherever_the_run_is),
		cmocka_unit_test(what_got_better_is_always_allowed),
		cmocka_unit_test(a_figure_that_nobody_knows_is_exit_2_before_anything_starts),
		cmocka_unit_test(a_baseline_that_is_of_another_run_is_exit_2_and_says_how),
		cmocka_unit_test(a_baseline_without_the_cell_is_exit_2_and_says_which_it_has),
		cmocka_unit_test(a_report_judges_nothing_anew),
		cmocka_unit_test(cells_that_run_one_by_one_are_held_against_such_ones),
	};

	return cmocka_run_group_tests(tests, make_baseline, NULL);
}
