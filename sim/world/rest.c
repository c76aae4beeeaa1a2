/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/rest.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 32 /* processes that start processes */

/* Behind the name, which may have any bytes but ends with the last parenthesis. */
static const char *behind_name(const char *stat)
{
	const char *end = strrchr(stat, ')');

	return end && end[1] ? end + 2 : NULL;
}

/* The text of a stat file of /proc, from its state on; "" when its process is gone. */
static const char *state_of(int folder, const char *path, char text[1024])
{
	_cleanup_(closep) int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, 1023);

	text[n > 0 ? n : 0] = '\0';
	return behind_name(text) ?: "";
}

/* What a process and the children that it has reaped have computed. */
static simtime computed(const char *state)
{
	unsigned long user, system;
	long of_children[2];

	if (sscanf(state, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", &user,
		   &system, &of_children[0], &of_children[1]) != 4)
		return 0;
	return (simtime)(user + system + (unsigned long)(of_children[0] + of_children[1])) *
	       (SECOND / sysconf(_SC_CLK_TCK));
}

/* D: it waits for a disk, or for the program that it becomes. */
static bool is_awake(const char *state)
{
	return *state == 'R' || *state == 'D';
}

static bool has_one_awake(int process)
{
	int fd = openat(process, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(closedirp) DIR *tasks = fd < 0 ? NULL : fdopendir(fd);
	char text[1024], path[300];
	struct dirent *d;

	while (tasks && (d = readdir(tasks))) {
		snprintf(path, sizeof(path), "%s/stat", d->d_name);
		if (isdigit(d->d_name[0]) && is_awake(state_of(dirfd(tasks), path, text)))
			return true;
	}
	return false;
}

static bool is_within(int process, const struct stat *pids)
{
	struct stat own;

	return fstatat(process, "ns/pid", &own, 0) == 0 && own.st_ino == pids->st_ino &&
	       own.st_dev == pids->st_dev;
}

bool world_rests(const struct world *w, simtime *cpu)
{
	_cleanup_(closedirp) DIR *all = opendir("/proc");
	char path[64], text[1024];
	bool rests = all != NULL;
	struct stat pids;
	struct dirent *d;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", w->init);
	if (cpu)
		*cpu = 0;
	if (stat(path, &pids) < 0)
		return true;
	while (all && (d = readdir(all))) {
		_cleanup_(closep) int process = -1;

		if (!isdigit(d->d_name[0]))
			continue;
		process = openat(dirfd(all), d->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (process < 0 || !is_within(process, &pids))
			continue;
		rests = rests && !has_one_awake(process);
		if (cpu)
			*cpu += computed(state_of(process, "stat", text));
	}
	return rests;
}

/* ---- one process, and what it has started ---- */

struct family {
	bool sleeps;
	uint64_t seen;
	simtime cpu;
};

static void look_at(pid_t pid, unsigned depth, struct family *f);

/* The numbers of processes that a thread has started. */
static void look_at_children(int threads, const char *thread, unsigned depth, struct family *f)
{
	_cleanup_(fclosep) FILE *list = NULL;
	char path[300];
	int fd, child;

	snprintf(path, sizeof(path), "%s/children", thread);
	fd = openat(threads, path, O_RDONLY | O_CLOEXEC);
	list = fd < 0 ? NULL : fdopen(fd, "r");
	while (list && fscanf(list, "%d", &child) == 1)
		look_at(child, depth + 1, f);
}

/* How often it has run, by what the scheduler says of it. */
static uint64_t times_run(int threads, const char *thread)
{
	unsigned long times = 0;
	char path[300], text[128];
	_cleanup_(closep) int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/schedstat", thread);
	fd = openat(threads, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%*s %*s %lu", &times) != 1)
		return 0;
	return times;
}

static void look_at(pid_t pid, unsigned depth, struct family *f)
{
	_cleanup_(closedirp) DIR *threads = NULL;
	char path[64], text[1024];
	const char *state;
	struct dirent *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	threads = depth > DEPTH_MAX ? NULL : opendir(path);
	while (threads && (d = readdir(threads))) {
		if (!isdigit(d->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "%.40s/stat", d->d_name);
		f->sleeps = f->sleeps && !is_awake(state_of(dirfd(threads), path, text));
		f->seen = f->seen * 1000003 + (uint64_t)atoi(d->d_name);
		f->seen = f->seen * 1000003 + times_run(dirfd(threads), d->d_name);
		look_at_children(dirfd(threads), d->d_name, depth, f);
	}
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	state = state_of(AT_FDCWD, path, text);
	f->cpu += computed(state);
}

bool world_sleeps(pid_t pid, uint64_t *seen, simtime *cpu)
{
	struct family f = { .sleeps = true };

	look_at(pid, 0, &f);
	*seen = f.seen;
	*cpu = f.cpu;
	return f.sleeps;
}
