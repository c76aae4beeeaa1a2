/* SPDX-License-Identifier: BSD-2-Clause */
/* A user's own configuration is run as it stands; what is laid over it is told, and so is what is wrong
 * in it, with his file and line. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define ISP "tests/data/config/isp"
#define YAML "tests/data/config/yaml"
#define POWERDNS_YAML "Recursor (5\\.[1-9]|[6-9])"
#define KNOT_YAML "version [6-9]"

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

/* Whether an installed program says that it is of such a version. */
static bool is_here(const char *command, const char *pattern)
{
	shell(&sh, "%s --version 2>&1 | grep -qE '%s'", command, pattern);
	return sh.status == 0;
}

/* What -r takes for such a version: the installed one, or else one that has a name, of `versions` the
 * first. NULL: neither is here; where a test has to work one of a release that is made for it has to
 * (test_suite). */
static const char *find(const char *kind, const char *command, const char *pattern,
			const char *const *versions)
{
	static char choice[64];

	if (is_here(command, pattern))
		return kind;
	for (; *versions; versions++) {
		snprintf(choice, sizeof(choice), "%s@%s", kind, *versions);
		shell(&sh, SIGFAULT " run minute -r %s --list-cells", choice);
		if (sh.status == 0)
			return choice;
	}
	printf("not here: no %s that has YAML: 'sigfault resolvers add' fetches one\n", kind);
	return NULL;
}

static const char *find_powerdns(void)
{
	static const char *const versions[] = { "5.4", "5.2", "5", NULL };

	return find("powerdns", "pdns_recursor", POWERDNS_YAML, versions);
}

/* "FILE:LINE ..." of the first cell, and whether all are valid. */
static void told(const char *run, const char *lines)
{
	ends_with(0,
		  "jq -r '(.cells | all(.valid)), (.cells[0].config | [.overrides[] | .place | "
		  "split(\":\")[1]] | join(\" \"))' %s/%s/run.json",
		  folder(), run);
	if (strncmp(sh.out, "true\n", 5) || strncmp(sh.out + 5, lines, strlen(lines)))
		fail_msg("%s", sh.out);
}

/* Before 5.1 its configuration is a list of settings. */
static void of_powerdns_it_is_the_list_of_settings(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("pdns_recursor");
	if (is_here("pdns_recursor", POWERDNS_YAML)) {
		ends_with(2, SIGFAULT " run minute -r powerdns --config " ISP " --list-cells");
		assert_says(
			"recursor.conf: from 5.1 on it wants YAML, which 'rec_control show-yaml");
		return;
	}
	ends_with(2,
		  SIGFAULT " run minute -r powerdns --config " YAML "/recursor.yml --list-cells");
	assert_says("recursor.yml:2: settings as YAML are for version 5.1 and later");
	ends_with(0,
		  SIGFAULT " run minute -r powerdns -m nta,serve-stale --config " ISP
			   " -o %s/powerdns",
		  d);
	assert_says("forward-zones-recurse=.=9.9.9.9;149.112.112.112 -> taken out");
	told("powerdns", "2 3 4 5 11 12 13 14\n");
	ends_with(0, "grep '^serve-stale-' %s/powerdns/powerdns-serve-stale/resolver.conf", d);
	assert_string_equal(sh.out, "serve-stale-extensions=2880\n");
	ends_with(0,
		  SIGFAULT " run tests/scenarios/brief.lua -r powerdns:threads=3 --config " ISP
			   " --quiet -o %s/threads",
		  d);
	ends_with(0, "grep '^threads=' %s/threads/*/resolver.conf | tail -1", d);
	assert_string_equal(sh.out, "threads=3\n");
}

/* With a setting that the file does not have, one that has no line of its own, and the one that makes
 * failures short (packetcache.servfail_ttl of the included file). */
static void of_powerdns_it_is_yaml(void **state)
{
	const char *d = folder(), *choice;

	(void)state;
	choice = find_powerdns();
	if (!choice)
		skip();
	ends_with(0,
		  SIGFAULT " run minute -r %s -m none,nta,serve-stale --config " YAML
			   " --quiet -o %s/yaml",
		  choice, d);
	told("yaml", "3 6 7 9 10 11 12 13 17 21 26 31 34 5\n");
	ends_with(0, SIGFAULT " report %s/yaml", d);
	assert_says("runs with " YAML " as it stands, but for:");
	ends_with(0, SIGFAULT " run minute -r %s --config " YAML " --list-cells", choice);
	assert_says(YAML "/recursor.yml:9: chroot: /var/lib/powerdns -> none");
	ends_with(0,
		  "cd %s/yaml && cat powerdns*-none/resolver.conf | grep -c '^  validation: "
		  "validate # "
		  "as the regulator wants' && cat powerdns*-none/resolver.conf | grep -c "
		  "'^# sigfault:     - 9.9.9.9:853'",
		  d);
	assert_string_equal(sh.out, "1\n1\n");
	ends_with(0,
		  "printf 'recursor:\n  threads: 1\noutgoing:\n  max_qpery: 3\n' >%s/bad.yml && "
		  "printf 'recursor:\n  include_dir: /etc/nowhere\n' >%s/absent.yml && "
		  "printf 'recursor: [\n' >%s/none.yml",
		  d, d, d);
	ends_with(4, SIGFAULT " run minute -r %s --config %s/bad.yml --quiet -o %s/refused5",
		  choice, d, d);
	ends_with(0, "jq -r '.cells[0].why' %s/refused5/run.json", d);
	assert_says("/bad.yml:4: outgoing: unknown field `max_qpery`");
	ends_with(2, SIGFAULT " run minute -r %s --config %s/absent.yml --list-cells", choice, d);
	assert_says("absent.yml:2: '/etc/nowhere' is not there: name the folder");
	ends_with(2, SIGFAULT " run minute -r %s --config %s/none.yml --list-cells", choice, d);
	assert_says("none.yml:2: did not find expected");
}

/* What it sets in the included file shows: bad answers are kept for less. */
static void a_setting_of_yaml_is_taken_out(void **state)
{
	const char *d = folder(), *choice;

	(void)state;
	choice = find_powerdns();
	if (!choice)
		skip();
	ends_with(0,
		  "printf 'packetcache: { servfail_ttl: 1, negative_ttl: 60 }\n' >%s/two.yml "
		  "&& " SIGFAULT " run minute -r %s --config %s/two.yml --ablate --quiet -o %s/two",
		  d, choice, d, d);
	ends_with(0,
		  "cd %s/two && jq -r '.ablated[0].settings | map(.setting) | join(\" \")' "
		  "run.json && "
		  "jq -r '.ablated[0].settings[0].difference > 0' run.json && cat "
		  "powerdns*without=packetcache.servfail_ttl/resolver.conf",
		  d);
	assert_string_equal(sh.out, "packetcache.servfail_ttl packetcache.negative_ttl\ntrue\n"
				    "packetcache: {                  negative_ttl: 60 }\n");
}

static void of_knot_it_is_yaml(void **state)
{
	static const char *const versions[] = { "6", NULL };
	const char *d = folder(), *choice;

	(void)state;
	choice = find("knot", "kresd", KNOT_YAML, versions);
	if (!choice)
		skip();
	ends_with(0,
		  SIGFAULT " run minute -r %s -m none,nta,serve-stale,long-ttls --config " YAML
			   " --quiet -o %s/yaml6",
		  choice, d);
	ends_with(0,
		  "cd %s/yaml6 && jq -r '.cells | all(.valid)' run.json && "
		  "cat knot*-none/resolver.log | grep -c 'here is the provider' && "
		  "grep -h 'ttl-max' knot*-none/resolver.conf knot*-long-ttls/resolver.conf && "
		  "grep -ho 'file: .*file-1.' knot*-none/resolver.conf",
		  d);
	assert_string_equal(sh.out, "true\n1\n  ttl-max: 60s\n# sigfault:   ttl-max: 60s\nfile: "
				    "'file-1'\n");
	ends_with(0, SIGFAULT " run minute -r %s --config " YAML " --list-cells", choice);
	assert_says("config.yaml:19: subtree: . -> taken out: no such server");
	assert_says("config.yaml:10: tls: -> taken out");
	ends_with(2, SIGFAULT " run minute -r %s --config " YAML "/config.yaml --list-cells",
		  choice);
	assert_says("config.yaml:29: '/etc/knot-resolver/blocked.rpz' is not there");
	ends_with(0, "printf 'workers: 2\noptions:\n  serve-stale: 3\n' >%s/bad.yaml", d);
	ends_with(4, SIGFAULT " run minute -r %s --config %s/bad.yaml --quiet -o %s/refused6",
		  choice, d, d);
	ends_with(0, "jq -r '.cells[0].why' %s/refused6/run.json", d);
	assert_says("/bad.yaml:3: [/options/serve-stale] expected bool");
}

/* kresd's is a program. */
static void of_knot_it_is_a_program(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("kresd");
	if (is_here("kresd", KNOT_YAML)) {
		ends_with(2, SIGFAULT " run minute -r knot --config " ISP " --list-cells");
		assert_says(
			"kresd.conf:1: no settings, but a text alone (Knot Resolver 6 wants YAML)");
		return;
	}
	ends_with(2, SIGFAULT " run minute -r knot --config " YAML "/config.yaml --list-cells");
	assert_says("config.yaml: Knot Resolver 5 wants kresd.conf, in Lua");
	ends_with(0, SIGFAULT " run minute -r knot -m nta --config " ISP " -o %s/knot", d);
	told("knot", "2 3 4 5 12\n");
	ends_with(0, "grep -c '^-- sigfault: 	{ .9.9.9.9' %s/knot/knot-nta/resolver.conf", d);
}

/* No statement may stand twice there: what cannot hold is blank, on as many lines. */
/* Each view has this world's root; an operator's anchor takes hold in all of them. */
static void views_of_bind_stand_as_they_are(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("named");
	ends_with(0,
		  SIGFAULT " run minute -r bind -m none,nta --config tests/data/config/views "
			   "--quiet -o %s/views",
		  d);
	told("views", "4 7 14 15 19\n");
	ends_with(
		0,
		"grep -c 'view .* {' %s/views/bind-nta/resolver.conf && grep -c "
		"'zone \".\" { type hint; file \"root.hints\"; };' %s/views/bind-nta/resolver.conf",
		d, d);
	assert_string_equal(sh.out, "2\n2\n");
	assert_float_equal(cell_sum("views/bind-nta", "servfail", 100, 120), 0, 0.5);
	assert_true(cell_sum("views/bind-none", "servfail", 100, 120) > 50);
}

static void the_same_goes_for_bind(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("named");
	ends_with(2, SIGFAULT " run minute -r bind --config " ISP "/named.conf --list-cells");
	assert_says("named.conf:3: '/etc/bind/local.conf' is not there");
	ends_with(0, SIGFAULT " run minute -r bind -m nta --config " ISP " --quiet -o %s/bind", d);
	told("bind", "4 6 7 8 9 12 13 18 19 21 22\n");
	ends_with(0, "grep -n 'minimal-responses' %s/bind/bind-nta/resolver.conf", d);
	assert_string_equal(sh.out, "16:\tminimal-responses yes;\n");
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
		cmocka_unit_test(of_powerdns_it_is_yaml),
		cmocka_unit_test(a_setting_of_yaml_is_taken_out),
		cmocka_unit_test(of_knot_it_is_a_program),
		cmocka_unit_test(of_knot_it_is_yaml),
		cmocka_unit_test(views_of_bind_stand_as_they_are),
		cmocka_unit_test(the_same_goes_for_bind),
		cmocka_unit_test(what_each_setting_saves_is_ranked),
		cmocka_unit_test(an_error_in_it_is_told_with_its_file_and_line),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
