/* SPDX-License-Identifier: BSD-2-Clause */
/* Monitors: commands that are not ours look in the world whether all is well, and what they say is what the record, the
 * report and expectations have. The fault of `minute` is from 60 to 120 s of 180. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define RUN SIGFAULT " run minute --set rate=5 --quiet --mitigation-file %s/monitors.lua "
#define CELL "%s/%s/unbound-watched"

/* A mitigation of that name, as many as there are in a file. */
#define WATCHED(monitors) "mitigation('watched', function()\n" monitors "end)\n"

/* Asks for a name that nobody has asked for, and says when it is. */
#define DIG(every, name, how)                                                                      \
	"monitor { every = '" every "', name = '" name "', alarm = 'SERVFAIL', command = { 'sh', " \
	"'-c',\n'dig +tries=1 +time=60 @$SIGFAULT_RESOLVER " how                                   \
	"$(date +%s).de. A | grep status; date -u +%T.%N' } }\n"

static void a_monitor_sees_the_fault_at_the_instant_at_which_it_is_run(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("dig");
	folder_put("monitors.lua",
		   WATCHED(DIG("9s", "udp", "n") DIG(
			   "45s", "tcp",
			   "+tcp t") "expect('seen at once', function(run) local m = run:monitor "
				     "'udp'\n"
				     "return m.first_alarm == 3 and m.first == 63 and m.runs == 19 "
				     "and "
				     "m.failed == 0 and m.false_alarms == 0 end)\n"
				     "expect('by TCP', function(run)\n"
				     "return run:monitor('tcp').first_alarm == 30 end)\n"));
	ends_with(0, RUN "-m watched -o %s/a", d, d);
	ends_with(0, "awk -F, '$3 == \"udp\" && $5 { printf \"%%s \", $1 }' " CELL "/monitors.csv",
		  d, "a");
	assert_int_equal(strncmp(sh.out, "63 72 81 90 99 108 117 ", 23), 0);
	/* The date of each is the world's, and stands, though an answer takes its time. */
	ends_with(0,
		  "awk -F, '$3 == \"udp\" && substr($2, 12, 8) \".000000000\" != $8' " CELL
		  "/monitors.csv",
		  d, "a");
	assert_string_equal(sh.out, "");
	ends_with(0, "awk -F, '$3 == \"tcp\" && $7 > 0' " CELL "/monitors.csv | wc -l", d, "a");
	assert_string_equal(sh.out, "3\n");
	ends_with(0, "grep -c \"monitor 'udp' says alarm\" " CELL "/events.csv", d, "a");
	assert_string_equal(sh.out, "1\n");
	ends_with(0, "cat %s/a/summary.md", d);
	assert_says("| udp | 19 |");
	assert_says("fault to first alarm");
}

static void two_runs_with_one_seed_have_monitors_that_say_the_same(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, RUN "-m watched -o %s/b", d, d);
	ends_with(0,
		  "for f in monitors curve events upstream ede; do cmp " CELL "/$f.csv " CELL
		  "/$f.csv || exit 1; done",
		  d, "a", d, "b");
}

/* A root server, of the hints; what is asked of it is the monitor's own business. */
static void an_authority_answers_it_by_datagrams_and_nothing_of_it_is_recorded(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("monitors.lua",
		   WATCHED("monitor { every = '7s', name = 'root', command = { 'sh', '-c',\n"
			   "'a=$(grep -o \"198[.]18[.0-9]*\" $SIGFAULT_HINTS | head -n 1); '..\n"
			   "'dig +norec +tries=1 +time=60 +dnssec @$a . SOA | grep -q RRSIG' } "
			   "}\n"));
	ends_with(0, RUN "-m none,watched -o %s/c", d, d);
	ends_with(0, "awk -F, 'NR > 1 { n++; a += $4 } END { print n, a }' " CELL "/monitors.csv",
		  d, "c");
	assert_string_equal(sh.out, "25 0\n");
	/* Its way there and back is all the time that passes, whatever else happens in the cell. */
	ends_with(0, "awk -F, 'NR > 1 && ($7 < 0.010 || $7 > 0.012)' " CELL "/monitors.csv", d,
		  "c");
	assert_string_equal(sh.out, "");
	ends_with(0,
		  "for f in curve upstream ede links; do cmp %s/c/unbound-none/$f.csv " CELL
		  "/$f.csv || exit 1; done",
		  d, d, "c");
}

static void what_says_nothing_is_told_and_costs_itself_alone(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("monitors.lua",
		   WATCHED("monitor { every = '40s', timeout = '1s', command = { 'sleep', '9999' "
			   "} }\n"
			   "monitor { every = '50s', command = { 'no-such-program' } }\n"
			   "monitor { every = '50s', command = { './no-such-script' } }\n"
			   "monitor { every = '50s', name = 'lacks', command = { 'sh', '-c', "
			   "'no-such-program' } }\n"
			   "monitor { every = '50s', name = 'dies', command = { 'sh', '-c', "
			   "'kill -9 $$' } }\n"));
	ends_with(0, RUN "-m watched -o %s/e", d, d);
	ends_with(0,
		  "jq -r '.cells[0].monitors[] | \"\\(.name) \\(.runs) \\(.failed)"
		  " \\(.alarms) \\(.given_up) \\(.why)\"' %s/e/run.json",
		  d);
	assert_says("sleep 3 3 0 2026-05-05T19:20:00Z it did not end at 2026-05-05T19:20:00Z");
	assert_says("no-such-program 3 3 0 null cannot run 'no-such-program'");
	assert_says("no-such-script 3 3 0 null cannot run '/");
	assert_says("lacks 3 3 0 null it ended with status 127");
	assert_says("dies 3 3 0 null it ended with signal 9");
	ends_with(0, "cut -d, -f3-6 " CELL "/monitors.csv | sort | uniq -c", d, "e");
	assert_says("3 sleep,hung,,");
	assert_says("3 no-such-program,missing,,");
	assert_says("3 dies,signal 9,,");
	ends_with(0, "cat %s/e/summary.md", d);
	assert_says("'dies' said nothing 3 times");
}

/* Before the fault an alarm is false, and the one that stood since it was on is not. */
static void alarms_while_no_fault_is_on_are_false(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("monitors.lua",
		   WATCHED("monitor { every = '10s', name = 'always', command = { 'false' } }\n"
			   "monitor { every = '10s', name = 'coded', alarm = { 2, 'BAD' }, "
			   "command = { 'sh', '-c', 'printf "
			   "\"fine\\\\n\\\\033[31mred\\\\n\\\\n\"; exit "
			   "3' } }\n"));
	ends_with(0, RUN "-m watched -o %s/f", d, d);
	ends_with(0,
		  "awk -F, '$3 == \"always\" { a += $5; f += $6 } END { print a, f }' " CELL
		  "/monitors.csv",
		  d, "f");
	assert_string_equal(sh.out, "17 5\n");
	ends_with(0, "grep ',coded,' " CELL "/monitors.csv | cut -d, -f4-8 | uniq -c", d, "f");
	assert_says("17 3,0,,0.000,\xef\xbf\xbd[31mred\n");
	ends_with(0, "jq -r '.cells[0].monitors[0].false_alarms' %s/f/run.json", d);
	assert_string_equal(sh.out, "5\n");
	ends_with(0, "head -n 1 %s/f/compare.csv | tr , '\\n' | grep -n false_alarms | cut -d: -f1",
		  d);
	ends_with(0, "tail -n 1 %s/f/compare.csv | cut -d, -f%d", d, atoi(sh.out));
	assert_string_equal(sh.out, "5\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_monitor_sees_the_fault_at_the_instant_at_which_it_is_run),
		cmocka_unit_test(two_runs_with_one_seed_have_monitors_that_say_the_same),
		cmocka_unit_test(
			an_authority_answers_it_by_datagrams_and_nothing_of_it_is_recorded),
		cmocka_unit_test(what_says_nothing_is_told_and_costs_itself_alone),
		cmocka_unit_test(alarms_while_no_fault_is_on_are_false),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
