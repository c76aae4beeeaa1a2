/* SPDX-License-Identifier: BSD-2-Clause */
/* What docs/your-resolver.md shows is what happens: its driver, saved word by word, is started,
 * commanded and counted, and does what the shipped one of the same program does; what it says of
 * refusals is what is said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define PAGE "docs/your-resolver.md"

static double servfail(const char *cell)
{
	return csv_sum(folder_path("run/%s/curve.csv", cell), "servfail", "class", "all", 0, EVER);
}

static void the_driver_in_it_does_what_the_shipped_one_does(void **state)
{
	const char *dir = folder();

	(void)state;
	shell(&sh, "sed -n '/^```lua$/,/^```$/p' " PAGE " | sed '/^```/d' > %s/mine.lua", dir);
	shell(&sh,
	      "cd %s && $OLDPWD/build/sigfault run minute -r ./mine.lua,unbound -m "
	      "none,nta-flush,serve-stale --quiet -o run 2>&1",
	      dir);
	if (sh.status != 0)
		fail_msg("%d: %s", sh.status, sh.out);
	assert_true(servfail("mine-none") > 100);
	assert_true(servfail("mine-none") == servfail("unbound-none"));
	assert_true(servfail("mine-nta-flush") < servfail("mine-none") / 2);
	shell(&sh, "grep -c ',request-list,' %s/run/mine-none/metrics.csv", dir);
	assert_true(atoi(sh.out) > 10);
	shell(&sh, "jq -e '[.cells[].valid] | all' %s/run/run.json", dir);
	assert_int_equal(sh.status, 0);
}

/* `sentence` is on the page, as it stands. */
static void is_told(const char *sentence)
{
	shell(&sh, "cat " PAGE);
	if (!strstr(sh.out, sentence))
		fail_msg("not on the page: %s", sentence);
}

static void what_is_refused_reads_as_it_says(void **state)
{
	const char *dir = folder();
	char *end, said[512];

	(void)state;
	shell(&sh,
	      "sed '/package =/d' %s/mine.lua > %s/half.lua && cd %s && $OLDPWD/build/sigfault run "
	      "minute -r ./half.lua -o half 2>&1",
	      dir, dir, dir);
	assert_int_equal(sh.status, 2);
	assert_non_null(strstr(sh.out, "./half.lua: driver: needs 'package'"));
	is_told("./mine.lua: driver: needs 'package'");
	shell(&sh, "printf 'int main(void){for(;;);}' | gcc -static -x c - -o %s/static", dir);
	assert_int_equal(sh.status, 0);
	shell(&sh,
	      "build/sigfault run minute -r unbound=%s/static --quiet -o %s/st 2>&1 | grep -o \"is "
	      "a "
	      "static program.*in its driver\" | head -1",
	      dir, dir);
	end = strchr(sh.out, '\n');
	assert_non_null(end);
	*end = '\0';
	snprintf(said, sizeof(said), "%.500s", sh.out);
	is_told(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_driver_in_it_does_what_the_shipped_one_does),
		cmocka_unit_test(what_is_refused_reads_as_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
