/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done to real signers: keys that are rolled when somebody says so, other rules, restarts, and what caches would
 * have made of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/need.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SIGN SIGFAULT " sign tests/scenarios/signer-events.lua"

static const struct {
	const char *name, *program;
} signers[] = { { "knot", "knotd" }, { "bind", "named" } };

static size_t lived; /* so many of them, the first ones */

#define EACH_SIGNER(i) for (size_t i = 0; i < lived; i++)

/* They live with this act, in FOLDER/ACT: both, or the quicker one where it is not for them to know how. */
static void live(const char *act, const char *to, size_t how_many)
{
	lived = how_many;
	EACH_SIGNER(i)
	{
		need_program(signers[i].program);
	}
	ends_with(0, SIGN " -s knot,bind --set act=%s --set to=%s -o %s/%s", act, to, folder(),
		  act);
}

/* What a command prints that is run in the folder of a life, as a number. */
static int count(const char *act, const char *signer, const char *command)
{
	ends_with(0, "cd %s/%s/registry-%s && { %s; }", folder(), act, signer, command);
	return atoi(sh.out);
}

#define BOGUS "tail -n +2 bogus.csv | wc -l"

static void a_key_is_rolled_when_it_is_told(void **state)
{
	(void)state;
	live("roll", "+12d", 2);
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		assert_int_equal(
			count("roll", name,
			      "tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | grep ^257 | "
			      "sort -u | wc -l"),
			2);
		assert_int_equal(
			count("roll", name,
			      "tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | grep ^256 | "
			      "sort -u | wc -l"),
			2);
		assert_true(count("roll", name, "grep -c ',ds,' events.csv") >= 2);
		assert_int_equal(count("roll", name, "grep -c 'Z,signer,\"roll .sk' events.csv"),
				 2);
		assert_int_equal(count("roll", name, "grep -c failed events.csv || :"), 0);
		assert_int_equal(count("roll", name, BOGUS), 0);
	}
}

/* The new one signs from that instant, and the old one is nowhere; caches have not heard of either. */
static void a_key_that_is_thrown_away_is_gone_at_once(void **state)
{
	(void)state;
	live("emergency", "+4d", 2);
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		assert_int_equal(
			count("emergency", name,
			      "grep '\"roll zsk, an emergency: ' events.csv | grep -vc failed"),
			1);
		assert_int_equal(count("emergency", name,
				       "cut -d, -f8 versions.csv | grep -c '256:.*256:' || :"),
				 0);
		assert_int_equal(
			count("emergency", name,
			      "tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | grep ^256 | "
			      "sort -u | wc -l"),
			2);
		assert_true(count("emergency", name, "grep -c ',key out,' bogus.csv") > 0);
	}
}

/* Both algorithms are there for a while; then one is. */
static void an_algorithm_is_rolled_by_other_rules(void **state)
{
	(void)state;
	live("algorithm", "+8d", 2);
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		assert_true(count("algorithm", name,
				  "cut -d, -f8 versions.csv | grep ':13:' | grep -c ':15:'") > 0);
		assert_int_equal(
			count("algorithm", name,
			      "tail -n 1 versions.csv | cut -d, -f8 | grep -c ':13:' || :"),
			0);
		assert_int_equal(count("algorithm", name,
				       "tail -n 1 versions.csv | cut -d, -f10 | grep -c '^15:'"),
				 1);
		assert_int_equal(count("algorithm", name, BOGUS), 0);
	}
}

/* It goes on with what it had: its keys, and the roll that it is told of then. */
static void a_signer_that_is_restarted_goes_on(void **state)
{
	(void)state;
	live("restart", "+6d", 2);
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		/* Asked to end it does so, a minute late where it looks round by sleeps, and is not ended half a
		 * minute after that. */
		assert_int_equal(
			count("restart", name,
			      "grep -cE 'T12:0(0:..|1:[0-2].)Z,signer,\"started again' events.csv"),
			1);
		assert_int_equal(
			count("restart", name,
			      "tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | grep ^257 | "
			      "sort -u | wc -l"),
			1);
		assert_int_equal(
			count("restart", name,
			      "tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | grep ^256 | "
			      "sort -u | wc -l"),
			2);
		assert_int_equal(count("restart", name, BOGUS), 0);
	}
}

/* Signatures are made anew a week before they end, and it is down for ten days. */
static void who_is_down_for_longer_than_the_refresh_lets_signatures_end(void **state)
{
	(void)state;
	live("down", "+18d", 1);
	assert_says("bogus from 2026-01-1");
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		assert_true(count("down", name, "grep -c ',renew,' bogus.csv") > 0);
		assert_true(count("down", name, "grep -c ',expired,' events.csv") > 0);
		/* It was back on the 17th, and mended it. */
		assert_int_equal(
			count("down", name,
			      "cut -d, -f2 bogus.csv | grep -cv '^2026-01-[12]\\|until' || :"),
			0);
	}
}

/* A zone that is valid by itself is another one to who knows the keys of before. BIND gives the zone away a few seconds before it has
 * signed it. */
static void a_standby_goes_on_by_the_same_keys_or_breaks_caches_by_others(void **state)
{
	(void)state;
	live("standby", "+6d", 2);
	live("standby_own", "+6d", 2);
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		assert_int_equal(
			count("standby", name,
			      "cut -d, -f2 bogus.csv | grep -cv '^2026-01-03T12:00\\|until' || :"),
			0);
		assert_true(count("standby", name, "grep -c '03T12:0[0-4]' versions.csv") > 0);
		assert_int_equal(count("standby", name,
				       "tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | sort "
				       "-u | wc -l"),
				 2);
		assert_true(count("standby_own", name, BOGUS) > 0);
		assert_int_equal(
			count("standby_own", name,
			      "cut -d, -f1 bogus.csv | grep -cv '^2026-01-03T12\\|from' || :"),
			0);
		assert_int_equal(count("standby_own", name,
				       "tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | grep "
				       "^257 | sort -u | wc -l"),
				 1);
		ends_with(0, "ls %s/standby/registry-%s/primary/*/unsigned.zone", folder(), name);
	}
}

/* Of a signer that is not restarted: with a restart a new key of Knot DNS 3.2 was seen to be another one. */
static void the_same_seed_gives_the_same_versions_with_all_that_is_done(void **state)
{
	const char *d = folder();

	(void)state;
	lived = 2;
	ends_with(0, SIGN " -s knot,bind --set act=roll --set to=+12d -o %s/again", d);
	EACH_SIGNER(i)
	{
		ends_with(0,
			  "cd %s && for f in versions versions.csv events.csv; do diff -r "
			  "roll/registry-%s/$f again/registry-%s/$f; done",
			  d, signers[i].name, signers[i].name);
	}
}

static void what_a_driver_cannot_do_is_told_before_anything_starts(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "sed '/^\\troll = function/,/^\\tend,/d' harness/subject/signers/knot.lua "
		  ">%s/lacks.lua",
		  d);
	ends_with(2, SIGN " -s %s/lacks.lua --set act=roll -o %s/lacks", d, d);
	assert_says("signer-events.lua:");
	assert_says("roll ksk: the driver of 'knot' cannot have its signer do that: it has no "
		    "'roll'");
	ends_with(2, "ls %s/lacks", d);
}

/* What a signer refuses is told, and it lives on. */
static void a_command_that_fails_is_told(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "sed 's/\"zone-key-rollover\"/\"zone-key-rolover\"/' "
		  "harness/subject/signers/knot.lua >%s/typo.lua",
		  d);
	ends_with(0, SIGN " -s %s/typo.lua --set act=roll --set to=+5d -o %s/typo", d, d);
	assert_says("registry-knot: of 1 acts 1 failed, the first 'roll ksk' at "
		    "2026-01-03T00:00:00Z: ");
	ends_with(0, "grep -c ',signer,\"roll ksk: failed: ' %s/typo/registry-knot/events.csv", d);
}

/* In a folder of its own for each: BIND takes away at once what it cannot sign anew, and writes a gigabyte about it when it is to
 * do so later; of others it stays until it ends. */
static void lose_private_keys(const char *signer, char folder_of[32])
{
	static const char *const ends[] = { "+8d", "+16d" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		snprintf(folder_of, 32, "hsm-%s%s", signer, ends[i]);
		ends_with(0, SIGN " -s %s --set act=hsm_lost --set to=%s -o %s/%s", signer, ends[i],
			  folder(), folder_of);
		if (count(folder_of, signer, BOGUS) > 0)
			return;
	}
}

/* What of its zone it cannot sign anew ends: nobody sees that before. */
static void who_loses_his_private_keys_is_found(void **state)
{
	char of[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signers); i++) {
		const char *name = signers[i].name;

		need_program(signers[i].program);
		lose_private_keys(name, of);
		assert_true(count(of, name, BOGUS) > 0);
		assert_true(count(of, name, "ls hsm/lost | wc -l") > 0);
		assert_int_equal(
			count(of, name,
			      "ls work/K*.private work/keys/keys/*.pem 2>/dev/null | wc -l"),
			0);
	}
}

/* Half the seconds of a wrong date are enough where signatures begin in the future. */
static void a_clock_that_is_ahead_signs_for_the_future(void **state)
{
	(void)state;
	live("clock", "+6d", 1);
	EACH_SIGNER(i)
	{
		assert_true(count("clock", signers[i].name, "grep -c ',renew,' bogus.csv") > 0);
	}
}

static void a_full_disk_is_the_signers_alone(void **state)
{
	(void)state;
	live("disk", "+16d", 1);
	EACH_SIGNER(i)
	{
		assert_true(count("disk", signers[i].name, BOGUS) > 0);
		/* What it wrote is kept all the same. */
		ends_with(0, "ls %s/disk/registry-%s/work/unsigned.zone", folder(),
			  signers[i].name);
	}
}

/* The DS goes first, and only then what it leads to. */
static void a_zone_goes_unsigned_without_a_bogus_cache_or_at_once(void **state)
{
	(void)state;
	live("unsigned", "+4d", 2);
	live("unsigned_at_once", "+4d", 2);
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		assert_int_equal(count("unsigned", name, BOGUS), 0);
		assert_int_equal(count("unsigned", name,
				       "tail -n 1 versions.csv | cut -d, -f8-10 | grep -c '^,,$'"),
				 1);
		assert_true(count("unsigned_at_once", name, BOGUS) > 0);
		assert_int_equal(count("unsigned_at_once", name,
				       "tail -n 1 versions.csv | cut -d, -f8-9 | grep -c '^,$'"),
				 1);
	}
}

/* The judge is told of nothing but versions and DS. */
static void a_DS_that_comes_too_soon_is_found(void **state)
{
	(void)state;
	live("ds", "+4d", 1);
	EACH_SIGNER(i)
	{
		assert_true(count("ds", signers[i].name, "grep -c ',DS in,' bogus.csv") > 0);
		ends_with(0, "sed -n 2p %s/ds/registry-%s/bogus.csv", folder(), signers[i].name);
		assert_says("2026-01-03T00:10:00Z,");
	}
}

static void what_is_expected_of_a_life_is_judged(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "{ cat tests/scenarios/signer-events.lua; echo 'registry:expect(\"never bogus\", "
		  "function(life) return #life.bogus == 0, life.bogus[1] and life.bogus[1].step "
		  "end)'; "
		  "} >%s/expects.lua",
		  d);
	ends_with(0, SIGFAULT " sign %s/expects.lua -s knot --set to=+2d -o %s/held", d, d);
	assert_says("held     registry-knot: never bogus");
	ends_with(1,
		  SIGFAULT
		  " sign %s/expects.lua -s knot --set act=down --set to=+20d -o %s/not-held",
		  d, d);
	assert_says("FAILED   registry-knot: never bogus: renew");
	ends_with(1, SIGN " -s knot --set act=down --set to=+20d --strict -o %s/strict", d);
	ends_with(2, SIGFAULT " run %s/expects.lua -o %s/run", d, d);
	assert_says("nobody asks a resolver anything in it: its signers live in 'sigfault sign'");
}

/* Knot DNS with a companion, which asks for its DS by a file, and is told when it is there. */
static const char two[] =
	"s|return { subject.program, \"-c\", \"knot.conf\" }|return { { subject.program, \"-c\", "
	"\"knot.conf\" }, { \"/bin/sh\", \"-c\", COMPANION } }|\n"
	"s|delete-dnssec. or .rollover.|delete-dnssec\" or \"none\"|\n"
	"/^\tgoes_unsigned = true,/a\\\n"
	"\tsubmits = \"wanted\",\\\n"
	"\tbegin = function(subject) return { { \"/bin/sh\", \"-c\", BEGIN, subject.zone } } "
	"end,\\\n"
	"\tds_changed = function(subject) return { { \"/bin/sh\", \"-c\", \"echo $0 >>told\", "
	"table.concat(subject.parent.ds, \"+\") } } end,\n"
	"/^return {/i\\\n"
	"local COMPANION = \"echo here >>companion; exec sleep 1000000000\"\\\n"
	"local BEGIN = \"keymgr -c knot.conf $0 ds >wanted; echo begun >>begun\"\n";

static void a_signer_of_two_processes_asks_by_a_file_and_is_told_of_its_DS(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("knotd");
	need_program("keymgr");
	folder_print("two.sed", "%s", two);
	ends_with(0, "sed -f %s/two.sed harness/subject/signers/knot.lua >%s/two.lua", d, d);
	ends_with(0, SIGN " -s %s/two.lua --set act=restart --set to=+4d -o %s/two", d, d);
	assert_int_equal(count("two", "knot", "grep -c here work/companion"), 2);
	assert_int_equal(count("two", "knot", "grep -c begun work/begun"), 1);
	/* No CDS was there. */
	assert_int_equal(
		count("two", "knot", "cat versions/* | grep -c '[[:blank:]]CDS[[:blank:]]' || :"),
		0);
	assert_int_equal(count("two", "knot", "grep -c ',cds,' events.csv"), 1);
	assert_int_equal(count("two", "knot", "grep -c ',signer,\"told of the DS 13:' events.csv"),
			 1);
	/* As the parent has it, digest and all. */
	ends_with(0,
		  "cd %s/two/registry-knot && tr + '\\n' <work/told | sort >a && sed "
		  "'s/.* DS //' work/wanted | tr a-f A-F | sort >b && tr a-f A-F <a | cmp - b",
		  d);
	assert_int_equal(count("two", "knot", BOGUS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_rolled_when_it_is_told),
		cmocka_unit_test(a_key_that_is_thrown_away_is_gone_at_once),
		cmocka_unit_test(an_algorithm_is_rolled_by_other_rules),
		cmocka_unit_test(a_signer_that_is_restarted_goes_on),
		cmocka_unit_test(who_is_down_for_longer_than_the_refresh_lets_signatures_end),
		cmocka_unit_test(a_standby_goes_on_by_the_same_keys_or_breaks_caches_by_others),
		cmocka_unit_test(the_same_seed_gives_the_same_versions_with_all_that_is_done),
		cmocka_unit_test(who_loses_his_private_keys_is_found),
		cmocka_unit_test(a_clock_that_is_ahead_signs_for_the_future),
		cmocka_unit_test(a_full_disk_is_the_signers_alone),
		cmocka_unit_test(a_zone_goes_unsigned_without_a_bogus_cache_or_at_once),
		cmocka_unit_test(a_DS_that_comes_too_soon_is_found),
		cmocka_unit_test(what_is_expected_of_a_life_is_judged),
		cmocka_unit_test(a_signer_of_two_processes_asks_by_a_file_and_is_told_of_its_DS),
		cmocka_unit_test(what_a_driver_cannot_do_is_told_before_anything_starts),
		cmocka_unit_test(a_command_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
