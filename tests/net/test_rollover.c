/* SPDX-License-Identifier: BSD-2-Clause */
/* The dry run of a rollover as its users run it: the claims shown on real resolvers, plans out of
 * real signers' files. */
#include <string.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define ROLLOVER SIGFAULT " rollover"

static void want_text(const char *text)
{
	if (!strstr(sh.out, text))
		fail_msg("'%s' is not in:\n%s", text, sh.out);
}

static void want_exit(int status)
{
	if (sh.status != status)
		fail_msg("exit %d, not %d:\n%s", sh.status, status, sh.out);
}

/* The answers that proof.json has: how many, and how many of them SERVFAIL, all as expected. */
static void want_answers(const char *filter, const char *counts)
{
	shell(&sh,
	      "jq -r '[.proof.trials[] | select(%s) | .answers[]] | \"\\(length) "
	      "\\(map(select(.as_expected)) | length) \\(map(select(.answer | "
	      "startswith(\"SERVFAIL\"))) | length)\"' %s/proof.json",
	      filter, folder());
	if (strcmp(sh.out, counts) != 0)
		fail_msg("%s: %s instead of %s", filter, sh.out, counts);
}

static void prove(const char *plan, const char *resolvers, int status)
{
	shell(&sh, ROLLOVER " %s -r %s --json -o %s/%s > %s/proof.json", plan, resolvers, folder(),
	      plan, folder());
	want_exit(status);
}

/* SERVFAIL at the instant, NOERROR and AD before it and when the old DS has run out. */
static void a_key_dropped_under_a_cached_ds_fails_on_unbound_and_bind(void **state)
{
	(void)state;
	prove("nz-2023", "unbound,bind", 1);
	want_answers(".resolver == \"unbound\"", "3 3 1\n");
	want_answers(".resolver == \"bind\"", "3 3 1\n");
	shell(&sh, "jq -r '.proof.trials[0].answers[] | .asked + \" \" + .answer' %s/proof.json",
	      folder());
	want_text("2023-05-29T10:44:59Z NOERROR AD\n2023-05-29T10:45:00Z SERVFAIL");
}

/* The new signatures meet the old DNSKEY RRset in a resolver, and the old ones the new in
 * validators behind it. */
static void a_standby_signer_fails_under_a_cached_dnskey(void **state)
{
	(void)state;
	prove("apnic-2012", "unbound,knot", 1);
	want_answers(".resolver == \"unbound\"", "6 6 2\n");
	want_answers(".resolver == \"knot\"", "6 6 2\n");
	shell(&sh,
	      "jq -r '.proof.not_tried, (.proof.trials[0].answers[] | select(.behind) | "
	      ".answer)' %s/proof.json",
	      folder());
	assert_string_equal(sh.out, "0\nNOERROR AD\nSERVFAIL EDE 9\nNOERROR AD\n");
	shell(&sh, ROLLOVER " apnic-2012 -r unbound -o %s/named", folder());
	want_text("SERVFAIL EDE 9 DNSKEY Missing  as said\n");
}

/* Two findings, three answers each; the strict one fails at and after the instant. */
static void an_algorithm_on_one_side_fails_on_a_strict_validator_alone(void **state)
{
	(void)state;
	prove("gov-2013", "unbound", 1);
	want_answers(".mitigation == \"none\"", "6 6 0\n");
	want_answers(".mitigation == \"strict\"", "6 6 4\n");
	shell(&sh, ROLLOVER " gov-2013 --no-proof --lenient");
	want_exit(0);
}

/* With the DS in the cache, and with the DNSKEY RRset beside it: three SERVFAIL of six answers on
 * each of the four. */
static void an_unsigned_zone_fails_under_a_cached_ds_and_is_insecure_after(void **state)
{
	(void)state;
	prove("slack-2021", "unbound,bind,knot,powerdns", 1);
	want_answers("true", "24 24 12\n");
	shell(&sh, "jq -r '.proof.not_tried, .proof.trials[0].answers[2].answer' %s/proof.json",
	      folder());
	assert_string_equal(sh.out, "0\nNOERROR\n");
}

static void a_safe_plan_sees_no_servfail_at_its_tightest(void **state)
{
	(void)state;
	prove("ksk-double-ksk", "unbound", 0);
	shell(&sh,
	      "jq -r '.safe, (.proof.trials[0].answers | length > 2 and (map(.as_expected) | all) "
	      "and (map(.answer == \"NOERROR AD\") | all))' %s/proof.json",
	      folder());
	assert_string_equal(sh.out, "true\ntrue\n");
}

/* The slowest server of the parent gives the old DS for another hour: the state exists only through
 * it. */
static void a_slow_server_is_part_of_the_state(void **state)
{
	(void)state;
	shell(&sh,
	      "cat > %s/slow.lua <<'END'\n"
	      "rollover { name = 'slow', zone = 'a.org.', from = '2026-01-01T00:00Z',\n"
	      "ttl = { dnskey = 600, ds = 3600, zone = 600 }, propagation = { zone = '0s', parent "
	      "= '1h' } }\n"
	      "key('old', { role = 'ksk', ds_out = '+1d', remove = 86400 + 5400 })\n"
	      "key('new', { role = 'ksk', publish = 600, ds_in = '+1d' })\n"
	      "key('zsk', { role = 'zsk' })\n"
	      "END\n" ROLLOVER " %s/slow.lua --json -o %s/slow > %s/proof.json",
	      folder(), folder(), folder(), folder());
	want_exit(1);
	want_answers("true", "3 3 1\n");
	shell(&sh, "jq -r '.findings[0] | .from, .until' %s/proof.json", folder());
	assert_string_equal(sh.out, "2026-01-02T01:30:00Z\n2026-01-02T02:00:00Z\n");
}

/* What was written is a scenario like any other. */
static void the_proof_can_be_run_again(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh, "build/sigfault run %s/slack-2021/proof.lua --log-queries --quiet -o %s/again",
	      d, d);
	want_exit(0);
	shell(&sh,
	      "sqlite3 %s/again/unbound-none/queries.db \"select count(*) from queries where rcode "
	      "= 2\"",
	      d);
	assert_string_equal(sh.out, "3\n");
}

/* A zone in the middle of each right plan satisfies a judge of zones: it has what it says. */
static void the_zones_of_the_proof_satisfy_ldns(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "build/sigfault zone %s/ksk-double-ksk/proof.lua example-1.net. --at "
	      "2026-01-02T12:00Z > %s/zone && grep -c 'RRSIG.DNSKEY ' %s/zone && "
	      "ldns-verify-zone -t 20260102130000 %s/zone",
	      d, d, d, d);
	want_exit(0);
	want_text("2\n");
	want_text("Zone is verified and complete");
}

/* Way, answers, those that are as said, SERVFAIL. */
#define NZ                                                                                         \
	"DS out: 6 6 4\nflush: 6 6 2\nnothing: 6 6 4\nold keys back: 6 6 2\n"                      \
	"unsigned: 10 10 4\nunsigned at once: 18 18 10\n"
#define SLACK "flush: 12 12 4\nnothing: 12 12 10\nold keys back: 12 12 4\n"
#define AL                                                                                         \
	"DS out: 6 6 4\ndouble DS: 6 6 4\nnothing: 6 6 6\nold keys back: 6 6 2\n"                  \
	"unsigned: 10 10 6\nunsigned at once: 12 12 8\n"

/* Who has the old DS, or what went unsigned, is well where the way says so, and not before. */
static void ways_out_are_as_said_on_real_resolvers(void **state)
{
	static const struct {
		const char *plan, *resolvers, *ways;
	} outages[] = {
		{ "nz-2023 --at 2023-05-29T12:00Z", "unbound,bind", NZ },
		{ "slack-2021 --at 2021-09-30T17:00Z", "unbound,knot", SLACK },
		{ "al-2026 --at 2026-07-03T15:00Z", "unbound,powerdns", AL },
	};
	const char *d = folder();

	(void)state;
	for (size_t i = 0; i < sizeof(outages) / sizeof(outages[0]); i++) {
		shell(&sh,
		      "(" ROLLOVER " %s --recover -r %s --json -o %s/ways-%zu > %s/ways.json); "
		      "tests/support/valid-json %s/ways.json",
		      outages[i].plan, outages[i].resolvers, d, i, d, d);
		want_exit(0);
		shell(&sh,
		      "jq -r '[.proof.trials[].answers[]] | group_by(.way)[] | \"\\(.[0].way): "
		      "\\(length) \\(map(select(.as_expected)) | length) \\(map(select(.answer | "
		      "startswith(\"SERVFAIL\"))) | length)\"' %s/ways.json",
		      d);
		assert_string_equal(sh.out, outages[i].ways);
	}
}

/* Where nothing is bogus there is nothing to do, and no resolver is started. */
static void a_safe_plan_has_nothing_to_recover_from(void **state)
{
	(void)state;
	shell(&sh, ROLLOVER " csk-roll --recover --at 2026-01-02T12:00Z -o %s/none", folder());
	want_exit(0);
	want_text("there is nothing to recover from");
	assert_null(strstr(sh.out, "Way out"));
	shell(&sh, "test ! -e %s/none", folder());
	want_exit(0);
}

static void without_a_proof_it_needs_no_privileges(void **state)
{
	(void)state;
	need_root();
	shell(&sh,
	      "setpriv --reuid=65534 --regid=65534 --clear-groups -- "
	      "unshare --user true 2>&1; cp build/sigfault %s/ && chmod 755 %s %s/sigfault && "
	      "cp rollovers/nz-2023.lua %s/ && chmod 644 %s/nz-2023.lua && cd / && "
	      "setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs -- "
	      "%s/sigfault rollover %s/nz-2023.lua --no-proof",
	      folder(), folder(), folder(), folder(), folder(), folder(), folder());
	want_exit(1);
	want_text("Not safe: the first answers turn bogus at 2023-05-29 10:45:00.");
}

/* Each object has all that the schema requires, and nothing that it does not know. */
static void json_has_what_its_schema_has(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "(" ROLLOVER " tests/data/rollover/bind-rolling --no-proof --json --at "
	      "2026-11-29T10:01:35Z 2> /dev/null > %s/a.json); "
	      "(" ROLLOVER " tests/data/rollover/knot-ready.json --no-proof --json --at "
	      "2026-11-29T09:55:00Z 2> /dev/null > %s/b.json); "
	      "jq -n --slurpfile s docs/schema/rollover-1.json --slurpfile a %s/a.json --slurpfile "
	      "b "
	      "%s/b.json 'def fits($o; $s): ($s.required - ($o | keys) == []) and (($o | keys) - "
	      "($s.properties | keys) == []); $s[0] as $s | ($a[0], $b[0]) | fits(.; $s), "
	      "(.schema == $s.properties.schema.const), (.steps, .next | length), "
	      "(.steps[] | fits(.; $s.properties.steps.items)), "
	      "(.next[] | fits(.; $s.properties.next.items)), "
	      "(.keys[] | fits(.; $s.properties.keys.items))' | tr '\\n' ' '",
	      d, d, d, d);
	want_exit(0);
	assert_null(strstr(sh.out, "false"));
	want_text("true true 3 0 ");
	want_text("true true 0 3 ");
}

/* The longest of what a signer's files give, and names that are as long as can be. */
static void its_tables_fit_80_columns(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "sed 's/\"ksk-old\"/\"the-old-ksk-of-the-year-2025-xx\"/;s/\"ksk-new\"/"
	      "\"the-new-ksk-of-the-year-2026-xx\"/' rollovers/ksk-double-ksk.lua > %s/long.lua; "
	      "for p in nz-2023 'nz-2023 --recover' apnic-2012 algorithm-conservative %s/long.lua "
	      "tests/data/rollover/ods-seen.txt tests/data/rollover/bind-rolling; do "
	      "" ROLLOVER " $p --no-proof 2> /dev/null; done | awk 'length > 80'",
	      d, d);
	assert_string_equal(sh.out, "");
	shell(&sh, ROLLOVER " %s/long.lua --no-proof", d);
	want_text("#1");
}

static void its_sentences_are_as_wide_as_the_terminal(void **state)
{
	(void)state;
	shell(&sh, "for p in nz-2023 gov-2013 tests/data/rollover/ods-seen.txt; do "
		   "COLUMNS=40 " ROLLOVER " $p --no-proof 2> /dev/null; done | "
		   "sed -n '/safe\\|Safe/,/^$/p' | grep -v '^[! ] [a-zA-Z]* \\|\\[[0-9]\\]\\|  "
		   "RFC\\|  Step\\|beside ' | "
		   "awk 'length > 40'");
	assert_string_equal(sh.out, "");
}

/* ---- signers ---- */

/* A ZSK is rolled in a hurry: its successor signs ten minutes after it is published. */
static void a_roll_in_keys_of_dnssec_keygen_is_found(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "mkdir %s/bind && cd %s/bind && echo 'dnssec-policy p { keys { ksk lifetime "
	      "unlimited "
	      "algorithm 13; zsk lifetime unlimited algorithm 13; }; };' > p && "
	      "dnssec-keygen -q -k p -l p example.com && "
	      "ksk=$(grep -l 'KSK: yes' *.state) && zsk=$(grep -l 'ZSK: yes' *.state) && "
	      "dnssec-keygen -q -k p -l p example.com > new && "
	      "new=$(cd . && for k in $(cat new); do grep -q 'ZSK: yes' $k.state && echo $k || rm "
	      "$k.*; done) && "
	      "dnssec-settime -s -P 20300101000000 -A 20300101001000 $new && "
	      "dnssec-settime -s -P 20290101000000 -A 20290101000000 "
	      "-g OMNIPRESENT -d OMNIPRESENT 20290101000000 ${ksk%%.state} && "
	      "dnssec-settime -s -P 20290101000000 -A 20290101000000 "
	      "-I 20300101001000 -D 20300201000000 -g HIDDEN -z OMNIPRESENT 20290101000000 "
	      "${zsk%%.state} && "
	      "dnssec-settime -s -g OMNIPRESENT -k RUMOURED 20300101000000 $new && ls",
	      d, d);
	want_exit(0);
	shell(&sh, ROLLOVER " %s/bind --no-proof --at 2029-12-31 --set signing=0", d);
	want_exit(1);
	want_text("2030-01-01 00:10:00 to 2030-01-01 01:05:00 (55 min)");
	want_text("RFC 7583 3.2.1  Ipub = Dprp + TTLkey");
	shell(&sh,
	      ROLLOVER " %s/bind --no-proof --at 2029-12-31 --set signing=0 "
		       "--set dnskey-ttl=300 --set zone-propagation=5m",
	      d);
	want_exit(0);
}

/* The KSK's DS goes over as its successor is active; the old key signs nothing any more an hour
 * later. */
static void a_roll_in_keys_of_keymgr_is_found(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "mkdir %s/knot && k='keymgr -D %s/knot example.net. generate algorithm=13' && "
	      "$k ksk=yes publish=20290101000000 ready=20290101000000 active=20290101000000 "
	      "retire_active=20300103000000 retire=20300103010000 remove=20300103020000 && "
	      "$k ksk=yes publish=20300101000000 ready=20300102000000 active=20300103000000 && "
	      "$k ksk=no zsk=yes publish=20290101000000 active=20290101000000 && "
	      "keymgr -D %s/knot example.net. list -j > %s/knot.json",
	      d, d, d, d);
	want_exit(0);
	shell(&sh,
	      "(" ROLLOVER " %s/knot.json --json -o %s/knot-proof --at 2029-12-31 2> %s/notes "
	      "> %s/proof.json)",
	      d, d, d, d);
	want_exit(1);
	want_answers("true", "3 3 1\n");
	shell(&sh, "jq -r '.findings[0] | .from, .until' %s/proof.json", d);
	/* A day of DS TTL and an hour of the parent's servers after the change. */
	assert_string_equal(sh.out, "2030-01-03T01:00:00Z\n2030-01-04T01:00:00Z\n");
	shell(&sh, "cat %s/notes", d);
	want_text("as the signer has it when nobody says otherwise (--ask, --set)");
}

/* TTLs of a zone whose servers are there to be asked: those of `minute` are 23 s, and the root's DS
 * are kept for a day. */
static void servers_are_asked_for_their_ttls(void **state)
{
	static const char ask[] =
		"build/sigfault serve minute sh -c 'build/sigfault rollover %s/de.json --no-proof "
		"--at 2029-12-31 --json --ask %s 2>&1 > %s/ask.json; echo exit $?'";
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "mkdir %s/de && k='keymgr -D %s/de de. generate algorithm=13' && "
	      "$k ksk=yes publish=20290101000000 ready=20290101000000 active=20290101000000 && "
	      "$k zsk=yes publish=20290101000000 active=20290101000000 && "
	      "keymgr -D %s/de de. list -j > %s/de.json",
	      d, d, d, d);
	want_exit(0);
	shell(&sh, ask, d, "198.18.1.1 --ask-parent 198.18.0.1:53", d);
	want_text("exit 0\n");
	want_text("dnskey-ttl=23 s ds-ttl=1 d negative-ttl=23 s as servers answer");
	shell(&sh, "jq -c '.delays | [.dnskey_ttl, .ds_ttl, .negative_ttl]' %s/ask.json", d);
	assert_string_equal(sh.out, "[23,86400,23]\n");
	shell(&sh, ask, d, "fd00:5f::1:1#53 --set dnskey-ttl=7", d);
	want_text("exit 0\n");
	want_text("has no DS of 'de.': a server of the parent has (--ask-parent)");
	want_text("negative-ttl=23 s as servers answer\ndnskey-ttl=7 s as given");
	shell(&sh, ask, d, "198.18.2.1", d);
	want_text("exit 3\n");
	want_text("'198.18.2.1' is not authoritative for SOA of 'de.' (REFUSED, no AA)");
	shell(&sh, ask, d, "198.18.1.1#5300", d);
	want_text("exit 3\n");
	want_text("'198.18.1.1#5300' does not answer for SOA of 'de.'");
}

static void what_is_wrong_is_exit_2(void **state)
{
	static const char *const wrong[] = {
		"nosuchplan",
		"minute.lua",
		"nz-2023 --set nosuch=1",
		"nz-2023 apnic-2012",
		"nz-2023 --at 2026-01-01",
		"nz-2023 --recover --at 2020-01-01",
		"nz-2023 --recover --at soon",
		"README.md",
		"nz-2023 -r nosuchresolver",
		"nz-2023 --ask 192.0.2.1",
		"tests/data/rollover/knot-ready.json --no-proof --policy README.md",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		shell(&sh, ROLLOVER " %s -o %s/wrong%zu", wrong[i], folder(), i);
		want_exit(2);
		want_text("sigfault: ");
	}
}

static void what_the_proofs_run_lacks_is_said_once(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      ROLLOVER " nz-2023 -r unbound=%s/nosuch -o %s/nosuch-proof 2>&1 > /dev/null | "
		       "grep -c '^sigfault: '",
	      d, d);
	assert_string_equal(sh.out, "1\n");
}

/* Killed outright it takes the proof's run, its cells and their resolvers with it: all that hold
 * what it was started with open. */
static void nothing_goes_on_when_it_is_killed(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "(SIGFAULT_HELD=%s setsid build/sigfault rollover nz-2023 -r "
	      "unbound,bind -o %s/killed > /dev/null 2>&1 & echo $! > %s/pid; wait) & "
	      "until [ -e %s/killed/proof.txt ]; do sleep 0.05; done; sleep 0.3; "
	      "kill -9 $(cat %s/pid); "
	      "for i in $(seq 100); do grep -lsz SIGFAULT_HELD=%s /proc/[0-9]*/environ | "
	      "grep -v self > %s/left; [ -s %s/left ] || exit 0; sleep 0.1; done; "
	      "cat %s/left; exit 1",
	      d, d, d, d, d, d, d, d, d);
	want_exit(0);
}

static void the_shipped_plans_are_listed(void **state)
{
	(void)state;
	shell(&sh, ROLLOVER);
	want_exit(0);
	want_text("nz-2023                  co.nz., May 2023");
	want_text("ksk-double-ds            A KSK by the double-DS method");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_dropped_under_a_cached_ds_fails_on_unbound_and_bind),
		cmocka_unit_test(a_standby_signer_fails_under_a_cached_dnskey),
		cmocka_unit_test(an_algorithm_on_one_side_fails_on_a_strict_validator_alone),
		cmocka_unit_test(an_unsigned_zone_fails_under_a_cached_ds_and_is_insecure_after),
		cmocka_unit_test(a_safe_plan_sees_no_servfail_at_its_tightest),
		cmocka_unit_test(a_slow_server_is_part_of_the_state),
		cmocka_unit_test(the_proof_can_be_run_again),
		cmocka_unit_test(the_zones_of_the_proof_satisfy_ldns),
		cmocka_unit_test(ways_out_are_as_said_on_real_resolvers),
		cmocka_unit_test(a_safe_plan_has_nothing_to_recover_from),
		cmocka_unit_test(without_a_proof_it_needs_no_privileges),
		cmocka_unit_test(json_has_what_its_schema_has),
		cmocka_unit_test(its_tables_fit_80_columns),
		cmocka_unit_test(its_sentences_are_as_wide_as_the_terminal),
		cmocka_unit_test(a_roll_in_keys_of_dnssec_keygen_is_found),
		cmocka_unit_test(a_roll_in_keys_of_keymgr_is_found),
		cmocka_unit_test(servers_are_asked_for_their_ttls),
		cmocka_unit_test(what_is_wrong_is_exit_2),
		cmocka_unit_test(what_the_proofs_run_lacks_is_said_once),
		cmocka_unit_test(nothing_goes_on_when_it_is_killed),
		cmocka_unit_test(the_shipped_plans_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
