/* SPDX-License-Identifier: BSD-2-Clause */
/* Records that a scenario tells, in the eyes of those who read zones and of those who resolve: the
 * world is tests/scenarios/records.lua. */
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/records.lua"

static const char *const denials[] = { "nsec", "nsec3" };

/* The keys that x.de. names in its CDS are none of its own, of which kzonecheck complains. */
static void readers_of_zones_find_them_whole(void **state)
{
	static const char *const judges[] = {
		"x.de.",
		"ldns-verify-zone -t 20260505121000 %s/zone && named-checkzone -i none x.de "
		"%s/zone",
		"y.net.",
		"ldns-verify-zone -t 20260505121000 %s/zone && kzonecheck -o y.net. -t "
		"20260505121000 %s/zone",
	};

	(void)state;
	for (int i = 0; i < 4; i++) {
		const char *const *judge = &judges[i / 2 * 2];
		char command[512];

		snprintf(command, sizeof(command), judge[1], folder(), folder());
		shell(&sh,
		      SIGFAULT " zone --set denial=%s " SCENARIO " %s --at 12:10 >%s/zone && %s",
		      denials[i % 2], judge[0], folder(), command);
		if (sh.status != 0)
			fail_msg("%s, %s: %s", denials[i % 2], judge[0], sh.out);
		assert_says("Zone is verified and complete");
	}
}

/* RFC 6672 section 3.1: for those who do not know a DNAME. */
static void a_dname_comes_with_the_cname_that_is_made_of_it(void **state)
{
	(void)state;
	shell(&sh,
	      SIGFAULT " serve --at 12:10 " SCENARIO " kdig +dnssec @198.18.2.1 a.b.old.x.de. A");
	assert_says("ANSWER: 3;");
	assert_says("CNAME\ta.b.y.net.");
	assert_says("RRSIG\tDNAME 13 3 300 ");
	assert_does_not_say("RRSIG\tCNAME");
	shell(&sh, SIGFAULT " serve --at 12:10 " SCENARIO
			    " kdig @198.18.2.1 $(printf 'a%%.0s' $(seq 63)).$(printf "
			    "'a%%.0s' $(seq 63)).$(printf 'a%%.0s' $(seq 63)).$(printf 'a%%.0s' "
			    "$(seq 48)).near.x.de. A");
	assert_says("status: YXDOMAIN");
}

/* What is in the answer; "": nothing, and that is proved. */
static const struct {
	const char *question, *part;
} asked[] = {
	{ "alias.x.de. A", "IN\tA\t192.0.2.80" },
	{ "within.x.de. AAAA", "IN\tAAAA\t2001:db8::7" },
	{ "x.de. HTTPS", "HTTPS\t1 . alpn=" },
	{ "x.de. CDS", "CDS\t12345 13 2 1111111111" },
	{ "x.de. CDNSKEY", "CDNSKEY\t257 3 13 " },
	{ "_443._tcp.svc.x.de. SRV", "SRV\t1 2 443 here.x.de." },
	{ "empty.nodes.x.de. A", "" },
	{ "foo.wild.x.de. TXT", "IN\tTXT\t\"anything\"" },
	{ "two.labels.wild.x.de. TXT", "TXT\t\"anything\"" },
	{ "foo.wild.x.de. A", "" },
	{ "bar.any.x.de. A", "IN\tA\t192.0.2.80" },
	{ "target.old.x.de. A", "IN\tA\t192.0.2.80" },
	{ "old.x.de. DNAME", "DNAME\ty.net." },
	{ "odd.x.de. TYPE65280", "TYPE65280 \\# 4 01020304" },
	{ "odd.x.de. CAA", "CAA\t0 issue \"ca.example.net\"" },
	{ "odd.x.de. A", "" },
	{ "7.x.de. PTR", "PTR\there.x.de." },
	{ "nosuch.x.de. A", "" },
	{ "list.x.de. A", "A\t192.0.2.2" },
	{ "here.y.net. A", "IN\tA\t192.0.2.7" },
};

#define ASKED (sizeof(asked) / sizeof(asked[0]))

/* What stands behind "== N" in sh.out. Gives `ret`. */
static const char *section(size_t n, char *ret, size_t size)
{
	char head[32];
	const char *begin, *end;

	snprintf(head, sizeof(head), "== %zu\n", n);
	begin = strstr(sh.out, head);
	assert_non_null(begin);
	end = strstr(begin + 1, "== ");
	snprintf(ret, size, "%.*s", (int)(end ? end - begin : 8000), begin);
	return ret;
}

/* delv asks an Unbound that only iterates, and validates by itself. */
static void delv_validates_all_of_them(void **state)
{
	static char text[8192];
	char path[200];
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/ask", folder());
	f = fopen(path, "w");
	assert_non_null(f);
	for (size_t i = 0; i < ASKED; i++)
		fprintf(f,
			"echo '== %zu'\ndelv -a $SIGFAULT_BIND_ANCHOR +root=. @127.0.0.1 -p 5353 "
			"%s 2>&1\n",
			i, asked[i].question);
	fclose(f);
	for (int d = 0; d < 2; d++) {
		shell(&sh,
		      SIGFAULT " serve --set denial=%s --at 12:10 " SCENARIO
			       " tests/support/beside_unbound %s 'sh %s' 2>&1",
		      denials[d], folder(), path);
		for (size_t i = 0; i < ASKED; i++) {
			const char *want = *asked[i].part ? asked[i].part : "negative response";

			section(i, text, sizeof(text));
			if (!strstr(text, want) || !strstr(text, "fully validated"))
				fail_msg("%s, %s: no '%s': %s", denials[d], asked[i].question, want,
					 text);
		}
	}
}

/* The questions of tests/scenarios/records.txt: all validated, none of them wrong, one name is not
 * there. */
static void resolvers_validate_all_of_them(void **state)
{
	static const char *const resolvers[] = { "unbound", "bind", "knot", "powerdns" };

	(void)state;
	ends_with(0, SIGFAULT " run " SCENARIO " -r " RESOLVERS " --log-queries --quiet -o %s/run",
		  folder());
	for (size_t i = 0; i < sizeof(resolvers) / sizeof(resolvers[0]); i++) {
		shell(&sh,
		      "sqlite3 %s/run/%s-none/queries.db \"select count(*), sum(ad), sum(outcome = "
		      "'noerror'), sum(outcome = 'nxdomain' and name = 'nosuch.x.de.'), "
		      "sum(coalesce(age, '') = 'wrong') from queries\"",
		      folder(), resolvers[i]);
		if (strcmp(sh.out, "17|17|16|1|0\n") != 0)
			fail_msg("%s: %s", resolvers[i], sh.out);
	}
}

/* In the answer to each question the smallest TTL: of an alias 300, of its target 120 as y.net. has it,
 * and what is not there is known for a minute. A cache that is told to keep all for long gives more
 * than the zone does, which is a figure. */
static void ttls_of_answers_are_recorded(void **state)
{
	(void)state;
	ends_with(
		0,
		"sqlite3 %s/run/bind-none/queries.db \"select name, ttl from queries where name in "
		"('here.x.de.', 'nosuch.x.de.', 'list.x.de.') order by name\"",
		folder());
	assert_string_equal(sh.out, "here.x.de.|120\nlist.x.de.|600\nnosuch.x.de.|60\n");
	ends_with(0,
		  "cp tests/scenarios/records.txt %s && { cat " SCENARIO
		  "; echo 'mitigation(\"long\", { settings = { unbound = [[server: cache-min-ttl: "
		  "2000]] } })'; } >%s/long.lua && " SIGFAULT
		  " run %s/long.lua -r unbound -m none,long --quiet -o %s/long",
		  folder(), folder(), folder(), folder());
	ends_with(0,
		  "awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == \"ttl_over\") c = i; "
		  "next } "
		  "{ print $4, ($c > 3) }' %s/long/compare.csv",
		  folder());
	assert_string_equal(sh.out, "none 0\nlong 1\n");
}

/* Each with the line that it stands in. */
static void what_is_no_record_is_refused(void **state)
{
	static const struct {
		const char *texts, *part;
	} wrong[] = {
		{ "x:record \\\"www 300 A 192.0.2\\\"", "is no record (" },
		{ "x:record \\\"www.y.de. 300 A 192.0.2.1\\\"",
		  "'www.y.de.' is not in the zone 'x.de.'" },
		{ "x:record \\\"@ SOA a. b. 1 2 3 4 5\\\"", "SOA is made by the zone itself" },
		{ "x:record \\\"sub NS a.nic.de.\\\"", "NS is made by the zone itself" },
		{ "x:record \\\"@ CNAME www\\\"", "so no CNAME" },
		{ "x:record \\\"www CH TXT a\\\"", "its class is not IN" },
		{ "x:record \\\"www TYPE255 \\\\\\\\# 0\\\"", "is no type that a zone has" },
		{ "x:record \\\"a MX 10 \\\\\\\\# 0\\\"", "its RDATA has 1 of the 2 fields of MX" },
		{ "x:record(7)", "record wants a text" },
		{ "x:record \\\"a CNAME b\\\" x:record \\\"a TXT c\\\"",
		  "a CNAME has nothing beside it" },
		{ "x:record \\\"a 60 A 192.0.2.1\\\" x:record \\\"a 61 A 192.0.2.2\\\"",
		  "have one TTL" },
		{ "x:record \\\"a DNAME b\\\" x:record \\\"c.a TXT c\\\"", "below the DNAME" },
		{ "x:record \\\"ns.x.de. TXT b\\\"", "is the name of a server" },
		{ "d:record \\\"www.x.de. TXT b\\\"", "below the delegation of 'x.de.'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		shell(&sh,
		      "printf '%%s\\n' \"scenario { name = 'x', from = '2026-05-05T12:00Z', to = "
		      "'+1h' }\" \"r = zone('.', { servers = { '198.18.0.1' } })\" \"d = "
		      "zone('de.', { parent = r, servers = { '198.18.1.1' } })\" \"x = "
		      "zone('x.de.', { parent = d, servers = { ['ns.x.de.'] = '198.18.2.1' } })\" "
		      "\"%s\" >%s/wrong.lua; " SIGFAULT " plan %s/wrong.lua",
		      wrong[i].texts, folder(), folder());
		if (sh.status != 2 || !strstr(sh.out, "wrong.lua:5: ") ||
		    !strstr(sh.out, wrong[i].part))
			fail_msg("%s: %s", wrong[i].texts, sh.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_record_is_refused),
		cmocka_unit_test(readers_of_zones_find_them_whole),
		cmocka_unit_test(a_dname_comes_with_the_cname_that_is_made_of_it),
		cmocka_unit_test(delv_validates_all_of_them),
		cmocka_unit_test(resolvers_validate_all_of_them),
		cmocka_unit_test(ttls_of_answers_are_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
