/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_figure.h"

#include <math.h>
#include <string.h>

#include "harness/report/html_text.h"
#include "harness/report/html_time.h"
#include "harness/text/table.h"

#define MARKS_MAX 24 /* of one chart; a cell's own list has all */

struct mark {
	double t;
	const char *what;
	unsigned curves; /* bits: whose cells have it */
};

struct marks {
	struct mark list[MARKS_MAX];
	unsigned count, left_out;
};

void html_figure_add(struct html_figure *f, unsigned cell, const char *name, unsigned style,
		     const char *key, const char *over)
{
	struct html_curve *c = &f->curves[f->count];

	if (f->count == HTML_LINES_MAX)
		return;
	*c = (struct html_curve){ .cell = cell, .name = name, .style = style };
	snprintf(c->key, sizeof(c->key), "%s", key);
	snprintf(c->over, sizeof(c->over), "%s", over);
	f->count++;
}

const json_t *html_figure_column(const json_t *cell, const char *path)
{
	char part[HTML_PATH_MAX];

	while (cell && *path) {
		size_t len = strcspn(path, "/");

		snprintf(part, sizeof(part), "%.*s", (int)len, path);
		cell = json_object_get(cell, part);
		path += len + (path[len] == '/');
	}
	return cell;
}

static const json_t *cell_of(const struct html_page *p, const struct html_curve *c)
{
	return json_array_get(json_object_get(p->data, "cells"), c->cell);
}

static struct html_line line_of(const struct html_page *p, const struct html_curve *c)
{
	const json_t *cell = cell_of(p, c);

	return (struct html_line){ .style = c->style,
				   .t = json_object_get(cell, "t"),
				   .values = html_figure_column(cell, c->key),
				   .over = *c->over ? html_figure_column(cell, c->over) : NULL };
}

/* The largest value of a curve in the figure's stretch, and when it is first that large; NAN: it
 * has none. */
static double curve_most(const struct html_page *p, const struct html_figure *f,
			 const struct html_curve *c, double *when)
{
	struct html_line line = line_of(p, c);
	double most = NAN;

	for (size_t i = 0; i < json_array_size(line.t); i++) {
		double t = json_number_value(json_array_get(line.t, i));
		double v = html_line_value(&line, i);

		if (t < f->from || t > f->to || isnan(v) || v <= most)
			continue;
		most = v;
		*when = t;
	}
	return most;
}

double html_figure_most(const struct html_page *p, const struct html_figure *f)
{
	double most = 0, when;

	for (unsigned i = 0; i < f->count; i++)
		most = fmax(most, curve_most(p, f, &f->curves[i], &when));
	return most;
}

double html_figure_round(double most)
{
	static const double steps[] = { 1, 1.5, 2, 3, 4, 5, 6, 8, 10 };
	double unit = most > 0 ? pow(10, floor(log10(most))) : 1;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i] * unit >= most)
			return steps[i] * unit;
	return 10 * unit;
}

/* Marks. */

static bool join_mark(struct marks *m, double t, const char *what, unsigned curve)
{
	for (unsigned i = 0; i < m->count; i++)
		if (m->list[i].t == t && strcmp(m->list[i].what, what) == 0) {
			m->list[i].curves |= 1U << curve;
			return true;
		}
	return false;
}

static void add_mark(struct marks *m, double t, const char *what, unsigned curve)
{
	unsigned i = m->count;

	if (join_mark(m, t, what, curve))
		return;
	if (m->count == MARKS_MAX) {
		m->left_out++;
		return;
	}
	for (; i > 0 && m->list[i - 1].t > t; i--)
		m->list[i] = m->list[i - 1];
	m->list[i] = (struct mark){ .t = t, .what = what, .curves = 1U << curve };
	m->count++;
}

static void collect_marks(const struct html_page *p, const struct html_figure *f, struct marks *m)
{
	const json_t *mark;
	size_t i;

	for (unsigned c = 0; c < f->count; c++)
		json_array_foreach(recorded_list(cell_of(p, &f->curves[c]), "marks"), i, mark)
		{
			double t = recorded_number(mark, "t");

			if (t >= f->from && t <= f->to)
				add_mark(m, t, recorded_text(mark, "what"), c);
		}
}

/* Whose mark it is, unless it is everybody's: " (nta, nta-flush)". */
static void put_owners(const struct html_page *p, const struct html_figure *f, const struct mark *m)
{
	const char *separator = " (";

	if (m->curves == (1U << f->count) - 1)
		return;
	for (unsigned c = 0; c < f->count; c++) {
		if (!(m->curves & 1U << c))
			continue;
		html_put(p->out, "%s%s", separator, f->curves[c].name);
		separator = ", ";
	}
	html_put(p->out, ")");
}

static void put_marks(const struct html_page *p, const struct html_figure *f, const struct marks *m)
{
	char text[HTML_TIME_TEXT];

	if (!m->count)
		return;
	html_put(p->out, "<ol class=\"marks\" aria-label=\"Marks\">\n");
	for (unsigned i = 0; i < m->count; i++) {
		fprintf(p->out, "<li data-t=\"%.3f\">", m->list[i].t);
		html_put(p->out, "<span class=\"at\">%s</span> %s",
			 html_time(p, m->list[i].t, text), m->list[i].what);
		put_owners(p, f, &m->list[i]);
		html_put(p->out, "</li>\n");
	}
	html_put(p->out, "</ol>\n");
	if (m->left_out)
		html_put(p->out, "<p class=\"cut\">%u more marks: see the cells.</p>\n",
			 m->left_out);
}

/* Legend. */

static void put_most(const struct html_page *p, const struct html_figure *f,
		     const struct html_curve *c)
{
	char number[48], text[HTML_TIME_TEXT];
	double when = 0, most = curve_most(p, f, c, &when);

	if (isnan(most)) {
		html_put(p->out, "nothing was recorded");
		return;
	}
	if (*c->over)
		snprintf(number, sizeof(number), "%.1f %%", most);
	else if (most >= 100)
		table_grouped(most, number);
	else
		snprintf(number, sizeof(number), "%.3g", most);
	if (most > 0)
		html_put(p->out, "most %s at %s", number, html_time(p, when, text));
	else
		html_put(p->out, "always %s", *c->over ? "0 %" : "0");
}

static void put_entry(const struct html_page *p, const struct html_figure *f,
		      const struct html_curve *c)
{
	html_put(p->out, "<li class=\"line%u\" data-cell=\"%u\" data-key=\"%s\"", c->style, c->cell,
		 c->key);
	if (*c->over)
		html_put(p->out, " data-over=\"%s\"", c->over);
	html_put(p->out,
		 "><svg class=\"key\" viewBox=\"0 0 30 8\" aria-hidden=\"true\"><path "
		 "d=\"M0 4h30\"/></svg> <span class=\"name\">%s</span>",
		 c->name);
	if (*c->also)
		html_put(p->out, " <span class=\"also\">and %s, alike to within 1 %%</span>",
			 c->also);
	html_put(p->out, " <span class=\"value\">");
	put_most(p, f, c);
	html_put(p->out, "</span></li>\n");
}

static int put_drawing(const struct html_page *p, const struct html_figure *f,
		       const struct marks *m)
{
	struct html_svg svg = { .start = recorded_number(p->data, "start"),
				.from = f->from,
				.to = f->to,
				.most = f->most,
				.unit = *f->curves[0].over ? " %%" : "",
				.windows = json_object_get(p->data, "windows"),
				.mark_count = m->count };
	double marks[MARKS_MAX];
	int rc;

	for (unsigned i = 0; i < m->count; i++)
		marks[i] = m->list[i].t;
	svg.marks = marks;
	for (unsigned i = 0; i < f->count; i++)
		svg.lines[svg.line_count++] = line_of(p, &f->curves[i]);
	html_put(p->out, "<div class=\"static\">");
	rc = html_svg_write(&svg, p->out, p->e);
	html_put(p->out, "</div>\n");
	return rc;
}

static void put_head(const struct html_page *p, const struct html_figure *f)
{
	html_put(p->out, "<figure class=\"chart\" id=\"%s\" data-axis=\"%s\"%s", f->id, f->axis,
		 f->is_choice ? " data-choice" : "");
	fprintf(p->out, " data-most=\"%g\"", f->most);
	if (f->from > 0 || f->to < p->recorded->span)
		fprintf(p->out, " data-from=\"%.3f\" data-to=\"%.3f\"", f->from, f->to);
	html_put(p->out, "><figcaption><b>%s</b>", f->title);
	if (*f->more)
		html_put(p->out, " <span class=\"more\">%s</span>", f->more);
	html_put(p->out, " <span class=\"axis\">%s</span></figcaption>\n", f->axis);
}

int html_figure_write(const struct html_page *p, const struct html_figure *f)
{
	struct marks marks = { .count = 0 };
	int rc;

	collect_marks(p, f, &marks);
	put_head(p, f);
	rc = put_drawing(p, f, &marks);
	html_put(p->out, "<ul class=\"legend\">\n");
	for (unsigned i = 0; i < f->count; i++)
		put_entry(p, f, &f->curves[i]);
	html_put(p->out, "</ul>\n");
	put_marks(p, f, &marks);
	html_put(p->out, "</figure>\n");
	return rc;
}
