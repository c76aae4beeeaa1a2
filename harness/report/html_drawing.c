/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_drawing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/html_svg.h"
#include "harness/report/html_text.h"
#include "harness/report/plot.h"
#include "harness/results/csv.h"

#define FILE_NAME "drawings.csv"

enum column { DRAWING, X_AXIS, Y_AXIS, SERIES, X, Y, COLUMNS };

struct point {
	char *texts[X]; /* of the drawing, its axes and the series */
	double x, y;
};

struct points {
	struct point *list;
	size_t count;
};

static void points_done(struct points *l)
{
	for (size_t i = 0; i < l->count; i++)
		for (unsigned k = 0; k < X; k++)
			free(l->list[i].texts[k]);
	free(l->list);
}

static int read_point(const struct csv *csv, const unsigned columns[COLUMNS], struct points *l,
		      struct err *e)
{
	struct point *p, *more = realloc(l->list, (l->count + 1) * sizeof(*more));
	int rc;

	if (!more)
		return err_set(e, -ENOMEM, "no memory for the report");
	l->list = more;
	p = &more[l->count++];
	*p = (struct point){ .x = 0 };
	for (unsigned k = 0; k < X; k++) {
		p->texts[k] = strdup(csv_text(csv, columns[k]));
		if (!p->texts[k])
			return err_set(e, -ENOMEM, "no memory for the report");
	}
	rc = csv_number(csv, columns[X], &p->x, e);
	return rc < 0 ? rc : csv_number(csv, columns[Y], &p->y, e);
}

static int read_points(const struct recorded_cell *cell, struct points *ret, struct err *e)
{
	static const char *const names[COLUMNS] = { "drawing", "x_axis", "y_axis",
						    "series",  "x",	 "y" };
	_cleanup_(csv_freep) struct csv *csv = NULL;
	unsigned columns[COLUMNS];
	int rc = csv_open_if_there(cell->path, FILE_NAME, &csv, e);

	if (rc <= 0)
		return rc;
	for (unsigned i = 0; i < COLUMNS; i++) {
		rc = csv_column(csv, names[i], e);
		if (rc < 0)
			return rc;
		columns[i] = (unsigned)rc;
	}
	while ((rc = csv_next(csv, e)) == 1) {
		rc = read_point(csv, columns, ret, e);
		if (rc < 0)
			return rc;
	}
	return rc;
}

/* How many points from here on have the same text. */
static size_t run_of(const struct point *from, size_t count, enum column text)
{
	size_t n = 1;

	while (n < count && strcmp(from[n].texts[text], from->texts[text]) == 0)
		n++;
	return n;
}

/* One drawing's points, series after series. */
struct drawn {
	const struct point *points;
	size_t count;
};

static void put_script(const struct drawn *d, FILE *f)
{
	unsigned n = 0;

	fprintf(f, "set terminal svg size 560,300 dynamic noenhanced font \"sans-serif,11\" name "
		   "\"chart\"\nset yrange [0:*]\nset border 3\nset rmargin 4\nset xtics nomirror "
		   "scale 0.5\nset ytics nomirror scale 0.5\nset grid ytics linetype 1 linewidth "
		   "0.4\nunset key\nset tics front\n");
	for (size_t i = 0, len; i < d->count; i += len, n++) {
		len = run_of(d->points + i, d->count - i, SERIES);
		fprintf(f, "$series%u << end_of_data\n", n);
		for (size_t k = i; k < i + len; k++)
			fprintf(f, "%.10g %.10g\n", d->points[k].x, d->points[k].y);
		fprintf(f, "end_of_data\n");
	}
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%s $series%u using 1:2 with lines", i ? "," : "plot", i);
	fprintf(f, "\n");
}

static int draw(const struct html_page *p, const struct drawn *d)
{
	_cleanup_(fclosep) FILE *script = plot_scratch("plot");
	_cleanup_(fclosep) FILE *drawing = plot_scratch("drawing");
	struct html_svg lines = { .line_count = 0 };
	int rc;

	if (!script || !drawing)
		return err_set(p->e, -errno, "cannot make a file in memory: %s", strerror(errno));
	for (size_t i = 0; i < d->count && lines.line_count < HTML_LINES_MAX;
	     i += run_of(d->points + i, d->count - i, SERIES)) {
		lines.lines[lines.line_count].style = lines.line_count;
		lines.line_count++;
	}
	put_script(d, script);
	rc = plot_gnuplot(script, drawing, p->e);
	return rc < 0 ? rc : html_svg_put(&lines, drawing, p->out, p->e);
}

static void put_legend(const struct html_page *p, const struct drawn *d)
{
	unsigned n = 0;

	html_put(p->out, "<ul class=\"legend\">\n");
	for (size_t i = 0; i < d->count; i += run_of(d->points + i, d->count - i, SERIES))
		html_put(p->out,
			 "<li class=\"line%u\"><svg class=\"key\" viewBox=\"0 0 30 8\" "
			 "aria-hidden=\"true\"><path d=\"M0 4H30\"/></svg> %s</li>\n",
			 n++, d->points[i].texts[SERIES]);
	html_put(p->out, "</ul>\n");
}

static void put_numbers(const struct html_page *p, const struct drawn *d)
{
	html_put(p->out,
		 "<details><summary>The numbers</summary><table><caption>%s</caption><thead><tr>"
		 "<th scope=\"col\">series</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
		 "</tr></thead><tbody>\n",
		 d->points->texts[DRAWING], d->points->texts[X_AXIS], d->points->texts[Y_AXIS]);
	for (size_t i = 0; i < d->count; i++) {
		char x[32], y[32];

		snprintf(x, sizeof(x), "%.6g", d->points[i].x);
		snprintf(y, sizeof(y), "%.6g", d->points[i].y);
		html_put(p->out, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td></tr>\n",
			 d->points[i].texts[SERIES], x, y);
	}
	html_put(p->out, "</tbody></table></details>\n");
}

static int put_drawing(const struct html_page *p, const struct drawn *d)
{
	int rc;

	html_put(p->out, "<figure class=\"swept\"><figcaption>%s: %s against %s</figcaption>\n",
		 d->points->texts[DRAWING], d->points->texts[Y_AXIS], d->points->texts[X_AXIS]);
	rc = draw(p, d);
	put_legend(p, d);
	html_put(p->out, "</figure>\n");
	put_numbers(p, d);
	return rc;
}

int html_drawings(const struct html_page *p, const struct recorded_cell *cell)
{
	_cleanup_(points_done) struct points all = { NULL, 0 };
	int rc = read_points(cell, &all, p->e);

	for (size_t i = 0, len; rc == 0 && i < all.count; i += len) {
		len = run_of(all.list + i, all.count - i, DRAWING);
		rc = put_drawing(p, &(struct drawn){ all.list + i, len });
	}
	return rc;
}
