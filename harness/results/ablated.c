/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/ablated.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/comparison.h"
#include "harness/results/swept.h"
#include "harness/text/json_text.h"

#define KEY "without"

static double value_of(const struct ablated_list *l, const struct recorded_cell *c)
{
	const struct figure *f = figures_get(&c->figures, l->figure);

	return comparison_can_use(c) && f->kind == FIGURE_VALUE ? f->value : (double)NAN;
}

static bool is_without(const struct recorded *r, const struct recorded_cell *c)
{
	return json_object_get(c->sweep, KEY) && recorded_is_setting(r, c, KEY);
}

/* Of the same resolver, mitigation and values. */
static bool is_beside(const struct recorded_cell *c, const char *row, const char *column)
{
	return strcmp(c->row, row) == 0 && strcmp(c->column, column) == 0;
}

static bool is_series(const struct recorded *r, const struct recorded_cell *c, const char *row,
		      const char *column)
{
	char mine[512];

	if (!is_without(r, c) || strcmp(c->column, column) != 0)
		return false;
	swept_row_without(c, KEY, mine);
	return strcmp(mine, row) == 0;
}

/* Stable: where nothing tells them apart they are in the order of the user's file. */
static bool comes_before(const struct ablated_row *a, const struct ablated_row *b)
{
	if (isnan(a->y) || isnan(b->y))
		return !isnan(a->y) && isnan(b->y);
	return a->y > b->y;
}

static void add_row(const struct ablated_list *l, struct ablated *a, const struct recorded_cell *c)
{
	struct ablated_row row = { .cell = c,
				   .setting = recorded_text(c->sweep, KEY),
				   .y = value_of(l, c) };
	unsigned at = a->count++;

	row.difference = row.y - a->y;
	row.is_same = !isnan(row.difference) && swept_is_same(row.y, a->y);
	for (; at && comes_before(&row, &a->rows[at - 1]); at--)
		a->rows[at] = a->rows[at - 1];
	a->rows[at] = row;
}

static int add_series(const struct recorded *r, unsigned cell, const char *row,
		      struct ablated_list *l)
{
	struct ablated *grown = reallocarray(l->list, l->count + 1, sizeof(*grown)), *a;
	const char *column = r->cells[cell].column;

	if (!grown)
		return -ENOMEM;
	l->list = grown;
	a = &grown[l->count++];
	*a = (struct ablated){ .y = (double)NAN };
	a->rows = calloc(r->cell_count, sizeof(*a->rows));
	if (!a->rows || asprintf(&a->name, "%s, %s", row, column) < 0) {
		a->name = NULL;
		return -ENOMEM;
	}
	for (unsigned i = 0; i < r->cell_count && !a->whole; i++)
		if (is_beside(&r->cells[i], row, column))
			a->whole = &r->cells[i];
	if (a->whole)
		a->y = value_of(l, a->whole);
	for (unsigned i = cell; i < r->cell_count; i++)
		if (is_series(r, &r->cells[i], row, column))
			add_row(l, a, &r->cells[i]);
	return 0;
}

static bool is_first(const struct recorded *r, unsigned cell, const char *row)
{
	for (unsigned i = 0; i < cell; i++)
		if (is_series(r, &r->cells[i], row, r->cells[cell].column))
			return false;
	return true;
}

int ablated_new(const struct recorded *r, struct ablated_list *ret, struct err *e)
{
	int rc = 0;

	*ret = (struct ablated_list){ .figure = swept_figure(r) };
	for (unsigned i = 0; i < r->cell_count && rc == 0; i++) {
		char row[512];

		if (!is_without(r, &r->cells[i]))
			continue;
		swept_row_without(&r->cells[i], KEY, row);
		if (is_first(r, i, row))
			rc = add_series(r, i, row, ret);
	}
	if (rc < 0)
		ablated_done(ret);
	return rc < 0 ? err_set(e, rc, "no memory for the report") : 0;
}

void ablated_done(struct ablated_list *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		free(l->list[i].rows);
		free(l->list[i].name);
	}
	free(l->list);
	l->list = NULL;
	l->count = 0;
}

/* ---- for machines ---- */

static json_t *number(double n)
{
	return isnan(n) ? json_null() : json_real(n);
}

static json_t *series_json(const struct ablated_list *l, const struct ablated *a)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < a->count; i++) {
		const struct ablated_row *row = &a->rows[i];

		json_array_append_new(
			list, json_pack("{s:o, s:o, s:o, s:o}", "setting", json_text(row->setting),
					"cell", json_text(row->cell->folder), "value",
					number(row->y), "difference", number(row->difference)));
	}
	return json_pack("{s:o, s:s, s:o, s:o}", "cell",
			 a->whole ? json_text(a->whole->folder) : json_null(), "figure",
			 l->figure->name, "value", number(a->y), "settings", list);
}

json_t *ablated_json(const struct ablated_list *l)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < l->count; i++)
		json_array_append_new(list, series_json(l, &l->list[i]));
	return list;
}
