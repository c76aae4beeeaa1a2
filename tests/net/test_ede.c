/* SPDX-License-Identifier: BSD-2-Clause */
/* Cases with real resolvers: what each says of a healthy, a bogus and a dark zone; that it is the
 * same again, and what was on the wire. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/unbound.h"

/* A column in the row of a case and cell, of a run's ede-matrix.csv as sqlite3 reads it. */
static const char *field(const char *run, const char *name, const char *cell, const char *column)
{
	ends_with(0,
		  "sqlite3 -batch :memory: '.mode csv' '.import %s/%s/ede-matrix.csv m' '.mode "
		  "list' 'select \"%s\" from m where \"case\" = '\\''%s'\\'' and cell = "
		  "'\\''%s-none'\\'''",
		  folder(), run, column, name, cell);
	sh.out[strcspn(sh.out, "\n")] = '\0';
	return sh.out;
}

static const char *const resolvers[] = { "unbound", "bind", "knot", "powerdns" };

#define COUNT (sizeof(resolvers) / sizeof(*resolvers))

static void all_have(const char *name, const char *column, const char *value)
{
	for (size_t i = 0; i < COUNT; i++)
		assert_string_equal(field("all", name, resolvers[i], column), value);
}

static int run_all(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT " run tests/scenarios/cases.lua -r " RESOLVERS
			   " --pcap --log-queries --quiet -o %s/all",
		  d);
	return 0;
}

static void a_healthy_zone_is_validated_by_all(void **state)
{
	(void)state;
	all_have("healthy", "rcode", "NOERROR");
	all_have("healthy", "ad", "1");
	all_have("healthy", "codes", "");
	all_have("healthy", "class", "none");
	all_have("not-there", "rcode", "NXDOMAIN");
	all_have("not-there", "ad", "1");
	all_have("unsigned", "rcode", "NOERROR");
	all_have("unsigned", "ad", "0");
	assert_string_equal(field("all", "healthy", "bind", "differ"), "");
}

static void a_bogus_zone_is_servfail_and_answered_with_cd(void **state)
{
	(void)state;
	all_have("bogus", "rcode", "SERVFAIL");
	all_have("bogus", "cd_rcode", "NOERROR");
	all_have("bogus", "answered_with_cd", "yes");
	all_have("bogus", "class", "dnssec");
	all_have("bogus", "fault", "rrsig-corrupt");
	for (size_t i = 0; i < COUNT; i++) {
		assert_true(atoi(field("all", "bogus", resolvers[i], "seen")) > 0);
		assert_true(atoi(field("all", "bogus", resolvers[i], "upstream_queries")) > 1);
	}
}

static void a_dark_zone_is_servfail_or_silence_in_virtual_seconds(void **state)
{
	const char *rcode;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		rcode = field("all", "dark", resolvers[i], "rcode");
		assert_true(!strcmp(rcode, "SERVFAIL") || !strcmp(rcode, "timeout"));
		assert_true(atof(field("all", "dark", resolvers[i], "seconds")) > 1);
		assert_string_equal(field("all", "dark", resolvers[i], "class"), "connectivity");
		assert_string_equal(field("all", "dark", resolvers[i], "answered_with_cd"), "no");
	}
}

/* The case is asked long after the resolver of the one before was: each has its own clock, which
 * begins at the case. */
static void a_fault_counts_when_the_case_is_asked(void **state)
{
	(void)state;
	all_have("early", "rcode", "NOERROR");
	all_have("early", "class", "none");
	all_have("late", "rcode", "SERVFAIL");
	all_have("late", "class", "dnssec");
}

/* What tshark reads in the capture of a case. */
static void codes_on_the_wire(const char *resolver, const char *name, char ret[64])
{
	ends_with(0,
		  "tshark -r %s/all/%s-none/cases/%s/clients.pcap -Y 'dns.flags.response == 1 && "
		  "dns.id == 1' -T fields -e dns.flags.rcode -e dns.opt.ext_error.info_code "
		  "-E aggregator=' ' 2>/dev/null | tail -1 | tr '\\t' '/'",
		  folder(), resolver, name);
	snprintf(ret, 64, "%.*s", (int)strcspn(sh.out, "\n"), sh.out);
}

static void codes_are_those_on_the_wire(void **state)
{
	static const char *const names[] = { "healthy", "bogus", "expired" };
	static const char *const rcodes[] = { "NOERROR", "", "SERVFAIL" };
	char wire[64];
	unsigned with_code = 0;

	(void)state;
	for (size_t n = 0; n < 3; n++) {
		for (size_t i = 0; i < COUNT; i++) {
			char *codes;

			codes_on_the_wire(resolvers[i], names[n], wire);
			codes = strchr(wire, '/');
			assert_non_null(codes);
			assert_string_equal(field("all", names[n], resolvers[i], "rcode"),
					    rcodes[atoi(wire)]);
			assert_string_equal(field("all", names[n], resolvers[i], "codes"),
					    codes + 1);
			with_code += codes[1] != '\0';
		}
	}
	assert_true(with_code >= 6); /* all but BIND have them for both faults */
}

static void the_log_has_each_question_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		ends_with(0,
			  "sqlite3 %s/all/%s-none/queries.db \"select count(*), "
			  "count(distinct "
			  "name), sum(class = 'cd') from queries\"",
			  folder(), resolvers[i]);
		assert_string_equal(sh.out, "16|8|8\n");
	}
}

static void the_same_seed_gives_the_same_matrix(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run tests/scenarios/cases.lua -r " RESOLVERS " --quiet -o %s/again",
		  d);
	ends_with(0, "cmp %s/all/ede-matrix.csv %s/again/ede-matrix.csv", d, d);
	ends_with(0, SIGFAULT " report %s/again", d);
	assert_says("Resolvers differ in ");
	ends_with(0, "test -s %s/again/summary.md -a -s %s/again/report.html || true", d, d);
	ends_with(0, "xmllint --noout --relaxng tests/data/junit.rng %s/again/junit.xml", d);
}

/* A build that does not start the third time. */
static void a_resolver_that_dies_makes_its_case_invalid_and_no_other(void **state)
{
	const char *d = folder();

	(void)state;
	put_wrapper("unbound-frail", "[ $(grep -c '^==== case' /proc/$$/fd/1) = 3 ] && exit 7",
		    BECOMES_UNBOUND);
	ends_with(4,
		  SIGFAULT " run tests/scenarios/cases.lua -r unbound=%s/unbound-frail --quiet -o "
			   "%s/frail-run",
		  d, d);
	assert_says("1 of 8 cases is not valid, the first is unsigned: the resolver exited with "
		    "status 7");
	ends_with(0, "grep -c ',yes,,' %s/frail-run/unbound-frail-none/cases.csv", d);
	assert_string_equal(sh.out, "7\n");
	ends_with(0, "grep '^unsigned,' %s/frail-run/ede-matrix.csv", d);
	assert_says(",no,the resolver exited with status 7,,");
	ends_with(4, SIGFAULT " report %s/frail-run", d);
	assert_says("NOT VALID");
	ends_with(0,
		  "xmllint --xpath 'string(//testcase[@name=\"unsigned\"]/error/@message)' "
		  "%s/frail-run/junit.xml",
		  d);
	assert_says("status 7");
}

static void a_resolver_that_never_starts_is_not_tried_forever(void **state)
{
	const char *d = folder();

	(void)state;
	put_wrapper("unbound-dead", "echo tried", "exit 7");
	ends_with(4,
		  SIGFAULT " run tests/scenarios/cases.lua -r unbound=%s/unbound-dead --quiet -o "
			   "%s/dead-run",
		  d, d);
	assert_says("8 of 8 cases are not valid");
	ends_with(0, "grep -c tried %s/dead-run/unbound-dead-none/resolver.log", d);
	assert_string_equal(sh.out, "5\n");
}

static void a_baseline_tells_what_changed_and_a_worse_build_is_exit_1(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT " run tests/scenarios/cases.lua -r unbound --quiet -o %s/same "
			   "--baseline %s/all",
		  d, d);
	put_wrapper("unbound-mute", "echo 'server: ede: no' >>unbound.conf", BECOMES_UNBOUND);
	ends_with(1,
		  SIGFAULT " run tests/scenarios/cases.lua -r unbound=%s/unbound-mute --quiet -o "
			   "%s/mute --baseline %s/all",
		  d, d, d);
	ends_with(1, SIGFAULT " report %s/mute | tr -s ' \\n' '  '; exit 1", d);
	assert_says("case bogus: misleads: was SERVFAIL ");
	assert_says(", is SERVFAIL");
	assert_says("3 worse, 0 with other codes or new, 5 as they were");
	ends_with(0, "xmllint --xpath 'count(//testcase/failure)' %s/mute/junit.xml", d);
	assert_says("3");
}

static void who_does_not_validate_is_another_mitigation(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT " run tests/scenarios/cases.lua -r unbound -m none,no-validation,nta "
			   "--quiet -o %s/open",
		  d);
	ends_with(0, "grep '^bogus,.*,unbound-no-validation,.*,NOERROR,0,' %s/open/ede-matrix.csv",
		  d);
	ends_with(0, "jq -r '.not_offered[].mitigation' %s/open/run.json", d);
	assert_string_equal(sh.out, "nta\n");
}

static void every_fault_of_the_catalogue_has_a_case_in_ede(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " plan ede >/dev/null");
	ends_with(0,
		  SIGFAULT " plan ede >%s/plan; for f in $(" SIGFAULT
			   " faults | sed -n 's/^  \\([^ ]*\\) .*/\\1/p'); do grep -q \": $f[,;]\" "
			   "%s/plan || echo missing $f; done",
		  folder(), folder());
	assert_string_equal(sh.out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_zone_is_validated_by_all),
		cmocka_unit_test(a_bogus_zone_is_servfail_and_answered_with_cd),
		cmocka_unit_test(a_dark_zone_is_servfail_or_silence_in_virtual_seconds),
		cmocka_unit_test(a_fault_counts_when_the_case_is_asked),
		cmocka_unit_test(codes_are_those_on_the_wire),
		cmocka_unit_test(the_log_has_each_question_twice),
		cmocka_unit_test(the_same_seed_gives_the_same_matrix),
		cmocka_unit_test(a_resolver_that_dies_makes_its_case_invalid_and_no_other),
		cmocka_unit_test(a_resolver_that_never_starts_is_not_tried_forever),
		cmocka_unit_test(a_baseline_tells_what_changed_and_a_worse_build_is_exit_1),
		cmocka_unit_test(who_does_not_validate_is_another_mitigation),
		cmocka_unit_test(every_fault_of_the_catalogue_has_a_case_in_ede),
	};

	return cmocka_run_group_tests(tests, run_all, NULL);
}
