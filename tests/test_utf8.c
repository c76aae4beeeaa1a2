/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of unknown origin becomes what JSON and XML take. */

#include <jansson.h>
#include <string.h>

#include "harness/text/utf8.h"
#include "tests/support/test.h"

static const char *clean(const char *text)
{
	static char ret[64];

	return utf8_clean(text, ret, sizeof(ret));
}

static void what_is_well_stays_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(clean(""), "");
	assert_string_equal(clean("a\tb\nc ]]> & < \" ' äß × … 😀"),
			    "a\tb\nc ]]> & < \" ' äß × … 😀");
}

static void bytes_of_no_character_and_what_xml_has_no_place_for_are_replaced(void **state)
{
	(void)state;
	assert_string_equal(clean("caf\xe9 cr\xe8me"), "caf� cr�me");
	assert_string_equal(clean("\x01\x1b[1m\x7f"), "��[1m\x7f");
	assert_string_equal(clean("\xef\xbf\xbe\xef\xbf\xbf!"), "��!");
	assert_string_equal(clean("half \xc3"), "half �");
	assert_string_equal(clean("half \xf0\x9f\x98"), "half ���");
}

static void what_does_not_fit_is_left_out_by_whole_characters(void **state)
{
	char small[6];

	(void)state;
	assert_string_equal(utf8_clean("abcäö", small, sizeof(small)), "abcä");
	assert_string_equal(utf8_clean("abcdäö", small, sizeof(small)), "abcd");
	assert_string_equal(utf8_clean("\xff\xff", small, sizeof(small)), "�");
	assert_string_equal(utf8_clean("ä", small, 1), "");
}

/* Every sequence of up to three bytes, and some of four. */
static void whatever_comes_a_json_library_takes_the_rest(void **state)
{
	static const char tails[][3] = { "", "\x80", "\xbf", "a", "\xff", "\x80\x80" };
	char text[32], ret[64];

	(void)state;
	for (unsigned a = 1; a < 256; a++)
		for (unsigned b = 1; b < 256; b++)
			for (unsigned t = 0; t < sizeof(tails) / sizeof(*tails); t++) {
				json_t *json;

				snprintf(text, sizeof(text), "%c%c%s", (int)a, (int)b, tails[t]);
				json = json_string(utf8_clean(text, ret, sizeof(ret)));
				if (!json)
					fail_msg("%02x %02x, tail %u", a, b, t);
				json_decref(json);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_well_stays_as_it_is),
		cmocka_unit_test(bytes_of_no_character_and_what_xml_has_no_place_for_are_replaced),
		cmocka_unit_test(what_does_not_fit_is_left_out_by_whole_characters),
		cmocka_unit_test(whatever_comes_a_json_library_takes_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
