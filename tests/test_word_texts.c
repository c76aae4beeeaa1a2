/* SPDX-License-Identifier: BSD-2-Clause */
/* No word or key that the C code takes goes without its text: the README files, of which
 * sigfault-scenario(5) and sigfault-driver(5) are made, and the editors' scenarios/meta/sigfault.lua
 * have each. What the code takes is read from its own tables, as they stand in the source. */
#include <ctype.h>
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

/* What stands between backquotes and fences of a page, and nothing else. */
static char *code_of(const char *path)
{
	char *text = strdup(file_text(path)), *to = text;
	bool fenced = false, quoted = false;

	for (const char *p = text; *p; p++) {
		if (strncmp(p, "```", 3) == 0) {
			fenced = !fenced;
			p += 2;
			*to++ = '\n';
		} else if (*p == '`' && !fenced) {
			quoted = !quoted;
			*to++ = ' ';
		} else if (fenced || quoted) {
			*to++ = *p;
		}
	}
	*to = '\0';
	return text;
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += len)
		if ((p == text || !in_word(p[-1])) && !in_word(p[len]))
			return true;
	return false;
}

struct texts {
	char *page, *meta; /* `meta` NULL: there is none */
	unsigned found;
};

static void assert_told(struct texts *t, const char *place, const char *word)
{
	t->found++;
	if (!has_word(t->page, word))
		fail_msg("%s takes '%s', of which the README says nothing", place, word);
	if (t->meta && !has_word(t->meta, word))
		fail_msg("%s takes '%s', which scenarios/meta/sigfault.lua lacks", place, word);
}

/* Each text in quotes from `at` to the first NULL. */
static void check_keys(struct texts *t, const char *place, const char *at)
{
	const char *end = strstr(at, "NULL");

	assert_non_null(end);
	while ((at = strchr(at, '"')) && at < end) {
		char word[64];
		size_t len = strcspn(at + 1, "\"");

		snprintf(word, sizeof(word), "%.*s", (int)len, at + 1);
		assert_told(t, place, word);
		at += len + 2;
	}
}

/* Arrays of keys that args_table() is given, and rows of words that luaL_setfuncs() is. */
static void check_source(struct texts *t, const char *path)
{
	_cleanup_(freep) char *source = strdup(file_text(path));
	regmatch_t m[2];
	regex_t row;
	char word[64];

	for (const char *p = source; (p = strstr(p, "keys[] = {")); p++)
		check_keys(t, path, p);
	assert_int_equal(regcomp(&row, "\\{ \"([a-z_]+)\",[[:space:]]+[a-z_]+ \\}", REG_EXTENDED),
			 0);
	for (const char *p = source; regexec(&row, p, 2, m, 0) == 0; p += m[0].rm_eo) {
		snprintf(word, sizeof(word), "%.*s", (int)(m[1].rm_eo - m[1].rm_so),
			 p + m[1].rm_so);
		assert_told(t, path, word);
	}
	regfree(&row);
}

static void check_all(struct texts *t, const char *pattern)
{
	glob_t files;

	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		check_source(t, files.gl_pathv[i]);
	globfree(&files);
}

static void every_word_and_key_of_a_scenario_has_its_text(void **state)
{
	struct texts t = { .page = code_of("scenarios/README.md"),
			   .meta = strdup(file_text("scenarios/meta/sigfault.lua")) };

	(void)state;
	check_all(&t, "sim/language/words*.c");
	assert_true(t.found > 120); /* it has found them */
	free(t.page);
	free(t.meta);
}

static void every_key_of_a_driver_has_its_text(void **state)
{
	struct texts t = { .page = code_of("harness/subject/resolvers/README.md") };

	(void)state;
	check_all(&t, "harness/subject/driver.c");
	assert_true(t.found > 20);
	free(t.page);
}

static void every_key_of_a_signers_driver_has_its_text(void **state)
{
	struct texts t = { .page = code_of("harness/subject/signers/README.md") };

	(void)state;
	check_all(&t, "harness/subject/signer.c");
	assert_true(t.found > 10);
	free(t.page);
}

static void every_key_of_a_plan_of_rollovers_has_its_text(void **state)
{
	struct texts t = { .page = code_of("rollovers/README.md") };

	(void)state;
	check_all(&t, "sim/language/rollover_script.c");
	assert_true(t.found > 20);
	free(t.page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_and_key_of_a_scenario_has_its_text),
		cmocka_unit_test(every_key_of_a_driver_has_its_text),
		cmocka_unit_test(every_key_of_a_signers_driver_has_its_text),
		cmocka_unit_test(every_key_of_a_plan_of_rollovers_has_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
