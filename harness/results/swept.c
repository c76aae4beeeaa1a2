/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/swept.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/comparison.h"
#include "harness/results/operations.h"
#include "sim/base/number.h"

#define ALIKE 1.5 /* slopes that differ by less make one stretch */

static bool can_use(const struct recorded_cell *c)
{
	return comparison_can_use(c);
}

/* ---- which cells are one series ---- */

void swept_row_without(const struct recorded_cell *c, const char *key, char ret[512])
{
	char part[256], *at;

	snprintf(part, sizeof(part), " %s=%s", key, recorded_text(c->sweep, key));
	snprintf(ret, 512, "%s", c->row);
	at = strstr(ret, part);
	if (at)
		memmove(at, at + strlen(part), strlen(at + strlen(part)) + 1);
}

static bool is_series(const struct recorded *r, const struct recorded_cell *a,
		      const struct recorded_cell *b, const char *key)
{
	bool is_time = recorded_is_time(r, a, key);
	char one[512], other[512];

	if (!json_object_get(b->sweep, key) || strcmp(a->mitigation, b->mitigation) != 0 ||
	    is_time != recorded_is_time(r, b, key))
		return false;
	if (is_time)
		return strcmp(a->row, b->row) == 0;
	swept_row_without(a, key, one);
	swept_row_without(b, key, other);
	return strcmp(a->column, b->column) == 0 && strcmp(one, other) == 0;
}

static bool is_first(const struct recorded *r, unsigned cell, const char *key)
{
	for (unsigned i = 0; i < cell; i++)
		if (is_series(r, &r->cells[cell], &r->cells[i], key))
			return false;
	return true;
}

/* ---- points ---- */

static int acted_at(const struct recorded_cell *c, double *ret, struct err *e)
{
	_cleanup_(operations_freep) struct operations *o = NULL;
	int rc = operations_load(c->path, &o, e);
	json_t *value;
	const char *key;

	if (rc < 0)
		return rc;
	*ret = (double)NAN;
	json_object_foreach((json_t *)c->sweep, key, value)
	{
		/* What is taken back of an act that never came is no act. */
		for (unsigned i = 0; i < o->count && isnan(*ret); i++)
			if (!strstr(o->list[i].name, "-remove"))
				*ret = o->list[i].t;
	}
	return 0;
}

static double number_of(const char *text)
{
	double number;
	simtime duration;

	if (number_is(text, &number))
		return number;
	return simtime_parse_duration(text, &duration, NULL) == 0 ? (double)duration / 1e9
								  : (double)NAN;
}

static int by_x(const void *a, const void *b)
{
	const struct swept_point *p = a, *q = b;

	if (isnan(p->x) || isnan(q->x))
		return isnan(p->x) - isnan(q->x);
	return p->x < q->x ? -1 : p->x > q->x;
}

static int add_point(const struct swept_list *l, struct swept *s, const struct recorded_cell *c,
		     struct err *e)
{
	const struct figure *f = figures_get(&c->figures, l->figure);
	struct swept_point *p = &s->points[s->count++];

	*p = (struct swept_point){ .cell = c,
				   .x = number_of(recorded_text(c->sweep, s->key)),
				   .y = can_use(c) && f->kind == FIGURE_VALUE ? f->value
									      : (double)NAN,
				   .value = recorded_text(c->sweep, s->key) };
	return s->is_time ? acted_at(c, &p->x, e) : 0;
}

static void put_in_order(struct swept *s)
{
	s->is_number = true;
	for (unsigned i = 0; i < s->count && !s->is_time; i++)
		s->is_number &= !isnan(s->points[i].x);
	for (unsigned i = 0; i < s->count && !s->is_number; i++)
		s->points[i].x = i;
	qsort(s->points, s->count, sizeof(*s->points), by_x);
}

static const struct recorded_cell *none_of(const struct recorded *r, const struct recorded_cell *c)
{
	for (unsigned i = 0; i < r->cell_count; i++)
		if (strcmp(r->cells[i].column, "none") == 0 &&
		    strcmp(r->cells[i].row, c->row) == 0 && can_use(&r->cells[i]))
			return &r->cells[i];
	return NULL;
}

static int name_series(const struct recorded_cell *c, struct swept *s)
{
	char row[512];

	swept_row_without(c, s->key, row);
	if (asprintf(&s->name, "%s, %s", row, s->is_time ? c->mitigation : c->column) < 0)
		s->name = NULL;
	return s->name ? 0 : -ENOMEM;
}

static int add_series(const struct recorded *r, unsigned cell, const char *key,
		      struct swept_list *l, struct err *e)
{
	struct swept *grown = reallocarray(l->list, l->count + 1, sizeof(*grown)), *s;
	const struct recorded_cell *c = &r->cells[cell];
	int rc;

	if (!grown)
		return err_set(e, -ENOMEM, "no memory for the report");
	l->list = grown;
	s = &grown[l->count++];
	*s = (struct swept){ .key = key, .is_time = recorded_is_time(r, c, key) };
	s->points = calloc(r->cell_count, sizeof(*s->points));
	rc = s->points ? name_series(c, s) : -ENOMEM;
	if (rc < 0)
		return err_set(e, rc, "no memory for the report");
	for (unsigned i = cell; i < r->cell_count && rc == 0; i++)
		if (is_series(r, c, &r->cells[i], key))
			rc = add_point(l, s, &r->cells[i], e);
	put_in_order(s);
	s->none = s->is_time ? none_of(r, c) : NULL;
	if (s->count < 2)
		l->count--, free(s->points), free(s->name);
	return rc;
}

const struct figure_info *swept_figure(const struct recorded *r)
{
	const struct figure_info *minutes = figures_find("user_minutes");

	for (unsigned i = 0; i < r->cell_count; i++)
		if (figures_get(&r->cells[i].figures, minutes)->kind == FIGURE_VALUE)
			return minutes;
	return figures_find("servfail_share");
}

int swept_new(const struct recorded *r, struct swept_list *ret, struct err *e)
{
	int rc = 0;

	*ret = (struct swept_list){ .figure = swept_figure(r) };
	for (unsigned i = 0; i < r->cell_count && rc == 0; i++) {
		const char *key;
		json_t *value;

		json_object_foreach((json_t *)r->cells[i].sweep, key, value)
		{
			if (rc == 0 && !recorded_is_setting(r, &r->cells[i], key) &&
			    is_first(r, i, key))
				rc = add_series(r, i, key, ret, e);
		}
	}
	if (rc < 0)
		swept_done(ret);
	return rc;
}

void swept_done(struct swept_list *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		free(l->list[i].points);
		free(l->list[i].name);
	}
	free(l->list);
	l->list = NULL;
	l->count = 0;
}

double swept_none(const struct swept_list *l, const struct swept *s)
{
	const struct figure *f = s->none ? figures_get(&s->none->figures, l->figure) : NULL;

	return f && f->kind == FIGURE_VALUE ? f->value : (double)NAN;
}

/* ---- stretches ---- */

bool swept_is_same(double a, double b)
{
	double difference = fabs(a - b);

	return difference <= 0.01 * fmax(a, b) || difference <= sqrt(a + b);
}

static double slope(const struct swept *s, unsigned from, unsigned to)
{
	return (s->points[to].y - s->points[from].y) / (s->points[to].x - s->points[from].x);
}

static struct swept_stretch stretch(const struct swept *s, unsigned from, unsigned to)
{
	double a = s->points[from].y, b = s->points[to].y;

	return (struct swept_stretch){ from, to,
				       swept_is_same(a, b) ? SWEPT_FLAT
				       : a < b		   ? SWEPT_RISES
							   : SWEPT_FALLS };
}

/* Whether `next` goes on as `last` does, and both together still do. */
static bool goes_on(const struct swept *s, const struct swept_stretch *last,
		    const struct swept_stretch *next)
{
	double a, b;

	if (last->kind != next->kind || stretch(s, last->from, next->to).kind != last->kind)
		return false;
	if (last->kind == SWEPT_FLAT || !s->is_number)
		return true;
	a = fabs(slope(s, last->from, last->to));
	b = fabs(slope(s, next->from, next->to));
	return fmax(a, b) < ALIKE * fmin(a, b);
}

unsigned swept_stretches(const struct swept *s, struct swept_stretch *ret)
{
	unsigned count = 0, last = s->count;

	for (unsigned i = 0; i < s->count; i++) {
		struct swept_stretch next;

		if (isnan(s->points[i].x) || isnan(s->points[i].y))
			continue;
		if (last < s->count && s->points[i].x > s->points[last].x) {
			next = stretch(s, last, i);
			if (count && goes_on(s, &ret[count - 1], &next))
				ret[count - 1].to = i;
			else
				ret[count++] = next;
		}
		last = i;
	}
	return count;
}
