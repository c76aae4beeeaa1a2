/* SPDX-License-Identifier: BSD-2-Clause */
/* Columns of the page's data, by bin. */

#include <math.h>
#include <stdlib.h>

#include "harness/report/html_column.h"
#include "tests/support/test.h"

static int64_t starts[] = { 0, 60, 180 };
static const struct curve curve = { .count = 3, .t = starts, .bin = 60 };

static char *text_of(const struct html_column *c)
{
	_cleanup_(json_decrefp) json_t *json = html_column_json(c);

	return json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
}

static void assert_json(const struct html_column *c, const char *want)
{
	_cleanup_(freep) char *text = text_of(c);

	assert_string_equal(text, want);
}

static void what_was_not_measured_is_null(void **state)
{
	_cleanup_(html_column_freep) struct html_column *c = html_column_new(&curve);

	(void)state;
	assert_false(html_column_has_any(c));
	assert_json(c, "[null,null,null]");
	html_column_add(c, 1, 5);
	html_column_add(c, 1, 2.5);
	assert_true(html_column_has_any(c));
	assert_json(c, "[null,7.5,null]");
}

static void a_column_that_stays_the_same_is_one_value(void **state)
{
	_cleanup_(html_column_freep) struct html_column *c = html_column_new(&curve);
	_cleanup_(json_decrefp) json_t *json = NULL;

	(void)state;
	html_column_fill(c);
	assert_json(c, "0");
	json = html_column_json(c);
	assert_float_equal(html_column_at(json, 2), 0, 0);
	html_column_add(c, 2, 1);
	assert_json(c, "[0,0,1]");
}

static void numbers_have_no_more_than_three_decimals(void **state)
{
	_cleanup_(html_column_freep) struct html_column *c = html_column_new(&curve);

	(void)state;
	html_column_fill(c);
	html_column_add(c, 0, 100);
	html_column_add(c, 1, 20);
	html_column_scale(c, 1.0 / 60);
	assert_json(c, "[1.667,0.333,0]");
}

static void a_bin_is_found_by_its_beginning_only(void **state)
{
	(void)state;
	assert_int_equal(html_column_bin(&curve, 0), 0);
	assert_int_equal(html_column_bin(&curve, 180), 2);
	assert_int_equal(html_column_bin(&curve, 120), 3);
	assert_int_equal(html_column_bin(&curve, 61), 3);
	assert_int_equal(html_column_bin(&curve, 240), 3);
}

static void a_value_that_is_not_there_is_no_number(void **state)
{
	_cleanup_(json_decrefp) json_t *json = json_pack("[n,i]", 4);

	(void)state;
	assert_true(isnan(html_column_at(json, 0)));
	assert_float_equal(html_column_at(json, 1), 4, 0);
	assert_true(isnan(html_column_at(json, 2)));
	assert_true(isnan(html_column_at(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_measured_is_null),
		cmocka_unit_test(a_column_that_stays_the_same_is_one_value),
		cmocka_unit_test(numbers_have_no_more_than_three_decimals),
		cmocka_unit_test(a_bin_is_found_by_its_beginning_only),
		cmocka_unit_test(a_value_that_is_not_there_is_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
