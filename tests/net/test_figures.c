/* SPDX-License-Identifier: BSD-2-Clause */
/* Figures of a real run, worked out again by SQLite from every single query, and by awk from the
 * CSV files. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static char run[128];

static int make_run(void **state)
{
	(void)state;
	snprintf(run, sizeof(run), "%s/run", folder());
	shell(&sh,
	      SIGFAULT " run minute -r unbound -m none,nta,no-validation,serve-stale-now "
		       "--log-queries --quiet -o %s",
	      run);
	if (sh.status != 0)
		fprintf(stderr, "%d: %s\n", sh.status, sh.out);
	return sh.status;
}

/* A field of compare.csv, as it stands there. */
static const char *field(const char *mitigation, const char *figure)
{
	static char text[64];

	shell(&sh,
	      "awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == \"%s\") c = i } "
	      "$1 == \"unbound-%s\" && c { print \"(\" $c \")\" }' %s/compare.csv",
	      figure, mitigation, run);
	if (sscanf(sh.out, "(%63[^)])", text) != 1)
		*text = '\0';
	if (*sh.out != '(')
		fail_msg("compare.csv has no '%s' of unbound-%s: %s", figure, mitigation, sh.out);
	return text;
}

/* What SQLite makes of the cell's queries: minute 0 is that of the scenario's start, the fault is
 * in minute 1. */
#define VIEW                                                                                       \
	"create temp view q as select *, sent / 1000000000 - 1778008680 as t, "                    \
	"(sent / 1000000000 - 1778008680) / 60 as minute, outcome = 'servfail' as bad, "           \
	"outcome in ('servfail', 'other', 'timeout') as failed from queries;"

static const struct {
	const char *figure, *sql;
} by_sql[] = {
	{ "queries", "select count(*) from q" },
	{ "retries", "select count(*) from q where attempt > 0" },
	{ "names", "select count(distinct name) from q" },
	{ "clients", "select count(distinct client) from q" },
	{ "failed_names", "select count(distinct name) from q where failed" },
	{ "failed_clients", "select count(distinct client) from q where failed" },
	{ "failed_names_share", "select 1.0 * (select count(distinct name) from q where failed) / "
				"count(distinct name) from q" },
	{ "servfail", "select count(*) from q where t >= 60 and bad" },
	{ "servfail_share", "select avg(bad) from q where t >= 60" },
	{ "servfail_before", "select avg(bad) from q where t < 60" },
	{ "servfail_1min", "select avg(bad) from q where t >= 120 and t < 180" },
	{ "peak", "select max(share) from (select avg(bad) as share from q where t < 180 "
		  "group by minute)" },
	/* Stubs of this scenario ask again once, after SERVFAIL and after a timeout. */
	{ "lost_questions", "select count(*) from q where t >= 60 and "
			    "failed and (attempt = 1 or outcome = 'other')" },
	{ "user_minutes",
	  "select count(*) from (select distinct client, minute from q where t >= 60 and failed)" },
	{ "time_to_10",
	  "select (min(step) - 5) * 10 from (select t / 10 as step, avg(bad) as share "
	  "from q where t >= 60 group by 1) where share >= 0.1" },
	{ "time_over_1", "select 10 * count(*) from (select t / 10 as step, avg(bad) as share from "
			 "q where t >= 60 group by 1) where share >= 0.01" },
	{ "stale", "select count(*) from q where t >= 60 and age = 'stale'" },
	{ "stale_share",
	  "select avg(coalesce(age = 'stale', 0)) from q where t >= 60 and t < 120" },
	{ "wrong", "select count(*) from q where age = 'wrong'" },
	{ "accepted_without_validation",
	  "select count(*) from q where t >= 60 and outcome in ('noerror', 'nxdomain') and not ad "
	  "and class in ('signed', 'fresh-signed')" },
	{ "right_ede_share",
	  "select avg(coalesce(ede in (1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 25, 27), 0)) from q where "
	  "bad and t >= 60 and t < 120" },
};

static const struct {
	const char *figure, *file, *awk;
} by_awk[] = {
	{ "upstream", "upstream.csv", "$1 >= 60 { n += $5 } END { print n }" },
	{ "zone_upstream", "upstream.csv",
	  "$1 >= 60 && $3 == \"de.\" { n += $5 } END { print n }" },
	{ "upstream_ratio", "upstream.csv",
	  "NR > 1 && $1 < 60 { a += $5 } $1 >= 60 && $1 < 120 { b += $5 } "
	  "END { printf \"%.15g\\n\", b / a }" },
	{ "memory_peak", "metrics.csv",
	  "$3 == \"rss_bytes\" && $4 > n { n = $4 } END { printf \"%.15g\\n\", n }" },
	{ "request_list_peak", "metrics.csv",
	  "$3 == \"request-list\" && $4 > n { n = $4 } END { print n + 0 }" },
	{ "cpu_seconds", "metrics.csv", "$3 == \"cpu_seconds\" { n = $4 } END { print n }" },
};

static const char *const mitigations[] = { "none", "nta", "no-validation", "serve-stale-now" };

/* What the judge printed, nothing where it had nothing to say. */
static void assert_judged(const char *mitigation, const char *figure)
{
	char judged[64];
	const char *mine;
	double a, b;

	if (sh.status != 0)
		fail_msg("%s: %s", figure, sh.out);
	sh.out[strcspn(sh.out, "\n")] = '\0';
	snprintf(judged, sizeof(judged), "%.63s", sh.out);
	mine = field(mitigation, figure);
	if (strcmp(mine, "never") == 0)
		mine = "";
	if (!*mine && !*judged)
		return;
	a = strtod(mine, NULL);
	b = strtod(judged, NULL);
	if (!*mine || !*judged || fabs(a - b) > 1e-12 * fmax(fabs(b), 1))
		fail_msg("%s of %s is '%s', but '%s' by the judge", figure, mitigation, mine,
			 judged);
}

static void figures_are_what_sqlite_makes_of_every_single_query(void **state)
{
	(void)state;
	for (size_t m = 0; m < sizeof(mitigations) / sizeof(*mitigations); m++) {
		for (size_t i = 0; i < sizeof(by_sql) / sizeof(*by_sql); i++) {
			shell(&sh, "sqlite3 %s/unbound-%s/queries.db \"" VIEW " %s;\"", run,
			      mitigations[m], by_sql[i].sql);
			assert_judged(mitigations[m], by_sql[i].figure);
		}
	}
}

static void figures_are_what_awk_makes_of_the_tables(void **state)
{
	(void)state;
	for (size_t m = 0; m < sizeof(mitigations) / sizeof(*mitigations); m++) {
		for (size_t i = 0; i < sizeof(by_awk) / sizeof(*by_awk); i++) {
			shell(&sh, "awk -F, '%s' %s/unbound-%s/%s", by_awk[i].awk, run,
			      mitigations[m], by_awk[i].file);
			assert_judged(mitigations[m], by_awk[i].figure);
		}
	}
}

static double number(const char *mitigation, const char *figure)
{
	return strtod(field(mitigation, figure), NULL);
}

/* Who validates accepts nothing, whoever stops validating does. */
static void only_who_does_not_validate_accepts_without_validation(void **state)
{
	(void)state;
	assert_true(number("none", "accepted_without_validation") == 0);
	assert_true(number("nta", "accepted_without_validation") > 20);
	assert_true(number("no-validation", "accepted_without_validation") >
		    number("nta", "accepted_without_validation"));
	assert_true(number("none", "servfail") > 500);
	assert_true(number("no-validation", "servfail") == 0);
	assert_true(number("serve-stale-now", "stale") > 20);
	assert_string_equal(field("nta", "valid"), "yes");
}

static void the_report_says_what_each_mitigation_bought_and_cost(void **state)
{
	static const char *const wanted[] = {
		"- nta bought unbound [0-9]* % fewer SERVFAIL answers .*; it cost [0-9,]* answers "
		"accepted "
		"without validation",
		"- no-validation bought unbound 100 % fewer SERVFAIL answers .* to 0).* no time "
		"instead of .* it cost [0-9,]* answers accepted without validation",
		"- serve-stale-now bought unbound .*; it cost [0-9,]* stale answers",
		"^| unbound | [0-9.]* % worst | [0-9.]* %[ a-z]* | [*]*0 %[*]* best | [0-9.]* %[ "
		"a-z]* |$",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		shell(&sh, "grep -c -e '%s' %s/summary.md", wanted[i], run);
		if (sh.status != 0)
			fail_msg("no '%s'", wanted[i]);
	}
}

static void a_terminal_of_80_columns_holds_the_comparison(void **state)
{
	(void)state;
	shell(&sh, SIGFAULT " report %s", run);
	assert_int_equal(sh.status, 0);
	shell(&sh, SIGFAULT " report %s | awk 'length > 80' | grep -v '[–×✓]' | wc -l", run);
	assert_string_equal(sh.out, "0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_are_what_sqlite_makes_of_every_single_query),
		cmocka_unit_test(figures_are_what_awk_makes_of_the_tables),
		cmocka_unit_test(only_who_does_not_validate_accepts_without_validation),
		cmocka_unit_test(the_report_says_what_each_mitigation_bought_and_cost),
		cmocka_unit_test(a_terminal_of_80_columns_holds_the_comparison),
	};

	return cmocka_run_group_tests(tests, make_run, NULL);
}
