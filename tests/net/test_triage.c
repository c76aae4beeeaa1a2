/* SPDX-License-Identifier: BSD-2-Clause */
/* What triage and trace say of real resolvers' packets: the catalogue of faults case by case, outages, and a
 * fault of the resolver's own. They read captures alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* What failures of a group of the catalogue are due to; "unknown" where a resolver sends nothing to addresses
 * that it does not like. Cases that are in no group of their name have REST. */
static const struct {
	const char *group, *causes;
} groups[] = {
	{ "Controls", "unreachable-authority" },
	{ "DS at the parent", "ds-mismatch unknown" }, /* a DS may be what is not said */
	{ "DNSKEY", "ds-mismatch signature-fault" },
	{ "Signatures", "signature-fault expiry" },
	{ "Denial of existence", "denial-fault signature-fault" },
	{ "Rollover mistakes", "ds-mismatch signature-fault" },
	{ "Cost", "signature-fault delegation-loop" },
	{ "Delegations and glue", "unreachable-authority unknown" },
	/* these are right: where a resolver fails all the same, packets cannot say why */
	{ "Algorithms", "unknown" },
	{ "Servers", "unreachable-authority denial-fault ds-mismatch signature-fault" },
	{ "On the wire", "unreachable-authority signature-fault unknown" },
	{ "none", "unreachable-authority ds-mismatch signature-fault" },
};

/* A line for every case of every cell, "GROUP|CELL|CASE|VERDICT|CAUSE|FAILURES". */
static void list_cases(void)
{
	shell(&sh, SIGFAULT " run ede -r " RESOLVERS " --pcap --quiet -o %s/ede", folder());
	assert_in_range(sh.status, 0, 1);
	shell(&sh, SIGFAULT " triage %s/ede --json >%s/ede.json", folder(), folder());
	assert_int_equal(sh.status, 1); /* some are unknown */
	ends_with(0,
		  SIGFAULT
		  " faults --json >%s/faults.json && jq -r --slurpfile f %s/faults.json '"
		  "($f[0].faults | map({ key: .name, value: .group }) | from_entries) as "
		  "$g | .places[] | (.place | split(\"/\")) as $p | ($p | last) as $case | "
		  "[$g[$case] // \"none\", $p[-3], $case, .verdict, .causes[0].cause // "
		  "\"-\", .failures] | join(\"|\")' %s/ede.json >%s/cases",
		  folder(), folder(), folder(), folder());
}

static bool is_allowed(const char *group, const char *cause)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		if (strcmp(groups[i].group, group) == 0)
			return strstr(groups[i].causes, cause);
	return true;
}

/* What is wrong with a line, or NULL. */
static const char *judge_case(const char *group, const char *name, const char *verdict,
			      const char *cause, int failures)
{
	if (!failures)
		return strcmp(verdict, "nothing") != 0 ? "nothing failed" : NULL;
	if (strcmp(name, "trust-anchor-stale") == 0) /* the resolver's own */
		return strcmp(verdict, "us") && strcmp(verdict, "unknown") ? "not us" : NULL;
	if (strcmp(verdict, "unknown") == 0)
		return is_allowed(group, "unknown") ? NULL : "unknown";
	return strcmp(verdict, "them") || !is_allowed(group, cause) ? "another cause" : NULL;
}

static void every_fault_of_the_catalogue_is_told_by_its_packets_or_unknown(void **state)
{
	char *text, *line, *rest, *part[6];
	unsigned wrong = 0, failed = 0, unknown = 0, healthy = 0;

	(void)state;
	need_root();
	list_cases();
	text = folder_text("cases");
	for (rest = text; (line = strsep(&rest, "\n")) && *line;) {
		const char *why;

		for (unsigned i = 0; i < 6; i++)
			part[i] = strsep(&line, "|");
		why = judge_case(part[0], part[2], part[3], part[4], atoi(part[5]));
		failed += atoi(part[5]) > 0;
		unknown += strcmp(part[3], "unknown") == 0;
		healthy += strcmp(part[4], "-") == 0 && !atoi(part[5]);
		if (!why)
			continue;
		print_error("%s %s %s: %s: %s, %s\n", part[0], part[1], part[2], why, part[3],
			    part[4]);
		wrong++;
	}
	free(text);
	print_message("%u of them failed, %u of these are unknown; of %u healthy ones nothing is "
		      "told\n",
		      failed, unknown, healthy);
	assert_int_equal(wrong, 0);
	assert_true(failed > 300 && unknown * 8 < failed && healthy > 200);
}

/* ---- outages ---- */

/* The short forms of some: tests/triage has all of them at full length. */
static void the_cause_of_an_outage_is_named(void **state)
{
	static const struct {
		const char *run, *says;
	} outages[] = {
		{ "minute -r " RESOLVERS, "them signature-fault bogus-signature de. 33834" },
		{ "dark", "them unreachable-authority no-answer zz. -" },
		{ "na-2019 --set to=12:01", "them ds-mismatch no-dnskey na. [0-9]+" },
		{ "mg-2017 -r bind --set to=2017-07-25T09:00Z",
		  "them signature-fault no-such-key mg. [0-9]+" },
		{ "zm-2015 --set rate=0.05", "them expiry expired zm. [0-9]+" },
		{ "de-2010", "them names-gone name-gone de. -" },
		{ "dike-100 --set to=14:01",
		  "them unreachable-authority no-answer cachetest.nl. -" },
		{ "tsuname --set to=12:01", "them delegation-loop delegation-loop one.nz. -" },
		{ "nasa-2012", "them ds-mismatch ds-matches-no-key nasa.gov. [0-9]+" },
		{ "xfinity-2015", "nothing expiry expired xfinity.com. [0-9]+" },
	};

	(void)state;
	need_root();
	for (size_t i = 0; i < sizeof(outages) / sizeof(*outages); i++) {
		shell(&sh, SIGFAULT " run %s --pcap --quiet -o %s/run.%zu", outages[i].run,
		      folder(), i);
		assert_in_range(sh.status, 0, 1);
		shell(&sh,
		      SIGFAULT " triage %s/run.%zu --json | jq -r '.places[] | [.verdict, "
			       "(.causes[0] | .cause, .reason, .zone, .key_tag // \"-\")] | "
			       "join(\" \")' | grep -vxE '%s'",
		      folder(), i, outages[i].says);
		if (*sh.out)
			fail_msg("%s: %s", outages[i].run, sh.out);
	}
}

/* Such a server answers as many in each second; one that loses every other query does not. */
static void a_cap_is_told_from_loss(void **state)
{
	static const char *const faults[][2] = {
		{ "authority-pps-cap\", { pps = 60 }", "capped-upstream cap" },
		{ "authority-drop\", { share = 0.9 }", "unreachable-authority no-answer" },
	};

	(void)state;
	need_root();
	for (size_t i = 0; i < 2; i++) {
		folder_print(
			"cap.lua",
			"scenario { name = \"cap\", from = \"2026-05-05T12:00Z\", to = \"+80s\" }\n"
			"local root = zone(\".\", { servers = { \"198.18.0.1\" } })\n"
			"local de = zone(\"de.\", { parent = root, servers = { \"198.18.1.1\" },\n"
			"\tnsec3 = { optout = true }, ttl = { negative = 5, nsec3 = 5 }, "
			"delegations = "
			"population { count = 100000, hosters = 5 } })\n"
			"traffic { zone = de, rate = 150, names = zipf { exponent = 0.1, count = "
			"90000 "
			"},\n\tstub = { timeout = \"2s\", attempts = 2, retry_on = { \"timeout\" } "
			"} }\n"
			"at(\"+30s\", de:fault(\"%s))\n",
			faults[i][0]);
		shell(&sh, SIGFAULT " run %s/cap.lua --pcap --quiet -o %s/cap.%zu", folder(),
		      folder(), i);
		ends_with(0,
			  SIGFAULT " triage %s/cap.%zu --json | jq -r '.places[0].causes[0] | "
				   ".cause + \" \" + .reason'",
			  folder(), i);
		assert_says(faults[i][1]);
	}
	ends_with(0, SIGFAULT " triage %s/cap.0", folder());
	assert_says("Them: 198.18.1.1 answers 60 packets a second and drops the rest.");
}

/* The first failure of each of those runs. */
static void one_question_is_followed_through(void **state)
{
	(void)state;
	need_root();
	ends_with(0, SIGFAULT " run minute -r unbound,bind --pcap --quiet -o %s/two", folder());
	ends_with(2, SIGFAULT " trace %s/two d00000007.de", folder());
	assert_says("has 2 folders with captures: name one of them, like");
	ends_with(0,
		  "name=$(" SIGFAULT " triage %s/two/bind-none --json | jq -r "
		  "'.places[0].causes[0].first_failure.name'); " SIGFAULT
		  " trace %s/two/bind-none $name >%s/traced && " SIGFAULT
		  " trace %s/two/bind-none $name --json | tests/support/valid-json; cat %s/traced",
		  folder(), folder(), folder(), folder(), folder());
	assert_says("SERVFAIL, to the client");
	assert_says("Here it went wrong (signature-fault): de. is signed by a key that is not its");
	assert_says("of de.:");
	ends_with(2, SIGFAULT " trace %s/two/bind-none nobody.test", folder());
	assert_says("has no question of a client for 'nobody.test.'");
	ends_with(2, SIGFAULT " trace %s/two/bind-none nobody.test NOTYPE", folder());
	assert_says("'NOTYPE' is no type");
	ends_with(2, SIGFAULT " trace %s/two/bind-none de. SOA --at tomorrow", folder());
	assert_says("--at: 'tomorrow' is not an instant");
	ends_with(2, SIGFAULT " trace %s/two/bind-none/upstream.pcap de.", folder());
	assert_says("has no question of a client: the packets between clients and resolver");
}

/* It calls bogus what has no DS: answers that are good to everybody else. */
static void a_fault_of_the_resolver_itself_is_ours(void **state)
{
	(void)state;
	need_root();
	folder_put("named.conf", "options {\n\tdnssec-validation auto;\n"
				 "\tdnssec-must-be-secure \"de.\" yes;\n};\n");
	shell(&sh, "named-checkconf %s/named.conf", folder());
	if (sh.status) {
		print_message("this BIND has no dnssec-must-be-secure any more\n");
		return;
	}
	shell(&sh,
	      SIGFAULT " run tests/scenarios/healthy.lua -r bind --config %s/named.conf --pcap "
		       "--quiet -o %s/wrong",
	      folder(), folder());
	ends_with(0, SIGFAULT " triage %s/wrong", folder());
	assert_says("Us: the resolver fails though all that it was sent is good.");
	assert_int_equal(says_times("local-fault:"), 1);
}

/* What it reads is packets: it says the same of them wherever they are, and whatever stands beside. */
static void the_run_that_captures_are_from_is_not_looked_at(void **state)
{
	(void)state;
	need_root();
	ends_with(0, SIGFAULT " run minute --pcap --quiet -o %s/m", folder());
	ends_with(0,
		  "mkdir %s/bare && cp %s/m/unbound-none/*.pcap %s/bare && for d in m bare; "
		  "do " SIGFAULT
		  " triage %s/$d --json | jq 'del(.places[].place, .places[].captures[].file)' "
		  ">%s/$d.json; done && cmp %s/m.json %s/bare.json",
		  folder(), folder(), folder(), folder(), folder(), folder(), folder());
	ends_with(0,
		  "strace -f -e trace=open,openat -o %s/opened " SIGFAULT
		  " triage %s/m >%s/said && ! grep -e run.json -e events.csv -e '\\.lua' %s/opened",
		  folder(), folder(), folder(), folder());
	/* One file with both sides says it, too, and one with authorities alone. */
	ends_with(0,
		  "mergecap -w %s/both.pcap %s/bare/clients.pcap %s/bare/upstream.pcap && " SIGFAULT
		  " triage %s/both.pcap",
		  folder(), folder(), folder(), folder());
	assert_says("Them: de. is signed by a key that is not its published one of tag 33834.");
	ends_with(0, SIGFAULT " triage %s/bare/upstream.pcap", folder());
	assert_says("Them: de. is signed by a key that is not its published one of tag 33834.");
	ends_with(1, SIGFAULT " triage %s/bare/clients.pcap", folder());
	assert_says("Unknown: the packets between resolver and authorities are not in it.");
}

static void bad_input_is_one_sentence_and_exit_2(void **state)
{
	static const struct {
		const char *what, *says;
	} bad[] = {
		{ "/nonexistent", "cannot open '/nonexistent': No such file or directory" },
		{ "/dev/null", "'/dev/null' is empty" },
		{ "README.md", "'README.md' is no capture (pcap, pcapng)" },
		{ "scenarios", "'scenarios' has no captures" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ends_with(2, SIGFAULT " triage %s", bad[i].what);
		assert_says(bad[i].says);
	}
	ends_with(0, "mkdir %s/run && touch %s/run/run.json", folder(), folder());
	ends_with(2, SIGFAULT " triage %s/run", folder());
	assert_says("is a run without captures: run it again with --pcap");
	ends_with(0,
		  "gzip -c tests/data/dns.pcap | head -c 200 >%s/x.gz; head -c 30 "
		  "tests/data/dns.pcap >%s/short",
		  folder(), folder());
	ends_with(2, SIGFAULT " triage %s/x.gz", folder());
	assert_says("is packed, and cannot be unpacked: ");
	ends_with(2, SIGFAULT " triage %s/short", folder());
	assert_says("has no DNS in it");
	ends_with(2, SIGFAULT " triage");
	ends_with(1, SIGFAULT " triage tests/data/nsec3-long-hash.pcap");
	assert_says("is cut off in the middle of a packet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_of_the_catalogue_is_told_by_its_packets_or_unknown),
		cmocka_unit_test(the_cause_of_an_outage_is_named),
		cmocka_unit_test(a_cap_is_told_from_loss),
		cmocka_unit_test(one_question_is_followed_through),
		cmocka_unit_test(a_fault_of_the_resolver_itself_is_ours),
		cmocka_unit_test(the_run_that_captures_are_from_is_not_looked_at),
		cmocka_unit_test(bad_input_is_one_sentence_and_exit_2),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
