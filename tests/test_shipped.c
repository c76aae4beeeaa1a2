/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the files are found that come with the program: in the source tree, and installed. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/shipped.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

static void the_source_tree_is_found_above_the_program(void **state)
{
	(void)state;
	assert_ends(shipped_path(SHIPPED_SCENARIOS), "/scenarios");
	assert_ends(shipped_path(SHIPPED_ROLLOVERS), "/rollovers");
	assert_ends(shipped_path(SHIPPED_RESOLVERS), "/harness/subject/resolvers");
	assert_ends(shipped_path(SHIPPED_SIGNERS), "/harness/subject/signers");
	assert_ends(shipped_path(SHIPPED_MITIGATIONS), "/harness/subject/mitigations.lua");
	assert_ends(shipped_path(SHIPPED_PAGE), "/harness/report/page");
	assert_ptr_equal(shipped_path(SHIPPED_PAGE), shipped_path(SHIPPED_PAGE));
}

/* This very program, copied to PREFIX/bin, tells what it finds there. */
static void what_is_installed_is_found_beside_bin(void **state)
{
	const char *d = folder();
	char expected[512];

	(void)state;
	shell(&sh,
	      "cd %s && mkdir -p p/bin p/share/sigfault/scenarios p/share/sigfault/resolvers "
	      "p/share/sigfault/signers "
	      "p/share/sigfault/schema p/lib/sigfault && touch p/share/sigfault/mitigations.lua "
	      "p/lib/sigfault/libsigfault-clock.so && cp /proc/%d/exe p/bin/x && cd / && "
	      "%s/p/bin/x tell",
	      d, getpid(), d);
	snprintf(expected, sizeof(expected),
		 "%s/p/share/sigfault/scenarios\nnowhere\n%s/p/share/sigfault/resolvers\n"
		 "%s/p/share/sigfault/signers\n"
		 "%s/p/share/sigfault/mitigations.lua\nnowhere\n%s/p/share/sigfault/schema\n"
		 "%s/p/lib/sigfault/libsigfault-clock.so\nnowhere\n",
		 d, d, d, d, d, d);
	assert_string_equal(sh.out, expected);
	assert_int_equal(sh.status, 0);
}

static void a_script_is_named_by_its_name_or_its_path(void **state)
{
	char path[PATH_MAX], again[PATH_MAX];

	(void)state;
	assert_int_equal(shipped_script(SHIPPED_SCENARIOS, "minute", path, NULL), 0);
	assert_ends(path, "/scenarios/minute.lua");
	assert_int_equal(shipped_script(SHIPPED_SCENARIOS, "minute.lua", again, NULL), 0);
	assert_string_equal(again, path);
	assert_int_equal(shipped_script(SHIPPED_ROLLOVERS, path, again, NULL), 0);
	assert_string_equal(again, path);
}

static void what_is_no_script_is_not_found(void **state)
{
	char path[PATH_MAX], name[PATH_MAX + 1];
	struct err e;

	(void)state;
	assert_int_equal(shipped_script(SHIPPED_SCENARIOS, "no-such", path, NULL), -ENOENT);
	assert_int_equal(shipped_script(SHIPPED_SCENARIOS, "lib", path, NULL), -ENOENT);
	assert_int_equal(shipped_script(SHIPPED_SCENARIOS, "", path, NULL), -ENOENT);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(shipped_script(SHIPPED_SCENARIOS, name, path, &e), -ENAMETOOLONG);
	assert_non_null(strstr(e.text, "is too long a path"));
}

struct seen {
	unsigned count;
	char last[64]; /* its file */
	int minute;
};

static void see(const char *name, void *arg)
{
	struct seen *s = arg;
	char file[64];

	snprintf(file, sizeof(file), "%s.lua", name);
	assert_true(strcmp(s->last, file) < 0);
	assert_null(strstr(name, ".lua"));
	s->minute |= strcmp(name, "minute") == 0;
	s->count++;
	snprintf(s->last, sizeof(s->last), "%s", file);
}

static void all_scripts_are_told_in_order_and_without_their_suffix(void **state)
{
	struct seen s = { 0 };

	(void)state;
	assert_int_equal(shipped_each(SHIPPED_SCENARIOS, see, &s), 0);
	assert_true(s.count > 1 && s.minute);
}

static int tell(void)
{
	for (int kind = 0; kind < SHIPPED_COUNT; kind++) {
		const char *path = shipped_path((enum shipped)kind);

		puts(path ? path : "nowhere");
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_source_tree_is_found_above_the_program),
		cmocka_unit_test(what_is_installed_is_found_beside_bin),
		cmocka_unit_test(a_script_is_named_by_its_name_or_its_path),
		cmocka_unit_test(what_is_no_script_is_not_found),
		cmocka_unit_test(all_scripts_are_told_in_order_and_without_their_suffix),
	};

	if (argc > 1 && strcmp(argv[1], "tell") == 0)
		return tell();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
