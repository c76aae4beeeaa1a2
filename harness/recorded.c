#include "harness/recorded.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *recorded_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

double recorded_number(const json_t *object, const char *key)
{
	json_t *n = json_object_get(object, key);

	return json_is_number(n) ? json_number_value(n) : (double)NAN;
}

json_t *recorded_list(const json_t *object, const char *key)
{
	json_t *list = json_object_get(object, key);

	return json_is_array(list) ? list : NULL;
}

bool recorded_is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

void recorded_done(struct recorded *r)
{
	for (unsigned i = 0; i < r->cell_count; i++)
		curve_free(r->cells[i].curve);
	free(r->cells);
	json_decref(r->run);
}

double recorded_instant(const struct recorded *r, const json_t *object, const char *key)
{
	simtime t;

	if (!json_is_string(json_object_get(object, key)))
		return recorded_number(object, key);
	if (simtime_parse(recorded_text(object, key), &t, NULL) < 0)
		return (double)NAN;
	return (double)(t - r->from) / 1e9;
}

double recorded_window_end(const struct recorded *r, const json_t *window)
{
	double until = recorded_instant(r, window, "until");

	return isnan(until) ? (double)INFINITY : until;
}

/* All windows together are the fault that the figures speak of. */
static struct figures_fault whole_fault(const struct recorded *r)
{
	struct figures_fault f = { .is_known = false };
	json_t *window;
	size_t i;

	json_array_foreach(recorded_list(r->run, "windows"), i, window)
	{
		double from = recorded_instant(r, window, "from"),
		       until = recorded_window_end(r, window);

		if (isnan(from))
			continue;
		f.from = !f.is_known || from < f.from ? from : f.from;
		f.until = !f.is_known || until > f.until ? until : f.until;
		f.is_known = true;
	}
	return f;
}

static int load_cell(struct recorded *r, json_t *json, struct err *e)
{
	struct recorded_cell *c = &r->cells[r->cell_count++];
	char path[4096 + 256];
	int rc;

	*c = (struct recorded_cell){ .json = json,
				     .folder = recorded_text(json, "folder"),
				     .resolver = recorded_text(json, "resolver"),
				     .version = recorded_text(json, "version"),
				     .mitigation = recorded_text(json, "mitigation") };
	if (!*c->folder || strchr(c->folder, '/') || strcmp(c->folder, "..") == 0)
		return err_set(e, -EINVAL, "'%s/run.json': a cell has no folder", r->dir);
	snprintf(path, sizeof(path), "%s/%s", r->dir, c->folder);
	rc = curve_load(path, &c->curve, e);
	if (rc == -ENOENT)
		return 0;
	if (rc == 0)
		rc = figures_compute(path, c->curve, &r->fault, &c->figures, e);
	if (rc < 0)
		err_prefix(e, "'%s'", path);
	return rc;
}

static int load_run(struct recorded *r, struct err *e)
{
	char path[4096 + 16];
	json_error_t error;
	simtime to;
	FILE *f;

	snprintf(path, sizeof(path), "%s/run.json", r->dir);
	f = fopen(path, "re");
	if (!f)
		return err_set(e, -errno, "'%s' is not the folder of a run: cannot read '%s': %s",
			       r->dir, path, strerror(errno));
	r->run = json_loadf(f, JSON_REJECT_DUPLICATES, &error);
	fclose(f);
	if (!r->run)
		return err_set(e, -EINVAL, "%s:%d: %s", path, error.line, error.text);
	if (simtime_parse(recorded_text(r->run, "from"), &r->from, e) < 0 ||
	    simtime_parse(recorded_text(r->run, "to"), &to, e) < 0) {
		err_prefix(e, "'%s'", path);
		return -EINVAL;
	}
	r->span = (double)(to - r->from) / 1e9;
	r->fault = whole_fault(r);
	return 0;
}

int recorded_load(const char *dir, struct recorded *r, struct err *e)
{
	json_t *cell;
	size_t i;
	int rc;

	*r = (struct recorded){ .dir = dir };
	rc = load_run(r, e);
	if (rc < 0)
		return rc;
	r->cells = calloc(json_array_size(recorded_list(r->run, "cells")) + 1, sizeof(*r->cells));
	if (!r->cells)
		return err_set(e, -ENOMEM, "no memory for the report");
	json_array_foreach(recorded_list(r->run, "cells"), i, cell)
	{
		rc = load_cell(r, cell, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

bool recorded_was_seen(const json_t *fault)
{
	return recorded_number(fault, "seen") > 0;
}

bool recorded_held(const json_t *expectation)
{
	return recorded_is_true(expectation, "held");
}
