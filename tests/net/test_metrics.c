/* SPDX-License-Identifier: BSD-2-Clause */
/* --metrics: what Prometheus gets of a run, by a parser that is not ours, and what Grafana draws of
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define JUDGE "/usr/lib/python3/dist-packages/prometheus_client"
#define RUN SIGFAULT " run minute -r unbound -m none,nta --quiet --metrics "

static char run[128], file[128];

static int make_run(void **state)
{
	(void)state;
	snprintf(run, sizeof(run), "%s/run", folder());
	snprintf(file, sizeof(file), "%s/sigfault.prom", folder());
	shell(&sh, RUN "%s -o %s", file, run);
	if (sh.status != 0)
		fprintf(stderr, "%d: %s\n", sh.status, sh.out);
	return sh.status;
}

static void it_is_openmetrics_to_its_end(void **state)
{
	(void)state;
	need_file(JUDGE, "python3-prometheus-client");
	ends_with(0, "tests/support/valid-metrics %s", file);
	assert_says("sigfault_servfail_ratio gauge ratio 2\n");
	assert_says("sigfault_resolver_resident_memory_bytes gauge bytes 2\n");
	assert_says("sigfault_client_queries_total unknown - 2\n");
	assert_says("sigfault_client_outcomes_total unknown - 10\n");
	assert_says("sigfault_cell_valid gauge - 2\n");
	assert_says("sigfault_result_user_seconds gauge seconds 2\n");
	ends_with(0, "tail -n 1 %s", file);
	assert_string_equal(sh.out, "# EOF\n");
	/* Where Prometheus itself is, its judge of the text format that its collectors read. */
	ends_with(0, "! command -v promtool >/dev/null || promtool check metrics <%s", file);
	assert_string_equal(sh.out, "");
}

/* Names are of one kind, and no unit is another one than the base unit. */
static void names_and_units_are_the_base_ones(void **state)
{
	(void)state;
	ends_with(1, "grep -v '^#' %s | grep -v '^sigfault_[a-z0-9_]*{'", file);
	ends_with(1,
		  "grep -oE '^sigfault_[a-z0-9_]*' %s | grep -E "
		  "'minute|milli|_ms$|percent|share|kilo|mega|_count$|_sum$'",
		  file);
}

static double value(const char *name, const char *labels)
{
	char *end;
	double v;

	ends_with(0, "grep '^sigfault_%s{' %s | grep -F '%s' | sed 's/.* //'", name, file, labels);
	v = strtod(sh.out, &end);
	assert_true(end != sh.out && strcmp(end, "\n") == 0);
	return v;
}

static double figure(const char *mitigation, const char *name)
{
	ends_with(0,
		  "awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == \"%s\") c = i } "
		  "$1 == \"unbound-%s\" { print $c }' %s/compare.csv",
		  name, mitigation, run);
	return strtod(sh.out, NULL);
}

static void at_the_end_it_says_what_the_record_says(void **state)
{
	static const char *const columns[] = { "noerror", "nxdomain", "servfail", "other",
					       "timeout" };

	(void)state;
	for (const char *const *m = (const char *const[]){ "none", "nta", NULL }; *m; m++) {
		char cell[32], labels[64], its[96];

		snprintf(cell, sizeof(cell), "run/unbound-%s", *m);
		snprintf(labels, sizeof(labels), "cell=\"unbound-%s\"", *m);
		assert_true(value("client_queries_total", labels) ==
			    cell_sum(cell, "queries", 0, EVER));
		assert_true(value("client_retries_total", labels) ==
			    cell_sum(cell, "retries", 0, EVER));
		for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
			snprintf(its, sizeof(its), "mitigation=\"%s\",outcome=\"%s\"", *m,
				 columns[i]);
			assert_true(value("client_outcomes_total", its) ==
				    cell_sum(cell, columns[i], 0, EVER));
		}
		assert_true(value("result_servfail_ratio", labels) == figure(*m, "servfail_share"));
		assert_true(value("result_user_seconds", labels) ==
			    60 * figure(*m, "user_minutes"));
		/* All failures are the fault's. */
		assert_true(value("client_lost_seconds_total", labels) ==
			    60 * figure(*m, "user_minutes"));
		snprintf(its, sizeof(its), "mitigation=\"%s\",leak=\"ad_under_nta\"", *m);
		assert_true(value("leaks_total", its) == figure(*m, "ad_under_nta"));
		assert_true(value("virtual_time_seconds", labels) == 1778008680 + 180);
		assert_true(value("cell_progress_ratio", labels) == 1);
		assert_true(value("cell_valid", labels) == 1);
	}
	assert_true(value("cells", "state=\"over\"") == 2);
}

static void what_the_dashboard_draws_is_written(void **state)
{
	(void)state;
	need_program("jq");
	/* Names of expressions alone, which is what a panel draws. */
	ends_with(0,
		  "jq -r '.panels[].targets[].expr, .templating.list[].query.query?' "
		  "docs/grafana.json | grep -oE 'sigfault_[a-z0-9_]*' | sort -u >%s/drawn; "
		  "grep -oE '^sigfault_[a-z0-9_]*' %s | sort -u >%s/written; "
		  "test $(wc -l <%s/drawn) -gt 15 && comm -23 %s/drawn %s/written",
		  folder(), file, folder(), folder(), folder(), folder());
	assert_string_equal(sh.out, "");
	/* And its labels. */
	ends_with(0,
		  "jq -r '.panels[].targets | .[].legendFormat' docs/grafana.json | "
		  "grep -oE '\\{\\{[a-z]*\\}\\}' | tr -d '{}' | sort -u | while read l; do "
		  "grep -q \"[{,]$l=\" %s || echo $l; done",
		  file);
	assert_string_equal(sh.out, "");
}

/* Whoever looks finds the whole of it. */
static void while_the_run_goes_on_it_is_whole_at_every_moment(void **state)
{
	(void)state;
	ends_with(0,
		  "f=%s/live.prom; rm -f $f; " RUN
		  "$f --set rate=500 -o %s/live & p=$!; n=0; bad=0; "
		  "while kill -0 $p 2>/dev/null; do if test -e $f; then n=$((n + 1)); "
		  "test \"$(tail -n 1 $f)\" = '# EOF' || bad=$((bad + 1)); fi; "
		  "grep -qs 'progress_ratio{.*} 0\\.' $f && some=yes; sleep 0.01; done; "
		  "wait $p; echo \"$? $bad $((n > 20)) $some $(ls -A %s | grep -c now)\"",
		  folder(), folder(), folder());
	assert_says("0 0 1 yes 0\n");
}

static void a_file_that_cannot_be_written_is_told_before_the_run(void **state)
{
	(void)state;
	ends_with(2, RUN "%s/nowhere/x.prom -o %s/none", folder(), folder());
	assert_says("nowhere/x.prom': No such file or directory");
	ends_with(2, RUN "%s/ -o %s/none", folder(), folder());
	assert_says("is no name of a file");
	ends_with(0, "test ! -e %s/none", folder());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_openmetrics_to_its_end),
		cmocka_unit_test(names_and_units_are_the_base_ones),
		cmocka_unit_test(at_the_end_it_says_what_the_record_says),
		cmocka_unit_test(what_the_dashboard_draws_is_written),
		cmocka_unit_test(while_the_run_goes_on_it_is_whole_at_every_moment),
		cmocka_unit_test(a_file_that_cannot_be_written_is_told_before_the_run),
	};

	return cmocka_run_group_tests(tests, make_run, NULL);
}
