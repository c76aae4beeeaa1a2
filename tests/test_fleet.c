/* SPDX-License-Identifier: BSD-2-Clause */
/* What `fleet` means, and how wrong ones are refused. */
#include "harness/subject/fleet.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/written.h"

#define HEAD                                                                                       \
	"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"                        \
	"local root = zone('.', { algorithm = 'RSASHA256', servers = { '198.18.0.1' } })\n"        \
	"local z = zone('a.', { parent = root, algorithm = 'RSASHA256', servers = { '198.18.1.1' " \
	"}, ttl = { dnskey = 600, nsec = 900, negative = 300 },\n"                                 \
	"	delegations = population { count = 100 } })\n"                                           \
	"traffic { rate = 10, clients = 30 }\n"
#define FAULT "at('12:10', z:fault 'rrsig-no-all')\n"
#define NTA "mitigation('nta', function() at('12:20', resolver:nta 'a.') end)\n"

static struct fleet_cache cache(const struct scenario *s, unsigned n)
{
	struct fleet_cache c;

	fleet_cache(s, n, &c);
	return c;
}

static void ages_are_spread_over_the_longest_ttl_that_all_names_of_a_bad_zone_hang_on(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(HEAD FAULT "fleet { count = 9 }\n");

	(void)state;
	assert_int_equal(fleet_span(s), 900 * SECOND);
	assert_int_equal(cache(s, 1).age, 0);
	assert_int_equal(cache(s, 2).age, 100 * SECOND);
	assert_int_equal(cache(s, 9).age, 800 * SECOND);
}

static void ages_can_be_told(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "fleet { count = 4, ages = { from = '1h', to = '3h' } }\n");

	(void)state;
	assert_int_equal(cache(s, 1).age, HOUR);
	assert_int_equal(cache(s, 4).age, HOUR + 90 * MINUTE);
}

static void the_first_cache_draws_as_one_without_a_fleet_and_others_their_own(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(HEAD "fleet {}\n");

	(void)state;
	assert_int_equal(s->fleet.count, 20);
	assert_true(cache(s, 1).chance == s->seed);
	assert_true(cache(s, 2).chance != cache(s, 3).chance);
	assert_true(cache(s, 2).chance == cache(s, 2).chance);
}

static void resolvers_stand_in_their_shares_from_the_first_on(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD "fleet { count = 10, resolver = { unbound = 0.6, powerdns = 0.4 } }\n");
	unsigned second = 0;

	(void)state;
	assert_string_equal(s->fleet.resolvers[1].name, "unbound");
	for (unsigned n = 1; n <= 10; n++) {
		second += fleet_resolver(&s->fleet, n);
		if (n == 5)
			assert_int_equal(second, 3);
	}
	assert_int_equal(second, 6);
}

static void a_cache_has_its_share_of_all_clients_and_asks_from_its_own_start_on(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "fleet { count = 2, share_of_clients = { 0.75, 0.25 }, ages = { to = "
			     "'20m' } }\n");
	struct fleet_cache c = cache(s, 2);

	(void)state;
	fleet_become(s, &c);
	assert_int_equal(s->traffic[0].clients, 15);
	assert_float_equal(s->traffic[0].rates[0].rate, 5, 1e-9);
	assert_int_equal(s->age, 10 * MINUTE);
}

static void operators_reach_each_cache_after_the_one_before_and_never_after_the_end(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD FAULT NTA "fleet { count = 3, stagger = '25m' }\n");
	struct fleet_cache c = cache(s, 2), last = cache(s, 3);
	const struct event *ev;

	(void)state;
	fleet_become(s, &c);
	ev = &s->timeline.events[s->timeline.count - 1];
	assert_int_equal(ev->kind, EVENT_OPERATOR);
	assert_int_equal(ev->at, s->from + 45 * MINUTE);
	assert_true(s->timeline.events[0].at == s->from + 10 * MINUTE);
	fleet_become(s, &last); /* from 12:45 on: past the end */
	for (unsigned i = 0; i < s->timeline.count; i++)
		assert_int_not_equal(s->timeline.events[i].kind, EVENT_OPERATOR);
}

static void the_command_lines_number_stands_instead(void **state)
{
	const struct scenario_options o = { .seed = 1, .fleet = 3 };
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	struct err e;

	(void)state;
	assert_int_equal(written_load(HEAD "fleet { count = 7 }\n", &o, &s, &e), 0);
	assert_int_equal(s->fleet.count, 3);
	refuses_with(HEAD "fleet { count = 2, share_of_clients = { 0.5, 0.5 } }\n", &o, 6,
		     "share_of_clients has shares for 2 caches, and there are 3");
}

static void a_fleet_of_nothing_is_refused(void **state)
{
	(void)state;
	refuses(HEAD "fleet { count = 0 }\n", 6, "must be a whole number from 1 to 500");
	refuses(HEAD "fleet { count = 501 }\n", 6, "must be a whole number from 1 to 500");
	refuses(HEAD "fleet { ages = 'odd' }\n", 6, "ages wants \"even\" or");
	refuses(HEAD "fleet { ages = { from = '2h', to = '1h' } }\n", 6, "to is less than from");
	refuses(HEAD "fleet { share_of_clients = { 0.5 } }\n", 6, "add up to 0.5, not to 1");
	refuses(HEAD "fleet { share_of_clients = { 1, 0 } }\n", 6, "a share is more than 0");
	refuses(HEAD "fleet { resolver = { unbound = 0.5 } }\n", 6, "add up to 0.5, not to 1");
	refuses(HEAD "fleet { cuont = 3 }\n", 6, "unknown key 'cuont'");
	refuses(HEAD "fleet {}\nfleet {}\n", 7, "is told once");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			ages_are_spread_over_the_longest_ttl_that_all_names_of_a_bad_zone_hang_on),
		cmocka_unit_test(ages_can_be_told),
		cmocka_unit_test(the_first_cache_draws_as_one_without_a_fleet_and_others_their_own),
		cmocka_unit_test(resolvers_stand_in_their_shares_from_the_first_on),
		cmocka_unit_test(
			a_cache_has_its_share_of_all_clients_and_asks_from_its_own_start_on),
		cmocka_unit_test(
			operators_reach_each_cache_after_the_one_before_and_never_after_the_end),
		cmocka_unit_test(the_command_lines_number_stands_instead),
		cmocka_unit_test(a_fleet_of_nothing_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
