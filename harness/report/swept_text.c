/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/swept_text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text/memory.h"
#include "harness/text/table.h"
#include "harness/text/wrap.h"

#define COLUMNS 66
#define ROWS 16
#define BAR 40

/* ---- the sentence ---- */

static const char *noun_of(const struct swept_list *l)
{
	return l->figure->unit == FIGURE_COUNT ? "user-minutes" : "of all answers from SERVFAIL";
}

static char *amount(const struct swept_list *l, double y, char ret[FIGURE_TEXT])
{
	return figure_text(l->figure, &(struct figure){ FIGURE_VALUE, y }, ret);
}

/* "20:31", "rate=20". */
static char *place_of(const struct recorded *r, const struct swept *s, unsigned point,
		      char ret[128])
{
	if (s->is_time)
		recorded_time_text(r, s->points[point].x, ret);
	else
		snprintf(ret, 128, "%s=%s", s->key, s->points[point].value);
	return ret;
}

/* Of a stretch that is shorter than ten minutes, a minute or ten seconds are what one acts by. */
static double step_of(double span, const char **name)
{
	static const struct {
		double seconds;
		const char *name;
	} steps[] = {
		{ 600, "ten minutes" }, { 60, "minute" }, { 10, "ten seconds" }, { 1, "second" }
	};
	unsigned i = 0;

	while (i + 1 < ARRAY_SIZE(steps) && steps[i].seconds > span)
		i++;
	*name = steps[i].name;
	return steps[i].seconds;
}

static void put_time(const struct swept_list *l, const struct swept *s,
		     const struct swept_stretch *t, FILE *out)
{
	const struct swept_point *a = &s->points[t->from], *b = &s->points[t->to];
	char each[FIGURE_TEXT], from[FIGURE_TEXT], to[FIGURE_TEXT];
	const char *step;
	double seconds = step_of(b->x - a->x, &step);

	if (t->kind == SWEPT_FLAT) {
		fprintf(out, "it makes no difference (%s, %s)", amount(l, a->y, from),
			amount(l, b->y, to));
		return;
	}
	fprintf(out, "each %s earlier %s %s %s (%s, %s)", step,
		t->kind == SWEPT_RISES ? "saves" : "costs",
		amount(l, fabs(b->y - a->y) / (b->x - a->x) * seconds, each), noun_of(l),
		amount(l, a->y, from), amount(l, b->y, to));
}

static void put_value(const struct swept_list *l, const struct swept *s,
		      const struct swept_stretch *t, FILE *out)
{
	static const char *const verbs[] = { "it is the same", "it rises", "it falls" };
	char from[FIGURE_TEXT], to[FIGURE_TEXT];

	fprintf(out, "%s (%s, %s)", verbs[t->kind], amount(l, s->points[t->from].y, from),
		amount(l, s->points[t->to].y, to));
}

/* From this point on all that were measured are as where nothing was done; s->count: none is. */
static unsigned vain_from(const struct swept *s, double none)
{
	unsigned from = s->count;

	for (unsigned i = s->count; i-- > 0;) {
		if (isnan(s->points[i].x) || isnan(s->points[i].y))
			continue;
		if (isnan(none) || !(swept_is_same(s->points[i].y, none) || s->points[i].y > none))
			break;
		from = i;
	}
	return from;
}

static void put_stretches(const struct recorded *r, const struct swept_list *l,
			  const struct swept *s, const struct swept_stretch *list, unsigned count,
			  FILE *out)
{
	double none = swept_none(l, s);
	unsigned vain = vain_from(s, none);
	char from[128], to[128], text[FIGURE_TEXT];
	const char *comma = "";

	for (unsigned i = 0; i < count; i++) {
		if (list[i].from >= vain)
			continue;
		fprintf(out, "%sfrom %s to %s ", comma, place_of(r, s, list[i].from, from),
			place_of(r, s, list[i].to, to));
		(s->is_time ? put_time : put_value)(l, s, &list[i], out);
		comma = "; ";
	}
	if (vain < s->count)
		fprintf(out, "%sfrom %s on nothing is saved (%s where nothing is done)", comma,
			place_of(r, s, vain, from), amount(l, none, text));
}

char *swept_sentence(const struct recorded *r, const struct swept_list *l, const struct swept *s)
{
	_cleanup_(freep) struct swept_stretch *list = calloc(s->count + 1, sizeof(*list));
	char *text = NULL;
	size_t size;
	unsigned count;
	FILE *out = list ? open_memstream(&text, &size) : NULL;

	if (!out)
		return NULL;
	count = swept_stretches(s, list);
	if (count) {
		fprintf(out, "%s, %s, as measured: ", s->name, l->figure->label);
		put_stretches(r, l, s, list, count, out);
		fprintf(out, ".");
	}
	return memory_close(out, &text) ? text : NULL;
}

/* ---- the figure against the value ---- */

static void put_bar(const struct swept_list *l, double y, double most, FILE *out)
{
	char text[FIGURE_TEXT];
	int len = most > 0 && y > 0 ? (int)ceil(y / most * BAR) : 0;

	if (isnan(y))
		fprintf(out, "   not valid\n");
	else
		fprintf(out, " %11s %.*s\n", amount(l, y, text), len,
			"########################################");
}

static void put_bars(const struct recorded *r, const struct swept_list *l, const struct swept *s,
		     FILE *out)
{
	double none = swept_none(l, s), most = isnan(none) ? 0 : none;
	char at[128];

	for (unsigned i = 0; i < s->count; i++)
		most = fmax(most, isnan(s->points[i].y) ? 0 : s->points[i].y);
	fprintf(out, "%s: %s\n", s->name, l->figure->label);
	if (!isnan(none)) {
		fprintf(out, "  %-20s %-8s", "none", "");
		put_bar(l, none, most, out);
	}
	for (unsigned i = 0; i < s->count; i++) {
		const struct swept_point *p = &s->points[i];
		char value[160];

		snprintf(value, sizeof(value), "%.40s=%.60s", s->key, p->value);
		fprintf(out, "  %-20s %-8s", value,
			!s->is_time   ? ""
			: isnan(p->x) ? "did not"
				      : recorded_time_text(r, p->x, at));
		put_bar(l, p->y, most, out);
	}
}

/* ---- a family of curves ---- */

struct family {
	char rows[ROWS][COLUMNS + 1];
};

static void draw(struct family *f, const struct recorded *r, const struct recorded_cell *c,
		 char mark)
{
	int column = c->curve ? curve_column(c->curve, "servfail", NULL) : -1;
	double wide = fmax(r->span / COLUMNS, c->curve ? (double)c->curve->bin : 0);

	for (int x = 0; x < COLUMNS && column >= 0; x++) {
		double from = floor(x * r->span / COLUMNS / wide) * wide;
		double share =
			curve_share(c->curve, CURVE_ALL, (unsigned)column, from, from + wide);
		int row = ROWS - 1 - (int)floor(share * ROWS);
		char *at;

		if (isnan(share) || share < 0.01)
			continue;
		at = &f->rows[row < 0 ? 0 : row][x];
		*at = *at == ' ' ? mark : '+';
	}
}

static void put_family(const struct recorded *r, const struct swept *s, FILE *out)
{
	static const char marks[] = "123456789abcdefghijklmnopqrstuvwxyz";
	static const char *const labels[ROWS] = {
		[0] = "100 %", [4] = " 75 %", [8] = " 50 %", [12] = " 25 %"
	};
	struct family f = { .rows = { "" } };
	char from[32], to[32];

	for (unsigned i = 0; i < ROWS; i++) {
		memset(f.rows[i], ' ', COLUMNS);
		f.rows[i][COLUMNS] = '\0';
	}
	if (s->none)
		draw(&f, r, s->none, '0');
	for (unsigned i = 0; i < s->count && i < SWEPT_CURVES; i++)
		draw(&f, r, s->points[i].cell, marks[i]);
	fprintf(out, "%s: SERVFAIL, share of all queries (from 1 %%; + is several)\n", s->name);
	for (unsigned i = 0; i < ROWS; i++)
		fprintf(out, "%5s |%s\n", labels[i] ?: "", f.rows[i]);
	fprintf(out, "  0 %% +%.*s\n", COLUMNS,
		"-----------------------------------------------------------------------");
	fprintf(out, "       %-*s%s\n", COLUMNS - 5, recorded_time_text(r, 0, from),
		recorded_time_text(r, r->span, to));
	fprintf(out, "      %s", s->none ? " 0 none" : "");
	for (unsigned i = 0; i < s->count && i < SWEPT_CURVES; i++)
		fprintf(out, "  %c %s", marks[i], s->points[i].value);
	fprintf(out, "\n\n");
}

/* ---- all of it ---- */

static int print_series(const struct recorded *r, const struct swept_list *l, const struct swept *s,
			unsigned width, FILE *out)
{
	_cleanup_(freep) char *sentence = swept_sentence(r, l, s);

	if (!sentence)
		return -ENOMEM;
	if (width == WRAP_MARKDOWN)
		fprintf(out, "```\n");
	put_family(r, s, out);
	put_bars(r, l, s, out);
	if (width == WRAP_MARKDOWN)
		fprintf(out, "```\n\n");
	if (*sentence)
		wrap_print("", sentence, 0, width, out);
	fprintf(out, "\n");
	return 0;
}

int swept_print(const struct recorded *r, unsigned width, FILE *out, struct err *e)
{
	_cleanup_(swept_done) struct swept_list l = { .count = 0 };
	int rc = swept_new(r, &l, e);

	for (unsigned i = 0; i < l.count && rc == 0; i++)
		rc = print_series(r, &l, &l.list[i], width, out);
	return rc == -ENOMEM ? err_set(e, rc, "no memory for the report") : rc;
}
