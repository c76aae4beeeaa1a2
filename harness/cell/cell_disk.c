/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_disk.c - what of the disk a resolver can take: its log ends somewhere, and one that ended
 * because the disk is full is told apart from one that ended by itself. */
#include "harness/cell/cell_state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOG_MAX ((off_t)64 << 20)
#define LITTLE ((uint64_t)64 << 10) /* bytes: a program that needs more has none */
#define LOOK_EVERY 256 /* steps */

int cell_open_log(struct host *h, struct err *e)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/resolver.log", h->folder);
	h->log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return h->log < 0 ? err_set(e, -errno, "'%s': %s", path, strerror(errno)) : 0;
}

/* The resolver writes by itself, and appends: what stands behind the limit is cut off, and it goes on
 * there. */
static void cut_log(struct host *h)
{
	struct stat st;

	if (h->log < 0 || fstat(h->log, &st) < 0 || st.st_size <= LOG_MAX)
		return;
	if (ftruncate(h->log, LOG_MAX) == 0)
		h->log_cut += (uint64_t)(st.st_size - LOG_MAX);
}

void cell_cut_logs(void *cell)
{
	struct cell *c = cell;

	for (unsigned i = 0; i < c->host_count; i++)
		cut_log(&c->hosts[i]);
}

void cell_watch_logs(struct cell *c)
{
	if (c->steps++ % LOOK_EVERY == 0)
		cell_cut_logs(c);
}

static void close_log(struct host *h)
{
	if (h->log < 0)
		return;
	cut_log(h);
	if (h->log_cut)
		dprintf(h->log, "\n==== sigfault cut off what followed: %llu bytes\n",
			(unsigned long long)h->log_cut);
	close(h->log);
	h->log = -1;
}

void cell_close_logs(struct cell *c)
{
	for (unsigned i = 0; i < c->host_count; i++)
		close_log(&c->hosts[i]);
}

void cell_blame_disk(const struct cell *c, struct err *e)
{
	size_t len = strlen(e->text);
	struct statvfs st;

	if (statvfs(c->plan->folder, &st) < 0)
		return;
	if ((uint64_t)st.f_bavail * st.f_frsize < LITTLE)
		snprintf(e->text + len, sizeof(e->text) - len,
			 "; the disk is full: there are %llu KiB left for '%.300s'",
			 (unsigned long long)((uint64_t)st.f_bavail * st.f_frsize / 1024),
			 c->plan->folder);
	else if (st.f_files && !st.f_favail)
		snprintf(e->text + len, sizeof(e->text) - len,
			 "; the disk is full: there is no room for another file in '%.300s'",
			 c->plan->folder);
}
