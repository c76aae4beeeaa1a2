/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors that resolvers report to the agent of a zone (RFC 9567): de. names one, net. does not. */
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/reports.lua"

/* tshark is the judge; option 18, in wire format. */
static void servers_of_the_zone_alone_name_the_agent(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("tshark");
	ends_with(0, SIGFAULT " run " SCENARIO " -r %s -m by-hand --pcap --quiet -o %s/a",
		  RESOLVERS, d);
	for (const char *const *r =
		     (const char *const[]){ "unbound", "bind", "knot", "powerdns", NULL };
	     *r; r++) {
		ends_with(0,
			  "tshark -r %s/a/%s-by-hand/upstream.pcap -Y 'dns.opt.code == 18' -T "
			  "fields -e ip.src | sort -u",
			  d, *r);
		assert_string_equal(sh.out + strlen(sh.out) - strlen("198.18.1.1\n"),
				    "198.18.1.1\n");
		assert_int_equal(says_times("198.18."), 1);
		ends_with(0,
			  "tshark -r %s/a/%s-by-hand/upstream.pcap -Y 'dns.opt.code == 18' -x | "
			  "grep -c '05 61 67 65 6e 74\\|05 61 67 65'",
			  d, *r);
	}
}

/* Of the second run of each command the answer is in the cache; some ask twice before. */
static void a_report_that_comes_is_written_down_with_who_sent_it(void **state)
{
	const char *d = folder();

	(void)state;
	for (const char *const *r =
		     (const char *const[]){ "unbound", "bind", "knot", "powerdns", NULL };
	     *r; r++) {
		ends_with(0, "tail -n +2 %s/a/%s-by-hand/reports.csv | sort -u", d, *r);
		assert_string_equal(sh.out, "50,2026-05-05T19:18:50Z,resolver,agent.example.,AAAA,"
					    "no.such.de.,9\n");
	}
	ends_with(0, "cat %s/a/summary.md", d);
	assert_says("error reports");
}

/* Unbound does so from 1.23 on; who has not that version is told. */
static void a_resolver_that_reports_by_itself_is_counted(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh, SIGFAULT " run " SCENARIO " -m report-errors --quiet -o %s/b", d);
	if (sh.status == 2) {
		assert_says("'unbound' does not offer the mitigation 'report-errors'");
		return;
	}
	assert_int_equal(sh.status, 0);
	ends_with(0,
		  "awk -F, 'NR > 1 && $3 == \"resolver\" && $1 >= 60 && $7 > 0' "
		  "%s/b/unbound-report-errors/reports.csv | head -n 1",
		  d);
	assert_says(",resolver,agent.example.,");
}

static void an_agent_without_a_name_is_refused(void **state)
{
	(void)state;
	folder_put("x.lua", "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"
			    "zone('.', { servers = { '198.18.0.1' }, report_channel = 'a..b' })\n");
	ends_with(2, SIGFAULT " plan %s/x.lua", folder());
	assert_says("x.lua:2: zone: report_channel: ");
	folder_put("x.lua", "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"
			    "zone('.', { servers = { '198.18.0.1' }, report_channel = '.' })\n");
	ends_with(2, SIGFAULT " plan %s/x.lua", folder());
	assert_says("x.lua:2: zone: report_channel: the root is no agent's domain");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_of_the_zone_alone_name_the_agent),
		cmocka_unit_test(a_report_that_comes_is_written_down_with_who_sent_it),
		cmocka_unit_test(a_resolver_that_reports_by_itself_is_counted),
		cmocka_unit_test(an_agent_without_a_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
