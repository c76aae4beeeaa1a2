/* SPDX-License-Identifier: BSD-2-Clause */
/* What types, response codes and extended errors are called. */
#include <stdio.h>

#include "sim/base/cleanup.h"
#include "sim/base/names.h"
#include "tests/support/test.h"

static void types_are_read_by_name_in_any_case_and_by_number(void **state)
{
	(void)state;
	assert_int_equal(names_type_number("AAAA"), 28);
	assert_int_equal(names_type_number("caa"), 257);
	assert_int_equal(names_type_number("HTTPS"), 65);
	assert_int_equal(names_type_number("ANY"), 255);
	assert_int_equal(names_type_number("TYPE65280"), 65280);
	assert_int_equal(names_type_number("type28"), 28);
	assert_int_equal(names_type_number("TYPE0"), 0);
}

static void what_is_no_type_is_refused(void **state)
{
	static const char *const wrong[] = { "",	  "BOGUS",
					     "TYPE",	  "TYPE12x",
					     "TYPE65536", "TYPE-1",
					     "TYPE 1",	  "TYPE99999999999999999999",
					     " A",	  "A " };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (names_type_number(wrong[i]) != -1)
			fail_msg("'%s' was read as %d", wrong[i], names_type_number(wrong[i]));
}

static void every_type_is_read_back_from_its_text(void **state)
{
	char text[NAMES_LEN];

	(void)state;
	for (unsigned type = 0; type <= UINT16_MAX; type++)
		if (names_type_number(names_type((uint16_t)type, text)) != (int)type)
			fail_msg("%u is called '%s'", type, text);
	assert_string_equal(names_type(257, text), "CAA");
	assert_string_equal(names_type(65280, text), "TYPE65280");
}

static void every_response_code_is_read_back_from_its_text(void **state)
{
	char text[NAMES_LEN];

	(void)state;
	for (unsigned rcode = 0; rcode < 4096; rcode++)
		if (names_rcode_number(names_rcode(rcode, text)) != (int)rcode)
			fail_msg("%u is called '%s'", rcode, text);
	assert_string_equal(names_rcode(2, text), "SERVFAIL");
	assert_string_equal(names_rcode(4, text), "NOTIMP");
	assert_string_equal(names_rcode(23, text), "RCODE23");
	assert_int_equal(names_rcode_number("timeout"), -1);
	assert_int_equal(names_rcode_number("RCODE"), -1);
	assert_int_equal(names_rcode_number("RCODE4096"), -1);
}

static void extended_errors_have_the_names_of_the_registry(void **state)
{
	(void)state;
	assert_string_equal(names_ede(0), "Other Error");
	assert_string_equal(names_ede(6), "DNSSEC Bogus");
	assert_string_equal(names_ede(24), "Invalid Data");
	assert_string_equal(names_ede(25), "Signature Expired before Valid");
	assert_string_equal(names_ede(27), "Unsupported NSEC3 Iterations Value");
	assert_string_equal(names_ede(33), "Negative Trust Anchor");
	assert_null(names_ede(-1));
	assert_null(names_ede(4711));
}

static void codes_of_dnssec_are_told_from_opaque_ones(void **state)
{
	static const int right[] = { 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 25, 27 };

	(void)state;
	for (int code = -1; code < 64; code++) {
		bool want = false;

		for (size_t i = 0; i < ARRAY_SIZE(right); i++)
			want |= right[i] == code;
		assert_int_equal(names_ede_is_dnssec(code), want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_read_by_name_in_any_case_and_by_number),
		cmocka_unit_test(what_is_no_type_is_refused),
		cmocka_unit_test(every_type_is_read_back_from_its_text),
		cmocka_unit_test(every_response_code_is_read_back_from_its_text),
		cmocka_unit_test(extended_errors_have_the_names_of_the_registry),
		cmocka_unit_test(codes_of_dnssec_are_told_from_opaque_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
