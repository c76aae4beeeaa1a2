/* SPDX-License-Identifier: BSD-2-Clause */
/* A run of weeks: its record has as many rows as that of two, and the same sums. */
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* Sums of curve.csv by class, but of names and clients, which are told apart within a row; and what was
 * counted over the whole run. */
#define SUMS                                                                                       \
	"cd %s/%s/unbound-none && awk -F, 'NR > 1 { for (i = 4; i <= 14; i++) n[$3 \" \" i] += "   \
	"$i } END { for (k in n) print k, n[k] }' curve.csv | sort && awk -F, '$3 ~ "              \
	"/^(distinct_|user_|lost_|ttl)/ { n[$3] = $4 } END { for (k in n) print k, n[k] }' "       \
	"metrics.csv | sort && awk -F, 'NR > 1 { n[$3 $4] += $5 } END { for (k in n) print k, "    \
	"n[k] }' upstream.csv | sort && awk -F, 'NR > 1 { n[$3 \" \" $4] += $6 } END { for (k in " \
	"n) print k, n[k] }' links.csv | sort"

static void a_run_of_more_than_two_weeks_has_longer_rows_and_the_same_sums(void **state)
{
	const char *d = folder();
	char minutes[65536];

	(void)state;
	ends_with(0, SIGFAULT " plan tests/scenarios/weeks.lua");
	assert_says("this run is 15 d long: a row of its curves is 2 min and not a minute");
	assert_says(", bins of 2 min, ");
	ends_with(0, SIGFAULT " run tests/scenarios/weeks.lua --quiet -o %s/long", d);
	assert_says("a row of its curves is 2 min and not a minute");
	ends_with(0,
		  "jq '.bin_seconds | floor' %s/long/run.json && grep -c ,all, "
		  "%s/long/unbound-none/curve.csv && grep -o 'in steps of [0-9a-z ]*' "
		  "%s/long/report.html",
		  d, d, d);
	assert_string_equal(sh.out, "120\n10800\nin steps of 2 min\n");
	ends_with(0, SIGFAULT " run tests/scenarios/weeks.lua --bin 60s --quiet -o %s/minutes", d);
	assert_null(strstr(sh.out, "not a minute"));
	ends_with(0, SUMS, d, "minutes");
	assert_in_range(strlen(sh.out), 500, sizeof(minutes) - 1);
	strcpy(minutes, sh.out);
	ends_with(0, SUMS, d, "long");
	assert_string_equal(sh.out, minutes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_of_more_than_two_weeks_has_longer_rows_and_the_same_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
