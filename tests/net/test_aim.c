/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults on the wire that are meant for some queries alone, as others see them: kdig asks the servers
 * of tests/scenarios/aim.lua for what is hit, and for what is like it and is not. */
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/aim.lua"
#define KDIG "kdig +dnssec +timeout=1 +retry=0 "

/* What kdig says of a question while the fault is there; what it says before must not have it. */
static const struct {
	const char *question, *broken;
} hit[] = {
	{ "@198.18.2.1 type.de. DS", "status: NOTIMPL" },
	{ "@198.18.2.1 www.type.de. HTTPS", "status: NOTIMPL" },
	{ "@198.18.2.2 www.name.de. A", "status: SERVFAIL" },
	{ "@198.18.2.2 a.b.wild.name.de. A", "status: SERVFAIL" },
	{ "+tcp @198.18.2.3 tcp.de. SOA", "timeout" },
	{ "@198.18.2.4 udp.de. SOA", "timeout" },
	{ "@fd00:5f::2:5 six.de. SOA", "timeout" },
	{ "@198.18.2.6 large.de. DNSKEY", "status: SERVFAIL" },
	{ "@198.18.2.7 cut.de. DNSKEY", "retrying over TCP" },
	{ "@198.18.2.8 mtu.de. DNSKEY", "timeout" },
	{ "@198.18.2.9 told.de. A", "EDE: 22 (No Reachable Authority)" },
	{ "@198.18.2.11 two.de. TXT", "status: SERVFAIL" },
	{ "@198.18.2.11 two.de. MX", "status: NOTIMPL" },
	{ "@198.18.1.2 net. TXT", "status: REFUSED" },
	{ "@198.18.64.0 d00000001.net. TXT", "status: REFUSED" },
	{ "@198.18.64.1 d00000001.net. TXT", "status: REFUSED" },
};

/* The same servers, well. */
static const char *const spared[] = {
	"@198.18.2.1 type.de. A",
	"+tcp @198.18.2.1 type.de. DNSKEY",
	"@198.18.2.2 name.de. A",
	"@198.18.2.2 wild.name.de. A",
	"@198.18.2.3 tcp.de. SOA",
	"+tcp @198.18.2.4 udp.de. SOA",
	"@198.18.2.5 six.de. SOA",
	"+nodnssec @198.18.2.6 www.large.de. A",
	"+nodnssec @198.18.2.7 www.cut.de. A",
	"+tcp @198.18.2.7 cut.de. DNSKEY",
	"+tcp @198.18.2.8 mtu.de. DNSKEY",
	"+nodnssec @198.18.2.8 www.mtu.de. A",
	"@198.18.2.9 told.de. MX",
	"@198.18.2.11 two.de. A",
	"@198.18.1.2 net. SOA",
	"@198.18.1.1 de. TXT",
};

#define HITS (sizeof(hit) / sizeof(hit[0]))
#define SPARED (sizeof(spared) / sizeof(spared[0]))

/* What kdig says, a heading before each. */
static void ask(const char *at, bool of_hits)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/ask", folder());
	f = fopen(path, "w");
	assert_non_null(f);
	for (size_t i = 0; i < (of_hits ? HITS : SPARED); i++)
		fprintf(f, "echo '== %zu'\n" KDIG "%s\n", i, of_hits ? hit[i].question : spared[i]);
	fputs("echo '== end'\n", f);
	fclose(f);
	shell(&sh, SIGFAULT " serve --at %s " SCENARIO " sh %s 2>&1", at, path);
	assert_non_null(strstr(sh.out, "== end"));
}

/* The part of sh.out behind a heading. Gives `ret`. */
static const char *section(size_t n, char *ret, size_t size)
{
	char head[32];
	const char *begin, *end;

	snprintf(head, sizeof(head), "== %zu\n", n);
	begin = strstr(sh.out, head);
	assert_non_null(begin);
	begin += strlen(head);
	end = strstr(begin, "== ");
	snprintf(ret, size, "%.*s", (int)(end - begin), begin);
	return ret;
}

static void what_is_aimed_at_is_hit(void **state)
{
	static char text[8192];

	(void)state;
	ask("12:15", true);
	for (size_t i = 0; i < HITS; i++)
		if (!strstr(section(i, text, sizeof(text)), hit[i].broken))
			fail_msg("%s: no '%s': %s", hit[i].question, hit[i].broken, text);
	ask("12:05", true);
	for (size_t i = 0; i < HITS; i++)
		if (strstr(section(i, text, sizeof(text)), hit[i].broken))
			fail_msg("%s: '%s' before the fault", hit[i].question, hit[i].broken);
}

static void what_is_not_is_served_as_always(void **state)
{
	static char text[8192];

	(void)state;
	ask("12:15", false);
	for (size_t i = 0; i < SPARED; i++) {
		section(i, text, sizeof(text));
		if (!strstr(text, "status: NOERROR") || strstr(text, "retrying over TCP") ||
		    strstr(text, "EDE:"))
			fail_msg("%s: %s", spared[i], text);
	}
}

/* cases.csv has a line for each: what a resolver answers. */
static void resolvers_fail_where_a_zones_keys_alone_cannot_be_had(void **state)
{
	static const struct {
		const char *name, *rcode;
	} wanted[] = { { "before", "NOERROR" },
		       { "meanwhile", "SERVFAIL" },
		       { "after", "NOERROR" } };

	(void)state;
	shell(&sh, SIGFAULT " run " SCENARIO " -r " RESOLVERS " --quiet -o %s/aim", folder());
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		shell(&sh, "cat %s/aim/*/cases.csv | grep -c '^%s,.*%s'", folder(), wanted[i].name,
		      wanted[i].rcode);
		assert_string_equal(sh.out, "4\n");
	}
}

/* What a table says that cannot be, with the line. */
static void a_wrong_aim_is_refused(void **state)
{
	static const struct {
		const char *keys, *part;
	} wrong[] = {
		{ "over = 'dot'", "over is \"udp\", \"tcp\" or \"both\", not \"dot\"" },
		{ "family = 5", "family is 4 or 6" },
		{ "names = { 'x.net.' }", "names: 'x.net.' is not in the zone" },
		{ "types = { 'NOSUCH' }", "types: unknown type 'NOSUCH'" },
		{ "bigger_than = 70000", "bigger_than" },
		{ "below = true, servers = { 'a.nic.de.' }", "below is for all servers" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		shell(&sh,
		      "printf '%%s\\n' \"scenario { name = 'x', from = '2026-05-05T12:00Z', to = "
		      "'+1h' }\" \"r = zone('.', { servers = { '198.18.0.1' } })\" \"d = "
		      "zone('de.', { parent = r, servers = { '198.18.1.1' } })\" \"at('+5m', "
		      "d:fault('rcode-refused', { %s }))\" >%s/wrong.lua; " SIGFAULT
		      " plan %s/wrong.lua",
		      wrong[i].keys, folder(), folder());
		assert_int_equal(sh.status, 2);
		assert_says("wrong.lua:4: ");
		assert_says(wrong[i].part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_aim_is_refused),
		cmocka_unit_test(what_is_aimed_at_is_hit),
		cmocka_unit_test(what_is_not_is_served_as_always),
		cmocka_unit_test(resolvers_fail_where_a_zones_keys_alone_cannot_be_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
