/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"

static void keep(const char *name)
{
	assert_int_equal(mkdir(folder_path("%s", name), 0755), 0);
}

static int prepare(void **state)
{
	(void)state;
	setenv("SIGFAULT_RESOLVERS", folder(), 1);
	keep("thing@1.17.1");
	keep("thing@1.26.2");
	keep("thing@1.26.10");
	keep("thing@1.261");
	keep("thing@trixie");
	keep("other@1.2");
	keep("other@1.2-patched");
	keep("no name@1");
	keep(".thing@2.new");
	return 0;
}

static const char *found(const char *kind, const char *version)
{
	static char path[PATH_MAX], ret[STORE_VERSION];
	struct err e = { .text = "" };

	if (store_find(kind, version, ret, path, &e) < 0)
		fail_msg("%s@%s: %s", kind, version, e.text);
	assert_string_equal(path, folder_path("%s@%s", kind, ret));
	return ret;
}

static void refused(const char *kind, const char *version, const char *part)
{
	char path[PATH_MAX], ret[STORE_VERSION];
	struct err e = { .text = "" };

	assert_int_equal(store_find(kind, version, ret, path, &e), -EINVAL);
	if (!strstr(e.text, part))
		fail_msg("'%s' does not say '%s'", e.text, part);
}

static void the_beginning_of_a_version_means_it(void **state)
{
	(void)state;
	assert_string_equal(found("thing", "1.17"), "1.17.1");
	assert_string_equal(found("thing", "1.26.2"), "1.26.2");
	assert_string_equal(found("thing", "1.261"), "1.261");
	assert_string_equal(found("thing", "trixie"), "trixie");
}

static void a_name_that_is_exactly_that_is_meant_first(void **state)
{
	(void)state;
	assert_string_equal(found("other", "1.2"), "1.2");
	assert_string_equal(found("other", "1.2-patched"), "1.2-patched");
}

static void what_may_be_several_is_refused_with_their_names(void **state)
{
	(void)state;
	refused("thing", "1.26", "thing@1.26.2, thing@1.26.10; name one");
	refused("thing", "1", "thing@1.17.1, thing@1.26.2, thing@1.26.10, thing@1.261; name one");
}

static void what_is_not_there_is_told_with_what_is(void **state)
{
	(void)state;
	refused("thing", "1.2", "which has of it: 1.17.1, 1.26.2, 1.26.10, 1.261, trixie");
	refused("third", "1.2", "'sigfault resolvers add third@1.2 DIR' puts it there");
}

static void append(const char *kind, const char *version, const char *path, void *arg)
{
	char *text = arg;

	assert_string_equal(path, folder_path("%s@%s", kind, version));
	sprintf(text + strlen(text), "%s@%s ", kind, version);
}

static void they_are_listed_by_kind_and_version(void **state)
{
	struct err e = { .text = "" };
	char text[512] = "";

	(void)state;
	assert_int_equal(store_each(append, text, &e), 0);
	assert_string_equal(text, "other@1.2 other@1.2-patched thing@1.17.1 "
				  "thing@1.26.2 thing@1.26.10 thing@1.261 thing@trixie ");
	setenv("SIGFAULT_RESOLVERS", folder_path("nowhere"), 1);
	*text = '\0';
	assert_int_equal(store_each(append, text, &e), 0);
	assert_string_equal(text, "");
	setenv("SIGFAULT_RESOLVERS", folder(), 1);
}

static void names_are_plain_words(void **state)
{
	static const char *const wrong[] = { "thing", "thing@",	   "@1",       "thing@../x",
					     "a/b@1", "thing@1 2", "thing@.1", "thing@1@2" };
	char kind[STORE_VERSION], version[STORE_VERSION];
	struct err e = { .text = "" };

	(void)state;
	assert_int_equal(store_parse("thing-6@1.2~rc1+deb_3", kind, version, &e), 0);
	assert_string_equal(kind, "thing-6");
	assert_string_equal(version, "1.2~rc1+deb_3");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(store_parse(wrong[i], kind, version, &e), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_beginning_of_a_version_means_it),
		cmocka_unit_test(a_name_that_is_exactly_that_is_meant_first),
		cmocka_unit_test(what_may_be_several_is_refused_with_their_names),
		cmocka_unit_test(what_is_not_there_is_told_with_what_is),
		cmocka_unit_test(they_are_listed_by_kind_and_version),
		cmocka_unit_test(names_are_plain_words),
	};

	return cmocka_run_group_tests(tests, prepare, folder_remove);
}
