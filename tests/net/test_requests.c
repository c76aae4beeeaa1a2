/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests that resolvers work on, by their own lists: how many there are, and which they were at
 * the worst. Every server of a TLD is dark from 12:04 to 12:08, so they pile up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static char run[128];

static int make_run(void **state)
{
	(void)state;
	snprintf(run, sizeof(run), "%s/run", folder());
	shell(&sh, SIGFAULT " run dark -r %s --log-queries --quiet -o %s", RESOLVERS, run);
	if (sh.status != 0)
		fprintf(stderr, "%d: %s\n", sh.status, sh.out);
	return sh.status;
}

/* Those that have a command for it, and what of a line of its list says that it is one. */
static const struct {
	const char *name, *line;
} listing[] = {
	{ "unbound", "^ *[0-9]+ +[A-Z0-9]+ IN " },
	{ "bind", "^; client " },
	{ "powerdns", "^[^ ]+ +[A-Z0-9]+ +[0-9a-f.:]+ +[ny] +[nY] " },
};
#define LISTING (sizeof(listing) / sizeof(*listing))

/* "2026-05-05T12:04:20Z 100": the first row with the most, and the most between two instants. */
#define WORST                                                                                      \
	"awk -F, 'NR > 1 && $1 >= %d && $1 < %d && (!u || $3 > n) { n = $3; u = $2 } "             \
	"END { print u, n }' %s/%s-none/requests.csv"

static unsigned most(const char *name, int from, int until)
{
	unsigned n = 0;

	ends_with(0, WORST, from, until, run, name);
	assert_int_equal(sscanf(sh.out, "%*s %u", &n), 1);
	return n;
}

static void requests_pile_up_while_nobody_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < LISTING; i++) {
		const char *name = listing[i].name;

		ends_with(0, "wc -l <%s/%s-none/requests.csv", run, name);
		assert_in_range(strtol(sh.out, NULL, 10), 40, 60);
		assert_in_range(most(name, 10, 130), 0, 8);
		assert_true(most(name, 250, 490) > 10);
		assert_in_range(most(name, 570, 610), 0, 8);
	}
}

static void the_worst_sample_is_kept_as_the_resolver_printed_it(void **state)
{
	char head[128], utc[32];
	unsigned n;

	(void)state;
	for (size_t i = 0; i < LISTING; i++) {
		const char *name = listing[i].name;

		ends_with(0, WORST, 0, 1000, run, name);
		assert_int_equal(sscanf(sh.out, "%31s %u", utc, &n), 2);
		snprintf(head, sizeof(head), "%s, %u requests\n", utc, n);
		ends_with(0, "head -n 1 %s/%s-none/requests.txt", run, name);
		assert_string_equal(sh.out, head);
		ends_with(0, "grep -cE '%s' %s/%s-none/requests.txt", listing[i].line, run, name);
		assert_int_equal(strtol(sh.out, NULL, 10), n);
	}
}

/* Whatever stands in the list, clients have asked for it or a name below it shortly before. */
static void what_is_listed_was_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < LISTING; i++) {
		const char *d = listing[i].name;

		ends_with(
			0,
			"cd %s/%s-none && t=$(date -d $(sed -n '1s/,.*//p' requests.txt) +%%s) && "
			"grep -oE 'd[0-9]{8}\\.zz' requests.txt | sort -u >listed && "
			"sqlite3 queries.db \"select distinct substr(name, -13, 12) from queries "
			"where "
			"sent / 1000000000 between $t - 30 and $t\" | sort >asked && "
			"test $(wc -l <listed) -gt 5 && comm -23 listed asked",
			run, d);
		assert_string_equal(sh.out, "");
	}
}

static void a_resolver_without_such_a_command_has_its_counter_alone(void **state)
{
	(void)state;
	ends_with(0, "ls %s/knot-none", run);
	assert_does_not_say("requests");
	ends_with(0, "jq -r '.cells[] | select(.lists_no_requests) | .folder' %s/run.json", run);
	assert_string_equal(sh.out, "knot-none\n");
	ends_with(0, "grep -c 'no command that lists' %s/report.html", run);
	assert_string_equal(sh.out, "1\n");
	ends_with(0, "grep -c ,request-list, %s/knot-none/metrics.csv", run);
	assert_true(strtol(sh.out, NULL, 10) > 40);
}

static void the_report_shows_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < LISTING; i++) {
		ends_with(0, "grep -c '<code>%s-none/requests.txt</code>' %s/report.html",
			  listing[i].name, run);
		assert_string_equal(sh.out, "1\n");
	}
	ends_with(0,
		  "grep -oE \"'(www.)?d[0-9]{8}.zz/[A]+/IN'\" %s/bind-none/requests.txt | head -n "
		  "1 | "
		  "tr -d \"'\" | grep -cFf - %s/report.html",
		  run, run);
}

static void it_is_sampled_as_often_as_asked_for(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " run minute -r unbound --requests 60s --quiet -o %s/seldom",
		  folder());
	ends_with(0, "tail -n +2 %s/seldom/unbound-none/requests.csv | cut -d, -f1", folder());
	assert_string_equal(sh.out, "0\n60\n120\n180\n");
	ends_with(2, SIGFAULT " run minute --requests 0.5s -o %s/none", folder());
	assert_says("--requests");
}

/* The one is a program that is started, the other a few bytes. */
static void what_a_socket_says_is_what_the_control_program_prints(void **state)
{
	static const char *const kinds[] = { "socket", "program" };

	(void)state;
	need_program("unbound");
	ends_with(0,
		  "cp harness/subject/resolvers/unbound.lua %s/socket.lua && "
		  "grep -v '^\t\tsocket = ' %s/socket.lua >%s/program.lua && "
		  "! cmp -s %s/socket.lua %s/program.lua",
		  folder(), folder(), folder(), folder(), folder());
	for (size_t i = 0; i < 2; i++)
		ends_with(0,
			  SIGFAULT " run dark -r %s/%s.lua --quiet -o %s/%s && mv %s/%s/unbound* "
				   "%s/%s/cell && grep -vE ',(cpu_seconds|rss_bytes),' "
				   "%s/%s/cell/metrics.csv >%s/%s/metrics && "
				   "test $(wc -l <%s/%s/metrics) -gt 2000",
			  folder(), kinds[i], folder(), kinds[i], folder(), kinds[i], folder(),
			  kinds[i], folder(), kinds[i], folder(), kinds[i], folder(), kinds[i]);
	ends_with(0, "cd %s && cmp socket/metrics program/metrics", folder());
	ends_with(0, "cd %s && cmp socket/cell/requests.csv program/cell/requests.csv", folder());
	ends_with(0, "cd %s && cmp socket/cell/requests.txt program/cell/requests.txt", folder());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_pile_up_while_nobody_answers),
		cmocka_unit_test(the_worst_sample_is_kept_as_the_resolver_printed_it),
		cmocka_unit_test(what_is_listed_was_asked_for),
		cmocka_unit_test(a_resolver_without_such_a_command_has_its_counter_alone),
		cmocka_unit_test(the_report_shows_them),
		cmocka_unit_test(it_is_sampled_as_often_as_asked_for),
		cmocka_unit_test(what_a_socket_says_is_what_the_control_program_prints),
	};

	return cmocka_run_group_tests(tests, make_run, NULL);
}
