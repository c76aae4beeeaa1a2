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

struct kin {
	pid_t pid, parent;
};

/* All processes, at one look. */
static size_t look_at_all(struct kin **ret)
{
	_cleanup_(closedirp) DIR *all = opendir("/proc");
	size_t count = 0, room = 0;
	struct dirent *d;

	while (all && (d = readdir(all))) {
		if (!isdigit(d->d_name[0]))
			continue;
		if (count == room) {
			struct kin *more = reallocarray(*ret, room + 1024, sizeof(**ret));

			if (!more)
				break;
			*ret = more;
			room += 1024;
		}
		(*ret)[count].pid = atoi(d->d_name);
		(*ret)[count].parent = world_parent((*ret)[count].pid);
		count++;
	}
	return count;
}

/* What `parent` has started, and what that has: how many they are. No one is met twice. */
static size_t signal_kin(struct kin *all, size_t count, pid_t parent, int sig)
{
	size_t met = 0;

	for (size_t i = 0; i < count; i++) {
		pid_t child = all[i].pid;

		if (all[i].parent != parent)
			continue;
		all[i].parent = -1;
		met += 1 + signal_kin(all, count, child, sig);
		kill(child, sig);
	}
	return met;
}

static size_t signal_children(pid_t parent, int sig)
{
	_cleanup_(freep) struct kin *all = NULL;
	size_t count = look_at_all(&all);

	return signal_kin(all, count, parent, sig);
}

/* One that is begotten while we look is found when we look again: they are stopped until there is none more. */
void world_end(pid_t pid)
{
	size_t met = 0, now;

	kill(pid, SIGSTOP);
	while ((now = signal_children(pid, SIGSTOP)) > met)
		met = now;
	if (met)
		signal_children(pid, SIGKILL);
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
