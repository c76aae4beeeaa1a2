/* SPDX-License-Identifier: BSD-2-Clause */
/* What is published and served, judged by programs that are not ours: kdig, dig, delv, DNSViz,
 * ldns-verify-zone and kzonecheck. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SERVE SIGFAULT " serve minute "
#define SERVE_FAULT SIGFAULT " serve --at 2026-05-05T19:19:30Z minute "

/* d00000006.de. is signed, d00000003.de. is not. */

static const char *const transports[] = { "@198.18.1.1", "@fd00:5f::1:1", "+tcp @198.18.1.1",
					  "+tcp @fd00:5f::1:1" };

static void kdig(const char *transport, const char *question)
{
	shell(&sh, SERVE "kdig +dnssec %s %s", transport, question);
	if (sh.status != 0)
		fail_msg("%s %s: %s", transport, question, sh.out);
}

static void every_transport_gives_answers_with_signatures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		kdig(transports[i], "de. SOA");
		assert_says("status: NOERROR");
		assert_says("Flags: qr aa rd; QUERY: 1; ANSWER: 2");
		assert_says("RRSIG\tSOA 8 1 86400");
		assert_says(strstr(transports[i], "tcp") ? "(TCP)" : "(UDP)");
		assert_says(strstr(transports[i], "fd00") ? "From fd00:5f::1:1@53"
							  : "From 198.18.1.1@53");
	}
}

static void every_transport_denies_names_with_proofs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		kdig(transports[i], "nosuchname.de. A");
		assert_says("status: NXDOMAIN");
		/* SOA, the closest encloser, the next closer name, the wildcard. */
		assert_says("AUTHORITY: 8;");
		assert_int_equal(says_times("RRSIG\tNSEC3 8 2 23"), 3);
	}
	kdig("@198.18.0.1", "nosuchname. A");
	assert_says("status: NXDOMAIN");
	assert_says("RRSIG\tNSEC 8");
}

/* One of a zone's servers among its equals: by its address, what it calls itself, whatever it is asked
 * for and whether it has an answer. */
static void a_server_says_which_one_it_is(void **state)
{
	static const struct {
		const char *address, *name;
	} servers[] = { { "198.18.0.1", "a.root-servers.test" },
			{ "198.18.1.1", "a.nic.de" },
			{ "198.18.1.2", "l.de.net" },
			{ "fd00:5f::1:1", "a.nic.de" } };
	static const char *const names[] = { "id.server", "hostname.bind", "version.server",
					     "version.bind" };

	(void)state;
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			shell(&sh, SERVE "dig +norec @%s %s CH TXT", servers[i].address, names[k]);
			assert_says("status: NOERROR");
			assert_says("flags: qr aa; QUERY: 1, ANSWER: 1");
			assert_says("CH\tTXT\t\"");
			assert_says(servers[i].name);
		}
		for (const char *const *q =
			     (const char *const[]){ "de. SOA", "nobody.test. A", NULL };
		     *q; q++) {
			shell(&sh, SERVE "kdig +nsid @%s %s", servers[i].address, *q);
			assert_says("NSID: ");
			assert_says(servers[i].name);
		}
	}
	kdig("@198.18.1.1", "de. SOA");
	assert_does_not_say("NSID");
	shell(&sh, SERVE "dig @198.18.1.1 else.server CH TXT");
	assert_says("status: REFUSED");
}

static void the_parent_has_the_ds(void **state)
{
	(void)state;
	kdig("@198.18.0.1", "de. DS");
	assert_says("aa rd; QUERY: 1; ANSWER: 2");
	assert_says("IN\tDS\t26755 8 2");
	assert_says("RRSIG\tDS 8 1 86400");
	kdig("@198.18.1.1", "d00000006.de. DS");
	assert_says("aa rd; QUERY: 1; ANSWER: 2");
	kdig("@198.18.1.1", "d00000003.de. DS");
	assert_says("ANSWER: 0");
	assert_says("\tSOA\t");
	assert_says("RRSIG\tNSEC3 8 2 23");
}

static void a_referral_has_glue_and_says_whether_it_is_signed(void **state)
{
	(void)state;
	kdig("@198.18.1.1", "www.d00000006.de. A");
	assert_says("Flags: qr rd; QUERY: 1; ANSWER: 0");
	assert_says("d00000006.de.       \t23\tIN\tNS\tns1.");
	assert_says("RRSIG\tDS 8 2 23");
	assert_says("IN\tAAAA\tfd00:5f::");
	assert_does_not_say("NSEC3");
	kdig("@198.18.1.1", "www.d00000003.de. A");
	assert_says("Flags: qr rd; QUERY: 1; ANSWER: 0");
	assert_says("RRSIG\tNSEC3 8 2 23");
	assert_does_not_say("\tDS\t");
	/* What lies below the cut leads nowhere without its addresses. */
	kdig("@198.18.0.1", "www.d00000006.de. A");
	assert_says("a.nic.de.           \t86400\tIN\tA\t198.18.1.1");
	assert_says("a.nic.de.           \t86400\tIN\tAAAA\tfd00:5f::1:1");
}

static void what_does_not_fit_is_truncated_and_whole_by_tcp(void **state)
{
	(void)state;
	kdig("+bufsize=512 +ignore @198.18.1.1", "de. DNSKEY");
	assert_says("Flags: qr aa tc rd;");
	assert_does_not_say("DNSKEY\t257");
	kdig("+bufsize=512 @198.18.1.1", "de. DNSKEY");
	assert_says("retrying over TCP");
	assert_says("Flags: qr aa rd; QUERY: 1; ANSWER: 4");
	assert_says("(TCP)");
	kdig("+bufsize=512 +ignore @198.18.1.1", "de. SOA");
	assert_says("Flags: qr aa rd; QUERY: 1; ANSWER: 2");
	shell(&sh, SERVE "kdig +noedns +ignore @198.18.1.1 de. DNSKEY");
	assert_says("Flags: qr aa tc rd;");
	assert_does_not_say("EDNS");
}

static void several_questions_share_a_connection(void **state)
{
	(void)state;
	kdig("+tcp +keepopen @198.18.1.1", "de. SOA de. DNSKEY nosuchname.de. A");
	assert_int_equal(says_times("(TCP)"), 3);
	assert_says("RRSIG\tDNSKEY");
	assert_says("status: NXDOMAIN");
}

static void edns_is_as_the_rfcs_ask(void **state)
{
	(void)state;
	shell(&sh, SERVE "kdig +edns=1 @198.18.1.1 de. SOA");
	assert_says("status: BADVERS");
	assert_says("Version: 0;");
	assert_says("ANSWER: 0");
	kdig("+ednsopt=65001:0102 +nsid +cookie=0011223344556677 @198.18.1.1", "de. SOA");
	assert_says("status: NOERROR");
	assert_says("flags: do; UDP size: 1232 B");
	assert_does_not_say("COOKIE");
	assert_does_not_say("65001");
}

/* kdig asks in lower case whatever it is told. */
static void the_case_of_a_question_is_kept(void **state)
{
	(void)state;
	shell(&sh, SERVE "dig +norec @198.18.1.1 dE. SOA");
	assert_says(";dE.\t\t\t\tIN\tSOA");
	assert_says("status: NOERROR");
	shell(&sh, SERVE "dig +norec +tcp @fd00:5f::1:1 d00000006.De. A");
	assert_says(";d00000006.De.\t\t\tIN\tA");
	assert_does_not_say("mismatch");
}

static void odd_questions_get_the_answers_that_servers_give(void **state)
{
	(void)state;
	shell(&sh, SERVE "kdig @198.18.1.1 de. ANY");
	assert_says("status: NOERROR");
	assert_says("aa rd; QUERY: 1; ANSWER: ");
	assert_says("\tIN\tNS\t");
	shell(&sh, SERVE "kdig @198.18.1.1 -c CH authors.bind. TXT");
	assert_says("status: REFUSED");
	shell(&sh, SERVE "kdig @198.18.1.1 -c CH de. SOA");
	assert_says("status: REFUSED");
	shell(&sh, SERVE "kdig @198.18.1.1 org. A");
	assert_says("status: REFUSED");
	shell(&sh, SERVE "dig +opcode=notify @198.18.1.1 de. SOA");
	assert_says("status: NOTIMP");
	kdig("@198.18.1.1", "de. TYPE65280");
	assert_says("status: NOERROR");
	assert_says("ANSWER: 0");
	assert_says("RRSIG\tNSEC3 8 2 23");
}

/* Whether delv's word on a question, up to the next question or the end, has a text in it. */
static bool says(const char *question, const char *text)
{
	char head[128], *from, *end;
	bool found;

	snprintf(head, sizeof(head), "5353 %s\n", question);
	from = strstr(sh.out, head);
	if (!from)
		fail_msg("'%s' was not asked: %s", question, sh.out);
	end = strstr(from, "\n== ");
	if (end)
		*end = '\0';
	found = strstr(from, text) != NULL;
	if (end)
		*end = '\n';
	return found;
}

#define MAX_QUESTIONS 20

struct verdict {
	const char *text;
	const char *questions[MAX_QUESTIONS];
};

/* Asks all questions beside one resolver. */
static void delv(const char *serve, const struct verdict *v, size_t n)
{
	char line[7000];
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		for (const char *const *q = v[i].questions; *q; q++)
			len += (size_t)snprintf(line + len, sizeof(line) - len,
						" 'delv -a $SIGFAULT_BIND_ANCHOR +root=. "
						"@127.0.0.1 -p 5353 %s'",
						*q);
	assert_true(len < sizeof(line));
	shell(&sh, "%s tests/support/beside_unbound %s%s", serve, folder(), line);
}

static void wants_verdicts(const struct verdict *v)
{
	for (const char *const *q = v->questions; *q; q++)
		if (!says(*q, v->text))
			fail_msg("%s is not '%s': %s", *q, v->text, sh.out);
}

static void delv_validates_a_healthy_world(void **state)
{
	static const struct verdict all[] = {
		{ "\n; fully validated",
		  { ". DNSKEY", "de. SOA", "de. DNSKEY", "net. NS", "d00000006.de. A",
		    "www.d00000006.de. AAAA", "d00000006.de. MX", "alias.d00000006.de. A",
		    "any.wild.d00000006.de. A" } },
		{ "; negative response, fully validated",
		  { "nosuchname. A", "nosuchname.de. A", "nosuchname.net. A",
		    "nosuch.d00000006.de. A", "d00000006.de. SRV", "de. SRV" } },
		{ "\n; unsigned answer",
		  { "d00000003.de. A", "www.d00000003.de. AAAA", "d00000009.de. TXT",
		    "d00000003.net. A" } },
	};

	(void)state;
	delv(SERVE, all, 3);
	for (size_t i = 0; i < 3; i++)
		wants_verdicts(&all[i]);
}

/* Two thirds of the signatures of de. are wrong, that of its apex NSEC3 always, and that of its
 * keys never. */
static void delv_refuses_what_the_fault_has_broken(void **state)
{
	static const struct verdict all[] = {
		{ "resolution failed: ", { "d00000003.de. A", "nosuchname.de. A" } },
		{ "\n; fully validated", { "de. DNSKEY", "net. SOA", "de. DS" } },
		{ "\n; unsigned answer", { "d00000003.net. A" } },
		{ "resolution failed: ",
		  { "d00000006.de. DS", "d00000018.de. DS", "d00000028.de. DS", "d00000036.de. DS",
		    "d00000044.de. DS", "d00000054.de. DS", "d00000067.de. DS", "d00000071.de. DS",
		    "d00000089.de. DS", "d00000096.de. DS", "d00000104.de. DS",
		    "d00000115.de. DS" } },
	};
	unsigned failed = 0;

	(void)state;
	delv(SERVE_FAULT, all, 4);
	for (size_t i = 0; i < 3; i++)
		wants_verdicts(&all[i]);
	for (const char *const *q = all[3].questions; *q; q++) {
		failed += says(*q, all[3].text);
		assert_true(says(*q, all[3].text) != says(*q, "\n; fully validated"));
	}
	assert_in_range(failed, 5, 11);
}

/* DNSViz of Debian 12 takes no trust anchors (it looks for a part of pygraphviz that is gone), so
 * the root's is left to delv. */
static void dnsviz(const char *serve)
{
	shell(&sh,
	      "%s sh -c 'dnsviz probe -A -x .:a.root-servers.test=198.18.0.1 de. d00000006.de. "
	      "nosuchname.de. d00000006.net. 2>%s/probe.log | dnsviz grok -P' | grep -E "
	      "'\"(status|errors|warnings|description)\"'",
	      serve, folder());
}

static void dnsviz_finds_nothing_to_complain_about(void **state)
{
	(void)state;
	dnsviz(SERVE);
	assert_says("\"status\": \"VALID\"");
	assert_says("\"status\": \"NXDOMAIN\"");
	assert_int_equal(says_times("\"status\": \"SECURE\""), 2);
	assert_int_equal(says_times("\"status\": \"INSECURE\""), 1);
	assert_does_not_say("\"errors\"");
	assert_does_not_say("\"warnings\"");
}

static void dnsviz_sees_the_wrong_signatures(void **state)
{
	(void)state;
	dnsviz(SERVE_FAULT);
	assert_says("\"status\": \"INVALID_SIG\"");
	assert_int_equal(says_times("\"errors\""),
			 says_times("of the RRSIG RR does not properly validate"));
	assert_does_not_say("\"warnings\"");
}

static void whole_zones_verify(void **state)
{
	static const char *const zones[] = { ".", "net.", "de." };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		/* net. is as small as minute.lua has it; ldns takes a second for 100 signatures. */
		shell(&sh,
		      SIGFAULT " zone %s %s --set population=2000 --at 2026-05-05T19:18:30Z "
			       ">%s/zone",
		      i == 1 ? "minute" : "de-2026", zones[i], folder());
		assert_int_equal(sh.status, 0);
		shell(&sh, "ldns-verify-zone -t 20260505191830 %s/zone", folder());
		if (sh.status != 0)
			fail_msg("%s: %s", zones[i], sh.out);
		assert_says("Zone is verified and complete");
		shell(&sh, "kzonecheck -o %s -t 20260505191830 %s/zone", zones[i], folder());
		if (sh.status != 0)
			fail_msg("%s: %s", zones[i], sh.out);
	}
}

/* The zone's keys sign the DNSKEY RRset, which no ZSK can spoil. */
static void two_thirds_of_the_broken_zone_are_rejected(void **state)
{
	double bogus, signatures;

	(void)state;
	shell(&sh,
	      SIGFAULT " zone de-2026 de. --set population=2000 --set signed=0.2 "
		       "--at 2026-05-05T20:00Z >%s/broken",
	      folder());
	assert_int_equal(sh.status, 0);
	shell(&sh, "awk '$4 == \"RRSIG\" && $5 != \"DNSKEY\"' %s/broken | wc -l", folder());
	signatures = atof(sh.out);
	assert_true(signatures > 800);
	shell(&sh, "ldns-verify-zone -t 20260505200000 %s/broken", folder());
	assert_int_not_equal(sh.status, 0);
	bogus = says_times("Bogus DNSSEC signature for");
	assert_int_equal(bogus, says_times("Error:"));
	assert_true(bogus / signatures > 0.6 && bogus / signatures < 0.73);
	assert_says("Bogus DNSSEC signature for a0d5d1p51kijsevll74k523htmq406bk.de.\tNSEC3");
	shell(&sh, "kzonecheck -o de. -t 20260505200000 %s/broken", folder());
	assert_int_not_equal(sh.status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_transport_gives_answers_with_signatures),
		cmocka_unit_test(every_transport_denies_names_with_proofs),
		cmocka_unit_test(a_server_says_which_one_it_is),
		cmocka_unit_test(the_parent_has_the_ds),
		cmocka_unit_test(a_referral_has_glue_and_says_whether_it_is_signed),
		cmocka_unit_test(what_does_not_fit_is_truncated_and_whole_by_tcp),
		cmocka_unit_test(several_questions_share_a_connection),
		cmocka_unit_test(edns_is_as_the_rfcs_ask),
		cmocka_unit_test(the_case_of_a_question_is_kept),
		cmocka_unit_test(odd_questions_get_the_answers_that_servers_give),
		cmocka_unit_test(delv_validates_a_healthy_world),
		cmocka_unit_test(delv_refuses_what_the_fault_has_broken),
		cmocka_unit_test(dnsviz_finds_nothing_to_complain_about),
		cmocka_unit_test(dnsviz_sees_the_wrong_signatures),
		cmocka_unit_test(whole_zones_verify),
		cmocka_unit_test(two_thirds_of_the_broken_zone_are_rejected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
