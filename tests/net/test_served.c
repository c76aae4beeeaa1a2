/* SPDX-License-Identifier: BSD-2-Clause */
/* What real signers published, served version after version: what is there at an instant, on servers that are late, and
 * what resolvers and their users make of it. The scenario is tests/scenarios/served.lua. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/served.lua"
#define SIGN SIGFAULT " sign " SCENARIO
#define SERVED SCENARIO " --set versions=%s/%s/registry-%s"

static const struct {
	const char *name, *program;
} signers[] = { { "knot", "knotd" }, { "bind", "named" } };

#define EACH_SIGNER(i) for (size_t i = 0; i < sizeof(signers) / sizeof(*signers); i++)

static int sign_all(void **state)
{
	(void)state;
	need_program("ldns-verify-zone");
	EACH_SIGNER(i)
	{
		need_program(signers[i].program);
		ends_with(0, SIGN " -s %s -o %s/%s", signers[i].name, folder(), signers[i].name);
	}
	return 0;
}

/* For some of the versions, at its instant and a second before: what the server has is what 'sigfault zone' puts together,
 * by other code, and ldns has nothing against it. */
static const char compare[] =
	"set -eu\n"
	"cd $2\n"
	"awk -F, -v n=$(($(wc -l <versions.csv) / 2)) 'NR % n == 3 { print $2 }' versions.csv | "
	"while "
	"read t; do\n"
	"	for at in $(date -u -d \"$t - 1 second\" +%Y-%m-%dT%H:%M:%SZ) $t; do\n"
	"		$1/build/sigfault zone $1/" SCENARIO " de. --set versions=$2 --at $at | "
	"ldns-read-zone -z /dev/stdin | sort >is\n"
	"		$1/build/sigfault zone $2 de. --at $at | ldns-read-zone -z /dev/stdin | "
	"sort "
	">wanted\n"
	"		cmp is wanted\n"
	"	done\n"
	"	ldns-verify-zone -t $(date -u -d $t +%Y%m%d%H%M%S) is >said || { cat said; exit 1; "
	"}\n"
	"	echo judged\n"
	"done\n";

static void each_version_is_there_from_its_instant_on(void **state)
{
	const char *d = folder(), *script = folder_program("compare", "#!/bin/sh\n%s", compare);

	(void)state;
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		ends_with(0, "%s $PWD %s/%s/registry-%s", script, d, name, name);
		assert_true(says_times("judged") >= 2);
	}
}

/* The DS at the parent is that of ds.csv, from its instants on: none, one, two while the KSK is rolled. */
static const char compare_ds[] =
	"set -eu\n"
	"cd $2\n"
	"tail -n +2 ds.csv | cut -d, -f1 | sort -u | while read t; do\n"
	"	[ $t \\> 2026-01-01T01:00:00Z ] || continue\n"
	"	grep \"^$t,\" ds.csv | cut -d' ' -f5- | tr a-z A-Z | tr -d ' ' | sort >wanted\n"
	"	$1/build/sigfault zone $1/" SCENARIO " . --set versions=$2 --at $t | awk '$1 == "
	"\"de.\" && $4 == \"DS\" { print $5 $6 $7 $8 $9 }' | tr a-z A-Z | sort >is\n"
	"	cmp is wanted\n"
	"	echo same\n"
	"done\n";

static void the_parent_has_the_ds_that_it_had(void **state)
{
	const char *d = folder(), *script = folder_program("ds", "#!/bin/sh\n%s", compare_ds);

	(void)state;
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		ends_with(0, "%s $PWD %s/%s/registry-%s", script, d, name, name);
		assert_true(says_times("same") >= 2);
	}
}

/* The keys are rolled meanwhile, and one of the servers is late, by less than the signer allows for. The first days have no
 * DS. */
static void nobody_fails_while_a_healthy_signer_rolls_its_keys(void **state)
{
	static const char *const resolvers[] = { "unbound", "bind" }, *const until[] = { "+15d",
											 "+11d" };
	const char *d = folder();
	char cell[64];

	(void)state;
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		ends_with(0, "cut -d, -f8 %s/%s/registry-%s/versions.csv | sort -u | wc -l", d,
			  name, name);
		assert_true(atoi(sh.out) >= 8);
		ends_with(0,
			  SIGFAULT " run " SERVED
				   " --set lag=50m --set to=%s -r %s --quiet -o %s/served-%s",
			  d, name, name, until[i], resolvers[i], d, name);
		snprintf(cell, sizeof(cell), "served-%s/%s-none", name, resolvers[i]);
		assert_true(cell_sum(cell, "nxdomain", 0, EVER) > 2500);
		assert_true(cell_sum(cell, "servfail", 0, EVER) == 0);
		assert_true(cell_share(cell, "ad", 3 * 86400, EVER) > 0.99);
	}
}

/* What the first server has at an instant, put beside what was published then. */
static void has_what_was_there(const char *settings, const char *at, const char *then)
{
	const char *d = folder();

	ends_with(0,
		  SIGFAULT " zone " SERVED " de. %s --at %s | ldns-read-zone -z /dev/stdin | sort "
			   ">%s/is",
		  d, "knot", "knot", settings, at, d);
	ends_with(0,
		  SIGFAULT
		  " zone %s/knot/registry-knot de. --at %s | ldns-read-zone -z /dev/stdin | "
		  "sort >%s/then && cmp %s/is %s/then",
		  d, then, d, d, d);
}

static void a_server_fetches_by_its_own_schedule(void **state)
{
	(void)state;
	/* The first ZSK is rolled from the 5th day on. */
	has_what_was_there("--set lag=36h", "2026-01-08T00:00Z", "2026-01-06T12:00Z");
	has_what_was_there("--set stale=1d --set from=2026-01-05T00:00Z", "2026-01-12T00:00Z",
			   "2026-01-04T00:01Z");
}

/* Servers keep what they had, whose signatures have 12 days left, 14 at most: when these end users get SERVFAIL. */
static void users_fail_when_servers_keep_what_they_had(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT " run " SERVED
			   " --set from=2026-01-14T00:00Z --set stale=1d -r unbound --quiet -o "
			   "%s/stale",
		  d, "knot", "knot", d);
	assert_true(cell_sum("stale/unbound-none", "servfail", 0, 10 * 86400) == 0);
	assert_true(cell_share("stale/unbound-none", "ad", 0, 10 * 86400) > 0.99);
	assert_true(cell_share("stale/unbound-none", "servfail", 14 * 86400, EVER) > 0.9);
}

/* The signer of test_signer.c that is told of a shorter TTL than its zone has. */
static void what_is_judged_bogus_is_bogus_on_resolvers(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "sed 's/seconds(is.max_zone_ttl)/\"60s\"/' harness/subject/signers/knot.lua "
		  ">%s/short.lua",
		  d);
	ends_with(0, SIGN " -s %s/short.lua --set to=+8d --prove -r bind -o %s/short", d, d);
	assert_says("bogus from 2026-0");
	assert_says("registry-knot: key out, asked for '");
	assert_int_equal(says_times("SERVFAIL"), 1);
	assert_int_equal(says_times(", as judged"), 1);
	ends_with(0, SIGFAULT " plan %s/short/registry-knot/proof.lua", d);
	/* A KSK goes before the DS of the one before it has run out of caches. */
	ends_with(0,
		  "sed -E 's/\"(    parent-[a-z-]+ )\".*/\"\\160;\",/' "
		  "harness/subject/signers/bind.lua >%s/early.lua && grep -c ' 60;' %s/early.lua",
		  d, d);
	assert_string_equal(sh.out, "2\n");
	ends_with(0, SIGN " -s %s/early.lua --set to=+10d --prove -r unbound -o %s/early", d, d);
	assert_says("registry-bind: KSK out, asked for 'de. SOA' at ");
	assert_says(", as judged");
	ends_with(2, SIGN " -r unbound -o %s/x", d);
	assert_says("-r is for --prove");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_version_is_there_from_its_instant_on),
		cmocka_unit_test(the_parent_has_the_ds_that_it_had),
		cmocka_unit_test(nobody_fails_while_a_healthy_signer_rolls_its_keys),
		cmocka_unit_test(a_server_fetches_by_its_own_schedule),
		cmocka_unit_test(users_fail_when_servers_keep_what_they_had),
		cmocka_unit_test(what_is_judged_bogus_is_bogus_on_resolvers),
	};

	return cmocka_run_group_tests(tests, sign_all, folder_remove);
}
