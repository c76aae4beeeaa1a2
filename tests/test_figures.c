/* SPDX-License-Identifier: BSD-2-Clause */
/* Each figure's definition, from records of a few bins whose numbers can be added up by hand. */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/traffics.h"
#include "tests/support/folder.h"
#include "tests/support/recorded.h"
#include "tests/support/test.h"

/* Six minutes; the fault is in those from 120 to 240. */
static void write_curve(void)
{
	folder_put("curve.csv", CURVE_HEAD "0,x,all,100,1,98,0,2,0,0,98,0,0,1,0,9,9,9,9\n"
					   "60,x,all,100,0,100,0,0,0,0,100,0,0,0,0,9,9,9,9\n"
					   "120,x,all,100,9,70,0,30,0,0,60,0,10,0,0,9,9,9,9\n"
					   "180,x,all,300,50,100,0,180,10,10,70,0,30,0,0,9,9,9,9\n"
					   "240,x,all,100,5,95,0,5,0,0,90,0,5,2,0,9,9,9,9\n"
					   "300,x,all,100,0,100,0,0,0,0,100,0,0,0,0,9,9,9,9\n");
}

static struct figures figures_with(struct figures_fault fault)
{
	return figures_of("", &fault);
}

static struct figures_fault the_fault(void)
{
	return (struct figures_fault){ .is_known = true, .from = 120, .until = 240 };
}

static void what_is_counted_from_the_fault_on_reaches_to_the_end(void **state)
{
	struct figures f;

	(void)state;
	write_curve();
	f = figures_with(the_fault());
	assert_value(f.servfail, 30 + 180 + 5);
	assert_value(f.servfail_share, 215 / 600.0);
	assert_value(f.stale, 45);
	assert_value(f.stale_share, 40 / 400.0);
	assert_value(f.wrong, 3);
	assert_value(f.over_1, 180);
	assert_value(f.peak, 0.6);
	assert_value(f.peak_at, 180);
	assert_value(f.queries, 800);
	assert_value(f.retries, 65);
}

static void the_bin_in_which_the_fault_begins_counts_as_being_in_it(void **state)
{
	struct figures_fault fault = the_fault();
	struct figures f;

	(void)state;
	write_curve();
	fault.from = 150;
	f = figures_with(fault);
	assert_value(f.servfail, 215);
	assert_value(f.over_1, 180);
}

static void without_a_fault_the_whole_run_counts(void **state)
{
	struct figures f;

	(void)state;
	write_curve();
	folder_put("metrics.csv", "t,utc,name,value\n0,x,user_minutes,4\n300,x,user_minutes,9\n");
	folder_put("upstream.csv", "t,utc,zone,server,queries,answers,dropped\n0,x,de.,a,5,5,0\n");
	f = figures_with((struct figures_fault){ .is_known = false });
	assert_value(f.servfail, 217);
	assert_value(f.servfail_share, 217 / 800.0);
	assert_value(f.user_minutes, 9);
	assert_value(f.upstream, 5);
	assert_int_equal(f.stale_share.kind, FIGURE_MISSING);
	assert_int_equal(f.over_1.kind, FIGURE_MISSING);
	assert_int_equal(f.upstream_ratio.kind, FIGURE_MISSING);
}

static void a_record_that_ends_before_the_fault_has_nothing_of_it(void **state)
{
	struct figures f;

	(void)state;
	write_curve();
	folder_put("metrics.csv", "t,utc,name,value\n0,x,user_minutes,4\n0,x,distinct_names,9\n");
	folder_put("upstream.csv", "t,utc,zone,server,queries,answers,dropped\n0,x,de.,a,5,5,0\n");
	f = figures_with((struct figures_fault){ .is_known = true,
						 .from = 900,
						 .until = 1000,
						 .zones = { "de." },
						 .zone_count = 1 });
	assert_value(f.queries, 800);
	assert_value(f.names, 9);
	assert_int_equal(f.servfail.kind, FIGURE_MISSING);
	assert_int_equal(f.servfail_share.kind, FIGURE_MISSING);
	assert_int_equal(f.stale.kind, FIGURE_MISSING);
	assert_int_equal(f.over_1.kind, FIGURE_MISSING);
	assert_int_equal(f.user_minutes.kind, FIGURE_MISSING);
	assert_int_equal(f.upstream.kind, FIGURE_MISSING);
	assert_int_equal(f.zone_upstream.kind, FIGURE_MISSING);
}

/* A counter's figure is what it grew by; of a gauge it is the most. */
static void metrics_give_what_grew_from_the_fault_on_and_what_was_most(void **state)
{
	struct figures f;

	(void)state;
	write_curve();
	folder_put("metrics.csv",
		   "t,utc,name,value\n"
		   "0,x,user_minutes,3\n0,x,lost_questions,1\n0,x,unvalidated_answers,7\n"
		   "60,x,user_minutes,5\n60,x,lost_questions,1\n60,x,unvalidated_answers,7\n"
		   "120,x,user_minutes,50\n120,x,rss_bytes,9e6\n120,x,request-list,80\n"
		   "300,x,user_minutes,65\n300,x,lost_questions,41\n300,x,unvalidated_answers,7\n"
		   "300,x,rss_bytes,8e6\n300,x,request-list,2\n300,x,cpu_seconds,1.5\n"
		   "300,x,distinct_names,400\n300,x,distinct_failed_names,100\n");
	f = figures_with(the_fault());
	assert_value(f.user_minutes, 60);
	assert_value(f.lost_questions, 40);
	assert_value(f.unvalidated, 0);
	assert_value(f.memory_peak, 9e6);
	assert_value(f.request_list_peak, 80);
	assert_value(f.cpu_seconds, 1.5);
	assert_value(f.names, 400);
	assert_value(f.failed_names_share, 0.25);
}

#define EVENTS_HEAD "t,utc,kind,operation,zone,what\n"
#define ROLES_HEAD "t,utc,kind,operation,zone,what,role\n"
#define SET(at, zone) #at ",x,operator,nta," zone ",x\n"
#define REMOVED(at, zone) #at ",x,operator,nta-remove," zone ",x\n"

/* The fault ends at 240, the record at 360. */
static void an_anchor_is_left_until_the_last_one_was_removed(void **state)
{
	static const struct {
		const char *events;
		enum figure_kind kind;
		double value;
	} cases[] = {
		{ EVENTS_HEAD, FIGURE_MISSING, 0 },
		{ EVENTS_HEAD SET(130, "de.") REMOVED(200, "de."), FIGURE_VALUE, 0 },
		{ EVENTS_HEAD SET(130, "de.") REMOVED(300, "de."), FIGURE_VALUE, 60 },
		{ EVENTS_HEAD SET(130, "de.") SET(140, "net.") REMOVED(250, "de.")
			  REMOVED(320, "net."),
		  FIGURE_VALUE, 80 },
		{ EVENTS_HEAD SET(130, "de.") SET(140, "net.") REMOVED(320, "net."), FIGURE_NEVER,
		  120 },
		{ EVENTS_HEAD REMOVED(120, "de.") SET(130, "de."), FIGURE_NEVER, 120 },
		{ EVENTS_HEAD "130,x,missed,nta,de.,x\n", FIGURE_MISSING, 0 },
		/* What was done stands in its column: the text is for people. */
		{ EVENTS_HEAD "130,x,operator,flush,de.,sets an nta at de.\n", FIGURE_MISSING, 0 },
		{ EVENTS_HEAD SET(130, "de.") "300,x,operator,flush,de.,nta-remove de.\n",
		  FIGURE_NEVER, 120 },
		/* Another resolver's operator removed his own. */
		{ ROLES_HEAD "130,x,operator,nta,de.,x,\n200,x,operator,nta-remove,de.,x,other\n",
		  FIGURE_NEVER, 120 },
		{ "t,utc,kind,what\n130,x,operator,nta de.\n", FIGURE_MISSING, 0 },
	};

	(void)state;
	write_curve();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct figures f;

		folder_put("events.csv", cases[i].events);
		f = figures_with(the_fault());
		assert_int_equal(f.nta_left.kind, cases[i].kind);
		assert_true(f.nta_left.value == cases[i].value);
	}
}

/* When the share is back under 1 % after the first anchor, and whether it ever is. */
static struct figure after_anchors(const char *events)
{
	folder_put("events.csv", events);
	return figures_with(the_fault()).after_nta;
}

static void the_first_anchor_is_that_of_what_is_under_test(void **state)
{
	struct figure late, early, both;

	(void)state;
	write_curve();
	late = after_anchors(ROLES_HEAD "180,x,operator,nta,de.,x,\n");
	early = after_anchors(ROLES_HEAD "60,x,operator,nta,de.,x,other\n");
	both = after_anchors(ROLES_HEAD
			     "60,x,operator,nta,de.,x,other\n180,x,operator,nta,de.,x,\n");
	assert_true(early.value != late.value); /* where nobody else got one it is told of others */
	assert_int_equal(both.kind, late.kind);
	assert_true(both.value == late.value);
}

static void leaks_are_counted_from_the_fault_on(void **state)
{
	struct figures f;

	(void)state;
	write_curve();
	folder_put("metrics.csv",
		   "t,utc,name,value\n"
		   "60,x,leaks.stale_unvalidated,1\n60,x,leaks.ad_under_nta,2\n60,x,leaks.stale_"
		   "without_ede,3\n"
		   "60,x,leaks.nta_without_ede,4\n300,x,leaks.stale_unvalidated,11\n300,x,leaks.ad_"
		   "under_nta,22\n"
		   "300,x,leaks.stale_without_ede,33\n300,x,leaks.nta_without_ede,44\n");
	f = figures_with(the_fault());
	assert_value(f.stale_unvalidated, 10);
	assert_value(f.ad_under_nta, 20);
	assert_value(f.stale_without_ede, 30);
	assert_value(f.nta_without_ede, 40);
}

static void upstream_is_told_for_all_and_for_zones_with_a_fault(void **state)
{
	struct figures_fault fault = the_fault();
	struct figures f;

	(void)state;
	write_curve();
	folder_put("upstream.csv", "t,utc,zone,server,queries,answers,dropped\n"
				   "0,x,de.,a,10,10,0\n60,x,de.,a,14,14,0\n60,x,net.,n,6,6,0\n"
				   "120,x,de.,a,40,40,0\n180,x,de.,b,56,50,6\n180,x,net.,n,4,4,0\n"
				   "240,x,de.,a,20,20,0\n300,x,net.,n,1,1,0\n");
	f = figures_with(fault);
	assert_value(f.upstream, 121);
	assert_value(f.upstream_ratio, 100 / 120.0 / (30 / 120.0));
	assert_int_equal(f.zone_upstream.kind, FIGURE_MISSING);
	fault.zones[0] = "de.";
	fault.zone_count = 1;
	f = figures_with(fault);
	assert_value(f.zone_upstream, 116);
	assert_value(f.zone_upstream_ratio, 96 / 120.0 / (24 / 120.0));
}

static void only_a_dnssec_code_is_right_for_a_dnssec_fault(void **state)
{
	struct figures_fault fault = the_fault();
	struct figures f;

	(void)state;
	write_curve();
	folder_put("ede.csv", "t,utc,rcode,code,count\n60,x,SERVFAIL,6,1000\n"
			      "120,x,SERVFAIL,-1,20\n120,x,SERVFAIL,6,10\n120,x,SERVFAIL,22,30\n"
			      "180,x,SERVFAIL,9,15\n180,x,SERVFAIL,13,25\n180,x,NOERROR,6,500\n"
			      "240,x,SERVFAIL,6,1000\n");
	f = figures_with(fault);
	assert_int_equal(f.right_ede.kind, FIGURE_MISSING);
	fault.is_dnssec = true;
	f = figures_with(fault);
	assert_value(f.right_ede, 25 / 100.0);
	assert_int_equal(f.ede[0].code, 6);
	assert_int_equal(f.ede[0].count, 2510);
}

/* Of two traffics the one fails by halves and with the right code, the other not at all. */
static void a_traffic_has_figures_of_its_own(void **state)
{
	_cleanup_(curve_freep) struct curve *curve = NULL;
	struct figures_fault fault = the_fault();
	struct traffic_figures *list = NULL;
	unsigned count = 0;
	struct err e = { "" };

	(void)state;
	fault.is_dnssec = true;
	folder_put("curve.csv", CURVE_HEAD "60,x,all,20,0,20,0,0,0,0,20,0,0,0,0,9,9,9,9\n"
					   "60,x,users,10,0,10,0,0,0,0,10,0,0,0,0,9,9,9,9\n"
					   "60,x,job,10,0,10,0,0,0,0,10,0,0,0,0,9,9,9,9\n"
					   "120,x,all,40,5,30,0,10,0,0,30,0,0,0,0,9,9,9,9\n"
					   "120,x,users,20,5,10,0,10,0,0,10,0,0,0,0,9,9,9,9\n"
					   "120,x,job,20,0,20,0,0,0,0,20,0,0,0,0,9,9,9,9\n"
					   "120,x,udp,40,5,30,0,10,0,0,30,0,0,0,0,9,9,9,9\n");
	folder_put("ede.csv", "t,utc,traffic,rcode,code,count\n120,x,users,SERVFAIL,6,8\n"
			      "120,x,users,SERVFAIL,-1,2\n120,x,job,NOERROR,3,5\n");
	folder_put("asked.csv", "t,utc,traffic,resolver,lost\n60,x,users,resolver,2\n"
				"120,x,users,resolver,3\n120,x,job,resolver,0\n");
	assert_int_equal(curve_load(folder(), 60, &curve, &e), 0);
	assert_int_equal(traffics_compute(folder(), curve, &fault, &list, &count, &e), 0);
	assert_int_equal(count, 2);
	assert_string_equal(list[0].name, "users");
	assert_value(list[0].figures.queries, 30);
	assert_value(list[0].figures.servfail_share, 10 / 20.0);
	assert_value(list[0].figures.lost_questions, 3);
	assert_value(list[0].figures.right_ede, 8 / 10.0);
	assert_int_equal(list[0].figures.user_minutes.kind, FIGURE_MISSING);
	assert_string_equal(list[1].name, "job");
	assert_value(list[1].figures.servfail_share, 0);
	assert_int_equal(list[1].figures.ede_count, 1);
	assert_int_equal(list[1].figures.ede[0].code, 3);
	free(list);
	unlink(folder_path("asked.csv"));
}

static void without_any_servfail_nobody_said_the_right_thing_or_the_wrong(void **state)
{
	struct figures_fault fault = the_fault();

	(void)state;
	write_curve();
	folder_put("ede.csv", "t,utc,rcode,code,count\n120,x,NOERROR,3,20\n");
	fault.is_dnssec = true;
	assert_int_equal(figures_with(fault).right_ede.kind, FIGURE_MISSING);
}

/* They stand in files, scenarios and scripts of users. */
static void names_of_figures_stay(void **state)
{
	static const char *const names[] = {
		"servfail_share",
		"servfail",
		"lost_questions",
		"user_minutes",
		"failed_names_share",
		"peak",
		"time_to_10",
		"time_to_50",
		"time_over_1",
		"after_repair",
		"after_nta",
		"lingering",
		"servfail_before",
		"servfail_1min",
		"servfail_1h",
		"servfail_2h",
		"stale_share",
		"stale",
		"wrong",
		"accepted_without_validation",
		"stale_unvalidated",
		"ad_under_nta",
		"nta_left",
		"stale_without_ede",
		"nta_without_ede",
		"ttl_smallest",
		"ttl_mean",
		"ttl_over",
		"cd_servfail_share",
		"right_ede_share",
		"upstream",
		"upstream_ratio",
		"zone_upstream",
		"zone_upstream_ratio",
		"first_report",
		"reports",
		"reports_peak",
		"first_alarm",
		"alarm_over",
		"false_alarms",
		"cpu_seconds",
		"memory_peak",
		"request_list_peak",
		"wall_seconds",
		"queries",
		"retries",
		"names",
		"failed_names",
		"clients",
		"failed_clients",
	};

	(void)state;
	assert_int_equal(figure_info_count, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct figure_info *info = figures_find(names[i]);

		if (!info)
			fail_msg("no '%s'", names[i]);
		assert_true(strlen(info->label) <= 28);
		assert_true(strlen(info->about) > 10);
	}
	assert_null(figures_find("servfail_shares"));
}

static const char *text_of(const char *name, enum figure_kind kind, double v)
{
	static char text[FIGURE_TEXT];
	struct figure f = { kind, v };

	return figure_text(figures_find(name), &f, text);
}

static void figures_are_told_in_their_units(void **state)
{
	(void)state;
	assert_string_equal(text_of("servfail", FIGURE_VALUE, 1204331), "1,204,331");
	assert_string_equal(text_of("peak", FIGURE_VALUE, 0.6404), "64.0 %");
	assert_string_equal(text_of("peak", FIGURE_VALUE, 0.00001), "< 0.01 %");
	assert_string_equal(text_of("peak", FIGURE_VALUE, 0), "0 %");
	assert_string_equal(text_of("upstream_ratio", FIGURE_VALUE, 2.5), "× 2.50");
	assert_string_equal(text_of("memory_peak", FIGURE_VALUE, 57.12e6), "57.1 MB");
	assert_string_equal(text_of("after_nta", FIGURE_VALUE, 0), "at once");
	assert_string_equal(text_of("after_nta", FIGURE_VALUE, 480), "8 min");
	assert_string_equal(text_of("after_nta", FIGURE_NEVER, 10800), "never in 3 h");
	assert_string_equal(text_of("after_nta", FIGURE_ALREADY, 0), "under 1 % before it");
	assert_string_equal(text_of("time_to_10", FIGURE_ALREADY, 0), "before it");
	assert_string_equal(text_of("cpu_seconds", FIGURE_VALUE, 12.34), "12.3 s");
	assert_string_equal(text_of("wall_seconds", FIGURE_VALUE, 125.5), "2 min 5 s");
	assert_string_equal(text_of("names", FIGURE_MISSING, 0), "–");
}

static void a_file_that_is_not_what_it_should_be_is_refused(void **state)
{
	static const char *const files[][2] = {
		{ "metrics.csv", "t,utc,what,value\n" },
		{ "metrics.csv", "t,utc,name,value\n0,x,rss_bytes,much\n" },
		{ "upstream.csv", "t,utc,zone,queries\n0,x,de.,many\n" },
		{ "ede.csv", "t,utc,rcode,code,count\n0,x,SERVFAIL,six,1\n" },
		{ "ede.csv", "t,utc,code,count\n" },
		{ "ede.csv", "t,utc,rcode,code,count\n0,x,SERVFAIL,-2147483640,1\n" },
		{ "ede.csv", "t,utc,rcode,code,count\n0,x,SERVFAIL,65536,1\n" },
		{ "ede.csv", "t,utc,rcode,code,count\n0,x,SERVFAIL,6,-1\n" },
		{ "ede.csv", "t,utc,rcode,code,count\n1e300,x,SERVFAIL,6,1\n" },
		{ "upstream.csv", "t,utc,zone,queries\n0,x,de.,nan\n" },
	};
	struct figures_fault fault = the_fault();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_(curve_freep) struct curve *curve = NULL;
		struct figures f;
		struct err e = { .text = "" };
		char path[128];

		write_curve();
		folder_put(files[i][0], files[i][1]);
		assert_int_equal(curve_load(folder(), (double)NAN, &curve, &e), 0);
		assert_int_equal(figures_compute(folder(), curve, &fault, &f, &e), -EINVAL);
		assert_true(*e.text);
		snprintf(path, sizeof(path), "%s/%s", folder(), files[i][0]);
		remove(path);
	}
}

/* A run of one bin: run.json tells how long it is. */
static void a_run_of_one_bin_has_its_figures(void **state)
{
	struct figures_fault fault = { .is_known = true, .from = 70, .until = 130 };
	_cleanup_(curve_freep) struct curve *curve = NULL;
	struct figures f;
	struct err e = { .text = "" };

	(void)state;
	folder_put("curve.csv", CURVE_HEAD "0,x,all,100,1,60,0,40,0,0,50,0,10,0,0,9,9,9,9\n");
	folder_put("upstream.csv", "t,utc,zone,server,queries,answers,dropped\n0,x,de.,a,7,7,0\n");
	assert_int_equal(curve_load(folder(), 180, &curve, &e), 0);
	assert_int_equal(curve->bin, 180);
	assert_int_equal(figures_compute(folder(), curve, &fault, &f, &e), 0);
	assert_value(f.servfail, 40);
	assert_value(f.servfail_share, 0.4);
	assert_value(f.at_1min, 0.4);
	assert_value(f.upstream, 7);
}

#define FIGURE_TEST(f) cmocka_unit_test_teardown(f, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIGURE_TEST(what_is_counted_from_the_fault_on_reaches_to_the_end),
		FIGURE_TEST(the_bin_in_which_the_fault_begins_counts_as_being_in_it),
		FIGURE_TEST(without_a_fault_the_whole_run_counts),
		FIGURE_TEST(a_record_that_ends_before_the_fault_has_nothing_of_it),
		FIGURE_TEST(metrics_give_what_grew_from_the_fault_on_and_what_was_most),
		FIGURE_TEST(an_anchor_is_left_until_the_last_one_was_removed),
		FIGURE_TEST(the_first_anchor_is_that_of_what_is_under_test),
		FIGURE_TEST(leaks_are_counted_from_the_fault_on),
		FIGURE_TEST(upstream_is_told_for_all_and_for_zones_with_a_fault),
		FIGURE_TEST(a_traffic_has_figures_of_its_own),
		FIGURE_TEST(only_a_dnssec_code_is_right_for_a_dnssec_fault),
		FIGURE_TEST(without_any_servfail_nobody_said_the_right_thing_or_the_wrong),
		cmocka_unit_test(names_of_figures_stay),
		cmocka_unit_test(figures_are_told_in_their_units),
		FIGURE_TEST(a_run_of_one_bin_has_its_figures),
		FIGURE_TEST(a_file_that_is_not_what_it_should_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
