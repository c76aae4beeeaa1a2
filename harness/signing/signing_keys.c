/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/signing_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/cleanup.h"

/* Patterns are read in the folder itself, whose path may have anything in it. */
static int find(const char *folder, const char *const *patterns, glob_t *ret, struct err *e)
{
	_cleanup_(closep) int was = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int flags = 0, r = 0;

	*ret = (glob_t){ 0 };
	if (was < 0 || chdir(folder) < 0)
		return err_set(e, -errno, "'%s': %s", folder, strerror(errno));
	for (; *patterns && r == 0; patterns++, flags = GLOB_APPEND) {
		r = glob(*patterns, flags, NULL, ret);
		if (r == GLOB_NOMATCH)
			r = 0;
	}
	if (fchdir(was) < 0 || r != 0)
		return err_set(e, -EIO, "'%s': its keys could not be listed", folder);
	return 0;
}

int keys_each(const char *folder, const char *const *patterns,
	      int (*each)(const char *path, void *arg, struct err *e), void *arg, struct err *e)
{
	char path[PATH_MAX + 256];
	glob_t found;
	int r = find(folder, patterns, &found, e);

	for (size_t i = 0; r == 0 && i < found.gl_pathc; i++) {
		snprintf(path, sizeof(path), "%s/%.250s", folder, found.gl_pathv[i]);
		r = each(path, arg, e);
	}
	if (r != 0 || found.gl_pathc)
		globfree(&found);
	return r;
}

static int make_folders(char *path, struct err *e)
{
	for (char *end = path; (end = strchr(end + 1, '/'));) {
		*end = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return err_set(e, -errno, "'%s': %s", path, strerror(errno));
		*end = '/';
	}
	return 0;
}

int keys_copy_file(const char *from, const char *to, struct err *e)
{
	_cleanup_(closep) int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	_cleanup_(closep) int out = -1;
	struct stat st;
	ssize_t n = 1;

	if (in < 0 || fstat(in, &st) < 0)
		return err_set(e, -errno, "'%s': %s", from, strerror(errno));
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, st.st_mode & 0777);
	while (out >= 0 && n > 0)
		n = sendfile(out, in, NULL, 1 << 20);
	if (out < 0 || n < 0 || fchown(out, st.st_uid, st.st_gid) < 0)
		return err_set(e, -errno, "'%s': %s", to, strerror(errno));
	return 0;
}

struct copying {
	const char *from, *to;
	unsigned count;
};

static int copy_one(const char *path, void *arg, struct err *e)
{
	struct copying *c = arg;
	char to[PATH_MAX + 256];
	int r;

	if ((size_t)snprintf(to, sizeof(to), "%s%s", c->to, path + strlen(c->from)) >= sizeof(to))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", path);
	r = make_folders(to, e);
	c->count++;
	return r == 0 ? keys_copy_file(path, to, e) : r;
}

int keys_copy(const char *from, const char *const *patterns, const char *to, struct err *e)
{
	struct copying c = { .from = from, .to = to };
	int r = keys_each(from, patterns, copy_one, &c, e);

	if (r == 0 && !c.count)
		r = err_set(e, -ENOENT, "there are no private keys in '%s'", from);
	return r;
}

static int remove_one(const char *path, void *arg, struct err *e)
{
	(void)arg;
	return unlink(path) < 0 ? err_set(e, -errno, "'%s': %s", path, strerror(errno)) : 0;
}

int keys_remove(const char *folder, const char *const *patterns, struct err *e)
{
	return keys_each(folder, patterns, remove_one, NULL, e);
}
