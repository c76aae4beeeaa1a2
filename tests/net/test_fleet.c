/* SPDX-License-Identifier: BSD-2-Clause */
/* Fleets of real resolvers: their caches run together and one by one, what is told is their sum, and
 * no cache's own start is seen in it. */
#include <math.h>
#include <stdio.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define FLEET "minute -r unbound -m none,nta --fleet 3"

static int make_run(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " run " FLEET " --quiet -o %s/run", folder());
	return 0;
}

static void caches_are_cells_with_numbers(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " run " FLEET " --list-cells 2>/dev/null | cut -f 1,4,5");
	assert_string_equal(sh.out, "1\tnone\tcache=1/3 age=0 ms\n2\tnone\tcache=2/3 age=7 s\n"
				    "3\tnone\tcache=3/3 age=15 s\n4\tnta\tcache=1/3 age=0 ms\n"
				    "5\tnta\tcache=2/3 age=7 s\n6\tnta\tcache=3/3 age=15 s\n");
}

static void
the_first_cache_is_the_cell_without_a_fleet_and_each_has_a_curve_of_its_own(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run minute -r unbound --quiet -o %s/plain", d);
	ends_with(0, "cmp %s/plain/unbound-none/curve.csv %s/run/unbound-none-cache-01/curve.csv",
		  d, d);
	ends_with(1,
		  "cmp -s %s/run/unbound-none-cache-02/curve.csv "
		  "%s/run/unbound-none-cache-03/curve.csv",
		  d, d);
}

static void the_sum_has_all_clients_and_is_what_is_expected_of(void **state)
{
	const char *d = folder();

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		static const char *const columns[] = { "queries", "servfail" };
		double all = cell_sum("run/unbound-none", columns[i], 0, EVER);

		for (unsigned n = 1; n <= 3; n++) {
			char cache[64];

			snprintf(cache, sizeof(cache), "run/unbound-none-cache-%02u", n);
			all -= cell_sum(cache, columns[i], 0, EVER);
		}
		assert_float_equal(all, 0, 0.5);
	}
	ends_with(0,
		  "jq -c '.matrix, (.cells[] | [.folder, .number, .valid, .caches, (.members | "
		  "length), "
		  "(.expectations | length), ([.members[].expectations[]] | length), "
		  "([.known[].verdict] | all(. == \"as known\"))])' %s/run/run.json",
		  d);
	assert_string_equal(sh.out, "[\"unbound-none\",\"unbound-nta\"]\n"
				    "[\"unbound-none\",1,true,3,3,3,0,true]\n"
				    "[\"unbound-nta\",2,true,3,3,2,0,true]\n");
}

static void the_report_draws_the_sum_between_its_single_caches(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " report %s/run", d);
	assert_says(", mitigation none, 3 caches together");
	assert_says("the least and the most SERVFAIL");
	ends_with(0,
		  "grep -o 'data-key=\"band/[a-z_]*\"' %s/run/report.html | sort | uniq -c | tr -s "
		  "' '",
		  d);
	assert_string_equal(sh.out, " 2 data-key=\"band/lower_quartile\"\n"
				    " 2 data-key=\"band/max\"\n 2 data-key=\"band/median\"\n"
				    " 2 data-key=\"band/min\"\n"
				    " 2 data-key=\"band/upper_quartile\"\n");
}

static void caches_that_ran_one_by_one_make_the_same_sum(void **state)
{
	const char *d = folder();

	(void)state;
	for (unsigned n = 1; n <= 6; n++)
		shell(&sh, SIGFAULT " run " FLEET " --quiet --cell %u -o %s/parts", n, d);
	ends_with(0, SIGFAULT " report %s/parts/cell-* -o %s/joined", d, d);
	for (unsigned i = 0; i < 6; i++) {
		static const char *const files[] = { "curve",	"ede",	  "upstream",
						     "metrics", "events", "band" };

		if (i != 3) /* CPU and memory are the machine's */
			ends_with(0, "cmp %s/run/unbound-nta/%s.csv %s/joined/unbound-nta/%s.csv",
				  d, files[i], d, files[i]);
	}
	ends_with(
		0,
		"for r in run joined; do jq -S '[.matrix, .cells[].expectations, "
		".cells[].known]' %s/$r/run.json >%s/$r.said; done; cmp %s/run.said %s/joined.said",
		d, d, d, d);
	ends_with(0, SIGFAULT " report %s/joined", d);
}

static void a_sum_without_all_caches_is_not_valid(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(4, "mkdir %s/tmp && TMPDIR=%s/tmp " SIGFAULT " report %s/parts/cell-[12456]", d,
		  d, d);
	assert_says("1 of 3 caches is missing");
	ends_with(4, SIGFAULT " report %s/plain %s/parts/cell-1", d, d);
	assert_does_not_say("No such file");
	ends_with(2, SIGFAULT " report %s/parts/cell-1 %s/parts/cell-1", d, d);
	assert_says("are the same cache");
	ends_with(0, "ls %s/tmp", d);
	assert_string_equal(sh.out, "");
}

static void a_baseline_is_held_against_the_sum(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run " FLEET " --quiet --baseline %s/run -o %s/same", d, d);
	ends_with(0, "jq -c '[.cells[] | [.thresholds[].held] | all]' %s/same/run.json", d);
	assert_string_equal(sh.out, "[true,true]\n");
	ends_with(2, SIGFAULT " run " FLEET " --baseline %s/run --cell 2 -o %s/one", d, d);
	assert_says("--baseline is held against the sum of a fleet");
}

static void a_cache_that_ended_takes_only_itself_out_of_the_sum(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "cp -r %s/parts %s/ended && jq '.cells[0] += { valid: false, code: -10, why: "
		  "\"the resolver ended\" }' %s/parts/cell-2/run.json >%s/ended/cell-2/run.json",
		  d, d, d, d);
	ends_with(4, SIGFAULT " report %s/ended/cell-* -o %s/without", d, d);
	ends_with(0, "jq -r '.cells[0].why' %s/without/run.json", d);
	assert_string_equal(sh.out, "1 of 3 caches is not valid: unbound-none-cache-02: the "
				    "resolver ended\n");
	assert_float_equal(cell_sum("without/unbound-none", "queries", 0, EVER),
			   cell_sum("run/unbound-none-cache-01", "queries", 0, EVER) +
				   cell_sum("run/unbound-none-cache-03", "queries", 0, EVER),
			   0.5);
}

static void of_several_resolvers_there_is_one_sum(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "{ cat scenarios/minute.lua; echo 'fleet { count = 4, ages = { to = \"1m\" }, "
		  "resolver = { unbound = 0.5, powerdns = 0.5 } }'; } >%s/mixed.lua",
		  d);
	ends_with(0, SIGFAULT " run %s/mixed.lua --quiet -o %s/mixed", d, d);
	ends_with(0,
		  "jq -c '.cells[] | [.folder, .resolver, .kind, .known, ([.members[].kind] | "
		  "sort)]' %s/mixed/run.json",
		  d);
	assert_string_equal(sh.out, "[\"powerdns+unbound-none\",\"powerdns+unbound\",\"\",[],"
				    "[\"powerdns\",\"powerdns\",\"unbound\",\"unbound\"]]\n");
}

/* SERVFAIL shares, bin by bin from 19:18 to 19:23, of a fleet that begins `offset` seconds after 19:14. */
#define BINS 30
static void ramp(unsigned caches, unsigned offset, double ret[BINS])
{
	char cell[64];

	snprintf(cell, sizeof(cell), "ramp-%u-%u/unbound-none", caches, offset);
	ends_with(0,
		  SIGFAULT " run tests/scenarios/ramp.lua -r unbound --fleet %u --set offset=%u "
			   "--quiet -o %s/ramp-%u-%u",
		  caches, offset, folder(), caches, offset);
	for (unsigned i = 0; i < BINS; i++)
		ret[i] = cell_share(cell, "servfail", 240 - offset + 10 * i, 250 - offset + 10 * i);
}

/* How far two fleets lie apart at most that begin half a step of their ages after one another, which
 * is as far out of phase as they can be. */
static double apart(unsigned caches, unsigned half_a_step)
{
	double one[BINS], other[BINS], most = 0;

	ramp(caches, 0, one);
	ramp(caches, half_a_step, other);
	for (unsigned i = 0; i < BINS; i++)
		most = fmax(most, fabs(one[i] - other[i]));
	return most;
}

/* The cliff is as high as all that is asked, so of N caches a start moves 1/N of it, and chance the rest. */
static void the_curve_of_twenty_caches_does_not_hang_on_when_they_began(void **state)
{
	(void)state;
	assert_true(apart(1, 120) > 0.9);
	assert_true(apart(4, 30) > 0.15);
	assert_true(apart(20, 30) < 0.08);
}

/* With the machine's Unbound: from 1.22 on stale answers come, and before it they do not. */
static void the_night_of_a_public_resolver_is_a_ramp(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run 1111-2026 -r unbound -m 1111 --fleet 4 --quiet -o %s/1111", d);
	ends_with(0,
		  "jq -r '.cells[] | (.expectations | length), .known[].text, .known[].verdict' "
		  "%s/1111/run.json",
		  d);
	assert_says("5\n");
	assert_says(" NOERROR ");
	assert_says("\nas known\n");
}

static void a_fleet_of_zero_is_exit_2(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(2, SIGFAULT " run minute --fleet 0");
	assert_says("--fleet: '0' is not from 1 to 500");
	ends_with(
		2,
		"{ cat scenarios/minute.lua; echo 'fleet { count = 0 }'; } >%s/zero.lua; " SIGFAULT
		" run %s/zero.lua",
		d, d);
	assert_says("zero.lua:");
	assert_says("count is 0, and must be a whole number from 1 to 500");
	ends_with(2, SIGFAULT " run ede --fleet 2");
	assert_says("a scenario with cases has none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caches_are_cells_with_numbers),
		cmocka_unit_test(
			the_first_cache_is_the_cell_without_a_fleet_and_each_has_a_curve_of_its_own),
		cmocka_unit_test(the_sum_has_all_clients_and_is_what_is_expected_of),
		cmocka_unit_test(the_report_draws_the_sum_between_its_single_caches),
		cmocka_unit_test(caches_that_ran_one_by_one_make_the_same_sum),
		cmocka_unit_test(a_sum_without_all_caches_is_not_valid),
		cmocka_unit_test(a_baseline_is_held_against_the_sum),
		cmocka_unit_test(a_cache_that_ended_takes_only_itself_out_of_the_sum),
		cmocka_unit_test(of_several_resolvers_there_is_one_sum),
		cmocka_unit_test(the_curve_of_twenty_caches_does_not_hang_on_when_they_began),
		cmocka_unit_test(the_night_of_a_public_resolver_is_a_ramp),
		cmocka_unit_test(a_fleet_of_zero_is_exit_2),
	};

	return cmocka_run_group_tests(tests, make_run, folder_remove);
}
