/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run lost, lacks, or could not keep on its clock is told, and no text of a stranger's is
 * anything but text. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/unbound.h"

#define BRIEF "tests/scenarios/brief.lua"

/* Commands for a terminal, text turned round, HTML, and what Markdown makes of it. */
#define ODD "\\27[31m\\7\\u{202e}<img src=x onerror=alert(1)>|`*x*[a](b)\\xff"

static void text_of_a_script_is_text_everywhere(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("head", "local ODD = \"" ODD "\"\n");
	folder_put("tail", "at('+1s', mark(ODD))\nreport(function() print(ODD) end)\n"
			   "expect(ODD, function() return true end)\n");
	ends_with(0,
		  "cp -r tests/scenarios/lib %s/ && "
		  "(cat %s/head; sed 's/\"A moment\"/ODD/' " BRIEF "; cat %s/tail) > %s/odd.lua",
		  d, d, d, d);
	ends_with(0, SIGFAULT " plan %s/odd.lua > %s/plan.txt", d, d);
	ends_with(0, SIGFAULT " run %s/odd.lua -o %s/odd > %s/run.txt 2>&1", d, d, d);
	ends_with(1,
		  "cd %s && LC_ALL=C grep -l -P "
		  "'[\\x00-\\x08\\x0b-\\x1f\\x7f\\xff]|\\xe2\\x80\\xae' plan.txt "
		  "run.txt odd/*.* odd/unbound-none/*.csv odd/unbound-none/report.txt",
		  d);
	assert_string_equal(sh.out, "");
	ends_with(0, "grep -c 'img src' %s/plan.txt %s/run.txt %s/odd/unbound-none/events.csv", d,
		  d, d);
	ends_with(1, "sed '/^```/,/^```/d' %s/odd/summary.md | grep -e '<img' -e '[^\\\\]`[*]x'",
		  d);
	ends_with(0, "grep -c '&lt;img src=x' %s/odd/summary.md", d);
	ends_with(1, "grep '<img src=x' %s/odd/report.html", d);
	ends_with(0, "grep -c '&lt;img src=x' %s/odd/report.html", d);
}

/* The limit is of files a process has open: each client that waits in real time has one. */
static void what_the_testbed_loses_makes_a_run_invalid_and_is_no_time_out(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(4,
		  "ulimit -n 1024; " SIGFAULT
		  " run tests/scenarios/lossy.lua --clock real --quiet -o %s/lossy",
		  d);
	ends_with(0,
		  "jq -r '.cells[] | .valid, (.lost.clients + .lost.sockets > 100)' "
		  "%s/lossy/run.json",
		  d);
	assert_string_equal(sh.out, "false\ntrue\n");
	ends_with(0, "jq -r '.cells[].lost | .clients + .sockets' %s/lossy/run.json", d);
	assert_true(atof(sh.out) + cell_sum("lossy/unbound-none", "queries", 0, EVER) <= 2200);
}

static void what_runs_past_the_clock_is_named(void **state)
{
	const char *d = folder();

	(void)state;
	put_wrapper("past", "mkfifo /tmp/f\nenv -i cat /tmp/f &", BECOMES_UNBOUND);
	ends_with(4, SIGFAULT " run " BRIEF " -r unbound=%s/past --quiet -o %s/past.run", d, d);
	assert_says("'cat' ran past the clock, in real time");
}

static void a_script_that_does_not_become_its_resolver_is_told_to(void **state)
{
	const char *d = folder();

	(void)state;
	put_wrapper("child", "", "unbound \"$@\"");
	ends_with(4, SIGFAULT " run " BRIEF " -r unbound=%s/child --quiet -o %s/child.run", d, d);
	assert_says("'unbound' runs as a child of the program");
	assert_says("becomes it, by 'exec'");
}

/* It fills the disk by itself, and ends. */
static void a_resolver_that_ends_on_a_full_disk_is_told_so(void **state)
{
	const char *d = folder();

	(void)state;
	need_root();
	put_wrapper("fills", "cat /dev/zero > fill 2>/dev/null", "exit 7");
	ends_with(
		4,
		"mkdir %s/narrow && unshare -m sh -c 'mount -t tmpfs -o size=4m none %s/narrow && "
		"exec " SIGFAULT " run " BRIEF " -r unbound=%s/fills --quiet -o %s/narrow/run'",
		d, d, d, d);
	assert_says("the resolver exited with status 7");
	assert_says("the disk is full: there are ");
}

/* An ordinary user where a part of /proc is covered may mount no /proc, as in many a container. */
static void a_sandbox_that_is_not_whole_is_told_and_recorded(void **state)
{
	const char *d = folder();

	(void)state;
	need_root();
	shell(&sh,
	      "mkdir -p %s/user && chmod 755 %s && chown 61234 %s/user && unshare -m sh -c 'mount "
	      "-t tmpfs none /proc/sys && exec setpriv --reuid 61234 --regid 61234 "
	      "--clear-groups " SIGFAULT " run " BRIEF " --clock real --quiet -o %s/user/run'",
	      d, d, d, d);
	assert_says("the sandbox is not whole: the program has an empty /proc");
	ends_with(0, "jq -r '.cells[].sandbox_lacks[]' %s/user/run/run.json", d);
	assert_says("the program has an empty /proc, since none may be mounted here");
}

static void a_proc_of_other_processes_is_exit_3_with_what_mends_it(void **state)
{
	(void)state;
	need_root();
	ends_with(3, "unshare -pf " SIGFAULT " run " BRIEF " --quiet -o %s/none", folder());
	assert_says("'mount -t proc proc /proc'");
	ends_with(3,
		  "unshare -m sh -c 'mount -t tmpfs none /proc; exec " SIGFAULT " run " BRIEF
		  " --quiet -o %s/none'",
		  folder());
	assert_says("'mount -t proc proc /proc'");
}

/* What a shell does with the allocations of these numbers: says which of them cost a part of the report
 * without a word. */
#define EACH_SCARCE                                                                                \
	"for n in %s; do rm -rf out; "                                                             \
	"SCARCE=$n LD_PRELOAD=./scarce.so \"$sigfault\" report lean -o out >text 2>said; rc=$?; "  \
	"[ $rc = 3 ] || { [ $rc = 0 ] && cmp -s text ref.txt && diff -rq out ref >/dev/null; } "   \
	"|| "                                                                                      \
	"echo \"$n: exit $rc, and not all is there\"; "                                            \
	"[ $rc = 0 ] || grep -q 'sigfault: ' said || echo \"$n: exit $rc without a sentence\"; "   \
	"for f in $(ls out 2>/dev/null); do cmp -s out/$f ref/$f || echo \"$n: $f is not "         \
	"whole\"; "                                                                                \
	"done; done"

/* Of the thousands of allocations of a report one at a time finds no memory. Nearly all are the charts',
 * alike among themselves; what is read and what tables are made of comes first. */
static void a_report_that_lacks_memory_is_whole_or_says_so(void **state)
{
	const char *d = folder();
	long count;

	(void)state;
	ends_with(0, "cc -D_GNU_SOURCE -w -shared -fPIC -o %s/scarce.so tests/data/scarce.c", d);
	ends_with(0, SIGFAULT " run " BRIEF " --quiet -o %s/lean", d);
	ends_with(0,
		  "sigfault=$PWD/" SIGFAULT "; cd %s && SCARCE_COUNT=9 LD_PRELOAD=./scarce.so "
		  "\"$sigfault\" report lean -o out 9>count >ref.txt && mv out ref && cat count",
		  d);
	count = atol(sh.out);
	assert_true(count > 2000);
	ends_with(0, "sigfault=$PWD/" SIGFAULT "; cd %s && " EACH_SCARCE, d,
		  "$(seq 1 29 1500) $(seq 1501 $((($(cat count) - 1500) / 50)) $(cat count))");
	assert_string_equal(sh.out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_a_script_is_text_everywhere),
		cmocka_unit_test(what_the_testbed_loses_makes_a_run_invalid_and_is_no_time_out),
		cmocka_unit_test(what_runs_past_the_clock_is_named),
		cmocka_unit_test(a_script_that_does_not_become_its_resolver_is_told_to),
		cmocka_unit_test(a_resolver_that_ends_on_a_full_disk_is_told_so),
		cmocka_unit_test(a_report_that_lacks_memory_is_whole_or_says_so),
		cmocka_unit_test(a_sandbox_that_is_not_whole_is_told_and_recorded),
		cmocka_unit_test(a_proc_of_other_processes_is_exit_3_with_what_mends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
