/* SPDX-License-Identifier: BSD-2-Clause */
/* Traffic that was recorded, in a world that is made of its answers: real resolvers give their clients
 * what those got before, validated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

/* Some set AD in a SERVFAIL. */
#define AD "ad and outcome != 'servfail'"
#define ALL "unbound,bind,knot,powerdns"

static void run(const char *name, const char *arguments)
{
	shell(&sh, SIGFAULT " run %s --quiet --log-queries -o %s/%s", arguments, folder(), name);
	if (sh.status != 0)
		fail_msg("%s: %d: %s", arguments, sh.status, sh.out);
}

/* What clients got, a line for each question. */
static const char *got(const char *name, const char *cell, const char *columns)
{
	shell(&sh,
	      "sqlite3 %s/%s/%s/queries.db \"select %s from queries where attempt = 0 "
	      "group by name, type order by name, type\"",
	      folder(), name, cell, columns);
	return sh.out;
}

static void says_of_trace(const char *name, const char *keys, const char *want)
{
	shell(&sh, "jq -c '.trace | [%s]' %s/%s/run.json", keys, folder(), name);
	assert_string_equal(sh.out, want);
}

static const char *const resolvers[] = { "unbound", "bind", "knot", "powerdns" };

static void names_that_were_not_there_are_not_there_again(void **state)
{
	(void)state;
	run("gone", "tests/scenarios/capture.lua --set file=../data/nxdomain-answers.pcap "
		    "-r " ALL);
	for (size_t i = 0; i < ARRAY_SIZE(resolvers); i++) {
		char cell[64];

		snprintf(cell, sizeof(cell), "%s-none", resolvers[i]);
		assert_string_equal(got("gone", cell, "name, outcome, class = 'nxdomain'"),
				    "gone.example.com.|nxdomain|1\n"
				    "host.lan7.|nxdomain|1\n"
				    "typo-wwww.example.org.|nxdomain|1\n"
				    "www.example.com.|noerror|0\n"
				    "x.y.nosuchtld7.|nxdomain|1\n");
	}
	says_of_trace("gone", ".known, .nxdomain, .made_up", "[5,4,0]\n");
	shell(&sh, "cd %s/gone && grep -l '4 of them as NXDOMAIN' summary.md report.html",
	      folder());
	assert_int_equal(says_times("\n"), 2);
}

static const char marked[] =
	"nosuchtld. A nxdomain\nfoo.nosuchtld A\nnope.ch A nxdomain\n"
	"www.corg.ch IN A nxdomain\nthere.corg.ch A\nmail.corg.ch AAAA nodata\n"
	"_dmarc.nope.ch TXT\nfails.example.net A servfail\n";

static const char marked_lua[] =
	"scenario { name = 'nx', from = '2023-11-29T12:00Z', to = '+10m' }\n"
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"
	"local ch = zone('ch.', { parent = root, servers = { '198.18.1.1' }, nsec3 = {} })\n"
	"local z = zone('corg.ch.', { parent = ch, servers = { ['a.nic.ch.'] = '198.18.2.1' }, "
	"nsec3 = {} })\n"
	"traffic { text = 'marked.txt', rate = 1, clients = 1, dnssec_ok = true }\n";

static void marks_of_a_list_say_what_is_not_there(void **state)
{
	char arguments[256];

	(void)state;
	folder_put("marked.txt", marked);
	folder_put("marked.lua", marked_lua);
	snprintf(arguments, sizeof(arguments), "%s/marked.lua -r " ALL, folder());
	run("marked", arguments);
	for (size_t i = 0; i < ARRAY_SIZE(resolvers); i++) {
		char cell[64];

		snprintf(cell, sizeof(cell), "%s-none", resolvers[i]);
		assert_string_equal(got("marked", cell, "name, outcome, age, " AD),
				    "_dmarc.nope.ch.|nxdomain||1\n"
				    "fails.example.net.|servfail||0\n"
				    "foo.nosuchtld.|nxdomain||1\n"
				    "mail.corg.ch.|noerror||1\n"
				    "nope.ch.|nxdomain||1\n"
				    "nosuchtld.|nxdomain||1\n"
				    "there.corg.ch.|noerror|fresh|1\n"
				    "www.corg.ch.|nxdomain||1\n");
	}
	says_of_trace("marked", ".known, .nxdomain, .made_up", "[7,5,1]\n");
}

/* What a resolver told its clients of a world that we know, as the only thing that is known of it. */
static void what_was_answered_is_answered_again(void **state)
{
	char before[sizeof(sh.out)], text[16384] = "", arguments[512];
	size_t len = 0;

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len,
			"www.d%08u.de A\nd%08u.de MX\nalias.d%08u.de A\nd%08u.de HTTPS\n"
			"x.wild.d%08u.de TXT\nnope.d%08u.de A nxdomain\nnx%u.de A nxdomain\n",
			i, i, i, i, i, i, i);
	folder_put("asked.txt", text);
	snprintf(arguments, sizeof(arguments),
		 "tests/scenarios/recorded.lua --set text=%s/asked.txt --pcap", folder());
	run("before", arguments);
	snprintf(arguments, sizeof(arguments),
		 "tests/scenarios/replayed.lua --set pcap=%s/before/unbound-none/clients.pcap "
		 "-r " ALL,
		 folder());
	run("again", arguments);
	strcpy(before, got("before", "unbound-none", "name, type, outcome, " AD));
	assert_int_equal(says_times("\n"), 140);
	assert_true(says_times("|nxdomain|1") > 0 && says_times("|noerror|1") > 0);
	assert_true(says_times("|servfail|") > 0 && says_times("|noerror|0") > 0);
	for (size_t i = 0; i < ARRAY_SIZE(resolvers); i++) {
		char cell[64];

		snprintf(cell, sizeof(cell), "%s-none", resolvers[i]);
		assert_string_equal(got("again", cell, "name, type, outcome, " AD), before);
	}
	says_of_trace("again", ".made_up, .contradicted", "[0,0]\n");
}

static void a_share_of_names_without_answers_is_drawn_by_the_seed(void **state)
{
	char text[16384] = "", arguments[256], first[sizeof(sh.out)];
	size_t len = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "www.n%u.example A\n", i);
	folder_put("share.txt", text);
	folder_put("share.lua",
		   "scenario { name = 'share', from = '2026-05-05T12:00Z', to = '+10m' }\n"
		   "zone('.', { servers = { '198.18.0.1' } })\n"
		   "traffic { text = 'share.txt', rate = 1, clients = 1, "
		   "nxdomain = { share = 0.4 } }\n");
	for (unsigned seed = 1; seed <= 3; seed++) {
		char name[16];

		snprintf(name, sizeof(name), "share%u", seed);
		snprintf(arguments, sizeof(arguments), "%s/share.lua --seed %u", folder(),
			 seed == 3 ? 1 : seed);
		run(name, arguments);
		says_of_trace(name, ".drawn_nxdomain, .questions_nxdomain", "[40,40]\n");
		got(name, "unbound-none", "name, outcome");
		assert_int_equal(says_times("|nxdomain"), 40);
		if (seed == 1)
			strcpy(first, sh.out);
		else
			assert_int_equal(!strcmp(sh.out, first), seed == 3);
	}
}

/* A question for www.example.com, as text2pcap reads it. */
static const char question[] =
	"0000 00 01 01 00 00 01 00 00 00 00 00 00\n"
	"000c 03 77 77 77 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 01 00 01\n";

static const char *const odd_addresses[] = {
	"127.0.0.1",   "127.255.255.254", "0.0.0.1",	     "169.254.7.7",
	"224.0.0.251", "240.0.0.1",	  "255.255.255.255", "198.18.0.1",
	"198.18.1.1",  "198.19.0.53",	  "10.255.255.254",  "::1",
	"::5",	       "fe80::1",	  "ff02::fb",	     "::ffff:192.0.2.1",
	"fd00:53::53", "fd00:5f::1",
};
static const char *const plain_addresses[] = { "192.0.2.7", "10.0.0.1", "10.255.255.255", "fe00::1",
					       "2001:db8::7" };

static void put_question(const char *address, size_t number)
{
	bool six = strchr(address, ':');

	shell(&sh, "cd %s && text2pcap -q -%c %s,%s -u %zu,53 question %03zu.pcap", folder(),
	      six ? '6' : '4', address, six ? "2001:db8::53" : "192.0.2.53", 4000 + number, number);
	if (sh.status != 0)
		fail_msg("%s: %s", address, sh.out);
}

static void every_client_is_answered_wherever_it_stood(void **state)
{
	size_t n = 0;
	char arguments[256];

	(void)state;
	folder_put("question", question);
	for (size_t i = 0; i < ARRAY_SIZE(odd_addresses); i++)
		put_question(odd_addresses[i], n++);
	for (size_t i = 0; i < ARRAY_SIZE(plain_addresses); i++)
		put_question(plain_addresses[i], n++);
	/* One after the other: BIND drops more than ten who wait for one name (clients-per-query). */
	shell(&sh,
	      "cd %s && mergecap -a -w all.pcapng [0-9]*.pcap && editcap -S -0.2 all.pcapng "
	      "odd.pcapng",
	      folder());
	assert_int_equal(sh.status, 0);
	snprintf(arguments, sizeof(arguments),
		 "tests/scenarios/capture.lua --set file=%s/odd.pcapng -r " ALL, folder());
	run("odd", arguments);
	for (size_t i = 0; i < ARRAY_SIZE(resolvers); i++) {
		shell(&sh,
		      "sqlite3 %s/odd/%s-none/queries.db \"select count(*), count(distinct "
		      "client), "
		      "sum(outcome = 'noerror'), max(attempt) from queries\"",
		      folder(), resolvers[i]);
		assert_string_equal(sh.out, "23|23|23|0\n");
	}
	shell(&sh, "jq -r .trace.note %s/odd/run.json", folder());
	assert_says("18 clients have an address that cannot be answered (127.0.0.1 and others)");
}

static void fragments_and_other_ports_are_read_or_named(void **state)
{
	char arguments[256];

	(void)state;
	run("four", "tests/scenarios/capture.lua --set file=../data/fragmented4.pcap");
	assert_string_equal(got("four", "unbound-none", "name, outcome"),
			    "www.example.com.|noerror\n");
	run("six", "tests/scenarios/capture.lua --set file=../data/fragmented6.pcap");
	assert_string_equal(got("six", "unbound-none", "name, outcome"),
			    "www.example.com.|noerror\n");
	ends_with(2, SIGFAULT " plan tests/scenarios/capture.lua --set "
			      "file=../data/two-link-types.pcapng");
	assert_says("has interfaces of two link types");
	folder_put("question", question);
	shell(&sh,
	      "cd %s && text2pcap -q -4 192.0.2.1,192.0.2.53 -u 4000,8053 question ports.pcap && "
	      "sed 's/pcap = file/& , port = { 53, 8053 }/' $OLDPWD/tests/scenarios/capture.lua "
	      ">ports.lua",
	      folder());
	assert_int_equal(sh.status, 0);
	ends_with(2, SIGFAULT " plan tests/scenarios/capture.lua --set file=%s/ports.pcap",
		  folder());
	assert_says("1 are of other ports, most of them 8053: port = 8053 reads those");
	snprintf(arguments, sizeof(arguments), "%s/ports.lua --set file=ports.pcap", folder());
	run("ports", arguments);
	assert_string_equal(got("ports", "unbound-none", "name, outcome"),
			    "www.example.com.|noerror\n");
}

static void files_may_be_packed_and_many_and_asked_in_part(void **state)
{
	char arguments[256];

	(void)state;
	for (const char *const *p = (const char *const[]){ "gzip", "xz", "bzip2", NULL }; *p; p++)
		shell(&sh, "%s -c tests/data/nxdomain-answers.pcap >%s/packed.%s", *p, folder(),
		      *p);
	assert_int_equal(sh.status, 0);
	folder_put("packed.lua",
		   "scenario { name = 'packed', from = '2026-05-05T12:00Z', to = '+10m' }\n"
		   "zone('.', { servers = { '198.18.0.1' } })\n"
		   "traffic { pcap = { 'packed.gzip', 'packed.xz', 'packed.bzip2' }, times = 2,\n"
		   "only = { below = 'com.', clients = '192.0.2.0/24' } }\n");
	snprintf(arguments, sizeof(arguments), "%s/packed.lua", folder());
	run("packed", arguments);
	shell(&sh,
	      "sqlite3 %s/packed/unbound-none/queries.db 'select name, outcome, count(*), "
	      "count(distinct client) from queries group by name, outcome'",
	      folder());
	assert_string_equal(sh.out,
			    "gone.example.com.|nxdomain|6|2\nwww.example.com.|noerror|6|2\n");
	shell(&sh, "jq -r .trace.note %s/packed/run.json", folder());
	assert_says("9 queries are left out by only and keep");
	folder_put("text.lua", "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+10m' }\n"
			       "zone('.', { servers = { '198.18.0.1' } })\n"
			       "traffic { text = 'list.txt', keep = 0.5 }\n");
	folder_put("list.txt", "a.de A\n");
	ends_with(2, SIGFAULT " plan %s/text.lua", folder());
	assert_says("is a list of queries, which does not tell its clients");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_were_not_there_are_not_there_again),
		cmocka_unit_test(marks_of_a_list_say_what_is_not_there),
		cmocka_unit_test(what_was_answered_is_answered_again),
		cmocka_unit_test(every_client_is_answered_wherever_it_stood),
		cmocka_unit_test(fragments_and_other_ports_are_read_or_named),
		cmocka_unit_test(files_may_be_packed_and_many_and_asked_in_part),
		cmocka_unit_test(a_share_of_names_without_answers_is_drawn_by_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
