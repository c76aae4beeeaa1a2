/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/plot.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/report/gnuplot.h"
#include "harness/results/csv.h"

#define WIDTH_MAX 119
#define MARGIN 7 /* characters before the first column of the plot: a label and the border */
#define ROWS 18
#define RULER_LINES 12

/* Columns of the plot itself. */
static int columns(const struct plot *p)
{
	return (int)(p->width < WIDTH_MAX ? p->width : WIDTH_MAX) - MARGIN;
}

/* The share of a column of curve.csv over one column of the plot; when bins are wider than that,
 * of the bin that it lies in. NAN: nothing was asked. */
static double share_at(const struct plot *p, unsigned column, unsigned x)
{
	double wide = p->span / columns(p), from = x * wide, bin = (double)p->curve->bin;
	double first = (double)p->curve->t[0];

	if (bin <= wide)
		return curve_share(p->curve, CURVE_ALL, column, from, from + wide);
	from = first + floor((from + wide / 2 - first) / bin) * bin;
	return curve_share(p->curve, CURVE_ALL, column, from, from + bin);
}

/* The points of a share, as a data block of gnuplot, without those below `least`; false when
 * there are none. */
static bool put_series(const struct plot *p, const char *name, double least, FILE *f)
{
	int column = curve_column(p->curve, name, NULL);
	bool any = false;

	fprintf(f, "$%s << end_of_data\n", name);
	for (unsigned x = 0; x < (unsigned)columns(p) && column >= 0; x++) {
		double share = share_at(p, (unsigned)column, x);

		if (isnan(share) || share < least)
			continue;
		fprintf(f, "%u %.3f\n", x, share * 100);
		any = true;
	}
	fprintf(f, "end_of_data\n");
	return any;
}

/* A column's points are those of the bins in it, or of the bin that it lies in. */
static bool put_band(const struct plot *p, FILE *f)
{
	const struct plot_band *b = p->band;
	double wide = p->span / columns(p);
	unsigned i = 0;
	bool any = false;

	fprintf(f, "$band << end_of_data\n");
	for (unsigned x = 0; x < (unsigned)columns(p) && b && b->count; x++) {
		double least = 1, most = 0, end = (x + 1) * wide;

		while (i && b->t[i] > x * wide)
			i--;
		for (; i < b->count && b->t[i] < end; i++) {
			least = b->least[i] < least ? b->least[i] : least;
			most = b->most[i] > most ? b->most[i] : most;
		}
		if (most < PLOT_LEAST)
			continue;
		fprintf(f, "%u %.3f\n%u %.3f\n", x, least * 100, x, most * 100);
		any = true;
	}
	fprintf(f, "end_of_data\n");
	return any;
}

static void put_script(const struct plot *p, FILE *f)
{
	bool has_servfail, has_noerror, has_stale, has_band;
	const char *comma = "";

	fprintf(f,
		"set terminal dumb %d %d mono\nset lmargin %d\nset rmargin 0\nset tmargin 0\n"
		"set bmargin 0\nset border 2\nunset xtics\nunset key\nset xrange [-1:%d]\n"
		"set yrange [0:100]\nset ytics 25 nomirror scale 0\nset format y '%%g %%%%'\n",
		MARGIN + columns(p), ROWS, MARGIN - 1, columns(p) - 1);
	has_servfail = put_series(p, "servfail", PLOT_LEAST, f);
	has_noerror = put_series(p, "noerror", 0, f);
	has_stale = put_series(p, "stale", PLOT_LEAST, f);
	has_band = put_band(p, f);
	fprintf(f, "plot ");
	if (has_servfail) {
		/* Filled columns, and their tops again: a short one is no line at all. */
		fprintf(f, "$servfail with impulses lt 2, $servfail with points pt '#'");
		comma = ", ";
	}
	if (has_stale) {
		fprintf(f, "%s$stale with points pt '~'", comma);
		comma = ", ";
	}
	if (has_noerror)
		fprintf(f, "%s$noerror with points pt 'o'", comma);
	else if (!has_servfail && !has_stale)
		fprintf(f, "NaN");
	if (has_band)
		fprintf(f, ", $band with points pt '.'");
	fprintf(f, "\n");
}

void plot_band_done(struct plot_band *b)
{
	free(b->t);
	free(b->least);
	free(b->most);
}

static bool band_grow(struct plot_band *b)
{
	size_t size = (b->count + 256) * sizeof(double);
	double *t = realloc(b->t, size), *least, *most;

	b->t = t ?: b->t;
	least = realloc(b->least, size);
	b->least = least ?: b->least;
	most = realloc(b->most, size);
	b->most = most ?: b->most;
	return t && least && most;
}

static int band_row(const struct csv *csv, const int number[3], struct plot_band *b, struct err *e)
{
	int rc;

	if (strcmp(csv_text(csv, (unsigned)number[0]), "servfail") != 0)
		return 0;
	if (b->count % 256 == 0 && !band_grow(b))
		return err_set(e, -ENOMEM, "no memory for the plot");
	rc = csv_time(csv, &b->t[b->count], e);
	if (rc == 0)
		rc = csv_number(csv, (unsigned)number[1], &b->least[b->count], e);
	if (rc == 0)
		rc = csv_number(csv, (unsigned)number[2], &b->most[b->count], e);
	b->count += rc == 0;
	return rc;
}

int plot_band_load(const char *folder, struct plot_band *ret, struct err *e)
{
	static const char *const names[] = { "column", "min", "max" };
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = csv_open_if_there(folder, "band.csv", &csv, e), number[3] = { 0 };

	*ret = (struct plot_band){ .count = 0 };
	if (rc <= 0)
		return rc;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		number[i] = csv_column(csv, names[i], e);
		if (number[i] < 0)
			return number[i];
	}
	while ((rc = csv_next(csv, e)) == 1) {
		rc = band_row(csv, number, ret, e);
		if (rc < 0)
			return rc;
	}
	return rc < 0 ? rc : 1;
}

FILE *plot_scratch(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w+");

	if (!f && fd >= 0)
		close(fd);
	return f;
}

/* What is in the file, without the form feed that the dumb terminal begins with and without empty
 * lines. */
static void copy_drawing(FILE *from, FILE *to)
{
	_cleanup_(freep) char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, from) > 0) {
		char *p = line[0] == '\f' ? line + 1 : line;
		size_t len = strlen(p);

		while (len && strchr(" \n", p[len - 1]))
			p[--len] = '\0';
		if (len)
			fprintf(to, "%s\n", p);
	}
}

/* Lines of marks below the plot, a character a column. */
struct ruler {
	int columns;
	char lines[RULER_LINES][WIDTH_MAX + 1];
	unsigned used;
};

static int column_of(const struct plot *p, double t)
{
	double x = floor(t / p->span * columns(p));

	return x < 0 ? 0 : x >= columns(p) ? columns(p) - 1 : (int)x;
}

static int last_column_before(const struct plot *p, double t)
{
	double x = ceil(t / p->span * columns(p)) - 1;

	return x >= columns(p) ? columns(p) - 1 : (int)x;
}

/* Into the first line, from number `first` on, that has room from column x on; returns which. */
static unsigned place(struct ruler *r, unsigned first, int x, const char *text)
{
	size_t len = strlen(text);

	for (unsigned i = first; i < RULER_LINES; i++) {
		char *at = r->lines[i] + MARGIN + x;
		size_t before = x > 0, room = strspn(at - before, " ");

		if (room < len + before)
			continue;
		memcpy(at, text, len);
		r->used = i >= r->used ? i + 1 : r->used;
		return i;
	}
	return RULER_LINES;
}

/* "^ text" at column x, or "text ^" when it would not fit to the right of it. */
static void place_instant(struct ruler *r, unsigned first, int x, const char *text)
{
	char both[WIDTH_MAX + 1];
	int len = (int)strlen(text) + 2, room = r->columns - x - 2;

	if (len > r->columns)
		len = r->columns;
	if (x + len <= r->columns || len > x + 1) {
		snprintf(both, sizeof(both), "^ %.*s", room > 0 ? room : 0, text);
		place(r, first, x, both);
	} else {
		snprintf(both, sizeof(both), "%.*s ^", len - 2, text);
		place(r, first, x + 1 - len, both);
	}
}

/* "[== text ==]" from column to column; a text that is longer than the bar goes below it. */
static void place_window(struct ruler *r, int x, int end, const char *text)
{
	int wide = end - x + 1, len = (int)strlen(text);
	const char *inside = len + 6 <= wide ? text : wide >= 11 ? "fault" : "";
	char bar[WIDTH_MAX + 1];
	unsigned line;

	if (wide < 2) {
		place_instant(r, 0, x, text);
		return;
	}
	memset(bar, '=', (size_t)wide);
	bar[0] = '[';
	bar[wide - 1] = ']';
	bar[wide] = '\0';
	if (*inside) {
		int at = (wide - (int)strlen(inside)) / 2;

		memcpy(bar + at, inside, strlen(inside));
		bar[at - 1] = bar[at + (int)strlen(inside)] = ' ';
	}
	line = place(r, 0, x, bar);
	if (inside != text)
		place_instant(r, line + 1, x, text);
}

/* "14:00", or "14:00:30" where seconds say something. */
static void clock_text(const struct plot *p, double t, char ret[16])
{
	char text[32];

	simtime_text(simtime_plus(p->start, simtime_of_seconds(t)), text);
	snprintf(ret, 16, "%.*s", memcmp(text + 17, "00", 2) ? 8 : 5, text + 11);
}

static void place_mark(const struct plot *p, struct ruler *r, const struct plot_mark *m)
{
	char text[256], from[16], until[16] = "";

	clock_text(p, m->from, from);
	if (m->until > m->from) {
		if (m->until <= p->span)
			clock_text(p, m->until, until);
		snprintf(text, sizeof(text), "%s-%s %s", from, until, m->text);
		place_window(r, column_of(p, m->from), last_column_before(p, m->until), text);
	} else {
		snprintf(text, sizeof(text), "%s %s", from, m->text);
		place_instant(r, 0, column_of(p, m->from), text);
	}
}

static void print_line(const char *line, FILE *out)
{
	size_t len = strlen(line);

	while (len && line[len - 1] == ' ')
		len--;
	fprintf(out, "%.*s\n", (int)len, line);
}

/* The axis, with a tic at round times of day, so many that their labels have room. */
static void draw_axis(const struct plot *p, FILE *out)
{
	static const int64_t steps[] = { 10,   30,   60,   120,	  300,	 600,	900,
					 1800, 3600, 7200, 10800, 21600, 43200, 86400 };
	int64_t start = simtime_seconds(p->start), step = steps[0];
	char axis[WIDTH_MAX + 1], labels[WIDTH_MAX + 8];
	int width = MARGIN + columns(p), most = columns(p) / 9;
	int len; /* of "14:00", or of "14:00:30" */

	for (unsigned i = 0; i < ARRAY_SIZE(steps) && p->span / (double)step > most; i++)
		step = steps[i];
	while (p->span / (double)step > most)
		step *= 2;
	len = step < 60 ? 8 : 5;
	snprintf(axis, sizeof(axis), "%*s+%0*d", MARGIN - 1, "", columns(p), 0);
	memset(axis + MARGIN, '-', (size_t)columns(p));
	snprintf(labels, sizeof(labels), "%*s", width, "");
	for (int64_t t = (start + step - 1) / step * step; (double)(t - start) < p->span;
	     t += step) {
		int x = MARGIN + column_of(p, (double)(t - start));
		char text[32];

		axis[x] = '+';
		if (x + len / 2 < width)
			memcpy(labels + x - len / 2, simtime_text(t * SECOND, text) + 11,
			       (size_t)len);
	}
	print_line(axis, out);
	print_line(labels, out);
}

static void draw_ruler(const struct plot *p, FILE *out)
{
	struct ruler r = { .columns = columns(p) };

	for (unsigned i = 0; i < RULER_LINES; i++)
		memset(r.lines[i], ' ', MARGIN + (size_t)r.columns);
	for (unsigned i = 0; i < p->mark_count; i++)
		if (p->marks[i].from <= p->span && p->marks[i].until >= 0)
			place_mark(p, &r, &p->marks[i]);
	for (unsigned i = 0; i < r.used; i++)
		print_line(r.lines[i], out);
}

static int complain(FILE *complaints, struct err *e)
{
	char text[512];
	size_t len;

	rewind(complaints);
	len = fread(text, 1, sizeof(text) - 1, complaints);
	while (len && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	return err_set(e, -EINVAL, "gnuplot did not draw: %s", len ? text : "it failed");
}

int plot_gnuplot(FILE *script, FILE *drawing, struct err *e)
{
	_cleanup_(fclosep) FILE *complaints = plot_scratch("complaints");
	int rc;

	if (!complaints)
		return err_set(e, -errno, "cannot make a file in memory: %s", strerror(errno));
	rewind(script);
	rc = gnuplot_run(script, drawing, complaints);
	if (rc == -ENOENT || rc == 127)
		return err_set(
			e, -ENOPKG,
			"gnuplot, which draws the plot, is missing: apt-get install gnuplot-nox");
	if (rc < 0)
		return err_set(e, rc, "cannot start gnuplot: %s", strerror(-rc));
	if (rc > 0)
		return complain(complaints, e);
	rewind(drawing);
	return 0;
}

int plot_draw(const struct plot *p, FILE *out, struct err *e)
{
	_cleanup_(fclosep) FILE *in = plot_scratch("plot");
	_cleanup_(fclosep) FILE *drawing = plot_scratch("drawing");
	int rc;

	if (!in || !drawing)
		return err_set(e, -errno, "cannot make a file in memory: %s", strerror(errno));
	if (p->curve->count == 0 || !(p->span > 0)) {
		fprintf(out, "%s: nothing was recorded\n", p->title);
		return 0;
	}
	put_script(p, in);
	rc = plot_gnuplot(in, drawing, e);
	if (rc < 0)
		return rc;
	fprintf(out, "%s\n", p->title);
	copy_drawing(drawing, out);
	draw_axis(p, out);
	draw_ruler(p, out);
	return 0;
}
