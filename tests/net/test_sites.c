/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients with several resolvers on one clock: where they turn when theirs fails or dies, where they are
 * routed, what is recorded of each attempt, and that it is the same twice. And 1111-2026, whose caches have
 * a layer before and a resolver for others beside them. */
#include <stdio.h>

#include "sim/base/cleanup.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SITES SIGFAULT " run tests/scenarios/sites.lua -r unbound --quiet "

static int make_run(void **state)
{
	(void)state;
	ends_with(0,
		  SITES
		  "-m none,nta-b,nta-both,withdraw,shift,robot --pcap --log-queries -o %s/run",
		  folder());
	return 0;
}

/* The sum of a column over a resolver's rows. */
static double asked(const char *cell, const char *resolver, const char *column, double from,
		    double to)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s/asked.csv", folder(), cell);
	return csv_sum(path, column, "resolver", resolver, from, to);
}

static void assert_figure(const char *run, const char *figure, const char *value)
{
	ends_with(0,
		  "awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == \"%s\") n = i } NR == 2 "
		  "{ print $n }' %s/%s/compare.csv",
		  figure, folder(), run);
	assert_string_equal(sh.out, value);
}

static void users_of_a_second_resolver_with_an_anchor_lose_nothing(void **state)
{
	const char *cell = "run/unbound-nta-b";
	double went = asked(cell, "site-a", "went_on", 0, EVER);

	(void)state;
	assert_true(went > 300);
	assert_true(asked(cell, "site-b", "recovered", 0, EVER) == went);
	assert_true(asked(cell, "site-b", "lost", 0, EVER) +
			    asked(cell, "site-a", "lost", 0, EVER) ==
		    0);
	/* The answers were bad all the same. */
	assert_true(cell_sum(cell, "servfail", 0, EVER) == went);
	ends_with(0, "jq -r '.cells[] | select(.mitigation == \"nta-b\") | .valid' %s/run/run.json",
		  folder());
	assert_string_equal(sh.out, "true\n");
}

static void what_both_fail_is_lost(void **state)
{
	const char *cell = "run/unbound-none";
	double went = asked(cell, "site-a", "went_on", 60, 120);

	(void)state;
	assert_true(went > 300);
	assert_true(asked(cell, "site-b", "queries", 60, 120) == went);
	assert_true(asked(cell, "site-b", "lost", 60, 120) > 0.9 * went);
}

/* Its operators reach each site at a time of its own. */
static void operators_act_on_one_site_after_the_other(void **state)
{
	const char *cell = "run/unbound-nta-both";

	(void)state;
	assert_true(asked(cell, "site-a", "servfail", 60, 90) > 100);
	assert_true(asked(cell, "site-a", "servfail", 91, EVER) == 0);
	assert_true(asked(cell, "site-b", "servfail", 0, EVER) == 0);
}

static void clients_are_routed_to_the_other_site_and_back(void **state)
{
	(void)state;
	assert_true(asked("run/unbound-withdraw", "site-a", "queries", 80, 100) == 0);
	assert_true(asked("run/unbound-withdraw", "site-b", "questions", 80, 100) > 300);
	assert_true(asked("run/unbound-withdraw", "site-a", "questions", 100, EVER) > 1000);
	assert_true(asked("run/unbound-withdraw", "site-b", "questions", 100, EVER) == 0);
	assert_true(asked("run/unbound-shift", "site-a", "questions", 80, EVER) > 500);
	assert_true(asked("run/unbound-shift", "site-b", "questions", 80, EVER) > 500);
	ends_with(0,
		  "grep -c 'operator,move,,100 %% of site-a.s clients come to site-b' "
		  "%s/run/unbound-withdraw/events.csv",
		  folder());
}

/* Ten seconds of the fault are seen before it acts. */
static void who_watches_may_withdraw_a_site(void **state)
{
	(void)state;
	assert_true(asked("run/unbound-robot", "site-a", "servfail", 60, 70) > 20);
	assert_true(asked("run/unbound-robot", "site-a", "queries", 70, EVER) == 0);
	assert_true(asked("run/unbound-robot", "site-b", "questions", 70, EVER) > 1000);
	assert_true(asked("run/unbound-robot", "site-b", "lost", 70, EVER) == 0);
}

static void each_attempt_says_whom_it_went_to(void **state)
{
	const char *d = folder();
	char log[256];

	(void)state;
	need_program("sqlite3");
	ends_with(
		0,
		"sqlite3 %s/run/unbound-nta-b/queries.db \"select resolver, attempt, count(*) from "
		"queries group by 1, 2\"",
		d);
	snprintf(log, sizeof(log), "site-a|0|%.0f\nsite-b|1|%.0f\n",
		 asked("run/unbound-nta-b", "site-a", "queries", 0, EVER),
		 asked("run/unbound-nta-b", "site-b", "queries", 0, EVER));
	assert_string_equal(sh.out, log);
	need_program("tshark");
	ends_with(
		0,
		"tshark -r %s/run/unbound-nta-b/clients.pcap -Y 'dns.flags.response==0' -T fields "
		"-e ip.dst 2>/dev/null | sort | uniq -c | awk '{ print $2, $1 }'",
		d);
	snprintf(log, sizeof(log), "198.19.0.53 %.0f\n198.19.0.54 %.0f\n",
		 asked("run/unbound-nta-b", "site-a", "queries", 0, EVER),
		 asked("run/unbound-nta-b", "site-b", "queries", 0, EVER));
	assert_string_equal(sh.out, log);
}

static void the_same_seed_is_the_same_twice(void **state)
{
	static const char *const cells[] = { "unbound-nta-b", "unbound-shift" };
	static const char *const files[] = { "curve.csv",  "asked.csv",	   "upstream.csv",
					     "events.csv", "clients.pcap", "upstream.pcap" };
	const char *d = folder();

	(void)state;
	ends_with(0, SITES "-m nta-b,shift --pcap -o %s/again", d);
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		for (size_t k = 0; k < ARRAY_SIZE(files); k++)
			ends_with(0, "cmp %s/run/%s/%s %s/again/%s/%s", d, cells[i], files[k], d,
				  cells[i], files[k]);
}

/* The first site says SERVFAIL to all of .de. */
static void of_one_that_always_fails_users_hardly_hear(void **state)
{
	const char *cell;

	(void)state;
	ends_with(0,
		  SITES "-m wrong-anchor --set second=unbound --sweep 'strategy=in "
			"order,rotate,sticky' -o %s/wrong",
		  folder());
	cell = "wrong/unbound-wrong-anchor-strategy=in_order";
	assert_true(asked(cell, "site-a", "noerror", 0, EVER) == 0);
	assert_true(asked(cell, "site-a", "questions", 0, 60) > 1000);
	assert_true(asked(cell, "site-b", "questions", 0, 60) == 0);
	assert_true(asked(cell, "site-b", "lost", 0, 60) == 0);
	cell = "wrong/unbound-wrong-anchor-strategy=rotate";
	assert_true(asked(cell, "site-a", "questions", 0, 60) > 500);
	assert_true(asked(cell, "site-b", "questions", 0, 60) > 500);
	/* Each of the 50 clients learns once that the first one fails, and may have asked twice by then. */
	cell = "wrong/unbound-wrong-anchor-strategy=sticky";
	assert_in_range(asked(cell, "site-a", "queries", 0, 60), 50, 55);
	assert_true(asked(cell, "site-b", "questions", 0, 60) > 1000);
}

/* Once clients have asked for a while the first site is killed. */
#define KILL_FIRST                                                                                 \
	SITES "--set rate=300 -o %s/killed & run=$!; "                                             \
	      "until [ \"$(cat %s/killed/unbound-none/curve.csv 2>/dev/null | wc -l)\" -gt 20 ]; " \
	      "do kill -0 $run || exit 99; sleep 0.01; done; "                                     \
	      "cell=$(pgrep -P $run -x sigfault | head -n 1); "                                    \
	      "kill -9 $(pgrep -P $cell -x unbound | head -n 1); wait $run"

static void users_of_one_that_dies_turn_to_the_other(void **state)
{
	(void)state;
	ends_with(4, KILL_FIRST, folder(), folder());
	ends_with(0, "jq -r '.cells[0].hosts[] | select(.ended) | .name' %s/killed/run.json",
		  folder());
	assert_string_equal(sh.out, "site-a\n");
	assert_true(asked("killed/unbound-none", "site-a", "timeout", 150, 170) > 1000);
	assert_true(asked("killed/unbound-none", "site-b", "recovered", 150, 170) > 1000);
	assert_true(asked("killed/unbound-none", "site-a", "lost", 150, 170) == 0);
}

static void another_kind_of_resolver_may_be_at_the_other_site(void **state)
{
	(void)state;
	need_program("named");
	ends_with(0, SITES "-m nta-b --set second=bind -o %s/bind", folder());
	assert_true(asked("bind/unbound-nta-b", "site-b", "recovered", 0, EVER) > 300);
	assert_figure("bind", "failed_clients", "0\n");
	assert_figure("bind", "lost_questions", "0\n");
}

static void the_report_tells_whom_clients_asked(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " report %s/run", d);
	assert_says("Another resolver was asked");
	assert_says("went on");
	ends_with(0, "grep -c '^| site-b | 0 |' %s/run/summary.md", d);
	ends_with(0, "grep -c 'Whom clients asked' %s/run/report.html", d);
}

#define FRONT                                                                                      \
	"1111-2026 -r unbound -m override --fleet 2 --set from=2026-05-05T18:29Z --set "           \
	"to=2026-05-05T19:46Z "

/* Each cache is a chain; the resolver for origins is not behind the front, and is left out. */
static void a_front_before_each_cache_loses_its_codes(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("named");
	ends_with(0, SIGFAULT " run " FRONT "--set front=bind --jobs 2 --quiet -o %s/front", d);
	ends_with(0,
		  "jq -r '.cells[] | (.expectations[] | select(.text | test(\"Bogus\")) | .held, "
		  ".message), (.members[].hosts | map(.name + \" \" + .resolver) | join(\", \"))' "
		  "%s/front/run.json",
		  d);
	/* BIND 9.20 has codes of its own for a few. */
	assert_says("true\nEDE 6 0.0 %, ");
	assert_says("\npublic unbound, front bind\npublic unbound, front bind\n");
	ends_with(0, SIGFAULT " run " FRONT "--set front=bind --cell 2 --quiet -o %s/front-parts",
		  d);
	ends_with(0,
		  "cmp %s/front/unbound-override-cache-02/curve.csv "
		  "%s/front-parts/cell-2/unbound-override-cache-02/curve.csv",
		  d, d);
	ends_with(0, SIGFAULT " run " FRONT "--quiet -o %s/no-front", d);
	ends_with(0, "grep -cE 'SERVFAIL,(6|9),' %s/no-front/unbound-override/ede.csv", d);
	ends_with(1, "grep -E 'SERVFAIL,6,' %s/front/unbound-override/ede.csv", d);
}

/* Users and the content network ask resolvers of their own, and each is a class of the sum. */
static void origins_have_a_resolver_of_their_own_in_the_same_world(void **state)
{
	const char *d = folder();
	char path[512];

	(void)state;
	ends_with(0, "cut -d, -f3,4 %s/no-front/unbound-override/asked.csv | sort -u | tail -n +1",
		  d);
	assert_string_equal(sh.out, "origins,origins\ntraffic,resolver\nusers,public\n");
	snprintf(path, sizeof(path), "%s/no-front/unbound-override/curve.csv", d);
	assert_true(csv_sum(path, "queries", "class", "origins", 0, EVER) > 500);
	assert_true(csv_sum(path, "queries", "class", "origins", 0, EVER) +
			    csv_sum(path, "queries", "class", "users", 0, EVER) ==
		    csv_sum(path, "queries", "class", "all", 0, EVER));
	assert_true(csv_sum(path, "servfail", "class", "origins", 600, EVER) > 10);
}

/* What the two got is told apart in figures, and codes in ede.csv; together they are all. */
static void each_traffic_has_figures_and_codes_of_its_own(void **state)
{
	const char *d = folder();
	char path[512];
	double failed;

	(void)state;
	ends_with(0,
		  SIGFAULT
		  " report --json %s/no-front | jq -r '.cells[0] | "
		  ".traffics.users.queries + .traffics.origins.queries == .figures.queries, "
		  ".traffics.users.lost_questions + .traffics.origins.lost_questions == "
		  ".figures.lost_questions, "
		  ".traffics.users.servfail_share != .traffics.origins.servfail_share, "
		  ".traffics.users.right_ede_share > 0, .traffics.users.cpu_seconds'",
		  d);
	assert_string_equal(sh.out, "true\ntrue\ntrue\ntrue\nnull\n");
	snprintf(path, sizeof(path), "%s/no-front/unbound-override/curve.csv", d);
	failed = csv_sum(path, "servfail", "class", "origins", 0, EVER);
	ends_with(0,
		  "awk -F, '$3 == \"origins\" && $4 == \"SERVFAIL\" { n += $6 } END { print n }' "
		  "%s/no-front/unbound-override/ede.csv",
		  d);
	assert_true(atof(sh.out) > 0 && atof(sh.out) >= failed && atof(sh.out) <= failed);
	ends_with(0, "grep -c '^| of the traffic | users | origins |' %s/no-front/summary.md", d);
	ends_with(0, "grep -c 'What each traffic got' %s/no-front/report.html", d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_of_a_second_resolver_with_an_anchor_lose_nothing),
		cmocka_unit_test(what_both_fail_is_lost),
		cmocka_unit_test(operators_act_on_one_site_after_the_other),
		cmocka_unit_test(clients_are_routed_to_the_other_site_and_back),
		cmocka_unit_test(who_watches_may_withdraw_a_site),
		cmocka_unit_test(each_attempt_says_whom_it_went_to),
		cmocka_unit_test(the_same_seed_is_the_same_twice),
		cmocka_unit_test(of_one_that_always_fails_users_hardly_hear),
		cmocka_unit_test(users_of_one_that_dies_turn_to_the_other),
		cmocka_unit_test(another_kind_of_resolver_may_be_at_the_other_site),
		cmocka_unit_test(the_report_tells_whom_clients_asked),
		cmocka_unit_test(a_front_before_each_cache_loses_its_codes),
		cmocka_unit_test(origins_have_a_resolver_of_their_own_in_the_same_world),
		cmocka_unit_test(each_traffic_has_figures_and_codes_of_its_own),
	};

	return cmocka_run_group_tests(tests, make_run, folder_remove);
}
