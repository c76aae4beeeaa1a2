/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/apart.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/cleanup.h"

static bool is_within(pid_t pid, const struct stat *pids)
{
	char path[64];
	struct stat own;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)pid);
	return stat(path, &own) == 0 && own.st_ino == pids->st_ino && own.st_dev == pids->st_dev;
}

/* false: there is nothing to see. What has ended has no memory any more. */
static bool look_into(pid_t pid, const char *page, bool *has_page)
{
	_cleanup_(fclosep) FILE *maps = NULL;
	_cleanup_(freep) char *line = NULL;
	bool found = false;
	char path[64];
	size_t size = 0;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	*has_page = false;
	while (maps && !*has_page && getline(&line, &size, maps) > 0) {
		found = true;
		*has_page = strstr(line, page) != NULL;
	}
	return found;
}

static void read_name(pid_t pid, char ret[16])
{
	_cleanup_(fclosep) FILE *comm = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	comm = fopen(path, "re");
	if (!comm || !fgets(ret, 16, comm))
		strcpy(ret, "?");
	ret[strcspn(ret, "\n")] = '\0';
}

unsigned world_apart(const struct world *w, const char *page, struct apart *ret, unsigned max)
{
	_cleanup_(closedirp) DIR *all = opendir("/proc");
	char path[64];
	struct stat pids;
	struct dirent *d;
	unsigned n = 0;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", w->init);
	if (!all || stat(path, &pids) < 0)
		return 0;
	while (n < max && (d = readdir(all))) {
		struct apart *a = &ret[n];

		a->pid = isdigit(d->d_name[0]) ? atoi(d->d_name) : 0;
		if (a->pid <= 0 || a->pid == w->init || !is_within(a->pid, &pids) ||
		    !look_into(a->pid, page, &a->has_page))
			continue;
		read_name(a->pid, a->name);
		n++;
	}
	return n;
}
