/* SPDX-License-Identifier: BSD-2-Clause */
/* What a comparison says of its cells: sentences, the matrix, and compare.csv. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/compare.h"
#include "harness/results/comparison.h"
#include "harness/report/carried.h"
#include "harness/report/sentences.h"
#include "harness/report/summary.h"
#include "harness/results/recorded_load.h"
#include "harness/text/wrap.h"
#include "tests/support/folder.h"
#include "tests/support/recorded.h"
#include "tests/support/test.h"

static char cells[8192], gaps[1024];

static int forget(void **state)
{
	(void)state;
	*cells = *gaps = '\0';
	return folder_remove(NULL);
}

struct cell {
	const char *resolver, *mitigation;
	int servfail, lost, minutes, stale, unvalidated;
	int bad_minutes; /* with 1 % and more */
	bool invalid;
	const char *sweep; /* JSON; NULL: nothing is swept */
};

/* An hour before the fault without a failure, then twenty minutes; what failed did so evenly in the
 * bad ones. */
static void write_curve(const char *folder, const struct cell *c)
{
	char name[96];
	char text[1 << 15] = CURVE_HEAD;
	size_t len = strlen(text);

	for (int i = 0; i < 80; i++) {
		int failed = i >= 60 && i - 60 < c->bad_minutes ? c->servfail / c->bad_minutes : 0;
		int stale = i == 60 ? c->stale : 0;

		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%d,x,all,100000,0,%d,0,%d,0,0,%d,0,%d,0,0,9,9,9,9\n",
					i * 60, 100000 - failed, failed, 100000 - failed - stale,
					stale);
	}
	snprintf(name, sizeof(name), "%s/curve.csv", folder);
	folder_put(name, text);
}

static void add_cell(struct cell c)
{
	char folder[64], name[96], text[512];

	snprintf(folder, sizeof(folder), "%s-%s", c.resolver, c.mitigation);
	assert_int_equal(mkdir(folder_path("%s", folder), 0777), 0);
	if (!c.bad_minutes)
		c.bad_minutes = 10;
	write_curve(folder, &c);
	snprintf(text, sizeof(text),
		 "t,utc,name,value\n4740,x,lost_questions,%d\n4740,x,user_minutes,%d\n"
		 "4740,x,unvalidated_answers,%d\n",
		 c.lost, c.minutes, c.unvalidated);
	snprintf(name, sizeof(name), "%s/metrics.csv", folder);
	folder_put(name, text);
	snprintf(cells + strlen(cells), sizeof(cells) - strlen(cells),
		 "%s{ \"folder\": \"%s\", \"resolver\": \"%s\", \"version\": \"1.0 \\\"beta\\\"\", "
		 "\"mitigation\": \"%s\", \"valid\": %s, \"why\": \"%s\"%s%s }",
		 *cells ? ", " : "", folder, c.resolver, c.mitigation, c.invalid ? "false" : "true",
		 c.invalid ? "it died" : "", c.sweep ? ", \"sweep\": " : "", c.sweep ?: "");
}

static void add_gap(const char *resolver, const char *mitigation)
{
	snprintf(gaps + strlen(gaps), sizeof(gaps) - strlen(gaps),
		 "%s{ \"resolver\": \"%s\", \"mitigation\": \"%s\", \"why\": \"it lacks it\" }",
		 *gaps ? ", " : "", resolver, mitigation);
}

static void load(struct recorded *r)
{
	char json[16384];

	snprintf(json, sizeof(json),
		 "{ \"scenario\": \"test\", \"from\": \"2026-05-05T13:30:00Z\", "
		 "\"to\": \"2026-05-05T14:50:00Z\", \"windows\": [{ "
		 "\"from\": \"2026-05-05T14:30:00Z\", \"until\": \"2026-05-05T14:40:00Z\", "
		 "\"mended\": \"2026-05-05T14:35:00Z\", "
		 "\"kind\": \"sig-by-unpublished-key\", \"text\": \"t\", \"zone\": \"de.\" }], "
		 "\"not_offered\": [%s], \"cells\": [%s] }",
		 gaps, cells);
	folder_put("run.json", json);
	load_run("", r);
}

/* All sentences, a line each. */
static const char *told(void)
{
	static char text[1 << 14];
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(sentences_freep) struct sentences *s = NULL;
	size_t len = 0;

	load(&r);
	s = sentences_new(&r);
	assert_non_null(s);
	*text = '\0';
	for (unsigned i = 0; i < s->count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\n", s->list[i].text);
	return text;
}

static void what_a_mitigation_bought_and_cost_is_told_with_its_numbers(void **state)
{
	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 0, 0, 10, false });
	add_cell((struct cell){ "unbound", "nta", 40000, 16000, 2000, 0, 9120, 4, false });
	assert_string_equal(
		told(),
		"nta bought unbound 60 % fewer SERVFAIL answers (100,000 to 40,000), 60 % fewer "
		"questions lost (40,000 to 16,000), 33 % fewer user-minutes lost (3,000 to 2,000) "
		"and "
		"4 min instead of 10 min at 1 % SERVFAIL and more; it cost 9,120 answers accepted "
		"without validation.\n");
}

static void an_anchor_that_bought_nothing_says_why(void **state)
{
	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 0, 0, 10, false });
	add_cell((struct cell){ "unbound", "nta", 100000, 40000, 3000, 0, 0, 10, false });
	folder_put("unbound-nta/metrics.csv", "t,utc,name,value\n3600,x,unvalidated_answers,0\n"
					      "4440,x,unvalidated_answers,7\n");
	folder_put("unbound-nta/events.csv", "t,utc,kind,what,operation,zone\n10,x,mark,an nta,,\n"
					     "4000,x,operator,by hand,nta,de.\n");
	assert_string_equal(
		told(), "nta bought unbound nothing; it cost 7 answers accepted without "
			"validation. It was set at 14:36:40, 1 min 40 s after the first server was "
			"mended, and without a flush; it took hold at 14:44, 7 min 20 s later, "
			"when what the cache held had run out.\n");
	folder_put("unbound-nta/events.csv",
		   "t,utc,kind,what,operation,zone\n3700,x,operator,x,nta,de.\n"
		   "3700,x,operator,y,flush,de.\n");
	folder_put("unbound-nta/metrics.csv", "t,utc,name,value\n3660,x,unvalidated_answers,1\n");
	assert_string_equal(told(),
			    "nta changed nothing for unbound (SERVFAIL answers 100,000 to 100,000, "
			    "stale ones 0). It was set at 14:31:40, 1 min 40 s into the fault, and "
			    "with a flush; it took hold at once.\n");
}

static void what_carried_a_resolver_is_measured_in_the_fault(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	char text[CARRIED_TEXT];

	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 0, 0, 0, 0, 10, false });
	load(&r);
	assert_true(carried_text(&r, &r.cells[0], text));
	assert_string_equal(text, "in the fault 90.0 % of the queries were answered; of the "
				  "addresses given 0 % came out of the cache");
	r.fault.is_known = false;
	assert_false(carried_text(&r, &r.cells[0], text));
}

static void what_made_it_worse_is_a_cost(void **state)
{
	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 500, 0, 10, false });
	add_cell((struct cell){ "unbound", "worse", 120000, 100000, 3000, 500, 0, 10, false });
	assert_string_equal(told(), "worse bought unbound nothing; it cost 20 % more SERVFAIL "
				    "answers (100,000 to 120,000) and 2.5 times the questions lost "
				    "(40,000 to 100,000).\n");
}

static void resolvers_for_which_nothing_changed_share_a_sentence(void **state)
{
	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 0, 0, 10, false });
	add_cell((struct cell){ "bind", "none", 100000, 40000, 3000, 0, 0, 10, false });
	add_cell((struct cell){ "unbound", "serve-stale", 99010, 40300, 3010, 0, 0, 10, false });
	add_cell((struct cell){ "bind", "serve-stale", 100000, 39800, 3000, 0, 0, 10, false });
	assert_string_equal(
		told(),
		"none: all lost the same but for chance: unbound (40,000 "
		"questions, 3,000 user-minutes, 5.00 % SERVFAIL) to bind (40,000 questions, 3,000 "
		"user-minutes, 5.00 % SERVFAIL).\n"
		"serve-stale changed nothing for unbound (SERVFAIL answers 100,000 to 99,010, "
		"stale ones "
		"0) and bind (SERVFAIL answers 100,000 to 100,000, stale ones 0).\n");
}

/* The root of the sum of 100 and 80 is 13.4: chance does not do 20, and 87 is within it. */
static void a_difference_of_few_is_held_against_chance(void **state)
{
	(void)state;
	add_cell((struct cell){ "unbound", "none", 0, 100, 0, 0, 0, 10, false });
	add_cell((struct cell){ "unbound", "a", 0, 80, 0, 0, 0, 10, false });
	add_cell((struct cell){ "unbound", "b", 0, 87, 0, 0, 0, 10, false });
	assert_string_equal(
		told(), "a bought unbound 20 % fewer questions lost (100 to 80); it cost nothing "
			"that was measured.\n"
			"b changed nothing for unbound (SERVFAIL answers 0 to 0, stale ones 0).\n");
}

/* Of twenty minutes, one is 5 %. */
static void a_difference_of_times_counts_from_a_twentieth_on(void **state)
{
	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 0, 0, 20, false });
	add_cell((struct cell){ "unbound", "a", 100000, 40000, 3000, 0, 0, 19, false });
	add_cell((struct cell){ "unbound", "b", 100000, 40000, 3000, 0, 0, 18, false });
	assert_string_equal(told(), "a changed nothing for unbound (SERVFAIL answers 100,000 to "
				    "99,997, stale ones 0).\n"
				    "b bought unbound 18 min instead of 20 min at 1 % SERVFAIL and "
				    "more; it cost nothing that was measured.\n");
}

static void resolvers_are_compared_where_nothing_was_done(void **state)
{
	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 0, 0, 10, false });
	add_cell((struct cell){ "bind", "none", 80000, 30000, 2500, 0, 0, 10, false });
	add_cell((struct cell){ "knot", "none", 20000, 10, 20, 0, 0, 10, true });
	assert_string_equal(
		told(),
		"none: least was lost by bind (30,000 questions, 2,500 user-minutes, 4.00 % "
		"SERVFAIL), most by unbound (40,000 questions, 3,000 user-minutes, 5.00 % "
		"SERVFAIL).\n"
		"none says nothing, as the run is not valid, of knot.\n");
}

static void without_a_valid_none_the_numbers_are_told_plainly(void **state)
{
	(void)state;
	add_cell((struct cell){ "unbound", "nta", 40000, 16000, 2000, 0, 0, 10, false });
	add_cell((struct cell){ "bind", "none", 40000, 16000, 2000, 0, 0, 10, true });
	add_cell((struct cell){ "bind", "nta", 20000, 16000, 1000, 0, 0, 10, false });
	assert_string_equal(told(),
			    "none says nothing, as the run is not valid, of bind.\n"
			    "nta: unbound lost 40,000 queries to SERVFAIL (2.00 %) and 2,000 "
			    "user-minutes; there is no valid run without it to compare with.\n"
			    "nta: bind lost 20,000 queries to SERVFAIL (1.00 %) and 1,000 "
			    "user-minutes; there is no valid run without it to compare with.\n");
}

static void one_run_of_nothing_has_nothing_to_say(void **state)
{
	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 0, 0, 10, false });
	assert_string_equal(told(), "");
}

static void a_sentence_knows_whom_it_speaks_of(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(sentences_freep) struct sentences *s = NULL;

	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 0, 0, 10, false });
	add_cell((struct cell){ "unbound", "nta", 40000, 16000, 2000, 0, 9120, 4, false });
	add_cell((struct cell){ "unbound", "flush", 100000, 40000, 3000, 0, 0, 10, false });
	load(&r);
	s = sentences_new(&r);
	assert_non_null(s);
	assert_int_equal(s->count, 2);
	assert_string_equal(s->list[0].mitigation, "nta");
	assert_string_equal(s->list[0].resolver, "unbound");
	assert_string_equal(s->list[1].mitigation, "flush");
	assert_string_equal(s->list[1].resolver, "");
}

static void the_matrix_has_none_first_and_says_what_is_not_offered_or_not_valid(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(comparison_freep) struct comparison *c = NULL;
	static char text[1 << 14];
	struct err e = { .text = "" };
	FILE *f;

	(void)state;
	add_cell((struct cell){ "unbound", "nta", 40000, 16000, 2000, 0, 9120, 4, false });
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 0, 0, 10, false });
	add_cell((struct cell){ "bind", "none", 90000, 40000, 3000, 0, 0, 10, true });
	add_gap("bind", "nta");
	add_gap("knot", "nta");
	load(&r);
	c = comparison_new(&r);
	assert_non_null(c);
	assert_int_equal(c->row_count, 3);
	assert_int_equal(c->mitigation_count, 2);
	assert_string_equal(c->mitigations[0], "none");
	assert_string_equal(c->rows[2].name, "knot");
	assert_null(comparison_none(c, 1));
	assert_null(comparison_spot(c, 2, 0)->cell);
	assert_null(comparison_spot(c, 2, 0)->why_not);
	assert_string_equal(comparison_spot(c, 2, 1)->why_not, "it lacks it");
	f = fmemopen(text, sizeof(text), "w");
	assert_int_equal(summary_print(&r, 60, f, &e), 0);
	fclose(f);
	assert_non_null(strstr(text, "SERVFAIL share\n"
				     "  unbound                     ! 5.00 %     * 2.00 %\n"
				     "  bind                       not valid  not offered\n"
				     "  knot                               –  not offered\n"));
	assert_non_null(strstr(text, "All figures of each cell are in summary.md"));
	f = fmemopen(text, sizeof(text), "w");
	assert_int_equal(summary_print_markdown(&r, f, &e), 0);
	fclose(f);
	assert_non_null(strstr(
		text,
		"\n| **SERVFAIL share** |  |  |\n| unbound | 5.00 % worst | **2.00 %** best |\n"
		"| bind | not valid | not offered |\n"));
	assert_non_null(strstr(text, "<details><summary>All figures of each cell</summary>\n\n|"));
}

static enum comparison_rank rank_of(const struct comparison *c, unsigned row, const char *figure)
{
	return comparison_rank(c, figures_find(figure), comparison_spot(c, row, 0)->cell);
}

static void the_best_and_the_worst_of_a_figure_are_those_that_differ_from_the_rest(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(comparison_freep) struct comparison *c = NULL;

	(void)state;
	add_cell((struct cell){ "unbound", "none", 10000, 0, 0, 0, 0, 0, false });
	add_cell((struct cell){ "bind", "none", 5000, 0, 0, 0, 0, 0, false });
	add_cell((struct cell){ "knot", "none", 1000, 0, 0, 0, 0, 0, false });
	add_cell((struct cell){ "powerdns", "none", 1050, 0, 0, 0, 0, 0, false });
	load(&r);
	c = comparison_new(&r);
	assert_int_equal(rank_of(c, 0, "servfail_share"), RANK_WORST);
	assert_int_equal(rank_of(c, 1, "servfail_share"), RANK_NONE);
	assert_int_equal(rank_of(c, 2, "servfail_share"), RANK_BEST);
	assert_int_equal(rank_of(c, 3, "servfail_share"), RANK_BEST);
	assert_int_equal(rank_of(c, 0, "wrong"), RANK_NONE);
	assert_int_equal(rank_of(c, 0, "queries"), RANK_NONE);
}

static const char *compared(void)
{
	static char text[1 << 14];
	_cleanup_(recorded_done) struct recorded r = { 0 };
	struct err e = { .text = "" };
	FILE *f = fmemopen(text, sizeof(text), "w");

	load(&r);
	if (compare_write(&r, f, &e) < 0)
		fail_msg("%s", e.text);
	fclose(f);
	return text;
}

static void compare_csv_has_a_row_a_cell_and_a_column_a_figure(void **state)
{
	char head[4096] = "cell,resolver,version,mitigation,valid", gap[256];
	char commas[128] = "";
	const char *text;

	(void)state;
	add_cell((struct cell){ "unbound", "none", 100000, 40000, 3000, 0, 0, 10, false });
	add_cell((struct cell){ "a,b", "none", 0, 0, 0, 0, 0, 10, true });
	add_gap("knot", "nta-flush");
	text = compared();
	for (unsigned i = 0; i < figure_info_count; i++)
		snprintf(head + strlen(head), sizeof(head) - strlen(head), ",%s",
			 figure_infos[i].name);
	strcat(head, "\n");
	assert_int_equal(strncmp(text, head, strlen(head)), 0);
	/* … time_to_10, time_to_50, time_over_1, after_repair, after_nta, lingering */
	assert_non_null(strstr(text, "\nunbound-none,unbound,\"1.0 "
				     "\"\"beta\"\"\",none,yes,0.05,100000,40000,3000,,0.1,60,"
				     "never,600,0,,0,0,"));
	memset(commas, ',', figure_info_count);
	snprintf(gap, sizeof(gap), "\n,knot,,nta-flush,not offered%s\n", commas);
	assert_non_null(strstr(text, gap));
	assert_non_null(strstr(text, "\n\"a,b-none\",\"a,b\",\"1.0 \"\"beta\"\"\",none,no,0,0,"));
}

/* Where anything is swept. */
static void compare_csv_has_a_column_for_what_is_swept(void **state)
{
	const char *text;

	(void)state;
	add_cell((struct cell){ "unbound", "nta", .sweep = "{ \"nta\": \"15m\" }" });
	add_cell((struct cell){ "unbound", "none", .sweep = "{ \"rate\": \"20\" }" });
	text = compared();
	assert_memory_equal(strchr(text, '\n') - strlen(",nta,rate"), ",nta,rate", 9);
	text = strstr(text, "\nunbound-nta,");
	assert_memory_equal(strchr(text + 1, '\n') - strlen(",15m,"), ",15m,", 5);
	text = strstr(text, "\nunbound-none,");
	assert_memory_equal(strchr(text + 1, '\n') - strlen(",,20"), ",,20", 4);
}

static void a_per_cent_sign_stays_with_its_number(void **state)
{
	char text[256];
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	wrap_print("- ", "one two 12 % of all", 2, 12, f);
	fclose(f);
	assert_string_equal(text, "- one two\n  12 % of\n  all\n");
}

#define COMPARISON_TEST(f) cmocka_unit_test_teardown(f, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COMPARISON_TEST(
			the_best_and_the_worst_of_a_figure_are_those_that_differ_from_the_rest),
		COMPARISON_TEST(what_a_mitigation_bought_and_cost_is_told_with_its_numbers),
		COMPARISON_TEST(an_anchor_that_bought_nothing_says_why),
		COMPARISON_TEST(what_carried_a_resolver_is_measured_in_the_fault),
		COMPARISON_TEST(what_made_it_worse_is_a_cost),
		COMPARISON_TEST(resolvers_for_which_nothing_changed_share_a_sentence),
		COMPARISON_TEST(a_difference_of_few_is_held_against_chance),
		COMPARISON_TEST(a_difference_of_times_counts_from_a_twentieth_on),
		COMPARISON_TEST(resolvers_are_compared_where_nothing_was_done),
		COMPARISON_TEST(without_a_valid_none_the_numbers_are_told_plainly),
		COMPARISON_TEST(one_run_of_nothing_has_nothing_to_say),
		COMPARISON_TEST(a_sentence_knows_whom_it_speaks_of),
		COMPARISON_TEST(
			the_matrix_has_none_first_and_says_what_is_not_offered_or_not_valid),
		COMPARISON_TEST(compare_csv_has_a_row_a_cell_and_a_column_a_figure),
		COMPARISON_TEST(compare_csv_has_a_column_for_what_is_swept),
		cmocka_unit_test(a_per_cent_sign_stays_with_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
