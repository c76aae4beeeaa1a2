/* SPDX-License-Identifier: BSD-2-Clause */
/* `sigfault shell`: the world stands still, and programs that are not ours look round in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define IN SIGFAULT " shell minute --at "
#define RESOLVER "@198.19.0.53"
#define LONG "+timeout=60 " /* of the machine's seconds, which may be busy */

/* The fault is there from +60 s to +120 s. */
static void the_resolver_is_in_the_state_of_that_instant(void **state)
{
	(void)state;
	for (const char *const *r =
		     (const char *const[]){ "unbound", "bind", "knot", "powerdns", NULL };
	     *r; r++) {
		ends_with(0, IN "+50s -r %s -c 'dig " RESOLVER " nosuchname.de. A'", *r);
		assert_says("status: NXDOMAIN");
		ends_with(0, IN "+100s -r %s -c 'dig " RESOLVER " nosuchname2.de. A'", *r);
		assert_says("status: SERVFAIL");
	}
	ends_with(0, IN "+100s -m no-validation -c 'dig " RESOLVER " nosuchname2.de. A'");
	assert_says("status: NXDOMAIN");
}

/* Nothing but what an answer takes. */
static void time_stands_while_nobody_moves_it(void **state)
{
	(void)state;
	ends_with(0, IN "+90s -c 'now; sleep 1; now; dig +short " RESOLVER
			" net. SOA; now; dig +short " RESOLVER " net. SOA; now'");
	assert_int_equal(says_times("2026-05-05T19:19:30.000Z\n"), 2);
	assert_int_equal(says_times("2026-05-05T19:19:30.0"), 4);
	assert_int_equal(says_times("a.nic.net. hostmaster.net."), 2);
}

/* A name that is in no cache, before the fault and in it; nobody says how often a server was asked in between. */
static void by_tcp_and_tls_it_answers_as_by_datagrams(void **state)
{
	static const struct {
		const char *resolver, *ask;
	} rows[] = {
		{ "unbound", "dig +tcp " LONG },  { "bind", "dig +tcp " LONG },
		{ "knot", "dig +tcp " LONG },	  { "powerdns", "kdig +tcp " LONG },
		{ "unbound", "kdig +tls " LONG }, { "bind", "kdig +tls " LONG },
		{ "knot", "kdig +tls " LONG },	  { "bind", "kdig +https " LONG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *ask = rows[i].ask;

		ends_with(0,
			  IN "+50s -r %s -c 'now; %s " RESOLVER
			     " nosuchname.de. A; now; %s " RESOLVER " nosuchname.de. A; now'",
			  rows[i].resolver, ask, ask);
		assert_int_equal(says_times("status: NXDOMAIN"), 2);
		assert_int_equal(says_times("2026-05-05T19:18:50.000Z\n"), 1);
		assert_int_equal(says_times("2026-05-05T19:18:5"), 3);
		ends_with(0, IN "+100s -r %s -c '%s " RESOLVER " nosuchname2.de. A'",
			  rows[i].resolver, ask);
		assert_says("status: SERVFAIL");
	}
}

static void from_beside_the_resolver_too_and_of_one_behind_another(void **state)
{
	(void)state;
	ends_with(0, IN "+50s --in resolver -c 'dig +tcp " LONG RESOLVER " nosuchname.de. A'");
	assert_says("status: NXDOMAIN");
	ends_with(0, IN "+50s --in resolver -c 'dig +norec " LONG
			"@198.18.1.1 de. SOA; dig +norec " LONG "@fd00:5f::1:1 de. SOA; now'");
	assert_int_equal(says_times("status: NOERROR"), 2);
	assert_says("2026-05-05T19:18:50.0");
	ends_with(0,
		  SIGFAULT " shell tests/scenarios/chain.lua --at +50s -c 'dig +tcp " LONG RESOLVER
			   " nosuchname.de. A; now'");
	assert_says("status: NXDOMAIN");
	assert_says("2026-05-05T19:18:5");
}

/* Of one that was told something, the half of a question here, it is ten seconds until nobody waits any more. */
static void a_connection_on_which_nothing_comes_does_not_move_the_world_on(void **state)
{
	(void)state;
	ends_with(0, IN "+50s -c 'exec 5<>/dev/tcp/198.19.0.53/53; sleep 1; now; "
			"echo >&5; sleep 1; sleep 1; step 10s'");
	assert_says("2026-05-05T19:18:50.000Z");
	assert_says("2026-05-05T19:19:10.");
}

static void step_and_until_move_it(void **state)
{
	(void)state;
	ends_with(0, IN "+90s -c 'step 10s; \\until 19:20:10; now; dig " RESOLVER
			" nosuchname2.de. A | grep status'");
	assert_says(
		"2026-05-05T19:19:40.000Z\n2026-05-05T19:20:10.000Z\n2026-05-05T19:20:10.000Z\n");
	ends_with(1, IN "+90s -c 'step 1h; \\until 19:19; step soon; now; exit 1'");
	assert_says("step: the scenario ends at 2026-05-05T19:21:00Z\n");
	assert_says("until: that is over, and no time comes back\n");
	assert_says("step: 'soon'");
	assert_says("\n2026-05-05T19:19:30.000Z\n");
}

static void its_date_is_the_worlds(void **state)
{
	(void)state;
	ends_with(0, IN "+50s -c 'delv -a $SIGFAULT_BIND_ANCHOR +root=. " RESOLVER
			" de. SOA; date -u'");
	assert_says("; fully validated");
	assert_says("May  5 19:18:5");
}

static void control_commands_are_at_hand_while_time_stands(void **state)
{
	(void)state;
	ends_with(0, IN "+90s -c 'unbound-control -c unbound.conf list_insecure; "
			"unbound-control -c unbound.conf insecure_add de.; "
			"unbound-control -c unbound.conf flush_zone de.; dig " RESOLVER
			" nosuchname2.de. A | grep status; "
			"unbound-control -c unbound.conf list_insecure; now'");
	assert_says("status: NXDOMAIN");
	assert_says("\nde.\n");
	assert_says("2026-05-05T19:19:30.");
	ends_with(0, IN "+90s --in resolver -r bind -c 'rndc -c rndc.conf status'");
	assert_says("server is up and running");
}

/* A person's shell has the time in its prompt, and `until` there is no word of the shell's. */
static void the_prompt_shows_virtual_time(void **state)
{
	(void)state;
	need_program("script");
	ends_with(
		0,
		"printf 'until 19:20:05\nstep 5s\ndate -u +%%%%H:%%%%M\nexit\n' | script -qec '" IN
		"+90s' /dev/null");
	assert_says("2026-05-05T19:19:30.000Z clients#");
	assert_says("2026-05-05T19:20:05.000Z clients#");
	assert_says("2026-05-05T19:20:10.000Z clients#");
	assert_says("19:20\r\n");
}

static void what_is_no_world_is_refused_by_a_sentence(void **state)
{
	(void)state;
	ends_with(2, IN "+90s --in nowhere -c true");
	assert_says("--in: there is no host 'nowhere'");
	ends_with(2, IN "+90s -r unbound,bind -c true");
	assert_says("-r: a shell is with one resolver");
	ends_with(2, IN "+90s -m none,nta -c true");
	assert_says("-m: a shell is with one mitigation");
	ends_with(2, IN "23:59 -c true");
	assert_says("--at: the scenario is from 2026-05-05T19:18:00Z to 2026-05-05T19:21:00Z");
	ends_with(2, SIGFAULT " shell ede -c true");
	assert_says("scenario of cases");
	ends_with(1, IN "+5s -c no-such-program");
	assert_says("no-such-program");
	ends_with(0, "ls -d /tmp/sigfault-shell-* 2>/dev/null | wc -l");
	assert_string_equal(sh.out, "0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_resolver_is_in_the_state_of_that_instant),
		cmocka_unit_test(time_stands_while_nobody_moves_it),
		cmocka_unit_test(by_tcp_and_tls_it_answers_as_by_datagrams),
		cmocka_unit_test(from_beside_the_resolver_too_and_of_one_behind_another),
		cmocka_unit_test(a_connection_on_which_nothing_comes_does_not_move_the_world_on),
		cmocka_unit_test(step_and_until_move_it),
		cmocka_unit_test(its_date_is_the_worlds),
		cmocka_unit_test(control_commands_are_at_hand_while_time_stands),
		cmocka_unit_test(the_prompt_shows_virtual_time),
		cmocka_unit_test(what_is_no_world_is_refused_by_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
