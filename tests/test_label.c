/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/label.h"
#include "tests/support/test.h"

static void a_version_that_the_name_has_is_not_told_twice(void **state)
{
	(void)state;
	assert_string_equal(label_version("thing@1.26.2", "1.26.2"), "");
	assert_string_equal(label_version("thing@1.26.2+threads=4", "1.26.2"), "");
	assert_string_equal(label_version("thing-1.17.1", "1.17.1"), "");
	assert_string_equal(label_version("thing", "1.17.1"), "1.17.1");
	assert_string_equal(label_version("thing@trixie", "1.26.2"), "1.26.2");
	assert_string_equal(label_version("thing@1.26.20", "1.26.2"), "1.26.2");
	assert_string_equal(label_version("thing@11.26.2", "1.26.2"), "1.26.2");
	assert_string_equal(label_version("thing", ""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_that_the_name_has_is_not_told_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
