/* SPDX-License-Identifier: BSD-2-Clause */
/* report.html as a parser reads it: from runs whose numbers are known, with texts that mean harm.
 */

#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/html.h"
#include "harness/results/recorded_load.h"
#include "sim/base/cleanup.h"
#include "tests/support/folder.h"
#include "tests/support/recorded.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

#define HARM "</script></title></pre><script>harm()</script><img src=x onerror=harm()>\"'&amp;"
#define HARM_JSON                                                                                  \
	"</script></title></pre><script>harm()</script><img src=x onerror=harm()>\\\"'&amp;"

#define HARM_CSV                                                                                   \
	"</script></title></pre><script>harm()</script><img src=x onerror=harm()>\"\"'&amp;"

static char *page;
static xmlDoc *doc;

static int forget(void **state)
{
	(void)state;
	xmlFreeDoc(doc);
	doc = NULL;
	free(page);
	page = NULL;
	return folder_remove(NULL);
}

/* A file of a cell, by its name in the test's folder. */
static const char *of_cell(const char *cell, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", cell, name);
	return path;
}

/* Twenty minutes; `failed` of a hundred queries of each of minutes 5 to 9, all of them of signed
 * names. */
static void write_curve(const char *folder, int failed)
{
	FILE *f = folder_open(of_cell(folder, "curve.csv"));

	fputs(CURVE_HEAD, f);
	for (int i = 0; i < 20; i++) {
		int n = i >= 5 && i < 10 ? failed : 0;

		fprintf(f, "%d,x,all,100,0,%d,0,%d,0,0,0,0,0,0,0,20,%d,10,%d\n", i * 60, 100 - n, n,
			n / 5, n / 10);
		fprintf(f, "%d,x,signed,50,0,%d,0,%d,0,0,0,0,0,0,0,20,%d,10,%d\n", i * 60, 50 - n,
			n, n / 5, n / 10);
	}
	fclose(f);
}

static void write_cell(const char *folder, int failed)
{
	write_curve(folder, failed);
	folder_put(of_cell(folder, "upstream.csv"),
		   "t,utc,zone,server,queries,answers,dropped\n60,x,de.,a,120,1,0\n"
		   "60,x,net.,b,60,1,0\n");
	folder_put(of_cell(folder, "ede.csv"),
		   "t,utc,rcode,code,count\n300,x,SERVFAIL,6,7\n360,x,SERVFAIL,-1,2\n"
		   "360,x,NOERROR,3,5\n");
	folder_put(of_cell(folder, "metrics.csv"),
		   "t,utc,name,value\n0,x,cpu_seconds,1\n60,x,cpu_seconds,31\n"
		   "0,x,rss_bytes,20000000\n60,x,request-list,4\n"
		   "300,x,user_minutes,3\n");
	folder_put(of_cell(folder, "events.csv"),
		   "t,utc,kind,operation,zone,what\n480,x,operator,nta,de.,nta de.\n"
		   "500,x,mark,,,\"" HARM_CSV "\"\n510,x,zone,,de.,de.: signed\n");
	folder_put(of_cell(folder, "resolver.conf"), "server: " HARM "\n");
	folder_put(of_cell(folder, "resolver.log"), "a log " HARM "\n");
}

#define CELL(folder, mitigation, more)                                                             \
	"{ \"folder\": \"" folder "\", \"resolver\": \"unbound\", \"version\": \"1.0\", "          \
	"\"mitigation\": \"" mitigation "\", \"command\": \"unbound " HARM_JSON "\"" more " }"
#define VALID ", \"valid\": true"

static void write_run(const char *cells)
{
	FILE *f = folder_open("run.json");

	fprintf(f,
		"{ \"scenario\": \"test\", \"title\": \"" HARM_JSON
		"\", \"sigfault\": \"0.1\", \"clock\": \"virtual\", "
		"\"seed\": 1, \"bin_seconds\": 60, \"from\": \"2026-05-05T13:30:00Z\", "
		"\"to\": \"2026-05-05T13:50:00Z\", \"windows\": [{ "
		"\"from\": \"2026-05-05T13:35:00Z\", \"until\": \"2026-05-05T13:40:00Z\", "
		"\"kind\": \"sig-by-unpublished-key\", \"text\": \"" HARM_JSON
		"\", \"zone\": \"de.\" }], \"cells\": [%s] }",
		cells);
	fclose(f);
}

/* The page of the folder, parsed. */
static void read_page(void)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	struct err e = { "" };
	size_t len;
	FILE *f = open_memstream(&page, &len);

	load_run("", &r);
	if (html_write(&r, f, &e) < 0)
		fail_msg("%s", e.text);
	fclose(f);
	doc = htmlReadMemory(page, (int)len, NULL, "UTF-8",
			     HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	assert_non_null(doc);
}

/* A run with two cells, in which all went well. */
static void two_cells(void)
{
	write_cell("unbound-none", 40);
	write_cell("unbound-nta", 20);
	write_run(CELL("unbound-none", "none", VALID) ", " CELL("unbound-nta", "nta", VALID));
	read_page();
}

/* What an XPath expression comes to: a number. */
static int number(const char *expression)
{
	xmlXPathContext *context = xmlXPathNewContext(doc);
	xmlXPathObject *o = xmlXPathEval(BAD_CAST expression, context);
	int n;

	assert_non_null(o);
	n = (int)xmlXPathCastToNumber(o);
	xmlXPathFreeObject(o);
	xmlXPathFreeContext(context);
	return n;
}

/* And as text, lent until the next one. */
static const char *text(const char *expression)
{
	static char buffer[1 << 18];
	xmlXPathContext *context = xmlXPathNewContext(doc);
	xmlXPathObject *o = xmlXPathEval(BAD_CAST expression, context);
	xmlChar *s;

	assert_non_null(o);
	s = xmlXPathCastToString(o);
	snprintf(buffer, sizeof(buffer), "%s", (char *)s);
	xmlFree(s);
	xmlXPathFreeObject(o);
	xmlXPathFreeContext(context);
	return buffer;
}

static json_t *data(void)
{
	json_t *json = json_loads(text("string(//script[@id='data'])"), 0, NULL);

	assert_non_null(json);
	return json;
}

static void texts_that_mean_harm_stay_texts(void **state)
{
	(void)state;
	two_cells();
	/* dygraphs, three of ours, and the data. */
	assert_int_equal(number("count(//script)"), 5);
	assert_int_equal(number("count(//img)"), 0);
	assert_int_equal(number("count(//@*[starts-with(name(), 'on')])"), 0);
	assert_string_equal(text("string(//h1)"), HARM);
	assert_has(text("string(//details[@class='log']/pre)"), "a log " HARM "\n");
	assert_has(text("string(//details[@class='configuration']/pre)"), "server: " HARM "\n");
	assert_has(text("string(//section[@id='cell-1']/dl)"), "unbound " HARM);
	assert_has(text("string(//ul[@class='windows'])"), HARM);
	assert_has(text("string(//figure/ol[@class='marks'])"), HARM);
}

/* The policy has the hash of a script. */
static void the_licence_of_dygraphs_comes_along(void **state)
{
	(void)state;
	two_cells();
	assert_has(text("string(//footer//pre)"), "Dan Vanderkam <danvdk@gmail.com>");
	assert_has(text("string(//footer//pre)"), "Permission is hereby granted, free of charge");
	assert_has(text("string(//footer//pre)"), "OTHER DEALINGS IN THE SOFTWARE.");
}

static void assert_allowed(const char *policy, const char *script)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	char source[128] = "'sha256-";
	unsigned len;

	EVP_Digest(script, strlen(script), hash, &len, EVP_sha256(), NULL);
	EVP_EncodeBlock((unsigned char *)source + strlen(source), hash, (int)len);
	assert_has(policy, source);
}

static void the_policy_lets_run_the_scripts_of_the_page_and_nothing_else(void **state)
{
	char policy[1024];
	int count = 0;

	(void)state;
	two_cells();
	snprintf(policy, sizeof(policy), "%s",
		 text("string(//meta[@http-equiv='Content-Security-Policy']/@content)"));
	assert_has(policy, "default-src 'none'");
	assert_null(strstr(strstr(policy, "script-src"), "unsafe"));
	assert_null(strstr(policy, "http"));
	for (const char *p = page; (p = strstr(p, "\n<script>")); count++) {
		const char *end = strstr(p += strlen("\n<script>"), "</script>");
		_cleanup_(freep) char *script = strndup(p, (size_t)(end - p));

		assert_allowed(policy, script);
	}
	assert_int_equal(count, 4);
}

static void nothing_in_the_page_is_elsewhere(void **state)
{
	(void)state;
	two_cells();
	assert_int_equal(number("count(//@src) + count(//link) + count(//iframe)"), 0);
	assert_int_equal(number("count(//@href[not(starts-with(., '#'))])"), 0);
	assert_null(strstr(text("string(//style[1])"), "url("));
	assert_null(strstr(text("string(//style[2])"), "url("));
	assert_null(strstr(page, "sourceMappingURL"));
}

static void the_data_are_columns_of_each_class(void **state)
{
	_cleanup_(json_decrefp) json_t *all = NULL;
	json_t *cell, *classes;

	(void)state;
	two_cells();
	all = data();
	assert_int_equal(json_integer_value(json_object_get(all, "start")), 1777987800);
	cell = json_array_get(json_object_get(all, "cells"), 1);
	assert_int_equal(json_array_size(json_object_get(cell, "t")), 20);
	classes = json_object_get(cell, "classes");
	assert_int_equal(json_object_size(classes), 2);
	assert_int_equal(
		json_integer_value(json_array_get(
			json_object_get(json_object_get(classes, "signed"), "servfail"), 5)),
		20);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(classes, "signed"), "queries")),
		50);
}

static void the_data_tell_load_and_resources_in_their_units(void **state)
{
	_cleanup_(json_decrefp) json_t *all = NULL;
	json_t *cell;

	(void)state;
	two_cells();
	all = data();
	cell = json_array_get(json_object_get(all, "cells"), 0);
#define AT(key, i) json_number_value(json_array_get(json_object_get(cell, key), i))
	assert_float_equal(AT("upstream", 1), 3, 0);
	assert_float_equal(AT("zone_upstream", 1), 2, 0);
	assert_float_equal(AT("upstream", 2), 0, 0);
	assert_true(json_is_null(json_array_get(json_object_get(cell, "cpu"), 0)));
	assert_float_equal(AT("cpu", 1), 50, 0);
	assert_float_equal(AT("memory", 0), 20, 0);
	assert_float_equal(AT("requests", 1), 4, 0);
	cell = json_object_get(cell, "ede");
	assert_int_equal(json_object_size(cell), 2);
	assert_float_equal(AT("6", 5), 7, 0);
	assert_float_equal(AT("-1", 6), 2, 0);
}

static void marks_are_what_was_done_and_what_the_scenario_marks(void **state)
{
	_cleanup_(json_decrefp) json_t *all = NULL;

	(void)state;
	two_cells();
	all = data();
	assert_int_equal(json_array_size(json_object_get(
				 json_array_get(json_object_get(all, "cells"), 0), "marks")),
			 2);
	assert_int_equal(number("count(//figure[@id='mitigations-1']/ol/li)"), 2);
	assert_has(text("string(//figure[@id='mitigations-1']/ol/li[1])"), "13:38 nta de.");
}

static void each_chart_is_drawn_without_a_script(void **state)
{
	(void)state;
	two_cells();
	assert_int_equal(number("count(//figure)"),
			 number("count(//figure/div[@class='static']/svg)"));
	/* A path a curve in the colour of its legend. */
	assert_int_equal(number("count(//figure[@id='mitigations-1']//svg[@class='drawing']/"
				"descendant::*[@class='line1']//path)"),
			 1);
	assert_int_equal(number("count(//figure[@id='mitigations-1']//svg//polygon)"), 1);
	assert_has(text("string(//figure[@id='mitigations-1']/ul/li[1])"), "most 40.0 % at 13:35");
	assert_has(text("string(//figure[@id='mitigations-1']/ul/li[2])"), "most 20.0 % at 13:35");
}

static void what_only_a_script_can_do_is_hidden_until_it_runs(void **state)
{
	(void)state;
	two_cells();
	assert_int_equal(number("count(//form[@hidden])"), number("count(//form)"));
	assert_int_equal(number("count(//select[@name='class']/option)"), 2);
}

static void a_table_has_a_caption_and_its_heads_a_scope(void **state)
{
	(void)state;
	two_cells();
	assert_int_equal(number("count(//table)"), 3);
	assert_int_equal(number("count(//table[not(caption)])"), 0);
	assert_int_equal(number("count(//th[not(@scope)])"), 0);
	assert_int_equal(number("count(//main) + count(//header) + count(//nav)"), 3);
}

static void figures_and_sentences_are_there(void **state)
{
	(void)state;
	two_cells();
	assert_has(text("string(//ul[@class='sentences'])"),
		   "nta bought unbound 50 % fewer SERVFAIL");
	assert_has(text("string(//table[@class='matrix'])"), "user-minutes lost");
	assert_has(text("string(//table[@class='matrix']//span[@class='rank best'])"), "best");
	assert_has(text("string(//table[@class='matrix']//span[@class='rank worst'])"), "worst");
	assert_int_equal(number("count(//p[@class='headline'])"), 1);
	assert_int_equal(number("count(//section[@id='figures']//tbody/tr[1]/td)"), 2);
	assert_has(text("string(//section[@id='codes']//table)"), "6 DNSSEC Bogus");
}

static void a_cell_that_is_not_valid_says_why_and_the_page_is_whole(void **state)
{
	(void)state;
	write_cell("unbound-none", 40);
	write_cell("unbound-nta", 20);
	write_run(CELL("unbound-none", "none", VALID) ", " CELL(
		"unbound-nta", "nta", ", \"valid\": false, \"why\": \"it died <b>at once</b>\""));
	read_page();
	assert_has(text("string(//table[@class='matrix'])"), "not valid");
	assert_has(text("string(//ul[@class='verdicts'][1])"), "it died <b>at once</b>");
	assert_has(text("string(//section[@id='cell-2'])"), "it died <b>at once</b>");
	assert_int_equal(number("count(//figure[@id='outcomes-2'])"), 1);
}

static void a_cell_without_a_curve_has_no_chart_and_the_others_do(void **state)
{
	(void)state;
	write_cell("unbound-none", 40);
	folder_put(of_cell("unbound-nta", "resolver.log"), "no such option\n");
	write_run(CELL("unbound-none", "none", VALID) ", " CELL(
		"unbound-nta", "nta", ", \"valid\": false, \"why\": \"it did not start\""));
	read_page();
	assert_has(text("string(//section[@id='cell-2'])"), "No curve was recorded");
	assert_has(text("string(//section[@id='cell-2'])"), "no such option");
	assert_int_equal(number("count(//figure[@id='outcomes-2'])"), 0);
	assert_int_equal(number("count(//figure[@id='outcomes-1'])"), 1);
	assert_int_equal(number("count(//figure[@id='mitigations-1']/ul/li)"), 1);
}

static void a_run_without_any_curve_is_a_page_without_charts(void **state)
{
	(void)state;
	folder_put(of_cell("unbound-none", "resolver.log"), "no such option\n");
	write_run(
		CELL("unbound-none", "none", ", \"valid\": false, \"why\": \"it did not start\""));
	read_page();
	assert_int_equal(number("count(//figure)"), 0);
	assert_has(text("string(//main)"), "it did not start");
}

static void of_a_long_log_stand_beginning_and_end(void **state)
{
	FILE *f;

	(void)state;
	write_cell("unbound-none", 40);
	f = folder_open(of_cell("unbound-none", "resolver.log"));
	for (int i = 0; i < 20000; i++)
		fprintf(f, "line %d\n", i);
	fclose(f);
	write_run(CELL("unbound-none", "none", VALID));
	read_page();
	assert_has(text("string(//details[@class='log']/pre[1])"), "line 0\n");
	assert_has(text("string(//details[@class='log']/pre[2])"), "line 19999\n");
	assert_has(text("string(//details[@class='log']/p)"), "bytes are left out here");
	assert_true(strlen(text("string(//details[@class='log'])")) < 60000);
}

static void a_file_that_is_not_what_it_should_be_is_refused_with_its_place(void **state)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(freep) char *out = NULL;
	const char *dirs[] = { folder() };
	struct err e = { "" };
	size_t len;
	FILE *f = open_memstream(&out, &len);

	(void)state;
	write_cell("unbound-none", 40);
	folder_put(of_cell("unbound-none", "events.csv"), "t,utc,what\n1,x,y\n");
	write_run(CELL("unbound-none", "none", VALID));
	if (recorded_load(dirs, 1, &r, &e) == 0)
		assert_true(html_write(&r, f, &e) < 0);
	fclose(f);
	assert_has(e.text, "unbound-none");
	assert_has(e.text, "kind");
}

#define HTML_TEST(f) cmocka_unit_test_teardown(f, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTML_TEST(texts_that_mean_harm_stay_texts),
		HTML_TEST(the_policy_lets_run_the_scripts_of_the_page_and_nothing_else),
		HTML_TEST(nothing_in_the_page_is_elsewhere),
		HTML_TEST(the_licence_of_dygraphs_comes_along),
		HTML_TEST(the_data_are_columns_of_each_class),
		HTML_TEST(the_data_tell_load_and_resources_in_their_units),
		HTML_TEST(marks_are_what_was_done_and_what_the_scenario_marks),
		HTML_TEST(each_chart_is_drawn_without_a_script),
		HTML_TEST(what_only_a_script_can_do_is_hidden_until_it_runs),
		HTML_TEST(a_table_has_a_caption_and_its_heads_a_scope),
		HTML_TEST(figures_and_sentences_are_there),
		HTML_TEST(a_cell_that_is_not_valid_says_why_and_the_page_is_whole),
		HTML_TEST(a_cell_without_a_curve_has_no_chart_and_the_others_do),
		HTML_TEST(a_run_without_any_curve_is_a_page_without_charts),
		HTML_TEST(of_a_long_log_stand_beginning_and_end),
		HTML_TEST(a_file_that_is_not_what_it_should_be_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
