/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/judge/baseline.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/judge/ede_baseline.h"
#include "harness/results/recorded_load.h"
#include "harness/judge/threshold.h"

/* ---- the earlier run ---- */

struct baseline {
	const char *dir;
	char **parts; /* DIR itself, or all DIR/cell-N */
	int part_count;
	struct recorded recorded;
};

static void baseline_done(struct baseline *b)
{
	recorded_done(&b->recorded);
	for (int i = 0; i < b->part_count; i++)
		free(b->parts[i]);
	free(b->parts);
}

static bool has_run(const char *dir, const char *part)
{
	char path[4096 + 300];

	snprintf(path, sizeof(path), "%s%s/run.json", dir, part);
	return access(path, F_OK) == 0;
}

static int add_part(struct baseline *b, const char *part)
{
	char **grown = reallocarray(b->parts, (size_t)b->part_count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	b->parts = grown;
	return asprintf(&grown[b->part_count], "%s%s", b->dir, part) < 0 ? -ENOMEM
									 : ++b->part_count;
}

static int is_cell(const struct dirent *d)
{
	return strncmp(d->d_name, "cell-", 5) == 0;
}

/* Negative: no memory. */
static int find_parts(struct baseline *b)
{
	struct dirent **list = NULL;
	char part[300];
	int rc = 0, n;

	if (has_run(b->dir, ""))
		return add_part(b, "");
	n = scandir(b->dir, &list, is_cell, versionsort);
	for (int i = 0; i < n; i++) {
		snprintf(part, sizeof(part), "/%s", list[i]->d_name);
		if (rc >= 0 && has_run(b->dir, part))
			rc = add_part(b, part);
		free(list[i]);
	}
	free(list);
	return rc;
}

static int baseline_load(const char *dir, struct baseline *b, struct err *e)
{
	b->dir = dir;
	if (find_parts(b) < 0)
		return err_set(e, -ENOMEM, "no memory for the baseline");
	if (b->part_count == 0)
		return err_set(e, -ENOENT,
			       "the baseline '%s' is not the folder of a run: it has no run.json",
			       dir);
	return recorded_load((const char *const *)b->parts, (unsigned)b->part_count, &b->recorded,
			     e);
}

static const char *kind_of(const struct recorded_cell *c)
{
	const char *kind = recorded_text(c->json, "kind");

	return *kind ? kind : c->resolver;
}

/* What is swept has the same value in both; NULL and {}: nothing is. */
static bool is_same_point(const json_t *one, const json_t *other)
{
	if (!json_object_size(one) || !json_object_size(other))
		return json_object_size(one) == json_object_size(other);
	return json_equal(one, other);
}

/* The cell of this very name, else the only one of its kind; both for the same value of what is
 * swept. NULL: there is none, or a choice. */
static const struct recorded_cell *counterpart(const struct baseline *b, const char *resolver,
					       const char *kind, const char *mitigation,
					       const json_t *point)
{
	const struct recorded_cell *same = NULL, *alike = NULL;
	unsigned same_count = 0, alike_count = 0;

	for (unsigned i = 0; i < b->recorded.cell_count; i++) {
		const struct recorded_cell *c = &b->recorded.cells[i];

		if (strcmp(c->mitigation, mitigation) != 0 || !is_same_point(c->sweep, point))
			continue;
		if (strcmp(c->resolver, resolver) == 0 && ++same_count)
			same = c;
		if (strcmp(kind_of(c), kind) == 0 && ++alike_count)
			alike = c;
	}
	if (same_count)
		return same_count == 1 ? same : NULL;
	return alike_count == 1 ? alike : NULL;
}

/* ---- before the run ---- */

static int differs(const char *dir, const char *what, const char *was, const char *is,
		   struct err *e)
{
	return err_set(e, -EINVAL, "the baseline '%s' is of another run: its %s is '%s', not '%s'",
		       dir, what, was, is);
}

static const char *param_value(const struct scenario *s, const char *key)
{
	for (unsigned i = 0; i < s->param_count; i++)
		if (strcmp(s->params[i].key, key) == 0)
			return s->params[i].value;
	return NULL;
}

/* Both ways: a scenario that was edited since may have lost a parameter, or got one. */
static int check_set(const struct baseline *b, const json_t *run, const struct scenario *s,
		     struct err *e)
{
	json_t *set = json_object_get(run, "set"), *value;
	char what[128];
	const char *key;

	for (unsigned i = 0; i < s->param_count; i++)
		if (!json_object_get(set, s->params[i].key))
			return err_set(e, -EINVAL,
				       "the baseline '%s' is of another run: it has no parameter "
				       "'%s'",
				       b->dir, s->params[i].key);
	json_object_foreach(set, key, value)
	{
		const char *is = param_value(s, key);

		if (!is)
			return err_set(e, -EINVAL,
				       "the baseline '%s' is of another run: it has a parameter "
				       "'%s'",
				       b->dir, key);
		snprintf(what, sizeof(what), "parameter '%s'", key);
		if (strcmp(json_string_value(value) ?: "", is) != 0)
			return differs(b->dir, what, json_string_value(value) ?: "", is, e);
	}
	return 0;
}

static int check_run(const struct baseline *b, const json_t *run, const struct scenario *s,
		     struct err *e)
{
	double bin = (double)s->bin / (double)SECOND;
	char from[32], to[32], is[32], had[32];

	if (strcmp(recorded_text(run, "scenario"), s->name) != 0)
		return differs(b->dir, "scenario", recorded_text(run, "scenario"), s->name, e);
	simtime_text(s->from, from);
	simtime_text(s->to, to);
	if (strcmp(recorded_text(run, "from"), from) != 0)
		return differs(b->dir, "start", recorded_text(run, "from"), from, e);
	if (strcmp(recorded_text(run, "to"), to) != 0)
		return differs(b->dir, "end", recorded_text(run, "to"), to, e);
	if (recorded_number(run, "bin_seconds") != bin) {
		snprintf(is, sizeof(is), "%g s", bin);
		snprintf(had, sizeof(had), "%g s", recorded_number(run, "bin_seconds"));
		return differs(b->dir, "bin", had, is, e);
	}
	return check_set(b, run, s, e);
}

static int no_counterpart(const struct baseline *b, const struct matrix_cell *cell, struct err *e)
{
	char names[512] = "";
	size_t len = 0;

	for (unsigned i = 0; i < b->recorded.cell_count && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
					b->recorded.cells[i].label);
	return err_set(e, -EINVAL,
		       "the baseline '%.300s' has no cell, or several, for '%s' to be held "
		       "against; it has: %s",
		       b->dir, cell->folder, *names ? names : "none");
}

static int check_cell(const struct baseline *b, const struct matrix_cell *cell, struct err *e)
{
	_cleanup_(json_decrefp) json_t *point = sweep_point_json(cell->point);
	const struct recorded_cell *before = counterpart(
		b, driver_name(cell->driver), driver_kind(cell->driver), cell->mitigation, point);

	if (!before)
		return no_counterpart(b, cell, e);
	if (!recorded_is_true(before->json, "valid") || (!before->curve && !before->cases))
		return err_set(e, -EINVAL, "the baseline's cell '%s' is not valid", before->path);
	return 0;
}

int baseline_check(const char *dir, const struct scenario *s, const struct matrix *m, unsigned cell,
		   struct err *e)
{
	_cleanup_(baseline_done) struct baseline b = { 0 };
	int rc = baseline_load(dir, &b, e);

	for (unsigned i = 0; i < b.recorded.dir_count && rc == 0; i++)
		rc = check_run(&b, b.recorded.runs[i], s, e);
	for (unsigned i = 0; i < m->cell_count && rc == 0; i++)
		if (!cell || m->cells[i].number == cell)
			rc = check_cell(&b, &m->cells[i], e);
	return rc;
}

/* ---- after it ---- */

static json_t *find_cell(json_t *run, const char *folder)
{
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(run, "cells"), i, cell)
	{
		if (strcmp(recorded_text(cell, "folder"), folder) == 0)
			return cell;
	}
	return NULL;
}

/* "the baseline's seed was 1, now it is 2" */
static void note(json_t *notes, const char *whose, const char *what, const json_t *was,
		 const json_t *is)
{
	_cleanup_(freep) char *had = json_dumps(was, JSON_ENCODE_ANY);
	_cleanup_(freep) char *has = json_dumps(is, JSON_ENCODE_ANY);

	if (was && is && !json_equal(was, is) && had && has)
		json_array_append_new(
			notes, json_sprintf("%s's %s was %s, now it is %s", whose, what, had, has));
}

/* A cell of cases tells of those that are valid, even when others are not. */
static bool can_judge(const struct recorded_cell *before, const struct recorded_cell *c)
{
	return c->cases ? before->cases != NULL : c->curve && recorded_is_true(c->json, "valid");
}

int baseline_judge(const char *dir, const char *now, const struct scenario *s, json_t *run,
		   struct err *e)
{
	_cleanup_(baseline_done) struct baseline b = { 0 };
	_cleanup_(recorded_done) struct recorded is = { 0 };
	int rc = baseline_load(dir, &b, e);
	json_t *notes;

	if (rc == 0)
		rc = recorded_load(&now, 1, &is, e);
	if (rc < 0)
		return rc;
	notes = json_array();
	note(notes, "the baseline", "seed", json_object_get(b.recorded.run, "seed"),
	     json_object_get(is.run, "seed"));
	note(notes, "the baseline", "sigfault", json_object_get(b.recorded.run, "sigfault"),
	     json_object_get(is.run, "sigfault"));
	for (unsigned i = 0; i < is.cell_count; i++) {
		const struct recorded_cell *c = &is.cells[i], *before;

		before = counterpart(&b, c->resolver, kind_of(c), c->mitigation, c->sweep);
		if (!before || !can_judge(before, c))
			continue;
		note(notes, c->folder, "clock", json_object_get(before->json, "clock"),
		     json_object_get(c->json, "clock"));
		json_object_set_new(find_cell(run, c->folder), "thresholds",
				    c->cases ? ede_baseline_judge(before, c)
					     : threshold_judge(s, before, c));
	}
	json_object_set_new(run, "baseline",
			    json_pack("{s:s, s:o}", "folder", dir, "notes", notes));
	return 0;
}
