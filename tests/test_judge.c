/* SPDX-License-Identifier: BSD-2-Clause */
/* Expectations are judged on the files, and whatever is wrong with one shows as a verdict that
 * did not hold. */

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge.h"
#include "harness/judge/telling.h"
#include "sim/language/script.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"

#define FROM (1777987800 * SECOND) /* 2026-05-05T13:30:00Z */

static int write_record(void **state)
{
	(void)state;
	folder_put("curve.csv", "t,utc,class,queries,retries,servfail\n"
				"0,x,all,100,0,1\n0,x,signed,50,0,1\n"
				"60,x,all,200,0,20\n60,x,signed,50,0,20\n"
				"120,x,all,0,0,0\n120,x,signed,0,0,0\n");
	folder_put("ede.csv", "t,utc,rcode,code,count\n0,x,SERVFAIL,6,1\n60,x,SERVFAIL,6,15\n"
			      "60,x,SERVFAIL,-1,5\n");
	folder_put("upstream.csv", "t,utc,zone,server,queries,answers,dropped\n"
				   "0,x,de.,a.nic.de.,30,20,10\n0,x,.,a.root.,5,5,0\n"
				   "60,x,de.,a.nic.de.,7,7,0\n");
	folder_put("links.csv", "t,utc,from,to,packets,bytes,dropped,tcp,connections\n"
				"0,x,host-1,vpc,10,1000,4,3,2\n0,x,host-2,vpc,5,500,0,0,0\n"
				"0,x,vpc,host-1,6,900,0,3,0\n60,x,host-1,vpc,1,100,1,1,1\n");
	folder_put("metrics.csv", "t,utc,name,value\n0,x,rss,1.5\n60,x,rss,2.5\n60,x,cpu,9\n");
	return 0;
}

/* A scenario whose expectations are the bodies of functions of `run`. */
static struct scenario *new_scenario(void)
{
	struct scenario *s = calloc(1, sizeof(*s));
	struct err e = { .text = "" };

	assert_non_null(s);
	s->from = FROM;
	s->to = FROM + HOUR;
	s->seed = 7;
	if (script_new(folder(), &s->script, &e) < 0)
		fail_msg("%s", e.text);
	return s;
}

static int function_of(struct scenario *s, const char *body)
{
	char path[128], source[2048];
	struct err e = { .text = "" };

	snprintf(source, sizeof(source), "return function(run) %s end\n", body);
	folder_put("body.lua", source);
	snprintf(path, sizeof(path), "%s/body.lua", folder());
	if (script_run_file(s->script, path, 1, &e) < 0)
		fail_msg("%s", e.text);
	return luaL_ref(script_state(s->script), LUA_REGISTRYINDEX);
}

static void expect(struct scenario *s, const char *mitigation, const char *body)
{
	struct expectation *grown =
		reallocarray(s->expectations, s->expectation_count + 1, sizeof(*grown));
	struct expectation *x;

	assert_non_null(grown);
	s->expectations = grown;
	x = &s->expectations[s->expectation_count++];
	*x = (struct expectation){ .function = function_of(s, body) };
	snprintf(x->text, sizeof(x->text), "%.200s", body);
	snprintf(x->mitigation, sizeof(x->mitigation), "%s", mitigation);
}

static void know(struct scenario *s, const char *resolver, const char *versions,
		 const char *mitigation, const char *body)
{
	struct knowledge *grown =
		reallocarray(s->knowledge, s->knowledge_count + 1, sizeof(*grown));
	struct knowledge *k;
	struct err e = { "" };

	assert_non_null(grown);
	s->knowledge = grown;
	k = &s->knowledge[s->knowledge_count++];
	*k = (struct knowledge){ .function = function_of(s, body), .because = "so it was seen" };
	snprintf(k->resolver, sizeof(k->resolver), "%s", resolver);
	snprintf(k->text, sizeof(k->text), "%.200s", body);
	snprintf(k->mitigation, sizeof(k->mitigation), "%s", mitigation);
	if (versions_parse(versions, &k->versions, &e) < 0)
		fail_msg("%s", e.text);
}

static void end(struct scenario *s)
{
	script_free(s->script);
	free(s->knowledge);
	free(s->expectations);
	free(s->reports);
	free(s->drawings);
	free(s->roles);
	free(s);
}

static unsigned judge_version(struct scenario *s, const char *version, const char *mitigation,
			      struct verdict **ret)
{
	struct judge_cell c = { .folder = folder(),
				.resolver = "unbound-mine",
				.kind = "unbound",
				.version = version,
				.mitigation = mitigation,
				.clock = "virtual" };
	struct err e = { .text = "" };
	unsigned count = 0;

	if (judge_cell(s, &c, ret, &count, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(lua_gettop(script_state(s->script)), 0);
	return count;
}

static unsigned judge(struct scenario *s, const char *mitigation, struct verdict **ret)
{
	return judge_version(s, "1.17.1", mitigation, ret);
}

/* The verdict on one expectation. */
static struct verdict verdict_on(const char *body)
{
	struct scenario *s = new_scenario();
	struct verdict *verdicts = NULL, v;

	expect(s, "", body);
	assert_int_equal(judge(s, "none", &verdicts), 1);
	v = verdicts[0];
	free(verdicts);
	end(s);
	return v;
}

static void assert_holds(const char *body)
{
	struct verdict v = verdict_on(body);

	if (!v.held)
		fail_msg("'%s' did not hold: %s", body, v.message);
}

static void assert_fails(const char *body, const char *message)
{
	struct verdict v = verdict_on(body);

	if (v.held)
		fail_msg("'%s' held", body);
	if (!strstr(v.message, message))
		fail_msg("'%s': no '%s' in '%s'", body, message, v.message);
}

static void a_share_is_a_column_over_queries_in_the_bins_that_begin_in_the_time(void **state)
{
	(void)state;
	assert_holds("return run:share('servfail', '13:30', '13:31') == 0.01");
	assert_holds("return run:share('servfail', '13:30', '13:32') == 0.07");
	assert_holds("return run:share('servfail', '13:30:30', '13:32') == 0.1");
	assert_holds(
		"return run:share('servfail', '2026-05-05T13:31Z', '2026-05-05T13:32Z') == 0.1");
	assert_holds("return run:share('servfail', 60, 120) == 0.1");
	assert_holds("return run:share('servfail', '13:31', '13:32', { class = 'signed' }) == 0.4");
}

static void a_share_of_nothing_is_an_error_and_never_passes(void **state)
{
	(void)state;
	assert_fails("return run:share('servfail', '13:32', '13:33') < 0.01",
		     "no queries between 13:32 and 13:33");
	assert_fails("return run:share('servfail', '20:00', '21:00') < 0.01", "no queries between");
	assert_fails("return run:share('servfail', '13:32', '13:30') < 0.01",
		     "nothing lies between 13:32 and 13:30");
	assert_fails("return run:count('servfail', '20:00', '21:00') == 0",
		     "nothing was recorded between 20:00 and 21:00");
}

static void a_name_that_is_mistyped_is_an_error_that_says_which_there_are(void **state)
{
	(void)state;
	assert_fails("return run:share('servfial', '13:30', '13:31') < 0.01",
		     "no column 'servfial'; there are queries, retries, servfail");
	assert_fails("return run:share('servfail', '13:30', '13:31', { class = 'sined' }) < 1",
		     "no class 'sined' in this run; there are all, signed");
	assert_fails("return run:share('servfail', '13:30', '13:31', { clas = 'signed' }) < 1",
		     "'clas'");
	assert_fails("return run:share('servfail', 'noon', '13:31') < 1", "'noon'");
	assert_fails("return run.mitigaton == nil", "run has no 'mitigaton'");
	assert_fails("return run:sahre() == nil", "run has no 'sahre'");
	assert_fails("return #run:metric('rrs').t == 0", "no metric 'rrs' in the run");
}

static void an_error_names_the_line_it_comes_from(void **state)
{
	(void)state;
	assert_fails("return run:share('x', '13:30', '13:31')", "body.lua:1: ");
	assert_fails("error('no idea')", "body.lua:1: no idea");
	assert_fails("while true do end", "endless loop");
}

static void counts_and_curves_are_those_of_the_files(void **state)
{
	(void)state;
	assert_holds("return run:count('queries', '13:30', '13:33') == 300");
	assert_holds("return run:count('queries', '13:32', '13:33') == 0");
	assert_holds("local c = run:curve('servfail')"
		     " return #c.t == 3 and c.t[2] == 60 and c.value[2] == 20");
	assert_holds("return run:curve('queries', { class = 'signed' }).value[1] == 50");
	assert_holds("local m = run:metric('rss') return #m.t == 2 and m.value[2] == 2.5");
	assert_holds("local m = run:metric('rss', '13:31', '13:32')"
		     " return #m.t == 1 and m.t[1] == 60");
	assert_holds("local e = run:ede() return e[6] == 16 and e[-1] == 5 and e[22] == nil");
	assert_holds("return run:ede('13:30', '13:31')[6] == 1");
	assert_holds("local q, a, d = run:upstream() return q == 42 and a == 32 and d == 10");
	assert_holds("local q = run:upstream('13:30', '13:31', { zone = 'de.' }) return q == 30");
	assert_holds("return run:upstream(nil, nil, { zone = 'de.' }) == 37");
}

static void the_cell_is_known_to_its_expectations(void **state)
{
	(void)state;
	assert_holds("return run.resolver == 'unbound-mine' and run.version == '1.17.1'"
		     " and run.mitigation == 'none' and run.clock == 'virtual' and run.seed == 7");
}

static void a_verdict_carries_the_message_that_was_returned(void **state)
{
	struct verdict v;

	(void)state;
	assert_fails("return false, 'still 20 %'", "still 20 %");
	assert_fails("return nil, 20", "20");
	assert_fails("run:ede()", "its function returned nothing");
	v = verdict_on("return true, 'by far'");
	assert_true(v.held);
	assert_string_equal(v.message, "by far");
}

static void an_expectation_that_only_says_no_tells_what_it_was_told(void **state)
{
	(void)state;
	assert_fails("return run:share('servfail', 60, 120, { class = 'signed' }) < 0.1 and "
		     "run:count('queries', 0, 60) > 5",
		     "share of servfail in signed between 60 and 120 is 40.0 %");
	assert_fails("return run:count('queries', 0, 60) > 500 or "
		     "run:share('servfail', 0, 60) > 0.5",
		     "count of queries between 0 and 60 is 100; "
		     "share of servfail between 0 and 60 is 1.00 %");
	assert_fails("return run:count('queries', 0, 60) > 500, 'too few'", "too few");
	assert_fails("return run:share('servfail', 0, 120) > 0.5",
		     "share of servfail between 0 and 120 is 7.00 %");
	assert_fails("error('no') return run:count('queries', 0, 60)", "no");
}

static void of_much_that_an_expectation_was_told_the_last_stands_in_its_message(void **state)
{
	struct verdict v = verdict_on("for i = 1, 1000 do run:count('queries', 0, i) end "
				      "for i = 1, 1000 do run:share('servfail', 0, 60) end "
				      "return false");

	(void)state;
	assert_string_equal(v.message,
			    "after 997 others, count of queries between 0 and 998 is 300; "
			    "count of queries between 0 and 999 is 300; "
			    "count of queries between 0 and 1000 is 300; "
			    "share of servfail between 0 and 60 is 1.00 %");
}

static void what_one_expectation_was_told_is_not_said_of_the_next(void **state)
{
	struct scenario *s = new_scenario();
	struct verdict *verdicts = NULL;

	(void)state;
	expect(s, "", "return run:count('queries', 0, 60) > 500");
	expect(s, "", "return false");
	assert_int_equal(judge(s, "none", &verdicts), 2);
	assert_string_equal(verdicts[0].message, "count of queries between 0 and 60 is 100");
	assert_string_equal(verdicts[1].message, "");
	free(verdicts);
	end(s);
}

static void assert_ends_in_a_whole_character(const char *text)
{
	size_t len = strlen(text);

	assert_true(len > 5);
	assert_string_equal(text + len - 5, "ä…");
}

static void what_is_too_long_to_tell_ends_between_two_characters(void **state)
{
	struct telling t = { .count = 0 };
	char text[2 * TELLING_TEXT + 1] = "", all[64];

	(void)state;
	for (unsigned i = 0; i < TELLING_TEXT; i++)
		strcat(text, "ä");
	telling_add(&t, "%s", text);
	telling_add(&t, "x%s", text);
	for (unsigned i = 0; i < 2; i++) {
		assert_ends_in_a_whole_character(t.texts[i]);
		telling_print(&t, all, sizeof(all) - i);
		assert_ends_in_a_whole_character(all);
	}
}

static void an_expectation_of_a_mitigation_is_judged_in_its_cells_only(void **state)
{
	struct scenario *s = new_scenario();
	struct verdict *verdicts = NULL;

	(void)state;
	expect(s, "nta", "return run.mitigation == 'nta'");
	expect(s, "", "return true");
	assert_int_equal(judge(s, "none", &verdicts), 1);
	assert_string_equal(verdicts[0].text, "return true");
	free(verdicts);
	assert_int_equal(judge(s, "nta", &verdicts), 2);
	assert_true(verdicts[0].held && verdicts[1].held);
	free(verdicts);
	end(s);
}

static void what_is_known_is_judged_of_its_resolver_and_versions_alone(void **state)
{
	struct scenario *s = new_scenario();
	struct verdict *v = NULL;

	(void)state;
	know(s, "unbound", "< 1.20", "", "return true");
	know(s, "unbound", ">= 1.20", "", "error('of another version')");
	know(s, "bind", "any", "", "error('of another resolver')");
	know(s, "unbound", "any", "nta", "error('of another mitigation')");
	know(s, "unbound", "= 1.17.1", "none", "return run:share('servfail', 0, 60) > 0.5");
	expect(s, "", "return true");
	assert_int_equal(judge_version(s, "1.17.1-2+deb12u2", "none", &v), 3);
	assert_null(v[0].known);
	assert_ptr_equal(v[1].known, &s->knowledge[0]);
	assert_true(v[1].version_known && v[1].held);
	assert_ptr_equal(v[2].known, &s->knowledge[4]);
	assert_true(v[2].version_known && !v[2].held);
	assert_string_equal(v[2].message, "share of servfail between 0 and 60 is 1.00 %");
	free(v);
	end(s);
}

static void where_the_version_is_not_known_nothing_is_judged_but_what_any_version_does(void **state)
{
	struct scenario *s = new_scenario();
	struct verdict *v = NULL;

	(void)state;
	know(s, "unbound", "< 1.20", "", "kept = true return true");
	know(s, "unbound", "any", "", "return kept == nil");
	assert_int_equal(judge_version(s, "", "none", &v), 2);
	assert_false(v[0].version_known || v[0].held);
	assert_true(v[1].version_known && v[1].held);
	free(v);
	end(s);
}

static void what_cannot_be_judged_is_never_as_known(void **state)
{
	struct scenario *s = new_scenario();
	struct verdict *v = NULL;

	(void)state;
	know(s, "unbound", "any", "", "return run:share('servfail', '20:00', '21:00') < 1");
	assert_int_equal(judge(s, "none", &v), 1);
	assert_true(v[0].version_known && !v[0].held);
	assert_non_null(strstr(v[0].message, "body.lua:1: no queries between 20:00 and 21:00"));
	free(v);
	end(s);
}

static int check(struct scenario *s, const char *mitigation, struct err *e)
{
	int rc = judge_check(s, "unbound", mitigation, e);

	assert_int_equal(lua_gettop(script_state(s->script)), 0);
	return rc;
}

static void a_wrong_instant_is_found_before_anything_was_recorded(void **state)
{
	struct scenario *s = new_scenario();
	struct err e = { "" };

	(void)state;
	expect(s, "", "return run:share('servfail', 0, 60) == 0.5 and kept == nil");
	expect(s, "",
	       "kept = true; local t = run:curve('servfail').t; return t[1] + t[2] > 0 and 0 < 1");
	expect(s, "", "while run:count('queries', 0, 60) >= 0 do end");
	assert_int_equal(check(s, "none", &e), 0);
	lua_getglobal(script_state(s->script), "kept");
	assert_true(lua_isnil(script_state(s->script), -1));
	lua_pop(script_state(s->script), 1);
	expect(s, "nta",
	       "return run:share('servfail', 0, 60) < 0.5 or"
	       " run:share('servfail', '25:61', '26:00') == 0");
	assert_int_equal(check(s, "none", &e), 0);
	assert_int_equal(check(s, "nta", &e), -EINVAL);
	assert_non_null(strstr(e.text, "25:61"));
	end(s);
}

static void a_column_and_a_class_that_no_record_has_are_found_as_well(void **state)
{
	struct err e = { "" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct scenario *s = new_scenario();

		expect(s, "",
		       i ? "return run:share('servfial', 0, 60) > 0"
			 : "return run:count('servfail', 0, 60, { class = 'singed' }) > 0");
		assert_int_equal(check(s, "none", &e), -EINVAL);
		assert_non_null(strstr(e.text, i ? "servfial" : "singed"));
		end(s);
	}
}

/* Nothing was asked by such clients: that is no 0. */
static void a_traffic_that_there_is_not_is_found_too(void **state)
{
	static const char *const bodies[] = {
		"return run:ede(0, 60, { traffic = 'user' })[6] == nil",
		"return run:asked('resolver', 0, 60, { traffic = 'user' }).lost == 0",
	};
	struct err e = { "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct scenario *s = new_scenario();

		s->traffic_count = 2;
		strcpy(s->traffic[0].name, "users");
		strcpy(s->traffic[1].name, "origins");
		expect(s, "", "return run:ede(0, 60, { traffic = 'users' })[6] == nil");
		assert_int_equal(check(s, "none", &e), 0);
		expect(s, "", bodies[i]);
		assert_int_equal(check(s, "none", &e), -EINVAL);
		assert_non_null(strstr(e.text, "there is no traffic 'user'"));
		end(s);
	}
}

static void a_wrong_instant_in_what_is_known_of_any_resolver_is_found_too(void **state)
{
	struct scenario *s = new_scenario();
	struct err e = { "" };

	(void)state;
	know(s, "bind", "< 9", "", "return run:count('servfail', '25:61', '26:00') > 0");
	assert_int_equal(check(s, "none", &e), -EINVAL);
	assert_non_null(strstr(e.text, "25:61"));
	end(s);
}

static void what_is_printed_becomes_a_file_of_the_cell(void **state)
{
	struct scenario *s = new_scenario();
	struct verdict *verdicts = NULL;

	(void)state;
	expect(s, "", "print('share', run:share('servfail', 0, 60)) return true");
	s->reports = calloc(2, sizeof(int));
	s->reports[0] = function_of(s, "print('a table')");
	s->reports[1] = function_of(s, "print(run:curve('nonsense'))");
	s->report_count = 2;
	assert_int_equal(judge(s, "none", &verdicts), 2);
	assert_string_equal(folder_text("report.txt"), "share\t0.01\na table\n");
	assert_true(verdicts[0].held);
	assert_false(verdicts[1].held);
	assert_string_equal(verdicts[1].text, "report() could be made");
	assert_non_null(strstr(verdicts[1].message, "no column 'nonsense'"));
	free(verdicts);
	end(s);
}

static void a_run_that_a_script_keeps_is_closed_after_its_cell(void **state)
{
	struct scenario *s = new_scenario();
	struct verdict *verdicts = NULL;

	(void)state;
	expect(s, "",
	       "if kept then return kept:share('servfail', 0, 60) == 0.01 end"
	       " kept = run; say = print; return true");
	assert_int_equal(judge(s, "none", &verdicts), 1);
	assert_true(verdicts[0].held);
	free(verdicts);
	assert_int_equal(judge(s, "none", &verdicts), 1);
	assert_false(verdicts[0].held);
	assert_non_null(strstr(verdicts[0].message, "this run has been judged"));
	free(verdicts);
	end(s);
}

static void a_cell_without_a_curve_cannot_be_judged(void **state)
{
	struct scenario *s = new_scenario();
	struct judge_cell c = { .folder = "/nowhere", .mitigation = "none" };
	struct verdict *verdicts = NULL;
	struct err e = { .text = "" };
	unsigned count = 0;

	(void)state;
	assert_int_equal(judge_cell(s, &c, &verdicts, &count, &e), -ENOENT);
	assert_null(verdicts);
	end(s);
}

#define JUDGE_TEST(f) cmocka_unit_test_setup_teardown(f, write_record, folder_remove)

/* Hosts that forward to one service. */
static void give_roles(struct scenario *s)
{
	s->roles = calloc(2, sizeof(*s->roles));
	assert_non_null(s->roles);
	s->role_count = 2;
	strcpy(s->roles[0].name, "vpc");
	s->roles[0].count = 1;
	strcpy(s->roles[1].name, "host");
	s->roles[1].count = 2;
}

static void what_hosts_sent_each_other_is_summed_for_a_role_and_a_stretch(void **state)
{
	struct scenario *s = new_scenario();
	struct verdict *v;

	(void)state;
	give_roles(s);
	expect(s, "",
	       "local l = run:link('host', 'vpc') return l.packets == 16 and l.bytes == 1600 and "
	       "l.dropped == 5 and l.tcp == 4 and l.connections == 3");
	expect(s, "", "return run:link('host-1', 'vpc', 0, 60).packets == 10");
	expect(s, "", "return run:link('vpc', 'host-1').dropped == 0");
	expect(s, "", "return run:link('vpc', 'clients').packets == 0");
	expect(s, "", "return run:link('hosts', 'vpc').packets == 0");
	assert_int_equal(judge_version(s, "1", "none", &v), 5);
	for (unsigned i = 0; i < 4; i++)
		assert_true(v[i].held);
	assert_false(v[4].held);
	assert_non_null(strstr(v[4].message, "run:link: there is no resolver 'hosts'"));
	free(v);
	end(s);
}

static void draw(struct scenario *s, const char *title, const char *body)
{
	struct drawing *grown = reallocarray(s->drawings, s->drawing_count + 1, sizeof(*grown));

	assert_non_null(grown);
	s->drawings = grown;
	grown += s->drawing_count++;
	*grown = (struct drawing){ .x = "asked",
				   .y = "sent, a second",
				   .function = function_of(s, body) };
	snprintf(grown->title, sizeof(grown->title), "%s", title);
}

static void what_is_drawn_is_points_in_a_file_and_what_cannot_be_is_a_verdict(void **state)
{
	struct scenario *s = new_scenario();
	struct verdict *v;

	(void)state;
	draw(s, "both",
	     "return { name = 'up', x = { 1, 2.5 }, y = { 10, run:count('queries', 0, 60) } }, "
	     "{ name = 'down', x = { 1 }, y = { 30 } }");
	draw(s, "nothing", "return 7");
	draw(s, "lists", "return { name = 'up', x = { 1, 2 }, y = { 3 } }");
	draw(s, "values", "return { name = 'up', x = { 1 }, y = { 0/0 } }");
	assert_int_equal(judge_version(s, "1", "none", &v), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_false(v[i].held);
	assert_string_equal(v[0].text, "'nothing' could be drawn");
	assert_non_null(strstr(v[0].message, "a series is { name = …, x = {…}, y = {…} }"));
	assert_non_null(strstr(v[1].message, "of series 'up' x has 2 numbers, and y 1"));
	assert_non_null(strstr(v[2].message, "y[1] of a series is no number"));
	assert_string_equal(folder_text("drawings.csv"),
			    "drawing,x_axis,y_axis,series,x,y\n"
			    "both,asked,\"sent, a second\",up,1,10\n"
			    "both,asked,\"sent, a second\",up,2.5,100\n"
			    "both,asked,\"sent, a second\",down,1,30\n");
	free(v);
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JUDGE_TEST(a_share_is_a_column_over_queries_in_the_bins_that_begin_in_the_time),
		JUDGE_TEST(a_share_of_nothing_is_an_error_and_never_passes),
		JUDGE_TEST(a_name_that_is_mistyped_is_an_error_that_says_which_there_are),
		JUDGE_TEST(an_error_names_the_line_it_comes_from),
		JUDGE_TEST(counts_and_curves_are_those_of_the_files),
		JUDGE_TEST(the_cell_is_known_to_its_expectations),
		JUDGE_TEST(a_verdict_carries_the_message_that_was_returned),
		JUDGE_TEST(an_expectation_that_only_says_no_tells_what_it_was_told),
		JUDGE_TEST(of_much_that_an_expectation_was_told_the_last_stands_in_its_message),
		JUDGE_TEST(what_one_expectation_was_told_is_not_said_of_the_next),
		JUDGE_TEST(what_is_too_long_to_tell_ends_between_two_characters),
		JUDGE_TEST(an_expectation_of_a_mitigation_is_judged_in_its_cells_only),
		JUDGE_TEST(what_is_known_is_judged_of_its_resolver_and_versions_alone),
		JUDGE_TEST(
			where_the_version_is_not_known_nothing_is_judged_but_what_any_version_does),
		JUDGE_TEST(what_cannot_be_judged_is_never_as_known),
		JUDGE_TEST(a_wrong_instant_in_what_is_known_of_any_resolver_is_found_too),
		JUDGE_TEST(a_wrong_instant_is_found_before_anything_was_recorded),
		JUDGE_TEST(a_traffic_that_there_is_not_is_found_too),
		JUDGE_TEST(a_column_and_a_class_that_no_record_has_are_found_as_well),
		JUDGE_TEST(what_is_printed_becomes_a_file_of_the_cell),
		JUDGE_TEST(a_run_that_a_script_keeps_is_closed_after_its_cell),
		JUDGE_TEST(a_cell_without_a_curve_cannot_be_judged),
		JUDGE_TEST(what_hosts_sent_each_other_is_summed_for_a_role_and_a_stretch),
		JUDGE_TEST(what_is_drawn_is_points_in_a_file_and_what_cannot_be_is_a_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
