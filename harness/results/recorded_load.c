/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/recorded_load.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/merge.h"
#include "zones/fault.h"

static void add_fault_kind(struct figures_fault *f, const json_t *window)
{
	const struct fault_row *kind = fault_find(recorded_text(window, "kind"));
	const char *zone = recorded_text(window, "zone");

	f->is_dnssec |= kind && kind->is_dnssec;
	for (unsigned i = 0; i < f->zone_count; i++)
		if (strcmp(f->zones[i], zone) == 0)
			return;
	if (*zone && f->zone_count < FIGURES_ZONES_MAX)
		f->zones[f->zone_count++] = zone;
}

/* All windows together are the fault that the figures speak of; `owner` has them. */
static struct figures_fault whole_fault(const struct recorded *r, const json_t *owner)
{
	struct figures_fault f = { .is_known = false };
	json_t *window;
	size_t i;

	json_array_foreach(recorded_list(owner, "windows"), i, window)
	{
		double from = recorded_instant(r, window, "from"),
		       until = recorded_window_end(r, window);

		if (isnan(from))
			continue;
		f.from = !f.is_known || from < f.from ? from : f.from;
		f.until = !f.is_known || until > f.until ? until : f.until;
		f.is_known = true;
		add_fault_kind(&f, window);
	}
	return f;
}

/* What a cell that was cut off left may end anywhere. */
static bool may_be_broken(const struct recorded_cell *c)
{
	return recorded_is_true(c->json, "unfinished");
}

static int forget(struct recorded_cell *c)
{
	curve_free(c->curve);
	c->curve = NULL;
	memset(&c->figures, 0, sizeof(c->figures));
	c->traffic_count = 0;
	monitor_sums_done(&c->monitors);
	return 0;
}

/* A cell that did not come so far leaves no table of what it measured; another one has lost it. */
static int check_missing(const struct recorded_cell *c, const char *file, struct err *e)
{
	if (!(recorded_number(c->json, "queries") > 0))
		return 0;
	return err_set(e, -ENOENT, "'%s/%s' is not there, though run.json tells of what it holds",
		       c->path, file);
}

static int load_cases(struct recorded_cell *c, struct err *e)
{
	int rc = case_rows_load(c->path, &c->cases, e);

	if (rc == -ENOENT)
		return check_missing(c, "cases.csv", e);
	if (rc < 0 && may_be_broken(c))
		return 0;
	if (rc < 0)
		err_prefix(e, "'%s'", c->path);
	return rc;
}

/* A cell for which what is swept moves the faults has windows of its own. */
static int compute(const struct recorded *r, struct recorded_cell *c, struct err *e)
{
	struct figures_fault own = r->fault;
	int rc;

	if (recorded_list(c->json, "windows"))
		own = whole_fault(r, c->json);
	rc = monitor_sums_load(c->path, own.is_known ? own.from : (double)INFINITY,
			       own.is_known ? own.until : (double)INFINITY, &c->monitors, e);
	if (rc == 0)
		rc = figures_compute(c->path, c->curve, &own, &c->figures, e);
	return rc == 0 ? traffics_compute(c->path, c->curve, &own, &c->traffics, &c->traffic_count,
					  e)
		       : rc;
}

static int load_cell(struct recorded *r, unsigned run, json_t *json, struct err *e)
{
	struct recorded_cell *c = &r->cells[r->cell_count++];
	const char *dir = r->dirs[run];
	int rc;

	*c = (struct recorded_cell){ .json = json,
				     .run = run,
				     .number = (unsigned)json_integer_value(
					     json_object_get(json, "number")),
				     .folder = recorded_text(json, "folder"),
				     .resolver = recorded_text(json, "resolver"),
				     .version = recorded_text(json, "version"),
				     .mitigation = recorded_text(json, "mitigation"),
				     .sweep = json_object_get(json, "sweep") };
	if (!*c->folder || strchr(c->folder, '/') || strcmp(c->folder, "..") == 0)
		return err_set(e, -EINVAL, "'%s/run.json': a cell has no folder", dir);
	if (asprintf(&c->path, "%s/%s", dir, c->folder) < 0)
		c->path = NULL;
	if (!c->path)
		return err_set(e, -ENOMEM, "no memory for the report");
	if (recorded_has_cases(r))
		return load_cases(c, e);
	rc = curve_load(c->path, recorded_number(r->run, "bin_seconds"), &c->curve, e);
	if (rc == -ENOENT)
		return check_missing(c, "curve.csv", e);
	if (rc == 0)
		rc = compute(r, c, e);
	if (rc == 0 && recorded_number(json, "wall_seconds") > 0)
		c->figures.wall_seconds =
			(struct figure){ FIGURE_VALUE, recorded_number(json, "wall_seconds") };
	if (rc < 0 && may_be_broken(c))
		return forget(c);
	if (rc < 0)
		err_prefix(e, "'%s'", c->path);
	return rc;
}

static int load_json(const char *dir, json_t **ret, struct err *e)
{
	char path[4096 + 16];
	json_error_t error;
	FILE *f;

	snprintf(path, sizeof(path), "%s/run.json", dir);
	f = fopen(path, "re");
	if (!f)
		return err_set(e, -errno, "'%s' is not the folder of a run: cannot read '%s': %s",
			       dir, path, strerror(errno));
	*ret = json_loadf(f, JSON_REJECT_DUPLICATES, &error);
	fclose(f);
	return *ret ? 0 : err_set(e, -EINVAL, "%s:%d: %s", path, error.line, error.text);
}

static int read_common(struct recorded *r, struct err *e)
{
	simtime to;

	r->run = r->runs[0];
	if (simtime_parse(recorded_text(r->run, "from"), &r->from, e) < 0 ||
	    simtime_parse(recorded_text(r->run, "to"), &to, e) < 0) {
		err_prefix(e, "'%s/run.json'", r->dirs[0]);
		return -EINVAL;
	}
	r->span = (double)simtime_plus(to, -r->from) / 1e9;
	r->fault = whole_fault(r, r->run);
	return 0;
}

static int load_cells(struct recorded *r, unsigned run, struct err *e)
{
	json_t *list = recorded_list(r->runs[run], "cells"), *cell;
	struct recorded_cell *grown;
	size_t i;

	grown = reallocarray(r->cells, r->cell_count + json_array_size(list) + 1, sizeof(*grown));
	if (!grown)
		return err_set(e, -ENOMEM, "no memory for the report");
	r->cells = grown;
	json_array_foreach(list, i, cell)
	{
		int rc = load_cell(r, run, cell, e);

		if (rc < 0)
			return rc;
	}
	return 0;
}

int recorded_load(const char *const *dirs, unsigned count, struct recorded *r, struct err *e)
{
	int rc = 0;

	*r = (struct recorded){ .dirs = dirs, .dir_count = count };
	r->runs = calloc(count, sizeof(json_t *));
	if (!r->runs)
		return err_set(e, -ENOMEM, "no memory for the report");
	for (unsigned i = 0; i < count && rc == 0; i++)
		rc = load_json(dirs[i], &r->runs[i], e);
	if (rc == 0)
		rc = read_common(r, e);
	if (rc == 0)
		rc = merge_check(r, e);
	for (unsigned i = 0; i < count && rc == 0; i++)
		rc = load_cells(r, i, e);
	return rc == 0 ? merge_cells(r, e) : rc;
}
