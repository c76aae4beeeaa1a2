/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/mounts_root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/cleanup.h"

struct making {
	int folder, machine; /* where from */
	int root; /* where to */
	const char *path; /* the folder's */
	bool over;
	struct err *e;
};

static int failed(const struct making *m, const char *what, const char *name)
{
	return err_set(m->e, -errno, "cannot %s '/%s': %s", what, name, strerror(errno));
}

/* Of each world its own, whatever a root folder has there. */
static bool is_ours(const char *name)
{
	static const char *const ours[] = { ".", "..", "dev", "proc", "run", "sys", "tmp" };

	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		if (strcmp(name, ours[i]) == 0)
			return true;
	return false;
}

/* The machine's homes are nobody else's business. */
static bool is_home(const char *name)
{
	return strcmp(name, "home") == 0 || strcmp(name, "root") == 0;
}

/* A file system of a kind, with one option, that stands nowhere yet. */
static int make_system(const char *kind, const char *key, const char *value, unsigned attributes)
{
	_cleanup_(closep) int fs = fsopen(kind, FSOPEN_CLOEXEC);

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, key, value, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return fsmount(fs, FSMOUNT_CLOEXEC, attributes | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}

static int make_folder(const struct making *m, const char *name)
{
	return mkdirat(m->root, name, 0755) < 0 && errno != EEXIST ? failed(m, "make", name) : 0;
}

static int put(const struct making *m, int tree, const char *name)
{
	return move_mount(tree, "", m->root, name, MOVE_MOUNT_F_EMPTY_PATH) < 0
		       ? failed(m, "show", name)
		       : 0;
}

static int put_link(const struct making *m, int from, const char *name)
{
	char to[PATH_MAX];
	ssize_t n = readlinkat(from, name, to, sizeof(to) - 1);

	to[n > 0 ? n : 0] = '\0';
	return n < 0 || symlinkat(to, m->root, name) < 0 ? failed(m, "make", name) : 0;
}

static int make_file(const struct making *m, const char *name)
{
	_cleanup_(closep) int fd =
		openat(m->root, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	return fd < 0 ? failed(m, "make", name) : 0;
}

/* What stands there, at the same place. What is neither folder, file nor link nobody needs. */
static int put_same(const struct making *m, int from, const char *name)
{
	_cleanup_(closep) int tree = -1;
	struct stat st;
	int r;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(m, "look at", name);
	if (S_ISLNK(st.st_mode))
		return put_link(m, from, name);
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return 0;
	tree = open_tree(from, name,
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW);
	if (tree < 0)
		return failed(m, "copy the mount of", name);
	r = S_ISDIR(st.st_mode) ? make_folder(m, name) : make_file(m, name);
	return r == 0 ? put(m, tree, name) : r;
}

/* ---- over the machine's ---- */

/* A path in overlayfs's list, where colons part them. Gives where the copy ends. */
static char *escape(char *at, const char *end, const char *path)
{
	for (; *path && at + 2 < end; path++) {
		if (*path == ':' || *path == '\\')
			*at++ = '\\';
		*at++ = *path;
	}
	*at = '\0';
	return at;
}

/* A link of the machine's, like /lib to usr/lib, is gone along. */
static int put_both(const struct making *m, const char *name)
{
	char lower[2 * PATH_MAX + 256], path[PATH_MAX + 256], *at;
	const char *end = lower + sizeof(lower);
	_cleanup_(closep) int tree = -1;
	int r = make_folder(m, name);

	snprintf(path, sizeof(path), "%s/%s", m->path, name);
	at = escape(lower, end, path);
	at += snprintf(at, (size_t)(end - at), ":/");
	escape(at, end, name);
	if (r < 0)
		return r;
	tree = make_system("overlay", "lowerdir", lower, MOUNT_ATTR_RDONLY);
	if (tree < 0)
		return err_set(m->e, -errno, "cannot lay '%s' over the machine's '/%s': %s", path,
			       name, strerror(errno));
	return put(m, tree, name);
}

static bool is_folder(int at, const char *name)
{
	struct stat st;

	return fstatat(at, name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static bool is_there(int at, const char *name)
{
	struct stat st;

	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int put_folders(const struct making *m, const char *name)
{
	bool both = m->over && !is_home(name) && is_folder(m->folder, name) &&
		    is_folder(m->machine, name);

	return both ? put_both(m, name) : put_same(m, m->folder, name);
}

static int put_machines(const struct making *m, const char *name)
{
	if (is_there(m->folder, name))
		return 0;
	return is_home(name) ? make_folder(m, name) : put_same(m, m->machine, name);
}

/* ---- all ---- */

static int put_each(const struct making *m, int from,
		    int (*each)(const struct making *m, const char *name))
{
	int fd = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(closedirp) DIR *all = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	int r = all ? 0 : failed(m, "read", "");

	while (r == 0 && (d = readdir(all)))
		if (!is_ours(d->d_name))
			r = each(m, d->d_name);
	return r;
}

static int put_all(const struct making *m)
{
	static const char *const empty[] = { "dev", "proc", "run", "tmp" };
	int r = put_each(m, m->folder, put_folders);

	if (r == 0 && m->over)
		r = put_each(m, m->machine, put_machines);
	if (r == 0)
		r = put_same(m, m->machine, "sys");
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(empty); i++)
		r = make_folder(m, empty[i]);
	return r;
}

int mounts_root_enter(int folder, const char *path, bool over, struct err *e)
{
	struct mount_attr shut = { .attr_set = MOUNT_ATTR_RDONLY };
	_cleanup_(closep) int machine = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(closep) int root = make_system("tmpfs", "mode", "0755", 0);
	struct making m = { folder, machine, root, path, over, e };
	int r;

	if (machine < 0 || root < 0 ||
	    move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return failed(&m, "make a root in place of", "");
	r = put_all(&m);
	if (r < 0)
		return r;
	if (mount_setattr(root, "", AT_EMPTY_PATH, &shut, sizeof(shut)) < 0 || fchdir(root) < 0 ||
	    chroot(".") < 0)
		return failed(&m, "go to the root in place of", "");
	return 0;
}
