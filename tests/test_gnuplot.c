/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/gnuplot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/cleanup.h"
#include "tests/support/test.h"

#define DUMB "set terminal dumb 40 8 mono\n"

static char drawn[1 << 16], said[4096];

static void read_all(FILE *f, char *text, size_t size)
{
	rewind(f);
	text[fread(text, 1, size - 1, f)] = '\0';
}

static int draw(const char *script)
{
	_cleanup_(fclosep) FILE *in = tmpfile(), *out = tmpfile(), *words = tmpfile();
	int rc;

	assert_true(in && out && words);
	fputs(script, in);
	fflush(in);
	rc = gnuplot_run(in, out, words);
	read_all(out, drawn, sizeof(drawn));
	read_all(words, said, sizeof(said));
	return rc;
}

static void a_script_sees_nothing_of_the_one_before(void **state)
{
	static char first[sizeof(drawn)];

	(void)state;
	assert_int_equal(draw(DUMB "set yrange [0:5]\nplot 3\n"), 0);
	strcpy(first, drawn);
	assert_non_null(strstr(first, "****"));
	assert_int_equal(
		draw(DUMB "set title 'other'\nset yrange [0:9]\n$a << E\n1 2\nE\nplot $a\n"), 0);
	assert_non_null(strstr(drawn, "other"));
	assert_int_equal(draw(DUMB "set yrange [0:5]\nplot 3\n"), 0);
	assert_string_equal(drawn, first);
	assert_int_equal(draw(DUMB "plot $a\n"), 1);
}

static void an_error_is_told_and_the_next_script_is_drawn(void **state)
{
	(void)state;
	assert_int_equal(draw(DUMB "frobnicate\n"), 1);
	assert_non_null(strstr(said, "invalid command"));
	assert_int_equal(draw(DUMB "plot 3\n"), 0);
	assert_non_null(strstr(drawn, "****"));
	assert_int_equal(draw("exit status 7\n"), 7);
	assert_int_equal(draw(DUMB "plot 3\n"), 0);
}

/* More than sockets and pipes hold. */
static void a_long_script_and_long_words_are_no_trouble(void **state)
{
	static char script[1 << 20];
	size_t n = (size_t)sprintf(script, DUMB "$a << E\n");

	(void)state;
	for (int i = 0; i < 50000; i++)
		n += (size_t)sprintf(script + n, "%d %d\n", i, i % 7);
	strcpy(script + n, "E\nplot $a\n");
	assert_int_equal(draw(script), 0);
	n = (size_t)sprintf(script, DUMB);
	for (int i = 0; i < 20000; i++)
		n += (size_t)sprintf(script + n, "print 'a drawn line'\n");
	strcpy(script + n, "plot 3\n");
	assert_int_equal(draw(script), 0);
	assert_non_null(strstr(drawn, "****"));
}

static void a_child_has_one_of_its_own(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(draw(DUMB "plot 3\n"), 0);
	pid = fork();
	if (pid == 0)
		_exit(draw(DUMB "plot 4\n") != 0 || !strstr(drawn, "****"));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(draw(DUMB "plot 3\n"), 0);
}

static void one_that_is_not_installed_is_enoent(void **state)
{
	char path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s", getenv("PATH"));
	gnuplot_end();
	assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
	assert_int_equal(draw(DUMB "plot 3\n"), -ENOENT);
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_int_equal(draw(DUMB "plot 3\n"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_script_sees_nothing_of_the_one_before),
		cmocka_unit_test(an_error_is_told_and_the_next_script_is_drawn),
		cmocka_unit_test(a_long_script_and_long_words_are_no_trouble),
		cmocka_unit_test(a_child_has_one_of_its_own),
		cmocka_unit_test(one_that_is_not_installed_is_enoent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
