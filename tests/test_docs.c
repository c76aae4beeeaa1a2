/* SPDX-License-Identifier: BSD-2-Clause */
/* What the documents name is there: every path in their text and every picture leads to a file of
 * the tree, so a file that moves takes its mention along. */
#include <glob.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

static const char *const pages[] = { "*.md",	       "docs/*.md",
				     "docs/ci/*.md",   "scenarios/*.md",
				     "rollovers/*.md", "harness/subject/resolvers/*.md" };

/* The folders of the tree, as a path may begin; what stands in a user's folders is nobody's. */
#define PATH "(sim|zones|harness|tests|docs|tools|scenarios|rollovers|debian)/[a-z0-9_./*-]*"

static bool is_there(const char *path)
{
	glob_t g;
	bool found = glob(path, GLOB_NOSORT, NULL, &g) == 0;

	globfree(&g);
	return found;
}

/* The paths that `pattern` finds in a page, of which its first bracket is one; how many are not
 * there. */
static unsigned missing_in(const char *page, const char *text, const char *pattern)
{
	unsigned missing = 0;
	regmatch_t m[2];
	regex_t re;

	assert_int_equal(regcomp(&re, pattern, REG_EXTENDED), 0);
	for (; regexec(&re, text, 2, m, 0) == 0; text += m[1].rm_eo) {
		char path[256];

		snprintf(path, sizeof(path), "%.*s", (int)(m[1].rm_eo - m[1].rm_so),
			 text + m[1].rm_so);
		if (is_there(path))
			continue;
		print_error("%s names '%s', which is not there\n", page, path);
		missing++;
	}
	regfree(&re);
	return missing;
}

static unsigned missing_of(const char *page)
{
	const char *text = file_text(page);

	return missing_in(page, text, "`(" PATH ")[`: ]") +
	       missing_in(page, text, "\\]\\((" PATH ")\\)");
}

static void every_path_in_the_documents_is_there(void **state)
{
	unsigned missing = 0, seen = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		glob_t g;

		assert_int_equal(glob(pages[i], 0, NULL, &g), 0);
		for (size_t k = 0; k < g.gl_pathc; k++, seen++)
			missing += missing_of(g.gl_pathv[k]);
		globfree(&g);
	}
	assert_true(seen > 10);
	assert_int_equal(missing, 0);
}

static void a_path_that_is_not_there_is_found(void **state)
{
	(void)state;
	assert_int_equal(missing_in("-", "see `zones/sign.h`.", "`(" PATH ")[`: ]"), 0);
	print_message("one is looked for in vain:\n");
	assert_int_equal(missing_in("-", "see `zones/sing.h`.", "`(" PATH ")[`: ]"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_path_in_the_documents_is_there),
		cmocka_unit_test(a_path_that_is_not_there_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
