/* SPDX-License-Identifier: BSD-2-Clause */
/* places.c - where in a run's folder captures are. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/evidence/evidence.h"

#define DEEP 3 /* RUN/CELL/cases/CASE */

struct places {
	char **list;
	unsigned count;
};

static bool has(const char *folder, const char *name)
{
	_cleanup_(freep) char *path = NULL;

	return asprintf(&path, "%s/%s", folder, name) >= 0 && access(path, F_OK) == 0;
}

static int add(struct places *p, const char *path)
{
	char **more = realloc(p->list, (p->count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	p->list = more;
	p->list[p->count] = strdup(path);
	if (!p->list[p->count])
		return -ENOMEM;
	p->count++;
	return 0;
}

static int walk(struct places *p, const char *path, unsigned deep);

static int walk_entries(struct places *p, const char *path, unsigned deep)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, versionsort), r = 0;

	for (int i = 0; i < count; i++) {
		_cleanup_(freep) char *below = NULL;
		struct stat st;

		if (r == 0 && entries[i]->d_name[0] != '.' &&
		    asprintf(&below, "%s/%s", path, entries[i]->d_name) >= 0 &&
		    lstat(below, &st) == 0 && S_ISDIR(st.st_mode))
			r = walk(p, below, deep + 1);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return r;
}

static int walk(struct places *p, const char *path, unsigned deep)
{
	if (has(path, "clients.pcap") || has(path, "upstream.pcap"))
		return add(p, path);
	return deep < DEEP ? walk_entries(p, path, deep) : 0;
}

void evidence_places_free(char **places, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		free(places[i]);
	free(places);
}

int evidence_places(const char *path, char ***ret, unsigned *count, struct err *e)
{
	struct places p = { 0 };
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return err_set(e, -errno, "cannot open '%s': %s", path, strerror(errno));
	r = S_ISDIR(st.st_mode) ? walk(&p, path, 0) : add(&p, path);
	if (r == 0 && !p.count)
		r = has(path, "run.json") || has(path, "curve.csv")
			    ? err_set(e, -EINVAL,
				      "'%s' is a run without captures: run it again with --pcap",
				      path)
			    : err_set(e, -EINVAL,
				      "'%s' has no captures: neither clients.pcap nor "
				      "upstream.pcap",
				      path);
	if (r < 0) {
		evidence_places_free(p.list, p.count);
		return r == -ENOMEM ? err_set(e, r, "no memory") : r;
	}
	*ret = p.list;
	*count = p.count;
	return 0;
}
