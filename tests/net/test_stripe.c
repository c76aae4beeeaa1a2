/* SPDX-License-Identifier: BSD-2-Clause */
/* Stripe's outage of 2019 by the numbers: what the record says holds in a short run with the machine's own Unbound,
 * and a cap that is reached locks in under less load than it takes to reach it. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* A quarter of it all, so that it costs little. The job runs from 30 s to 90 s of 130; it has settled at 50. */
#define SHORT                                                                                      \
	SIGFAULT " run stripe-2019 --quiet --set from=2019-05-21T12:59:30Z --set "                 \
		 "to=2019-05-21T13:01:40Z --set lasts=60 --set cap=256 "
#define CAP 256
#define JOB 153
#define SMALL_JOB                                                                                  \
	130 /* so far below the cap that its first seconds do not lock in, whatever is drawn */
#define STEADY 40 /* seconds */

static int make_runs(void **state)
{
	(void)state;
	ends_with(0,
		  SHORT
		  "--set job=153 --set others=113 --set rate=750 --sweep split=no,yes -o %s/over",
		  folder());
	ends_with(0, SHORT "--set job=%d --set rate=25 --set others=25 -o %s/below", SMALL_JOB,
		  folder());
	/* A small cap, so that it costs little. */
	ends_with(0,
		  SIGFAULT " run stripe-hysteresis --set cap=200 --set low=60 --set top=260 --set "
			   "step=50 --set hold=20 --quiet -o %s/ramp",
		  folder());
	return 0;
}

#define OVER "over/unbound-none-split=no"
#define SPLIT "over/unbound-none-split=yes"
#define BELOW "below/unbound-none"

/* What awk prints of a cell's file, as a number. */
static double told(const char *cell, const char *file, const char *awk)
{
	ends_with(0, "awk -F, '%s' %s/%s/%s", awk, folder(), cell, file);
	return atof(sh.out);
}

/* Datagrams from one to another while it is steady, a second. */
static double rate(const char *cell, const char *from, const char *to)
{
	char awk[256];

	snprintf(awk, sizeof(awk),
		 "$1 >= 50 && $1 < 90 && $3 == \"%s\" && $4 == \"%s\" { n += $5 } END { print n }",
		 from, to);
	return told(cell, "links.csv", awk) / STEADY;
}

#define DROPPED "NR > 1 && $4 == \"vpc\" { n += $7 } END { print n + 0 }"
#define FAILED(when) "$3 == \"all\" && (" when ") { n += $8 + $10 } END { print n + 0 }"

static void replies_are_pinned_at_the_cap_and_several_times_as_much_is_sent(void **state)
{
	double sent = rate(OVER, "cluster", "vpc"), back = rate(OVER, "vpc", "cluster");

	(void)state;
	assert_true(back > 0.98 * CAP && back < 1.02 * CAP);
	assert_true(sent > 2 * back && sent < 12 * back);
	assert_true(sent > 3 * JOB && sent < 20 * JOB);
}

static void users_fail_only_while_the_job_runs(void **state)
{
	(void)state;
	assert_true(told(OVER, "curve.csv", FAILED("$1 < 30 || $1 >= 120")) == 0);
	assert_true(told(OVER, "curve.csv", FAILED("$1 >= 50 && $1 < 90")) > 250);
	/* Those who ask for something else, too. */
	assert_true(told(OVER, "curve.csv",
			 "$3 == \"outside\" && $1 >= 50 && $1 < 90 { n += $8 } END { print n }") >
		    0);
}

static void the_request_list_rises_while_questions_do_not(void **state)
{
	double before = told(OVER, "metrics.csv",
			     "$3 == \"cluster/requests\" && $1 < 30 && $4 > n { n = $4 } END { "
			     "print n + 0 }");
	double during = told(OVER, "metrics.csv",
			     "$3 == \"cluster/requests\" && $1 >= 50 && $1 < 90 && $4 > n { n = $4 "
			     "} END { print n }");
	double asked_before =
		told(OVER, "curve.csv",
		     "$3 == \"all\" && $1 < 30 { n += $4 - $5 } END { print n / 30 }");
	double asked = told(OVER, "curve.csv",
			    "$3 == \"all\" && $1 >= 50 && $1 < 90 { n += $4 - $5 } END { print n / "
			    "40 }");

	(void)state;
	assert_true(during > 10 * before && during > 50);
	assert_true(asked < 1.25 * asked_before);
}

static void below_the_cap_each_name_is_sent_once(void **state)
{
	double sent = rate(BELOW, "cluster", "vpc"), names = rate(BELOW, "host-1", "cluster") +
							     rate(BELOW, "host-2", "cluster") +
							     rate(BELOW, "host-3", "cluster");

	(void)state;
	assert_true(told(BELOW, "links.csv",
			 "$1 >= 50 && $4 == \"vpc\" { n += $7 } END { print n + 0 }") == 0);
	assert_true(told(BELOW, "curve.csv", FAILED("$1 < 30 || $1 >= 50")) == 0);
	assert_true(sent > SMALL_JOB && sent < 1.2 * names);
}

static void with_a_rule_on_each_host_nothing_is_dropped_and_nobody_fails(void **state)
{
	(void)state;
	assert_true(told(SPLIT, "links.csv", DROPPED) == 0);
	assert_true(told(SPLIT, "curve.csv", FAILED("$1 >= 0")) == 0);
	assert_true(rate(SPLIT, "host-1", "vpc") > JOB / 6.0);
}

/* Read from drawings.csv: what is sent for what is asked, on both ways. */
static void what_locked_in_at_the_cap_lets_go_far_below_it(void **state)
{
	(void)state;
	/* With 160 names a second nothing more is sent while the load rises, and twice that while it falls. */
	assert_true(told("ramp/unbound-none", "drawings.csv",
			 "$1 ~ /^Sent/ && $4 ~ /rises/ && $5 < 180 && $6 > m * $5 { m = $6 / $5 } "
			 "END { print m }") < 1.2);
	assert_true(told("ramp/unbound-none", "drawings.csv",
			 "$1 ~ /^Sent/ && $4 ~ /falls/ && $5 > 145 && $5 < 180 { print $6 / $5 }") >
		    1.5);
	ends_with(0,
		  "grep -c 'locks in at 210 names a second, lets go at' "
		  "%s/ramp/unbound-none/report.txt",
		  folder());
}

static void the_report_draws_both_ways(void **state)
{
	(void)state;
	ends_with(0, "head -n 1 %s/ramp/unbound-none/drawings.csv", folder());
	assert_string_equal(sh.out, "drawing,x_axis,y_axis,series,x,y\n");
	ends_with(0,
		  "sed -n '/<figcaption>Sent to the capped service/,/<.figure>/p' "
		  "%s/ramp/report.html | "
		  "grep -c -e 'class=\"line[01]\"><svg class=\"key\"'",
		  folder());
	assert_string_equal(sh.out, "2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_pinned_at_the_cap_and_several_times_as_much_is_sent),
		cmocka_unit_test(users_fail_only_while_the_job_runs),
		cmocka_unit_test(the_request_list_rises_while_questions_do_not),
		cmocka_unit_test(below_the_cap_each_name_is_sent_once),
		cmocka_unit_test(with_a_rule_on_each_host_nothing_is_dropped_and_nobody_fails),
		cmocka_unit_test(what_locked_in_at_the_cap_lets_go_far_below_it),
		cmocka_unit_test(the_report_draws_both_ways),
	};

	return cmocka_run_group_tests(tests, make_runs, NULL);
}
