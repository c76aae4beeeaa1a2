/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/league.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/results/comparison.h"
#include "harness/results/ede_matrix.h"
#include "harness/results/figure_json.h"
#include "harness/results/label.h"
#include "harness/results/recorded_load.h"
#include "harness/text/json_text.h"
#include "harness/text/table.h"
#include "sim/base/cleanup.h"

#define SCHEMA "league-1"

/* What is told of a cell with curves: how soon it was over, what was lost, what was said, and the load. */
static const char *const chosen[] = {
	"user_minutes",	       "servfail_share",  "stale",
	"after_repair",	       "lingering",	  "time_over_1",
	"cd_servfail_share",   "right_ede_share", "zone_upstream",
	"zone_upstream_ratio",
};

/* ---- columns ---- */

/* "unbound 1.17.1", whether the name has the version or not. */
static void name_version(const struct recorded_cell *c, char *ret, size_t size)
{
	const char *version = label_version(c->resolver, c->version);
	char *at;

	snprintf(ret, size, "%s%s%s", c->row, *version ? " " : "", version);
	at = *version ? NULL : strchr(ret, '@');
	if (at)
		*at = ' ';
}

static unsigned column_of(json_t *league, const struct recorded_cell *c)
{
	json_t *versions = json_object_get(league, "versions"), *v;
	char name[512];
	size_t i;

	name_version(c, name, sizeof(name));
	json_array_foreach(versions, i, v)
	{
		if (strcmp(recorded_text(v, "name"), name) == 0)
			return (unsigned)i;
	}
	json_array_append_new(versions, json_pack("{so so so so}", "name", json_text(name),
						  "resolver", json_text(c->resolver), "kind",
						  json_text(recorded_text(c->json, "kind")),
						  "version", json_text(c->version)));
	return (unsigned)json_array_size(versions) - 1;
}

/* ---- tables ---- */

static bool is_same(const json_t *a, const json_t *b, const char *key)
{
	const json_t *x = json_object_get(a, key), *y = json_object_get(b, key);

	return (!x && !y) || json_equal(x, y);
}

/* What a table is of, beside its mitigation. */
static const char *const keys[] = { "scenario", "title", "from", "to", "clock", "seed", "set" };

static json_t *table_of(json_t *league, const json_t *run, const char *mitigation)
{
	json_t *tables = json_object_get(league, "tables"), *t;
	size_t i;

	json_array_foreach(tables, i, t)
	{
		bool same = strcmp(recorded_text(t, "mitigation"), mitigation) == 0;

		for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
			same &= is_same(t, run, keys[k]);
		if (same)
			return t;
	}
	t = json_object();
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
		json_object_set(t, keys[k], json_object_get(run, keys[k]));
	json_object_set_new(t, "mitigation", json_text(mitigation));
	json_object_set_new(t, "figures", json_array());
	json_object_set_new(t, "not_valid", json_array());
	json_array_append_new(tables, t);
	return t;
}

static json_t *values_of(json_t *table, const char *name, const char *label)
{
	json_t *figures = json_object_get(table, "figures"), *f;
	size_t i;

	json_array_foreach(figures, i, f)
	{
		if (strcmp(recorded_text(f, "name"), name) == 0)
			return json_object_get(f, "values");
	}
	f = json_pack("{ss ss s[]}", "name", name, "label", label, "values");
	json_array_append_new(figures, f);
	return json_object_get(f, "values");
}

/* Takes `value`. -EEXIST: there is one. */
static int set(json_t *table, unsigned column, const char *name, const char *label, json_t *value)
{
	json_t *values = values_of(table, name, label);

	while (json_array_size(values) <= column)
		json_array_append_new(values, json_null());
	if (!json_is_null(json_array_get(values, column))) {
		json_decref(value);
		return -EEXIST;
	}
	return json_array_set_new(values, column, value) < 0 ? -ENOMEM : 0;
}

static int add_figures(json_t *table, unsigned column, const struct recorded_cell *c)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(chosen) && r == 0; i++) {
		const struct figure_info *info = figures_find(chosen[i]);

		r = set(table, column, info->name, info->label,
			figure_json(figures_get(&c->figures, info)));
	}
	return r;
}

static int add_sums(json_t *table, unsigned column, const struct ede_tally *t)
{
	int r = 0;

	for (unsigned i = 0; i < ede_sum_count && r == 0; i++)
		r = set(table, column, ede_sums[i].name, ede_sums[i].label,
			json_integer(ede_sum(t, i)));
	return r;
}

static int add_cell(json_t *league, const struct recorded *r, unsigned n,
		    const struct ede_matrix *m, struct err *e)
{
	const struct recorded_cell *c = &r->cells[n];
	json_t *table = table_of(league, r->run, c->column);
	unsigned column = column_of(league, c);
	int rc = 0;

	if (m ? !c->cases : !comparison_can_use(c))
		json_array_append_new(json_object_get(table, "not_valid"),
				      json_pack("{so so}", "version", json_text(c->row), "why",
						json_text(recorded_text(c->json, "why"))));
	else
		rc = m ? add_sums(table, column, &m->tallies[n]) : add_figures(table, column, c);
	if (rc == -EEXIST)
		return err_set(e, -EINVAL,
			       "'%s' has two runs of '%s' with '%s': a league has one of each",
			       c->row, recorded_text(r->run, "scenario"), c->column);
	return rc < 0 ? err_set(e, rc, "no memory for the league") : 0;
}

static int add_run(json_t *league, const char *dir, struct err *e)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	_cleanup_(ede_matrix_freep) struct ede_matrix *m = NULL;
	int rc = recorded_load(&dir, 1, &r, e);

	if (rc == 0 && recorded_has_cases(&r))
		rc = ede_matrix_new(&r, &m, e);
	for (unsigned i = 0; i < r.cell_count && rc == 0; i++)
		rc = add_cell(league, &r, i, m, e);
	return rc;
}

/* ---- all of it ---- */

static bool is_empty(const json_t *values)
{
	json_t *v;
	size_t i;

	json_array_foreach((json_t *)values, i, v)
	{
		if (!json_is_null(v))
			return false;
	}
	return true;
}

/* Every row has a value a version, and none is there that nobody measured. */
static void even_out(json_t *league)
{
	size_t versions = json_array_size(json_object_get(league, "versions")), i;
	json_t *table;

	json_array_foreach(json_object_get(league, "tables"), i, table)
	{
		json_t *figures = json_object_get(table, "figures");

		for (size_t k = json_array_size(figures); k--;) {
			json_t *values = json_object_get(json_array_get(figures, k), "values");

			while (json_array_size(values) < versions)
				json_array_append_new(values, json_null());
			if (is_empty(values))
				json_array_remove(figures, k);
		}
	}
}

static int read_document(const char *path, json_t **ret, struct err *e)
{
	json_error_t error;
	json_t *league = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

	if (!league)
		return err_set(e, -EINVAL, "%s:%d: %s", path, error.line, error.text);
	if (strcmp(recorded_text(league, "schema"), SCHEMA) == 0 &&
	    recorded_list(league, "versions") && recorded_list(league, "tables")) {
		*ret = league;
		return 0;
	}
	json_decref(league);
	return err_set(e, -EINVAL, "'%s' is no league: its schema is not '" SCHEMA "'", path);
}

int league_load(const char *const *paths, unsigned count, json_t **ret, struct err *e)
{
	_cleanup_(json_decrefp) json_t *league = NULL;
	struct stat st;
	int r = 0;

	if (count == 1 && stat(paths[0], &st) == 0 && S_ISREG(st.st_mode))
		return read_document(paths[0], ret, e);
	league = json_document(SCHEMA);
	json_object_set_new(league, "versions", json_array());
	json_object_set_new(league, "tables", json_array());
	for (unsigned i = 0; i < count && r == 0; i++)
		r = add_run(league, paths[i], e);
	if (r < 0)
		return r;
	even_out(league);
	*ret = TAKE(league);
	return 0;
}

bool league_has_invalid(const json_t *league)
{
	json_t *table;
	size_t i;

	json_array_foreach(recorded_list(league, "tables"), i, table)
	{
		if (json_array_size(recorded_list(table, "not_valid")))
			return true;
	}
	return false;
}

char *league_value_text(const char *figure, const json_t *value, char text[LEAGUE_TEXT])
{
	const struct figure_info *info = figures_find(figure);
	struct figure f = { FIGURE_VALUE, json_number_value(value) };

	if (!json_is_string(value) && !json_is_number(value))
		return strcpy(text, "–");
	if (json_is_string(value) && strcmp(json_string_value(value), "already") != 0)
		return strcpy(text, "never");
	if (json_is_string(value))
		f.kind = FIGURE_ALREADY;
	return info ? figure_text(info, &f, text) : table_grouped(json_number_value(value), text);
}
