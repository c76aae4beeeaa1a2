/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs and dnstap that real resolvers wrote of what they were asked in a world of ours: replayed, the same
 * clients ask the same at the same instants. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/tapped.lua"
#define QUERIES 56

/* Names as strange as they come, and types that have no name. */
static int put_list(void **state)
{
	char text[8192] = "";
	size_t len = 0;

	(void)state;
	for (unsigned i = 0; i < QUERIES / 7; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len,
			"www.d%08u.de A\nd%08u.de MX\n_443._tcp.d%08u.de TLSA\nnx%u.de A nxdomain\n"
			"d%08u.de TYPE65280\nde. NS\n*.d%08u.de HTTPS\n",
			i, i, i, i, i, i);
	folder_put("asked.txt", text);
	return 0;
}

/* A run of the list, which leaves a log or a tap. */
static void ask(const char *resolver, const char *mitigation)
{
	ends_with(0,
		  SIGFAULT " run " SCENARIO " --set text=%s/asked.txt -r %s -m %s --log-queries "
			   "--quiet -o %s/%s-%s",
		  folder(), resolver, mitigation, folder(), resolver, mitigation);
}

/* A run of what it left; what it asked before is its start's. */
static void ask_again(const char *name, const char *file, const char *kind)
{
	folder_put("again.lua",
		   "local file, kind, from = param('file', ''), param('kind', ''), param('from', "
		   "'2026-05-05T12:00Z')\n"
		   "scenario { name = 'again', from = '2026-05-05T12:00Z', to = '+1m' }\n"
		   "local root = zone('.', { servers = { '198.18.0.1' } })\n"
		   "local de = zone('de.', { parent = root, servers = { '198.18.1.1' }, nsec3 = { "
		   "optout = true }, delegations = population { count = 50, signed = 0.5, hosters "
		   "= 2 } })\n"
		   "traffic { [kind] = file, only = { from = from }, messages = "
		   "param('messages', 'client'), stub = { attempts = 1 } }\n");
	ends_with(0,
		  SIGFAULT " run %s/again.lua --set file=%s --set kind=%s -r unbound --log-queries "
			   "--quiet -o %s/%s",
		  folder(), file, kind, folder(), name);
}

/* Who asked what when: a client by when he first asked; instants as far as a log has them. */
#define ASKED                                                                                      \
	"sqlite3 %s/%s/queries.db \"select (sent - 1777982400000000000) / %lld, name, type, "      \
	"(select min(q.sent) from queries q where q.client = queries.client) / 1000000000 "        \
	"from queries where attempt = 0 order by 1, name, type\""

static void is_asked_again(const char *before, const char *again, long long unit)
{
	static char first[sizeof(sh.out)];
	char cell[64];

	ends_with(0, ASKED, folder(), before, unit);
	strcpy(first, sh.out);
	assert_int_equal(says_times("\n"), QUERIES);
	snprintf(cell, sizeof(cell), "%s/unbound-none", again);
	ends_with(0, ASKED, folder(), cell, unit);
	assert_string_equal(sh.out, first);
}

static const char *log_of(const char *cell)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s/resolver.log", folder(), cell);
	return path;
}

static void a_log_of_bind_is_what_was_asked(void **state)
{
	(void)state;
	ask("bind", "log");
	ask_again("bind-again", log_of("bind-log/bind-log"), "text");
	is_asked_again("bind-log/bind-log", "bind-again", 1000000);
}

static void logs_of_unbound_are_what_was_asked(void **state)
{
	/* The first has no year in its times. */
	static const char *const logs[] = { "log-both", "log-replies" };

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		char cell[64], again[64];

		snprintf(cell, sizeof(cell), "unbound-%s/unbound-%s", logs[i], logs[i]);
		snprintf(again, sizeof(again), "again-%s", logs[i]);
		ask("unbound", logs[i]);
		ask_again(again, log_of(cell),
			  i == 0 ? "text --set from=2000-05-05T12:00Z" : "text");
		is_asked_again(cell, again, 1000000000);
	}
}

/* What of a resolver's folder a tap is, after its clients have asked. */
static void tap(const char *resolver, const char *at, const char *command)
{
	ends_with(0,
		  "(" SIGFAULT " shell " SCENARIO
		  " --set text=%s/asked.txt -r %s -m tap --in resolver "
		  "--at %s -c '%s; cat whole.dnstap' 2>%s/said >%s/%s.dnstap)",
		  folder(), resolver, at, command, folder(), folder(), resolver);
}

static const char *file(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder(), name);
	return path;
}

/* It has what it asked itself, and its start, too. */
static void is_what_clients_asked(const char *resolver)
{
	char name[64], cell[64], again[64];

	snprintf(name, sizeof(name), "%s.dnstap", resolver);
	snprintf(cell, sizeof(cell), "%s-tap/%s-tap", resolver, resolver);
	snprintf(again, sizeof(again), "%s-tapped", resolver);
	ask(resolver, "tap");
	ask_again(again, file(name), "pcap");
	is_asked_again(cell, again, 1);
	ends_with(0, "jq -r .trace.note %s/%s/run.json", folder(), again);
	assert_says("are what a resolver asked itself: messages = \"resolver\" reads those");
	assert_does_not_say("cut off");
}

static void a_tap_of_bind_is_what_was_asked(void **state)
{
	(void)state;
	tap("bind", "12:00:50", "mv tap.dnstap whole.dnstap; rndc -c rndc.conf dnstap -reopen >&2");
	is_what_clients_asked("bind");
}

static void a_tap_of_unbound_is_what_was_asked(void **state)
{
	(void)state;
	need_program("fstrm_capture");
	tap("unbound", "12:00",
	    "fstrm_capture -t protobuf:dnstap.Dnstap -u tap.socket -w whole.dnstap >&2 & p=$!; "
	    "while ! [ -S tap.socket ]; do sleep 0.1; done; step 50s >&2; kill $p; wait $p");
	is_what_clients_asked("unbound");
}

/* As another program counts it. */
static void a_tap_may_be_of_what_a_resolver_asked_itself(void **state)
{
	char want[64];

	(void)state;
	need_program("dnstap-read");
	ends_with(
		0,
		"TZ=UTC dnstap-read %s | awk '$3 == \"RQ\" && $2 >= \"12:00\" { n++ } END { print "
		"n }'",
		file("bind.dnstap"));
	snprintf(want, sizeof(want), "%.60s", sh.out);
	assert_true(atoi(want) > 50);
	ask_again("bind-own", file("bind.dnstap"), "pcap --set messages=resolver");
	ends_with(
		0,
		"sqlite3 %s/bind-own/unbound-none/queries.db \"select count(*) from queries where "
		"attempt = 0\"",
		folder());
	assert_string_equal(sh.out, want);
	ends_with(0, "jq -r .trace.note %s/bind-own/run.json", folder());
	assert_says("are what clients asked: messages = \"client\" reads those");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_of_bind_is_what_was_asked),
		cmocka_unit_test(logs_of_unbound_are_what_was_asked),
		cmocka_unit_test(a_tap_of_bind_is_what_was_asked),
		cmocka_unit_test(a_tap_of_unbound_is_what_was_asked),
		cmocka_unit_test(a_tap_may_be_of_what_a_resolver_asked_itself),
	};

	return cmocka_run_group_tests(tests, put_list, folder_remove);
}
