/* SPDX-License-Identifier: BSD-2-Clause */
/* What the clock library calls of itself is its own, whatever names a program's functions have. */
#include <stdio.h>

#define SUBJECT "namesake"
#include "tests/support/clocked.h"

static void a_function_of_the_programs_own_is_not_taken_for_the_librarys(void **state)
{
	struct outcome o = run_subject("", 0);

	(void)state;
	assert_string_equal(o.text, "pselect 3600\n");
	assert_int_equal(o.code, -ECHILD);
	assert_true(strstr(o.err.text, "exited with status 0") != NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_of_the_programs_own_is_not_taken_for_the_librarys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
