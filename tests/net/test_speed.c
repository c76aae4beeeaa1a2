/* SPDX-License-Identifier: BSD-2-Clause */
/* A constant speed, held against virtual time: it wants a machine that has nothing else to do. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static bool agrees(char *why, size_t size)
{
	for (int t = 0; t < 180; t += 10) {
		double queries = cell_sum("fast/unbound-none", "queries", t, t + 10);
		double failed = cell_sum("fast/unbound-none", "servfail", t, t + 10);
		double wanted = cell_sum("virtual/unbound-none", "servfail", t, t + 10);

		snprintf(why, size, "at %d s: %g SERVFAIL of %g, not %g", t, failed, queries,
			 wanted);
		if (fabs(failed - wanted) > 5 + 0.05 * queries)
			return false;
	}
	return true;
}

/* A machine that cannot keep up is told from a difference by how late it asked: three times are
 * tried. */
static void a_constant_speed_gives_what_virtual_time_gives(void **state)
{
	const char *d = folder();
	char why[128];

	(void)state;
	ends_with(0, SIGFAULT " run minute --quiet -o %s/virtual", d);
	for (int i = 0; i < 3; i++) {
		shell(&sh, "rm -rf %s/fast; " SIGFAULT " run minute --clock x20 --quiet -o %s/fast",
		      d, d);
		assert_true(sh.wall > 9 && sh.wall < 60);
		if (sh.status == 0 && agrees(why, sizeof(why)))
			return;
		if (!is_too_late(sh.status, "fast", 1))
			fail_msg("%d: %s", sh.status, sh.status ? sh.out : why);
	}
	printf("not here: the machine is too busy for real time\n");
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_constant_speed_gives_what_virtual_time_gives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
