/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/published_folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/cleanup.h"

int published_folder_refuse(struct published_folder *f, const char *what)
{
	char text[700], place[PATH_MAX + 16];

	snprintf(text, sizeof(text), "%.680s", what);
	snprintf(place, sizeof(place), "%s:%u", f->path, f->line);
	err_set(f->e, -EINVAL, "%s", text);
	err_place(f->e, place);
	return -EINVAL;
}

int published_folder_lines(struct published_folder *f, const char *name,
			   int (*each)(void *arg, char *line), void *arg)
{
	_cleanup_(freep) char *line = NULL;
	_cleanup_(fclosep) FILE *in = NULL;
	size_t cap = 0;
	int r = 0;

	if ((size_t)snprintf(f->path, sizeof(f->path), "%s/%s", f->folder, name) >= sizeof(f->path))
		return err_set(f->e, -ENAMETOOLONG, "'%.200s…' is too long a path", f->folder);
	f->line = 0;
	in = fopen(f->path, "re");
	if (!in)
		return err_set(f->e, -errno, "cannot open '%s': %s%s", f->path, strerror(errno),
			       f->hint);
	while (r == 0 && getline(&line, &cap, in) >= 0) {
		f->line++;
		line[strcspn(line, "\n")] = '\0';
		r = each(arg, line);
	}
	if (r == 0 && ferror(in))
		return published_folder_refuse(f, "it cannot be read further");
	return r;
}

/* ---- versions ---- */

struct versions {
	struct published_folder *f;
	unsigned count;
	int (*each)(void *arg, unsigned version, simtime at);
	void *arg;
};

/* "12,2026-01-31T01:59:00Z,…" below a line of heads. */
static int take_version(void *arg, char *line)
{
	struct versions *v = arg;
	unsigned version;
	char text[32];
	simtime at;

	if (v->f->line == 1)
		return 0;
	if (sscanf(line, "%u,%31[^,],", &version, text) != 2 || version != v->count + 1 ||
	    simtime_parse(text, &at, NULL) < 0)
		return published_folder_refuse(v->f, "it is no row of a version");
	v->count = version;
	return v->each(v->arg, version, at);
}

int published_folder_versions(struct published_folder *f,
			      int (*each)(void *arg, unsigned version, simtime at), void *arg)
{
	struct versions v = { .f = f, .each = each, .arg = arg };

	return published_folder_lines(f, "versions.csv", take_version, &v);
}

/* ---- records ---- */

int published_folder_record(struct published_folder *f, const char *text, ldns_rr **ret)
{
	if (ldns_rr_new_frm_str(ret, text, 0, NULL, NULL) != LDNS_STATUS_OK)
		return published_folder_refuse(f, "it is no record");
	return 0;
}

struct records {
	struct published_folder *f;
	unsigned version;
	int (*each)(void *arg, unsigned version, ldns_rr *rr, bool goes);
	void *arg;
};

static int take_record(struct records *x, const char *text, bool goes)
{
	ldns_rr *rr;
	int r = published_folder_record(x->f, text, &rr);

	if (r < 0)
		return r;
	r = x->each(x->arg, x->version, rr, goes);
	ldns_rr_free(rr);
	return r;
}

static int take_first(void *arg, char *line)
{
	return take_record(arg, line, false);
}

/* "+ RECORD" or "- RECORD" */
static int take_change(void *arg, char *line)
{
	struct records *x = arg;

	if ((line[0] != '-' && line[0] != '+') || line[1] != ' ')
		return published_folder_refuse(x->f, "it begins with neither '- ' nor '+ '");
	return take_record(x, line + 2, line[0] == '-');
}

int published_folder_records(struct published_folder *f, unsigned version,
			     int (*each)(void *arg, unsigned version, ldns_rr *rr, bool goes),
			     void *arg)
{
	struct records x = { .f = f, .version = version, .each = each, .arg = arg };
	char name[64];

	snprintf(name, sizeof(name), "versions/%u.%s", version, version == 1 ? "zone" : "diff");
	return published_folder_lines(f, name, version == 1 ? take_first : take_change, &x);
}
