/* SPDX-License-Identifier: BSD-2-Clause */
/* junit.xml of known records, judged by xmllint: its form, and what a CI system would count and
 * show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include "harness/report/junit.h"
#include "harness/results/recorded_load.h"
#include "tests/support/recorded.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

static json_t *run, *cells;

static int make_run(void **state)
{
	(void)state;
	cells = json_array();
	run = json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:o}", "scenario", "test", "from",
			"2026-05-05T13:30:00Z", "to", "2026-05-05T14:30:00Z", "seed", 7, "sigfault",
			"0.1", "clock", "virtual", "cells", cells);
	return run ? 0 : -1;
}

static int forget(void **state)
{
	(void)state;
	json_decref(run);
	return folder_remove(NULL);
}

static json_t *add_cell(const char *folder, bool valid, const char *why)
{
	json_t *cell = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:f, s:[], s:[], s:[]}",
				 "folder", folder, "resolver", "unbound", "version", "1.17.1",
				 "mitigation", folder, "clock", "virtual", "valid", valid, "why",
				 why, "wall_seconds", 2.5, "faults", "expectations", "thresholds");

	assert_non_null(cell);
	json_array_append_new(cells, cell);
	return cell;
}

static void add_verdict(json_t *cell, const char *list, const char *text, bool held,
			const char *message)
{
	json_t *one = json_pack("{s:s, s:b, s:s}", "text", text, "held", held, "message", message);

	assert_non_null(one);
	json_array_append_new(json_object_get(cell, list), one);
}

static void add_fault(json_t *cell, const char *text, int seen, bool never_dnssec_ok)
{
	json_array_append_new(json_object_get(cell, "faults"),
			      json_pack("{s:s, s:i, s:b}", "text", text, "seen", seen,
					"never_dnssec_ok", never_dnssec_ok));
}

/* Writes junit.xml, which must be of the common form and sum up what it holds. */
static void make(void)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	struct err e = { "" };
	char path[128];
	FILE *out;

	put_run_json("", run);
	load_run("", &r);
	snprintf(path, sizeof(path), "%s/junit.xml", folder());
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(junit_write(&r, out, &e), 0);
	assert_int_equal(fclose(out), 0);
	shell(&sh, "xmllint --noout --relaxng tests/data/junit.rng %s", path);
	if (sh.status != 0)
		fail_msg("%s", sh.out);
}

/* What an XPath expression gives, as text. */
static const char *query(const char *xpath)
{
	shell(&sh, "xmllint --xpath \"$(cat %s)\" %s/junit.xml", folder_put("query", xpath),
	      folder());
	if (sh.status != 0)
		fail_msg("%s: %s", xpath, sh.out);
	if (*sh.out && sh.out[strlen(sh.out) - 1] == '\n')
		sh.out[strlen(sh.out) - 1] = '\0';
	return sh.out;
}

static void assert_tells(const char *xpath, const char *wanted)
{
	const char *got = query(xpath);

	if (strcmp(got, wanted) != 0)
		fail_msg("%s is '%s', not '%s'", xpath, got, wanted);
}

static void assert_sums_are_right(void)
{
	assert_tells("count(//testcase) = sum(//@tests)", "true");
	assert_tells("count(//failure) = sum(//@failures)", "true");
	assert_tells("count(//error) = sum(//@errors)", "true");
	assert_tells("count(//skipped) = sum(//@skipped)", "true");
	assert_tells("count(//testsuite[count(testcase) != @tests or count(.//failure) != "
		     "@failures or count(.//error) != @errors or count(.//skipped) != @skipped])",
		     "0");
}

static void each_expectation_fault_and_threshold_of_a_cell_is_a_case(void **state)
{
	json_t *cell = add_cell("unbound-none", true, "");

	(void)state;
	add_fault(cell, "seen one", 12, false);
	add_fault(cell, "missed one", 0, false);
	add_fault(cell, "out of reach", 0, true);
	add_verdict(cell, "expectations", "it holds", true, "");
	add_verdict(cell, "expectations", "it does not", false, "share of servfail is 0.3");
	add_verdict(cell, "expectations", "nobody knows why", false, "");
	add_verdict(cell, "thresholds", "SERVFAIL peak: not worse", false, "was 1 %, is 2 %");
	make();
	assert_sums_are_right();
	assert_tells("string(//testsuite/@tests)", "8");
	assert_tells("string(//testsuite/@failures)", "4");
	assert_tells("string(//testsuite/@skipped)", "1");
	assert_tells("string(//testcase[@name='it does not']/failure/@message)",
		     "share of servfail is 0.3");
	assert_tells("string(//testcase[@name='it does not']/failure)", "share of servfail is 0.3");
	assert_tells("count(//testcase[@name='it holds']/*)", "0");
	assert_tells("string-length(//testcase[@name='nobody knows why']/failure/@message) > 0",
		     "true");
	assert_tells("string(//testcase[contains(@name, 'SERVFAIL peak')]/failure/@message)",
		     "was 1 %, is 2 %");
	assert_tells("count(//testcase[contains(@name, 'seen one')]/*)", "0");
	assert_tells("count(//testcase[contains(@name, 'missed one')]/failure)", "1");
	assert_tells("count(//testcase[contains(@name, 'out of reach')]/skipped)", "1");
	assert_tells("count(//testcase[@name='the run is valid']/*)", "0");
}

static void add_known(json_t *cell, const char *text, const char *verdict, const char *message)
{
	json_t *list = json_object_get(cell, "known");

	if (!list) {
		list = json_array();
		json_object_set_new(cell, "known", list);
	}
	json_array_append_new(list,
			      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "resolver", "unbound",
					"versions", "< 1.20", "text", text, "because",
					"so it was seen", "verdict", verdict, "message", message));
}

static void what_is_otherwise_than_known_was_skipped_and_fails_a_strict_run(void **state)
{
	json_t *cell = add_cell("unbound-none", true, "");

	(void)state;
	add_known(cell, "it is slow", "as known", "");
	add_known(cell, "it gives up", "otherwise than known", "share of servfail is 0.3");
	add_known(cell, "it asks on", "version not known", "");
	make();
	assert_sums_are_right();
	assert_tells("string(//testsuite/@tests)", "4");
	assert_tells("string(//testsuite/@skipped)", "2");
	assert_tells("string(//testsuite/@failures)", "0");
	assert_tells("count(//testcase[@name='it is slow']/*)", "0");
	assert_tells("string(//testcase[@name='it gives up']/skipped/@message)",
		     "otherwise than known: share of servfail is 0.3 (known of unbound < 1.20: so "
		     "it was seen)");
	assert_tells("string(//testcase[@name='it asks on']/skipped/@message)",
		     "version not known (known of unbound < 1.20: so it was seen)");
	json_object_set_new(run, "strict", json_true());
	make();
	assert_sums_are_right();
	assert_tells("string(//testsuite/@failures)", "1");
	assert_tells("count(//testcase[@name='it gives up']/failure)", "1");
	assert_tells("count(//testcase[@name='it asks on']/skipped)", "1");
}

static void what_got_worse_is_told_as_it_was_and_is(void **state)
{
	json_t *list = json_object_get(add_cell("unbound-none", true, ""), "thresholds");

	(void)state;
	json_array_append_new(list, json_pack("{s:s, s:f, s:s, s:f, s:s, s:b}", "figure",
					      "after_repair", "was", 90.0, "is", "never",
					      "worse_by", 60.0, "text", "t", "held", 0));
	make();
	assert_tells("string(//failure/@message)",
		     "repair to under 1 % 1 min 30 s → never (allowed +1 min)");
}

static void a_suite_says_what_ran_and_for_how_long(void **state)
{
	(void)state;
	add_cell("nta", true, "");
	make();
	assert_tells("string(/testsuites/@name)", "test");
	assert_tells("string(//testsuite/@name)", "nta");
	assert_tells("string(//testsuite/@time)", "2.500");
	assert_tells("string(//property[@name='resolver']/@value)", "unbound");
	assert_tells("string(//property[@name='version']/@value)", "1.17.1");
	assert_tells("string(//property[@name='mitigation']/@value)", "nta");
	assert_tells("string(//property[@name='clock']/@value)", "virtual");
	assert_tells("string(//property[@name='seed']/@value)", "7");
	assert_tells("string(//property[@name='scenario']/@value)", "test");
}

static void a_cell_that_is_not_valid_is_an_error_with_its_reason(void **state)
{
	(void)state;
	add_fault(add_cell("unbound-none", false, "the resolver died: signal 11"), "unseen", 0,
		  false);
	add_cell("unbound-nta", true, "");
	make();
	assert_sums_are_right();
	assert_tells("count(//failure) + count(//error)", "1");
	assert_tells("string(//testsuite[@name='unbound-none']//error/@message)",
		     "the resolver died: signal 11");
	assert_tells("count(//testsuite[@name='unbound-nta']//error)", "0");
}

static void a_mitigation_that_is_not_offered_is_a_case_that_was_skipped(void **state)
{
	(void)state;
	add_cell("unbound-none", true, "");
	json_object_set_new(run, "not_offered",
			    json_pack("[{s:s, s:s, s:s}]", "resolver", "knot", "mitigation",
				      "prefetch", "why", "it has no such thing"));
	make();
	assert_sums_are_right();
	assert_tells("string(//testsuite[@name='knot-prefetch']//skipped/@message)",
		     "it has no such thing");
}

static void cells_that_nobody_brought_are_an_error(void **state)
{
	(void)state;
	json_object_set_new(add_cell("unbound-none", true, ""), "number", json_integer(1));
	json_object_set_new(run, "matrix", json_pack("[s, s]", "unbound-none", "unbound-nta"));
	make();
	assert_sums_are_right();
	assert_tells("string(//testsuite[@name='matrix']//error/@message)", "missing: 1");
}

static void any_text_comes_through_as_xml(void **state)
{
	static const char odd[] = "]]> <b> & \"quoted\" 'too' ä × 😀 \x1b[31m \x01 \n \xef\xbf\xbe";
	json_t *cell = add_cell("unbound-none", true, "");
	char longest[6001] = "", *end;

	(void)state;
	for (unsigned i = 0; i < 3000; i++)
		strcat(longest, "ä");
	add_verdict(cell, "expectations", odd, false, odd);
	add_verdict(cell, "expectations", "long", false, longest);
	make();
	assert_sums_are_right();
	assert_tells("string(//testcase[contains(@name, ']]>')]/failure)",
		     "]]> <b> & \"quoted\" 'too' ä × 😀 �[31m � \n �");
	assert_tells("//testcase[contains(@name, ']]>')]/failure/@message = "
		     "//testcase[contains(@name, ']]>')]/failure",
		     "true");
	query("string(//testcase[@name='long']/failure)");
	end = sh.out + strspn(sh.out, "ä");
	assert_string_equal(end, "");
	assert_true(end - sh.out > 4000 && (end - sh.out) % 2 == 0);
}

#define JUNIT_TEST(f) cmocka_unit_test_setup_teardown(f, make_run, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		JUNIT_TEST(each_expectation_fault_and_threshold_of_a_cell_is_a_case),
		JUNIT_TEST(what_is_otherwise_than_known_was_skipped_and_fails_a_strict_run),
		JUNIT_TEST(what_got_worse_is_told_as_it_was_and_is),
		JUNIT_TEST(a_suite_says_what_ran_and_for_how_long),
		JUNIT_TEST(a_cell_that_is_not_valid_is_an_error_with_its_reason),
		JUNIT_TEST(a_mitigation_that_is_not_offered_is_a_case_that_was_skipped),
		JUNIT_TEST(cells_that_nobody_brought_are_an_error),
		JUNIT_TEST(any_text_comes_through_as_xml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
