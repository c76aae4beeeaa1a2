/* SPDX-License-Identifier: BSD-2-Clause */
/* Cases beside each other: what is marked, where resolvers differ, what the table and
 * ede-matrix.csv say, and what is worse than an earlier run. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/results/csv.h"
#include "harness/judge/ede_baseline.h"
#include "harness/results/ede_matrix.h"
#include "harness/report/html.h"
#include "harness/report/junit.h"
#include "harness/results/recorded_load.h"
#include "tests/support/folder.h"
#include "tests/support/recorded.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

/* Codes end with -1. */
static struct case_row row_of(const char *name, enum case_class class, int rcode, bool ad,
			      const int *codes)
{
	struct case_row row = { .class = class, .valid = true, .queries = 9, .seen = 4 };

	snprintf(row.name, sizeof(row.name), "%s", name);
	snprintf(row.question, sizeof(row.question), "%s.ede. A", name);
	strcpy(row.fault, class == CASE_NOTHING_WRONG ? "" : "some-fault");
	row.first.rcode = rcode;
	row.first.ad = ad;
	row.first.has_data = rcode == 0;
	for (; codes && *codes >= 0; codes++) {
		struct case_ede *ede = &row.first.edes[row.first.ede_count++];

		ede->code = *codes;
		snprintf(ede->text, sizeof(ede->text), "text of %d", *codes);
	}
	return row;
}

#define CODES(...) ((const int[]){ __VA_ARGS__, -1 })

/* A cell's folder below a run's. */
static void write_rows(const char *run, const char *cell, const struct case_row *rows,
		       unsigned count)
{
	struct record_file f;
	char path[256];
	struct err e;

	mkdir(folder_path("%s", run), 0777);
	snprintf(path, sizeof(path), "%s/%s/%s", folder(), run, cell);
	assert_int_equal(mkdir(path, 0777), 0);
	assert_int_equal(case_rows_open(&f, path, &e), 0);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(case_rows_put(&f, &rows[i], &e), 0);
	record_file_done(&f);
}

static json_t *cell_json(const char *resolver, bool valid)
{
	return json_pack("{s:o, s:s, s:s, s:s, s:s, s:b, s:s}", "folder",
			 json_sprintf("%s-none", resolver), "resolver", resolver, "kind", resolver,
			 "version", "1.0", "mitigation", "none", "valid", valid, "why",
			 valid ? "" : "a case is not valid");
}

static void write_run(const char *run, json_t *cells)
{
	json_t *json =
		json_pack("{s:s, s:s, s:s, s:i, s:s, s:f, s:[s], s:o}", "scenario", "test", "from",
			  "2026-05-05T12:00:00Z", "to", "2026-05-05T12:01:00Z", "seed", 1,
			  "sigfault", "0.1", "bin_seconds", 60.0, "cases", "one", "cells", cells);

	put_run_json(run, json);
	json_decref(json);
}

static void what_is_written_is_read(void **state)
{
	struct case_row rows[] = {
		row_of("one", CASE_DNSSEC, 2, false, CODES(9, 22)),
		row_of("two", CASE_NOTHING_WRONG, 0, true, NULL),
		row_of("three", CASE_CONNECTIVITY, CASE_TIMEOUT, false, NULL),
		row_of("four", CASE_DNSSEC, 23, false, CODES(50000)),
		{ .name = "five", .question = "five. A", .why = "it was \"ended\", by 9" },
	};
	_cleanup_(case_rows_freep) struct case_rows *all = NULL;
	const struct case_row *row;
	char codes[64];
	struct err e;

	(void)state;
	strcpy(rows[0].first.edes[0].text, "with, \"signs\" | and a bar");
	rows[0].cd = (struct case_answer){ .rcode = 0, .ede_count = 1, .edes = { { .code = 6 } } };
	rows[0].bytes = 6120;
	rows[0].seconds = 0.084;
	write_rows("written", "c", rows, ARRAY_SIZE(rows));
	assert_int_equal(case_rows_load(folder_path("written/c"), &all, &e), 0);
	assert_int_equal(all->count, ARRAY_SIZE(rows));
	row = case_rows_find(all, "one");
	assert_int_equal(row->class, CASE_DNSSEC);
	assert_string_equal(row->question, "one.ede. A");
	assert_string_equal(case_codes(&row->first, codes), "9 22");
	assert_string_equal(row->first.edes[0].text, "with, \"signs\" / and a bar");
	assert_string_equal(row->first.edes[1].text, "text of 22");
	assert_string_equal(case_codes(&row->cd, codes), "6");
	assert_true(row->queries == 9 && row->bytes == 6120 && row->seen == 4);
	assert_float_equal(row->seconds, 0.084, 1e-9);
	assert_true(case_rows_find(all, "two")->first.ad);
	assert_int_equal(case_rows_find(all, "three")->first.rcode, CASE_TIMEOUT);
	assert_int_equal(case_rows_find(all, "four")->first.rcode, 23);
	assert_int_equal(case_rows_find(all, "four")->first.edes[0].code, 50000);
	assert_false(case_rows_find(all, "five")->valid);
	assert_string_equal(case_rows_find(all, "five")->why, rows[4].why);
	assert_null(case_rows_find(all, "six"));
}

static void another_file_is_refused(void **state)
{
	struct case_rows *all = NULL;
	const char *path;
	struct err e;

	(void)state;
	path = folder_put("cases.csv", "case,question\nx,y\n");
	assert_int_equal(case_rows_load(folder(), &all, &e), -EINVAL);
	unlink(path);
	assert_int_equal(case_rows_load(folder(), &all, &e), -ENOENT);
}

static void codes_that_point_the_wrong_way_are_marked(void **state)
{
	static const int dnssec[] = { 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 25, 27 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dnssec); i++) {
		assert_true(ede_code_points_wrong(CASE_CONNECTIVITY, dnssec[i]));
		assert_false(ede_code_points_wrong(CASE_DNSSEC, dnssec[i]));
		assert_false(ede_code_points_wrong(CASE_NOTHING_WRONG, dnssec[i]));
	}
	for (int code = 22; code <= 23; code++) {
		assert_true(ede_code_points_wrong(CASE_DNSSEC, code));
		assert_false(ede_code_points_wrong(CASE_CONNECTIVITY, code));
		assert_false(ede_code_points_wrong(CASE_NOTHING_WRONG, code));
	}
	for (int code = 3; code <= 20; code += 17) { /* Stale Answer, Not Authoritative */
		assert_false(ede_code_points_wrong(CASE_DNSSEC, code));
		assert_false(ede_code_points_wrong(CASE_CONNECTIVITY, code));
	}
}

static void only_a_failure_that_came_lacks_a_code(void **state)
{
	struct case_row fail = row_of("x", CASE_DNSSEC, 2, false, NULL);
	struct case_row told = row_of("x", CASE_DNSSEC, 2, false, CODES(0));
	struct case_row answered = row_of("x", CASE_DNSSEC, 3, false, NULL);
	struct case_row timeout = row_of("x", CASE_CONNECTIVITY, CASE_TIMEOUT, false, NULL);
	struct case_row healthy = row_of("x", CASE_NOTHING_WRONG, 2, false, NULL);

	(void)state;
	assert_true(ede_row_lacks_code(&fail));
	assert_false(ede_row_lacks_code(&told));
	assert_false(ede_row_lacks_code(&answered));
	assert_false(ede_row_lacks_code(&timeout));
	assert_false(ede_row_lacks_code(&healthy));
	fail.valid = false;
	assert_false(ede_row_lacks_code(&fail));
}

static void what_is_wrong_and_was_never_sent_is_marked(void **state)
{
	struct case_row row = row_of("x", CASE_DNSSEC, 0, true, NULL);

	(void)state;
	assert_false(ede_row_not_seen(&row));
	row.seen = 0;
	assert_true(ede_row_not_seen(&row));
	row.class = CASE_NOTHING_WRONG;
	assert_false(ede_row_not_seen(&row));
}

/* Two cells, and a third whose only case is not valid. */
static void write_three(void)
{
	struct case_row left[] = {
		row_of("alike", CASE_DNSSEC, 2, false, CODES(6, 9)),
		row_of("codes", CASE_DNSSEC, 2, false, CODES(6)),
		row_of("outcome", CASE_CONNECTIVITY, 2, false, CODES(9)),
		row_of("ad", CASE_NOTHING_WRONG, 0, true, NULL),
		row_of("mine", CASE_DNSSEC, 2, false, NULL),
	};
	struct case_row right[] = {
		row_of("alike", CASE_DNSSEC, 2, false, CODES(9, 6)),
		row_of("codes", CASE_DNSSEC, 2, false, CODES(6, 22)),
		row_of("outcome", CASE_CONNECTIVITY, CASE_TIMEOUT, false, NULL),
		row_of("ad", CASE_NOTHING_WRONG, 0, false, NULL),
		row_of("yours", CASE_DNSSEC, 0, true, NULL),
	};
	struct case_row third = { .name = "alike", .question = "alike.ede. A", .why = "it died" };

	left[4].cd.rcode = 2;
	right[1].cd.rcode = 2;
	right[4].seen = 0;
	write_rows("three", "left-none", left, ARRAY_SIZE(left));
	write_rows("three", "right-none", right, ARRAY_SIZE(right));
	write_rows("three", "third-none", &third, 1);
	write_run("three", json_pack("[o, o, o]", cell_json("left", true), cell_json("right", true),
				     cell_json("third", false)));
}

static const struct ede_case *find(const struct ede_matrix *m, const char *name)
{
	for (unsigned i = 0; i < m->count; i++)
		if (strcmp(m->cases[i].any->name, name) == 0)
			return &m->cases[i];
	fail_msg("no case '%s'", name);
	return NULL;
}

static void resolvers_differ_by_outcome_or_by_codes_alone(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(ede_matrix_freep) struct ede_matrix *m = NULL;
	struct err e;

	(void)state;
	write_three();
	load_run("three", &r);
	assert_int_equal(ede_matrix_new(&r, &m, &e), 0);
	assert_int_equal(m->count, 6);
	assert_int_equal(find(m, "alike")->difference, EDE_ALIKE);
	assert_int_equal(find(m, "codes")->difference, EDE_CODES_DIFFER);
	assert_int_equal(find(m, "outcome")->difference, EDE_OUTCOMES_DIFFER);
	assert_int_equal(find(m, "ad")->difference, EDE_OUTCOMES_DIFFER);
	assert_int_equal(find(m, "mine")->difference, EDE_ALIKE);
	assert_null(find(m, "mine")->rows[1]);
	assert_string_equal(m->names[1], "right");
}

static void sums_count_cases(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(ede_matrix_freep) struct ede_matrix *m = NULL;
	struct err e;

	(void)state;
	load_run("three", &r);
	assert_int_equal(ede_matrix_new(&r, &m, &e), 0);
	assert_int_equal(m->tallies[0].cases, 5);
	assert_int_equal(m->tallies[0].answered, 1);
	assert_int_equal(m->tallies[0].validated, 1);
	assert_int_equal(m->tallies[0].with_code, 3);
	assert_int_equal(m->tallies[0].wrong_way, 1);
	assert_int_equal(m->tallies[0].no_code, 1);
	assert_int_equal(m->tallies[0].cd_answered, 3);
	assert_int_equal(m->tallies[0].queries, 45);
	assert_int_equal(m->tallies[1].timeouts, 1);
	assert_int_equal(m->tallies[1].wrong_way, 1);
	assert_int_equal(m->tallies[1].not_seen, 1);
	assert_int_equal(m->tallies[1].cd_answered, 2);
	assert_int_equal(m->tallies[2].invalid, 1);
	assert_int_equal(m->tallies[2].queries, 0);
}

/* The field of a column in the row of a case and a cell. */
static void csv_field(const char *path, const char *name, const char *cell, const char *column,
		      char ret[256])
{
	_cleanup_(csv_freep) struct csv *c = NULL;
	struct err e;

	assert_int_equal(csv_open(path, "ede-matrix.csv", &c, &e), 0);
	*ret = '\0';
	while (csv_next(c, &e) == 1)
		if (strcmp(csv_text(c, 0), name) == 0 &&
		    strcmp(csv_text(c, (unsigned)csv_column(c, "cell", &e)), cell) == 0)
			snprintf(ret, 256, "%s", csv_text(c, (unsigned)csv_column(c, column, &e)));
}

static void assert_field(const char *name, const char *cell, const char *column, const char *value)
{
	char got[256];

	csv_field(folder(), name, cell, column, got);
	assert_string_equal(got, value);
}

static void the_csv_has_a_row_for_each_case_and_cell(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	struct err e;
	FILE *f;

	(void)state;
	load_run("three", &r);
	f = fopen(folder_path("ede-matrix.csv"), "w");
	assert_int_equal(ede_csv_write(&r, f, &e), 0);
	fclose(f);
	assert_field("codes", "right-none", "codes", "6 22");
	assert_field("codes", "right-none", "texts", "text of 6 | text of 22");
	assert_field("codes", "right-none", "marks", "wrong-way");
	assert_field("codes", "left-none", "marks", "");
	assert_field("codes", "left-none", "differ", "codes");
	assert_field("codes", "left-none", "answered_with_cd", "yes");
	assert_field("codes", "right-none", "answered_with_cd", "no");
	assert_field("outcome", "right-none", "rcode", "timeout");
	assert_field("outcome", "left-none", "marks", "wrong-way");
	assert_field("mine", "left-none", "marks", "no-code");
	assert_field("yours", "right-none", "marks", "not-seen");
	assert_field("alike", "third-none", "valid", "no");
	assert_field("alike", "third-none", "why", "it died");
	assert_field("alike", "third-none", "rcode", "");
	assert_field("alike", "third-none", "differ", "");
}

static char *printed(int (*print)(const struct recorded *r, FILE *out, struct err *e),
		     const struct recorded *r)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct err e;

	assert_int_equal(print(r, out, &e), 0);
	fclose(out);
	return text;
}

static int print_80(const struct recorded *r, FILE *out, struct err *e)
{
	return ede_print(r, 80, out, e);
}

static void the_terminal_shows_each_case_then_all_and_fits_80_columns(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(freep) char *text = NULL;
	char *line, *rest;

	(void)state;
	load_run("three", &r);
	text = printed(print_80, &r);
	assert_has(text, "codes: codes.ede. A; some-fault, dnssec; codes differ\n");
	assert_has(text, "  right  SERVFAIL 6 22!    +cd SERVFAIL    9 queries\n");
	assert_has(text, "22 No Reachable Authority: text of 22\n");
	assert_has(text, "  left   SERVFAIL -!       +cd SERVFAIL    9 queries\n");
	assert_has(text, "  right  NOERROR AD        +cd NOERROR     9 queries  (never sent the "
			 "fault)\n");
	assert_has(text, "NOT VALID: it died");
	assert_has(text, "\n~ codes ");
	assert_has(text, "\n# outcome ");
	assert_has(text, "fail 6 22!");
	assert_has(text, "timeout");
	assert_has(text, "Resolvers differ in 3 of 6 cases: in 2 by outcome, in 1 by codes "
			 "alone.\n");
	for (rest = text; (line = strsep(&rest, "\n"));)
		assert_true(strlen(line) <= 80);
}

static void markdown_has_the_costs_too(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(freep) char *text = NULL;

	(void)state;
	load_run("three", &r);
	text = printed(ede_print_markdown, &r);
	assert_has(text, "| # outcome | SERVFAIL 9!, +cd yes, 9 | timeout, +cd yes, 9 |");
	assert_has(text, "text of 22");
}

static void junit_has_a_test_for_each_case(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(freep) char *text = NULL;

	(void)state;
	load_run("three", &r);
	text = printed(junit_write, &r);
	assert_has(text, "<testsuite name=\"left-none\" tests=\"6\" failures=\"0\" errors=\"0\"");
	assert_has(text, "<testsuite name=\"third-none\" tests=\"2\" failures=\"0\" errors=\"2\"");
	assert_has(text, "<testcase classname=\"left-none\" name=\"outcome\"/>");
	assert_has(text, "<error message=\"it died\"");
}

static void the_page_escapes_what_resolvers_say(void **state)
{
	struct case_row row = row_of("one", CASE_DNSSEC, 2, false, CODES(22));
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(freep) char *text = NULL;

	(void)state;
	strcpy(row.first.edes[0].text, "no key for <b>x</b>");
	write_rows("page", "left-none", &row, 1);
	write_run("page", json_pack("[o]", cell_json("left", true)));
	load_run("page", &r);
	text = printed(html_write, &r);
	assert_has(text, "<td class=\"bad\"><span>SERVFAIL 22!</span>");
	assert_has(text, "22 No Reachable Authority: no key for &lt;b&gt;x&lt;/b&gt;");
	assert_has(text, "+cd NOERROR, 9 queries");
	assert_null(strstr(text, "No curve was recorded"));
}

/* ---- against a baseline ---- */

static json_t *judge(struct case_row *was, unsigned was_count, struct case_row *is,
		     unsigned is_count)
{
	struct case_rows before = { was, was_count }, now = { is, is_count };
	struct recorded_cell a = { .cases = &before }, b = { .cases = &now };

	return ede_baseline_judge(&a, &b);
}

/* One case that was and is: how it is called, whether it held, and what is said. "": nothing. */
static void assert_judged(struct case_row was, struct case_row is, const char *text, bool held,
			  const char *message)
{
	json_t *list = judge(&was, 1, &is, 1), *one = json_array_get(list, 1);

	assert_int_equal(json_array_size(list), *text ? 2 : 1);
	assert_int_equal(json_is_true(json_object_get(json_array_get(list, 0), "held")), held);
	if (*text) {
		assert_string_equal(recorded_text(one, "text"), text);
		assert_int_equal(recorded_held(one), held);
		assert_string_equal(recorded_text(one, "message"), message);
	}
	json_decref(list);
}

static void another_rcode_or_ad_is_worse_whichever_way_it_went(void **state)
{
	(void)state;
	assert_judged(row_of("x", CASE_DNSSEC, 2, false, CODES(6)),
		      row_of("x", CASE_DNSSEC, 0, true, NULL), "case x: answers otherwise", false,
		      "was SERVFAIL 6 (DNSSEC Bogus), is NOERROR AD");
	assert_judged(row_of("x", CASE_DNSSEC, 0, true, NULL),
		      row_of("x", CASE_DNSSEC, 0, false, NULL), "case x: answers otherwise", false,
		      "was NOERROR AD, is NOERROR");
	assert_judged(row_of("x", CASE_CONNECTIVITY, CASE_TIMEOUT, false, NULL),
		      row_of("x", CASE_CONNECTIVITY, 2, false, CODES(22)),
		      "case x: answers otherwise", false,
		      "was timeout, is SERVFAIL 22 (No Reachable Authority)");
}

static void an_answer_that_lost_its_data_is_another_outcome(void **state)
{
	struct case_row was = row_of("x", CASE_DNSSEC, 0, true, NULL), is = was;

	(void)state;
	is.first.has_data = false;
	assert_false(ede_same_outcome(&was, &is));
	assert_judged(was, is, "case x: answers otherwise", false, "was NOERROR AD, is NODATA AD");
	was.first.rcode = is.first.rcode = 2;
	assert_true(ede_same_outcome(&was, &is));
}

static void a_code_that_misleads_is_worse_and_so_is_one_that_is_gone(void **state)
{
	(void)state;
	assert_judged(row_of("x", CASE_DNSSEC, 2, false, CODES(6)),
		      row_of("x", CASE_DNSSEC, 2, false, CODES(6, 22)), "case x: misleads", false,
		      "was SERVFAIL 6 (DNSSEC Bogus), is SERVFAIL 6 (DNSSEC Bogus) 22 (No "
		      "Reachable Authority)");
	assert_judged(row_of("x", CASE_DNSSEC, 2, false, CODES(6)),
		      row_of("x", CASE_DNSSEC, 2, false, NULL), "case x: misleads", false,
		      "was SERVFAIL 6 (DNSSEC Bogus), is SERVFAIL");
	assert_judged(row_of("x", CASE_DNSSEC, 2, false, CODES(22)),
		      row_of("x", CASE_DNSSEC, 2, false, CODES(22)), "", true, "");
}

static void other_codes_are_told_and_held(void **state)
{
	(void)state;
	assert_judged(row_of("x", CASE_DNSSEC, 2, false, CODES(6)),
		      row_of("x", CASE_DNSSEC, 2, false, CODES(7)), "case x: has other codes", true,
		      "was SERVFAIL 6 (DNSSEC Bogus), is SERVFAIL 7 (Signature Expired)");
	assert_judged(row_of("x", CASE_DNSSEC, 2, false, CODES(6, 9)),
		      row_of("x", CASE_DNSSEC, 2, false, CODES(9, 6)), "", true, "");
}

static void what_was_answered_with_cd_must_still_be(void **state)
{
	struct case_row was = row_of("x", CASE_DNSSEC, 2, false, CODES(6)), is = was;

	(void)state;
	is.cd.rcode = 2;
	assert_judged(was, is, "case x: hides its data", false,
		      "was SERVFAIL 6 (DNSSEC Bogus), is SERVFAIL 6 (DNSSEC Bogus); with CD it was "
		      "NOERROR, is SERVFAIL");
	is.cd.rcode = 3;
	assert_judged(was, is, "", true, "");
}

static void what_was_not_measured_in_one_of_the_runs_does_not_hold(void **state)
{
	struct case_row was = row_of("x", CASE_DNSSEC, 2, false, CODES(6)), is = was;

	(void)state;
	is.valid = false;
	assert_judged(was, is, "case x: was not measured", false, "it is not valid in this run");
	assert_judged(is, was, "case x: was not measured", false,
		      "it is not valid in the baseline");
}

static void a_new_case_is_told_and_one_that_is_gone_does_not_hold(void **state)
{
	struct case_row x = row_of("x", CASE_DNSSEC, 2, false, CODES(6));
	struct case_row y = row_of("y", CASE_DNSSEC, 2, false, CODES(6)), both[] = { x, y };
	json_t *more = judge(&x, 1, both, 2), *less = judge(both, 2, &x, 1);

	(void)state;
	assert_int_equal(json_array_size(more), 2);
	assert_true(recorded_held(json_array_get(more, 0)));
	assert_string_equal(recorded_text(json_array_get(more, 1), "text"), "case y: is new");
	assert_string_equal(recorded_text(json_array_get(more, 0), "message"),
			    "0 worse, 1 with other codes or new, 1 as they were");
	assert_int_equal(json_array_size(less), 2);
	assert_false(recorded_held(json_array_get(less, 0)));
	assert_string_equal(recorded_text(json_array_get(less, 1), "text"),
			    "case y: was not measured");
	json_decref(more);
	json_decref(less);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(another_file_is_refused),
		cmocka_unit_test(codes_that_point_the_wrong_way_are_marked),
		cmocka_unit_test(only_a_failure_that_came_lacks_a_code),
		cmocka_unit_test(what_is_wrong_and_was_never_sent_is_marked),
		cmocka_unit_test(resolvers_differ_by_outcome_or_by_codes_alone),
		cmocka_unit_test(sums_count_cases),
		cmocka_unit_test(the_csv_has_a_row_for_each_case_and_cell),
		cmocka_unit_test(the_terminal_shows_each_case_then_all_and_fits_80_columns),
		cmocka_unit_test(markdown_has_the_costs_too),
		cmocka_unit_test(junit_has_a_test_for_each_case),
		cmocka_unit_test(the_page_escapes_what_resolvers_say),
		cmocka_unit_test(another_rcode_or_ad_is_worse_whichever_way_it_went),
		cmocka_unit_test(an_answer_that_lost_its_data_is_another_outcome),
		cmocka_unit_test(a_code_that_misleads_is_worse_and_so_is_one_that_is_gone),
		cmocka_unit_test(other_codes_are_told_and_held),
		cmocka_unit_test(what_was_answered_with_cd_must_still_be),
		cmocka_unit_test(what_was_not_measured_in_one_of_the_runs_does_not_hold),
		cmocka_unit_test(a_new_case_is_told_and_one_that_is_gone_does_not_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
