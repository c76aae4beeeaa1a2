/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/history_read.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static void path_of(const char *folder, const char *name, char ret[PATH_MAX])
{
	if ((size_t)snprintf(ret, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
		ret[0] = '\0';
}

bool history_is(const char *folder)
{
	char path[PATH_MAX];

	path_of(folder, "versions.csv", path);
	return access(path, R_OK) == 0;
}

static FILE *open_file(const char *folder, const char *name, char path[PATH_MAX], struct err *e)
{
	FILE *f;

	path_of(folder, name, path);
	f = fopen(path, "re");
	if (!f)
		err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	return f;
}

/* "12,2026-01-31T01:59:00Z,…": how many versions had come by then. */
static int count_versions(const char *folder, simtime at, unsigned *ret, struct err *e)
{
	_cleanup_(freep) char *line = NULL;
	_cleanup_(fclosep) FILE *f = NULL;
	char path[PATH_MAX], time[32];
	unsigned version, n = 1;
	size_t cap = 0;
	simtime came;

	*ret = 0;
	f = open_file(folder, "versions.csv", path, e);
	if (!f)
		return -EINVAL;
	if (getline(&line, &cap, f) < 0)
		return err_set(e, -EINVAL, "%s: it is empty", path);
	while (getline(&line, &cap, f) >= 0) {
		n++;
		if (sscanf(line, "%u,%31[^,],", &version, time) != 2 || version != *ret + 1 ||
		    simtime_parse(time, &came, e) < 0)
			return err_set(e, -EINVAL, "%s:%u: it is no row of a version", path, n);
		if (came > at)
			break;
		*ret = version;
	}
	return *ret ? 0 : err_set(e, -ENOENT, "'%s': nothing was published by then", folder);
}

/* A line of a master file, or one of a difference: its sign says whether the record comes or goes. */
static int apply(struct zone_copy *c, const char *line, char sign, struct err *e)
{
	ldns_rr *rr;
	int r;

	if (ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) != LDNS_STATUS_OK)
		return err_set(e, -EINVAL, "it is no record");
	r = sign == '-' ? zone_copy_remove(c, rr, e) : zone_copy_add(c, rr, e);
	ldns_rr_free(rr);
	return r;
}

static int read_version(const char *folder, unsigned version, struct zone_copy *c, struct err *e)
{
	_cleanup_(freep) char *line = NULL;
	_cleanup_(fclosep) FILE *f = NULL;
	char name[64], path[PATH_MAX];
	unsigned n = 0;
	size_t cap = 0;
	int r = 0;

	snprintf(name, sizeof(name), "versions/%u.%s", version, version == 1 ? "zone" : "diff");
	f = open_file(folder, name, path, e);
	if (!f)
		return -EINVAL;
	while (r == 0 && getline(&line, &cap, f) >= 0) {
		n++;
		line[strcspn(line, "\n")] = '\0';
		if (version == 1)
			r = apply(c, line, '+', e);
		else if ((line[0] != '-' && line[0] != '+') || line[1] != ' ')
			r = err_set(e, -EINVAL, "it begins with neither '- ' nor '+ '");
		else
			r = apply(c, line + 2, line[0], e);
	}
	if (r < 0)
		err_prefix(e, "%s:%u", path, n);
	return r == -ENOENT ? -EINVAL : r;
}

int history_zone(const char *folder, simtime at, struct zone_copy **ret, struct err *e)
{
	_cleanup_(zone_copy_freep) struct zone_copy *c = zone_copy_new();
	unsigned count;
	int r = c ? count_versions(folder, at, &count, e)
		  : err_set(e, -ENOMEM, "no memory for a zone");

	for (unsigned i = 1; r == 0 && i <= count; i++)
		r = read_version(folder, i, c, e);
	if (r == 0)
		*ret = TAKE(c);
	return r;
}
