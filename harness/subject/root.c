/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/root.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sim/base/loadable.h"
#include "sim/base/versions.h"

#define CHAIN 4 /* a script, its interpreter, that one's loader */
#define FD_PATH 32

int root_open(const char *folder, struct root **ret, struct err *e)
{
	_cleanup_(root_freep) struct root *r = calloc(1, sizeof(*r));

	if (!r)
		return err_set(e, -ENOMEM, "not enough memory");
	r->fd = -1;
	if (!realpath(folder, r->folder))
		return err_set(e, -EINVAL, "no such folder: '%s'", folder);
	r->fd = open(r->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r->fd < 0)
		return err_set(e, -EINVAL, "'%s' cannot be a root folder: %s", folder,
			       strerror(errno));
	if (strcmp(r->folder, "/") == 0)
		return err_set(e, -EINVAL,
			       "'%s' is this machine's own root: what is installed here is named "
			       "without @",
			       folder);
	*ret = TAKE(r);
	return 0;
}

void root_free(struct root *r)
{
	if (!r)
		return;
	closep(&r->fd);
	free(r);
}

/* ---- files in it ---- */

/* As who has it for his root sees it; from the machine's where it is laid over that and lacks it. -1:
 * it is not there. */
static int open_inside(const struct root *r, const char *path, bool over)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	int fd = (int)syscall(SYS_openat2, r->fd, path, &how, sizeof(how));

	return fd < 0 && over ? open(path, O_RDONLY | O_CLOEXEC) : fd;
}

/* A path by which an open file is found again, for who reads it by its path. */
static const char *path_of(int fd, char ret[FD_PATH])
{
	snprintf(ret, FD_PATH, "/proc/self/fd/%d", fd);
	return ret;
}

static bool is_program(const struct root *r, const char *path)
{
	_cleanup_(closep) int fd = open_inside(r, path, r->over);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

int root_find(const struct root *r, const char *name, char ret[PATH_MAX])
{
	static const char *const folders[] = { "/usr/local/sbin", "/usr/sbin", "/sbin",
					       "/usr/local/bin",  "/usr/bin",  "/bin" };
	char found[PATH_MAX];
	bool there = false;

	if (*name == '/') {
		there = is_program(r, strcpy(found, name));
	} else {
		for (size_t i = 0; !there && i < ARRAY_SIZE(folders); i++) {
			snprintf(found, sizeof(found), "%s/%s", folders[i], name);
			there = is_program(r, found);
		}
	}
	if (!there)
		return -ENOENT;
	strcpy(ret, found);
	return 0;
}

/* ---- its system ---- */

/* Goes from a script to the program that runs it, opened, and tells the loader of that. */
static int open_program(const struct root *r, const char *program, bool over, char loader[PATH_MAX])
{
	char next[PATH_MAX], self[FD_PATH];
	int fd = open_inside(r, program, over);

	*loader = '\0';
	for (int i = 0; fd >= 0 && i < CHAIN; i++) {
		int other;

		loadable_interpreter(path_of(fd, self), next, sizeof(next));
		other = *next ? open_inside(r, next, over) : -1;
		if (*next)
			strcpy(loader, next);
		if (other < 0)
			return fd;
		if (!*loadable_interpreter(path_of(other, self), next, sizeof(next))) {
			close(other); /* the loader itself, which has none */
			return fd;
		}
		close(fd);
		fd = other;
	}
	return fd;
}

/* "GNU C Library (Debian GLIBC 2.41-12) stable release version 2.41." stands in the file. */
static void find_version(const char *data, size_t size, char *ret, size_t room)
{
	static const char name[] = "GNU C Library", word[] = " release version ";
	const char *at = memmem(data, size, name, sizeof(name) - 1);
	const char *end = data + size;
	size_t len = 0;

	at = at ? memmem(at, (size_t)(end - at), word, sizeof(word) - 1) : NULL;
	if (!at)
		return;
	for (at += sizeof(word) - 1; at < end && len + 1 < room; at++) {
		if (!isdigit((unsigned char)*at) && *at != '.')
			break;
		ret[len++] = *at;
	}
	if (len && ret[len - 1] == '.')
		len--;
	ret[len] = '\0';
}

/* Beside the loader, wherever the links to that lead. */
static int open_libc(const struct root *r)
{
	_cleanup_(closep) int loader = open_inside(r, r->loader, r->over);
	char path[PATH_MAX], self[FD_PATH], *slash;
	ssize_t n = loader < 0 ? -1
			       : readlink(path_of(loader, self), path,
					  sizeof(path) - sizeof("/libc.so.6"));

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return -1;
	strcpy(slash, "/libc.so.6");
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void read_libc(struct root *r)
{
	_cleanup_(closep) int fd = open_libc(r);
	struct stat st;
	char *data;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0)
		return;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return;
	find_version(data, (size_t)st.st_size, r->libc, sizeof(r->libc));
	munmap(data, (size_t)st.st_size);
}

/* Static programs have no loader, and need nothing beside themselves. */
void root_look(struct root *r, const char *program)
{
	int fd = open_program(r, program, false, r->loader);
	int loader = *r->loader ? open_inside(r, r->loader, false) : -1;

	closep(&fd);
	r->over = *r->loader && loader < 0;
	closep(&loader);
	read_libc(r);
}

static bool is_musl(const char *loader)
{
	const char *slash = strrchr(loader, '/');

	return strncmp(slash ? slash + 1 : loader, "ld-musl", 7) == 0;
}

int root_check(const struct root *r, const char *program, struct err *e)
{
	char loader[PATH_MAX], self[FD_PATH];
	_cleanup_(closep) int fd = open_program(r, program, r->over, loader);
	const char *why = fd < 0 ? NULL : loadable_why_not(path_of(fd, self));

	if (why)
		return err_set(e, -ELIBACC,
			       "'%s' in '%s' %s: the clock library cannot be loaded into it, and "
			       "it would live in real time; use --clock real, or say clock = "
			       "'real' in its driver",
			       program, r->folder, why);
	if (is_musl(loader))
		return err_set(e, -ELIBACC,
			       "'%s' in '%s' is built with musl, and the clock library goes into "
			       "programs of glibc alone: take a build with glibc, or --clock real",
			       program, r->folder);
	if (*r->libc && version_compare(r->libc, ROOT_LIBC_OLDEST) < 0)
		return err_set(e, -ELIBACC,
			       "'%s' has glibc %s, and the clock library needs %s or later: take a "
			       "younger release, or --clock real",
			       r->folder, r->libc, ROOT_LIBC_OLDEST);
	return 0;
}
