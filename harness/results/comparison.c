/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NONE "none"

static unsigned find_row(const struct comparison *c, const char *name)
{
	unsigned i = 0;

	while (i < c->row_count && strcmp(c->rows[i].name, name) != 0)
		i++;
	return i;
}

static void add_row(struct comparison *c, const char *name, const char *resolver)
{
	if (find_row(c, name) == c->row_count)
		c->rows[c->row_count++] = (struct comparison_row){ name, resolver };
}

static unsigned find_mitigation(const struct comparison *c, const char *name)
{
	unsigned i = 0;

	while (i < c->mitigation_count && strcmp(c->mitigations[i], name) != 0)
		i++;
	return i;
}

static void add_mitigation(struct comparison *c, const char *name)
{
	unsigned i = find_mitigation(c, name);

	if (i < c->mitigation_count)
		return;
	c->mitigations[c->mitigation_count++] = name;
	for (; i && strcmp(name, NONE) == 0; i--) {
		c->mitigations[i] = c->mitigations[i - 1];
		c->mitigations[i - 1] = name;
	}
}

static bool has_resolver(const struct comparison *c, const char *name)
{
	for (unsigned i = 0; i < c->row_count; i++)
		if (strcmp(c->rows[i].resolver, name) == 0)
			return true;
	return false;
}

/* A resolver that lacks all that was asked of it has a row, too. */
static void add_left_out(struct comparison *c, const struct recorded *r)
{
	const json_t *one;
	size_t i;

	json_array_foreach(r->not_offered, i, one)
	{
		const char *resolver = recorded_text(one, "resolver");

		add_mitigation(c, recorded_text(one, "mitigation"));
		if (!has_resolver(c, resolver))
			add_row(c, resolver, resolver);
	}
}

static void fill(struct comparison *c, const struct recorded *r)
{
	const json_t *one;
	size_t k;

	for (unsigned i = 0; i < r->cell_count; i++) {
		const struct recorded_cell *cell = &r->cells[i];
		unsigned row = find_row(c, cell->row);

		c->spots[row * c->mitigation_count + find_mitigation(c, cell->column)].cell = cell;
	}
	json_array_foreach(r->not_offered, k, one)
	{
		unsigned m = find_mitigation(c, recorded_text(one, "mitigation"));

		for (unsigned i = 0; i < c->row_count; i++)
			if (strcmp(c->rows[i].resolver, recorded_text(one, "resolver")) == 0)
				c->spots[i * c->mitigation_count + m].why_not =
					recorded_text(one, "why");
	}
}

struct comparison *comparison_new(const struct recorded *r)
{
	_cleanup_(comparison_freep) struct comparison *c = calloc(1, sizeof(*c));
	size_t most = r->cell_count + json_array_size(r->not_offered) + 1;

	if (!c)
		return NULL;
	c->rows = calloc(most, sizeof(*c->rows));
	c->mitigations = calloc(most, sizeof(*c->mitigations));
	if (!c->rows || !c->mitigations)
		return NULL;
	for (unsigned i = 0; i < r->cell_count; i++) {
		const struct recorded_cell *cell = &r->cells[i];

		add_row(c, cell->row, cell->resolver);
		add_mitigation(c, cell->column);
	}
	add_left_out(c, r);
	c->spots = calloc((size_t)c->row_count * c->mitigation_count + 1, sizeof(*c->spots));
	if (!c->spots)
		return NULL;
	fill(c, r);
	return TAKE(c);
}

void comparison_free(struct comparison *c)
{
	if (!c)
		return;
	free(c->rows);
	free(c->mitigations);
	free(c->spots);
	free(c);
}

const struct comparison_spot *comparison_spot(const struct comparison *c, unsigned row,
					      unsigned mitigation)
{
	return &c->spots[row * c->mitigation_count + mitigation];
}

const struct recorded_cell *comparison_none(const struct comparison *c, unsigned row)
{
	unsigned none = find_mitigation(c, NONE);
	const struct recorded_cell *cell =
		none < c->mitigation_count ? comparison_spot(c, row, none)->cell : NULL;

	return cell && comparison_can_use(cell) ? cell : NULL;
}

bool comparison_can_use(const struct recorded_cell *cell)
{
	return cell->curve && !json_is_false(json_object_get(cell->json, "valid"));
}

static double weight(const struct recorded_cell *cell, const struct figure_info *info)
{
	return figures_weight(figures_get(&cell->figures, info));
}

enum comparison_rank comparison_rank(const struct comparison *c, const struct figure_info *info,
				     const struct recorded_cell *cell)
{
	double low = INFINITY, high = -(double)INFINITY, its = weight(cell, info), slack;
	bool is_low, is_high;

	for (unsigned i = 0; i < c->row_count * c->mitigation_count; i++) {
		const struct recorded_cell *other = c->spots[i].cell;

		if (!other || !comparison_can_use(other) || isnan(weight(other, info)))
			continue;
		low = fmin(low, weight(other, info));
		high = fmax(high, weight(other, info));
	}
	slack = isinf(high) ? 0 : 0.01 * high;
	if (info->sense == FIGURE_NEUTRAL || isnan(its) || !(high > low + slack))
		return RANK_NONE;
	is_low = its <= low + slack;
	is_high = its >= high - slack;
	if (!is_low && !is_high)
		return RANK_NONE;
	return is_low == (info->sense == FIGURE_LESS) ? RANK_BEST : RANK_WORST;
}
