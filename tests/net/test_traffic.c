/* SPDX-License-Identifier: BSD-2-Clause */
/* Real traffic and real protocols in virtual time, against the real Unbound: captures, lists of
 * questions, TCP, IPv6, every algorithm. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

/* `run` into a folder of its own, which must be valid and as expected. */
static void run(const char *name, const char *arguments)
{
	shell(&sh, SIGFAULT " run %s --quiet -o %s/%s", arguments, folder(), name);
	if (sh.status != 0)
		fail_msg("%s: %d: %s", arguments, sh.status, sh.out);
}

static const char *path_of(const char *name, const char *file)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s/unbound-none/%s", folder(), name, file);
	return path;
}

static double sum(const char *name, const char *column, const char *class)
{
	return csv_sum(path_of(name, "curve.csv"), column, "class", class, 0, EVER);
}

/* What tshark says of a capture, one line for each packet that the filter keeps. */
static void tshark(const char *capture, const char *filter, const char *fields)
{
	shell(&sh, "{ { tshark -r %s -Y '%s' -T fields -E separator=' ' %s; } 2>/dev/null; }",
	      capture, filter, fields);
	assert_int_equal(sh.status, 0);
}

#define QUESTION "-e dns.qry.name -e dns.qry.type"
#define QUERIES "dns.flags.response == 0"

static void wants_same_questions(const char *capture, const char *name)
{
	char asked[sizeof(sh.out)];

	tshark(capture, QUERIES, "-e ip.src " QUESTION);
	strcpy(asked, sh.out);
	assert_true(says_times("\n") > 0);
	assert_int_equal(says_times("\n"), (unsigned)sum(name, "queries", "all"));
	tshark(path_of(name, "clients.pcap"), QUERIES, "-e ip.src " QUESTION);
	assert_string_equal(sh.out, asked);
}

static void a_capture_is_asked_again_by_its_own_clients(void **state)
{
	(void)state;
	run("capture", "tests/scenarios/capture.lua --pcap");
	assert_int_equal(sum("capture", "queries", "all"), 41);
	assert_int_equal(sum("capture", "noerror", "all"), 41);
	wants_same_questions("tests/data/dns.pcap", "capture");
	/* Its own timing: between its first and its last question. */
	shell(&sh,
	      "for f in tests/data/dns.pcap %s; do tshark -r $f -Y '" QUERIES
	      "' -T fields -e frame.time_epoch 2>/dev/null | awk 'NR == 1 { t = $1 } "
	      "{ n = $1 - t } END { printf \"%%.6f\\n\", n }'; done | uniq -d",
	      path_of("capture", "clients.pcap"));
	assert_int_equal(says_times("\n"), 1);
}

static void a_question_by_tcp_is_answered_by_tcp(void **state)
{
	(void)state;
	run("tcp", "tests/scenarios/capture.lua --set file=../data/1qtcp.pcap --pcap");
	assert_true(sh.wall < 60);
	assert_int_equal(sum("tcp", "queries", "all"), 1);
	assert_int_equal(sum("tcp", "fresh", "all"), 1);
	wants_same_questions("tests/data/1qtcp.pcap", "tcp");
	tshark(path_of("tcp", "clients.pcap"), "tcp && dns.flags.response == 1 && dns.a",
	       "-e ip.dst -e dns.qry.name");
	assert_string_equal(sh.out, "172.17.0.9 google.com\n");
}

/* Two questions of one client, as text2pcap reads them. */
static const char six[] = "12:00:00.0\n"
			  "0000 00 01 01 00 00 01 00 00 00 00 00 00\n"
			  "000c 03 77 77 77 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 1c 00 01\n"
			  "12:00:01.5\n"
			  "0000 00 02 01 00 00 01 00 00 00 00 00 00\n"
			  "000c 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 0f 00 01\n";

static void clients_with_ipv6_ask_the_resolver_by_ipv6(void **state)
{
	const char *d = folder();
	char arguments[256];

	(void)state;
	folder_put("six.txt", six);
	shell(&sh,
	      "(cd %s && text2pcap -q -6 2001:db8::1,2001:db8::53 -u 5000,53 -t %%H:%%M:%%S. "
	      "six.txt "
	      "1.pcap && text2pcap -q -6 2001:db8:1::2,2001:db8::53 -u 5000,53 -t %%H:%%M:%%S. "
	      "six.txt 2.pcap && text2pcap -q -4 192.0.2.7,192.0.2.53 -u 5000,53 -t %%H:%%M:%%S. "
	      "six.txt 3.pcap && mergecap -w six.pcapng 1.pcap 2.pcap 3.pcap)",
	      d);
	assert_int_equal(sh.status, 0);
	snprintf(arguments, sizeof(arguments),
		 "tests/scenarios/capture.lua --set file=%s/six.pcapng --pcap", d);
	run("six", arguments);
	assert_int_equal(sum("six", "queries", "all"), 6);
	assert_int_equal(sum("six", "noerror", "all"), 6);
	tshark(path_of("six", "clients.pcap"), "ipv6 && dns.flags.response == 1",
	       "-e ipv6.src -e ipv6.dst -e dns.qry.type | sort");
	assert_string_equal(sh.out, "fd00:53::53 2001:db8:1::2 15\nfd00:53::53 2001:db8:1::2 28\n"
				    "fd00:53::53 2001:db8::1 15\nfd00:53::53 2001:db8::1 28\n");
	tshark(path_of("six", "clients.pcap"), "ip && dns.flags.response == 1", "-e ip.dst");
	assert_string_equal(sh.out, "192.0.2.7\n192.0.2.7\n");
}

static void a_list_with_times_is_asked_at_those_times(void **state)
{
	char arguments[256];
	const char *curve;

	(void)state;
	folder_put("times.txt", "# what and when\n0.5 d00000001.a. A\n1 www.d00000001.a. AAAA\n"
				"9.4 nosuchtld. A\n30.5 de-nic.org. MX\n30.5 d00000001.a. A\n");
	snprintf(arguments, sizeof(arguments),
		 "tests/scenarios/algorithms.lua --bin 10s --set names=%s/times.txt", folder());
	run("times", arguments);
	curve = path_of("times", "curve.csv");
	/* The first one lands on the scenario's start. */
	assert_int_equal(csv_sum(curve, "queries", "class", "all", 0, 10), 3);
	assert_int_equal(csv_sum(curve, "nxdomain", "class", "all", 0, 10), 1);
	assert_int_equal(csv_sum(curve, "queries", "class", "all", 30, 40), 2);
	assert_int_equal(csv_sum(curve, "noerror", "class", "all", 30, 40), 2);
	assert_int_equal(csv_sum(curve, "cached", "class", "all", 30, 40), 1);
	assert_int_equal(sum("times", "queries", "all"), 5);
}

static const char *const tlds[] = { "a", "b", "c", "d", "e", "f" };

/* Eight questions for each of eight delegations of every TLD, without times. */
static unsigned write_questions(void)
{
	static const char *const asked[][2] = { { "", "A" },	   { "www.", "AAAA" },
						{ "", "TXT" },	   { "", "MX" },
						{ "alias.", "A" }, { "x.wild.", "A" },
						{ "", "DNSKEY" },  { "", "SRV" } };
	char text[16384];
	size_t len = 0;

	for (size_t t = 0; t < 6; t++)
		for (unsigned n = 0; n < 8; n++)
			for (size_t i = 0; i < 8; i++)
				len += (size_t)snprintf(text + len, sizeof(text) - len,
							"%sd%08u.%s. %s\n", asked[i][0], n, tlds[t],
							asked[i][1]);
	assert_true(len < sizeof(text));
	folder_put("names.txt", text);
	return 6 * 8 * 8;
}

static void every_algorithm_is_validated_under_every_denial(void **state)
{
	unsigned n = write_questions();

	(void)state;
	for (size_t t = 0; t < 6; t++) {
		char arguments[256], name[16];

		snprintf(name, sizeof(name), "names-%s", tlds[t]);
		snprintf(arguments, sizeof(arguments),
			 "tests/scenarios/algorithms.lua --bin 5s --set names=%s/names.txt "
			 "--set tested=%s.",
			 folder(), tlds[t]);
		run(name, arguments);
		assert_int_equal(sum(name, "noerror", "all"), n);
		assert_int_equal(sum(name, "queries", "all"), n);
		/* 50 a second, as the scenario has it. */
		assert_int_equal(
			csv_sum(path_of(name, "curve.csv"), "queries", "class", "all", 0, 5), 250);
		assert_int_equal(sum(name, "ad", "outside"), n / 6 * 5);
		assert_int_equal(sum(name, "ad", "signed"), n / 12);
		assert_int_equal(sum(name, "queries", "unsigned"), n / 12);
		assert_int_equal(sum(name, "ad", "unsigned"), 0);
	}
}

/* RFC 5155 section 9.2: what an opt-out span covers may exist, so its absence is not secure. */
static void absence_is_secure_where_nothing_has_opted_out(void **state)
{
	(void)state;
	for (size_t t = 0; t < 6; t++) {
		bool optout = strchr("bf", *tlds[t]);
		char arguments[256], name[16];

		snprintf(name, sizeof(name), "absent-%s", tlds[t]);
		snprintf(arguments, sizeof(arguments),
			 "tests/scenarios/algorithms.lua --set tested=%s.", tlds[t]);
		run(name, arguments);
		assert_true(sum(name, "queries", "nxdomain") > 200);
		assert_int_equal(sum(name, "nxdomain", "nxdomain"),
				 sum(name, "queries", "nxdomain"));
		assert_int_equal(sum(name, "ad", "nxdomain"),
				 optout ? 0 : sum(name, "queries", "nxdomain"));
		assert_int_equal(sum(name, "ad", "signed"), sum(name, "queries", "signed"));
		assert_true(sum(name, "queries", "unsigned") > 0);
		assert_int_equal(sum(name, "ad", "unsigned"), 0);
		assert_int_equal(sum(name, "servfail", "all"), 0);
	}
}

static void answers_that_do_not_fit_are_fetched_by_tcp_in_virtual_time(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		run(i ? "narrow1" : "narrow0", "tests/scenarios/narrow.lua --pcap");
		assert_true(sh.wall < 60);
	}
	tshark(path_of("narrow0", "upstream.pcap"), "dns.flags.truncated == 1", "-e udp.length");
	assert_true(says_times("\n") > 1000);
	tshark(path_of("narrow0", "upstream.pcap"), "udp.length > 520", "-e udp.length");
	assert_int_equal(says_times("\n"), 0);
	tshark(path_of("narrow0", "upstream.pcap"), "tcp && dns.flags.response == 1",
	       "-e dns.flags.rcode | sort -u");
	assert_string_equal(sh.out, "0\n3\n");
	assert_true(sum("narrow0", "ad", "nxdomain") > 500);
	assert_int_equal(sum("narrow0", "servfail", "all"), 0);
	assert_int_equal(sum("narrow0", "timeout", "all"), 0);
	shell(&sh, "cmp %s/narrow0/unbound-none/curve.csv %s/narrow1/unbound-none/curve.csv",
	      folder(), folder());
	assert_string_equal(sh.out, "");
}

/* Its tables of what was asked upstream too: servers fall dark, so it matters which one is chosen.
 */
static void same_seed_same_questions_to_authorities(void **state)
{
	const char *d = folder();

	(void)state;
	for (int i = 0; i < 3; i++) {
		run(i == 2 ? "dark2" : i ? "dark1" : "dark0", "dark");
		shell(&sh,
		      "for f in curve upstream; do cmp %s/dark0/unbound-none/$f.csv "
		      "%s/dark%d/unbound-none/$f.csv; done",
		      d, d, i);
		assert_string_equal(sh.out, "");
	}
}

static double of_cell(const char *cell, const char *column, double from, double to)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/matrix/%s/curve.csv", folder(), cell);
	return csv_sum(path, column, "class", "all", from, to);
}

static void a_matrix_has_a_cell_for_each_mitigation(void **state)
{
	(void)state;
	run("matrix", "minute -m none,nta-flush,serve-stale");
	for (int t = 0; t < 60; t += 10)
		assert_int_equal(of_cell("unbound-none", "queries", t, t + 10),
				 of_cell("unbound-nta-flush", "queries", t, t + 10));
	assert_true(of_cell("unbound-none", "servfail", 100, 120) > 100);
	assert_true(of_cell("unbound-serve-stale", "queries", 0, EVER) > 3000);
	assert_int_equal(of_cell("unbound-nta-flush", "servfail", 90, EVER), 0);
	shell(&sh, "grep -c '^ *serve-expired: yes' %s/matrix/unbound-serve-stale/resolver.conf",
	      folder());
	assert_string_equal(sh.out, "1\n");
}

/* From its tables alone. */
static void a_run_is_reported_again(void **state)
{
	static const char *const wanted[] = { "mitigation none", "mitigation nta", "serve-stale",
					      "fault", "SERVFAIL" };
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "cd %s/matrix && rm -rf summary.md unbound-*/work unbound-*/resolver.* && cd "
	      "$OLDPWD && " SIGFAULT " report %s/matrix",
	      d, d);
	assert_int_equal(sh.status, 0);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!strstr(sh.out, wanted[i]))
			fail_msg("no '%s' in: %s", wanted[i], sh.out);
	shell(&sh, SIGFAULT " report %s/nosuchfolder", d);
	assert_int_equal(sh.status, 2);
}

/* Minute's, with something wrong with all of de.'s delegations at all times: what share of a class
 * had this outcome before the scenario's own fault. */
static double ill(const char *what, const char *class, const char *outcome)
{
	const char *path = path_of("ill", "curve.csv");

	ends_with(
		0,
		"rm -rf %s/ill && sed 's/count = population_size,/& %s = 1,/' scenarios/minute.lua "
		">%s/ill.lua",
		folder(), what, folder());
	shell(&sh, SIGFAULT " run %s/ill.lua -r unbound --quiet -o %s/ill", folder(), folder());
	return csv_sum(path, outcome, "class", class, 10, 60) /
	       csv_sum(path, "queries", "class", class, 10, 60);
}

static void a_share_of_a_population_fails_all_the_time(void **state)
{
	(void)state;
	assert_float_equal(ill("lame", "unsigned", "servfail"), 1, 0.001);
	assert_true(ill("dark", "unsigned", "timeout") >
		    0.9); /* newer ones give up on some at once */
	assert_float_equal(sum("ill", "noerror", "unsigned"), 0, 0.5);
	assert_float_equal(ill("bogus", "fresh-signed", "servfail"), 1, 0.001);
	assert_float_equal(sum("ill", "servfail", "cd"), 0, 0.5);
	assert_true(sum("ill", "queries", "cd") > 0);
}

static void more_than_all_of_a_population_cannot_fail(void **state)
{
	(void)state;
	ends_with(2,
		  "sed 's/count = population_size,/& lame = 0.6, dark = 0.5,/' "
		  "scenarios/minute.lua >%s/over.lua && " SIGFAULT " plan %s/over.lua",
		  folder(), folder());
	assert_says("over.lua:");
	assert_says("lame and dark are more than all: 1.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_capture_is_asked_again_by_its_own_clients),
		cmocka_unit_test(a_question_by_tcp_is_answered_by_tcp),
		cmocka_unit_test(clients_with_ipv6_ask_the_resolver_by_ipv6),
		cmocka_unit_test(a_list_with_times_is_asked_at_those_times),
		cmocka_unit_test(every_algorithm_is_validated_under_every_denial),
		cmocka_unit_test(absence_is_secure_where_nothing_has_opted_out),
		cmocka_unit_test(answers_that_do_not_fit_are_fetched_by_tcp_in_virtual_time),
		cmocka_unit_test(same_seed_same_questions_to_authorities),
		cmocka_unit_test(a_matrix_has_a_cell_for_each_mitigation),
		cmocka_unit_test(a_run_is_reported_again),
		cmocka_unit_test(a_share_of_a_population_fails_all_the_time),
		cmocka_unit_test(more_than_all_of_a_population_cannot_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
