/* SPDX-License-Identifier: BSD-2-Clause */
/* Real signers on the clock: what they publish while keys roll verifies, is whole, and is the same in every
 * run; one that dies or says nothing is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/need.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/signer.lua"
#define SIGN SIGFAULT " sign " SCENARIO

static const struct {
	const char *name, *program;
} signers[] = { { "knot", "knotd" }, { "bind", "named" } };

#define EACH_SIGNER(i) for (size_t i = 0; i < sizeof(signers) / sizeof(*signers); i++)

/* Puts each version together out of the first one and what has changed, without our code, and has ldns judge it
 * at its instant: from when the parent has a DS, as until then nobody validates. */
static const char judge[] =
	"set -eu\n"
	"cd $1\n"
	"cp versions/1.zone now\n"
	"tail -n +2 versions.csv | while IFS=, read -r v t serial how records removed added keys "
	"by ds "
	"end; do\n"
	"	if [ $v -gt 1 ]; then\n"
	"		{ grep '^- ' versions/$v.diff || :; } | cut -c3- > gone\n"
	"		{ grep '^+ ' versions/$v.diff || :; } | cut -c3- > came\n"
	"		{ grep -vxFf gone now || :; } | cat - came > then\n"
	"		mv then now\n"
	"	fi\n"
	"	[ $(wc -l < now) = $records ] || { echo \"$v: not $records records\"; exit 1; }\n"
	"	[ \"$ds\" ] || continue\n"
	"	ldns-verify-zone -t $(echo $t | tr -d 'TZ:-') now > said 2>&1 || { echo \"$v:\"; "
	"cat "
	"said; exit 1; }\n"
	"	echo judged\n"
	"done\n";

/* As many rows of versions.csv as have what awk wants. */
static int rows(const char *cell, const char *wanted)
{
	ends_with(0, "awk -F, 'NR > 1 && (%s)' %s/%s/versions.csv | wc -l", wanted, folder(), cell);
	return atoi(sh.out);
}

static void all_that_is_published_while_keys_roll_verifies(void **state)
{
	const char *d = folder(), *script = folder_program("judge", "#!/bin/sh\n%s", judge);
	char cell[64];

	(void)state;
	need_program("ldns-verify-zone");
	EACH_SIGNER(i)
	{
		need_program(signers[i].program);
		ends_with(0, SIGN " -s %s -o %s/%s", signers[i].name, d, signers[i].name);
		snprintf(cell, sizeof(cell), "%s/registry-%s", signers[i].name, signers[i].name);
		/* Two keys of a kind are there at once, and one of them alone signs. */
		assert_true(rows(cell, "gsub(/257:13:/, \"\", $8) == 2") > 0);
		assert_true(rows(cell, "gsub(/256:13:/, \"\", $8) == 2") > 0);
		assert_true(rows(cell, "$4 == \"IXFR\"") >= 10);
		ends_with(0, "awk -F, 'NR > 1 { print $9 }' %s/%s/versions.csv | sort -u | wc -l",
			  d, cell);
		assert_true(atoi(sh.out) >= 4);
		ends_with(0, "grep -c ',ds,' %s/%s/events.csv", d, cell);
		assert_int_equal(atoi(sh.out), 2);
		ends_with(1, "grep -E ',(transfer|refused|expired),' %s/%s/events.csv", d, cell);
		ends_with(0, "%s %s/%s", script, d, cell);
		assert_true(says_times("judged") >= 10);
	}
}

/* Serials grow, and each version is there. */
static void every_version_is_kept(void **state)
{
	const char *d = folder();

	(void)state;
	EACH_SIGNER(i)
	{
		ends_with(
			0,
			"cd %s/%s/registry-%s && awk -F, 'NR > 1 { if ($1 != NR - 1 || $3 <= last) "
			"exit 1; last = $3 }' versions.csv && [ $(ls versions | wc -l) = $(($(wc "
			"-l "
			"<versions.csv) - 1)) ]",
			d, signers[i].name, signers[i].name);
	}
}

static void the_same_seed_gives_the_same_versions(void **state)
{
	const char *d = folder();

	(void)state;
	for (int run = 0; run < 2; run++)
		ends_with(0, SIGN " -s knot,bind --set to=+40d -o %s/same-%d", d, run);
	EACH_SIGNER(i)
	{
		ends_with(0,
			  "cd %s && for f in versions versions.csv events.csv; do diff -r "
			  "same-0/registry-%s/$f same-1/registry-%s/$f; done",
			  d, signers[i].name, signers[i].name);
	}
	ends_with(0, SIGN " -s knot,bind --set to=+5d --seed 2 -o %s/other", d);
	ends_with(1,
		  "cd %s && cmp -s same-0/registry-bind/versions/1.zone "
		  "other/registry-bind/versions/1.zone",
		  d);
}

/* What 'sigfault zone' puts together is what the shell does, and a resolver that is given it validates it. */
static void a_version_is_there_at_its_instant_and_validates(void **state)
{
	const char *d = folder();
	char served[64];

	(void)state;
	need_program("unbound");
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		ends_with(0, SIGFAULT " zone %s/%s/registry-%s de. >%s/last", d, name, name, d);
		ends_with(0, "cd %s && sort -u last >a && sort -u %s/registry-%s/now >b && cmp a b",
			  d, name, name);
		/* The first ZSK is being rolled: both are there. */
		ends_with(0,
			  SIGFAULT " zone %s/%s/registry-%s de. --at 2026-01-31T02:30Z >%s/%s.zone",
			  d, name, name, d, name);
		ends_with(0, "grep -c 'DNSKEY.256 ' %s/%s.zone", d, name);
		assert_string_equal(sh.out, "2\n");
		folder_print(
			"served.lua",
			"scenario { name = 'served', from = '2026-01-31T02:30Z', to = '+2m' }\n"
			"local root = zone('.', { servers = { '198.18.0.1' } })\n"
			"local de = zone('de.', { parent = root, file = '%s.zone', as_signed = "
			"true, servers = { '198.18.1.1' } })\n"
			"traffic { zone = de, rate = 5, nxdomain = 1, dnssec_ok = true }\n",
			name);
		ends_with(0, SIGFAULT " run %s/served.lua -r unbound --quiet -o %s/served-%s", d, d,
			  name);
		snprintf(served, sizeof(served), "served-%s/unbound-none", name);
		assert_true(cell_sum(served, "nxdomain", 0, EVER) > 300);
		assert_true(cell_share(served, "ad", 0, EVER) > 0.99);
	}
	ends_with(2, SIGFAULT " zone %s/bind/registry-bind nz.", d);
	assert_says("has versions of another zone than 'nz.'");
	ends_with(2, SIGFAULT " zone %s/bind/registry-bind de. --at 2025-01-01T00:00Z", d);
	assert_says("nothing was published by then");
}

/* Denial by NSEC3, in one word for both. */
static void a_policy_means_the_same_to_both(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGN " -s knot,bind --set to=+3d --set nsec3=true -o %s/nsec3", d);
	EACH_SIGNER(i)
	{
		/* BIND 9.20 signs with NSEC first. */
		ends_with(0,
			  SIGFAULT " zone %s/nsec3/registry-%s de. >%s/nsec3.zone && grep -w "
				   "NSEC3PARAM %s/nsec3.zone && ! grep -w NSEC %s/nsec3.zone",
			  d, signers[i].name, d, d, d);
	}
}

/* Each kind of step was there, and none came too soon for what caches may have had. */
static void a_healthy_policy_turns_no_cache_bogus(void **state)
{
	const char *d = folder();

	(void)state;
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		ends_with(0, "tail -n +2 %s/%s/registry-%s/bogus.csv | wc -l", d, name, name);
		assert_string_equal(sh.out, "0\n");
		ends_with(0,
			  "awk -F, 'NR > 1 && $2 >= 0 { print $1 }' "
			  "%s/%s/registry-%s/margins.csv | paste -sd,",
			  d, name, name);
		assert_string_equal(sh.out, "sign,key out,DS in,KSK out,renew\n");
	}
}

/* A signer that is told of a shorter TTL than its zone has takes its ZSK out while caches have what it signed. */
static void a_real_signer_with_a_wrong_ttl_is_found(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("knotd");
	ends_with(0,
		  "sed 's/seconds(is.max_zone_ttl)/\"60s\"/' harness/subject/signers/knot.lua "
		  ">%s/short.lua",
		  d);
	ends_with(0, SIGN " -s %s/short.lua --set to=+40d -o %s/short", d, d);
	assert_says("bogus from 2026-0");
	assert_says("and that key is in the DNSKEY RRset no longer");
	ends_with(0, "grep -c ',key out,' %s/short/registry-knot/bogus.csv", d);
	assert_true(atoi(sh.out) >= 1);
	ends_with(0,
		  "awk -F, '$1 == \"key out\" && $2 < -3600' %s/short/registry-knot/margins.csv "
		  "| wc -l",
		  d);
	assert_string_equal(sh.out, "1\n");
}

/* What a signer has of its keys is kept, with what it said. */
static void its_state_stays(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, "ls %s/bind/registry-bind/work/K*.state | wc -l", d);
	assert_true(atoi(sh.out) >= 5);
	ends_with(0, "test -s %s/knot/registry-knot/work/keys/data.mdb", d);
	EACH_SIGNER(i)
	{
		ends_with(0,
			  "cd %s/%s/registry-%s && test -s signer.log -a -s signer.conf && grep -E "
			  "'^[a-z]+ [0-9]' signer.version",
			  d, signers[i].name, signers[i].name);
	}
}

/* A ZSK that lives for less than it takes to roll it. */
static void a_policy_that_a_signer_refuses_is_told(void **state)
{
	(void)state;
	ends_with(4, SIGN " -s bind --set zsk=2h -o %s/refused", folder());
	assert_says("registry-bind: not valid: ");
	assert_says("the last lines of ");
	assert_says("named.conf");
}

#define DRIVER                                                                                     \
	"return { name = 'mine', program = 'sh', package = 'dash', version = { arguments = { "     \
	"'-c', "                                                                                   \
	"'echo 1' }, pattern = '%%d' }, configuration = 'conf', files = function() return { conf " \
	"= "                                                                                       \
	"'' } end, start = function() return { '/bin/sh', '-c', '%s' } end }\n"

static void a_signer_that_dies_or_says_nothing_is_told(void **state)
{
	const char *d = folder();

	(void)state;
	folder_print("dies.lua", DRIVER, "echo there are no keys; exit 3");
	ends_with(4, SIGN " -s %s/dies.lua -o %s/dies", d, d);
	assert_says("registry-mine: not valid: ");
	assert_says("the signer exited with status 3");
	assert_says("there are no keys\n");
	folder_print("silent.lua", DRIVER, "echo I rest; exec sleep 1000000000");
	ends_with(4, SIGN " -s %s/silent.lua -o %s/silent", d, d);
	assert_says("the signer did not answer a question for the zone's SOA within an hour");
	assert_says("I rest\n");
}

static void which_signer_can_be_said(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(2, SIGN " -s knott -o %s/x", d);
	assert_says("there is no signer driver 'knott'");
	assert_says("'knot'");
	ends_with(2, SIGFAULT " sign minute -o %s/x", d);
	assert_says("there is no signer(\"NAME\", { … }) in it");
	ends_with(2, SIGN " -s bind -o %s", d);
	assert_says("is there already");
	ends_with(0, SIGN " -s registry=bind --set to=+1h -o %s/one", d);
	ends_with(0, "ls %s/one", d);
	assert_string_equal(sh.out, "registry-bind\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_published_while_keys_roll_verifies),
		cmocka_unit_test(every_version_is_kept),
		cmocka_unit_test(a_healthy_policy_turns_no_cache_bogus),
		cmocka_unit_test(a_real_signer_with_a_wrong_ttl_is_found),
		cmocka_unit_test(a_version_is_there_at_its_instant_and_validates),
		cmocka_unit_test(its_state_stays),
		cmocka_unit_test(the_same_seed_gives_the_same_versions),
		cmocka_unit_test(a_policy_means_the_same_to_both),
		cmocka_unit_test(a_policy_that_a_signer_refuses_is_told),
		cmocka_unit_test(a_signer_that_dies_or_says_nothing_is_told),
		cmocka_unit_test(which_signer_can_be_said),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
