/* SPDX-License-Identifier: BSD-2-Clause */
/* Operators who watch, with real resolvers: what they set and take away, and what becomes of the
 * curve. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* The fault of `minute` is from 60 to 120; the robot looks every five seconds and waits for
 * fifteen. */
#define ROBOT                                                                                      \
	"build/sigfault run minute --mitigation-file scenarios/mitigations/automation.lua --set "  \
	"robot_every=5s --set robot_minutes=0.25 --set robot_trial_minutes=0.4 --quiet"

static void a_robot_sets_an_anchor_tries_without_and_ends_with_none(void **state)
{
	static const char *const names[] = { "unbound", "bind" };
	const char *d = folder();
	char cell[64];

	(void)state;
	ends_with(0, ROBOT " -r unbound,bind -m none,nta-robot -o %s/a", d);
	for (size_t i = 0; i < 2; i++) {
		ends_with(0,
			  "grep -E 'operator|probe of' %s/a/%s-nta-robot/events.csv | cut -d, "
			  "-f1,3,6 | tr '\n' ' '",
			  d, names[i]);
		assert_string_equal(sh.out, "75,operator,nta de. 75,operator,flush de. "
					    "100,operator,nta-remove de. 100,operator,probe de. "
					    "100,resolver,probe of de.: bogus "
					    "105,operator,nta de. 105,operator,flush de. "
					    "130,operator,nta-remove de. 130,operator,probe de. "
					    "130,resolver,probe of de.: secure ");
		snprintf(cell, sizeof(cell), "a/%s-none", names[i]);
		assert_true(cell_share(cell, "servfail", 80, 100) > 0.3);
		snprintf(cell, sizeof(cell), "a/%s-nta-robot", names[i]);
		assert_true(cell_share(cell, "servfail", 60, 70) > 0.2);
		assert_true(cell_share(cell, "servfail", 80, 100) < 0.01);
		assert_true(cell_share(cell, "servfail", 100, 110) > 0.3);
		assert_true(cell_share(cell, "servfail", 140, 180) < 0.02);
		assert_true(cell_share(cell, "ad", 140, 180) > 0);
	}
}

static void a_robot_leaves_an_anchor_that_nothing_can_be_tried_with(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "build/sigfault run dark -m nta-robot --mitigation-file "
		  "scenarios/mitigations/automation.lua "
		  "--set robot_minutes=1 --set robot_trial_minutes=1 --quiet -o %s/d",
		  d);
	ends_with(0, "grep -c 'operator,' %s/d/unbound-nta-robot/events.csv", d);
	assert_string_equal(sh.out, "2\n");
}

static void two_runs_with_one_seed_have_the_same_robot(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, ROBOT " -r unbound,bind -m nta-robot -o %s/b", d);
	ends_with(0,
		  "for c in unbound bind; do for f in curve events upstream; do "
		  "cmp %s/a/$c-nta-robot/$f.csv %s/b/$c-nta-robot/$f.csv || exit 1; done; done",
		  d, d);
}

/* The log of queries is the judge. Until the first answer differs, so must nothing else. */
static void probes_leave_the_questions_of_clients_as_they_are(void **state)
{
	static const char *const asked = "SELECT sent, client, name, type FROM queries "
					 "WHERE attempt = 0 ORDER BY sent, client, name";
	const char *d = folder();

	(void)state;
	folder_put("prober.lua",
		   "mitigation('prober', function() watch { every = '10s', zone = 'de.',\n"
		   "act = function(seen) return resolver:probe('de.', { names = 2 }) end } "
		   "end)\n");
	ends_with(0,
		  "build/sigfault run minute -m none,prober --mitigation-file %s/prober.lua "
		  "--log-queries --quiet -o %s/p",
		  d, d);
	for (int i = 0; i < 2; i++)
		ends_with(0, "sqlite3 %s/p/unbound-%s/queries.db '%s' >%s/p/asked%d", d,
			  i ? "prober" : "none", asked, d, i);
	ends_with(0, "cmp %s/p/asked0 %s/p/asked1 && wc -l <%s/p/asked0", d, d, d);
	assert_true(atoi(sh.out) > 3000);
	ends_with(0, "grep -c 'probe of' %s/p/unbound-prober/events.csv", d);
	assert_string_equal(sh.out, "17\n");
	ends_with(0, "grep -c 'probe of de.: bogus' %s/p/unbound-prober/events.csv", d);
	assert_true(atoi(sh.out) >= 4);
}

/* The counts that the function was told, minute by minute, against the log. */
static void what_is_seen_is_what_the_log_of_queries_has(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("counts.lua",
		   "mitigation('counts', function() watch { every = '20s',\n"
		   "act = function(seen) return mark(string.format('%d %d %d', seen.t,\n"
		   "seen:count 'queries', seen:count 'servfail')) end } end)\n");
	ends_with(0,
		  "build/sigfault run minute -m counts --mitigation-file %s/counts.lua "
		  "--log-queries --quiet -o %s/c",
		  d, d);
	ends_with(0,
		  "cd %s/c/unbound-counts && grep ,mark, events.csv | cut -d, -f6 >seen && sqlite3 "
		  "queries.db \"SELECT ((answered - o) / 20000000000 + 1) * 20 AS t, count(*), "
		  "sum(outcome = 'servfail') FROM queries, (SELECT strftime('%%s', '2026-05-05 "
		  "19:18:00') * 1000000000 AS o) GROUP BY t HAVING t < 180 ORDER BY t\" | tr '|' "
		  "' ' >logged && diff seen logged && wc -l <seen",
		  d);
	assert_string_equal(sh.out, "8\n");
}

/* Nothing else happens: a resolver left to itself must not be ahead of a watch. */
static void an_operator_acts_at_his_instant_when_nobody_asks(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("quiet.lua",
		   "scenario { name = 'quiet', from = '2026-05-05T12:00Z', to = '+50s' }\n"
		   "local root = zone('.', { servers = { '198.18.0.1' } })\n"
		   "zone('de.', { parent = root, servers = { '198.18.1.1' }, delegations =\n"
		   "population { count = 1000, signed = 0.5, hosters = 2 } })\n"
		   "watch { every = '7s', act = function() return resolver:probe 'de.' end }\n");
	ends_with(0, "build/sigfault run %s/quiet.lua -r unbound,bind --quiet -o %s/q", d, d);
	for (int i = 0; i < 2; i++) {
		ends_with(0,
			  "grep 'probe of de.: secure' %s/q/%s-none/events.csv | cut -d, -f1 | tr "
			  "'\n' ' '",
			  d, i ? "bind" : "unbound");
		assert_string_equal(sh.out, "7 14 21 28 35 42 49 ");
	}
}

static void an_error_in_a_function_ends_the_cell_and_names_the_line(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("wrong.lua", "mitigation('wrong', function() watch { every = '10s',\n"
				"act = function(seen)\n"
				"if seen.t == 30 then return seen.zone end end } end)\n");
	ends_with(4,
		  "build/sigfault run minute -m wrong --mitigation-file %s/wrong.lua --quiet -o "
		  "%s/w",
		  d, d);
	assert_says("/wrong.lua:3: seen has no 'zone'");
	ends_with(0, "tail -n 1 %s/w/unbound-wrong/curve.csv", d);
}

static void the_plan_says_who_watches_and_how_often(void **state)
{
	(void)state;
	ends_with(0, "build/sigfault plan minute --mitigation-file "
		     "scenarios/mitigations/automation.lua --set "
		     "robot_every=30s | grep -A 1 'every 30 s'");
	assert_says("every 30 s");
	assert_says("operator watches de. and may act");
	assert_says("automation.lua:");
	ends_with(0, "build/sigfault scenarios");
	assert_null(strstr(sh.out, "automation"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_robot_sets_an_anchor_tries_without_and_ends_with_none),
		cmocka_unit_test(a_robot_leaves_an_anchor_that_nothing_can_be_tried_with),
		cmocka_unit_test(two_runs_with_one_seed_have_the_same_robot),
		cmocka_unit_test(probes_leave_the_questions_of_clients_as_they_are),
		cmocka_unit_test(what_is_seen_is_what_the_log_of_queries_has),
		cmocka_unit_test(an_operator_acts_at_his_instant_when_nobody_asks),
		cmocka_unit_test(an_error_in_a_function_ends_the_cell_and_names_the_line),
		cmocka_unit_test(the_plan_says_who_watches_and_how_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
