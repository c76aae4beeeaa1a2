/* SPDX-License-Identifier: BSD-2-Clause */
/* Signers that are scripts, with the tools of ldns and of BIND, and those that somebody writes himself: what they leave is
 * published, and what goes wrong with it is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/need.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SIGN SIGFAULT " sign tests/scenarios/signer-script.lua"

/* Half a year of the quicker one, and of the other one as long as each kind of key is rolled once. */
static const struct {
	const char *name, *to, *end;
	int ksks, zsks;
} signers[] = { { "ldns", "+183d", "20260702000000", 3, 3 },
		{ "dnssec-signzone", "+100d", "20260410000000", 2, 2 } };

#define EACH_SIGNER(i) for (size_t i = 0; i < ARRAY_SIZE(signers); i++)

/* What a command prints that is run in the folder of a life, as a number. */
static int count(const char *run, const char *signer, const char *command)
{
	ends_with(0, "cd %s/%s/registry-%s && { %s; }", folder(), run, signer, command);
	return atoi(sh.out);
}

#define BOGUS "tail -n +2 bogus.csv | wc -l"
#define KEYS(flags)                                                                                \
	"tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | grep ^" flags " | sort -u | wc -l"

/* Both kinds of keys are rolled, signatures are made anew, and no cache would have been bogus. */
static void half_a_year_of_rolls_is_healthy(void **state)
{
	(void)state;
	need_program("ldns-signzone");
	need_program("dnssec-signzone");
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		ends_with(0,
			  SIGN " -s %s --set to=%s -o %s/year%zu && mkdir -p %s/year && mv "
			       "%s/year%zu/* %s/year/",
			  name, signers[i].to, folder(), i, folder(), folder(), i, folder());

		assert_int_equal(count("year", name, BOGUS), 0);
		assert_int_equal(count("year", name, KEYS("257")), signers[i].ksks);
		assert_int_equal(count("year", name, KEYS("256")), signers[i].zsks);
		assert_int_equal(count("year", name, "grep -c ',ds,' events.csv"), signers[i].ksks);
		assert_int_equal(count("year", name, "grep -cv ',c\\?ds,' events.csv"), 1);
		assert_true(count("year", name, "tail -n +2 versions.csv | wc -l") < 40);
		ends_with(0,
			  "awk -F, 'NR > 1 && $2 >= 0 { print $1 }' "
			  "%s/year/registry-%s/margins.csv | paste -sd,",
			  folder(), name);
		assert_string_equal(sh.out, "sign,key out,DS in,KSK out,renew\n");
		ends_with(0,
			  SIGFAULT " zone %s/year/registry-%s de. >%s/zone && ldns-verify-zone -t "
				   "%s %s/zone",
			  folder(), name, folder(), signers[i].end, folder());
		ends_with(0,
			  "cd %s/year/registry-%s && [ $(ls work/keys/*.private | wc -l) = $(tail "
			  "-n 1 versions.csv | cut -d, -f8 | tr + '\n' | wc -l) ]",
			  folder(), name);
	}
}

static void the_same_seed_gives_the_same_versions(void **state)
{
	const char *d = folder();

	(void)state;
	for (int run = 0; run < 2; run++)
		ends_with(0, SIGN " -s ldns,dnssec-signzone --set to=+12d -o %s/same-%d", d, run);
	EACH_SIGNER(i)
	{
		ends_with(0,
			  "cd %s && for f in versions versions.csv events.csv; do diff -r "
			  "same-0/registry-%s/$f same-1/registry-%s/$f; done",
			  d, signers[i].name, signers[i].name);
	}
	ends_with(0, SIGN " -s ldns --set to=+1h --seed 2 -o %s/other", d);
	ends_with(1,
		  "cd %s && cmp -s same-0/registry-ldns/versions/1.zone "
		  "other/registry-ldns/versions/1.zone",
		  d);
}

/* Denial by NSEC3, and one key for all, which is rolled once. */
static void other_policies_are_signed_by_too(void **state)
{
	const char *d = folder();

	(void)state;
	EACH_SIGNER(i)
	{
		const bool rolls = i == 0;

		ends_with(0,
			  SIGN " -s %s --set nsec3=true --set csk=true --set to=%s -o %s/csk%zu && "
			       "mkdir -p %s/csk && mv %s/csk%zu/* %s/csk/",
			  signers[i].name, rolls ? "+80d" : "+10d", d, i, d, d, i, d);
		ends_with(0,
			  SIGFAULT " zone %s/csk/registry-%s de. >%s/zone && grep -w NSEC3PARAM "
				   "%s/zone && ! grep -w NSEC %s/zone && ldns-verify-zone -t "
				   "%s %s/zone",
			  d, signers[i].name, d, d, d, rolls ? "20260321230000" : "20260110230000",
			  d);
		assert_int_equal(count("csk", signers[i].name, BOGUS), 0);
		assert_int_equal(count("csk", signers[i].name, KEYS("257")), 1 + rolls);
		assert_int_equal(count("csk", signers[i].name, KEYS("256")), 0);
	}
}

/* Somebody runs it by hand at that instant, and cron goes on with it. */
static void what_is_done_to_a_signer_is_done_to_a_script(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT " sign tests/scenarios/signer-events.lua -s ldns --set act=roll --set "
			   "to=+12d -o %s/roll",
		  d);
	assert_int_equal(count("roll", "ldns", KEYS("257")), 2);
	assert_int_equal(count("roll", "ldns", KEYS("256")), 2);
	assert_int_equal(count("roll", "ldns", "grep -c 'roll .sk: .*serial' events.csv"), 2);
	assert_int_equal(count("roll", "ldns", "grep -c ',2026-01-03T00:00:00Z,' versions.csv"), 1);
	assert_int_equal(count("roll", "ldns", BOGUS), 0);
	ends_with(0,
		  SIGFAULT
		  " sign tests/scenarios/signer-events.lua -s ldns --set act=unsigned --set "
		  "to=+4d -o %s/unsigned",
		  d);
	assert_int_equal(count("unsigned", "ldns", BOGUS), 0);
	assert_int_equal(count("unsigned", "ldns",
			       "tail -n 1 versions.csv | cut -d, -f8-10 | grep -c '^,,$'"),
			 1);
	ends_with(0,
		  SIGFAULT
		  " sign tests/scenarios/signer-events.lua -s ldns --set act=emergency --set "
		  "to=+4d -o %s/emergency",
		  d);
	assert_true(count("emergency", "ldns", "grep -c ',key out,' bogus.csv") > 0);
}

/* It fails then when it is to sign again, as cron would have it, and what is published ends. */
static void a_script_that_lost_its_keys_goes_on_failing(void **state)
{
	(void)state;
	ends_with(0, SIGN " -s ldns --set lost=true --set to=+34d -o %s/lost", folder());
	assert_true(count("lost", "ldns", "grep -c ',signer,\"its script failed: ' events.csv") >
		    1);
	assert_true(count("lost", "ldns", "grep -c ',renew,' bogus.csv") > 0);
}

/* ---- one's own ---- */

#define DRIVER                                                                                     \
	"return { name = 'mine', program = 'ldns-signzone', package = 'ldnsutils', version = { "   \
	"arguments = { '-v' }, pattern = '%%d' }, configuration = 'sign.sh', publishes = "         \
	"'signed.zone', files = function(s) return { ['sign.sh'] = [[set -e\n%s\n]] } end, signs " \
	"= function(s) return { { '/bin/sh', 'sign.sh', s.zone, s.unsigned } } end }\n"
#define SIGNS                                                                                      \
	"ldns-keygen -k -a ECDSAP256SHA256 $1 >key; ldns-signzone -e 20260115000000 -f "           \
	"signed.zone $2 $(cat key)"

/* The one of the manual, more or less. */
static void a_script_that_forgets_is_found(void **state)
{
	const char *d = folder();

	(void)state;
	folder_print("forgets.lua", DRIVER, "[ ! -e key ] || exit 0; " SIGNS);
	ends_with(0, SIGN " -s %s/forgets.lua --set ds=true --set to=+20d -o %s/forgets", d, d);
	assert_says("registry-mine: bogus from 2026-01-");
	assert_int_equal(count("forgets", "mine", "tail -n +2 versions.csv | wc -l"), 1);
	assert_true(count("forgets", "mine",
			  "grep -c '^2026-01-15T00:00:0.Z,.*,renew,' bogus.csv") > 0);
	assert_int_equal(count("forgets", "mine", "grep -c ',expired,' events.csv"), 1);
}

static void fails(const char *script, const char *says)
{
	static int n;
	const char *d = folder();

	folder_print("mine.lua", DRIVER, script);
	ends_with(4, SIGN " -s %s/mine.lua --set to=+3d -o %s/fails-%d", d, d, n++);
	assert_says("registry-mine: not valid: its script ");
	assert_says(says);
}

static void what_a_script_does_wrong_is_told(void **state)
{
	(void)state;
	fails("echo there is no token; exit 3",
	      "failed at 2025-12-31T23:59:00Z: there is no token; status 3");
	assert_says("the last lines of ");
	fails("true", "left no signed zone at 2025-12-31T23:59:00Z: there is no 'signed.zone'");
	fails("{ cat $2; echo a.de. 60 IN A 300.1.1.1; } >signed.zone", "is no line of a zone: ");
	fails("ln -s /etc/passwd signed.zone", "'signed.zone' is no file that can be read");
	fails("mkfifo signed.zone", "'signed.zone' is no file that can be read");
	fails("sed 's/^de\\./fr./' $2 >signed.zone", "'signed.zone' has no SOA of the zone");
	fails("[ ! -e signed.zone ] || exec sleep 1000; " SIGNS,
	      "failed at 2026-01-03T00:00:00Z: it did not end within 20 s");
}

/* Nobody would fetch it. */
static void a_zone_whose_serial_does_not_grow_is_told(void **state)
{
	const char *d = folder();

	(void)state;
	folder_print("stands.lua", DRIVER,
		     "[ -e key ] || { " SIGNS
		     "; exit 0; }; ldns-signzone -f signed.zone $2 $(cat key)");
	ends_with(0, SIGN " -s %s/stands.lua --set to=+60h -o %s/stands", d, d);
	assert_int_equal(count("stands", "mine", "tail -n +2 versions.csv | wc -l"), 1);
	assert_int_equal(count("stands", "mine", "grep -c ',transfer,.*is not newer' events.csv"),
			 1);
}

static void how_often_is_for_scripts_alone(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("knotd");
	ends_with(2, SIGN " -s knot -o %s/x", d);
	assert_says("signer-script.lua:8: 'every' is how often a script is run that signs: 'knot' "
		    "is a program that lives on");
	folder_print("both.lua", "return { name = 'x', program = 'sh', package = 'x', version = { "
				 "arguments = {}, pattern = '' }, configuration = 'x', files = "
				 "print, signs = print, start = print }");
	ends_with(2, SIGN " -s %s/both.lua -o %s/x", d, d);
	assert_says("either 'start', of a daemon, or 'signs', of a script");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_a_year_of_rolls_is_healthy),
		cmocka_unit_test(the_same_seed_gives_the_same_versions),
		cmocka_unit_test(other_policies_are_signed_by_too),
		cmocka_unit_test(what_is_done_to_a_signer_is_done_to_a_script),
		cmocka_unit_test(a_script_that_lost_its_keys_goes_on_failing),
		cmocka_unit_test(a_script_that_forgets_is_found),
		cmocka_unit_test(what_a_script_does_wrong_is_told),
		cmocka_unit_test(a_zone_whose_serial_does_not_grow_is_told),
		cmocka_unit_test(how_often_is_for_scripts_alone),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
