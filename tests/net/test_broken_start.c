/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolvers that are started into an outage, with a wrong clock or in front of nobody: they fail their
 * users, and the run is valid. */
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/broken-start.lua"

static const char *const resolvers[] = { "unbound", "bind", "knot", "powerdns" };

/* All that clients asked, and how many of it got SERVFAIL. */
static void assert_all_fail(const char *run, const char *cell)
{
	char name[100];

	snprintf(name, sizeof(name), "%s/%s", run, cell);
	assert_true(cell_sum(name, "queries", 0, EVER) >= 250);
	assert_true(cell_sum(name, "servfail", 0, EVER) >= 200);
	assert_int_equal(cell_sum(name, "noerror", 0, EVER), 0);
	shell(&sh, "grep -c ',resolver,.*SOA.*SERVFAIL' %s/%s/events.csv", folder(), name);
	assert_string_equal(sh.out, "1\n");
}

static void a_wrong_clock_makes_everything_bogus(void **state)
{
	static const char *const ways[] = { "behind", "ahead" };

	(void)state;
	for (int w = 0; w < 2; w++) {
		ends_with(0,
			  SIGFAULT " run " SCENARIO " --set how=%s -r " RESOLVERS
				   " --quiet -o %s/%s",
			  ways[w], folder(), ways[w]);
		for (size_t i = 0; i < sizeof(resolvers) / sizeof(resolvers[0]); i++) {
			char cell[40];

			snprintf(cell, sizeof(cell), "%s-none", resolvers[i]);
			assert_all_fail(ways[w], cell);
		}
	}
}

static void who_forwards_to_nobody_is_up_and_fails(void **state)
{
	(void)state;
	ends_with(0,
		  SIGFAULT " run " SCENARIO
			   " --set how=well -r unbound -m none,orphan --quiet -o %s/orphan",
		  folder());
	assert_all_fail("orphan", "unbound-orphan");
	assert_int_equal(cell_sum("orphan/unbound-none", "servfail", 0, EVER), 0);
}

/* The question of a case is the first that its resolver gets. */
static void a_case_starts_its_resolver_in_the_outage(void **state)
{
	(void)state;
	ends_with(
		0,
		"printf '%%s\\n' \"scenario { name = 'late', from = '2023-04-01T12:00Z', to = "
		"'+10m' }\" \"r = zone('.', { servers = { '198.18.0.1' } })\" \"o = "
		"zone('org.', { parent = r, servers = { '198.18.1.1' } })\" \"at('+0s', r:fault "
		"'rrsig-not-yet-all')\" \"case('late', { zone = r, name = 'org.', type = 'SOA', at "
		"= '+5m' })\" >%s/late.lua && " SIGFAULT " run %s/late.lua -r " RESOLVERS
		" --quiet -o %s/late",
		folder(), folder(), folder());
	shell(&sh, "cat %s/late/*/cases.csv | grep -c '^late,.*,SERVFAIL,'", folder());
	assert_string_equal(sh.out, "4\n");
}

/* RFC 1034 has it so, and a minimal server leaves it away. */
static void a_server_that_is_not_minimal_tells_its_zones_servers(void **state)
{
	(void)state;
	shell(&sh, SIGFAULT " serve --set how=well " SCENARIO
			    " sh -c 'k=\"kdig +noedns\"; $k @198.18.2.1 www.pool.org. A; "
			    "$k @198.18.2.1 pool.org. NS; $k @198.18.2.1 x.www.pool.org. A; $k "
			    "@198.18.1.1 org. SOA'");
	assert_int_equal(says_times("ANSWER: 1; AUTHORITY: 1; ADDITIONAL: 1"), 1);
	assert_int_equal(says_times("ANSWER: 1; AUTHORITY: 0; ADDITIONAL: 1"), 1);
	assert_int_equal(says_times("ANSWER: 0; AUTHORITY: 1; ADDITIONAL: 0"), 1);
	assert_int_equal(says_times("ANSWER: 1; AUTHORITY: 0; ADDITIONAL: 0"), 1);
}

static void a_clock_is_wrong_in_one_way(void **state)
{
	(void)state;
	ends_with(
		2,
		"printf '%%s\\n' \"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h', "
		"clock_behind = '1d', clock_ahead = '1d' }\" >%s/wrong.lua; " SIGFAULT
		" plan %s/wrong.lua",
		folder(), folder());
	assert_says("wrong.lua:1: ");
	assert_says("behind or ahead, not both");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_is_wrong_in_one_way),
		cmocka_unit_test(a_server_that_is_not_minimal_tells_its_zones_servers),
		cmocka_unit_test(a_wrong_clock_makes_everything_bogus),
		cmocka_unit_test(who_forwards_to_nobody_is_up_and_fails),
		cmocka_unit_test(a_case_starts_its_resolver_in_the_outage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
