/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/program.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/support/alone.h"

#define PATIENCE 30000 /* ms, that nothing here needs */

/* A number of seconds that no other process sleeps for. */
static char mark[32];

static int prepare(void **state)
{
	(void)state;
	snprintf(mark, sizeof(mark), "86400.%d", (int)getpid());
	return 0;
}

static bool has_word(const char *pid, const char *word)
{
	char path[300], line[4096];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	f = fopen(path, "re");
	len = f ? fread(line, 1, sizeof(line), f) : 0;
	if (f)
		fclose(f);
	return len && memmem(line, len, word, strlen(word));
}

/* The processes that sleep so long, or are to. */
static unsigned sleepers(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	unsigned n = 0;

	assert_non_null(proc);
	while ((d = readdir(proc)))
		n += *d->d_name >= '1' && *d->d_name <= '9' && has_word(d->d_name, mark);
	closedir(proc);
	return n;
}

static bool come_to(unsigned wanted)
{
	for (int i = 0; i < 1000; i++) {
		if (sleepers() == wanted)
			return true;
		rest(10);
	}
	return false;
}

static int ask(const char *script, int patience, char *text, size_t size, struct err *e)
{
	const char *const argv[] = { "/bin/sh", "-c", script, mark, NULL };
	int r = program_ask(argv, NULL, NULL, patience, text, size, e);

	if (r == -EPERM && !must_work())
		skip();
	return r;
}

static void what_a_program_says_is_kept_as_far_as_it_fits(void **state)
{
	struct err e = { .text = "" };
	char text[16];

	(void)state;
	assert_int_equal(ask("echo one; echo two >&2; exit 3", PATIENCE, text, sizeof(text), &e),
			 0);
	assert_string_equal(text, "one\ntwo\n");
	assert_int_equal(
		ask("head -c 1000000 /dev/zero | tr '\\0' x", PATIENCE, text, sizeof(text), &e), 0);
	assert_string_equal(text, "xxxxxxxxxxxxxxx");
}

static void a_program_that_does_not_end_is_ended_and_told(void **state)
{
	struct err e = { .text = "" };
	char text[64];

	(void)state;
	assert_int_equal(
		ask("echo version 4.2; setsid sleep $0 & sleep $0", 300, text, sizeof(text), &e),
		-ETIMEDOUT);
	assert_string_equal(e.text, "'/bin/sh' does not tell its version within 0.3 s");
	assert_string_equal(text, "");
	assert_true(come_to(0));
}

static void what_it_leaves_behind_ends_with_it(void **state)
{
	struct err e = { .text = "" };
	char text[64];

	(void)state;
	assert_int_equal(
		ask("echo version 4.2; setsid sleep $0 & exit", PATIENCE, text, sizeof(text), &e),
		0);
	assert_string_equal(text, "version 4.2\n");
	assert_true(come_to(0));
}

/* Killed while it asks, at an early moment and at a late one. */
static void nothing_is_left_when_the_asker_is_killed(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		pid_t pid = fork();
		char text[64];

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(ask("setsid sleep $0 & sleep $0", PATIENCE, text, sizeof(text),
				  NULL) < 0);
		if (i < 3)
			rest(i * 10);
		else if (!come_to(3))
			fail_msg("the program does not begin");
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_true(come_to(0));
	}
}

static void it_has_no_network_and_no_secret(void **state)
{
	struct err e = { .text = "" };
	char text[4096];

	(void)state;
	setenv("CI_SECRET_TOKEN", "hunter2", 1);
	assert_int_equal(
		ask("cat /proc/net/dev | grep -v -e Inter -e face -e ' lo:'; env | cut -d= "
		    "-f1 | sort | tr '\\n' ' '",
		    PATIENCE, text, sizeof(text), &e),
		0);
	unsetenv("CI_SECRET_TOKEN");
	assert_string_equal(text, "LANG PATH PWD TZ ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_program_says_is_kept_as_far_as_it_fits),
		cmocka_unit_test(a_program_that_does_not_end_is_ended_and_told),
		cmocka_unit_test(what_it_leaves_behind_ends_with_it),
		cmocka_unit_test(nothing_is_left_when_the_asker_is_killed),
		cmocka_unit_test(it_has_no_network_and_no_secret),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
