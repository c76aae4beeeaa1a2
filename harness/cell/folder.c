/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/text/memory.h"

#define MAX_FOLDER 3500 /* bytes; PATH_MAX less what is put behind */
#define JSON_ROOM (64 << 10)

static bool is_empty_folder(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	if (!d)
		return false;
	while (readdir(d))
		n++;
	closedir(d);
	return n <= 2;
}

/* Below a folder there is room for the names of what a run writes. */
static int check_length(const char *folder, struct err *e)
{
	char here[sizeof(((struct folder *)0)->path)] = "";
	size_t len = strlen(folder);

	if (*folder != '/' && getcwd(here, sizeof(here)))
		len += strlen(here) + 1;
	if (len > MAX_FOLDER)
		return err_set(e, -ENAMETOOLONG, "the folder's path has %zu bytes, %d may be used",
			       len, MAX_FOLDER);
	return 0;
}

/* Where the last run.json is going to be, with its room. */
static int open_json(struct folder *f, struct err *e)
{
	char path[sizeof(f->path) + 16];

	snprintf(path, sizeof(path), "%s/.run.json", f->path);
	f->json = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (f->json < 0)
		return err_set(e, -errno, "cannot write into the folder '%.800s': %s", f->path,
			       strerror(errno));
	if (fallocate(f->json, FALLOC_FL_KEEP_SIZE, 0, JSON_ROOM) == 0 || errno != ENOSPC)
		return 0;
	unlink(path);
	return err_set(e, -ENOSPC, "disk full: there is no room for a run in '%.800s'", f->path);
}

/* The first run-SCENARIO-N that is free, what was asked for, or a cell's place in that. */
static int choose_path(char *ret, size_t size, const char *wanted, unsigned cell,
		       const char *scenario, struct err *e)
{
	int r = wanted ? check_length(wanted, e) : 0;

	if (r < 0)
		return r;
	snprintf(ret, size, "%s", wanted ? wanted : "");
	for (int n = 1; !wanted; n++) {
		snprintf(ret, size, "run-%s-%d", scenario, n);
		if (access(ret, F_OK) < 0)
			break;
	}
	if (!cell)
		return 0;
	if (mkdir(ret, 0755) < 0 && errno != EEXIST)
		return err_set(e, -errno, "cannot make the folder '%.800s': %s", ret,
			       strerror(errno));
	snprintf(ret + strlen(ret), size - strlen(ret), "/cell-%u", cell);
	return 0;
}

int folder_make(struct folder *f, const char *wanted, unsigned cell, const char *scenario,
		struct err *e)
{
	char path[sizeof(f->path)];
	bool made;
	int r;

	r = choose_path(path, sizeof(path), wanted, cell, scenario, e);
	if (r < 0)
		return r;
	made = mkdir(path, 0755) == 0;
	if (!made && !(errno == EEXIST && is_empty_folder(path))) {
		if (errno == EEXIST)
			return err_set(e, -EEXIST,
				       "'%.800s' is there already: name another folder with -o",
				       path);
		return err_set(e, -errno, "cannot make the folder '%.800s': %s", path,
			       strerror(errno));
	}
	if (!realpath(path, f->path))
		return err_set(e, -errno, "'%.800s': %s", path, strerror(errno));
	r = open_json(f, e);
	if (r < 0 && made)
		rmdir(path);
	return r;
}

static int replace_json(const struct folder *f, const char *name)
{
	char from[sizeof(f->path) + 32], to[sizeof(f->path) + 32];

	snprintf(from, sizeof(from), "%s/%s", f->path, name);
	snprintf(to, sizeof(to), "%s/run.json", f->path);
	return rename(from, to);
}

void folder_note_json(struct folder *f, json_t *run)
{
	char path[sizeof(f->path) + 32];

	snprintf(path, sizeof(path), "%s/.run.json.now", f->path);
	if (run && !memory_has_ended() && json_dump_file(run, path, JSON_INDENT(2)) == 0)
		replace_json(f, ".run.json.now");
	else
		unlink(path);
	json_decref(run);
}

int folder_write_json(struct folder *f, json_t *run, struct err *e)
{
	int r;

	errno = 0;
	r = memory_has_ended() ? err_set(e, -ENOMEM, "no memory for '%.800s/run.json'", f->path)
	    : run && json_dumpfd(run, f->json, JSON_INDENT(2)) == 0
		    ? 0
		    : err_set(e, -EIO, "cannot write '%.800s/run.json': %s", f->path,
			      strerror(errno ? errno : EIO));
	/* Gives back what is left of the room. */
	if (ftruncate(f->json, lseek(f->json, 0, SEEK_CUR)) < 0 && r == 0)
		r = err_set(e, -errno, "cannot end '%.800s/run.json': %s", f->path,
			    strerror(errno));
	close(f->json);
	if (r == 0 && replace_json(f, ".run.json") < 0)
		r = err_set(e, -errno, "cannot name '%.800s/run.json': %s", f->path,
			    strerror(errno));
	json_decref(run);
	return r;
}
