/* SPDX-License-Identifier: BSD-2-Clause */
/* Versions are compared as dpkg compares them, and ranges hold what they say. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/versions.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

/* In ascending order; all of one line are the same. */
static const char *const ascending[] = {
	"0.9",
	"1.2.3",
	"1.9.0",
	"1.17.0",
	"1.17.1~rc1",
	"1.17.1",
	"1.17.1-1",
	"1.17.1-2",
	"1.17.1-2+deb12u2",
	"1.17.1-10",
	"1.17.1a",
	"1.17.1+git5",
	"1.17.2",
	"1.20.0",
	"4.8.8",
	"5.6.0",
	"9.18.24",
	"9.18.24-S1",
	"9.18.49-1~deb12u1",
	"9.18.49-1",
	"9.20.0",
	"10.0",
	"1:0.1",
};

#define COUNT (sizeof(ascending) / sizeof(*ascending))

static void versions_come_in_the_order_that_dpkg_gives_them(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < COUNT; i++) {
		shell(&sh, "dpkg --compare-versions '%s' lt '%s'; echo $?", ascending[i],
		      ascending[i + 1]);
		assert_string_equal(sh.out, "0\n");
	}
	for (size_t i = 0; i < COUNT; i++)
		for (size_t k = 0; k < COUNT; k++) {
			int difference = version_compare(ascending[i], ascending[k]);

			if ((difference < 0) != (i < k) || (difference > 0) != (i > k))
				fail_msg("%s and %s: %d", ascending[i], ascending[k], difference);
		}
	assert_int_equal(version_compare("1.017.1", "1.17.1"), 0);
}

static void what_comes_before_a_release_is_before_it_however_it_is_written(void **state)
{
	static const char *const before[] = { "1.20.0rc1",   "1.20.0-rc1", "1.20.0~rc1",
					      "1.20.0.dev3", "1.20.0-dev", "1.20.0-alpha2-1",
					      "1.20.0beta",  "1.20.0-RC2" };

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		assert_true(version_compare(before[i], "1.20.0") < 0);
		assert_true(version_compare(before[i], "1.19.9") > 0);
	}
	assert_true(version_compare("5.0.0-rc1", "5.0.0-rc2") < 0);
	assert_true(version_compare("5.0.0-alpha2", "5.0.0-rc1") < 0);
	assert_true(version_compare("1.20.0-research", "1.20.0") > 0);
}

static enum versions_answer answer(const char *range, const char *version)
{
	struct versions v;
	struct err e = { "" };

	if (versions_parse(range, &v, &e) < 0)
		fail_msg("'%s': %s", range, e.text);
	assert_string_equal(v.text, range);
	return versions_contain(&v, version);
}

static void a_range_holds_the_versions_that_all_its_bounds_allow(void **state)
{
	(void)state;
	assert_int_equal(answer("< 5.0", "4.8.8"), VERSIONS_WITHIN);
	assert_int_equal(answer("< 5.0", "5.0"), VERSIONS_OUTSIDE);
	assert_int_equal(answer("<5.0", "10.1"), VERSIONS_OUTSIDE);
	assert_int_equal(answer("<= 5.0", "5.0"), VERSIONS_WITHIN);
	assert_int_equal(answer("> 5.0", "5.0"), VERSIONS_OUTSIDE);
	assert_int_equal(answer(">= 5.0", "5.0"), VERSIONS_WITHIN);
	assert_int_equal(answer("= 9.18.24", "9.18.24"), VERSIONS_WITHIN);
	assert_int_equal(answer("= 9.18.24", "9.18.25"), VERSIONS_OUTSIDE);
	assert_int_equal(answer(">= 1.17, < 1.20", "1.17.1"), VERSIONS_WITHIN);
	assert_int_equal(answer(" >=1.17 <1.20 ", "1.20.0"), VERSIONS_OUTSIDE);
	assert_int_equal(answer(">=1.17<1.20", "1.16.9"), VERSIONS_OUTSIDE);
	assert_int_equal(answer("<= 1.17", "1.17.1"), VERSIONS_OUTSIDE);
}

static void a_bound_without_a_revision_is_about_the_authors_version(void **state)
{
	(void)state;
	assert_int_equal(answer("= 1.17.1", "1.17.1-2+deb12u2"), VERSIONS_WITHIN);
	assert_int_equal(answer("<= 1.17.1", "1.17.1-2+deb12u2"), VERSIONS_WITHIN);
	assert_int_equal(answer("> 1.17.1", "1.17.1-2+deb12u2"), VERSIONS_OUTSIDE);
	assert_int_equal(answer("= 1.17.1", "1:1.17.1-2"), VERSIONS_WITHIN);
	assert_int_equal(answer("< 1.17.1-2+deb12u3", "1.17.1-2+deb12u2"), VERSIONS_WITHIN);
	assert_int_equal(answer(">= 1.17.1-2+deb12u3", "1.17.1-2+deb12u2"), VERSIONS_OUTSIDE);
	assert_int_equal(answer("< 1:0.5", "1.17.1"), VERSIONS_WITHIN);
}

static void of_a_version_that_is_not_told_nothing_is_said_but_in_any(void **state)
{
	(void)state;
	assert_int_equal(answer("< 5.0", ""), VERSIONS_NOT_KNOWN);
	assert_int_equal(answer("< 5.0", "git-4711"), VERSIONS_NOT_KNOWN);
	assert_int_equal(answer("any", ""), VERSIONS_WITHIN);
	assert_int_equal(answer("any", "0.1"), VERSIONS_WITHIN);
}

static void refused(const char *range, const char *why)
{
	struct versions v = { .count = 7 };
	struct err e = { "" };

	assert_int_equal(versions_parse(range, &v, &e), -EINVAL);
	assert_int_equal(v.count, 7);
	if (!strstr(e.text, why))
		fail_msg("'%s': no '%s' in '%s'", range, why, e.text);
}

static void what_is_no_range_is_refused_with_the_reason(void **state)
{
	char longest[200];

	(void)state;
	refused("", "it is empty");
	refused("  ", "it is empty");
	refused("5.0", "each version wants <");
	refused("== 5.0", "begins with a digit");
	refused("< ", "begins with a digit");
	refused("< v5", "begins with a digit");
	refused("< 5.0, ~1", "each version wants <");
	refused("any < 5", "each version wants <");
	refused("> 1 > 2 > 3 > 4 > 5", "too many bounds");
	memset(longest, '1', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	refused(longest, "longer than");
	memcpy(longest, "< ", 2);
	longest[100] = '\0';
	refused(longest, "that long nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_come_in_the_order_that_dpkg_gives_them),
		cmocka_unit_test(what_comes_before_a_release_is_before_it_however_it_is_written),
		cmocka_unit_test(a_range_holds_the_versions_that_all_its_bounds_allow),
		cmocka_unit_test(a_bound_without_a_revision_is_about_the_authors_version),
		cmocka_unit_test(of_a_version_that_is_not_told_nothing_is_said_but_in_any),
		cmocka_unit_test(what_is_no_range_is_refused_with_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
