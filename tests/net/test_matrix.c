/* SPDX-License-Identifier: BSD-2-Clause */
/* Many cells: which there are, that they run one by one anywhere and make one report, and that a
 * bad one costs only itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/unbound.h"

#define MATRIX "minute -r unbound,knot -m none,serve-stale-now,nta"

/* ---- which cells there are ---- */

static void the_list_of_cells_is_for_programs(void **state)
{
	(void)state;
	ends_with(0,
		  SIGFAULT " run " MATRIX
			   " --list-cells 2>/dev/null | awk -F'\t' '{ print NF, $1, $2, $4, $3 ~ "
			   "/^[0-9]+\\./ }'");
	assert_string_equal(sh.out,
			    "4 1 unbound none 1\n4 2 knot none 1\n4 3 unbound serve-stale-now 1\n"
			    "4 4 unbound nta 1\n4 5 knot nta 1\n");
}

static void listing_cells_starts_nothing_and_writes_nothing(void **state)
{
	(void)state;
	ends_with(0,
		  "here=$PWD && mkdir %s/bare && cd %s/bare && $here/" SIGFAULT " run " MATRIX
		  " --list-cells >/dev/null 2>&1 && ls -A",
		  folder(), folder());
	assert_string_equal(sh.out, "");
}

static void what_a_resolver_does_not_offer_leaves_its_cell_out(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run minute -r knot -m serve-stale-now,none --quiet -o %s/lacks", d);
	assert_says("left out: knot-serve-stale-now: ");
	ends_with(0,
		  "jq -r '.matrix[], .cells[].folder, (.not_offered[] | .resolver, .mitigation, "
		  "(.why | "
		  "length > 0))' %s/lacks/run.json",
		  d);
	assert_string_equal(sh.out, "knot-none\nknot-none\nknot\nserve-stale-now\ntrue\n");
	ends_with(0, SIGFAULT " report %s/lacks", d);
	assert_says("serve-stale-now is not offered by knot");
}

static void a_matrix_without_a_cell_or_with_a_typing_error_is_exit_2(void **state)
{
	(void)state;
	ends_with(2, SIGFAULT " run minute -r knot -m serve-stale-now --list-cells");
	assert_says("no cell is left: ");
	ends_with(2, SIGFAULT " run minute -m none,nosuchmitigation --list-cells");
	assert_says("nosuchmitigation");
	ends_with(2, SIGFAULT " run minute -m none,none --list-cells");
	assert_says("asked for twice");
	ends_with(2, SIGFAULT " run minute --cell 2 -o %s/no", folder());
	assert_says("there is no cell 2: they are 1 to 1");
	ends_with(2, SIGFAULT " run minute --cell 1");
	assert_says("--cell wants -o DIR");
	ends_with(2, SIGFAULT " run minute --cell 0 -o %s/no", folder());
	ends_with(1, "test -e %s/no", folder());
}

static void all_stands_for_whatever_one_of_them_offers(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT
		  " run minute -r knot,unbound -m all --list-cells 2>/dev/null | cut -f 2,4");
	assert_int_equal(strncmp(sh.out, "knot\tnone\nunbound\tnone\n", 23), 0);
	assert_says("\nunbound\tserve-stale-now\n");
	assert_says("\nunbound\tnta\n");
	assert_null(strstr(sh.out, "knot\tserve-stale-now\n"));
}

/* ---- one by one, and together again ---- */

#define SPLIT "minute -r unbound -m none,nta,serve-stale-now"

static void cells_that_ran_one_by_one_make_the_report_of_the_whole(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run " SPLIT " --quiet -o %s/whole", d);
	ends_with(0,
		  "(" SIGFAULT " run " SPLIT " --quiet --cell 3 -o %s/cells & a=$!; " SIGFAULT
		  " run " SPLIT " --quiet --cell 1 -o %s/cells & b=$!; " SIGFAULT " run " SPLIT
		  " --quiet --cell 2 -o %s/cells && wait $a && wait $b)",
		  d, d, d);
	for (int n = 1; n <= 3; n++)
		ends_with(0,
			  "cell=$(jq -r '.cells[0].folder' %s/cells/cell-%d/run.json) && cmp "
			  "%s/cells/cell-%d/$cell/curve.csv %s/whole/$cell/curve.csv",
			  d, n, d, n, d);
	ends_with(0,
		  SIGFAULT " report -o %s/merged %s/cells/cell-3 %s/cells/cell-1 %s/cells/cell-2",
		  d, d, d, d);
	ends_with(0,
		  "grep '^###* ' %s/merged/summary.md >%s/one; grep '^###* ' %s/whole/summary.md | "
		  "diff %s/one -",
		  d, d, d, d);
	ends_with(0, "grep -c '^### unbound' %s/one", d);
	assert_string_equal(sh.out, "3\n");
	ends_with(0, "ls %s/merged", d);
	assert_string_equal(sh.out, "compare.csv\njunit.xml\nreport.html\nsummary.md\n");
}

/* The anchor that comes at 5 s is held against that one, and not against the one at 45 s. */
static const char same_as_alone[] =
	"cd %s && for f in upstream.pcap clients.pcap curve.csv; do cmp "
	"%s/bind-none/$f alone/bind-none/$f || exit 1; done";

/* What another cell has signed is taken from it, and has the bytes that it would have had. */
static void cells_share_signatures_and_each_is_as_it_is_alone(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run minute -r unbound,bind --jobs 1 --pcap --quiet -o %s/shared",
		  d);
	ends_with(0, SIGFAULT " run minute -r bind --pcap --quiet -o %s/alone", d);
	ends_with(0,
		  "jq '.cells[].signatures.shared > 20, .cells[0].signatures.made > 20' "
		  "%s/shared/run.json",
		  d);
	assert_string_equal(sh.out, "false\ntrue\ntrue\n");
	ends_with(0, "jq '.cells[].signatures' %s/alone/run.json", d);
	assert_string_equal(sh.out, "null\n");
	ends_with(0, same_as_alone, d, "shared");
}

/* What an earlier run made is taken out of a file, as far as it is whole, and changes nothing. */
static void runs_share_signatures_by_a_file(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run minute -r bind --pcap --quiet --signatures %s/kept -o %s/cold",
		  d, d);
	ends_with(0, same_as_alone, d, "cold");
	ends_with(0, "cp %s/kept %s/cut && truncate -s -30000 %s/cut", d, d, d);
	ends_with(0, SIGFAULT " run minute -r bind --pcap --quiet --signatures %s/kept -o %s/warm",
		  d, d);
	ends_with(0, same_as_alone, d, "warm");
	ends_with(0, "jq -c '.cells[].signatures | .made, .shared, .kept > 1000' %s/warm/run.json",
		  d);
	assert_string_equal(sh.out, "0\n0\ntrue\n");
	ends_with(0, SIGFAULT " run minute -r bind --pcap --quiet --signatures %s/cut -o %s/mended",
		  d, d);
	ends_with(0, same_as_alone, d, "mended");
	ends_with(0,
		  "jq -c '.cells[].signatures | .made > 100, .kept > 100' %s/mended/run.json && "
		  "[ $(stat -c %%s %s/cut) = $(stat -c %%s %s/kept) ]",
		  d, d, d);
	assert_string_equal(sh.out, "true\ntrue\n");
	ends_with(2, SIGFAULT " run minute --signatures %s/cold/run.json -o %s/no", d, d);
	assert_says("run.json': it is no file of signatures, or of another version");
	ends_with(2, SIGFAULT " run minute --signatures /dev/zero -o %s/no", d);
	assert_says("'/dev/zero' is no plain file");
	ends_with(1, "test -e %s/no", d);
}

static void a_cell_of_a_sweep_runs_alone_and_is_held_against_its_own_value(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run minute -r bind -m nta --sweep nta=5s,45s --quiet -o %s/swept",
		  d);
	ends_with(0,
		  SIGFAULT " run minute -r bind -m nta --sweep nta=5s,45s --quiet --cell 1 "
			   "--baseline %s/swept -o %s/alone",
		  d, d);
	ends_with(0,
		  "cmp %s/swept/bind-nta=5s/curve.csv %s/alone/cell-1/bind-nta=5s/curve.csv && "
		  "grep -c '65,.*,operator,nta' %s/swept/bind-nta=5s/events.csv",
		  d, d, d);
	ends_with(2,
		  SIGFAULT " run minute -r bind -m nta --sweep nta=6s --quiet --baseline %s/swept "
			   "-o %s/none",
		  d, d);
	assert_says("has no cell, or several, for 'bind-nta=6s'");
	ends_with(0, SIGFAULT " report %s/swept", d);
	assert_says(
		"bind, nta, user-minutes lost, as measured: from 19:19:05 to 19:19:45 each ten");
}

static void a_cell_that_nobody_brought_is_named_and_exit_4(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(4, SIGFAULT " report %s/cells/cell-1 %s/cells/cell-3", d, d);
	assert_says("1 of 3 cells is missing: 2 (unbound-nta)");
}

static void a_cell_does_not_write_over_what_is_there(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(2, SIGFAULT " run " SPLIT " --quiet --cell 1 -o %s/cells", d);
	assert_says("is there already");
}

static void other_runs_are_told_apart_and_other_scenarios_refused(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run minute --seed 2 --set rate=10 --quiet -o %s/second", d);
	ends_with(0, SIGFAULT " report %s/whole %s/second", d, d);
	assert_says("these runs differ in seed: 1 (whole), 2 (second)");
	assert_says("these runs differ in rate: 20 (whole), 10 (second)");
	assert_says("second/unbound-none");
	assert_says("whole/unbound-none");
	assert_null(strstr(sh.out, "whole/unbound-nta"));
	ends_with(0, SIGFAULT " run tests/scenarios/brief.lua --quiet -o %s/brief", d);
	ends_with(2, SIGFAULT " report -o %s/none %s/whole %s/brief", d, d, d);
	assert_says("cannot be compared: they differ in 'scenario'");
}

static void a_report_ends_as_the_worst_of_its_cells(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(1, SIGFAULT " run tests/scenarios/disappointed.lua --quiet -o %s/bad", d);
	ends_with(1, SIGFAULT " report %s/bad", d);
	ends_with(4, SIGFAULT " run tests/scenarios/unseen.lua --quiet -o %s/unseen", d);
	ends_with(4, SIGFAULT " report %s/unseen", d);
}

/* What a cell need not have is no error, and nothing is said of it beside what did not hold. */
static void a_run_whose_hopes_fail_complains_of_nothing_else(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, "printf 'server:\\n\\tserve-expired: yes\\n' >%s/stale.conf", d);
	ends_with(1,
		  "(" SIGFAULT
		  " run tests/scenarios/disappointed.lua -r unbound --config %s/stale.conf "
		  "--ablate --quiet -o %s/ablated >%s/out 2>%s/complaints)",
		  d, d, d, d);
	ends_with(0, "cat %s/complaints", d);
	assert_string_equal(sh.out, "");
}

/* ---- a bad one among good ones ---- */

static void a_resolver_that_refuses_dies_or_hangs_costs_its_own_cell_only(void **state)
{
	const char *d = folder();

	(void)state;
	put_unbound_driver("refuses", "frobnicate: yes", UNBOUND_STARTS, DOES_NOTHING);
	put_unbound_driver("hangs", "", "{ '/bin/sleep', '1000' }", DOES_NOTHING);
	put_unbound_driver("dies", "", UNBOUND_STARTS,
			   "{ '/bin/sh', '-c', 'kill -SEGV $(cat pid)' }");
	put_unbound_driver("lives", "", UNBOUND_STARTS, DOES_NOTHING);
	ends_with(4,
		  SIGFAULT " run minute -r "
			   "%s/refuses.lua,%s/hangs.lua,%s/dies.lua,%s/lives.lua,unbound -m nta "
			   "--quiet -o %s/mixed",
		  d, d, d, d, d);
	assert_says("refuses-nta: the resolver exited with status 1");
	assert_says("unknown keyword 'frobnicate'");
	assert_says("hangs-nta: the resolver did not answer");
	assert_says("dies-nta: ");
	assert_says("signal 11");
	ends_with(0, "jq -r '.cells[] | \"\\(.folder) \\(.valid)\"' %s/mixed/run.json", d);
	assert_string_equal(sh.out,
			    "refuses-nta false\nhangs-nta false\ndies-nta false\nlives-nta true\n"
			    "unbound-nta true\n");
	ends_with(4, SIGFAULT " report %s/mixed", d);
	assert_says("the resolver exited with status 1");
	assert_says("the resolver did not answer");
	assert_says("signal 11");
	ends_with(0, "tail -1 %s/mixed/unbound-nta/curve.csv", d);
	assert_int_equal(strncmp(sh.out, "170,", 4), 0);
	ends_with(0, "tail -1 %s/mixed/dies-nta/curve.csv", d);
	assert_true(atoi(sh.out) > 0 && atoi(sh.out) < 100);
}

static const char *const shipped[][2] = { { "unbound", "unbound" },
					  { "bind", "named" },
					  { "knot", "kresd" },
					  { "powerdns", "pdns_recursor" } };

#define SHIPPED (sizeof(shipped) / sizeof(shipped[0]))

static void each_shipped_resolver_that_refuses_its_configuration_costs_its_own_cell(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "printf 'mitigation(\"broken\", { about = \"refused\", like = \"none\", settings "
		  "= { unbound = \"frobnicate: yes\", bind = \"frobnicate yes;\", knot = "
		  "\"frobnicate()\", powerdns = \"frobnicate=yes\" } })\n' >%s/broken.lua",
		  d);
	ends_with(4,
		  SIGFAULT " run minute -r unbound,bind,knot,powerdns -m broken,none --quiet "
			   "--mitigation-file %s/broken.lua -o %s/broken",
		  d, d);
	for (size_t i = 0; i < SHIPPED; i++) {
		ends_with(0,
			  "jq -r '.cells[] | select(.folder == \"%s-broken\") | \"\\(.valid) "
			  "\\(.why)\"' %s/broken/run.json",
			  shipped[i][0], d);
		assert_says("false the resolver exited with status");
		ends_with(0, "grep -qi frobnicate %s/broken/%s-broken/resolver.log", d,
			  shipped[i][0]);
		ends_with(0,
			  "jq -e '.cells[] | select(.folder == \"%s-none\") | .valid' "
			  "%s/broken/run.json",
			  shipped[i][0], d);
	}
}

/* Four cells whose resolver's wrapper sends it a signal after a moment, and a fifth that nothing
 * happens to: it alone is valid, and the four say why. With so many queries none has ended by then,
 * however fast the machine. */
static void want_own_cells(const char *name, const char *signal, const char *why)
{
	const char *d = folder();

	for (size_t i = 0; i < SHIPPED; i++)
		ends_with(0,
			  "mkdir -p %s/%s && printf '#!/bin/sh\n(sleep 0.3; kill -%s $$) &\n"
			  "exec %%s \"$@\"\n' \"$(PATH=$PATH:/usr/sbin; command -v %s)\" "
			  ">%s/%s/%s && chmod +x %s/%s/%s",
			  d, name, signal, shipped[i][1], d, name, shipped[i][1], d, name,
			  shipped[i][1]);
	ends_with(4,
		  SIGFAULT
		  " run minute --set rate=400 -r unbound=%s/%s/unbound,bind=%s/%s/named,knot=%s/%s/"
		  "kresd,powerdns=%s/%s/pdns_recursor,unbound --quiet -o %s/%s.run",
		  d, name, d, name, d, name, d, name, d, name);
	ends_with(0,
		  "jq -r '[.cells[] | select(.valid | not) | .why | select(test(\"%s\"))] | "
		  "length' %s/%s.run/run.json",
		  why, d, name);
	if (strncmp(sh.out, "4\n", 2) != 0)
		ends_with(99, "jq -r '.cells[].why' %s/%s.run/run.json", d, name);
	ends_with(0, "jq -r '.cells[-1].valid' %s/%s.run/run.json", d, name);
	assert_string_equal(sh.out, "true\n");
}

static void each_shipped_resolver_that_dies_costs_its_own_cell(void **state)
{
	(void)state;
	want_own_cells("dying", "SEGV", "signal 11");
}

static void each_shipped_resolver_that_hangs_costs_its_own_cell(void **state)
{
	(void)state;
	/* It may be stopped in the midst of a control command. */
	want_own_cells("hanging", "STOP", "does not come to rest|has not ended within");
}

/* A program that would run with another group's rights has none of them in the sandbox, and the
 * library is loaded into it. */
static void what_its_driver_says_cannot_be_preloaded_runs_in_real_time(void **state)
{
	const char *d = folder();

	(void)state;
	need_root();
	ends_with(0,
		  "mkdir -p %s/setgid && cp $(PATH=$PATH:/usr/sbin; command -v unbound) "
		  "%s/setgid/unbound && chgrp "
		  "nogroup %s/setgid/unbound && chmod 2755 %s/setgid/unbound",
		  d, d, d, d);
	put_unbound_driver("says", "", UNBOUND_STARTS, DOES_NOTHING);
	ends_with(0, "sed -i \"s/^return {/return { clock = 'real',/\" %s/says.lua", d);
	ends_with(0,
		  SIGFAULT " run tests/scenarios/brief.lua -r "
			   "unbound=%s/setgid/unbound,%s/says.lua,unbound --jobs 3 "
			   "--set last=+6s --quiet -o %s/real",
		  d, d, d);
	assert_says("says-none: its driver says that it cannot be preloaded: its cell runs in real "
		    "time, 6 s");
	assert_true(sh.wall > 6);
	ends_with(0, "jq -r '.clock, (.cells[] | .clock, .valid)' %s/real/run.json", d);
	assert_string_equal(sh.out, "virtual\nvirtual\ntrue\nreal\ntrue\nvirtual\ntrue\n");
	ends_with(0, SIGFAULT " report %s/real", d);
	assert_says("ran with clock real: its driver says");
	assert_says("\nclock  ");
	ends_with(0, "grep -c 'ran with clock real' %s/real/summary.md", d);
	assert_string_equal(sh.out, "1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_of_cells_is_for_programs),
		cmocka_unit_test(listing_cells_starts_nothing_and_writes_nothing),
		cmocka_unit_test(what_a_resolver_does_not_offer_leaves_its_cell_out),
		cmocka_unit_test(a_matrix_without_a_cell_or_with_a_typing_error_is_exit_2),
		cmocka_unit_test(all_stands_for_whatever_one_of_them_offers),
		cmocka_unit_test(cells_that_ran_one_by_one_make_the_report_of_the_whole),
		cmocka_unit_test(cells_share_signatures_and_each_is_as_it_is_alone),
		cmocka_unit_test(runs_share_signatures_by_a_file),
		cmocka_unit_test(a_cell_of_a_sweep_runs_alone_and_is_held_against_its_own_value),
		cmocka_unit_test(a_cell_that_nobody_brought_is_named_and_exit_4),
		cmocka_unit_test(a_cell_does_not_write_over_what_is_there),
		cmocka_unit_test(other_runs_are_told_apart_and_other_scenarios_refused),
		cmocka_unit_test(a_report_ends_as_the_worst_of_its_cells),
		cmocka_unit_test(a_run_whose_hopes_fail_complains_of_nothing_else),
		cmocka_unit_test(a_resolver_that_refuses_dies_or_hangs_costs_its_own_cell_only),
		cmocka_unit_test(
			each_shipped_resolver_that_refuses_its_configuration_costs_its_own_cell),
		cmocka_unit_test(each_shipped_resolver_that_dies_costs_its_own_cell),
		cmocka_unit_test(each_shipped_resolver_that_hangs_costs_its_own_cell),
		cmocka_unit_test(what_its_driver_says_cannot_be_preloaded_runs_in_real_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
