/* SPDX-License-Identifier: BSD-2-Clause */
/* A resolver that means harm, in as many ways as tests/subject/hostile.c has: each costs its own
 * cell and no more, is told by the sentence that is right for it, and none passes for valid that
 * isn't. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define HOSTILE "build/tests/subject/hostile"
#define GARBAGE "the resolver wrote garbage into the memory that it shares with the clock: "
#define ENDLESS "does not come to an end"
#define REFUSED "which the clock cannot virtualise"
#define NO_START "the resolver did not answer '. SOA' before the scenario began"
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* A driver whose mitigations are the ways, and programs that tell their version in several. */
static void make_driver(void)
{
	const char *d = folder();

	ends_with(0,
		  "mkdir %s/ways && for n in hostile floods controls lines fails hangs; do "
		  "cp " HOSTILE " %s/ways/$n; done; (echo 'local WAYS = [['; " HOSTILE
		  " ways; echo ']]'; cat tests/subject/hostile.lua) > %s/hostile.lua",
		  d, d, d);
}

static FILE *hangs;

/* It is waited for ten seconds, in which nothing computes: beside all others. */
static int begin(void **state)
{
	char line[1024];

	(void)state;
	make_driver();
	snprintf(line, sizeof(line),
		 SIGFAULT " run tests/scenarios/hostile.lua -r %s/hostile.lua=%s/ways/hangs "
			  "--quiet -o %s/version-hangs 2>&1",
		 folder(), folder(), folder());
	hangs = popen(line, "r");
	return hangs ? 0 : -1;
}

enum fate {
	VALID, /* nothing is wrong with its answers, or nobody could tell */
	TIMEOUTS, /* valid, and its users waited in vain */
	ENDED, /* its cell is over, with this in the sentence */
	TOLD_OR_TIMEOUTS, /* one or the other: it is the kernel that says when a child runs */
};

static const struct way {
	const char *name;
	enum fate fate;
	const char *why;
} ways[] = {
	{ "none", VALID },

	{ "sleep-3", TIMEOUTS },
	{ "sleep-long", TIMEOUTS },
	{ "sleep-loop", TIMEOUTS },
	{ "poll-loop", TIMEOUTS },
	{ "poll-forever", TIMEOUTS },
	{ "pause", TIMEOUTS },
	{ "cond-wait", TIMEOUTS },
	{ "sem-wait", TIMEOUTS },
	{ "close-socket", TIMEOUTS },
	{ "child-reads", TOLD_OR_TIMEOUTS, "by a child, of its parent's UDP socket" },
	{ "become-another", TIMEOUTS },
	{ "kill-first", VALID },
	{ "kill-all", VALID },
	{ "raw-pause", TIMEOUTS },

	{ "poll-closed", ENDED, ENDLESS },
	{ "stop", ENDED, "does not come to rest" },
	{ "busy", ENDED, ENDLESS },
	{ "yield", ENDED, ENDLESS },
	{ "deadlock", ENDED, "does not come to rest" },
	{ "tick", ENDED, ENDLESS },
	{ "flood-clients", ENDED, ENDLESS },
	{ "flood-root", ENDED, ENDLESS },
	{ "flood-garbage", ENDED, ENDLESS },
	{ "fork-bomb", TOLD_OR_TIMEOUTS, ENDLESS },
	{ "close-all", ENDED, ENDLESS },
	{ "close-log", VALID },

	{ "exit-0", ENDED, "the resolver exited with status 0 at 2026-05-05T12:00:01Z, after '" },
	{ "exit-3", ENDED, "the resolver exited with status 3 at " },
	{ "abort", ENDED, "the resolver was ended by signal 6 (Aborted) at " },
	{ "segv", ENDED, "the resolver was ended by signal 11 (" },
	{ "kill-self", ENDED, "the resolver was ended by signal 9 (Killed) at " },
	{ "kill-parent", ENDED, "the resolver was ended by signal 9 (Killed) at " },
	{ "daemonise", ENDED, "the resolver exited with status 0 at " },
	{ "exit-early", ENDED, "the resolver exited with status 0" },
	{ "silent", ENDED, NO_START },
	{ "never-binds", ENDED, NO_START },
	{ "never-asks", ENDED, "the resolver never asked an authority" },

	{ "log-much", VALID },
	{ "log-escapes", VALID },
	{ "ask-escapes", VALID },
	{ "ask-garbage", VALID },

	{ "use-alarm", ENDED, "'alarm', " REFUSED },
	{ "use-dup", ENDED, "'dup (of a UDP socket)', " REFUSED },
	{ "use-timerfd", ENDED, "'timerfd_settime', " REFUSED },
	{ "use-stamp", ENDED, "'ioctl(SIOCGSTAMP)', " REFUSED },
	{ "use-timeout", ENDED, "'SO_RCVTIMEO', " REFUSED },

	{ "page-len", ENDED, GARBAGE "out: a datagram's length is 900000" },
	{ "page-size", ENDED, GARBAGE "out: a datagram's size is 900000" },
	{ "page-size-0", ENDED, GARBAGE "out: a datagram's size is 0" },
	{ "page-family", ENDED, GARBAGE "out: a datagram's address family is 77" },
	{ "page-ahead", ENDED, GARBAGE "out: a datagram's instant is " },
	{ "page-before", ENDED, GARBAGE "out: a datagram's instant is " },
	{ "page-out-tail", ENDED, GARBAGE "out.tail is " },
	{ "page-out-head", ENDED, GARBAGE "out.head is " },
	{ "page-in-head", ENDED, GARBAGE "in.head is " },
	{ "page-in-tail", ENDED, GARBAGE "in.tail is 1099511627776" },
	{ "page-asks-head", ENDED, GARBAGE "asks.head is " },
	{ "page-asks-tail", ENDED, GARBAGE "asks." },
	{ "page-answers-head", ENDED, "" }, /* what lives on it dies of it, or is found out */
	{ "page-areas", ENDED, GARBAGE "areas is 4294967295" },
	{ "page-slots", ENDED, GARBAGE "slots[0]." },
	{ "page-slots-ahead", ENDED, GARBAGE "slots[100] was never given out" },
	{ "page-slot-top", ENDED, GARBAGE "slot_top is 2147483647" },
	{ "page-and-die", ENDED, GARBAGE "slot_top is 2147483647" },
	{ "page-ports", ENDED, GARBAGE "port_slot[" },
	{ "page-epoch", ENDED, GARBAGE "epoch is " },
	{ "page-now-far", ENDED, GARBAGE "now is " },
	{ "page-now-back", ENDED, GARBAGE "now is 1" },
	{ "page-running", ENDED, GARBAGE "running is " },
	{ "page-gate", ENDED, GARBAGE "gate is 77" },
	{ "page-order", ENDED, GARBAGE "order is " },
	{ "page-streams", ENDED, GARBAGE "streams is 4294967295" },
	{ "page-addresses", ENDED, GARBAGE "self4 has changed" },
	{ "page-magic", ENDED, GARBAGE "magic and version are 0 and " },
	{ "page-speed", ENDED, GARBAGE "speed is 1e+300" },
	{ "page-lead", ENDED, GARBAGE "lead is " },
	{ "page-charge", ENDED, GARBAGE "charge is 1e+300" },
	{ "page-seed", ENDED, GARBAGE "seed is 12345" },
	{ "page-barrier", ENDED, GARBAGE "barrier is " },
	{ "page-kicks", ENDED, GARBAGE "kicks_seen is " },
	{ "page-all", ENDED, GARBAGE },
	{ "page-refused", ENDED, GARBAGE "refused_name is no name" },
	{ "page-refused-code", ENDED, GARBAGE "refused is 9" },
	{ "page-truncate", VALID }, /* it is refused */
	{ "page-wakes", ENDED, GARBAGE "the wake-up of slots[" },

	{ "answer-garbage", TIMEOUTS },
	{ "answer-short", TIMEOUTS },
	{ "answer-empty", TIMEOUTS },
	{ "answer-wrong-id", TIMEOUTS },
	{ "answer-wrong-question", TIMEOUTS },
	{ "answer-loop", TIMEOUTS },
	{ "answer-counts", TIMEOUTS },
	{ "answer-oversized", VALID },
	{ "answer-twice", VALID },
	{ "answer-elsewhere", TIMEOUTS },
	{ "tcp-silent", TIMEOUTS },
	{ "tcp-half", TIMEOUTS },
	{ "tcp-closed", TIMEOUTS },
};

static void run_all(void)
{
	static char list[4096];

	for (size_t i = 0; i < COUNT(ways); i++) {
		strcat(list, i ? "," : "");
		strcat(list, ways[i].name);
	}
	ends_with(4,
		  SIGFAULT " run tests/scenarios/hostile.lua -r %s/hostile.lua=%s/ways/hostile"
			   " -m %s --patience 1s --jobs 3 --quiet -o %s/all",
		  folder(), folder(), list, folder());
	shell(&sh,
	      "jq -r '.cells[] | [.mitigation, .valid, .why, "
	      "([.faults[].seen] | add // 0)] | @tsv' %s/all/run.json",
	      folder());
	assert_int_equal(sh.status, 0);
}

/* The row of sh.out that a way has. */
static const char *row_of(const char *name, char ret[2048])
{
	size_t len = strlen(name);
	const char *at = sh.out;

	for (; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
		if (strncmp(at, name, len) == 0 && at[len] == '\t') {
			snprintf(ret, 2048, "%.*s", (int)strcspn(at, "\n"), at);
			return ret;
		}
	fail_msg("there is no cell '%s'", name);
	return NULL;
}

static double timeouts_of(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/all/hostile-ways-%s/curve.csv", folder(), name);
	return csv_sum(path, "timeout", "class", "all", 0, EVER);
}

static void each_way_to_misbehave_costs_its_own_cell_with_the_right_sentence(void **state)
{
	unsigned wrong = 0;

	(void)state;
	run_all();
	for (size_t i = 0; i < COUNT(ways); i++) {
		const struct way *w = &ways[i];
		char row[2048];
		bool valid, told;

		row_of(w->name, row);
		valid = strstr(row, "\ttrue\t");
		told = w->why && strstr(row, "\tfalse\t") && strstr(row, w->why);
		if (w->fate == ENDED ? told : valid || (w->fate == TOLD_OR_TIMEOUTS && told))
			if (w->fate != TIMEOUTS || timeouts_of(w->name) > 0)
				continue;
		print_message("%s\n", row);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* It lives for each of them, and each is judged on its own. */
static void a_case_that_is_answered_without_asking_says_nothing(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(4,
		  SIGFAULT " run tests/scenarios/cases.lua -r %s/hostile.lua=%s/ways/hostile -m "
			   "none,never-asks --patience 1s --quiet -o %s/cases",
		  d, d, d);
	shell(&sh, "grep -c 'the resolver never asked an authority' %s/cases/*/cases.csv", d);
	assert_non_null(strstr(sh.out, "hostile-ways-none/cases.csv:0\n"));
	assert_null(strstr(sh.out, "hostile-ways-never-asks/cases.csv:0\n"));
	shell(&sh, "jq -r '.cells[1].why' %s/cases/run.json", d);
	assert_says("the resolver never asked an authority");
}

/* A cell that says nothing has to be one of a resolver that said so itself: the harness dies of
 * none of them. */
static void no_cell_ends_by_a_signal_and_all_leave_a_whole_record(void **state)
{
	(void)state;
	shell(&sh, "jq -r '.cells[].why' %s/all/run.json", folder());
	assert_does_not_say("the cell's process");
	assert_does_not_say("interrupted");
	shell(&sh, "awk -F, 'NF != 19 { print FILENAME, $0 }' %s/all/*/curve.csv", folder());
	assert_string_equal(sh.out, "");
	ends_with(4, SIGFAULT " report %s/all", folder());
}

static void a_log_without_end_is_cut_and_told(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(
		0,
		"jq '.cells[] | select(.mitigation == \"log-much\") | .log_cut_bytes > 0' "
		"%s/all/run.json && test $(stat -c %%s %s/all/hostile-ways-log-much/resolver.log) "
		"-lt "
		"68000000 && grep -c 'bytes of resolver.log were cut off' %s/all/summary.md && "
		"tail -n 1 %s/all/hostile-ways-log-much/resolver.log",
		d, d, d, d);
	assert_says("true\n1\n==== sigfault cut off what followed: ");
}

/* What it is called comes out clean, whatever it says of itself; and it cannot keep us. */
static void a_version_that_is_none_does_no_harm(void **state)
{
	static const char *const names[] = { "floods", "controls", "lines", "fails" };
	const char *d = folder();

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		ends_with(0,
			  SIGFAULT " run tests/scenarios/hostile.lua -r %s/hostile.lua=%s/ways/%s "
				   "--quiet -o %s/version-%s",
			  d, d, names[i], d, names[i]);
		ends_with(1,
			  "grep -r -l -P '[\\x00-\\x08\\x0b-\\x1f\\x7f]' %s/version-%s/summary.md "
			  "%s/version-%s/junit.xml",
			  d, names[i], d, names[i]);
	}
	assert_int_equal(pclose(hangs), 0);
	ends_with(0, "jq -r '.cells[].version_why' %s/version-hangs/run.json", d);
	assert_says("/hangs' does not tell its version within 10 s\n");
}

/* However much it sends meanwhile. */
static void an_interrupt_arrives_in_a_flood(void **state)
{
	struct timespec moment = { 2, 0 };
	char folder_of_run[512], driver[512];
	int status;
	pid_t pid;

	(void)state;
	snprintf(folder_of_run, sizeof(folder_of_run), "%s/flood", folder());
	snprintf(driver, sizeof(driver), "%s/hostile.lua=%s/ways/hostile", folder(), folder());
	pid = fork();
	if (pid == 0) {
		execl(SIGFAULT, SIGFAULT, "run", "tests/scenarios/hostile.lua", "-r", driver, "-m",
		      "flood-root", "--patience", "1h", "--quiet", "-o", folder_of_run, NULL);
		_exit(127);
	}
	nanosleep(&moment, NULL);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	kill(pid, SIGINT);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 130);
	shell(&sh, "jq -r '.cells[].why' %s/flood/run.json", folder());
	assert_string_equal(sh.out, "interrupted\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_to_misbehave_costs_its_own_cell_with_the_right_sentence),
		cmocka_unit_test(a_case_that_is_answered_without_asking_says_nothing),
		cmocka_unit_test(no_cell_ends_by_a_signal_and_all_leave_a_whole_record),
		cmocka_unit_test(a_log_without_end_is_cut_and_told),
		cmocka_unit_test(a_version_that_is_none_does_no_harm),
		cmocka_unit_test(an_interrupt_arrives_in_a_flood),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
