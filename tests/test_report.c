/* SPDX-License-Identifier: BSD-2-Clause */
/* The report's figures, from a folder whose numbers are known, and how they look. */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/results/figures.h"
#include "harness/report/gnuplot.h"
#include "harness/report/report.h"
#include "sim/base/simtime.h"
#include "tests/support/folder.h"
#include "tests/support/need.h"
#include "tests/support/recorded.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

#define START (1777987800 * SECOND) /* 2026-05-05T13:30:00Z */
#define FAULT 3600
#define REPAIR 7200
#define END 14400

static int make_cell(void **state)
{
	(void)state;
	return mkdir(folder_path("unbound-none"), 0777);
}

/* SERVFAILs in a thousand queries of a minute: 1 before the fault, 50 and 10 more each minute
 * during it, 200 for ten minutes after the repair, then 5. */
static int servfail_at(int t)
{
	if (t < FAULT)
		return 1;
	if (t < REPAIR)
		return 50 + (t - FAULT) / 60 * 10;
	return t < REPAIR + 600 ? 200 : 5;
}

/* The night above in bins of `bin` seconds. */
static void write_curve(int bin, int (*servfail)(int t))
{
	FILE *f = folder_open("unbound-none/curve.csv");
	char utc[32];

	fputs(CURVE_HEAD, f);
	for (int t = 0; t < END; t += bin) {
		int failed = servfail(t) * bin / 60, all = 1000 * bin / 60;
		int stale = t >= FAULT && t < REPAIR ? all * 3 / 100 : 0;

		simtime_text(START + t * SECOND, utc);
		fprintf(f, "%d,%s,all,%d,%d,%d,0,%d,0,0,0,%d,%d,0,0,9,9,9,9\n", t, utc, all,
			all / 10, all - failed, failed, all - failed - stale, stale);
		fprintf(f, "%d,%s,signed,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n", t, utc);
	}
	fclose(f);
}

static void write_upstream(void)
{
	FILE *f = folder_open("unbound-none/upstream.csv");

	fputs("t,utc,zone,server,queries,answers,dropped\n", f);
	for (int t = 0; t < END; t += 60) {
		fprintf(f, "%d,x,de.,a.nic.de.,%d,1,0\n", t, t < FAULT ? 60 : 150);
		fprintf(f, "%d,x,\"odd,zone\",a.nic.de.,%d,1,0\n", t, t < FAULT ? 40 : 100);
	}
	fclose(f);
}

static void write_rest(void)
{
	folder_put(
		"unbound-none/metrics.csv",
		"t,utc,name,value\n0,x,distinct_clients,10\n0,x,rss,7\n60,x,distinct_clients,5000\n"
		"60,x,distinct_failed_clients,4321\n60,x,distinct_failed_names,1234567\n");
	folder_put("unbound-none/ede.csv",
		   "t,utc,rcode,code,count\n0,x,SERVFAIL,-1,50\n0,x,SERVFAIL,6,700\n"
		   "60,x,SERVFAIL,6,800\n60,x,NOERROR,3,90\n60,x,SERVFAIL,22,40\n");
	folder_put("unbound-none/events.csv",
		   "t,utc,kind,operation,zone,what\n10,x,mark,,,nta talk\n"
		   "7000,x,operator,flush,de.,flush what the nta left\n"
		   "7320,x,operator,nta,de.,de. is trusted\n"
		   "12000,x,operator,nta-remove,de.,nta-remove de.\n");
	write_upstream();
}

static const struct figures_fault the_fault = { .is_known = true, .from = FAULT, .until = REPAIR };

static void figures_are_those_of_the_files(void **state)
{
	struct figures f;

	(void)state;
	write_curve(60, servfail_at);
	write_rest();
	f = figures_of("unbound-none", &the_fault);
	assert_value(f.queries, 240000);
	assert_value(f.retries, 24000);
	assert_value(f.clients, 5000);
	assert_value(f.failed_clients, 4321);
	assert_value(f.failed_names, 1234567);
	assert_value(f.before, 0.001);
	assert_value(f.at_1min, 0.06);
	assert_value(f.at_1h, 0.2);
	assert_value(f.at_2h, 0.005);
	assert_value(f.to_10, 6 * 60);
	assert_value(f.to_50, 46 * 60);
	assert_value(f.peak, 0.64);
	assert_value(f.peak_at, REPAIR - 60);
	assert_value(f.stale_share, 0.03);
	assert_value(f.after_repair, 600);
	assert_value(f.lingering, 10 * 200 + (END - REPAIR - 600) / 60.0 * 5);
	assert_value(f.after_nta, 480);
	assert_value(f.upstream_ratio, 2.5);
	assert_int_equal(f.ede_count, 3);
	assert_int_equal(f.ede[0].code, 6);
	assert_int_equal(f.ede[0].count, 1500);
	assert_int_equal(f.ede[1].code, 3);
	assert_int_equal(f.ede[2].code, -1);
}

static void shorter_bins_give_the_same_figures_with_times_to_ten_seconds(void **state)
{
	struct figures a, b;

	(void)state;
	write_curve(60, servfail_at);
	a = figures_of("unbound-none", &the_fault);
	write_curve(6, servfail_at);
	b = figures_of("unbound-none", &the_fault);
	assert_true(b.queries.value == a.queries.value);
	assert_value(b.at_1min, a.at_1min.value);
	assert_value(b.to_10, a.to_10.value - 50);
	assert_value(b.peak_at, a.peak_at.value);
	assert_value(b.after_repair, a.after_repair.value);
}

static void bins_of_an_hour_are_taken_whole(void **state)
{
	struct figures f;
	struct figures_fault fault = the_fault;

	(void)state;
	write_curve(3600, servfail_at);
	fault.from += 600;
	f = figures_of("unbound-none", &fault);
	assert_value(f.at_1min, 0.05);
	assert_value(f.at_1h, 0.2);
	assert_value(f.at_2h, 0.005);
	assert_value(f.after_repair, 3600);
}

static void a_bin_in_which_the_fault_began_is_not_before_it(void **state)
{
	struct figures_fault fault = the_fault;
	struct figures f;

	(void)state;
	write_curve(60, servfail_at);
	fault.from += 30;
	f = figures_of("unbound-none", &fault);
	assert_value(f.before, 0.001);
	assert_value(f.at_1min, 0.07);
}

static int always_high(int t)
{
	return t < END ? 600 : 0;
}

static void a_share_that_was_high_before_the_fault_is_not_its_doing(void **state)
{
	struct figures f;

	(void)state;
	write_curve(60, always_high);
	f = figures_of("unbound-none", &the_fault);
	assert_int_equal(f.to_10.kind, FIGURE_ALREADY);
	assert_int_equal(f.to_50.kind, FIGURE_ALREADY);
	assert_int_equal(f.after_repair.kind, FIGURE_NEVER);
	assert_true(f.after_repair.value == END - REPAIR);
}

static int always_low(int t)
{
	return t < 0;
}

static void what_did_not_happen_is_never_and_what_was_so_is_already(void **state)
{
	struct figures f;

	(void)state;
	write_curve(60, always_low);
	f = figures_of("unbound-none", &the_fault);
	assert_value(f.at_1min, 0);
	assert_int_equal(f.to_10.kind, FIGURE_NEVER);
	assert_int_equal(f.after_repair.kind, FIGURE_ALREADY);
}

static void what_was_not_measured_is_missing(void **state)
{
	static const struct figures_fault none = { .is_known = false };
	static const struct figures_fault endless = { .is_known = true,
						      .from = END - 3600,
						      .until = INFINITY };
	struct figures f;

	(void)state;
	write_curve(60, servfail_at);
	f = figures_of("unbound-none", &none);
	assert_value(f.peak, 0.64);
	assert_int_equal(f.at_1min.kind, FIGURE_MISSING);
	assert_int_equal(f.clients.kind, FIGURE_MISSING);
	assert_int_equal(f.upstream_ratio.kind, FIGURE_MISSING);
	assert_int_equal(f.ede_count, 0);
	f = figures_of("unbound-none", &endless);
	assert_value(f.at_1min, 0.005);
	assert_int_equal(f.at_1h.kind, FIGURE_MISSING);
	assert_int_equal(f.after_repair.kind, FIGURE_MISSING);
	assert_int_equal(f.lingering.kind, FIGURE_MISSING);
}

static void a_line_that_was_never_finished_is_left_out(void **state)
{
	struct figures f;

	(void)state;
	folder_put("unbound-none/curve.csv",
		   CURVE_HEAD "0,x,all,10,0,10,0,0,0,0,0,10,0,0,0,1,0,1,0\n60,x,all,99,0,1");
	f = figures_of("unbound-none", &the_fault);
	assert_value(f.queries, 10);
}

static void a_wrong_curve_is_refused_with_its_line(void **state)
{
	struct curve *curve = NULL;
	struct err e = { .text = "" };

	(void)state;
	folder_put("unbound-none/curve.csv", CURVE_HEAD "0,x,all,10\n");
	assert_int_equal(curve_load(folder_path("unbound-none"), (double)NAN, &curve, &e), -EINVAL);
	assert_non_null(strstr(e.text, "curve.csv:2: 4 fields, but the first line names 19"));
	folder_put("unbound-none/curve.csv",
		   CURVE_HEAD "0,x,all,ten,0,10,0,0,0,0,0,10,0,0,0,1,0,1,0\n");
	assert_int_equal(curve_load(folder_path("unbound-none"), (double)NAN, &curve, &e), -EINVAL);
	assert_non_null(strstr(e.text, "curve.csv:2: 'ten' is not a number"));
	folder_put("unbound-none/curve.csv", "a,b,c\n");
	assert_int_equal(curve_load(folder_path("unbound-none"), (double)NAN, &curve, &e), -EINVAL);
	folder_put("unbound-none/curve.csv", "");
	assert_int_equal(curve_load(folder_path("unbound-none"), (double)NAN, &curve, &e), -EINVAL);
	assert_null(curve);
}

#define CELL                                                                                       \
	"{ \"folder\": \"unbound-none\", \"resolver\": \"unbound\", \"version\": \"1.17.1\", "     \
	"\"mitigation\": \"none\", \"wall_seconds\": 12.34, \"valid\": true, "                     \
	"\"faults\": [{ \"kind\": \"sig\", \"text\": \"t\", \"seen\": 41, "                        \
	"\"first_seen\": \"2026-05-05T14:30:01Z\" }, "                                             \
	"{ \"kind\": \"dark\", \"text\": \"no word\", \"seen\": 0, \"first_seen\": null }], "      \
	"\"expectations\": [{ \"text\": \"low before\", \"held\": true, \"message\": \"\" }, "     \
	"{ \"text\": \"low after\", \"held\": false, \"message\": \"still 20 %\" }] }"

#define HEAD                                                                                       \
	"{ \"sigfault\": \"0.1\", \"scenario\": \"test\", \"title\": \"A night\", \"seed\": 7, "   \
	"\"clock\": \"virtual\", \"from\": \"2026-05-05T13:30:00Z\", "                             \
	"\"to\": \"2026-05-05T17:30:00Z\", \"windows\": [{ "                                       \
	"\"from\": \"2026-05-05T14:30:00Z\", \"until\": \"2026-05-05T15:30:00Z\", "                \
	"\"kind\": \"sig-by-unpublished-key\", \"text\": \"t\" }], \"cells\": ["

static enum exit_status status;

static const struct report_view view = { .folder = NULL };

static const char *terminal_as(const struct report_view *v)
{
	static char text[1 << 16];
	struct err e = { .text = "" };
	FILE *f = fmemopen(text, sizeof(text), "w");

	assert_non_null(f);
	if (report_terminal(&(const char *){ folder() }, 1, v, f, &status, &e) < 0)
		fail_msg("%s", e.text);
	fclose(f);
	return text;
}

static const char *terminal(void)
{
	return terminal_as(&view);
}

static void the_terminal_shows_a_plot_a_table_and_verdicts(void **state)
{
	const char *text;

	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	write_rest();
	folder_put("run.json", HEAD CELL "] }");
	text = terminal();
	assert_has(text,
		   "A night\ntest, 2026-05-05T13:30Z + 4 h, clock virtual, seed 7, sigfault 0.1\n");
	assert_has(text, "unbound 1.17.1, mitigation none\n100 % +");
	assert_has(text, "\n                         [==== fault =====] ");
	assert_has(text, "\n                         ^ 14:30-15:30 sig-by-unpublished-key\n");
	assert_has(text, "\nqueries                              240,000\n");
	assert_has(text, "\nclients that failed           4,321 of 5,000\n");
	assert_has(text, "\nSERVFAIL peak                64.0 % at 15:29\n");
	assert_has(text, "\nrepair to under 1 %                   10 min\n");
	assert_has(text, "\nNTA to under 1 %                       8 min\n");
	assert_has(text, "\nEDE 6 DNSSEC Bogus                     1,500\n");
	assert_has(text, "\nSERVFAIL without EDE                      50\n");
	assert_has(text, "  ✓ seen       fault sig: t (41 times, first 2026-05-05T14:30:01Z)\n");
	assert_has(text, "  ✗ NOT SEEN   fault dark: no word\n");
	assert_has(text, "\nunbound-none  ✗ 1 of 2 faults seen, ✗ 1 of 2 expectations held\n");
	assert_has(text, "  ✗ FAILED     low after: still 20 %\n");
	assert_null(strstr(text, "low before"));
}

static void the_answer_stands_nearest_to_the_prompt(void **state)
{
	struct report_view told = { .folder = "/tmp/there" };

	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	folder_put(
		"unbound-none/metrics.csv",
		"t,utc,name,value\n60,x,distinct_clients,5000\n60,x,distinct_failed_clients,4321\n"
		"3600,x,user_minutes,98765\n");
	folder_put("run.json", HEAD CELL "] }");
	assert_ends(terminal_as(&told),
		    "\n\nOf 5,000 clients 4,321 failed at least once; 98,765 user-minutes lost.\n"
		    "Exit 1: 1 of 2 expectations did not hold, in unbound-none.\n/tmp/there\n");
	assert_int_equal(status, EXIT_NOT_HELD);
}

static void a_brief_report_is_the_headline_and_what_is_wrong(void **state)
{
	struct report_view brief = { .brief = true, .folder = "/tmp/there" };

	(void)state;
	write_curve(60, servfail_at);
	folder_put("run.json", HEAD CELL "] }");
	assert_string_equal(terminal_as(&brief), "What clients got was not measured.\n"
						 "FAILED unbound-none: low after: still 20 %\n");
}

#define KNOWN                                                                                      \
	"{ \"folder\": \"unbound-none\", \"resolver\": \"unbound\", \"version\": \"1.17.1\", "     \
	"\"mitigation\": \"none\", \"valid\": true, "                                              \
	"\"expectations\": [{ \"text\": \"low before\", \"held\": true, \"message\": \"\" }], "    \
	"\"known\": [{ \"resolver\": \"unbound\", \"versions\": \"< 1.20\", \"text\": \"a "        \
	"cliff\", "                                                                                \
	"\"because\": \"one proof\", \"verdict\": \"as known\", \"message\": \"\" }, "             \
	"{ \"resolver\": \"unbound\", \"versions\": \"any\", \"text\": \"a tail\", "               \
	"\"because\": \"its cache\", \"verdict\": \"otherwise than known\", "                      \
	"\"message\": \"none was seen\" }, { \"resolver\": \"unbound\", \"versions\": \"> 2\", "   \
	"\"text\": \"speed\", \"because\": \"age\", \"verdict\": \"version not known\", "          \
	"\"message\": \"\" }] }"

static void what_is_otherwise_than_known_is_shown_and_fails_a_strict_run_alone(void **state)
{
	struct report_view brief = { .brief = true, .folder = "/tmp/there" };
	struct report_view asked = { .strict = true };

	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	folder_put("run.json", HEAD KNOWN "] }");
	assert_has(terminal(), "\nunbound-none  ✓ 1 of 1 expectations held, ≠ 1 of 2 as known, ? 1 "
			       "not judged:\n  version not known\n");
	assert_has(terminal(), "\n  ≠ OTHERWISE  a tail: none was seen (known of unbound: its "
			       "cache)\n");
	assert_null(strstr(terminal(), "a cliff"));
	assert_ends(terminal(),
		    "Exit 0: all 1 expectation held. Of what is known of resolvers 1 of "
		    "2 are as\nknown; otherwise in unbound-none.\n");
	assert_int_equal(status, EXIT_HELD);
	assert_string_equal(terminal_as(&brief), "What clients got was not measured.\n"
						 "OTHERWISE unbound-none: a tail: none was seen\n");
	assert_string_equal(strstr(terminal_as(&asked), "Exit 1: 1 of 2 otherwise"),
			    "Exit 1: 1 of 2 otherwise than known, in unbound-none (--strict).\n");
	folder_put("run.json", HEAD KNOWN "], \"strict\": true }");
	assert_ends(terminal(),
		    "Exit 1: 1 of 2 otherwise than known, in unbound-none (--strict).\n");
	assert_int_equal(status, EXIT_NOT_HELD);
}

#define WORSE                                                                                      \
	"{ \"folder\": \"unbound-none\", \"resolver\": \"unbound\", \"version\": \"1.17.1\", "     \
	"\"mitigation\": \"none\", \"valid\": true, \"thresholds\": [{ "                           \
	"\"figure\": \"servfail_share\", \"was\": 0.64, \"is\": 0.928, \"worse_by\": 0.01, "       \
	"\"text\": \"SERVFAIL share: worse by at most 1 percentage point\", \"held\": false, "     \
	"\"message\": \"was 64.0 %, is 92.8 %\" }, { \"figure\": \"peak\", \"was\": 0.9, "         \
	"\"is\": 0.9, \"worse_by\": 0.02, \"text\": \"t\", \"held\": true, \"message\": \"\" }] }"

static void what_got_worse_than_the_baseline_stands_on_top(void **state)
{
	static const char want[] =
		"Held against the baseline base\n"
		"✗ WORSE than base: SERVFAIL share 64.0 % → 92.8 % (allowed +1 point)\n";

	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	folder_put("run.json", HEAD WORSE "], \"baseline\": { \"folder\": \"base\" } }");
	assert_has(terminal(), want);
	assert_ends(terminal(), "Exit 1: worse than the baseline allows, in unbound-none.\n");
}

static void what_the_scenario_prints_stands_below_the_title_with_its_cells_name(void **state)
{
	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	folder_put("unbound-none/report.txt", "a table\n1 2\n");
	folder_put("run.json", HEAD CELL "] }");
	assert_has(terminal(), "sigfault 0.1\nunbound-none reports:\n  a table\n  1 2\n");
}

#define TWIN                                                                                       \
	"{ \"folder\": \"unbound-none\", \"resolver\": \"unbound\", \"version\": \"1.17.1\", "     \
	"\"mitigation\": \"twin\", \"valid\": true }"

static void equal_curves_are_drawn_once(void **state)
{
	const char *text;

	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	folder_put("run.json", HEAD CELL "," TWIN "] }");
	text = terminal();
	assert_has(text, "\ntwin: as none, within 1 % of the queries\n");
	assert_null(strstr(text, "mitigation twin"));
}

#define OTHER                                                                                      \
	"{ \"folder\": \"unbound-other\", \"resolver\": \"unbound\", \"version\": \"1.17.1\", "    \
	"\"mitigation\": \"other\", \"valid\": true }"

#define LOST(minutes)                                                                              \
	"t,utc,name,value\n60,x,distinct_clients,500\n60,x,distinct_failed_clients,500\n"          \
	"3600,x,user_minutes," minutes "\n"

static void who_lost_about_the_same_is_not_called_better(void **state)
{
	struct report_view brief = { .brief = true, .folder = "/tmp/there" };

	(void)state;
	write_curve(60, servfail_at);
	folder_put("unbound-none/metrics.csv", LOST("26200"));
	assert_int_equal(mkdir(folder_path("unbound-other"), 0777), 0);
	assert_int_equal(
		link(folder_path("unbound-none/curve.csv"), folder_path("unbound-other/curve.csv")),
		0);
	folder_put("run.json", HEAD CELL "," OTHER "] }");
	folder_put("unbound-other/metrics.csv", LOST("26195"));
	assert_has(terminal_as(&brief), "About the same was lost in each cell. In unbound-none: ");
	folder_put("unbound-other/metrics.csv", LOST("2619"));
	assert_has(terminal_as(&brief), "Least was lost in unbound-other: ");
}

static void a_report_is_no_wider_than_the_terminal(void **state)
{
	char copy[1 << 16], *save = NULL;

	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	write_rest();
	folder_put("run.json", HEAD CELL "] }");
	setenv("COLUMNS", "48", 1);
	snprintf(copy, sizeof(copy), "%s", terminal());
	unsetenv("COLUMNS");
	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		size_t len = 0;

		for (const char *p = line; *p; p++)
			len += (*p & 0xc0) != 0x80;
		if (len > 48)
			fail_msg("too wide: %s", line);
	}
}

/* events.csv had no columns `operation` and `zone` once. */
static void events_of_an_older_version_leave_a_figure_missing_and_say_so(void **state)
{
	struct figures f;

	(void)state;
	write_curve(60, servfail_at);
	write_rest();
	folder_put("unbound-none/events.csv",
		   "t,utc,kind,what\n10,x,mark,a mark\n7320,x,operator,nta de.\n");
	f = figures_of("unbound-none", &the_fault);
	assert_int_equal(f.after_nta.kind, FIGURE_MISSING);
	assert_true(f.operations_untold);
	assert_value(f.after_repair, 600);
	need_program("gnuplot");
	folder_put("run.json", HEAD CELL "] }");
	assert_non_null(strstr(terminal(), "has no column 'operation'"));
	folder_put("unbound-none/events.csv", "t,utc,kind,what\n10,x,mark,a mark\n");
	assert_false(figures_of("unbound-none", &the_fault).operations_untold);
	assert_null(strstr(terminal(), "'operation'"));
}

/* Every line fits, and every mark stands below the column of its instant. */
static void a_mark_stands_below_the_column_of_its_instant(void **state)
{
	char copy[1 << 16], *save = NULL;
	int step = -1, window = -1, nta = -1;

	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	write_rest();
	folder_put("run.json", HEAD CELL "] }");
	snprintf(copy, sizeof(copy), "%s", terminal());
	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strlen(line) > 80 && !strstr(line, "✓"))
			fail_msg("too wide: %s", line);
		if (strncmp(line, "  0 %", 5) == 0)
			step = (int)strcspn(line, "#");
		if (strchr(line, '[') && window < 0)
			window = (int)strcspn(line, "[");
		if (strstr(line, "^ 15:32 de. is trusted"))
			nta = (int)(strstr(line, "^ 15:32") - line);
	}
	/* 14400 s on 72 columns from the eighth character on. */
	assert_int_equal(window, 7 + FAULT / 200);
	assert_int_equal(nta, 7 + 7320 / 200);
	assert_int_equal(step, window);
}

static void many_cells_make_a_matrix_that_fits(void **state)
{
	char json[16384] = HEAD, copy[1 << 16], *save = NULL;
	unsigned headings = 0;

	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	for (unsigned i = 0; i < 8; i++)
		snprintf(json + strlen(json), sizeof(json) - strlen(json),
			 "%s{ \"folder\": \"unbound-none\", \"resolver\": \"unbound\", "
			 "\"version\": \"1\", \"mitigation\": \"mitigation-%u\" }",
			 i ? "," : "", i);
	strcat(json, "] }");
	folder_put("run.json", json);
	snprintf(copy, sizeof(copy), "%s", terminal());
	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strlen(line) > 80 && !strchr(line, '\xe2'))
			fail_msg("too wide: %s", line);
		headings += strcmp(line, "SERVFAIL share") == 0;
	}
	assert_int_equal(headings, 3);
}

static void a_cell_without_a_record_has_no_figures(void **state)
{
	const char *text;

	(void)state;
	folder_put("run.json", HEAD CELL "] }");
	text = terminal();
	assert_has(text, "unbound 1.17.1, mitigation none: nothing was recorded\n");
	assert_has(text, "\nqueries                                 –\n");
}

static void a_record_that_has_lost_its_curve_is_an_error(void **state)
{
	char text[4096] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct err e = { .text = "" };

	(void)state;
	assert_non_null(f);
	folder_put("run.json",
		   HEAD "{ \"folder\": \"unbound-none\", \"resolver\": \"unbound\", "
			"\"version\": \"1\", \"mitigation\": \"none\", \"valid\": true, "
			"\"queries\": 12 }] }");
	assert_int_equal(report_terminal(&(const char *){ folder() }, 1, &view, f, &status, &e),
			 -ENOENT);
	assert_non_null(strstr(e.text, "/unbound-none/curve.csv' is not there, though"));
	fclose(f);
}

static void a_folder_that_is_no_run_is_refused(void **state)
{
	struct err e = { .text = "" };

	(void)state;
	assert_int_equal(
		report_terminal(&(const char *){ folder() }, 1, &view, stdout, &status, &e),
		-ENOENT);
	assert_has(e.text, "is not the folder of a run");
	folder_put("run.json", "{ \"from\": ");
	assert_int_equal(report_write(&(const char *){ folder() }, 1, folder(), false, &e),
			 -EINVAL);
	assert_has(e.text, "run.json:1:");
	folder_put("run.json", "{ \"from\": \"yesterday\" }");
	assert_int_equal(report_write(&(const char *){ folder() }, 1, folder(), false, &e),
			 -EINVAL);
	folder_put("run.json", HEAD "{ \"folder\": \"../elsewhere\" } ] }");
	assert_int_equal(report_write(&(const char *){ folder() }, 1, folder(), false, &e),
			 -EINVAL);
}

static void a_missing_gnuplot_is_named_with_its_package(void **state)
{
	char *path = strdup(getenv("PATH"));
	struct err e = { .text = "" };
	FILE *sink = fopen("/dev/null", "w");
	int rc;

	(void)state;
	write_curve(60, servfail_at);
	folder_put("run.json", HEAD CELL "] }");
	gnuplot_end(); /* that of earlier reports */
	setenv("PATH", "/nowhere", 1);
	rc = report_terminal(&(const char *){ folder() }, 1, &view, sink, &status, &e);
	setenv("PATH", path, 1);
	free(path);
	fclose(sink);
	assert_int_equal(rc, -ENOPKG);
	assert_string_equal(
		e.text, "gnuplot, which draws the plot, is missing: apt-get install gnuplot-nox");
}

/* A file that a report of the folder writes. */
static const char *written(const char *name)
{
	struct err e = { "" };

	if (report_write(&(const char *){ folder() }, 1, folder(), false, &e) < 0)
		fail_msg("%s", e.text);
	return folder_text(name);
}

/* Without the ends of its lines. */
static const char *terminal_in_one_line(void)
{
	static char text[1 << 16];
	size_t n = 0;

	for (const char *c = terminal(); *c; c++)
		if ((*c != '\n' && *c != ' ') || (n && text[n - 1] != ' '))
			text[n++] = *c == '\n' ? ' ' : *c;
	text[n] = '\0';
	return text;
}

static void what_a_run_lacks_and_where_chance_had_a_part_is_told(void **state)
{
	const char *text;

	(void)state;
	need_program("gnuplot");
	write_curve(60, servfail_at);
	folder_put("run.json", HEAD
		   "{ \"folder\": \"unbound-none\", \"resolver\": \"unbound\", \"version\": "
		   "\"1.17.1\", \"mitigation\": \"none\", \"valid\": true, \"unread\": { "
		   "\"datagrams\": 11, \"connections\": 12 }, \"chances\": { \"out_of_turn\": 13, "
		   "\"slow_commands\": 14 }, \"log_cut_bytes\": 15, \"counters_failed\": { "
		   "\"count\": 16, \"why\": \"nobody answers\" } }] }");
	text = terminal_in_one_line();
	assert_has(text, "the resolver left unread 11 datagrams,");
	assert_has(text, "and 12 TCP connections");
	assert_has(text,
		   "chance had a part in it, and another run may differ: 13 threads were let go "
		   "before their turn, and 14 control commands ended only as time passed");
	assert_has(text, "15 bytes of resolver.log were cut off");
	assert_has(text,
		   "its own counters could not be had 16 times, the last time as nobody answers");
}

static void charts_of_a_long_run_have_as_many_points_as_can_be_seen(void **state)
{
	FILE *f = folder_open("unbound-none/curve.csv");
	struct curve *c, *thin;
	struct err e = { "" };

	(void)state;
	fputs(CURVE_HEAD, f);
	for (int i = 0; i < 4001; i++)
		fprintf(f, "%d,x,all,10,0,0,0,%d,0,0,0,0,0,0,0,%d,0,0,0\n", i * 60, i % 2, i % 7);
	fclose(f);
	folder_put("run.json", HEAD CELL "] }");
	assert_has(written("report.html"),
		   "; a point of the charts is 3 steps: sums, and of names");
	assert_int_equal(curve_load(folder_path("unbound-none"), 60, &c, &e), 0);
	thin = curve_thin(c, 3);
	assert_non_null(thin);
	assert_int_equal(thin->count, 1334);
	assert_int_equal(thin->bin, 180);
	assert_int_equal(thin->t[1333], 3999 * 60);
	assert_int_equal(curve_value(thin, 0, 0, 1), 30);
	assert_int_equal(curve_value(thin, 0, 4, 1), 2);
	assert_int_equal(curve_value(thin, 0, 12, 1), 5);
	assert_int_equal(curve_value(thin, 0, 0, 1333), 20);
	curve_free(c);
	curve_free(thin);
}

static void what_a_script_printed_is_clean_in_the_summary(void **state)
{
	(void)state;
	write_curve(60, servfail_at);
	folder_put("unbound-none/report.txt", "a \033[31mtable\342\200\256\n```\n");
	folder_put("run.json", HEAD CELL "] }");
	assert_has(written("summary.md"), "```\na \357\277\275[31mtable\357\277\275\n'''\n");
}

static void what_is_known_stands_in_every_report(void **state)
{
	const char *text;

	(void)state;
	write_curve(60, servfail_at);
	folder_put("run.json", HEAD KNOWN "] }");
	text = written("summary.md");
	assert_has(text, "\n| resolver as known | 1 of 2 |\n");
	assert_has(text, "\n- ✓ as known   a cliff (known of unbound &lt; 1.20: one proof)\n");
	assert_has(text, "\n- ≠ OTHERWISE  a tail: none was seen (known of unbound: its cache)\n");
	assert_has(text, "\n- ? VERSION    speed: version not known (known of unbound > 2: age)\n");
	text = written("report.html");
	assert_has(text, "≠</span> resolvers as known: 1 of 2</li>");
	assert_has(text, "<b>otherwise than known</b> a tail: none was seen (known of unbound: its "
			 "cache)</li>");
	assert_has(text, "<b>as known</b> a cliff (known of unbound &lt; 1.20: one proof)</li>");
	assert_has(text, "<b>version not known</b> speed (known of unbound &gt; 2: age)</li>");
}

static void the_summary_is_a_markdown_table_with_verdicts(void **state)
{
	const char *text;

	(void)state;
	write_curve(60, servfail_at);
	folder_put("run.json", HEAD CELL "] }");
	text = written("summary.md");
	assert_has(text, "## A night\n");
	assert_has(text, "\n|  | unbound-none |\n|:--|--:|\n| SERVFAIL share | 12.9 % |\n");
	assert_has(text, "\n| clients that failed | – |\n");
	assert_has(text, "\n| expectations held | 1 of 2 |\n");
	assert_has(text, "\n- ✗ FAILED     low after: still 20 %\n");
}

#define REPORT_TEST(f) cmocka_unit_test_setup_teardown(f, make_cell, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPORT_TEST(figures_are_those_of_the_files),
		REPORT_TEST(shorter_bins_give_the_same_figures_with_times_to_ten_seconds),
		REPORT_TEST(bins_of_an_hour_are_taken_whole),
		REPORT_TEST(a_bin_in_which_the_fault_began_is_not_before_it),
		REPORT_TEST(a_share_that_was_high_before_the_fault_is_not_its_doing),
		REPORT_TEST(what_did_not_happen_is_never_and_what_was_so_is_already),
		REPORT_TEST(what_was_not_measured_is_missing),
		REPORT_TEST(a_line_that_was_never_finished_is_left_out),
		REPORT_TEST(a_wrong_curve_is_refused_with_its_line),
		REPORT_TEST(events_of_an_older_version_leave_a_figure_missing_and_say_so),
		REPORT_TEST(the_terminal_shows_a_plot_a_table_and_verdicts),
		REPORT_TEST(the_answer_stands_nearest_to_the_prompt),
		REPORT_TEST(what_is_otherwise_than_known_is_shown_and_fails_a_strict_run_alone),
		REPORT_TEST(what_a_run_lacks_and_where_chance_had_a_part_is_told),
		REPORT_TEST(charts_of_a_long_run_have_as_many_points_as_can_be_seen),
		REPORT_TEST(what_a_script_printed_is_clean_in_the_summary),
		REPORT_TEST(what_is_known_stands_in_every_report),
		REPORT_TEST(a_brief_report_is_the_headline_and_what_is_wrong),
		REPORT_TEST(what_got_worse_than_the_baseline_stands_on_top),
		REPORT_TEST(what_the_scenario_prints_stands_below_the_title_with_its_cells_name),
		REPORT_TEST(equal_curves_are_drawn_once),
		REPORT_TEST(who_lost_about_the_same_is_not_called_better),
		REPORT_TEST(a_report_is_no_wider_than_the_terminal),
		REPORT_TEST(a_mark_stands_below_the_column_of_its_instant),
		REPORT_TEST(many_cells_make_a_matrix_that_fits),
		REPORT_TEST(a_cell_without_a_record_has_no_figures),
		REPORT_TEST(a_record_that_has_lost_its_curve_is_an_error),
		REPORT_TEST(a_folder_that_is_no_run_is_refused),
		REPORT_TEST(a_missing_gnuplot_is_named_with_its_package),
		REPORT_TEST(the_summary_is_a_markdown_table_with_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
