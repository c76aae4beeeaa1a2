/* SPDX-License-Identifier: BSD-2-Clause */
/* sigfault as its users run it: against the real resolvers, judged by what it leaves. */
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static const char *const resolvers[] = { "unbound", "bind", "knot", "powerdns" };

#define COUNT (sizeof(resolvers) / sizeof(resolvers[0]))

/* Down to the last packet that the resolver sends, its ID, port and instant; with an operator's
 * commands on the way, too. That the others' curves are the same, and another seed's are not, is
 * test_resolvers'. */
static void same_seed_same_run(void **state)
{
	static const char *const files[] = { "unbound-none/upstream.pcap",
					     "unbound-nta/upstream.pcap", "unbound-none/curve.csv",
					     "unbound-nta/curve.csv" };
	const char *d = folder();

	(void)state;
	for (int i = 0; i < 2; i++)
		ends_with(0,
			  SIGFAULT " run minute -m none,nta --seed 7 --pcap --quiet -o %s/seed%d",
			  d, i);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		ends_with(0, "cmp %s/seed0/%s %s/seed1/%s", d, files[i], d, files[i]);
}

/* Where a resolver gets no answer it asks by TCP, too. */
static void who_asks_by_tcp_does_it_from_the_same_ports(void **state)
{
	static const char *const asks[] = { "bind", "knot" };
	const char *d = folder();

	(void)state;
	for (int i = 0; i < 2; i++)
		ends_with(0, SIGFAULT " run dark -r bind,knot --pcap --quiet -o %s/dark%d", d, i);
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		ends_with(0,
			  "cmp %s/dark0/%s-none/upstream.pcap %s/dark1/%s-none/upstream.pcap && "
			  "tshark -r %s/dark0/%s-none/upstream.pcap -Y tcp.dstport==53 2>/dev/null "
			  "| grep -q .",
			  d, asks[i], d, asks[i], d, asks[i]);
}

static double counted(const char *run, const char *resolver, const char *column, int t)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s/%s-none/curve.csv", folder(), run, resolver);
	return csv_sum(path, column, "class", "all", t, t + 10);
}

/* Which server is asked, and so which lottery is drawn, is chance in both: two real runs, side by
 * side, show how much of it. The sentence of a difference goes to `why`. */
static bool agrees(const char *resolver, const char *column, int t, char *why, size_t size)
{
	double v = counted("virtual", resolver, column, t);
	double a = counted("real0", resolver, column, t), b = counted("real1", resolver, column, t);
	double noise = 5 + 0.05 * counted("real0", resolver, "queries", t) + fabs(a - b);

	if (fabs(v - a) <= noise || fabs(v - b) <= noise)
		return true;
	snprintf(why, size, "%s at %d s, %s: %g in virtual time, %g and %g in real", resolver, t,
		 column, v, a, b);
	return false;
}

static bool all_agree(char *why, size_t size)
{
	static const char *const columns[] = { "queries", "noerror", "nxdomain", "servfail",
					       "timeout" };

	for (size_t i = 0; i < COUNT; i++)
		for (size_t k = 0; k < sizeof(columns) / sizeof(columns[0]); k++)
			for (int t = 0; t < 180; t += 10)
				if (!agrees(resolvers[i], columns[k], t, why, size))
					return false;
	return true;
}

/* A machine that cannot keep up is told from a difference by how late it asked: three times are
 * tried. A question may be on its way when the fault begins, so an expectation of the minute before
 * may fail for that. */
static void virtual_time_gives_what_real_time_gives(void **state)
{
	const char *d = folder();
	char why[256];

	(void)state;
	shell(&sh, SIGFAULT " run minute -r " RESOLVERS " --quiet -o %s/virtual", d);
	assert_int_equal(sh.status, 0);
	for (int i = 0; i < 3; i++) {
		shell(&sh,
		      "rm -rf %s/real[01]; run() { " SIGFAULT " run minute -r " RESOLVERS
		      " --quiet --clock real --jobs 4 -o %s/real$1; }; "
		      "run 0 & one=$!; run 1; two=$?; wait $one; one=$?; "
		      "[ $one -gt $two ] && exit $one; exit $two",
		      d, d);
		assert_true(sh.wall > 180);
		if (sh.status <= 1 && all_agree(why, sizeof(why)))
			return;
		if (!is_too_late(sh.status, "real[01]", 0.2))
			fail_msg("%d: %s", sh.status, sh.status > 1 ? sh.out : why);
	}
	printf("not here: the machine is too busy for real time\n");
	skip();
}

static void a_run_leaves_the_files_that_it_promises(void **state)
{
	static const char *const files[] = { "run.json",
					     "summary.md",
					     "unbound-none/curve.csv",
					     "unbound-none/ede.csv",
					     "unbound-none/upstream.csv",
					     "unbound-none/metrics.csv",
					     "unbound-none/events.csv",
					     "unbound-none/resolver.conf",
					     "unbound-none/resolver.log",
					     "unbound-none/resolver.version",
					     "unbound-none/queries.db",
					     "unbound-none/clients.pcap",
					     "unbound-none/upstream.pcap" };
	const char *d = folder();

	(void)state;
	shell(&sh, SIGFAULT " run minute --quiet --pcap --log-queries -o %s/files", d);
	assert_int_equal(sh.status, 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		shell(&sh, "test -s %s/files/%s", d, files[i]);
		if (sh.status != 0)
			fail_msg("'%s' is missing or empty", files[i]);
	}
	shell(&sh, "head -1 %s/files/unbound-none/curve.csv", d);
	assert_string_equal(
		sh.out, "t,utc,class,queries,retries,noerror,nxdomain,servfail,other,timeout,"
			"fresh,cached,stale,wrong,ad,names,failed_names,clients,failed_clients\n");
}

/* tshark says when the answer came, its TTL and its address, which tells when the authority gave
 * it. */
static void ttls_are_exact_in_virtual_time(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh, SIGFAULT " run tests/scenarios/healthy.lua --quiet --pcap -o %s/ttl", d);
	if (sh.status != 0)
		fail_msg("%d: %s", sh.status, sh.out);
	shell(&sh,
	      "tshark -r %s/ttl/unbound-none/clients.pcap -Y 'dns.flags.response==1 && dns.a' -T "
	      "fields "
	      "-E occurrence=f -e frame.time_epoch -e dns.resp.ttl -e dns.a 2>/dev/null | awk "
	      "-F'[\t.]' '"
	      "{ given = ($5 * 256 + $6) * 256 + $7; age = $1 - 1777982400 - given; n++; "
	      "if ($3 != 300 - age) bad++ } END { print n+0, bad+0 }'",
	      d);
	{
		int n = 0, bad = -1;

		assert_int_equal(sscanf(sh.out, "%d %d", &n, &bad), 2);
		assert_true(n > 20000);
		assert_int_equal(bad, 0);
	}
}

static void a_dark_server_is_asked_again_in_virtual_time_only(void **state)
{
	const char *d = folder();
	char path[256];

	(void)state;
	shell(&sh, SIGFAULT " run dark --quiet -o %s/dark", d);
	if (sh.status > 1)
		fail_msg("%d: %s", sh.status, sh.out);
	assert_true(sh.wall < 60);
	snprintf(path, sizeof(path), "%s/dark/unbound-none/upstream.csv", d);
	assert_true(csv_sum(path, "dropped", NULL, NULL, 0, EVER) > 20);
}

static void an_expectation_that_fails_is_exit_1(void **state)
{
	(void)state;
	shell(&sh, SIGFAULT " run tests/scenarios/disappointed.lua --quiet -o %s/disappointed",
	      folder());
	assert_int_equal(sh.status, 1);
}

static void what_a_resolver_does_otherwise_than_known_fails_a_strict_run_alone(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "COLUMNS=200 " SIGFAULT " run tests/scenarios/known.lua -r " RESOLVERS
	      " -o %s/known 2>&1",
	      d);
	assert_int_equal(sh.status, 0);
	assert_non_null(strstr(sh.out, "no resolver is called 'nobody'"));
	assert_non_null(strstr(sh.out, "≠ OTHERWISE  it fails: "));
	assert_non_null(strstr(sh.out, "Of what is known of resolvers 4 of 6 are as known;"));
	shell(&sh, "jq -c '.cells[] | [.resolver] + [.known[].verdict]' %s/known/run.json", d);
	assert_string_equal(sh.out, "[\"unbound\",\"as known\",\"otherwise than known\"]\n"
				    "[\"bind\",\"as known\",\"otherwise than known\"]\n"
				    "[\"knot\",\"as known\"]\n[\"powerdns\",\"as known\"]\n");
	/* The report of a run that was not strict is, where it is asked to be. */
	ends_with(0, SIGFAULT " report %s/known", d);
	ends_with(1, SIGFAULT " report --strict %s/known", d);
	assert_says("2 of 6 otherwise than known, in unbound-none, bind-none (--strict)");
	ends_with(0, SIGFAULT " report --json %s/known", d);
	ends_with(1, SIGFAULT " report --strict --json %s/known", d);
	ends_with(1, SIGFAULT " report --strict -o %s/asked %s/known", d, d);
	ends_with(0, "grep -c '<failure' %s/asked/junit.xml", d);
	assert_string_equal(sh.out, "2\n");
	shell(&sh, SIGFAULT " run tests/scenarios/known.lua --strict --quiet -o %s/strict", d);
	assert_int_equal(sh.status, 1);
	shell(&sh, SIGFAULT " report %s/strict", d);
	assert_int_equal(sh.status, 1);
	assert_non_null(strstr(sh.out, "1 of 2 otherwise than known, in unbound-none (--strict)"));
	shell(&sh, SIGFAULT " run tests/scenarios/known.lua -r knot --strict --quiet -o %s/all", d);
	assert_int_equal(sh.status, 0);
}

static void a_fault_that_nobody_saw_makes_the_run_invalid(void **state)
{
	(void)state;
	shell(&sh, SIGFAULT " run tests/scenarios/unseen.lua --quiet -o %s/unseen", folder());
	assert_int_equal(sh.status, 4);
	assert_non_null(strstr(sh.out, "never saw the fault"));
}

static void what_is_missing_is_exit_3_and_what_is_wrong_exit_2(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "sed 's/program = \"unbound\"/program = \"no-such-resolver\"/' "
		  "harness/subject/resolvers/unbound.lua > %s/lacks.lua",
		  d);
	shell(&sh, SIGFAULT " run minute -r %s/lacks.lua -o %s/x1", d, d);
	assert_int_equal(sh.status, 3);
	shell(&sh, SIGFAULT " run minute -r unbound=/nowhere/unbound -o %s/x1", d);
	assert_int_equal(sh.status, 2);
	shell(&sh, SIGFAULT " run nosuchscenario -o %s/x2", d);
	assert_int_equal(sh.status, 2);
	shell(&sh, SIGFAULT " run minute -m nosuchmitigation -o %s/x3", d);
	assert_int_equal(sh.status, 2);
	shell(&sh, SIGFAULT " run minute --set nosuchparam=1 -o %s/x4", d);
	assert_int_equal(sh.status, 2);
	shell(&sh, "mkdir %s/full && touch %s/full/file && " SIGFAULT " run minute -o %s/full", d,
	      d, d);
	assert_int_equal(sh.status, 2);
	shell(&sh, SIGFAULT " run minute --clock sundial -o %s/x5", d);
	assert_int_equal(sh.status, 2);
	shell(&sh, SIGFAULT " frobnicate");
	assert_int_equal(sh.status, 2);
	shell(&sh, "ls %s | grep -c '^x'", d);
	assert_string_equal(sh.out, "0\n");
}

/* The resolver, found by the folder that is mounted for it, is ended after a while. */
static void a_resolver_that_dies_ends_the_run_and_keeps_the_record(void **state)
{
	const char *d = folder();
	char path[256];

	(void)state;
	shell(&sh,
	      "(" SIGFAULT
	      " run de-2026 --set population=1000 --set names=1000 --quiet -o %s/dead & "
	      "run=$!; for i in $(seq 100); do sleep 0.1; "
	      "test $(cat %s/dead/unbound-none/curve.csv 2>/dev/null | wc -l) -gt 20 && break; "
	      "done; "
	      "for p in $(pgrep -x unbound); do "
	      "grep -q %s/dead/unbound-none/work /proc/$p/mountinfo && kill -SEGV $p; "
	      "done; "
	      "wait $run)",
	      d, d, d);
	assert_int_equal(sh.status, 4);
	assert_non_null(strstr(sh.out, "signal 11"));
	assert_non_null(strstr(sh.out, "the last lines of"));
	assert_non_null(strstr(sh.out, " at 2026-05-05T"));
	shell(&sh,
	      "jq -r '.cells[0] | (.death.at | length), (.death.questions | length), "
	      "(.death.questions[0].name | length > 0), (.death.at as $at | .why | contains($at)), "
	      ".death.repeat' %s/dead/run.json && grep -c 'resolver,.*signal 11' "
	      "%s/dead/unbound-none/events.csv",
	      d, d);
	assert_string_equal(sh.out,
			    "20\n5\ntrue\ntrue\nsigfault run de-2026 -m none --seed 1 "
			    "--set population=1000 --set names=1000 --cell 1 -o again\n1\n");
	shell(&sh, SIGFAULT " report %s/dead", d);
	assert_non_null(strstr(sh.out,
			       " again: sigfault run de-2026 -m none --seed 1 "
			       "--set population=1000 --set names=1000 --cell 1 -o again\n"));
	snprintf(path, sizeof(path), "%s/dead/unbound-none/curve.csv", d);
	assert_true(csv_sum(path, "queries", "class", "all", 0, EVER) > 1000);
}

/* A wrapper script, as libtool makes them, is on the clock like the program that it runs. */
static void another_program_is_put_to_the_test(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "mkdir -p %s/bin && printf '#!/bin/sh\nexec unbound \"$@\"\n' > %s/bin/unbound && "
	      "chmod +x %s/bin/unbound && " SIGFAULT
	      " run minute -r unbound=%s/bin/unbound --quiet -o %s/other",
	      d, d, d, d, d);
	if (sh.status != 0)
		fail_msg("%d: %s", sh.status, sh.out);
	assert_true(sh.wall < 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_seed_same_run),
		cmocka_unit_test(who_asks_by_tcp_does_it_from_the_same_ports),
		cmocka_unit_test(virtual_time_gives_what_real_time_gives),
		cmocka_unit_test(a_run_leaves_the_files_that_it_promises),
		cmocka_unit_test(ttls_are_exact_in_virtual_time),
		cmocka_unit_test(a_dark_server_is_asked_again_in_virtual_time_only),
		cmocka_unit_test(an_expectation_that_fails_is_exit_1),
		cmocka_unit_test(
			what_a_resolver_does_otherwise_than_known_fails_a_strict_run_alone),
		cmocka_unit_test(a_fault_that_nobody_saw_makes_the_run_invalid),
		cmocka_unit_test(what_is_missing_is_exit_3_and_what_is_wrong_exit_2),
		cmocka_unit_test(a_resolver_that_dies_ends_the_run_and_keeps_the_record),
		cmocka_unit_test(another_program_is_put_to_the_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
