/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/folder.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/cleanup.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

static char made[64];
static pid_t maker;

/* A child that a test forked may end by exit(), too: the folder is its parent's. KEEP=1 leaves it to
 * be looked at. */
static void remove_at_exit(void)
{
	if (made[0] && getpid() == maker && !getenv("KEEP"))
		folder_remove(NULL);
}

const char *folder(void)
{
	static bool registered;

	if (made[0])
		return made;
	strcpy(made, "/tmp/sigfault-XXXXXX");
	assert_non_null(mkdtemp(made));
	maker = getpid();
	if (!registered)
		assert_int_equal(atexit(remove_at_exit), 0);
	registered = true;
	return made;
}

const char *folder_path(const char *fmt, ...)
{
	static char paths[8][512];
	static unsigned next;
	char *path = paths[next++ % ARRAY_SIZE(paths)];
	size_t len = (size_t)snprintf(path, sizeof(paths[0]), "%s/", folder()), more;
	va_list ap;

	va_start(ap, fmt);
	more = (size_t)vsnprintf(path + len, sizeof(paths[0]) - len, fmt, ap);
	va_end(ap);
	assert_true(more < sizeof(paths[0]) - len);
	return path;
}

FILE *folder_open(const char *name)
{
	const char *slash = strrchr(name, '/');
	FILE *f;

	if (slash)
		mkdir(folder_path("%.*s", (int)(slash - name), name), 0777);
	f = fopen(folder_path("%s", name), "w");
	assert_non_null(f);
	return f;
}

const char *folder_put(const char *name, const char *text)
{
	FILE *f = folder_open(name);

	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return folder_path("%s", name);
}

static const char *print(const char *name, const char *fmt, va_list ap, mode_t mode)
{
	FILE *f = folder_open(name);

	assert_true(vfprintf(f, fmt, ap) >= 0);
	assert_int_equal(fchmod(fileno(f), mode), 0);
	assert_int_equal(fclose(f), 0);
	return folder_path("%s", name);
}

const char *folder_print(const char *name, const char *fmt, ...)
{
	const char *path;
	va_list ap;

	va_start(ap, fmt);
	path = print(name, fmt, ap, 0644);
	va_end(ap);
	return path;
}

const char *folder_program(const char *name, const char *fmt, ...)
{
	const char *path;
	va_list ap;

	va_start(ap, fmt);
	path = print(name, fmt, ap, 0755);
	va_end(ap);
	return path;
}

char *folder_text(const char *name)
{
	return file_text(folder_path("%s", name));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

int folder_remove(void **state)
{
	int r = made[0] ? nftw(made, remove_one, 16, FTW_DEPTH | FTW_PHYS) : 0;

	(void)state;
	made[0] = '\0';
	return r;
}
