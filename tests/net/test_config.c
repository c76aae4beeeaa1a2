/* SPDX-License-Identifier: BSD-2-Clause */
/* A user's own configuration is run as it stands; what is laid over it is told, and so is what is wrong
 * in it, with his file and line. */
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define ISP "tests/data/config/isp"

static void what_cannot_hold_here_is_told_line_by_line(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " run minute -r unbound --config " ISP " --list-cells");
	assert_says("unbound.conf:3: interface: 0.0.0.0 -> ");
	assert_says("unbound.conf:8: chroot: /etc/unbound -> ");
	assert_says("tls-service-key: /etc/ssl/private/dns.key -> ");
	assert_says("private-address: fd00::/8 -> taken out");
	assert_says("forward-zone \"corp.example.\" to 10.20.30.40 -> taken out");
	assert_says("remote-control: -> ");
	assert_does_not_say("serve-expired");
	assert_does_not_say("198.18.2.1");
	assert_does_not_say("10.0.0.0/8 -> taken out");
}

static void what_cannot_be_run_is_one_sentence(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(2, SIGFAULT " run minute -r unbound --config " ISP "/unbound.conf --list-cells");
	assert_says("unbound.conf:55: '/etc/unbound/blocked.conf' is not there: name the folder");
	ends_with(2, SIGFAULT " run minute -r unbound,bind --config " ISP " --list-cells");
	assert_says("--config is for one kind of resolver");
	ends_with(2, SIGFAULT " run minute --config %s/nothing --list-cells", d);
	assert_says("No such file");
	ends_with(2, SIGFAULT " run minute --config %s --list-cells", d);
	assert_says("there is no 'unbound.conf' in this folder");
	ends_with(2, SIGFAULT " run minute --config " SIGFAULT " --list-cells");
	assert_says("is no configuration");
}

static void the_users_settings_hold_and_mitigations_are_laid_over_them(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("unbound");
	ends_with(0,
		  SIGFAULT " run minute -r unbound -m serve-stale --config " ISP
			   " --quiet -o %s/isp",
		  d);
	ends_with(
		0,
		"cd %s/isp/unbound-serve-stale && grep -c '^    cache-min-ttl: 5' resolver.conf && "
		"grep -c '^# sigfault:     tls-port: 853' resolver.conf && tail -20 resolver.conf "
		"| "
		"grep -c 'serve-expired-ttl: 86400'",
		d);
	assert_string_equal(sh.out, "1\n1\n1\n");
	ends_with(0, "jq -r '.cells[0].config | .path, (.overrides | length > 15)' %s/isp/run.json",
		  d);
	assert_string_equal(sh.out, ISP "\ntrue\n");
	ends_with(0, SIGFAULT " report %s/isp", d);
	assert_says("unbound runs with " ISP " as it stands, but for:");
}

static void an_error_in_it_is_told_with_its_file_and_line(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("unbound");
	ends_with(0,
		  "cp -r " ISP
		  " %s/bad && printf 'server:\\n  no-such-word: 3\\n' >%s/bad/blocked.conf",
		  d, d);
	ends_with(4, SIGFAULT " run minute -r unbound --config %s/bad --quiet -o %s/refused", d, d);
	ends_with(0, "jq -r '.cells[0].why' %s/refused/run.json | grep -c '/bad/blocked.conf:2: '",
		  d);
}

/* From 5.1 on its configuration is YAML, which cannot be laid over. */
static void of_powerdns_it_is_the_list_of_settings(void **state)
{
	const char *d = folder();
	bool has_yaml;

	(void)state;
	need_program("pdns_recursor");
	shell(&sh, "pdns_recursor --version 2>&1 | grep -qE 'Recursor (4|5\\.0)\\.'");
	has_yaml = sh.status != 0;
	ends_with(2,
		  "printf 'dnssec:\\n  validation: validate\\n' >%s/recursor.conf && " SIGFAULT
		  " run minute -r powerdns --config %s/recursor.conf --list-cells",
		  d, d);
	assert_says(has_yaml ? "YAML of PowerDNS 5.1" : "recursor.conf:1: settings as YAML");
	if (has_yaml)
		return;
	ends_with(0,
		  SIGFAULT " run minute -r powerdns -m nta,serve-stale --config " ISP
			   " -o %s/powerdns",
		  d);
	assert_says("forward-zones-recurse=.=9.9.9.9;149.112.112.112 -> taken out");
	ends_with(
		0,
		"jq -r '.cells[0].config | [.overrides[] | .place | split(\":\")[1]] | join(\" "
		"\")' %s/powerdns/run.json && "
		"grep -c '^serve-stale-extensions=' %s/powerdns/powerdns-serve-stale/resolver.conf",
		d, d);
	assert_string_equal(sh.out, "2 3 4 5 11 12 13 14\n1\n");
}

/* kresd's is a program. */
static void of_knot_it_is_a_program(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("kresd");
	ends_with(0, SIGFAULT " run minute -r knot -m nta --config " ISP " -o %s/knot", d);
	ends_with(0,
		  "jq -r '.cells[0].config | [.overrides[] | .place | split(\":\")[1]] | join(\" "
		  "\")' "
		  "%s/knot/run.json && grep -c '^-- sigfault: 	{ .9.9.9.9' "
		  "%s/knot/knot-nta/resolver.conf",
		  d, d);
	assert_string_equal(sh.out, "2 3 4 5 12\n1\n");
}

/* No statement may stand twice there: what cannot hold is blank, on as many lines. */
static void the_same_goes_for_bind(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("named");
	ends_with(2, SIGFAULT " run minute -r bind --config " ISP "/named.conf --list-cells");
	assert_says("named.conf:3: '/etc/bind/local.conf' is not there");
	ends_with(0, SIGFAULT " run minute -r bind -m nta --config " ISP " --quiet -o %s/bind", d);
	ends_with(0,
		  "jq -r '.cells[0].config | [.overrides[] | .place | split(\":\")[1]] | join(\" "
		  "\")' "
		  "%s/bind/run.json && grep -n 'minimal-responses' %s/bind/bind-nta/resolver.conf",
		  d, d);
	assert_string_equal(sh.out, "4 6 7 8 9 12 13 18 19 21 22\n16:\tminimal-responses yes;\n");
}

static void what_each_setting_saves_is_ranked(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("unbound");
	ends_with(2, SIGFAULT " run minute --ablate --list-cells");
	assert_says("name it with --config");
	ends_with(0,
		  "printf 'server:\n auto-trust-anchor-file: \"/x\"\n cache-max-ttl: 5\n prefetch: "
		  "no\n' >%s/three.conf && " SIGFAULT
		  " run minute -r unbound --config %s/three.conf --ablate -o %s/ablated",
		  d, d, d);
	assert_says("without cache-max-ttl");
	ends_with(0,
		  "cd %s/ablated && jq -r '.ablated[0].settings | map(.setting) | sort | "
		  "join(\" \")' run.json && "
		  "jq -r '.ablated[0] | .value - (.settings[] | .value - .difference) | fabs < "
		  "0.001' "
		  "run.json && "
		  "grep -h '^# sigfault:.*: [5n]' unbound-none-without=*/resolver.conf && "
		  "grep -c 'Which settings' summary.md report.html",
		  d);
	assert_string_equal(sh.out, "cache-max-ttl prefetch\ntrue\ntrue\n# sigfault:  "
				    "cache-max-ttl: 5\n# sigfault:  prefetch: "
				    "no\nsummary.md:1\nreport.html:1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_hold_here_is_told_line_by_line),
		cmocka_unit_test(what_cannot_be_run_is_one_sentence),
		cmocka_unit_test(the_users_settings_hold_and_mitigations_are_laid_over_them),
		cmocka_unit_test(of_powerdns_it_is_the_list_of_settings),
		cmocka_unit_test(of_knot_it_is_a_program),
		cmocka_unit_test(the_same_goes_for_bind),
		cmocka_unit_test(what_each_setting_saves_is_ranked),
		cmocka_unit_test(an_error_in_it_is_told_with_its_file_and_line),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
