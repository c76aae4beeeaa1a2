/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of unknown origin becomes what JSON, XML, terminals and Markdown take. */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text/shown.h"
#include "sim/base/clean.h"
#include "tests/support/test.h"

static const char *clean(const char *text)
{
	static char ret[64];

	return clean_text(text, ret, sizeof(ret));
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
	assert_string_equal(clean("\x01\x1b[1m\x7f"), "��[1m�");
	assert_string_equal(clean("\xef\xbf\xbe\xef\xbf\xbf!"), "��!");
	assert_string_equal(clean("half \xc3"), "half �");
	assert_string_equal(clean("half \xf0\x9f\x98"), "half ���");
}

static void what_commands_a_terminal_or_turns_text_round_is_replaced(void **state)
{
	char ret[64];

	(void)state;
	assert_string_equal(clean("a\rb\a\b"), "a�b��");
	assert_string_equal(clean("\xc2\x9b"
				  "31m"),
			    "�31m"); /* CSI of C1 */
	assert_string_equal(clean("a\xe2\x80\xae"
				  "gpj.exe"),
			    "a�gpj.exe");
	assert_string_equal(clean("\xe2\x81\xa6x\xe2\x81\xa9"), "�x�");
	assert_string_equal(clean("\xe2\x80\xa9\xe2\x81\xaa"), "\xe2\x80\xa9\xe2\x81\xaa");
	assert_string_equal(clean_line("a\tb\nc", ret, sizeof(ret)), "a b c");
}

/* What is written in pieces, of any length, is what is written at once. */
static void a_file_that_is_shown_is_clean_however_it_is_written(void **state)
{
	static const char bad[] = "ä\x1b[1m\xc3\xc3\xa4 … \xe2\x80\xae"
				  "x\xf0\x9f\x98\x80\xf0\x9f";

	(void)state;
	for (size_t piece = 1; piece < sizeof(bad); piece++) {
		char *text = NULL;
		size_t len;
		FILE *under = open_memstream(&text, &len), *out = shown_over(under);

		setvbuf(out, NULL, _IONBF, 0);
		for (size_t at = 0; at < sizeof(bad) - 1; at += piece)
			fprintf(out, "%.*s", (int)piece, bad + at);
		fclose(out);
		fclose(under);
		assert_string_equal(text, clean(bad));
		free(text);
	}
}

static void nothing_in_a_text_is_markup(void **state)
{
	static const char text[] = "a<b>&|`*[x](y)\\<\nc";
	char *ret = NULL;
	size_t len;
	FILE *out = open_memstream(&ret, &len);

	(void)state;
	shown_markdown(text, strlen(text), out);
	fclose(out);
	assert_string_equal(ret, "a&lt;b>&amp;\\|\\`\\*\\[x](y)\\\\&lt; c");
	free(ret);
}

static void what_does_not_fit_is_left_out_by_whole_characters(void **state)
{
	char small[6];

	(void)state;
	assert_string_equal(clean_text("abcäö", small, sizeof(small)), "abcä");
	assert_string_equal(clean_text("abcdäö", small, sizeof(small)), "abcd");
	assert_string_equal(clean_text("\xff\xff", small, sizeof(small)), "�");
	assert_string_equal(clean_text("ä", small, 1), "");
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
				json = json_string(clean_text(text, ret, sizeof(ret)));
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
		cmocka_unit_test(what_commands_a_terminal_or_turns_text_round_is_replaced),
		cmocka_unit_test(a_file_that_is_shown_is_clean_however_it_is_written),
		cmocka_unit_test(nothing_in_a_text_is_markup),
		cmocka_unit_test(what_does_not_fit_is_left_out_by_whole_characters),
		cmocka_unit_test(whatever_comes_a_json_library_takes_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
