/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/choice.h"

#include <errno.h>

#include "tests/support/test.h"

static void assert_choice(const char *text, const char *driver, const char *root,
			  const char *program)
{
	struct err e = { .text = "" };
	struct choice c;

	if (choice_parse(text, &c, &e) < 0)
		fail_msg("%s: %s", text, e.text);
	assert_string_equal(c.driver, driver);
	assert_string_equal(c.root, root);
	assert_string_equal(c.program, program);
}

static void what_is_said_of_a_resolver_is_taken_apart(void **state)
{
	struct err e = { .text = "" };
	struct choice c;

	(void)state;
	assert_choice("thing", "thing", "", "");
	assert_choice("thing=/opt/a@b/thing", "thing", "", "/opt/a@b/thing");
	assert_choice("thing@1.26", "thing", "1.26", "");
	assert_choice("thing@/srv/x=/opt/thing", "thing", "/srv/x", "/opt/thing");
	assert_choice("./my@home/mine.lua", "./my@home/mine.lua", "", "");
	assert_choice("./my@home/mine.lua@./root=/x", "./my@home/mine.lua", "./root", "/x");
	assert_choice("thing=/opt/a:b/thing:x", "thing", "", "/opt/a:b/thing:x");
	assert_int_equal(choice_parse("thing@", &c, &e), -EINVAL);
	assert_int_equal(choice_parse("thing@=x", &c, &e), -EINVAL);
	assert_int_equal(choice_parse("thing=", &c, &e), -EINVAL);
}

static void options_stand_behind_whatever_says_which_program(void **state)
{
	static const struct {
		const char *text, *driver, *root, *program, *options;
	} rows[] = {
		{ "thing:threads=4", "thing", "", "", "threads=4" },
		{ "thing:a=1:b-c=x.y", "thing", "", "", "a=1:b-c=x.y" },
		{ "thing@1.26:threads=4", "thing", "1.26", "", "threads=4" },
		{ "thing@/srv/x:threads=4", "thing", "/srv/x", "", "threads=4" },
		{ "thing@/srv/a:b=c/x:threads=4", "thing", "/srv/a:b", "c/x", "threads=4" },
		{ "thing=/opt/a:b/thing:threads=4", "thing", "", "/opt/a:b/thing", "threads=4" },
		{ "./a:b/mine.lua:threads=4", "./a:b/mine.lua", "", "", "threads=4" },
		{ "thing@/srv/x=/opt/y:threads=4", "thing", "/srv/x", "/opt/y", "threads=4" },
	};
	static const char *const wrong[] = { "thing:",		"thing:threads",   "thing:threads=",
					     "thing:=4",	"thing:Threads=4", "thing:a=1:b",
					     "thing@1.26:four", "thing@1.26:a=1:b" };
	struct err e = { .text = "" };
	struct choice c;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_choice(rows[i].text, rows[i].driver, rows[i].root, rows[i].program);
		assert_int_equal(choice_parse(rows[i].text, &c, &e), 0);
		assert_string_equal(c.options, rows[i].options);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (choice_parse(wrong[i], &c, &e) != -EINVAL)
			fail_msg("'%s' is taken", wrong[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_of_a_resolver_is_taken_apart),
		cmocka_unit_test(options_stand_behind_whatever_says_which_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
