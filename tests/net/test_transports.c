/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients who ask by TCP, DoT and DoH: real resolvers answer them as they answer datagrams, handshakes take their
 * round trips, connections are shared, and all is the same twice. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/cleanup.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define TRANSPORTS SIGFAULT " run tests/scenarios/transports.lua --quiet --log-queries "
static const char *const resolvers[] = { "unbound", "bind", "knot" };

static int make_runs(void **state)
{
	(void)state;
	for (int i = 1; i <= 2; i++)
		ends_with(0, TRANSPORTS "-r unbound,bind,knot --pcap -o %s/run%d", folder(), i);
	return 0;
}

/* What a question of queries.db of the first run comes to, as a number. */
static double asked(const char *run, const char *resolver, const char *sql)
{
	ends_with(0, "sqlite3 %s/%s/%s-none/queries.db \"%s\"", folder(), run, resolver, sql);
	return strtod(sh.out, NULL);
}

/* Handshakes have random bytes, and none of them gets anywhere. */
static void it_is_the_same_twice(void **state)
{
	static const char *const files[] = { "curve.csv",    "events.csv", "upstream.csv",
					     "links.csv",    "ede.csv",	   "clients.pcap",
					     "upstream.pcap" };

	(void)state;
	for (unsigned r = 0; r < ARRAY_SIZE(resolvers); r++) {
		for (unsigned i = 0; i < ARRAY_SIZE(files); i++)
			ends_with(0, "cmp %s/run1/%s-none/%s %s/run2/%s-none/%s", folder(),
				  resolvers[r], files[i], folder(), resolvers[r], files[i]);
		ends_with(0,
			  "for i in 1 2; do sqlite3 %s/run$i/%s-none/queries.db .dump | md5sum; "
			  "done | sort -u | wc -l",
			  folder(), resolvers[r]);
		assert_string_equal(sh.out, "1\n");
		ends_with(0,
			  "for i in 1 2; do jq -S '.cells[%u].transports' %s/run$i/run.json | "
			  "md5sum; done | sort -u | wc -l",
			  r, folder());
		assert_string_equal(sh.out, "1\n");
	}
}

static void users_of_each_transport_get_answers(void **state)
{
	static const char *const all[] = { "udp", "tcp", "dot", "doh" };
	char sql[256];

	(void)state;
	for (unsigned r = 0; r < ARRAY_SIZE(resolvers); r++) {
		for (unsigned t = 0; t < ARRAY_SIZE(all); t++) {
			snprintf(sql, sizeof(sql),
				 "select count(*) from queries where transport = '%s' and outcome "
				 "= 'noerror'",
				 all[t]);
			assert_true(asked("run1", resolvers[r], sql) > 100);
			snprintf(sql, sizeof(sql),
				 "select count(*) from queries where transport = '%s' and outcome "
				 "= 'servfail'",
				 all[t]);
			assert_true(asked("run1", resolvers[r], sql) > 10);
		}
		assert_true(asked("run1", resolvers[r],
				  "select count(*) from queries where outcome = 'timeout'") < 5);
		ends_with(0,
			  "jq '.cells[%u] | .valid, (.transports | [.[].failed] | add), "
			  "(.transports | .dot.handshakes == .dot.connections), "
			  "(.transports | .doh.resumed > 0)' %s/run1/run.json",
			  r, folder());
		assert_string_equal(sh.out, "true\n0\ntrue\ntrue\n");
	}
}

/* Of the first question of each client the shortest, and of all of them, in milliseconds. A round trip has 20. */
#define FIRST                                                                                      \
	"select min(took) from (select min(sent), (answered - sent) / 1000000 as took from "       \
	"queries where transport = '%s' group by client)"

static void handshakes_take_their_round_trips(void **state)
{
	static const struct {
		const char *transport;
		double first;
	} all[] = { { "udp", 20 }, { "tcp", 40 }, { "dot", 60 }, { "doh", 60 } };
	char sql[256];

	(void)state;
	for (unsigned r = 0; r < ARRAY_SIZE(resolvers); r++) {
		for (unsigned t = 0; t < ARRAY_SIZE(all); t++) {
			snprintf(sql, sizeof(sql), FIRST, all[t].transport);
			assert_true(asked("run1", resolvers[r], sql) >= all[t].first);
			snprintf(sql, sizeof(sql),
				 "select min(answered - sent) / 1000000 from queries where "
				 "transport = '%s'",
				 all[t].transport);
			assert_true(asked("run1", resolvers[r], sql) == 20);
		}
	}
}

/* The last that a metric came to. */
static double metric(const char *run, const char *resolver, const char *name)
{
	ends_with(0, "awk -F, '$3 == \"%s\" { v = $4 } END { print v }' %s/%s/%s-none/metrics.csv",
		  name, folder(), run, resolver);
	return strtod(sh.out, NULL);
}

static void connections_are_shared_and_opened_again(void **state)
{
	(void)state;
	for (unsigned r = 0; r < ARRAY_SIZE(resolvers); r++) {
		double questions = asked("run1", resolvers[r],
					 "select count(*) from queries where transport = 'dot'");
		double clients = asked("run1", resolvers[r],
				       "select count(distinct client) from queries where transport "
				       "= 'dot'");
		double opened = metric("run1", resolvers[r], "connections.dot");
		double reused = metric("run1", resolvers[r], "reused.dot");

		assert_true(opened > clients);
		assert_true(opened + reused >= questions - 2);
		assert_true(reused > questions / 2);
	}
	ends_with(0, TRANSPORTS "-r unbound --set by=dot --set idle=5m -o %s/kept", folder());
	ends_with(0, TRANSPORTS "-r unbound --set by=dot --set idle=1ms -o %s/unkept", folder());
	assert_true(metric("kept", "unbound", "connections.dot") <
		    metric("unkept", "unbound", "connections.dot") / 4);
	assert_true(metric("unkept", "unbound", "reused.dot") <
		    asked("unkept", "unbound", "select count(*) from queries") / 10);
}

/* The share of a minute's queries with an outcome. */
static double share(const char *run, const char *resolver, int minute, const char *outcome)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "select avg(outcome = '%s') from queries where sent / 60000000000 %% 60 = %d",
		 outcome, minute);
	return asked(run, resolver, sql);
}

/* A resolver that dies of it shows nothing: those that live through it are compared. */
static void an_outage_is_the_same_by_each_transport(void **state)
{
	static const char *const by[] = { "tcp", "dot", "doh" };
	static const char *const outcomes[] = { "noerror", "servfail", "timeout" };
	char run[32];

	(void)state;
	ends_with(0, TRANSPORTS "-r bind,knot --set by=udp --set dark=true -o %s/udp", folder());
	for (unsigned t = 0; t < ARRAY_SIZE(by); t++) {
		snprintf(run, sizeof(run), "%s", by[t]);
		ends_with(0, TRANSPORTS "-r bind,knot --set by=%s --set dark=true -o %s/%s", by[t],
			  folder(), run);
		for (unsigned r = 1; r < ARRAY_SIZE(resolvers); r++) {
			for (int minute = 0; minute < 5; minute++) {
				for (unsigned o = 0; o < ARRAY_SIZE(outcomes); o++) {
					double udp =
						share("udp", resolvers[r], minute, outcomes[o]);
					double it = share(run, resolvers[r], minute, outcomes[o]);

					assert_true(it > udp - 0.05 && it < udp + 0.05);
				}
			}
			/* Who waits in vain keeps his connection. */
			assert_true(share(run, resolvers[r], 3, "timeout") > 0.3);
			snprintf(run, sizeof(run), "connections.%s", by[t]);
			assert_true(metric(by[t], resolvers[r], run) <
				    asked(by[t], resolvers[r], "select count(*) from queries") / 4);
			snprintf(run, sizeof(run), "%s", by[t]);
		}
	}
}

static void the_report_tells_it_by_transport(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " report %s/run1", folder());
	assert_says("asked by");
	assert_says("on each");
	for (unsigned r = 0; r < ARRAY_SIZE(resolvers); r++)
		ends_with(0, "test $(grep -c '^| dot ' %s/run1/summary.md) = 3", folder());
	ends_with(0, "grep -c 'By what clients asked' %s/run1/report.html", folder());
	assert_string_equal(sh.out, "3\n");
}

static void few_under_way_make_the_others_wait(void **state)
{
	(void)state;
	ends_with(0, TRANSPORTS "-r bind --set by=dot --set clients=1 --set in-flight=1 -o %s/one",
		  folder());
	ends_with(0, TRANSPORTS "-r bind --set by=dot --set clients=1 -o %s/many", folder());
	assert_true(asked("one", "bind", "select avg(answered - sent) from queries") >
		    asked("many", "bind", "select avg(answered - sent) from queries"));
}

static void what_a_resolver_does_not_offer_is_told(void **state)
{
	(void)state;
	ends_with(2, TRANSPORTS "-r powerdns --set by=dot -o %s/none", folder());
	assert_says("transports.lua:");
	assert_says("clients ask by dot, which 'powerdns' does not offer");
	ends_with(0, TRANSPORTS "-r powerdns --set by=tcp -o %s/powerdns", folder());
	assert_true(asked("powerdns", "powerdns",
			  "select count(*) from queries where outcome = 'noerror'") > 500);
}

static void write_scenario(const char *stub)
{
	_cleanup_(fclosep) FILE *f = NULL;
	char path[512];

	snprintf(path, sizeof(path), "%s/wrong.lua", folder());
	f = fopen(path, "we");
	assert_non_null(f);
	fprintf(f,
		"scenario { name = 'wrong', from = '2026-05-05T12:00Z', to = '+5m' }\n"
		"local root = zone('.', { servers = { '198.18.0.1' } })\n"
		"local de = zone('de.', { parent = root, servers = { '198.18.1.1' },\n"
		"	delegations = population { count = 10 } })\n"
		"traffic { zone = de, rate = 1, stub = { %s } }\n",
		stub);
}

static void wrong_shares_are_told_with_their_place(void **state)
{
	static const struct {
		const char *stub, *says;
	} wrong[] = {
		{ "transport = { udp = 0.5, dot = 0.4 }", "transport's shares add up to 0.9" },
		{ "transport = { doq = 1 }", "unknown key 'doq' in transport" },
		{ "transport = { udp = -1, dot = 2 }", "udp is -1" },
		{ "idle = '5s'", "idle and in_flight are for connections" },
		{ "transport = { dot = 1 }, in_flight = 0", "in_flight" },
		{ "round_trip = '1h'", "round_trip is at most 1m" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		write_scenario(wrong[i].stub);
		ends_with(2, SIGFAULT " plan %s/wrong.lua", folder());
		assert_says("wrong.lua:");
		assert_says(wrong[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_same_twice),
		cmocka_unit_test(users_of_each_transport_get_answers),
		cmocka_unit_test(handshakes_take_their_round_trips),
		cmocka_unit_test(connections_are_shared_and_opened_again),
		cmocka_unit_test(an_outage_is_the_same_by_each_transport),
		cmocka_unit_test(the_report_tells_it_by_transport),
		cmocka_unit_test(few_under_way_make_the_others_wait),
		cmocka_unit_test(what_a_resolver_does_not_offer_is_told),
		cmocka_unit_test(wrong_shares_are_told_with_their_place),
	};

	return cmocka_run_group_tests(tests, make_runs, folder_remove);
}
