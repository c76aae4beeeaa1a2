/* SPDX-License-Identifier: BSD-2-Clause */
/* What the resolvers' README.md shows is what happens: the driver in it, saved word by word, runs a resolver that
 * is not shipped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static void the_driver_in_it_runs_a_resolver_that_is_not_shipped(void **state)
{
	const char *dir = folder();
	char path[512];

	(void)state;
	need_program("dnscache");
	shell(&sh,
	      "sed -n '/^-- dnscache/,/^```$/p' harness/subject/resolvers/README.md | sed "
	      "'/^```/d' > %s/dnscache.lua",
	      dir);
	assert_int_equal(sh.status, 0);
	shell(&sh,
	      "cd %s && $OLDPWD/build/sigfault run minute -r ./dnscache.lua,unbound --quiet -o run",
	      dir);
	/* The scenario expects failures, and a resolver that does not validate has none: 1. */
	if (sh.status != 1)
		fail_msg("%d: %s", sh.status, sh.out);
	snprintf(path, sizeof(path), "%s/run/dnscache-none/curve.csv", dir);
	assert_true(csv_sum(path, "noerror", "class", "all", 0, EVER) > 3000);
	assert_true(csv_sum(path, "servfail", "class", "all", 0, EVER) == 0);
	snprintf(path, sizeof(path), "%s/run/unbound-none/curve.csv", dir);
	assert_true(csv_sum(path, "servfail", "class", "all", 0, EVER) > 100);
	shell(&sh, "jq -e '[.cells[].valid] == [true, true]' %s/run/run.json", dir);
	assert_int_equal(sh.status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_driver_in_it_runs_a_resolver_that_is_not_shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
