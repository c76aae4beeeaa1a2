/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/yaml_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

#define MAX 64

static struct yaml_text *of(const char *text)
{
	struct err e = { .text = "" };
	struct yaml_text *y = NULL;

	if (yaml_text_read(text, &y, &e) < 0)
		fail_msg("%s", e.text);
	return y;
}

static size_t find(const struct yaml_text *y, const char *path)
{
	for (size_t i = 0; i < y->count; i++)
		if (!strcmp(y->entries[i].path, path))
			return i;
	fail_msg("there is no '%s'", path);
	return 0;
}

/* What becomes of the text with these entries out, "a b". */
static void without(const char *text, const char *paths, const char *expected)
{
	_cleanup_(yaml_text_freep) struct yaml_text *y = of(text);
	const char *changes[MAX] = { NULL };
	_cleanup_(freep) char *list = strdup(paths);
	_cleanup_(freep) char *changed = NULL;

	for (char *path = strtok(list, " "); path; path = strtok(NULL, " "))
		changes[find(y, path)] = "";
	changed = yaml_text_change(y, text, changes, "# ");
	assert_non_null(changed);
	assert_string_equal(changed, expected);
}

static void every_entry_has_its_path_its_line_and_its_value(void **state)
{
	_cleanup_(yaml_text_freep) struct yaml_text *y =
		of("# one\na:\n  b: 'x y'\n  c:\n  - 1\n  - { d: 2, e: [ f ] }\n");
	static const struct {
		const char *path, *value;
		unsigned line;
	} expected[] = { { "a", NULL, 2 },	  { "a.b", "x y", 3 },	    { "a.c", NULL, 4 },
			 { "a.c[1]", "1", 5 },	  { "a.c[2]", NULL, 6 },    { "a.c[2].d", "2", 6 },
			 { "a.c[2].e", NULL, 6 }, { "a.c[2].e[1]", "f", 6 } };

	(void)state;
	assert_int_equal(y->count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < y->count; i++) {
		assert_string_equal(y->entries[i].path, expected[i].path);
		assert_int_equal(y->entries[i].line, expected[i].line);
		if (expected[i].value)
			assert_string_equal(y->entries[i].value, expected[i].value);
		else
			assert_null(y->entries[i].value);
	}
}

static void a_line_that_is_out_becomes_a_comment(void **state)
{
	(void)state;
	without("a:\n  b: 1\n  c: 2 # why\nd: 3\n", "a.c", "a:\n  b: 1\n#   c: 2 # why\nd: 3\n");
	without("a:\n  b:\n  - 1\n  - 2\n\n# x\nd: |\n  e\n  f\n", "a.b[1]",
		"a:\n  b:\n#   - 1\n  - 2\n\n# x\nd: |\n  e\n  f\n");
	without("d: |\n  e\n\n  f\n\ng: 1\n", "d", "# d: |\n#   e\n# \n#   f\n\ng: 1\n");
	without("a: 1\nb: 2", "b", "a: 1\n# b: 2");
	without("\xef\xbb\xbf"
		"a: \xc3\xa4\nb: 2\nc: 3\n",
		"b",
		"\xef\xbb\xbf"
		"a: \xc3\xa4\n# b: 2\nc: 3\n");
}

static void what_has_nothing_left_is_out_too(void **state)
{
	(void)state;
	without("a:\n  b:\n  - 1\n  - 2\nc: 3\n", "a.b[1] a.b[2]",
		"# a:\n#   b:\n#   - 1\n#   - 2\nc: 3\n");
	without("a: []\nc: 3\n", "c", "a: []\n# c: 3\n");
}

static void within_brackets_it_becomes_blank(void **state)
{
	(void)state;
	without("a: { b: 1, c: 2 }\n", "a.b", "a: {       c: 2 }\n");
	without("a: { b: 1, c: 2 }\n", "a.c", "a: { b: 1,      }\n");
	without("{ \"a\": { \"b\": 1 },\n \"c\": [ 1,\n 2 ] }\n", "a c[2]",
		"{                 \n \"c\": [ 1,\n   ] }\n");
	without("- x: 1\n  y: 2\n", "[1].x", "-     \n  y: 2\n");
}

/* A map begins where the first that is left of it does. */
static bool same(const struct yaml_entry *a, const struct yaml_entry *b)
{
	if (!a->value || !b->value)
		return a->value == b->value && a->kind == b->kind;
	return a->line == b->line && strcmp(a->value, b->value) == 0;
}

/* Whatever is taken out, the rest still is YAML and says the same. */
static void the_rest_is_as_it_was(void **state)
{
	static const char text[] = "a:\n- x: 1\n  y: [ 1, 2 ]\n- z\nb: { c: 'd', e: { f: g } }\n"
				   "h: >\n  folded\n  text\ni:\n  j:\n    k: \"l\\nm\"\n";
	_cleanup_(yaml_text_freep) struct yaml_text *y = of(text);

	(void)state;
	for (size_t i = 0; i < y->count; i++) {
		const char *changes[MAX] = { NULL };
		_cleanup_(yaml_text_freep) struct yaml_text *rest = NULL;
		_cleanup_(freep) char *changed = NULL;
		size_t at = 0;

		changes[i] = "";
		changed = yaml_text_change(y, text, changes, "#");
		rest = of(changed);
		for (size_t k = 0; k < rest->count; k++, at++) {
			while (at < y->count && !same(&y->entries[at], &rest->entries[k]))
				at++;
			assert_true(at < y->count);
		}
		assert_true(rest->count < y->count);
	}
}

static void a_value_can_be_another(void **state)
{
	static const char text[] = "a: \"x\" # y\nb: [ 1, 2 ]\n";
	_cleanup_(yaml_text_freep) struct yaml_text *y = of(text);
	const char *changes[MAX] = { NULL };
	_cleanup_(freep) char *changed = NULL;

	(void)state;
	changes[find(y, "a")] = "'z'";
	changes[find(y, "b[2]")] = "345";
	changed = yaml_text_change(y, text, changes, "#");
	assert_string_equal(changed, "a: 'z' # y\nb: [ 1, 345 ]\n");
}

static void refused(const char *text, const char *part)
{
	struct err e = { .text = "" };
	struct yaml_text *y = NULL;

	assert_int_equal(yaml_text_read(text, &y, &e), -EINVAL);
	if (!strstr(e.text, part))
		fail_msg("'%s' does not say '%s'", e.text, part);
}

static void what_is_no_yaml_is_told_with_its_line(void **state)
{
	char deep[201];

	(void)state;
	refused("a: 1\nb: [ 1\n", "3: ");
	refused("a: 1\n  b: 2\n", "2: mapping values are not allowed");
	refused("a: 1\n---\nb: 2\n", "2: a second document");
	refused("server\n", "1: no settings");
	refused("a: 1\n? [ x ]\n: 2\n", "2: a key that is no text");
	memset(deep, '[', 200);
	deep[200] = '\0';
	refused(deep, "too deep");
	without("", "", "");
	without("# nothing\n", "", "# nothing\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_entry_has_its_path_its_line_and_its_value),
		cmocka_unit_test(a_line_that_is_out_becomes_a_comment),
		cmocka_unit_test(what_has_nothing_left_is_out_too),
		cmocka_unit_test(within_brackets_it_becomes_blank),
		cmocka_unit_test(the_rest_is_as_it_was),
		cmocka_unit_test(a_value_can_be_another),
		cmocka_unit_test(what_is_no_yaml_is_told_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
