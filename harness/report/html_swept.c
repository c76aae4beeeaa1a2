/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "harness/report/html_page.h"
#include "harness/report/html_svg.h"
#include "harness/report/html_text.h"
#include "harness/report/plot.h"
#include "harness/report/swept_text.h"

/* Points in order; a place without a value breaks the line. */
static void put_points(const struct html_page *p, const struct swept *s, FILE *f)
{
	double start = (double)p->recorded->from / 1e9;

	fprintf(f, "$points << end_of_data\n");
	for (unsigned i = 0; i < s->count; i++) {
		const struct swept_point *at = &s->points[i];

		if (!isnan(at->x) && !isnan(at->y))
			fprintf(f, "%.3f %.6g\n", at->x + (s->is_time ? start : 0), at->y);
	}
	fprintf(f, "end_of_data\n");
}

static bool has_points(const struct swept *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->count; i++)
		n += !isnan(s->points[i].x) && !isnan(s->points[i].y);
	return n > 1;
}

/* Of the values that were tried, in seconds. */
static double span(const struct swept *s)
{
	double least = INFINITY, most = -INFINITY;

	for (unsigned i = 0; i < s->count; i++) {
		least = fmin(least, s->points[i].x);
		most = fmax(most, s->points[i].x);
	}
	return most - least;
}

static void put_script(const struct html_page *p, const struct swept_list *l, const struct swept *s,
		       FILE *f)
{
	double none = swept_none(l, s);

	fprintf(f,
		"set terminal svg size 560,190 dynamic noenhanced font \"sans-serif,11\" name "
		"\"chart\"\nset yrange [0:*]\nset border 3\nset rmargin 4\nset xtics nomirror "
		"scale "
		"0.5\nset ytics nomirror scale 0.5\nset grid ytics linetype 1 linewidth 0.4\nunset "
		"key\nset tics front\n");
	if (s->is_time)
		fprintf(f, "set xdata time\nset timefmt \"%%s\"\nset format x \"%s\"\n",
			span(s) < 600 ? "%H:%M:%S" : "%H:%M");
	if (!s->is_number) {
		fprintf(f, "set xtics (");
		for (unsigned i = 0; i < s->count; i++)
			fprintf(f, "%s\"%u\" %u", i ? ", " : "", i + 1, i);
		fprintf(f, ")\n");
	}
	put_points(p, s, f);
	fprintf(f, "plot $points using 1:2 with linespoints");
	if (!isnan(none))
		fprintf(f, ", %.6g with lines", none);
	fprintf(f, "\n");
}

static int draw(const struct html_page *p, const struct swept_list *l, const struct swept *s)
{
	_cleanup_(fclosep) FILE *script = plot_scratch("plot");
	_cleanup_(fclosep) FILE *drawing = plot_scratch("drawing");
	const struct html_svg lines = { .lines = { { .style = 2 }, { .style = 0 } },
					.line_count = 2 };
	int rc;

	if (!script || !drawing)
		return err_set(p->e, -errno, "cannot make a file in memory: %s", strerror(errno));
	put_script(p, l, s, script);
	rc = plot_gnuplot(script, drawing, p->e);
	return rc < 0 ? rc : html_svg_put(&lines, drawing, p->out, p->e);
}

static void put_table(const struct html_page *p, const struct swept_list *l, const struct swept *s)
{
	html_put(p->out,
		 "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
		 "aria-labelledby=\"swept-title\"><table><caption>%s: %s</caption><thead><tr><th "
		 "scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr>"
		 "</thead><tbody>\n",
		 s->name, l->figure->label, s->key, s->is_time ? "the operator acted" : "cell",
		 l->figure->label);
	for (unsigned i = 0; i < s->count; i++) {
		const struct swept_point *at = &s->points[i];
		char text[FIGURE_TEXT], when[32];

		html_put(p->out,
			 "<tr><th scope=\"row\"><a href=\"#cell-%u\">%s</a></th><td>%s</td>"
			 "<td>%s</td></tr>\n",
			 html_cell_number(p, at->cell), at->value,
			 !s->is_time	? at->cell->label
			 : isnan(at->x) ? "did not"
					: recorded_time_text(p->recorded, at->x, when),
			 isnan(at->y) ? "not valid"
				      : figure_text(l->figure,
						    &(struct figure){ FIGURE_VALUE, at->y }, text));
	}
	html_put(p->out, "</tbody></table></div>\n");
}

static int put_series(const struct html_page *p, const struct swept_list *l, const struct swept *s)
{
	_cleanup_(freep) char *sentence = swept_sentence(p->recorded, l, s);
	int rc = 0;

	if (!sentence)
		return err_set(p->e, -ENOMEM, "no memory for the report");
	html_put(p->out, "<figure class=\"swept\"><figcaption>%s: %s against %s%s</figcaption>\n",
		 s->name, l->figure->label, s->is_time ? "when the operator acted" : s->key,
		 s->none ? "; the level line: nothing is done" : "");
	if (has_points(s))
		rc = draw(p, l, s);
	html_put(p->out, "</figure>\n<p>%s</p>\n", sentence);
	put_table(p, l, s);
	return rc;
}

int html_swept(const struct html_page *p)
{
	_cleanup_(swept_done) struct swept_list l = { .count = 0 };
	int rc = swept_new(p->recorded, &l, p->e);

	if (rc < 0 || !l.count)
		return rc;
	html_put(p->out, "<section id=\"swept\" aria-labelledby=\"swept-title\"><h2 "
			 "id=\"swept-title\">What was swept</h2>\n");
	for (unsigned i = 0; i < l.count && rc == 0; i++)
		rc = put_series(p, &l, &l.list[i]);
	html_put(p->out, "</section>\n");
	return rc;
}
