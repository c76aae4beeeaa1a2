/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

/* Where the kernel has a thread: its state's letter and the place it waits in. */
static char thread_state(pid_t pid, int tid, char place[64])
{
	char path[64], state = '?';
	_cleanup_(fclosep) FILE *stat = NULL;
	_cleanup_(fclosep) FILE *wchan = NULL;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	stat = fopen(path, "re");
	if (stat && fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	snprintf(path, sizeof(path), "/proc/%d/task/%d/wchan", pid, tid);
	wchan = fopen(path, "re");
	if (!wchan || fscanf(wchan, "%63s", place) != 1)
		strcpy(place, "?");
	return state;
}

#define GENERATIONS 8 /* of children that are looked at */

static bool computes(pid_t pid, int generations);

/* What a thread has started. */
static bool children_compute(pid_t pid, int tid, int generations)
{
	_cleanup_(fclosep) FILE *list = NULL;
	bool found = false;
	char path[64];
	int child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, tid);
	list = fopen(path, "re");
	while (list && !found && fscanf(list, "%d", &child) == 1)
		found = computes(child, generations - 1);
	return found;
}

static bool computes(pid_t pid, int generations)
{
	char path[64], place[64];
	bool found = false;
	struct dirent *d;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	while (tasks && !found && (d = readdir(tasks)))
		found = d->d_name[0] != '.' &&
			(strchr("RD", thread_state(pid, atoi(d->d_name), place)) ||
			 (generations && children_compute(pid, atoi(d->d_name), generations)));
	if (tasks)
		closedir(tasks);
	return found;
}

bool clock_computes(const struct clock *c, bool with_children)
{
	bool found = false;

	for (unsigned i = 0; i < c->watched_count && !found; i++)
		found = computes(c->watched[i], with_children ? GENERATIONS : 0);
	return found;
}

/* The threads that count as running but sit in the kernel, in words. The tids that slots hold are
 * those of the resolver's pid namespace; /proc here shows its threads by ours, so they are listed
 * by order. */
int clock_describe_stuck(const struct clock *c, struct err *e)
{
	char text[768] = "", place[64];
	size_t len = 0;

	for (struct page_slot *s = NULL;
	     (s = clock_slot_after(c, s)) && len < sizeof(text) - 128;) {
		static const char *const states[] = { "free", "running", "blocked" };
		static const char *const kinds[] = { "epoll",	  "poll",      "sleep",
						     "condition", "semaphore", "futex",
						     "signal",	  "join",      "shared futex" };

		uint32_t state = atomic_load(&s->state), kind = atomic_load(&s->kind);

		if (state == PAGE_FREE || state >= ARRAY_SIZE(states) || kind >= ARRAY_SIZE(kinds))
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%sthread %d %s (%s)",
					len ? ", " : "", s->tid, states[state], kinds[kind]);
	}
	thread_state(c->watched[0], c->watched[0], place);
	return err_set(e, -EDEADLK,
		       "the %s does not come to rest: it sits in '%s' outside of the clock; %s",
		       c->subject, place, text);
}

/* What the kernel calls a process. */
static const char *name_of(pid_t pid, char ret[32])
{
	char path[64];
	_cleanup_(fclosep) FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%31[^\n]", ret) != 1)
		strcpy(ret, "?");
	return ret;
}

int clock_describe_endless(const struct clock *c, struct err *e)
{
	char name[32], at[32], took[32];

	return err_set(e, -EDEADLK,
		       "the %s (%s) has computed for %s while the clock stood at %s: it does "
		       "not come to an end",
		       c->subject, name_of(c->watched[0], name),
		       simtime_duration_text(c->guard.limit, took), simtime_text(clock_now(c), at));
}
