/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_svg.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <string.h>

#include "harness/report/html_column.h"
#include "harness/report/plot.h"
#include "harness/results/recorded.h"
#include "harness/text/memory.h"
#include "sim/base/cleanup.h"

#define WIDTH 560
#define HEIGHT 190
#define NAME "chart" /* what gnuplot calls its drawing: its lines become "chart_plot_1" … */

double html_line_value(const struct html_line *l, size_t bin)
{
	double v = html_column_at(l->values, bin);
	double over = l->over ? html_column_at(l->over, bin) : 1;

	if (!l->over)
		return v;
	return over > 0 ? v / over * 100 : (double)NAN;
}

/* The script. */

static void put_window(const struct html_svg *s, const json_t *window, FILE *f)
{
	double from = recorded_number(window, "from"), until = recorded_number(window, "until");

	from = fmax(from, s->from);
	until = isnan(until) ? s->to : fmin(until, s->to);
	if (until > from)
		fprintf(f,
			"set object rectangle from \"%.3f\",graph 0 to \"%.3f\",graph 1 behind "
			"fillcolor rgb \"#888888\" fillstyle solid 0.18 noborder\n",
			s->start + from, s->start + until);
}

/* A mark's number stands above its line: the page tells what it is. */
static void put_mark(const struct html_svg *s, unsigned i, FILE *f)
{
	double x = s->start + s->marks[i];

	if (s->marks[i] < s->from || s->marks[i] > s->to)
		return;
	fprintf(f,
		"set arrow from \"%.3f\",graph 0 to \"%.3f\",graph 1 nohead dashtype 3\n"
		"set label \"%u\" at \"%.3f\",graph 1 center offset character 0,0.6\n",
		x, x, i + 1, x);
}

/* Within a level stretch a point changes nothing: hours without a failure are two points. Its ends,
 * and those of what is shown, count. */
static bool is_needed(const struct html_svg *s, const struct html_line *l, size_t i)
{
	double y = html_line_value(l, i), next = html_column_at(l->t, i + 1);

	return i == 0 || isnan(next) || next > s->to || html_line_value(l, i - 1) != y ||
	       html_line_value(l, i + 1) != y;
}

/* A line's points; an empty line breaks it. Returns whether there are any. */
static bool put_points(const struct html_svg *s, unsigned line, FILE *f)
{
	const struct html_line *l = &s->lines[line];
	bool any = false;
	json_t *t;
	size_t i;

	fprintf(f, "$line%u << end_of_data\n", line);
	json_array_foreach((json_t *)l->t, i, t)
	{
		double x = json_number_value(t), y = html_line_value(l, i);

		if (x < s->from || x > s->to)
			continue;
		if (isnan(y))
			fprintf(f, "\n");
		else if (!any || is_needed(s, l, i))
			fprintf(f, "%.0f %.4g\n", s->start + x, y);
		any |= !isnan(y);
	}
	fprintf(f, "end_of_data\n");
	return any;
}

static void put_frame(const struct html_svg *s, FILE *f)
{
	fprintf(f,
		"set terminal svg size %d,%d dynamic noenhanced font \"sans-serif,11\" name \"" NAME
		"\"\nset xdata time\nset timefmt \"%%s\"\nset format x \"%s\"\n"
		"set xrange [\"%.3f\":\"%.3f\"]\nset yrange [0:%g]\nset format y \"%%g%s\"\n"
		"set border 3\nset rmargin 4\nset xtics nomirror scale 0.5\nset ytics nomirror "
		"scale 0.5\nset "
		"mxtics 1\n"
		"set grid ytics linetype 1 linewidth 0.4\nunset key\nset tics front\n",
		WIDTH, HEIGHT, s->to - s->from < 600 ? "%H:%M:%S" : "%H:%M", s->start + s->from,
		s->start + s->to, s->most > 0 ? s->most : 1, s->unit);
}

static void put_script(const struct html_svg *s, FILE *f)
{
	const char *separator = "plot ";
	bool any[HTML_LINES_MAX];

	put_frame(s, f);
	for (size_t i = 0; i < json_array_size(s->windows); i++)
		put_window(s, json_array_get(s->windows, i), f);
	for (unsigned i = 0; i < s->mark_count; i++)
		put_mark(s, i, f);
	for (unsigned i = 0; i < s->line_count; i++)
		any[i] = put_points(s, i, f);
	for (unsigned i = 0; i < s->line_count; i++) {
		if (any[i])
			fprintf(f, "%s$line%u using 1:2 with lines", separator, i);
		else
			fprintf(f, "%sNaN", separator);
		separator = ", ";
	}
	fprintf(f, "\n");
}

/* The drawing, made a part of the page. */

static bool is_one_of(const xmlNode *n, const char *const *names)
{
	for (; *names; names++)
		if (strcmp((const char *)n->name, *names) == 0)
			return true;
	return false;
}

/* A colour that is gnuplot's own is left to the style. */
static void drop_colour(xmlNode *n, const char *name)
{
	xmlChar *value = xmlGetProp(n, BAD_CAST name);

	if (value && (strcmp((char *)value, "black") == 0 || strcmp((char *)value, "white") == 0))
		xmlSetProp(n, BAD_CAST name, BAD_CAST "currentColor");
	if (value && strncmp((char *)value, "rgb", 3) == 0 && strcmp(name, "stroke") == 0)
		xmlUnsetProp(n, BAD_CAST name);
	xmlFree(value);
}

/* "chart_plot_2" becomes the class of the second line; no other id stays: several drawings stand in
 * one page. */
static void change_id(const struct html_svg *s, xmlNode *n)
{
	xmlChar *id = xmlGetProp(n, BAD_CAST "id");
	unsigned line;
	char class[32];

	if (id && sscanf((char *)id, NAME "_plot_%u", &line) == 1 && line >= 1 &&
	    line <= s->line_count) {
		snprintf(class, sizeof(class), "line%u", s->lines[line - 1].style);
		xmlSetProp(n, BAD_CAST "class", BAD_CAST class);
	}
	xmlUnsetProp(n, BAD_CAST "id");
	xmlFree(id);
}

static void tidy(const struct html_svg *s, xmlNode *n)
{
	static const char *const useless[] = { "defs", "title", "desc", "rect", NULL };
	static const char *const said_by_style[] = { "color",	       "font-family",
						     "stroke-linecap", "stroke-linejoin",
						     "stroke-width",   NULL };

	for (xmlNode *child = n->children, *next; child; child = next) {
		next = child->next;
		if (child->type == XML_ELEMENT_NODE)
			tidy(s, child);
		if (child->type == XML_ELEMENT_NODE
			    ? is_one_of(child, useless) ||
				      (is_one_of(child, (const char *[]){ "g", NULL }) &&
				       !child->children)
			    : xmlIsBlankNode(child)) {
			xmlUnlinkNode(child);
			xmlFreeNode(child);
		}
	}
	change_id(s, n);
	drop_colour(n, "stroke");
	drop_colour(n, "fill");
	for (size_t i = 0; said_by_style[i]; i++)
		xmlUnsetProp(n, BAD_CAST said_by_style[i]);
}

int html_svg_put(const struct html_svg *s, FILE *drawing, FILE *out, struct err *e)
{
	xmlDoc *doc = xmlReadFd(fileno(drawing), NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
	xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	xmlBuffer *text = root ? xmlBufferCreate() : NULL;
	int rc = -EINVAL;

	if (text) {
		tidy(s, root);
		xmlSetProp(root, BAD_CAST "aria-hidden", BAD_CAST "true");
		xmlSetProp(root, BAD_CAST "class", BAD_CAST "drawing");
		rc = xmlNodeDump(text, doc, root, 0, 0) < 0 ? -ENOMEM : 0;
	}
	/* What has no node in the tree is missing from the drawing (memory.h). */
	if (memory_has_ended())
		rc = err_set(e, -ENOMEM, "no memory for the report");
	else if (rc == 0)
		fputs((const char *)xmlBufferContent(text), out);
	else
		err_set(e, rc, "gnuplot drew what is no SVG");
	if (text)
		xmlBufferFree(text);
	xmlFreeDoc(doc);
	return rc;
}

int html_svg_write(const struct html_svg *s, FILE *out, struct err *e)
{
	_cleanup_(fclosep) FILE *script = plot_scratch("plot");
	_cleanup_(fclosep) FILE *drawing = plot_scratch("drawing");
	int rc;

	if (!script || !drawing)
		return err_set(e, -errno, "cannot make a file in memory: %s", strerror(errno));
	put_script(s, script);
	rc = plot_gnuplot(script, drawing, e);
	return rc < 0 ? rc : html_svg_put(s, drawing, out, e);
}
