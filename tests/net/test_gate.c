/* SPDX-License-Identifier: BSD-2-Clause */
/* What real signers publish is let through while they keep their times; what would turn caches bogus is held back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/need.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SIGN SIGFAULT " sign tests/scenarios/signer.lua"
#define GATE SIGFAULT " gate "

enum { PUBLISH = 0, WRONG = 2, HOLD = 5 };

static const struct {
	const char *name, *program;
} signers[] = { { "knot", "knotd" }, { "bind", "named" } };

#define EACH_SIGNER(i) for (size_t i = 0; i < sizeof(signers) / sizeof(*signers); i++)

/* Each version of a signer at its instant, and each DS at its own: as the parent takes it from the CDS that was there
 * until then; a signer may take that back as soon as it sees the DS. Ends with the first status that is not 0, and says how many versions there were. */
static const char feed[] =
	"set -u\n"
	"cell=$1 state=$2\n"
	"{ tail -n +2 $cell/versions.csv | awk -F, '{ print $2, \"v\", $1 }'\n"
	"	grep ,ds, $cell/events.csv | awk -F, '{ print $1, \"ds\", 0 }'; } | sort -s -k1,1 "
	"> "
	"$state.life\n"
	"build/sigfault gate $state de. --ds none --at $(head -1 $state.life | cut -d' ' -f1) || "
	"exit\n"
	"while read -r at what v; do\n"
	"	if [ $what = ds ]; then\n"
	"		before=$(date -u -d \"$at - 1 second\" +%FT%TZ)\n"
	"		build/sigfault zone $cell de. --at $before | grep -P '\\tCDS\\t' | sed "
	"'s/\\tCDS\\t/\\tDS\\t/' > $state.ds\n"
	"		build/sigfault gate $state de. --ds $state.ds --at $at || exit\n"
	"	else\n"
	"		f=$cell/versions/$v.diff\n"
	"		[ $v = 1 ] && f=$cell/versions/1.zone\n"
	"		build/sigfault gate $state de. $f --at $at || exit\n"
	"	fi\n"
	"done < $state.life\n";

static void a_healthy_roll_of_a_real_signer_is_never_held(void **state)
{
	const char *d = folder(), *script = folder_program("feed", "#!/bin/bash\n%s", feed);

	(void)state;
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		need_program(signers[i].program);
		ends_with(0, SIGN " -s %s --set to=+75d -o %s/%s", name, d, name);
		ends_with(PUBLISH, "%s %s/%s/registry-%s %s/gate-%s >%s/said", script, d, name,
			  name, d, name, d);
		ends_with(0, "grep -c '^publish: serial' %s/said", d);
		assert_true(atoi(sh.out) >= 15);
		ends_with(1, "grep -v ^publish: %s/said", d);
	}
}

#define DE SIGFAULT " zone de-2026 de. --set population=60 --at "

/* The night of 5 May: of three pairs under tag 33834 one is published. */
static void denics_version_is_held_and_the_good_one_after_it_is_not(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  DE "19:00 >%s/good.zone && " DE "19:40 >%s/bad.zone && " DE "23:30 "
		     ">%s/mended.zone",
		  d, d, d);
	ends_with(0,
		  SIGFAULT " zone de-2026 . --set population=60 --at 19:00 | grep -P "
			   "'^de\\.\\t.*\\tDS\\t' >%s/de.ds",
		  d);
	ends_with(WRONG, GATE "%s/de de. %s/good.zone --at 2026-05-05T19:00Z", d, d);
	assert_says("what DS the parent of 'de.' has is not known yet");
	ends_with(PUBLISH, GATE "%s/de de. %s/good.zone --ds %s/de.ds --at 2026-05-05T19:00Z", d, d,
		  d);
	for (int again = 0; again < 2; again++) {
		ends_with(HOLD, GATE "%s/de de. %s/bad.zone --at 2026-05-05T19:40Z", d, d);
		assert_says("hold: ");
		assert_says("says that key 33834 signed it, and no key of that tag");
	}
	ends_with(PUBLISH, GATE "%s/de de. %s/mended.zone --at 2026-05-05T23:30Z", d, d);
	ends_with(WRONG, GATE "%s/de de. %s/good.zone --at 2026-05-05T22:00Z", d, d);
	assert_says("come in the order in which they are published");
}

/* What was published whatever a gate said, as its first version here. */
static void what_mends_a_part_goes_out_and_what_mends_nothing_does_not(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(PUBLISH, GATE "%s/late de. --ds %s/de.ds --at 2026-05-05T19:00Z", d, d);
	ends_with(HOLD, GATE "%s/late de. %s/good.zone --at 2026-06-30T00:00Z", d, d);
	assert_says("the signature of '");
	assert_says("' ended at 2026-05-");
	ends_with(PUBLISH, GATE "%s/late de. %s/good.zone --at 2026-05-05T19:00Z --json", d, d);
	/* The same once more, when its signatures have ended. */
	ends_with(HOLD, GATE "%s/late de. %s/good.zone --at 2026-06-30T00:00Z", d, d);
	assert_says("ended at 2026-05-");
}

static void a_ds_before_its_key_is_everywhere_is_held(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("dnssec-dsfromkey");
	/* The first version with two KSKs, and what was there an hour before. */
	ends_with(
		0,
		"cd %s && awk -F, 'NR > 1 && gsub(/257:13:/, \"\", $8) == 2 { print $2; exit }' "
		"knot/registry-knot/versions.csv >two.at && date -u -d \"$(cat two.at) - 1 hour\" "
		"+%%Y-%%m-%%dT%%H:%%M:%%SZ >one.at && date -u -d \"$(cat two.at) + 10 minutes\" "
		"+%%Y-%%m-%%dT%%H:%%M:%%SZ >soon.at && date -u -d \"$(cat two.at) + 3 hours\" "
		"+%%Y-%%m-%%dT%%H:%%M:%%SZ >late.at",
		d);
	ends_with(0,
		  SIGFAULT
		  " zone %s/knot/registry-knot de. --at $(cat %s/one.at) >%s/one.zone && " SIGFAULT
		  " zone %s/knot/registry-knot de. --at $(cat %s/two.at) "
		  ">%s/two.zone",
		  d, d, d, d, d, d);
	ends_with(0,
		  "cd %s && dnssec-dsfromkey -2 -T 3600 -f one.zone de. 2>/dev/null >one.ds && "
		  "dnssec-dsfromkey -2 "
		  "-T 3600 -f two.zone de. 2>/dev/null | grep -vFf one.ds >two.ds && wc -l <two.ds",
		  d);
	assert_string_equal(sh.out, "1\n");
	for (int late = 0; late < 2; late++) {
		const char *when = late ? "late" : "soon";

		ends_with(PUBLISH,
			  GATE "%s/ds-%s de. %s/one.zone --ds %s/one.ds --at $(cat %s/one.at)", d,
			  when, d, d, d);
		ends_with(PUBLISH, GATE "%s/ds-%s de. %s/two.zone --at $(cat %s/two.at)", d, when,
			  d, d);
		ends_with(late ? PUBLISH : HOLD,
			  GATE "%s/ds-%s de. --ds %s/two.ds --at $(cat %s/%s.at)", d, when, d, d,
			  when);
		if (!late)
			assert_says("caches may have a DNSKEY RRset that this key has not signed");
	}
}

/* A whole file and what has changed in it are the same to it, and what has not changed is not verified again. */
static void only_what_has_changed_is_judged(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("jq");
	need_python("jsonschema");
	ends_with(0,
		  "cd %s && c=knot/registry-knot && for v in 3 4; do tail -n +$((v + 1)) "
		  "$c/versions.csv | head -1 "
		  "| cut -d, -f2 >at$v; done",
		  d);
	for (int v = 3; v <= 4; v++)
		ends_with(0,
			  SIGFAULT
			  " zone %s/knot/registry-knot de. --at $(cat %s/at%d) >%s/%d.zone",
			  d, d, v, d, v);
	ends_with(PUBLISH, GATE "%s/whole de. %s/3.zone --ds none --at $(cat %s/at3) --json", d, d,
		  d);
	ends_with(PUBLISH, GATE "%s/whole de. %s/4.zone --at $(cat %s/at4) --json >%s/w.json", d, d,
		  d, d);
	ends_with(PUBLISH, GATE "%s/part de. - --ds none --at $(cat %s/at3) <%s/3.zone", d, d, d);
	ends_with(PUBLISH,
		  GATE
		  "%s/part de. %s/knot/registry-knot/versions/4.diff --at $(cat %s/at4) --json "
		  ">%s/p.json",
		  d, d, d, d);
	ends_with(0, "tests/support/valid-json %s/w.json && cmp %s/w.json %s/p.json", d, d, d);
	ends_with(0, "jq .judged %s/w.json", d);
	assert_in_range(atoi(sh.out), 1, 20);
	/* In another form, and in another order, the same again is no change. */
	ends_with(PUBLISH,
		  "tac %s/4.zone >%s/tac.zone && " GATE
		  "%s/whole de. %s/tac.zone --at $(cat %s/at4) --json | jq .judged",
		  d, d, d, d, d);
	assert_string_equal(sh.out, "0\n");
	ends_with(
		PUBLISH,
		"{ echo '$ORIGIN de.'; sed 's/^de\\.\\t/@\\t/' %s/4.zone; } >%s/other.zone && " GATE
		"%s/whole de. %s/other.zone --at $(cat %s/at4) --json | jq .judged",
		d, d, d, d, d);
	assert_string_equal(sh.out, "0\n");
}

/* A zone whose RRsets are signed by two ZSKs, $z1 and $z2; which of them are published differs. */
static const char two_keys[] =
	"set -e\n"
	"cd $1\n"
	"k=$(ldns-keygen -k -a ECDSAP256SHA256 de.)\n"
	"z1=$(ldns-keygen -a ECDSAP256SHA256 de.)\n"
	"z2=$(ldns-keygen -a ECDSAP256SHA256 de.)\n"
	"make() {\n"
	"	echo 'de. 3600 IN SOA ns.de. dns.de. 1 7200 7200 3600000 7200'\n"
	"	echo 'de. 3600 IN NS ns.de.'\n"
	"	echo 'ns.de. 3600 IN A 198.18.0.1'\n"
	"	cat \"$@\" | sed 's/IN/3600 IN/'\n"
	"}\n"
	"for v in 1 2 3; do\n"
	"	case $v in\n"
	"	1) make $k.key $z1.key ;;\n"
	"	2) make $k.key $z1.key $z2.key ;;\n"
	"	3) make $k.key $z2.key ;;\n"
	"	esac > unsigned\n"
	"	ldns-signzone -d -o de. -i 20260501000000 -e 20260601000000 -f signed.$v unsigned "
	"$k $z1 "
	"$z2\n"
	"done\n"
	"for v in 1 2 3; do { grep -v DNSKEY signed.1; grep DNSKEY signed.$v; } > two.$v; done\n"
	"cat $k.ds > two.ds\n";

/* Signatures may be there before their key is, as where an algorithm is rolled (RFC 6781 section 4.1.4): they count
 * from when it is there, though their RRsets have not changed since. */
static void a_signature_counts_from_when_its_key_is_published(void **state)
{
	const char *d = folder(), *script = folder_program("two", "#!/bin/sh\n%s", two_keys);

	(void)state;
	need_program("ldns-signzone");
	need_program("ldns-keygen");
	ends_with(0, "%s %s", script, d);
	ends_with(0, "grep -c 'RRSIG.SOA' %s/two.1", d);
	assert_string_equal(sh.out, "2\n");
	ends_with(PUBLISH, GATE "%s/gate-two de. %s/two.1 --ds %s/two.ds --at 2026-05-05T00:00Z", d,
		  d, d);
	ends_with(PUBLISH, GATE "%s/gate-two de. %s/two.2 --at 2026-05-05T12:00Z", d, d);
	ends_with(PUBLISH, GATE "%s/gate-two de. %s/two.3 --at 2026-05-05T13:00:01Z", d, d);
}

static void what_is_wrong_is_told_and_changes_nothing(void **state)
{
	const char *d = folder();

	(void)state;
	folder_print("broken.diff", "- de. 3600 IN NS ns.nowhere.\n");
	ends_with(WRONG, GATE "%s/part de. %s/broken.diff --at 2027-01-01T00:00Z", d, d);
	assert_says("it takes out '");
	folder_print("broken.zone", "de. 3600 IN SOA a. b. 1 2 3 4 5\nde. 3600 IN A nonsense\n");
	ends_with(WRONG, GATE "%s/part de. %s/broken.zone --at 2027-01-01T00:00Z", d, d);
	assert_says("broken.zone:");
	ends_with(WRONG, GATE "%s/3.zone de. %s/3.zone", d, d);
	assert_says("is no folder");
	ends_with(WRONG, GATE "%s/part nl. %s/3.zone", d, d);
	assert_says("has the history of 'de.', not of 'nl.'");
	ends_with(WRONG, GATE "%s/part de. %s/nothing.zone", d, d);
	assert_says("cannot read");
	ends_with(WRONG, GATE "%s/part de.", d);
	assert_says("'gate' wants a FILE with a version, or --ds, or both");
	ends_with(WRONG, GATE "%s/part de. %s/3.zone --ds %s/3.zone --at nonsense", d, d, d);
	assert_says("--at");
	ends_with(PUBLISH, GATE "%s/part de. %s/4.zone --at $(cat %s/at4) --json | jq .judged", d,
		  d, d);
	assert_string_equal(sh.out, "0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_roll_of_a_real_signer_is_never_held),
		cmocka_unit_test(denics_version_is_held_and_the_good_one_after_it_is_not),
		cmocka_unit_test(what_mends_a_part_goes_out_and_what_mends_nothing_does_not),
		cmocka_unit_test(a_ds_before_its_key_is_everywhere_is_held),
		cmocka_unit_test(only_what_has_changed_is_judged),
		cmocka_unit_test(a_signature_counts_from_when_its_key_is_published),
		cmocka_unit_test(what_is_wrong_is_told_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
