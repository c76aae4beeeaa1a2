/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock library goes into programs that live on another libc than the one it was built with. */

#include <string.h>

#include "sim/base/shipped.h"
#include "sim/base/versions.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define OLDEST "2.31"

/* Among them are names without a number, like GLIBC_ABI_DT_RELR, which is younger, too. */
static void the_clock_library_asks_for_nothing_that_glibc_2_31_has_not(void **state)
{
	char *line, *rest;
	unsigned count = 0;

	(void)state;
	ends_with(0, "objdump -p %s | sed -n '/^Version References/,$s/.* GLIBC_/GLIBC_/p'",
		  shipped_path(SHIPPED_CLOCK));
	for (rest = sh.out; (line = strsep(&rest, "\n")) && *line; count++)
		if (strncmp(line, "GLIBC_2.", 8) != 0 ||
		    version_compare(line + strlen("GLIBC_"), OLDEST) > 0)
			fail_msg("it needs %s", line);
	assert_true(count > 0);
}

static void the_clock_library_needs_no_library_beside_libc(void **state)
{
	(void)state;
	ends_with(0,
		  "objdump -p %s | awk '/NEEDED/ { print $2 }' | grep -vxE "
		  "'libc\\.so\\.[0-9]+|ld-linux-x86-64\\.so\\.2'; [ $? = 1 ]",
		  shipped_path(SHIPPED_CLOCK));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_library_asks_for_nothing_that_glibc_2_31_has_not),
		cmocka_unit_test(the_clock_library_needs_no_library_beside_libc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
