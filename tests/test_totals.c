/* SPDX-License-Identifier: BSD-2-Clause */
/* `tests/run` reads the totals of either cmocka: from 2.0 on they say of what they are. */
#include <stdio.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* A program that says what cmocka does when of twelve tests two fail and one is skipped. */
static const char *totals(const char *name, const char *of)
{
	return folder_program(name,
			      "#!/bin/sh\n"
			      "echo '[==========] %s12 test(s) run.'\n"
			      "echo '[  PASSED  ] 9 test(s).'\n"
			      "echo '[  SKIPPED ] %s1 test(s), listed below:'\n"
			      "echo '[  SKIPPED ] a_name'\n"
			      "echo '[  FAILED  ] %s2 test(s), listed below:'\n"
			      "echo '[  FAILED  ] another_name'\n"
			      "exit 2\n",
			      of, of, of);
}

static void totals_of_either_cmocka_are_added_up(void **state)
{
	const char *old = totals("one", ""), *new = totals("two", "tests: ");

	(void)state;
	ends_with(1, "tests/run -- %s %s --", old, new);
	assert_says("[==========] 24 test(s) run.\n[  SKIPPED ] 2 test(s).\n"
		    "[  PASSED  ] 18 test(s).\n[  FAILED  ] 4 test(s).\n");
}

/* Under CI, for none of whose lacks anybody excused himself. */
static void a_skipped_test_fails_under_ci(void **state)
{
	const char *program =
		folder_program("skips", "#!/bin/sh\n"
					"echo '[==========] tests: 1 test(s) run.'\n"
					"echo '[  PASSED  ] 0 test(s).'\n"
					"echo '[  SKIPPED ] tests: 1 test(s), listed below:'\n");

	(void)state;
	ends_with(1, "CI=true tests/run -- %s --", program);
	ends_with(0, "env -u CI -u MUST_WORK tests/run -- %s --", program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals_of_either_cmocka_are_added_up),
		cmocka_unit_test(a_skipped_test_fails_under_ci),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
