/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/store_fill.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "harness/subject/driver_call.h"
#include "harness/subject/program.h"
#include "harness/subject/store.h"

#define SCRIPTS "/usr/share/debootstrap/scripts"
#define DEPTH 32

/* ---- folders ---- */

static int make_store(char folder[PATH_MAX], struct err *e)
{
	int r = store_folder(folder, e);

	if (r < 0)
		return r;
	for (char *end = folder; (end = strchr(end + 1, '/'));) {
		*end = '\0';
		mkdir(folder, 0755);
		*end = '/';
	}
	return mkdir(folder, 0755) < 0 && errno != EEXIST
		       ? err_set(e, -EINVAL, "cannot make '%s': %s", folder, strerror(errno))
		       : 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int remove_tree(const char *path, struct err *e)
{
	struct stat st;
	int r = lstat(path, &st) < 0 ? -1
		: S_ISDIR(st.st_mode)
			? nftw(path, remove_one, DEPTH, FTW_DEPTH | FTW_PHYS | FTW_MOUNT)
			: unlink(path);

	return r ? err_set(e, -EINVAL, "cannot remove '%s': %s", path, strerror(errno)) : 0;
}

static int remove_below(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	return at->level ? remove_one(path, st, kind, at) : 0;
}

static void empty(const char *folder)
{
	nftw(folder, remove_below, DEPTH, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* ---- what is in it ---- */

/* As it will be run, so that what lacks something does not come into the store. */
static int ask_version(const char *kind, const char *folder, char ret[STORE_VERSION], struct err *e)
{
	_cleanup_(driver_freep) struct driver *d = NULL;
	char choice[PATH_MAX + STORE_VERSION + 2];
	int r;

	snprintf(choice, sizeof(choice), "%s@%s", kind, folder);
	r = driver_load(choice, &d, e);
	if (r == 0 && *driver_trouble(d))
		r = err_set(e, -EINVAL, "%s", driver_trouble(d));
	if (r == 0)
		snprintf(ret, STORE_VERSION, "%.*s", STORE_VERSION - 1, driver_version(d));
	return r;
}

static int check_name(const char *store, const char *name, struct err *e)
{
	char path[PATH_MAX + 2 * STORE_VERSION];

	snprintf(path, sizeof(path), "%s/%s", store, name);
	return access(path, F_OK) == 0
		       ? err_set(e, -EINVAL,
				 "there is a '%s' already: 'sigfault resolvers remove %s' first",
				 name, name)
		       : 0;
}

/* What the folder at `from` will be called; `version`, or what its program says. */
static int settle(const char *store, const char *kind, const char *version, const char *from,
		  char *ret, size_t size, struct err *e)
{
	char told[STORE_VERSION];
	int r = ask_version(kind, from, told, e);

	if (r == 0 && !*version && !*told)
		r = err_set(e, -EINVAL,
			    "'%s' in '%s' does not tell its version: give it one, like %s@1.2",
			    kind, from, kind);
	if (r < 0)
		return r;
	snprintf(ret, size, "%s@%s", kind, *version ? version : told);
	return check_name(store, ret, e);
}

static int link_folder(const char *store, const char *folder, const char *name, struct err *e)
{
	char real[PATH_MAX], path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", store, name);
	return !realpath(folder, real) || symlink(real, path) < 0
		       ? err_set(e, -EINVAL, "cannot link '%s': %s", path, strerror(errno))
		       : 0;
}

/* ---- fetching ---- */

/* apt's own list of sources, the first that is no security archive. "": it tells none. */
static void find_mirror(char *ret, size_t size)
{
	FILE *f = popen("apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "
			"'Component: main' 2>/dev/null | grep -m1 '/debian/*$'",
			"re");

	*ret = '\0';
	if (!f)
		return;
	if (!fgets(ret, (int)size, f))
		*ret = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	pclose(f);
}

static void __attribute__((noreturn)) become_debootstrap(const char *const *argv)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* What it mounts in there goes with it. */
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		_exit(126);
	dup2(2, 1);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

/* An interrupt reaches it, too, and we are to clear away behind it. */
static int run_debootstrap(const char *const *argv, struct err *e)
{
	void (*before)(int) = signal(SIGINT, SIG_IGN), (*term)(int) = signal(SIGTERM, SIG_IGN);
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become_debootstrap(argv);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	signal(SIGINT, before);
	signal(SIGTERM, term);
	if (pid < 0)
		return err_set(e, -EAGAIN, "cannot start debootstrap: %s", strerror(errno));
	if (WIFSIGNALED(status) || WEXITSTATUS(status) > 128)
		return err_set(e, -EINTR, "interrupted; nothing was kept of what was fetched");
	return WEXITSTATUS(status)
		       ? err_set(e, -EIO,
				 "debootstrap ended with status %d (what it said stands above); "
				 "nothing was kept",
				 WEXITSTATUS(status))
		       : 0;
}

/* A package may have several names, "a|b": the first that the release has. */
static int fetch(const struct store_wish *w, const char *packages, const char *folder,
		 struct err *e)
{
	char mirror[512], include[256], script[256];
	int r = -EIO;

	snprintf(script, sizeof(script), SCRIPTS "/%s", w->suite);
	if (access(script, F_OK) < 0)
		strcpy(script, SCRIPTS "/sid"); /* a suite that is younger than this debootstrap */
	if (w->mirror)
		snprintf(mirror, sizeof(mirror), "%s", w->mirror);
	else
		find_mirror(mirror, sizeof(mirror));
	if (!*mirror)
		strcpy(mirror, "http://deb.debian.org/debian");
	for (const char *p = packages; r == -EIO && *p; p += strcspn(p, "|"), p += *p == '|') {
		const char *const argv[] = { "debootstrap", "--variant=minbase",
					     include,	    w->suite,
					     folder,	    mirror,
					     script,	    NULL };

		snprintf(include, sizeof(include), "--include=%.*s", (int)strcspn(p, "|"), p);
		empty(folder);
		r = run_debootstrap(argv, e);
	}
	return r;
}

static int check_fetching(const struct store_wish *w, struct err *e)
{
	char path[PATH_MAX];

	if (w->suite[strspn(w->suite, "abcdefghijklmnopqrstuvwxyz0123456789.-")] || !*w->suite)
		return err_set(e, -EINVAL, "'%s' is no name of a release of Debian", w->suite);
	if (program_find("debootstrap", path) < 0)
		return err_set(e, -ENOPKG,
			       "debootstrap is not installed: 'apt-get install debootstrap'");
	return geteuid() == 0 ? 0
			      : err_set(e, -EPERM,
					"debootstrap wants root: run this as root, with "
					"SIGFAULT_RESOLVERS=DIR where your resolvers are to be");
}

/* ---- all ---- */

#define ASIDE ".fetched-"

/* What a fetch has is locked by it: what is not is of one that was killed. */
static void clear_away(const char *store)
{
	_cleanup_(closedirp) DIR *all = opendir(store);
	char path[2 * PATH_MAX];
	struct dirent *d;

	while (all && (d = readdir(all))) {
		_cleanup_(closep) int fd = -1;

		if (strncmp(d->d_name, ASIDE, strlen(ASIDE)) != 0)
			continue;
		fd = openat(dirfd(all), d->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		snprintf(path, sizeof(path), "%s/%s", store, d->d_name);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_tree(path, NULL);
	}
}

static int add_fetched(const struct store_wish *w, const char *store, const char *kind,
		       const char *version, const char *packages, char *ret, size_t size,
		       struct err *e)
{
	char aside[PATH_MAX + 32], path[2 * PATH_MAX];
	_cleanup_(closep) int lock = -1;
	int r;

	clear_away(store);
	snprintf(aside, sizeof(aside), "%s/" ASIDE "%d", store, (int)getpid());
	if (mkdir(aside, 0755) == 0)
		lock = open(aside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0)
		return err_set(e, -EINVAL, "cannot make '%s': %s", aside, strerror(errno));
	r = fetch(w, packages, aside, e);
	if (r == 0)
		r = settle(store, kind, version, aside, ret, size, e);
	snprintf(path, sizeof(path), "%s/%s", store, ret);
	if (r == 0 && rename(aside, path) < 0)
		r = err_set(e, -EINVAL, "cannot name '%s': %s", path, strerror(errno));
	if (r < 0)
		remove_tree(aside, NULL);
	return r;
}

int store_add(const struct store_wish *w, char *ret, size_t size, struct err *e)
{
	char store[PATH_MAX], kind[STORE_VERSION], version[STORE_VERSION] = "", packages[256];
	bool has_version = strchr(w->name, '@');
	int r = has_version ? store_parse(w->name, kind, version, e) : 0;

	if (!has_version)
		snprintf(kind, sizeof(kind), "%s", w->name);
	if (r == 0)
		r = driver_packages(kind, packages, sizeof(packages), e);
	if (r == 0)
		r = make_store(store, e);
	if (r == 0 && has_version)
		r = check_name(store, w->name, e);
	if (r == 0 && w->suite) {
		r = check_fetching(w, e);
		return r == 0 ? add_fetched(w, store, kind, version, packages, ret, size, e) : r;
	}
	if (r == 0 && !strchr(w->folder, '/')) {
		char here[PATH_MAX];

		snprintf(here, sizeof(here), "./%s", w->folder);
		r = settle(store, kind, version, here, ret, size, e);
	} else if (r == 0) {
		r = settle(store, kind, version, w->folder, ret, size, e);
	}
	return r == 0 ? link_folder(store, w->folder, ret, e) : r;
}

int store_remove(const char *name, struct err *e)
{
	char store[PATH_MAX], kind[STORE_VERSION], version[STORE_VERSION];
	char path[PATH_MAX + 2 * STORE_VERSION];
	struct stat st;
	int r = store_parse(name, kind, version, e);

	if (r == 0)
		r = store_folder(store, e);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/%s", store, name);
	if (lstat(path, &st) < 0)
		return err_set(e, -EINVAL,
			       "there is no '%s' in '%s'; 'sigfault resolvers' lists them", name,
			       store);
	return remove_tree(path, e);
}
