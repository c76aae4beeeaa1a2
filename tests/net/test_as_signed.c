/* SPDX-License-Identifier: BSD-2-Clause */
/* Zones that ldns-signzone signed, and that are served as it did: the world is tests/scenarios/signed.lua. */
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static int copy_scenario(void **state)
{
	(void)state;
	shell(&sh,
	      "cp tests/scenarios/signed.lua tests/scenarios/signed.txt "
	      "tests/scenarios/zones/x.zone %s && "
	      "cd %s && ldns-keygen -a ECDSAP256SHA256 -k x.zz >ksk && ldns-keygen -a "
	      "ECDSAP256SHA256 x.zz >zsk",
	      folder(), folder());
	return sh.status;
}

/* The signatures hold in all of May, unless they end before. */
static void sign(const char *denial, const char *until)
{
	ends_with(0,
		  "cd %s && ldns-signzone %s -i 20260401000000 -e %s -f x.signed x.zone $(cat zsk) "
		  "$(cat "
		  "ksk)",
		  folder(), denial, until);
}

static const char *const denials[] = { "", "-n -t 3 -s abcd", "-n -p" };
#define DENIALS (sizeof(denials) / sizeof(*denials))
#define MAY "20260601000000"

static void what_is_published_is_the_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < DENIALS; i++) {
		sign(denials[i], MAY);
		ends_with(0,
			  SIGFAULT
			  " zone %s/signed.lua x.zz. --at 12:01 >%s/out && ldns-verify-zone -t "
			  "20260505120100 %s/out && cd %s && ldns-read-zone -z x.signed | sort "
			  ">a && ldns-read-zone -z out | sort >b && diff a b",
			  folder(), folder(), folder(), folder());
		assert_string_equal(sh.out, "Zone is verified and complete\n");
	}
	ends_with(0, SIGFAULT " plan %s/signed.lua | tr -s ' \\n' ' '", folder());
	assert_says("taken as signed; all signatures hold from 2026-04-01T00:00:00Z to "
		    "2026-06-01T00:00:00Z");
}

#define RUN                                                                                        \
	SIGFAULT " run %s/signed.lua -r " RESOLVERS " --log-queries --quiet -o %s/%s; for r in "   \
		 "unbound bind knot powerdns; do echo; sqlite3 %s/%s/$r-none/queries.db \"select " \
		 "name || type || '=' || rcode || ad from queries\"; done"

static void resolvers_validate_it(void **state)
{
	static const char *const wanted[] = {
		"www.x.zz.1=01",     "www.x.zz.28=01",	"alias.x.zz.1=01",  "foo.wild.x.zz.16=01",
		"a.b.ent.x.zz.1=01", "b.ent.x.zz.1=01", "nosuch.x.zz.1=31", "www.x.zz.15=01",
		"www.sub.x.zz.1=00", "x.zz.15=01",
	};

	(void)state;
	for (size_t d = 0; d < 2; d++) {
		char name[16];

		sign(denials[d], MAY);
		snprintf(name, sizeof(name), "run%zu", d);
		shell(&sh, RUN, folder(), folder(), name, folder(), name);
		for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
			char line[64];

			snprintf(line, sizeof(line), "\n%s\n", wanted[i]);
			if (says_times(line) != 4)
				fail_msg("%s, %s: %s", denials[d], wanted[i], sh.out);
		}
	}
}

/* It is nobody's to mend. */
static void what_has_run_out_in_the_file_is_bogus(void **state)
{
	(void)state;
	sign("", "20260420000000");
	shell(&sh, RUN, folder(), folder(), "late", folder(), "late");
	if (says_times("\nwww.x.zz.1=20\n") != 4 || says_times("\nx.zz.15=20\n") != 4)
		fail_msg("%s", sh.out);
}

static void what_it_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *change, *part;
	} wrong[] = {
		{ "cp x.zone x.signed", "x.signed: has no DNSKEY: it is no signed zone's" },
		{ "sed -i 's/\\[\"ns.y.net.\"\\] = \"198.18.2.2\" },$/},/' signed.lua",
		  "x.signed:3: the zone's NS 'ns.y.net.' is none of its servers" },
		{ "sed -i 's/= \"198.18.2.1\"/= \"198.18.2.9\"/' signed.lua",
		  "the server 'ns1.x.zz.' has other addresses in the file" },
		{ "sed -i 's/as_signed = true,/as_signed = true, algorithm = \"ED25519\",/' "
		  "signed.lua",
		  "algorithm is the file's, as the zone is taken as signed" },
		{ "sed -i 's/file = .*,/ /' signed.lua", "as_signed is for a zone out of a file" },
		{ "echo 'at(\"12:01\", x:fault \"rrsig-exp-all\")' >>signed.lua",
		  "rrsig-exp-all: the zone is taken as signed" },
		{ "echo 'at(\"12:01\", x:sign { key = \"a\" })' >>signed.lua", "taken as signed" },
		{ "echo 'at(\"12:01\", x:unsign())' >>signed.lua", "taken as signed" },
	};

	(void)state;
	sign("", MAY);
	ends_with(0, "cd %s && cp signed.lua lua && cp x.signed kept", folder());
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ends_with(0, "cd %s && %s", folder(), wrong[i].change);
		shell(&sh, SIGFAULT " plan %s/signed.lua", folder());
		if (sh.status != 2 || !strstr(sh.out, wrong[i].part))
			fail_msg("%s: %d: %s", wrong[i].change, sh.status, sh.out);
		ends_with(0, "cd %s && cp lua signed.lua && cp kept x.signed", folder());
	}
	ends_with(0,
		  "cd %s && echo 'at(\"12:01\", x:fault(\"authority-drop\", { share = 0.5 }))' "
		  ">>signed.lua && cd - && " SIGFAULT " plan %s/signed.lua",
		  folder(), folder());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_published_is_the_file),
		cmocka_unit_test(resolvers_validate_it),
		cmocka_unit_test(what_has_run_out_in_the_file_is_bogus),
		cmocka_unit_test(what_it_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, copy_scenario, NULL);
}
