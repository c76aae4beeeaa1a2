/* SPDX-License-Identifier: BSD-2-Clause */
/* What a sweep says of its cells: by when the operator really acted, and of measured points alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/ablated_text.h"
#include "harness/report/swept_text.h"
#include "harness/results/recorded_load.h"
#include "tests/support/folder.h"
#include "tests/support/recorded.h"
#include "tests/support/test.h"

#define CURVE CURVE_HEAD "0,x,all,100,0,50,0,50,0,0,50,0,0,0,0,9,9,9,9\n"

static char cells[4096];
static struct recorded r;
static struct swept_list list;

/* `acted`: seconds since the start; 0: nobody did. `sweep` as in run.json; "": nothing. */
static void add_cell(const char *name, const char *mitigation, const char *sweep, int minutes,
		     int acted)
{
	char path[96], text[256];

	mkdir(folder_path("%s", name), 0777);
	snprintf(path, sizeof(path), "%s/curve.csv", name);
	folder_put(path, CURVE);
	snprintf(path, sizeof(path), "%s/metrics.csv", name);
	snprintf(text, sizeof(text), "t,utc,name,value\n60,x,user_minutes,%d\n", minutes);
	folder_put(path, text);
	snprintf(path, sizeof(path), "%s/events.csv", name);
	snprintf(text, sizeof(text), "t,utc,kind,what,operation,zone\n");
	if (acted)
		snprintf(text + strlen(text), 64, "%d,x,operator,nta de.,nta,de.\n", acted);
	strcat(text, "9000,x,operator,nta-remove de.,nta-remove,de.\n");
	folder_put(path, text);
	snprintf(cells + strlen(cells), sizeof(cells) - strlen(cells),
		 "%s{ \"folder\": \"%s\", \"resolver\": \"unbound\", \"version\": \"1\", "
		 "\"mitigation\": \"%s\", %s %s \"why\": \"\" }",
		 *cells ? ", " : "", name, mitigation, sweep,
		 strstr(sweep, "valid") ? "" : "\"valid\": true,");
}

/* The cell of an NTA that is swept, and stands at `after`. */
static void add_nta(const char *after, int minutes, int acted)
{
	char sweep[64];

	snprintf(sweep, sizeof(sweep), "\"sweep\": { \"nta\": \"%s\" },", after);
	add_cell(after, "nta", sweep, minutes, acted);
}

static const char *told(void)
{
	static char all[4096];
	char json[8192];
	struct err e = { .text = "" };

	snprintf(json, sizeof(json),
		 "{ \"scenario\": \"t\", \"from\": \"2026-05-05T19:00:00Z\", "
		 "\"to\": \"2026-05-05T23:00:00Z\", \"windows\": [{ \"from\": "
		 "\"2026-05-05T19:00:00Z\", \"until\": \"2026-05-05T22:00:00Z\", \"kind\": "
		 "\"sig-by-unpublished-key\", \"text\": \"t\", \"zone\": \"de.\" }], "
		 "\"sweep\": [{ \"key\": \"nta\", \"kind\": \"time\", \"values\": [] }, { \"key\": "
		 "\"rate\", \"kind\": \"parameter\", \"values\": [] }, "
		 "{ \"key\": \"without\", \"kind\": \"setting\", \"values\": [] }], "
		 "\"not_offered\": [], "
		 "\"cells\": [%s] }",
		 cells);
	folder_put("run.json", json);
	load_run("", &r);
	if (swept_new(&r, &list, &e) < 0)
		fail_msg("%s", e.text);
	*all = '\0';
	for (unsigned i = 0; i < list.count; i++) {
		_cleanup_(freep) char *text = swept_sentence(&r, &list, &list.list[i]);

		strcat(strcat(all, text), "\n");
	}
	return all;
}

static int forget(void **state)
{
	(void)state;
	swept_done(&list);
	recorded_done(&r);
	*cells = '\0';
	return folder_remove(NULL);
}

static void a_sweep_of_a_time_says_what_each_step_saves_between_measured_instants(void **state)
{
	(void)state;
	add_cell("none", "none", "", 31200, 0);
	add_nta("1h", 12200, 4500);
	add_nta("15m", 4100, 1800);
	add_nta("2h", 31100, 8100);
	add_nta("3h", 31200, 0);
	assert_string_equal(told(),
			    "unbound, nta, user-minutes lost, as measured: from 19:30 to "
			    "20:15 each ten minutes earlier saves 1,800 user-minutes (4,100, "
			    "12,200); from 20:15 to 21:15 each ten minutes earlier saves 3,150 "
			    "user-minutes (12,200, 31,100); from 21:15 on nothing is saved "
			    "(31,200 where nothing is done).\n");
}

/* That he takes back at 21:30 what he never did is no act. */
static void an_operator_who_never_acted_makes_no_point(void **state)
{
	(void)state;
	add_cell("none", "none", "", 31200, 0);
	add_nta("15m", 4100, 1800);
	add_nta("2h", 30800, 8100);
	add_nta("3h", 31200, 0);
	assert_string_equal(told(), "unbound, nta, user-minutes lost, as measured: from 19:30 to "
				    "21:15 each ten minutes earlier saves 2,543 user-minutes "
				    "(4,100, 30,800).\n");
}

static void stretches_that_go_on_alike_are_one(void **state)
{
	struct swept_stretch stretches[8];

	(void)state;
	add_nta("1m", 1000, 1000);
	add_nta("2m", 2000, 2000);
	add_nta("3m", 3100, 3000);
	add_nta("4m", 3110, 4000);
	told();
	assert_int_equal(swept_stretches(&list.list[0], stretches), 2);
	assert_int_equal(stretches[0].to, 2);
	assert_int_equal(stretches[0].kind, SWEPT_RISES);
	assert_int_equal(stretches[1].kind, SWEPT_FLAT);
}

/* 1.2 % more, and then 1 %, which is no difference. */
static void a_stretch_of_another_kind_is_another_however_like_its_slope(void **state)
{
	struct swept_stretch stretches[8];

	(void)state;
	add_nta("1m", 100000, 1000);
	add_nta("2m", 101200, 2000);
	add_nta("3m", 102200, 3000);
	told();
	assert_int_equal(swept_stretches(&list.list[0], stretches), 2);
	assert_int_equal(stretches[1].kind, SWEPT_FLAT);
}

static void a_sweep_of_a_parameter_has_a_series_for_each_mitigation(void **state)
{
	(void)state;
	add_cell("a", "none", "\"sweep\": { \"rate\": \"20\" },", 900, 0);
	add_cell("b", "none", "\"sweep\": { \"rate\": \"10\" },", 400, 0);
	add_cell("c", "nta", "\"sweep\": { \"nta\": \"5m\", \"rate\": \"20\" },", 300, 400);
	add_cell("d", "nta", "\"sweep\": { \"nta\": \"5m\", \"rate\": \"10\" },", 300, 400);
	add_cell("e", "nta", "\"sweep\": { \"nta\": \"9m\", \"rate\": \"20\" },", 500, 0);
	assert_string_equal(told(),
			    "unbound, none, user-minutes lost, as measured: from rate=10 to "
			    "rate=20 it rises (400, 900).\n"
			    "\n" /* of its instants there is one alone */
			    "unbound, nta=5m, user-minutes lost, as measured: from rate=10 to "
			    "rate=20 it is the same (300, 300).\n");
	assert_string_equal(r.cells[2].row, "unbound rate=20");
	assert_string_equal(r.cells[2].column, "nta=5m");
}

static void settings_are_ranked_by_what_is_lost_without_them(void **state)
{
	static const char *const order[] = { "serve-expired", "prefetch", "cache-min-ttl",
					     "so-rcvbuf" };
	static const char *const saves[] = { "5,000", "no difference", "costs 900", "–" };
	struct ablated_list l;
	struct err e;

	(void)state;
	add_cell("whole", "none", "", 4000, 0);
	add_cell("a", "none", "\"sweep\": { \"without\": \"cache-min-ttl\" },", 3100, 0);
	add_cell("b", "none", "\"valid\": false, \"sweep\": { \"without\": \"so-rcvbuf\" },", 7, 0);
	add_cell("c", "none", "\"sweep\": { \"without\": \"prefetch\" },", 4001, 0);
	add_cell("d", "none", "\"sweep\": { \"without\": \"serve-expired\" },", 9000, 0);
	assert_string_equal(told(), "");
	assert_int_equal(ablated_new(&r, &l, &e), 0);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.list[0].name, "unbound, none");
	assert_ptr_equal(l.list[0].whole, &r.cells[0]);
	assert_int_equal(l.list[0].count, ARRAY_SIZE(order));
	for (unsigned i = 0; i < ARRAY_SIZE(order); i++) {
		char text[FIGURE_TEXT + 8];

		assert_string_equal(l.list[0].rows[i].setting, order[i]);
		assert_string_equal(ablated_saves(&l, &l.list[0].rows[i], text), saves[i]);
	}
	ablated_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_sweep_of_a_time_says_what_each_step_saves_between_measured_instants, NULL,
			forget),
		cmocka_unit_test_setup_teardown(an_operator_who_never_acted_makes_no_point, NULL,
						forget),
		cmocka_unit_test_setup_teardown(stretches_that_go_on_alike_are_one, NULL, forget),
		cmocka_unit_test_setup_teardown(
			a_stretch_of_another_kind_is_another_however_like_its_slope, NULL, forget),
		cmocka_unit_test_setup_teardown(
			a_sweep_of_a_parameter_has_a_series_for_each_mitigation, NULL, forget),
		cmocka_unit_test_setup_teardown(settings_are_ranked_by_what_is_lost_without_them,
						NULL, forget),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
