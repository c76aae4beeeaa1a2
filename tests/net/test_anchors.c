/* SPDX-License-Identifier: BSD-2-Clause */
/* Trust anchors for the root: real resolvers live through the roll of 2018, with an anchor that stays as it was
 * written and with one that they look after themselves (RFC 5011). */
#include <stdio.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define ROLL(FROM)                                                                                 \
	SIGFAULT " run root-2018 -r unbound,bind,knot -m none,managed-anchor --set "               \
		 "to=2018-10-15T12:00Z "                                                           \
		 "--set from=" FROM " --set rate=0.0005 --bin 12h --strict --quiet"

static double failed(const char *run, const char *cell, const char *from, const char *to)
{
	double share = -1;

	shell(&sh,
	      "awk -F, '$3 == \"all\" && $2 >= \"%s\" && $2 < \"%s\" { q += $4; s += $8 } "
	      "END { print q ? s / q : -1 }' %s/%s/%s/curve.csv",
	      from, to, folder(), run, cell);
	sscanf(sh.out, "%lf", &share);
	return share;
}

/* The last that a cell's resolver said of its keys until an instant. */
static void trusts(const char *run, const char *cell, const char *until, const char *keys)
{
	shell(&sh, "awk -F, '$3 == \"anchors\" && $2 < \"%s\"' %s/%s/%s/events.csv | tail -1",
	      until, folder(), run, cell);
	assert_says(keys);
}

static void who_looks_after_his_anchor_lives_through_the_roll(void **state)
{
	static const char *const names[] = { "unbound", "bind", "knot" };
	char cell[64];

	(void)state;
	shell(&sh, ROLL("2018-09-08T04:00Z") " -o %s/early", folder());
	if (sh.status != 0)
		fail_msg("%d: %s", sh.status, sh.out);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(cell, sizeof(cell), "%s-none", names[i]);
		assert_true(failed("early", cell, "2018-08", "2018-10-11T16:00") == 0);
		assert_true(failed("early", cell, "2018-10-14", "2018-10-16") > 0.95);
		snprintf(cell, sizeof(cell), "%s-managed-anchor", names[i]);
		assert_true(failed("early", cell, "2018-08", "2018-10-16") == 0);
	}
	trusts("early", "unbound-none", "2018-10-16", "trusts 19036,\n");
	ends_with(0, "grep -q 'looks round up to 1 min late' %s/early/unbound-none/events.csv",
		  folder());
	trusts("early", "unbound-managed-anchor", "2018-10-07", "trusts 19036,\n");
	trusts("early", "unbound-managed-anchor", "2018-10-11", "trusts 19036, 20326\"");
	trusts("early", "bind-none", "2018-10-16", "trusts 19036,\n");
}

/* It has not seen the new key for the 30 days that RFC 5011 section 2.4.1 asks for. */
static void who_began_to_look_after_it_too_late_does_not(void **state)
{
	(void)state;
	shell(&sh, ROLL("2018-09-18T04:00Z") " -o %s/late", folder());
	if (sh.status != 0)
		fail_msg("%d: %s", sh.status, sh.out);
	assert_true(failed("late", "unbound-managed-anchor", "2018-10-14", "2018-10-16") > 0.95);
	assert_true(failed("late", "knot-managed-anchor", "2018-10-14", "2018-10-16") > 0.95);
	trusts("late", "unbound-managed-anchor", "2018-10-16", "trusts 19036,\n");
}

/* RFC 8509: in the roll of 2026 the new key is trusted once it was seen for 30 days, by the day. */
static void a_resolver_says_by_sentinel_from_when_it_trusts_the_new_key(void **state)
{
	static const char *const names[] = { "unbound", "knot" };

	(void)state;
	ends_with(0,
		  SIGFAULT " run root-2026 -r unbound,knot -m managed-anchor --set sentinel=yes "
			   "--set from=2026-09-06T04:00Z --set to=2026-10-09T04:00Z --set "
			   "rate=0.0005 --bin 12h --quiet -o %s/asked",
		  folder());
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		ends_with(0,
			  "awk -F, '$3 == \"monitor\" { print $2, $6 }' "
			  "%s/asked/%s-managed-anchor/events.csv",
			  folder(), names[i]);
		assert_says("2026-09-07T04:00:00Z");
		assert_says("'trusts 38696' says alarm");
		assert_says("'trusts 38696' is well again: trusts");
		assert_null(strstr(sh.out, "20326"));
		ends_with(0,
			  "awk -F, '/well again/ { print ($2 > \"2026-10-06T03\" && $2 < "
			  "\"2026-10-08T05\") }' %s/asked/%s-managed-anchor/events.csv",
			  folder(), names[i]);
		assert_string_equal(sh.out, "1\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_looks_after_his_anchor_lives_through_the_roll),
		cmocka_unit_test(who_began_to_look_after_it_too_late_does_not),
		cmocka_unit_test(a_resolver_says_by_sentinel_from_when_it_trusts_the_new_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
