/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of unknown origin in a page stays text. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/html_text.h"
#include "sim/base/cleanup.h"
#include "tests/support/test.h"

static char *written;
static size_t written_len;

static FILE *begin(void)
{
	FILE *f = open_memstream(&written, &written_len);

	assert_non_null(f);
	return f;
}

/* Compares what was written. */
static void is(FILE *f, const char *want)
{
	fclose(f);
	assert_string_equal(written, want);
	free(written);
}

static void markup_in_a_text_is_told_as_text(void **state)
{
	FILE *f = begin();

	(void)state;
	html_put(f, "<b title=\"%s\">%s</b>", "a\" onclick='x'", "<script>&amp;</script>");
	is(f, "<b title=\"a&quot; onclick='x'\">&lt;script&gt;&amp;amp;&lt;/script&gt;</b>");
}

static void numbers_and_percent_signs_are_put_in_as_they_are(void **state)
{
	FILE *f = begin();

	(void)state;
	html_put(f, "%d %u %zu 5 %%%s", -1, 2U, (size_t)3, ".");
	is(f, "-1 2 3 5 %.");
}

static void what_is_not_utf8_becomes_a_sign_that_says_so(void **state)
{
	FILE *f = begin();

	(void)state;
	html_put(f, "%s|%s", "a\xff\x62", "bell\a");
	is(f, "a\xef\xbf\xbd"
	      "b|bell\xef\xbf\xbd");
}

static void bytes_may_hold_a_nul(void **state)
{
	FILE *f = begin();

	(void)state;
	html_text(f, "a\0<b", 4);
	is(f, "a &lt;b");
}

static void json_cannot_end_the_element_it_stands_in(void **state)
{
	_cleanup_(json_decrefp) json_t *json =
		json_pack("{s:s}", "a<", "</script><!-- <script> \xe2\x80\xa8 \"");
	_cleanup_(json_decrefp) json_t *back = NULL;
	_cleanup_(freep) char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_int_equal(html_json(f, json), 0);
	fclose(f);
	assert_null(strchr(text, '<'));
	back = json_loads(text, 0, NULL);
	assert_true(json_equal(json, back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_in_a_text_is_told_as_text),
		cmocka_unit_test(numbers_and_percent_signs_are_put_in_as_they_are),
		cmocka_unit_test(what_is_not_utf8_becomes_a_sign_that_says_so),
		cmocka_unit_test(bytes_may_hold_a_nul),
		cmocka_unit_test(json_cannot_end_the_element_it_stands_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
