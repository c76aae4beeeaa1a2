/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolvers that an operator restarts in the middle of an outage: what they had in memory is gone, and
 * one that does not come back makes its cell not valid. */
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/unbound.h"

/* From 12:01 on nobody answers resolvers, until 12:03:30; they are restarted at 12:02. */
static void put_scenario(const char *name, const char *before, const char *who)
{
	folder_print(
		name,
		"scenario { name = 'restart', from = '2026-05-05T12:00Z', to = '+5m' }\n"
		"collect { bin = '10s' }\n"
		"local root = zone('.', { servers = { '198.18.0.1' } })\n"
		"local de = zone('de.', { parent = root, servers = { '198.18.1.1' },\n"
		"delegations = population { count = 50, signed = 0.1 } })\n%s"
		"traffic { zone = de, rate = 10 }\n"
		"at('12:01', root:fault('authority-dark', { to = '12:03:30', below = true }))\n"
		"at('12:02', %s:restart())\n",
		before, who);
}

static void assert_told_once(const char *run, const char *cell)
{
	shell(&sh, "cd %s/%s/%s && grep -c '^120,.*,operator,restart,' events.csv", folder(), run,
	      cell);
	assert_string_equal(sh.out, "1\n");
	shell(&sh, "grep -c ',resolver,.*SOA.* after its restart' %s/%s/%s/events.csv", folder(),
	      run, cell);
	assert_string_equal(sh.out, "1\n");
}

static void each_resolver_comes_back_without_what_it_had_in_memory(void **state)
{
	static const char *const names[] = { "unbound", "bind", "knot", "powerdns" };
	const char *d = folder();
	char cell[64];

	(void)state;
	put_scenario("restart.lua", "", "resolver");
	ends_with(0, SIGFAULT " run %s/restart.lua -r " RESOLVERS " --quiet -o %s/a", d, d);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(cell, sizeof(cell), "%s-none", names[i]);
		assert_told_once("a", cell);
		snprintf(cell, sizeof(cell), "a/%s-none", names[i]);
		assert_true(cell_sum(cell, "noerror", 60, 120) > 100);
		/* Knot Resolver's cache is in files; what was asked shortly before the end of it
		 * waits for that. */
		if (strcmp(names[i], "knot") != 0)
			assert_int_equal(cell_sum(cell, "noerror", 120, 190), 0);
		assert_true(cell_sum(cell, "noerror", 270, 300) > 50);
	}
	ends_with(0, "jq -c '[.cells[] | .valid, .restarts]' %s/a/run.json", d);
	assert_string_equal(sh.out, "[true,1,true,1,true,1,true,1]\n");
	ends_with(0, SIGFAULT " report %s/a | grep -c '1 restarts by an operator'", d);
	assert_string_equal(sh.out, "4\n");
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run %s/restart.lua -r " RESOLVERS " --pcap --quiet -o %s/b", d, d);
	ends_with(0,
		  "cd %s && for c in unbound bind knot powerdns; do cmp a/$c-none/curve.csv "
		  "b/$c-none/curve.csv && cmp a/$c-none/events.csv b/$c-none/events.csv; done",
		  d);
}

static void one_of_several_is_restarted_and_the_others_live_on(void **state)
{
	(void)state;
	put_scenario("several.lua",
		     "local back = resolver('back', { driver = 'unbound', count = 2 })\n"
		     "local front = resolver('front', { forward = { ['.'] = back } })\n",
		     "back");
	ends_with(0, SIGFAULT " run %s/several.lua -r unbound --quiet -o %s/several", folder(),
		  folder());
	ends_with(0, "jq -c '[.cells[] | .valid, .restarts]' %s/several/run.json", folder());
	assert_string_equal(sh.out, "[true,2]\n");
	ends_with(0, "grep -c 'back-[12] answers .* after its restart' %s/several/*/events.csv",
		  folder());
	assert_string_equal(sh.out, "2\n");
}

static void in_scaled_time_too(void **state)
{
	(void)state;
	shell(&sh, SIGFAULT " run %s/restart.lua -r unbound --clock x20 --quiet -o %s/scaled",
	      folder(), folder());
	if (is_too_late(sh.status, "scaled", 5)) {
		printf("not here: the machine is too busy for real time\n");
		skip();
	}
	assert_int_equal(sh.status, 0);
	assert_told_once("scaled", "unbound-none");
	assert_true(cell_sum("scaled/unbound-none", "noerror", 60, 110) > 0);
	assert_int_equal(cell_sum("scaled/unbound-none", "noerror", 140, 190), 0);
}

static void who_does_not_come_back_makes_the_cell_not_valid(void **state)
{
	const char *d = folder();

	(void)state;
	put_unbound_driver("gone", "",
			   "{ '/bin/sh', '-c', '[ -e was ] && exit 7; : >was; exec unbound -d -c "
			   "unbound.conf' }",
			   DOES_NOTHING);
	put_unbound_driver(
		"mute", "",
		"{ '/bin/sh', '-c', '[ -e was ] && exec sleep 9999; : >was; exec unbound -d -c "
		"unbound.conf' }",
		DOES_NOTHING);
	ends_with(4, SIGFAULT " run %s/restart.lua -r %s/gone.lua,%s/mute.lua --quiet -o %s/lost",
		  d, d, d, d);
	assert_says(
		"gone-none: restart: when it was started anew: the resolver exited with status 7");
	assert_says("mute-none: the resolver was restarted at 2026-05-05T12:02:00Z and has not "
		    "answered since");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_resolver_comes_back_without_what_it_had_in_memory),
		cmocka_unit_test(the_same_seed_gives_the_same_bytes),
		cmocka_unit_test(one_of_several_is_restarted_and_the_others_live_on),
		cmocka_unit_test(in_scaled_time_too),
		cmocka_unit_test(who_does_not_come_back_makes_the_cell_not_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
