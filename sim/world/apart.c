/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/apart.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
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

pid_t world_parent(pid_t pid)
{
	_cleanup_(fclosep) FILE *stat = NULL;
	char path[64], line[1024];
	const char *rest;
	int parent;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	stat = fopen(path, "re");
	rest = stat && fgets(line, sizeof(line), stat) ? strrchr(line, ')') : NULL;
	return rest && sscanf(rest, ") %*c %d", &parent) == 1 ? parent : -1;
}

/* One that is begotten while we look is found when we look again. */
static bool end_children(pid_t parent)
{
	_cleanup_(closedirp) DIR *all = opendir("/proc");
	struct dirent *d;
	bool any = false;

	while (all && (d = readdir(all))) {
		pid_t pid = isdigit(d->d_name[0]) ? atoi(d->d_name) : 0;

		if (pid <= 0 || world_parent(pid) != parent)
			continue;
		end_children(pid);
		any |= kill(pid, SIGKILL) == 0;
	}
	return any;
}

void world_end(pid_t pid)
{
	kill(pid, SIGSTOP);
	end_children(pid);
	kill(pid, SIGKILL);
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
