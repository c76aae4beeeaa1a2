/* SPDX-License-Identifier: BSD-2-Clause */
/* What operators do to resolvers, what stands in a mitigation's configuration, and what becomes of
 * a cell whose resolver or control program does not come back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/unbound.h"

/* The log of queries is the judge of when the first client failed. */
static void an_operator_acts_so_long_after_the_first_failure(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("soon.lua", "mitigation('soon', function()\n"
			       "after_first_failure('20s', resolver:nta 'de.')\n"
			       "after_first_failure('20s', resolver:flush 'de.')\n"
			       "after_first_failure('150s', resolver:flush_all()) end)\n");
	ends_with(0,
		  SIGFAULT
		  " run minute -m soon --mitigation-file %s/soon.lua --log-queries --quiet "
		  "-o %s/soon",
		  d, d);
	ends_with(0,
		  "sqlite3 %s/soon/unbound-soon/queries.db \"SELECT CAST((min(answered) + "
		  "20000000000 - from_ns) / 1000000000 AS INT) || ',' FROM (SELECT answered, "
		  "(SELECT strftime('%%s', '2026-05-05 19:18:00') * 1000000000) AS from_ns FROM "
		  "queries WHERE outcome = 'servfail' AND sent >= from_ns + 60000000000)\" "
		  ">%s/wanted && grep -F -f %s/wanted %s/soon/unbound-soon/events.csv",
		  d, d, d, d);
	assert_says("operator,nta,de.,nta de.");
	assert_true(cell_sum("soon/unbound-soon", "servfail", 60, 80) > 0);
	assert_true(cell_sum("soon/unbound-soon", "servfail", 90, 120) == 0);
	ends_with(0, "grep flush-all %s/soon/unbound-soon/events.csv", d);
	assert_string_equal(
		sh.out, "180,2026-05-05T19:21:00Z,missed,flush-all,,flush-all: its instant would "
			"come after the end,\n");
}

static void every_resolver_forgets_a_zone_and_leaves_it_unvalidated(void **state)
{
	static const char *const names[] = { "unbound", "bind", "knot", "powerdns" };
	const char *d = folder();
	double lingering = 0;
	char cell[64];

	(void)state;
	ends_with(0,
		  SIGFAULT " run minute -r " RESOLVERS " -m none,nta-flush,flush --quiet -o %s/ops",
		  d);
	ends_with(0, "cat %s/ops/*/events.csv | grep -c 'operator,flush,de.,'", d);
	assert_string_equal(sh.out, "8\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(cell, sizeof(cell), "ops/%s-none", names[i]);
		assert_true(cell_sum(cell, "servfail", 100, 120) > 100);
		lingering += cell_sum(cell, "servfail", 120, 180);
		snprintf(cell, sizeof(cell), "ops/%s-nta-flush", names[i]);
		assert_true(cell_sum(cell, "servfail", 60, 90) > 100);
		assert_true(cell_sum(cell, "servfail", 100, 120) == 0);
		snprintf(cell, sizeof(cell), "ops/%s-flush", names[i]);
		assert_true(cell_sum(cell, "servfail", 100, 120) > 100);
		/* One may have been under way. */
		assert_true(cell_sum(cell, "servfail", 120, 130) < 3);
		assert_true(cell_sum(cell, "servfail", 130, 180) == 0);
	}
	assert_true(lingering > 10);
}

static void settings_reach_the_configuration_of_each_resolver(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("set.lua",
		   "mitigation('short', { about = 'keeps little', settings = {\n"
		   "unbound = 'server:\\n    cache-max-negative-ttl: 7\\n',\n"
		   "bind = '    max-ncache-ttl 7;\\n', knot = 'cache.max_ttl(7)\\n',\n"
		   "powerdns = 'max-negative-ttl=7\\n' } })\n"
		   "mitigation('wrong', { settings = { unbound = 'frobnicate: 1\\n' } })\n");
	ends_with(0,
		  SIGFAULT " run tests/scenarios/brief.lua -r " RESOLVERS
			   " -m short --mitigation-file %s/set.lua --quiet -o %s/set",
		  d, d);
	ends_with(
		0,
		"cd %s/set && grep -lE 'negative-ttl: 7|max-ncache-ttl 7|max_ttl.7|negative-ttl=7' "
		"*/resolver.conf | wc -l",
		d);
	assert_string_equal(sh.out, "4\n");
	ends_with(0,
		  "jq -r '.cells[] | .about, (.command | test(\"^/\"))' %s/set/run.json | sort -u",
		  d);
	assert_string_equal(sh.out, "keeps little\ntrue\n");
	ends_with(0, "ls -d %s/set/*/work 2>/dev/null | wc -l", d);
	assert_string_equal(sh.out, "0\n");
	ends_with(4,
		  SIGFAULT " run tests/scenarios/brief.lua -m wrong --mitigation-file %s/set.lua "
			   "--quiet -o %s/wrong",
		  d, d);
	assert_says("frobnicate");
	ends_with(0, "ls %s/wrong/unbound-wrong/work", d);
	assert_says("unbound.conf");
}

static void what_is_not_offered_and_what_nobody_knows_are_told_apart(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("like.lua", "mitigation('a', { like = 'serve-stale-now' })\n"
			       "mitigation('b', { settings = { bind = '' } })\n"
			       "mitigation('c', function() at('+5s', resolver:reload()) end)\n"
			       "\nmitigation('d', { like = 'serve-stlae' })\n");
	ends_with(0,
		  SIGFAULT " run minute -r " RESOLVERS " -m a,b,c --mitigation-file %s/like.lua "
			   "--list-cells",
		  d);
	assert_says(
		"left out: knot-a: 'knot' does not offer 'serve-stale-now', which 'a' builds on");
	assert_says("left out: unbound-b: the mitigation 'b' has no settings for 'unbound'");
	assert_says("left out: knot-c: 'knot' has no command for 'reload'");
	assert_says("\tpowerdns\t");
	ends_with(2, SIGFAULT " run minute -m d --mitigation-file %s/like.lua --list-cells", d);
	assert_says("like.lua:5: 'd' is like 'serve-stlae', which no resolver has");
	ends_with(2, SIGFAULT " run minute -m nta-erly --list-cells");
	assert_says("there is no mitigation 'nta-erly'; did you mean 'nta-early'?");
	assert_says("nta-early");
	ends_with(2, SIGFAULT " run dark -m nta --list-cells");
	assert_says("the scenario gives the mitigation 'nta' nothing to do");
	ends_with(2, SIGFAULT " run minute -r knot -m serve-stale-now --list-cells");
	assert_says("'knot' does not offer the mitigation 'serve-stale-now'");
	ends_with(2, SIGFAULT " plan minute --mitigation-file %s/no-such.lua", d);
	assert_says("no-such.lua");
}

/* One matrix, so that they wait at the same time. */
static void whatever_does_not_come_back_ends_its_cell_with_a_sentence(void **state)
{
	const char *d = folder();

	(void)state;
	put_unbound_driver("waits", "", UNBOUND_STARTS, "{ '/bin/sleep', '1000' }");
	put_unbound_driver("stopped", "", UNBOUND_STARTS,
			   "{ '/bin/sh', '-c', 'kill -STOP $(cat pid)' }");
	put_unbound_driver("loops", "", "{ '/usr/bin/perl', '-e', '1 while 1' }", DOES_NOTHING);
	put_unbound_driver("large", "", "{ '/bin/sh', '-c', 'truncate -s 20M cache; exit 3' }",
			   DOES_NOTHING);
	/* Of a busy machine's time less counts as rest than has passed. */
	put_unbound_driver("slow", "", UNBOUND_STARTS, "{ '/bin/sleep', '22' }");
	put_unbound_driver("fine", "", UNBOUND_STARTS, DOES_NOTHING);
	ends_with(4,
		  SIGFAULT " run minute -r "
			   "%s/waits.lua,%s/stopped.lua,%s/loops.lua,%s/large.lua,%s/slow.lua,"
			   "%s/fine.lua -m flush --jobs 6 --patience 5s --quiet -o %s/back",
		  d, d, d, d, d, d, d);
	assert_says("waits-flush: flush de.: the control command '/bin/sleep 1000' has not ended "
		    "within 30 s");
	/* While the command runs, or at the end of it. */
	assert_says("the resolver does not come to rest: it sits in 'do_signal_stop'");
	assert_says("stopped-flush: ");
	assert_says(
		"loops-flush: the resolver (perl) has computed for 5 s while the clock stood at");
	assert_says("large-flush: the resolver exited with status 3");
	ends_with(0, "jq -r '.cells[] | select(.valid) | .folder' %s/back/run.json", d);
	assert_string_equal(sh.out, "slow-flush\nfine-flush\n");
	/* One that came back needed the clock to move for it: where, is chance. */
	ends_with(
		0,
		"jq -r '.cells[] | select(.valid) | [.folder, .chances | tostring] | join(\" \")' "
		"%s/back/run.json",
		d);
	assert_string_equal(
		sh.out, "slow-flush {\"out_of_turn\":0,\"slow_commands\":1}\nfine-flush null\n");
	ends_with(0, "cd %s/back && ls large-flush/work && ls -d */work | wc -l", d);
	assert_string_equal(sh.out, "root.hints\nroot.key\nunbound.conf\n4\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_operator_acts_so_long_after_the_first_failure),
		cmocka_unit_test(every_resolver_forgets_a_zone_and_leaves_it_unvalidated),
		cmocka_unit_test(settings_reach_the_configuration_of_each_resolver),
		cmocka_unit_test(what_is_not_offered_and_what_nobody_knows_are_told_apart),
		cmocka_unit_test(whatever_does_not_come_back_ends_its_cell_with_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
