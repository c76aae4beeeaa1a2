/* SPDX-License-Identifier: BSD-2-Clause */
/* Zones that stand in master files: what is published of them, judged by others; and files that are no
 * zone's. The world is tests/scenarios/file.lua. */
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/file.lua"
#define FILE_HEAD "\\$TTL 60\\n@ SOA ns1 h 1 2 3 4 5\\n"

static const char *const denials[] = { "nsec", "nsec3" };

static void a_zone_out_of_a_file_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		shell(&sh,
		      SIGFAULT " zone --set denial=%s " SCENARIO
			       " example.com. --at 12:01 >%s/zone && "
			       "ldns-verify-zone -t 20260505120100 %s/zone && kzonecheck -o "
			       "example.com. -t 20260505120100 %s/zone && cat %s/zone",
		      denials[i], folder(), folder(), folder(), folder());
		if (sh.status != 0)
			fail_msg("%s: %s", denials[i], sh.out);
		assert_says("SOA\tns1.example.com. hostmaster.example.com. ");
		assert_says(" 7200 1800 1209600 240\n");
		assert_says("a.sub.example.com.\t60\tIN\tA\t192.0.2.1\n");
		assert_says("b.sub.example.com.\t1800\tIN\tHTTPS\t0 www.example.com.");
		assert_says("TXT\t\"a\" \"b\"\n");
		assert_says("TYPE65300\t\\# 3 010203\n");
		/* Its servers are the world's. */
		assert_does_not_say("192.0.2.53");
		assert_does_not_say("ns2.example.net.");
	}
}

static void what_is_left_out_is_said(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " plan " SCENARIO " | tr -s ' \\n' ' '");
	assert_says("zones/example.com.zone: 12 records; left out: 1 of DNSSEC, 2 of servers");
}

static void resolvers_validate_it(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " run " SCENARIO " -r " RESOLVERS " --log-queries --quiet -o %s/run",
		  folder());
	shell(&sh,
	      "for r in unbound bind knot powerdns; do sqlite3 %s/run/$r-none/queries.db 'select "
	      "count(*), sum(ad), sum(rcode = 3) from queries'; done",
	      folder());
	assert_string_equal(sh.out, "9|9|1\n9|9|1\n9|9|1\n9|9|1\n");
}

static void files_that_are_no_zones_are_refused(void **state)
{
	static const struct {
		const char *text, *part;
	} wrong[] = {
		{ "www A 192.0.2.1\\n", "bad.zone: has no SOA" },
		{ FILE_HEAD "www A 192.0.2\\n", "bad.zone:3: " },
		{ FILE_HEAD "\\n\\nwww A 192.0.2.1\\nwww CNAME a\\n",
		  "bad.zone:6: a CNAME has nothing" },
		{ FILE_HEAD "x.y. A 192.0.2.1\\n", "bad.zone:3: 'x.y.' is not in the zone" },
		{ FILE_HEAD "sub SOA ns1 h 1 2 3 4 5\\n", "bad.zone:3: 'sub.x.' has a SOA" },
		{ FILE_HEAD "@ DS 1 13 2 00\\n",
		  "bad.zone:3: the DS of a zone stands in the zone above" },
		{ FILE_HEAD "a.sub DS 1 13 2 00\\n",
		  "bad.zone:3: a DS stands where there is no NS" },
		{ FILE_HEAD "sub.y. NS a.b.\\n", "bad.zone:3: 'sub.y.' is not in the zone" },
		{ FILE_HEAD "@ SOA ns1 h 1 2 3 4 5\\n", "bad.zone:3: a zone has one SOA" },
		{ FILE_HEAD "\\$INCLUDE nosuch\\n", "bad.zone:3: cannot open" },
		{ FILE_HEAD "\\$INCLUDE /dev/zero\\n",
		  "bad.zone:3: cannot open '/dev/zero': it is a device" },
		{ FILE_HEAD "\\$INCLUDE\\n", "bad.zone:3: $INCLUDE wants the name of a file" },
		{ FILE_HEAD "\\$INCLUDE bad.zone\\n", "one SOA" },
		{ FILE_HEAD "a MX 10", "bad.zone:" },
		{ FILE_HEAD "a MX 10 \\\\# 0\\n",
		  "bad.zone:3: its RDATA has 1 of the 2 fields of MX" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		shell(&sh,
		      "printf \"%s\" >%s/bad.zone; printf '%%s\\n' \"scenario { name = 'x', from = "
		      "'2026-05-05T12:00Z', to = '+1h' }\" \"r = zone('.', { servers = { "
		      "'198.18.0.1' } })\" \"zone('x.', { parent = r, servers = { '198.18.1.1' }, "
		      "file = 'bad.zone' })\" >%s/wrong.lua; " SIGFAULT " plan %s/wrong.lua",
		      wrong[i].text, folder(), folder(), folder());
		if (sh.status != 2 || !strstr(sh.out, wrong[i].part))
			fail_msg("%s: %s", wrong[i].text, sh.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_are_no_zones_are_refused),
		cmocka_unit_test(a_zone_out_of_a_file_is_whole),
		cmocka_unit_test(what_is_left_out_is_said),
		cmocka_unit_test(resolvers_validate_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
