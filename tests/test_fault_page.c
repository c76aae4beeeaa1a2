/* SPDX-License-Identifier: BSD-2-Clause */
/* What the catalogue says of itself. */
#include <stdlib.h>
#include <string.h>

#include "harness/cli/fault_page.h"
#include "harness/cli/figure_page.h"
#include "sim/base/cleanup.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

static char *made(void (*print)(FILE *out))
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	char *copy;

	assert_non_null(f);
	print(f);
	fclose(f);
	copy = strdup(text);
	free(text);
	assert_non_null(copy);
	return copy;
}

/* A page of docs/ that a table makes. */
static void assert_fresh(const char *page, void (*print)(FILE *out))
{
	_cleanup_(freep) char *text = made(print);

	if (strcmp(text, file_text(page)) != 0)
		fail_msg("%s is stale: make %s", page, page);
}

static void the_documentation_is_what_the_tables_say(void **state)
{
	(void)state;
	assert_fresh("docs/faults.md", fault_page_markdown);
	assert_fresh("docs/figures.md", figure_page_markdown);
}

static void every_fault_is_listed_once(void **state)
{
	_cleanup_(freep) char *text = made(fault_page_list);
	const struct fault_row *r;
	char line[80];

	(void)state;
	for (unsigned n = 0; (r = fault_row(n)); n++) {
		const char *at;

		snprintf(line, sizeof(line), "\n  %s ", r->name);
		at = strstr(text, line);
		assert_non_null(at);
		assert_null(strstr(at + 1, line));
	}
}

static void every_row_is_whole(void **state)
{
	const struct fault_row *r;

	(void)state;
	for (unsigned n = 0; (r = fault_row(n)); n++) {
		bool acts = r->ds || r->hides_ds || r->refers_ds || r->hides || r->hashing ||
			    r->denial || r->flaw || r->edit || r->address || r->loops ||
			    r->truncates || r->copy || r->roll || r->wire;

		if (!acts || !r->about || !r->rfc || !r->published ||
		    strchr(r->about, '.') == r->about)
			fail_msg("'%s' lacks something", r->name);
		if (fault_find(r->name) != r || (r->alias && fault_find(r->alias) != r))
			fail_msg("'%s' is another one's name", r->name);
		assert_true(strlen(r->name) < 40);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documentation_is_what_the_tables_say),
		cmocka_unit_test(every_fault_is_listed_once),
		cmocka_unit_test(every_row_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
