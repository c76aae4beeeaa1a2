/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of a leaf's own: hosts that have RRsets and TTLs each, and names that are not there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define HOSTS "tests/scenarios/hosts.lua"
#define LEAF "tests/scenarios/leaf.lua"

static const char *const denials[] = { "nsec", "nsec3" };

static void a_zone_with_hosts_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		shell(&sh,
		      SIGFAULT " zone --set denial=%s " HOSTS " org.net. --at 09:30 >%s/zone && "
			       "ldns-verify-zone -t 20260505093000 %s/zone && kzonecheck -o "
			       "org.net. -t 20260505093000 %s/zone",
		      denials[i], folder(), folder(), folder());
		if (sh.status != 0)
			fail_msg("%s: %s", denials[i], sh.out);
		assert_says("Zone is verified and complete");
	}
}

/* Of the 2,000 A RRsets, and no other is spared nor hit. */
static void about_its_share_of_the_signatures_is_broken(void **state)
{
	int broken;

	(void)state;
	shell(&sh,
	      SIGFAULT " zone " HOSTS " org.net. --at 11:30 >%s/zone; ldns-verify-zone -t "
		       "20260505113000 %s/zone 2>&1 | grep -c 'expired for d.*\tA$'",
	      folder(), folder());
	broken = atoi(sh.out);
	assert_in_range(broken, 1300, 1500);
	shell(&sh,
	      "ldns-verify-zone -t 20260505113000 %s/zone 2>&1 | grep -c 'SOA\\|NSEC3\\|DNSKEY'",
	      folder());
	assert_string_equal(sh.out, "0\n");
	shell(&sh, "awk '/\\tTXT\\t/' %s/zone | grep -cv RRSIG", folder());
	assert_in_range(atoi(sh.out), 150, 250);
	shell(&sh, "awk '/\\tA\\t/ && $2 == 60' %s/zone | grep -cv RRSIG", folder());
	assert_in_range(atoi(sh.out), 900, 1100);
}

/* There is no share of the one RRset of a wildcard: its names get their own, and that is said. */
static void a_share_of_a_wildcard_is_one_of_its_names(void **state)
{
	(void)state;
	ends_with(0,
		  "sed 's/hosts = population.*/wildcard = { names = 2000 },/; /^expect.*is "
		  "denied/,$d' " HOSTS " >%s/wild.lua && " SIGFAULT
		  " zone %s/wild.lua --set absent=0 org.net. --at 11:30 "
		  ">%s/zone; ldns-verify-zone -t "
		  "20260505113000 %s/zone 2>&1 | grep -c 'expired for d.*\tA$'",
		  folder(), folder(), folder(), folder());
	assert_in_range(atoi(sh.out), 1300, 1500);
	ends_with(0,
		  SIGFAULT " run %s/wild.lua --set absent=0 -r " RESOLVERS
			   " --quiet -o %s/wild 2>&1",
		  folder(), folder());
	assert_says("is one of its 2000 names");
	/* All of them fail together, by the one signature that they have. */
	ends_with(0,
		  SIGFAULT " plan %s/wild.lua --set absent=0 --set share=1 --json 2>&1 | jq -c "
			   "'[.zones[].delegations | values | .wildcard, .parted]'",
		  folder());
	assert_string_equal(sh.out, "[true,false]\n");
}

static void resolvers_fail_for_that_share_and_deny_the_rest(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		ends_with(0,
			  SIGFAULT " run --set denial=%s " HOSTS " -r " RESOLVERS
				   " --quiet -o %s/hosts-%s",
			  denials[i], folder(), denials[i]);
}

static void leafs_deny_names_below_them(void **state)
{
	static const char *const bare[] = { "false", "true" };

	(void)state;
	for (int i = 0; i < 4; i++)
		ends_with(0,
			  SIGFAULT " run --set denial=%s --set bare=%s " LEAF " -r " RESOLVERS
				   " --quiet -o %s/leaf-%d",
			  denials[i % 2], bare[i / 2], folder(), i);
}

static void a_server_that_two_zones_name_serves_both_at_all_its_addresses(void **state)
{
	(void)state;
	ends_with(0,
		  SIGFAULT " run tests/scenarios/shared-name.lua -r " RESOLVERS
			   " --quiet -o %s/shared",
		  folder());
	ends_with(0, SIGFAULT " serve tests/scenarios/shared-name.lua sh -c 'kdig @198.18.1.1 "
			      "corg.ch. SOA; kdig @198.18.2.1 ch. SOA'");
	assert_int_equal(says_times("qr aa rd; QUERY: 1; ANSWER: 1"), 2);
}

/* Some resolver of the four believes them, and makes NXDOMAIN of names that are there. */
static void proofs_that_cover_too_much_take_names_away(void **state)
{
	static const char *const resolvers[] = { "unbound", "bind", "knot", "powerdns" };
	double denied = 0;

	(void)state;
	ends_with(0, SIGFAULT " run tests/scenarios/wide.lua -r " RESOLVERS " --quiet -o %s/wide",
		  folder());
	for (size_t i = 0; i < sizeof(resolvers) / sizeof(resolvers[0]); i++) {
		char path[300];

		snprintf(path, sizeof(path), "%s/wide/%s-none/curve.csv", folder(), resolvers[i]);
		denied += csv_sum(path, "nxdomain", "class", "signed", 0, EVER);
	}
	assert_true(denied > 0);
}

/* A bare zone has its apex and its servers, whatever a file asks for. */
static void a_file_of_questions_adds_nothing_to_a_bare_zone(void **state)
{
	(void)state;
	shell(&sh,
	      "sed 's/^traffic .*/traffic { text = \"asked.txt\", rate = 1, clients = 1 }/' " LEAF
	      " >%s/asked.lua && for n in $(seq 40); do echo r$n.corg.ch. A; done >%s/asked.txt",
	      folder(), folder());
	ends_with(0, SIGFAULT " run %s/asked.lua --set bare=true -r unbound --quiet -o %s/asked",
		  folder(), folder());
}

static void wrong_populations_are_refused(void **state)
{
	static const struct {
		const char *text, *part;
	} wrong[] = {
		{ "hosts = population { count = 9, signed = 1 }", "have no 'signed'" },
		{ "hosts = population { count = 9, types = { 'SRV' } }", "types of hosts are" },
		{ "hosts = population { count = 9, types = { A = 0.5 } }", "every host's" },
		{ "hosts = population { count = 9 }, wildcard = { names = 9 }",
		  "a zone has hosts, delegations or a wildcard" },
		{ "delegations = population { count = 9, types = { 'A' } }",
		  "types are for hosts" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		shell(&sh,
		      "printf '%%s\\n' \"scenario { name = 'x', from = '2026-05-05T12:00Z', to = "
		      "'+1h' }\" \"r = zone('.', { servers = { '198.18.0.1' } })\" \"zone('x.', { "
		      "parent = r, servers = { '198.18.1.1' }, %s })\" >%s/wrong.lua; " SIGFAULT
		      " plan %s/wrong.lua",
		      wrong[i].text, folder(), folder());
		if (sh.status != 2 || !strstr(sh.out, "wrong.lua:3: ") ||
		    !strstr(sh.out, wrong[i].part))
			fail_msg("%s: %s", wrong[i].text, sh.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_populations_are_refused),
		cmocka_unit_test(a_zone_with_hosts_is_whole),
		cmocka_unit_test(about_its_share_of_the_signatures_is_broken),
		cmocka_unit_test(leafs_deny_names_below_them),
		cmocka_unit_test(a_server_that_two_zones_name_serves_both_at_all_its_addresses),
		cmocka_unit_test(a_file_of_questions_adds_nothing_to_a_bare_zone),
		cmocka_unit_test(proofs_that_cover_too_much_take_names_away),
		cmocka_unit_test(a_share_of_a_wildcard_is_one_of_its_names),
		cmocka_unit_test(resolvers_fail_for_that_share_and_deny_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
