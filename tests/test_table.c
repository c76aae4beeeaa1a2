/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables hold whatever is put into them. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text/memory.h"
#include "harness/text/table.h"
#include "tests/support/test.h"

static size_t lines_of(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

static void a_table_has_as_many_rows_as_are_put_into_it(void **state)
{
	_cleanup_(table_freep) struct table *t = table_new(2);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	for (int i = 0; i < 5000; i++) {
		char label[32];

		snprintf(label, sizeof(label), "case %d", i);
		table_row(t, label);
		table_set(t, 1, "%d", 2 * i);
	}
	table_print(t, 80, out);
	fclose(out);
	assert_int_equal(lines_of(text), 5000);
	assert_non_null(strstr(text, "case 4999  –  9998\n"));
	free(text);
}

static void a_long_text_is_whole(void **state)
{
	_cleanup_(table_freep) struct table *t = table_new(1);
	char *text = NULL, want[301];
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	memset(want, 'x', 300);
	want[300] = '\0';
	table_row(t, want);
	table_set(t, 0, "%s", want);
	table_print_markdown(t, out);
	fclose(out);
	assert_int_equal(strspn(text + 2, "x"), 300);
	assert_int_equal(strspn(text + 2 + 300 + 3, "x"), 300);
	free(text);
}

/* A text that cannot be made, as where there is no memory for it. */
static void a_table_that_lacks_a_text_is_told_and_remembered(void **state)
{
	_cleanup_(table_freep) struct table *t = table_new(1);
	volatile int width = INT_MAX;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	table_row(t, "row");
	assert_false(memory_has_ended());
	table_set(t, 0, "x%*s", width, "");
	assert_true(memory_has_ended());
	table_print(t, 80, out);
	table_print_markdown(t, out);
	fclose(out);
	assert_string_equal(text, "There was not enough memory for this table.\n"
				  "There was not enough memory for this table.\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_has_as_many_rows_as_are_put_into_it),
		cmocka_unit_test(a_long_text_is_whole),
		cmocka_unit_test(a_table_that_lacks_a_text_is_told_and_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
