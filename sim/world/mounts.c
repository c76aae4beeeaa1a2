/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "sim/base/cleanup.h"
#include "sim/world/mounts_root.h"

#define COVERS_MAX 32
#define PATHS_MAX 64
/* What they may take of the memory. */
#define SMALL "mode=0755,size=1m"
#define LARGE "size=256m"

/* A file or folder as it was before anything was laid over it. */
struct piece {
	const char *path; /* where it belongs */
	int tree; /* a copy of its mount, that stands nowhere yet */
	bool is_folder;
};

/* A folder that is empty there; its path has no links in it. */
struct cover {
	char path[PATH_MAX];
	bool stays_open; /* the program may write to it */
};

struct making {
	const struct mounts *view;
	struct cover covers[COVERS_MAX];
	unsigned cover_count;
	struct piece pieces[PATHS_MAX];
	unsigned piece_count;
	unsigned first_device; /* among the pieces */
	int folder; /* that is the root; -1: the machine's tree is */
	struct err *e;
};

static int failed(struct making *m, const char *what, const char *path)
{
	return err_set(m->e, -errno, "cannot %s '%s': %s", what, path, strerror(errno));
}

static bool lies_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (!path[len] || path[len] == '/');
}

static bool is_covered(const struct making *m, const char *path)
{
	for (unsigned i = 0; i < m->cover_count; i++)
		if (lies_in(path, m->covers[i].path))
			return true;
	return false;
}

/* ---- the root ---- */

/* In a chroot no mount can be told to keep to itself what is mounted below, nor can a user
 * namespace be made. What is above is gone to in this namespace alone, and left again. */
static int climb(struct making *m, int top)
{
	struct stat here, above;

	if (chroot("/proc") < 0 || fchdir(top) < 0)
		return failed(m, "leave", "/");
	for (;;) {
		if (stat(".", &here) < 0 || chdir("..") < 0 || stat(".", &above) < 0)
			return failed(m, "leave", "/");
		if (here.st_dev == above.st_dev && here.st_ino == above.st_ino)
			return chroot(".") < 0 ? failed(m, "leave", "/") : 0;
	}
}

/* The whole tree once more, read-only, laid over the root of all. */
static int take_root(struct making *m)
{
	struct mount_attr all = { .attr_set =
					  MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
				  .propagation = MS_PRIVATE };
	_cleanup_(closep) int top = -1, tree = -1;
	int r;

	if (unshare(CLONE_NEWNS) < 0)
		return failed(m, "make a mount namespace for", "/");
	top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = top < 0 ? failed(m, "open", "/") : climb(m, top);
	if (r < 0)
		return r;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return failed(m, "keep to ourselves the mounts of", "/");
	tree = open_tree(top, "",
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH);
	if (tree < 0)
		return failed(m, "copy the mounts of", "/");
	if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &all, sizeof(all)) < 0)
		return failed(m, "make read-only", "/");
	if (move_mount(tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0 || fchdir(tree) < 0 ||
	    chroot(".") < 0)
		return failed(m, "go to the copy of", "/");
	return 0;
}

/* ---- pieces ---- */

static int take_piece(struct making *m, const char *from, const char *to)
{
	struct piece *p = &m->pieces[m->piece_count];
	struct stat st;

	if (m->piece_count == PATHS_MAX)
		return err_set(m->e, -E2BIG, "more than %d paths are needed", PATHS_MAX);
	p->tree = open_tree(AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	if (p->tree < 0 || fstat(p->tree, &st) < 0)
		return failed(m, "copy the mount of", from);
	p->path = to;
	p->is_folder = S_ISDIR(st.st_mode);
	m->piece_count++;
	return 0;
}

static bool may_pass(const struct mounts *v, const struct stat *st)
{
	mode_t bit = st->st_uid == v->uid ? S_IXUSR : st->st_gid == v->gid ? S_IXGRP : S_IXOTH;

	return st->st_mode & bit;
}

static bool is_home(const char *path)
{
	const char *home = getenv("HOME");

	return strcmp(path, "/") == 0 || strcmp(path, "/root") == 0 ||
	       (strncmp(path, "/home/", 6) == 0 && !strchr(path + 6, '/')) ||
	       (home && strcmp(path, home) == 0);
}

/* What is asked for and is not there is missed by who needs it. */
static bool can_show(const struct mounts *v, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	return !S_ISDIR(st.st_mode) || (may_pass(v, &st) && !is_home(path));
}

static int take_devices(struct making *m)
{
	static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
					       "/dev/urandom" };
	int r = 0;

	m->first_device = m->piece_count;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(devices); i++)
		if (access(devices[i], F_OK) == 0)
			r = take_piece(m, devices[i], devices[i]);
	return r;
}

static int take_pieces(struct making *m)
{
	const struct mounts *v = m->view;
	int r = v->work ? take_piece(m, v->work, MOUNTS_WORK) : 0;

	if (r == 0 && v->root.folder && v->root.library)
		r = take_piece(m, v->root.library, MOUNTS_LIBRARY);
	for (const char *const *p = v->paths;
	     r == 0 && p && *p && (!v->root.folder || v->root.over); p++)
		if (can_show(v, *p))
			r = take_piece(m, *p, *p);
	return r == 0 ? take_devices(m) : r;
}

static int take_folder(struct making *m)
{
	const struct mounts_root *root = &m->view->root;

	if (!root->folder)
		return 0;
	m->folder = open(root->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (m->folder < 0)
		return failed(m, "open", root->folder);
	return mounts_root_enter(m->folder, root->folder, root->over, m->e);
}

static int make_folders(struct making *m, const char *path)
{
	char part[PATH_MAX];

	for (const char *end = path; (end = strchr(end + 1, '/'));) {
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		if (mkdir(part, 0755) < 0 && errno != EEXIST && errno != EROFS)
			return failed(m, "make", part);
	}
	return 0;
}

static int make_place(struct making *m, const struct piece *p)
{
	int fd, r = make_folders(m, p->path);

	if (r < 0)
		return r;
	if (p->is_folder)
		return mkdir(p->path, 0755) < 0 && errno != EEXIST ? failed(m, "make", p->path) : 0;
	fd = open(p->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return failed(m, "make", p->path);
	close(fd);
	return 0;
}

/* Unless it is in one that stands there already. */
static int put_piece(struct making *m, const struct piece *p)
{
	int r = access(p->path, F_OK) == 0 ? 1 : make_place(m, p);

	if (r == 0 && move_mount(p->tree, "", AT_FDCWD, p->path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return failed(m, "show", p->path);
	return r < 0 ? r : 0;
}

/* ---- covers ---- */

/* An empty file system in memory over a folder; one that is not there need not be hidden. */
static int cover(struct making *m, const char *path, const char *options, bool stays_open)
{
	struct cover *c = &m->covers[m->cover_count];
	char real[PATH_MAX];

	if (!realpath(path, real) || is_covered(m, real))
		return 0;
	if (m->cover_count == COVERS_MAX)
		return err_set(m->e, -E2BIG, "more than %d folders are to be hidden", COVERS_MAX);
	if (mount("tmpfs", real, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0)
		return failed(m, "lay an empty folder over", real);
	strcpy(c->path, real);
	c->stays_open = stays_open;
	m->cover_count++;
	return 0;
}

/* A service's home may be a folder that programs need. */
static bool is_home_apart(const char *home)
{
	static const char *const systems[] = { "/",    "/usr",	"/etc", "/bin", "/sbin", "/lib",
					       "/dev", "/proc", "/sys", "/var", "/opt" };

	for (size_t i = 0; i < ARRAY_SIZE(systems); i++)
		if (strcmp(home, systems[i]) == 0)
			return false;
	return *home == '/';
}

/* The machine's homes, unless a root folder has its own there. */
static bool hides_home(const struct making *m, const char *path)
{
	char top[PATH_MAX];
	struct stat st;

	if (m->folder < 0)
		return true;
	snprintf(top, sizeof(top), "%.*s", (int)strcspn(path + 1, "/"), path + 1);
	return m->view->root.over && fstatat(m->folder, top, &st, AT_SYMLINK_NOFOLLOW) < 0;
}

static int cover_all(struct making *m)
{
	static const struct {
		const char *path, *options;
		bool stays_open;
	} covers[] = { { "/tmp", "mode=1777," LARGE, true },
		       { "/var/tmp", "mode=1777," LARGE, true },
		       { "/run", "mode=0755," LARGE, true },
		       { "/home", SMALL, false },
		       { "/root", SMALL, false } };
	const char *home = getenv("HOME");
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(covers); i++)
		if (covers[i].stays_open || hides_home(m, covers[i].path))
			r = cover(m, covers[i].path, covers[i].options, covers[i].stays_open);
	if (r == 0 && home && is_home_apart(home) && hides_home(m, home))
		r = cover(m, home, SMALL, false);
	if (r == 0 && chown("/run", m->view->uid, m->view->gid) < 0)
		r = failed(m, "give away", "/run");
	return r;
}

/* The first folder on the way that he who looks may not go through. */
static int open_way(struct making *m, const char *path)
{
	char part[PATH_MAX];
	struct stat st;

	for (const char *end = path; (end = strchr(end + 1, '/'));) {
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		if (is_covered(m, part))
			return 0;
		if (stat(part, &st) == 0 && !may_pass(m->view, &st))
			return cover(m, part, SMALL, false);
	}
	return 0;
}

static int open_work(struct making *m, const struct piece *p)
{
	struct mount_attr writable = { .attr_clr = MOUNT_ATTR_RDONLY };

	return mount_setattr(p->tree, "", AT_EMPTY_PATH, &writable, sizeof(writable)) < 0
		       ? failed(m, "write to", m->view->work)
		       : 0;
}

/* What he who looks would see anyway is left where it is. */
static int put_pieces(struct making *m)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < m->first_device; i++) {
		const struct piece *p = &m->pieces[i];
		bool is_work = strcmp(p->path, MOUNTS_WORK) == 0;

		r = is_work ? open_work(m, p) : open_way(m, p->path);
		if (r == 0 && is_covered(m, p->path))
			r = put_piece(m, p);
	}
	if (r == 0 && !m->view->work &&
	    (mkdir(MOUNTS_WORK, 0755) < 0 || chown(MOUNTS_WORK, m->view->uid, m->view->gid) < 0))
		r = failed(m, "make", MOUNTS_WORK);
	return r;
}

/* ---- /dev and /proc ---- */

static int make_dev(struct making *m)
{
	static const char *const links[][2] = { { "/proc/self/fd", "/dev/fd" },
						{ "/proc/self/fd/0", "/dev/stdin" },
						{ "/proc/self/fd/1", "/dev/stdout" },
						{ "/proc/self/fd/2", "/dev/stderr" } };
	struct mount_attr device = { .attr_clr = MOUNT_ATTR_NODEV };
	int r = cover(m, "/dev", SMALL, false);

	for (unsigned i = m->first_device; r == 0 && i < m->piece_count; i++) {
		r = put_piece(m, &m->pieces[i]);
		if (r == 0 && mount_setattr(m->pieces[i].tree, "", AT_EMPTY_PATH, &device,
					    sizeof(device)) < 0)
			r = failed(m, "use", m->pieces[i].path);
	}
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			r = failed(m, "make", links[i][1]);
	if (r == 0 &&
	    (mkdir("/dev/shm", 01777) < 0 ||
	     mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777," LARGE) < 0))
		r = failed(m, "make", "/dev/shm");
	return r;
}

/* What in /proc is of the machine, and root may write to. */
static void guard_proc(void)
{
	static const char *const parts[] = { "/proc/sys", "/proc/sysrq-trigger", "/proc/irq",
					     "/proc/bus", "/proc/fs" };
	struct mount_attr all = { .attr_set = MOUNT_ATTR_RDONLY };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (mount(parts[i], parts[i], NULL, MS_BIND, NULL) == 0)
			mount_setattr(AT_FDCWD, parts[i], 0, &all, sizeof(all));
}

/* Some containers have parts of their /proc covered, and the kernel gives no whole one to who sees
 * but a part. */
static int make_proc(struct making *m, char *lacks, size_t size)
{
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0) {
		guard_proc();
		return 0;
	}
	snprintf(lacks, size, "the program has an empty /proc, since none may be mounted here (%s)",
		 strerror(errno));
	return cover(m, "/proc", SMALL, false);
}

/* Nothing is to be put into what only hides. */
static int close_covers(struct making *m)
{
	struct mount_attr shut = { .attr_set = MOUNT_ATTR_RDONLY };

	for (unsigned i = 0; i < m->cover_count; i++)
		if (!m->covers[i].stays_open &&
		    mount_setattr(AT_FDCWD, m->covers[i].path, 0, &shut, sizeof(shut)) < 0)
			return failed(m, "make read-only", m->covers[i].path);
	return 0;
}

int mounts_make(const struct mounts *v, char *lacks, size_t size, struct err *e)
{
	_cleanup_(freep) struct making *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return err_set(e, -ENOMEM, "out of memory");
	m->view = v;
	m->e = e;
	m->folder = -1;
	r = take_root(m);
	if (r == 0)
		r = take_pieces(m);
	if (r == 0)
		r = take_folder(m);
	if (r == 0)
		r = make_dev(m);
	if (r == 0)
		r = cover_all(m);
	if (r == 0)
		r = put_pieces(m);
	if (r == 0)
		r = make_proc(m, lacks, size);
	return r == 0 ? close_covers(m) : r;
}
