/* SPDX-License-Identifier: BSD-2-Clause */
/* Which earlier cell a cell is held against, and what a reader is told when the two runs differ:
 * from folders whose numbers are known. tests/net/test_baseline.c has what is refused before a run
 * starts. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/judge/baseline.h"
#include "harness/results/recorded_load.h"
#include "tests/support/folder.h"
#include "tests/support/recorded.h"
#include "tests/support/test.h"

/* A run in the folder, to which add_cell() adds. */
static json_t *new_run(const char *name)
{
	assert_int_equal(mkdir(folder_path("%s", name), 0777), 0);
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:f, s:[]}", "folder", name, "scenario",
			 "test", "from", "2026-05-05T13:30:00Z", "to", "2026-05-05T13:31:00Z",
			 "seed", 1, "sigfault", "0.1", "bin_seconds", 60.0, "cells");
}

/* In which `servfail` of a hundred queries failed. */
static void add_cell(json_t *run, const char *resolver, const char *kind, const char *mitigation,
		     int servfail)
{
	char folder[64], name[192];

	snprintf(folder, sizeof(folder), "%s-%s", resolver, mitigation);
	json_array_append_new(json_object_get(run, "cells"),
			      json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "folder", folder,
					"resolver", resolver, "kind", kind, "mitigation",
					mitigation, "clock", "virtual", "valid", 1));
	snprintf(name, sizeof(name), "%s/%s", recorded_text(run, "folder"), folder);
	assert_int_equal(mkdir(folder_path("%s", name), 0777), 0);
	strcat(name, "/curve.csv");
	folder_print(name, CURVE_HEAD "0,x,all,100,0,%d,0,%d,0,0,%d,0,0,0,0,9,9,9,9\n",
		     100 - servfail, servfail, 100 - servfail);
}

/* The cell of a run that add_cell() added last. */
static json_t *last_cell(json_t *run)
{
	json_t *list = json_object_get(run, "cells");

	return json_array_get(list, json_array_size(list) - 1);
}

static void write_run(json_t *run)
{
	put_run_json(recorded_text(run, "folder"), run);
}

/* "unbound-none was 10.0 %, is 20.0 %; …" for cells that were held against something, by their
 * SERVFAIL peak. */
static const char *held_against(const char *baseline, json_t *run)
{
	static char ret[512];
	struct allowance peak = { .figure = "peak" };
	struct scenario s = { .allowances = &peak, .allowance_count = 1 };
	struct err e = { .text = "" };
	json_t *cell;
	size_t i, len = 0;

	write_run(run);
	if (baseline_judge(folder_path("%s", baseline),
			   folder_path("%s", recorded_text(run, "folder")), &s, run, &e) < 0)
		fail_msg("%s", e.text);
	*ret = '\0';
	json_array_foreach(json_object_get(run, "cells"), i, cell)
	{
		json_t *one = json_array_get(recorded_list(cell, "thresholds"), 0);

		if (one)
			len += (size_t)snprintf(ret + len, sizeof(ret) - len, "%s%s %s",
						len ? "; " : "", recorded_text(cell, "folder"),
						recorded_text(one, "message"));
	}
	return ret;
}

static void a_cell_meets_the_one_of_its_name_and_mitigation(void **state)
{
	json_t *was = new_run("was"), *is = new_run("is");

	(void)state;
	add_cell(was, "unbound", "unbound", "none", 10);
	add_cell(was, "unbound", "unbound", "nta", 20);
	add_cell(was, "unbound-new", "unbound", "none", 30);
	write_run(was);
	add_cell(is, "unbound-new", "unbound", "none", 40);
	add_cell(is, "unbound", "unbound", "none", 50);
	assert_string_equal(held_against("was", is), "unbound-new-none was 30.0 %, is 40.0 %; "
						     "unbound-none was 10.0 %, is 50.0 %");
	json_decref(was);
	json_decref(is);
}

static void another_build_meets_the_only_one_of_its_kind(void **state)
{
	json_t *was = new_run("was"), *is = new_run("is");

	(void)state;
	add_cell(was, "unbound", "unbound", "none", 10);
	add_cell(was, "bind", "bind", "none", 20);
	write_run(was);
	add_cell(is, "unbound-patched", "unbound", "none", 30);
	assert_string_equal(held_against("was", is), "unbound-patched-none was 10.0 %, is 30.0 %");
	json_decref(was);
	json_decref(is);
}

static void of_two_builds_of_a_kind_none_is_chosen(void **state)
{
	json_t *was = new_run("was"), *is = new_run("is");

	(void)state;
	add_cell(was, "unbound-a", "unbound", "none", 10);
	add_cell(was, "unbound-b", "unbound", "none", 20);
	write_run(was);
	add_cell(is, "unbound", "unbound", "none", 30);
	assert_string_equal(held_against("was", is), "");
	json_decref(was);
	json_decref(is);
}

static void a_cell_that_is_not_valid_is_not_judged(void **state)
{
	json_t *was = new_run("was"), *is = new_run("is");

	(void)state;
	add_cell(was, "unbound", "unbound", "none", 10);
	write_run(was);
	add_cell(is, "unbound", "unbound", "none", 30);
	json_object_set_new(last_cell(is), "valid", json_false());
	assert_string_equal(held_against("was", is), "");
	json_decref(was);
	json_decref(is);
}

static void cells_that_ran_one_by_one_are_a_baseline(void **state)
{
	json_t *one, *other, *is = new_run("is");

	(void)state;
	assert_int_equal(mkdir(folder_path("was"), 0777), 0);
	one = new_run("was/cell-1");
	other = new_run("was/cell-2");
	add_cell(one, "unbound", "unbound", "none", 10);
	add_cell(other, "bind", "bind", "none", 20);
	write_run(one);
	write_run(other);
	add_cell(is, "unbound", "unbound", "none", 30);
	add_cell(is, "bind", "bind", "none", 40);
	assert_string_equal(held_against("was", is), "unbound-none was 10.0 %, is 30.0 %; "
						     "bind-none was 20.0 %, is 40.0 %");
	json_decref(one);
	json_decref(other);
	json_decref(is);
}

static void what_makes_the_runs_differ_is_noted(void **state)
{
	json_t *was = new_run("was"), *is = new_run("is"), *notes;

	(void)state;
	add_cell(was, "unbound", "unbound", "none", 10);
	write_run(was);
	add_cell(is, "unbound", "unbound", "none", 10);
	held_against("was", is);
	notes = json_object_get(json_object_get(is, "baseline"), "notes");
	assert_int_equal(json_array_size(notes), 0);
	json_object_set_new(is, "seed", json_integer(2));
	json_object_set_new(last_cell(is), "clock", json_string("real"));
	held_against("was", is);
	notes = json_object_get(json_object_get(is, "baseline"), "notes");
	assert_int_equal(json_array_size(notes), 2);
	assert_string_equal(json_string_value(json_array_get(notes, 0)),
			    "the baseline's seed was 1, now it is 2");
	assert_string_equal(json_string_value(json_array_get(notes, 1)),
			    "unbound-none's clock was \"virtual\", now it is \"real\"");
	assert_string_equal(recorded_text(json_object_get(is, "baseline"), "folder"),
			    folder_path("was"));
	json_decref(was);
	json_decref(is);
}

static void notes_and_verdicts_are_told_when_the_record_is_read_again(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	json_t *was = new_run("was"), *is = new_run("is");

	(void)state;
	add_cell(was, "unbound", "unbound", "none", 10);
	write_run(was);
	add_cell(is, "unbound", "unbound", "none", 20);
	json_object_set_new(is, "seed", json_integer(2));
	held_against("was", is);
	write_run(is);
	load_run("is", &r);
	assert_int_equal(r.note_count, 1);
	assert_string_equal(r.notes[0], "the baseline's seed was 1, now it is 2");
	assert_int_equal(recorded_status(&r), EXIT_NOT_HELD);
	json_decref(was);
	json_decref(is);
}

static void a_folder_without_a_run_is_no_baseline(void **state)
{
	struct scenario s = { .name = "test" };
	struct matrix m = { .cell_count = 0 };
	struct err e = { .text = "" };

	(void)state;
	assert_int_equal(baseline_check(folder(), &s, &m, 0, &e), -ENOENT);
	assert_non_null(strstr(e.text, "is not the folder of a run"));
	assert_int_equal(mkdir(folder_path("cell-1"), 0777), 0);
	assert_int_equal(baseline_check(folder(), &s, &m, 0, &e), -ENOENT);
	assert_int_equal(baseline_check(folder_path("nothing"), &s, &m, 0, &e), -ENOENT);
}

#define BASELINE_TEST(f) cmocka_unit_test_teardown(f, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BASELINE_TEST(a_cell_meets_the_one_of_its_name_and_mitigation),
		BASELINE_TEST(another_build_meets_the_only_one_of_its_kind),
		BASELINE_TEST(of_two_builds_of_a_kind_none_is_chosen),
		BASELINE_TEST(a_cell_that_is_not_valid_is_not_judged),
		BASELINE_TEST(cells_that_ran_one_by_one_are_a_baseline),
		BASELINE_TEST(what_makes_the_runs_differ_is_noted),
		BASELINE_TEST(notes_and_verdicts_are_told_when_the_record_is_read_again),
		BASELINE_TEST(a_folder_without_a_run_is_no_baseline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
