/* SPDX-License-Identifier: BSD-2-Clause */
/* A constant speed, held against virtual time: it wants a machine that has nothing else to do. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* Three times are tried: on a machine that cannot keep up it tells of the machine. */
static bool run_fast(const char *d)
{
	for (int i = 0; i < 3; i++) {
		shell(&sh, "rm -rf %s/fast; " SIGFAULT " run minute --clock x20 --quiet -o %s/fast",
		      d, d);
		if (is_too_late(sh.status, "fast", 1))
			continue;
		if (sh.status != 0)
			fail_msg("%d: %s", sh.status, sh.out);
		return true;
	}
	return false;
}

static void a_constant_speed_gives_what_virtual_time_gives(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0, SIGFAULT " run minute --quiet -o %s/virtual", d);
	if (!run_fast(d)) {
		printf("not here: the machine is too busy for real time\n");
		skip();
	}
	assert_true(sh.wall > 9 && sh.wall < 60);
	for (int t = 0; t < 180; t += 10) {
		double queries = cell_sum("fast/unbound-none", "queries", t, t + 10);
		double failed = cell_sum("fast/unbound-none", "servfail", t, t + 10);
		double wanted = cell_sum("virtual/unbound-none", "servfail", t, t + 10);

		if (fabs(failed - wanted) > 5 + 0.05 * queries)
			fail_msg("at %d s: %g SERVFAIL of %g", t, failed, queries);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_constant_speed_gives_what_virtual_time_gives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
