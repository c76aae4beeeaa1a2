/* SPDX-License-Identifier: BSD-2-Clause */

#include "harness/cell/repeat.h"
#include "tests/support/test.h"

static char text[REPEAT_TEXT];

static void a_plain_run_is_repeated_by_a_short_line(void **state)
{
	char unbound[] = "unbound", none[] = "none";
	const struct run_options o = { .scenario = "minute",
				       .resolvers = unbound,
				       .mitigations = none,
				       .scenario_options = { .seed = 1 } };

	(void)state;
	assert_string_equal(repeat_text(&o, 1, text),
			    "sigfault run minute -r unbound -m none --seed 1 --cell 1 -o again");
}

static void whatever_decides_a_run_stands_in_the_line(void **state)
{
	const char *const sets[] = { "rate=20", "name=two words" };
	const char *const files[] = { "mine.lua" };
	char resolvers[] = "unbound=./unbound,knot", mitigations[] = "none,nta";
	struct run_options o = { .scenario = "./my.lua",
				 .resolvers = resolvers,
				 .mitigations = mitigations,
				 .scenario_options = { .seed = 18446744073709551615u,
						       .sets = sets,
						       .set_count = 2,
						       .mitigation_files = files,
						       .mitigation_file_count = 1,
						       .bin = 10 * SECOND,
						       .has_charge = true,
						       .charge = 1.5 } };

	(void)state;
	assert_string_equal(repeat_text(&o, 3, text),
			    "sigfault run ./my.lua -r unbound=./unbound,knot -m none,nta --seed "
			    "18446744073709551615 --set rate=20 --set 'name=two words' "
			    "--mitigation-file mine.lua --charge-cpu=1.5 --bin 10s --cell 3 -o "
			    "again");
	o = (struct run_options){ .scenario = "minute",
				  .resolvers = resolvers,
				  .mitigations = mitigations,
				  .clock = CLOCK_SCALED,
				  .speed = 20 };
	assert_string_equal(repeat_text(&o, 2, text),
			    "sigfault run minute -r unbound=./unbound,knot -m none,nta --seed 0 "
			    "--clock x20 --cell 2 -o again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_run_is_repeated_by_a_short_line),
		cmocka_unit_test(whatever_decides_a_run_stands_in_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
