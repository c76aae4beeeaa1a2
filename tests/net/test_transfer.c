/* SPDX-License-Identifier: BSD-2-Clause */
/* Zones out of the world: who may have one gets all of it as it stands, and judges that are not ours
 * accept it; who may not is refused, and that is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/need.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/transfer.lua"
#define IN SIGFAULT " shell " SCENARIO " --in resolver --at "

static void what_is_transferred_verifies(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("ldns-verify-zone");
	need_program("dnssec-verify");
	ends_with(0,
		  SIGFAULT " serve --at 12:00 " SCENARIO
			   " sh -c 'dig @198.18.0.1 . axfr +onesoa >%s/root; dig @198.18.1.1 de. "
			   "axfr +onesoa >%s/de'",
		  d, d);
	for (int i = 0; i < 2; i++) {
		const char *zone = i ? "de" : "root";

		ends_with(0, "ldns-verify-zone %s/%s", d, zone);
		assert_says("Zone is verified and complete");
		ends_with(0, "dnssec-verify -o %s %s/%s", i ? "de" : ".", d, zone);
		ends_with(0, "grep -c '^[^;]' %s/%s", d, zone);
		assert_true(atoi(sh.out) > (i ? 4000 : 1000));
	}
}

/* Both at one instant: the dump is of the version's. */
static void it_is_the_zone_as_it_is_dumped(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  IN "12:02 -c 'dig @198.18.1.2 de. axfr +onesoa +nocomments +nocmd +nostats' "
		     ">%s/given",
		  d);
	ends_with(0, SIGFAULT " zone " SCENARIO " de. --at 12:02 >%s/dumped", d);
	ends_with(0,
		  "cd %s && for f in given dumped; do ldns-read-zone -c $f | LC_ALL=C sort -u "
		  ">$f.sorted; wc -l <$f.sorted; done && cmp given.sorted dumped.sorted",
		  d);
	assert_true(atoi(sh.out) > 4000);
}

/* At 12:03:30 a new serial comes with the fault, and at 12:06:30 without it. */
static void it_has_the_faults_of_its_instant(void **state)
{
	static const char *const ats[] = { "12:03:20", "12:03:40", "12:06:20", "12:06:40" };
	const char *d = folder();

	(void)state;
	need_program("ldns-verify-zone");
	for (int i = 0; i < 4; i++) {
		bool is_broken = i == 1 || i == 2;

		ends_with(0, IN "%s -c 'dig @198.18.0.1 . axfr +onesoa' >%s/root", ats[i], d);
		shell(&sh, "ldns-verify-zone -t 20260505%.2s%.2s%.2s %s/root", ats[i], ats[i] + 3,
		      ats[i] + 6, d);
		assert_true((sh.status != 0) == is_broken);
	}
}

static void who_may_not_have_it_is_refused(void **state)
{
	(void)state;
	ends_with(0, IN "12:01 -c 'kdig @198.18.2.1 net. axfr; kdig @198.18.3.1 org. axfr; "
			"kdig @198.18.3.1 www.org. axfr; now' 2>&1");
	assert_int_equal(says_times("'REFUSED'"), 2);
	assert_int_equal(says_times("'NOTAUTH'"), 1);
}

#define SIGNED " -y hmac-sha256:secondary.test:c2VjcmV0IG9mIHR3byBzZXJ2ZXJz "
#define OTHER " -y hmac-sha256:secondary.test:c2VjcmV0IG9mIG9uZSBzZXJ2ZXIu "
#define UNKNOWN " -y hmac-sha256:nobody.test:c2VjcmV0IG9mIHR3byBzZXJ2ZXJz "
#define ASK "@198.18.3.1 "

/* Two programs check all of its messages, which are several. */
static void who_has_the_key_gets_the_zone_signed(void **state)
{
	(void)state;
	ends_with(0, IN "12:01 -c '(dig" SIGNED ASK "org. axfr; kdig" SIGNED ASK
			"org. axfr; dig" SIGNED ASK "+tcp org. SOA; dig" SIGNED ASK
			"+tcp org. DNSKEY) 2>&1' | grep \"^;\\|TSIG\"");
	assert_int_equal(says_times("(messages "), 1);
	assert_int_equal(says_times(" messages, "), 1);
	assert_true(says_times("NOERROR 0") > 10);
	assert_does_not_say("verify");
	assert_does_not_say("(messages 1,");
	assert_does_not_say("ERROR:");
}

/* The shell's programs have the world's date, unless they are told the machine's. */
static void a_wrong_signature_is_told_by_its_kind(void **state)
{
	(void)state;
	ends_with(0,
		  IN "12:01 -c 'dig +tcp" OTHER ASK "org. SOA; dig +tcp" UNKNOWN ASK
		     "org. SOA; env -u SIGFAULT_DATE dig +tcp" SIGNED ASK "org. SOA; kdig" OTHER ASK
		     "org. axfr; kdig" UNKNOWN ASK "org. axfr; now' 2>&1");
	assert_int_equal(says_times("status: NOTAUTH"), 3);
	assert_says(" BADSIG 0"); /* newer ones say it twice */
	assert_says(" BADKEY 0");
	assert_says(" BADTIME 6");
	assert_int_equal(says_times("'BADSIG'"), 1);
	assert_int_equal(says_times("'BADKEY'"), 1);
}

static const char by_algorithm[] =
	"scenario { name = 'tsig', from = '2026-05-05T12:00Z', to = '+10m' }\n"
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"
	"for i, a in ipairs { 'sha1', 'sha224', 'sha256', 'sha384', 'sha512' } do\n"
	"zone(a .. '.', { parent = root, servers = { '198.18.' .. i .. '.1' },\n"
	"delegations = population { count = 200, signed = 1 }, transfer = { key = {\n"
	"name = 'k.test.', secret = 'c2VjcmV0IG9mIHR3byBzZXJ2ZXJz',\n"
	"algorithm = 'hmac-' .. a } } })\n"
	"end\n";
#define BY(algorithm) " -y hmac-" algorithm ":k.test:c2VjcmV0IG9mIHR3byBzZXJ2ZXJz "

/* Keys of one name and one secret, each of an algorithm of its own. */
static void every_algorithm_signs_for_two_programs(void **state)
{
	(void)state;
	folder_put("tsig.lua", by_algorithm);
	ends_with(0,
		  SIGFAULT " shell %s/tsig.lua --in resolver --at 12:01 -c 'n=0; for a in sha1 "
			   "sha224 sha256 sha384 sha512; do n=$((n + 1)); for p in dig kdig; do "
			   "$p" BY("$a") "@198.18.$n.1 $a. axfr; done; done 2>&1' | grep '^;'",
		  folder());
	assert_int_equal(says_times("(messages "), 5);
	assert_int_equal(says_times(" messages, "), 5);
	assert_does_not_say("(messages 1,");
	assert_does_not_say("erify");
	assert_does_not_say("ERROR:");
	assert_does_not_say("WARNING:");
}

static void an_algorithm_that_is_not_known_is_refused(void **state)
{
	(void)state;
	folder_put("tsig.lua", by_algorithm);
	ends_with(
		0,
		SIGFAULT " shell %s/tsig.lua --in resolver --at 12:01 -c 'dig +tcp" BY(
			"md5") "@198.18.1.1 sha1. SOA; kdig" BY("md5") "@198.18.1.1 sha1. axfr; "
								       "kdig" BY("sha512") "@198."
											   "18.1.1 "
											   "sha1. "
											   "axfr; "
											   "now' "
											   "2>&1",
		folder());
	assert_int_equal(says_times("status: NOTAUTH"), 1);
	assert_says(" BADKEY 0");
	assert_int_equal(says_times("'BADKEY'"), 1);
	assert_int_equal(says_times("'REFUSED'"), 1); /* another zone's */
	folder_put("md5.lua", "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"
			      "zone('.', { servers = { '198.18.0.1' }, transfer = { key = {\n"
			      "name = 'k.', secret = 'c2Vj', algorithm = 'hmac-md5' } } })\n");
	ends_with(2, SIGFAULT " plan %s/md5.lua", folder());
	assert_says("md5.lua:2: key: algorithm is hmac-sha1, hmac-sha224, hmac-sha256");
}

static void a_key_is_a_name_and_a_secret(void **state)
{
	(void)state;
	folder_put("key.lua", "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"
			      "zone('.', { servers = { '198.18.0.1' }, transfer = { key = {\n"
			      "name = 'k.', secret = 'c2Vj*' } } })\n");
	ends_with(2, SIGFAULT " plan %s/key.lua", folder());
	assert_says("key.lua:2: key: secret is base64");
	folder_put("to.lua",
		   "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"
		   "zone('.', { servers = { '198.18.0.1' }, transfer = { to = { 'all' } } "
		   "})\n");
	ends_with(2, SIGFAULT " plan %s/to.lua", folder());
	assert_says("to.lua:2: transfer: to: 'all' is no address or prefix");
}

static void a_resolver_has_a_copy_of_the_root(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT " run " SCENARIO " -r unbound -m none,local-root,local-net --pcap "
			   "--quiet -o %s/local",
		  d);
	ends_with(0,
		  "grep -c ',transfer,,\\.,.[AI]XFR to 198.19.0.53: serial ' "
		  "%s/local/unbound-local-root/events.csv",
		  d);
	assert_true(atoi(sh.out) > 3);
	ends_with(0,
		  "grep -c ',transfer,,net.,.*AXFR to 198.19.0.53 refused: its .transfer. is not "
		  "to this address' %s/local/unbound-local-net/events.csv",
		  d);
	assert_string_equal(sh.out, "1\n");
	ends_with(0,
		  "jq -c '[.cells[] | .transfers // {} | .given > 3, .refused > 0]' "
		  "%s/local/run.json",
		  d);
	assert_string_equal(sh.out, "[false,false,true,false,false,true]\n");
	ends_with(0, "grep -c 'transfers of zones were refused' %s/local/summary.md", d);
	assert_string_equal(sh.out, "1\n");
	ends_with(0, "grep -c ',a.root-servers.test.,' %s/local/unbound-none/upstream.csv", d);
}

static void the_same_seed_gives_the_same_transfers(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT " run " SCENARIO " -r unbound -m local-root,local-net --pcap --quiet -o "
			   "%s/again",
		  d);
	ends_with(0,
		  "cd %s && for m in root net; do for f in events curve upstream; do cmp "
		  "local/unbound-local-$m/$f.csv again/unbound-local-$m/$f.csv; done; done",
		  d);
}

#define NOTIFY "tests/scenarios/notify.lua"
#define BESIDE SIGFAULT " shell " NOTIFY " -m local-root --in resolver --at "

/* The fault comes between two ticks of its serial, and is not seen in vain. */
static void who_has_a_copy_is_told_of_a_new_version(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT " run " NOTIFY " -r unbound -m local-root --pcap --quiet -o %s/notify",
		  d);
	ends_with(0,
		  "grep 'IXFR to .* of what has changed' %s/notify/unbound-local-root/events.csv | "
		  "cut -d, -f1",
		  d);
	assert_string_equal(sh.out, "210\n300\n390\n");
	ends_with(0, "jq -c '.cells[0].transfers' %s/notify/run.json", d);
	assert_string_equal(sh.out, "{\"given\":4,\"refused\":0,\"notified\":4}\n");
	ends_with(
		0,
		"tshark -r %s/notify/unbound-local-root/upstream.pcap -Y 'dns.flags.opcode == 4 && "
		"dns.flags.response == 0' | grep -c 'Zone change notification'",
		d);
	assert_string_equal(sh.out, "4\n");
}

/* Its copy is made of one AXFR and three IXFR, by an implementation that is not ours. */
static void what_has_changed_makes_the_copy_the_zone(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("ldns-verify-zone");
	ends_with(0, BESIDE "12:07 -c 'cat root.zone' >%s/copy", d);
	ends_with(0,
		  BESIDE "12:07 -c 'dig @198.18.0.1 . axfr +onesoa +nocomments +nocmd +nostats' "
			 ">%s/zone",
		  d);
	ends_with(0,
		  "cd %s && for f in copy zone; do ldns-read-zone -c $f | LC_ALL=C sort -u "
		  ">$f.sorted; wc -l <$f.sorted; done && cmp copy.sorted zone.sorted",
		  d);
	assert_true(atoi(sh.out) > 1000);
	ends_with(0, "ldns-verify-zone -t 20260505120700 %s/copy", d);
}

/* From the version of 12:00 on (11:55 is 300 seconds before), from none, and from the last. */
static void an_ixfr_is_as_large_as_what_has_changed(void **state)
{
	(void)state;
	ends_with(0, BESIDE "12:04 -c 'for s in 1777982400 1777982100 1 1777982610; do dig "
			    "@198.18.0.1 . ixfr=$s | grep XFR.size; done'");
	assert_int_equal(says_times("XFR size: 10 records"), 2);
	assert_int_equal(says_times("XFR size: 1 records"), 1);
	assert_int_equal(says_times("XFR size: 2458 records"), 1);
}

static const char large[] = "scenario { name = 'large', from = '2026-05-05T12:00Z', to = '+10m' }\n"
			    "local root = zone('.', { servers = { '198.18.0.1' } })\n"
			    "local de = zone('de.', { parent = root, servers = { '198.18.1.1' },\n"
			    "version_every = '1h', transfer = true,\n"
			    "delegations = population { count = 14000, signed = 1 } })\n"
			    "at('12:02', de:fault('rrsig-exp-all', { to = '12:08' }))\n";

/* What was, without what is taken out and with what is put in, is what is. */
#define APPLIED                                                                                    \
	"awk '/^==/ { part++; next } part == 2 && /\tSOA\t/ { soa++ } "                            \
	"{ line = $0; gsub(/[ \t]+/, \" \", line) } "                                              \
	"part == 0 { is[line]++ } part == 1 { want[line]++ } "                                     \
	"part == 2 && soa == 2 { delete is[line]; n++ } part == 2 && soa == 3 { is[line]++; n++ "  \
	"} "                                                                                       \
	"END { for (l in is) bad += !(l in want); for (l in want) bad += !(l in is); "             \
	"print (bad + 0) \" \" (n > 50000) \" \" soa }' "

static void a_large_difference_is_no_whole_zone(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("large.lua", large);
	ends_with(
		0,
		SIGFAULT
		" shell %s/large.lua --in resolver --at 12:01 -c 'ask() { dig +noall "
		"+answer @198.18.1.1 de. $1; }; s=$(dig +tcp +short @198.18.1.1 de. SOA | cut "
		"-d\" \" -f3); ask axfr; echo ==; \\until 12:03 >/dev/null; ask axfr; echo ==; ask "
		"ixfr=$s' >%s/changes",
		d, d);
	ends_with(0, APPLIED "%s/changes", d);
	assert_string_equal(sh.out, "0 1 4\n");
}

/* It comes with what the server says a minute later, when it says anything again. */
static void a_dark_server_tells_nobody(void **state)
{
	(void)state;
	ends_with(0,
		  SIGFAULT " run " NOTIFY
			   " -r unbound -m local-root --set dark=true --quiet -o %s/dark",
		  folder());
	ends_with(0, "grep 'IXFR to ' %s/dark/unbound-local-root/events.csv | cut -d, -f1",
		  folder());
	assert_string_equal(sh.out, "270\n300\n390\n");
}

/* A program that is no resolver of ours, in real time. */
static void a_secondary_gets_its_zones(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("named");
	folder_print(
		"named.conf",
		"key \"secondary.test.\" { algorithm hmac-sha256; secret "
		"\"c2VjcmV0IG9mIHR3byBzZXJ2ZXJz\"; };\n"
		"options { directory \"%s\"; listen-on port 5300 { 127.0.0.1; }; listen-on-v6 { "
		"none; }; pid-file none; session-keyfile \"%s/session\"; recursion no; "
		"masterfile-format text; dnssec-validation no; };\ncontrols { };\n"
		"zone \"org\" { type secondary; primaries { 198.18.3.1 key "
		"\"secondary.test.\"; }; file \"org.zone\"; };\n"
		"zone \"de\" { type secondary; primaries { 198.18.1.1; }; file \"de.zone\"; "
		"};\n",
		d, d);
	ends_with(0,
		  SIGFAULT
		  " serve " SCENARIO
		  " sh -c 'cd %s; named -u root -g -c named.conf >named.log 2>&1 & p=$!; for "
		  "i in $(seq 60); do sleep 0.5; [ -s %s/org.zone ] && [ -s %s/de.zone ] && "
		  "break; done; dig -p 5300 @127.0.0.1 org. SOA; kill $p'",
		  d, d, d);
	assert_says("flags: qr aa");
	for (int i = 0; i < 2; i++)
		ends_with(0, "dnssec-verify -o %s %s/%s.zone", i ? "de" : "org", d,
			  i ? "de" : "org");
}

static void only_resolvers_are_told(void **state)
{
	(void)state;
	folder_put(
		"nobody.lua",
		"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"
		"local r = zone('.', { servers = { '198.18.0.1' } })\nlocal d = zone('de.', { "
		"parent = r, servers = { '198.18.1.1' }, delegations = population { count = 9 }, "
		"transfer = { notify = { '198.19.0.60' } } })\ntraffic { rate = 1 }\n");
	ends_with(4, SIGFAULT " run %s/nobody.lua -r unbound --quiet -o %s/nobody", folder(),
		  folder());
	assert_says("zone 'de.': transfer: notify: no resolver has the address 198.19.0.60");
	folder_put("told.lua",
		   "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"
		   "zone('.', { servers = { '198.18.0.1' }, transfer = { notify = { '192.0.2.1' } "
		   "} })\n");
	ends_with(2, SIGFAULT " plan %s/told.lua", folder());
	assert_says("told.lua:2: transfer: notify: resolvers are told, 198.19.0.53");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_transferred_verifies),
		cmocka_unit_test(it_is_the_zone_as_it_is_dumped),
		cmocka_unit_test(it_has_the_faults_of_its_instant),
		cmocka_unit_test(who_may_not_have_it_is_refused),
		cmocka_unit_test(who_has_the_key_gets_the_zone_signed),
		cmocka_unit_test(a_wrong_signature_is_told_by_its_kind),
		cmocka_unit_test(every_algorithm_signs_for_two_programs),
		cmocka_unit_test(an_algorithm_that_is_not_known_is_refused),
		cmocka_unit_test(a_key_is_a_name_and_a_secret),
		cmocka_unit_test(a_resolver_has_a_copy_of_the_root),
		cmocka_unit_test(who_has_a_copy_is_told_of_a_new_version),
		cmocka_unit_test(what_has_changed_makes_the_copy_the_zone),
		cmocka_unit_test(an_ixfr_is_as_large_as_what_has_changed),
		cmocka_unit_test(a_large_difference_is_no_whole_zone),
		cmocka_unit_test(a_dark_server_tells_nobody),
		cmocka_unit_test(only_resolvers_are_told),
		cmocka_unit_test(a_secondary_gets_its_zones),
		cmocka_unit_test(the_same_seed_gives_the_same_transfers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
