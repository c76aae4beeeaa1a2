/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/whole.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static struct err err;

static int write_text(const char *text, int rc)
{
	struct whole w;

	assert_int_equal(whole_open(&w, folder(), "file", &err), 0);
	fputs(text, w.out);
	return whole_close(&w, rc, &err);
}

static void assert_folder(const char *want)
{
	shell(&sh, "cd %s && for f in $(ls -A); do echo $f: $(head -c 20 $f); done", folder());
	assert_string_equal(sh.out, want);
}

static void a_file_is_there_when_it_is_whole(void **state)
{
	struct whole w;

	(void)state;
	assert_int_equal(whole_open(&w, folder(), "file", &err), 0);
	fputs("half", w.out);
	fflush(w.out);
	assert_int_equal(access(w.path, F_OK), -1);
	assert_int_equal(whole_close(&w, 0, &err), 0);
	assert_folder("file: half\n");
}

static void what_its_writer_could_not_do_leaves_the_file_before(void **state)
{
	(void)state;
	assert_int_equal(write_text("old", 0), 0);
	err_set(&err, -EINVAL, "the writer's own sentence");
	assert_int_equal(write_text("new", -EINVAL), -EINVAL);
	assert_string_equal(err.text, "the writer's own sentence");
	assert_folder("file: old\n");
}

/* As with a full disk. */
static void what_there_was_no_room_for_leaves_the_file_before_and_says_so(void **state)
{
	struct rlimit old, small;
	char *much = malloc(100001);

	(void)state;
	memset(much, 'x', 100000);
	much[100000] = '\0';
	assert_int_equal(write_text("old", 0), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 8192;
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(write_text(much, 0), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_non_null(strstr(err.text, "cannot write '"));
	assert_non_null(
		strstr(err.text, "/file': no file may be larger here ('ulimit -f unlimited'"));
	assert_folder("file: old\n");
	free(much);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
	struct whole w;

	(void)state;
	assert_int_equal(whole_open(&w, "/nowhere", "file", &err), -ENOENT);
	assert_non_null(strstr(err.text, "cannot write '/nowhere/file'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_there_when_it_is_whole),
		cmocka_unit_test(what_its_writer_could_not_do_leaves_the_file_before),
		cmocka_unit_test(what_there_was_no_room_for_leaves_the_file_before_and_says_so),
		cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
