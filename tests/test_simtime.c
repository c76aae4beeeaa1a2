/* SPDX-License-Identifier: BSD-2-Clause */
/* Instants that 64 bits of nanoseconds reach, and what becomes of others. */
#include <errno.h>
#include <string.h>

#include "sim/base/simtime.h"
#include "tests/support/test.h"

static void instants_are_those_of_the_years_1678_to_2261(void **state)
{
	static const char *const within[] = { "1678-01-01", "1969-12-31T23:59:59Z",
					      "2261-12-31T23:59:59Z" };
	static const char *const beyond[] = {
		"1677-12-31T23:59:59Z", "0001-01-01",	     "1600-02-29", "2262-01-01",
		"2400-02-29",		"3026-01-01T00:00Z", "9999-12-31"
	};
	struct err e;
	char text[32];
	simtime t;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(simtime_parse(within[i], &t, &e), 0);
		assert_memory_equal(simtime_text(t, text), within[i], 10);
	}
	for (unsigned i = 0; i < 7; i++) {
		assert_int_equal(simtime_parse(beyond[i], &t, &e), -EINVAL);
		assert_non_null(strstr(e.text, "is not in the years 1678 to 2261"));
	}
	assert_int_equal(simtime_parse("2261-12-31T23:00Z", &t, &e), 0);
	assert_int_equal(simtime_parse_after("22:00", t, &t, &e), -EINVAL);
}

static void durations_are_decimal_numbers_with_a_unit(void **state)
{
	static const char *const wrong[] = { " 5s",  "-5s",  "+5s",  "0x10s",  "1e3s",
					     "infs", "nans", "5 5s", "s",      ".s",
					     "5",    "5 x",  "",     "1.2.3s", "99999999999d" };
	struct err e;
	simtime t;

	(void)state;
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (!simtime_parse_duration(wrong[i], &t, &e))
			fail_msg("'%s' was taken", wrong[i]);
	assert_int_equal(simtime_parse_duration("1.5 h", &t, &e), 0);
	assert_true(t == 90 * MINUTE);
	assert_int_equal(simtime_parse_duration("010s", &t, &e), 0);
	assert_true(t == 10 * SECOND);
}

static void sums_stay_at_the_end_of_what_there_is(void **state)
{
	(void)state;
	assert_int_equal(simtime_plus(5, 6), 11);
	assert_true(simtime_plus(INT64_MAX - 1, 2) == INT64_MAX);
	assert_true(simtime_plus(INT64_MIN + 1, -2) == INT64_MIN);
	assert_true(simtime_of_seconds(1.5) == 1500 * MSEC);
	assert_true(simtime_of_seconds(1e300) == INT64_MAX);
	assert_true(simtime_of_seconds(-1e300) == INT64_MIN);
	assert_true(simtime_of_seconds(0.0 / 0.0) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instants_are_those_of_the_years_1678_to_2261),
		cmocka_unit_test(durations_are_decimal_numbers_with_a_unit),
		cmocka_unit_test(sums_stay_at_the_end_of_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
