/* SPDX-License-Identifier: BSD-2-Clause */
/* report_terminal.c - a report for those who sit in front of it: the answer stands last, nearest to
 * the prompt. */
#include "harness/report/report.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "harness/report/asked_text.h"
#include "harness/report/monitors_text.h"
#include "harness/report/traffics_text.h"
#include "harness/report/transports_text.h"
#include "harness/report/headline.h"
#include "harness/report/plot.h"
#include "harness/report/report_inside.h"
#include "harness/report/summary.h"
#include "harness/report/ablated_text.h"
#include "harness/report/swept_text.h"
#include "harness/report/verdicts.h"
#include "harness/results/csv.h"
#include "harness/results/ede_matrix.h"
#include "harness/results/label.h"
#include "harness/results/recorded_load.h"
#include "harness/text/terminal.h"
#include "harness/text/wrap.h"

#define MARKS_MAX 64

struct screen {
	const struct recorded *recorded;
	FILE *out;
	unsigned width;
};

void report_print_head(const struct recorded *r, unsigned width, FILE *out)
{
	json_t *seed = json_object_get(r->run, "seed");
	json_t *baseline = json_object_get(r->run, "baseline");
	char text[512], duration[32];
	int len;

	wrap_print("", recorded_text(r->run, "title"), 0, width, out);
	len = snprintf(text, sizeof(text), "%.100s, %.16sZ + %s, clock %.20s",
		       recorded_text(r->run, "scenario"), recorded_text(r->run, "from"),
		       simtime_duration_text((simtime)(r->span * 1e9), duration),
		       recorded_text(r->run, "clock"));
	if (json_is_integer(seed))
		len += snprintf(text + len, sizeof(text) - (size_t)len,
				", seed %" JSON_INTEGER_FORMAT, json_integer_value(seed));
	snprintf(text + len, sizeof(text) - (size_t)len, ", sigfault %.40s",
		 recorded_text(r->run, "sigfault"));
	wrap_print("", text, 0, width, out);
	if (json_is_object(baseline))
		wrap_print("Held against the baseline ", recorded_text(baseline, "folder"), 2,
			   width, out);
}

/* What a reader has to be told beforehand. */
void report_print_notes(const struct recorded *r, const char *bullet, unsigned width, FILE *out)
{
	for (unsigned i = 0; i < r->note_count; i++)
		wrap_print(bullet, r->notes[i], (unsigned)strlen(bullet), width, out);
}

void report_print_own(const struct recorded_cell *c, const char *fence, FILE *out)
{
	_cleanup_(fclosep) FILE *f = NULL;
	_cleanup_(freep) char *line = NULL;
	char path[4096 + 32];
	size_t cap = 0;

	snprintf(path, sizeof(path), "%s/report.txt", c->path);
	f = fopen(path, "re");
	if (!f)
		return;
	if (*fence)
		fprintf(out, "%s", fence);
	else
		fprintf(out, "%s reports:\n", c->label);
	while (getline(&line, &cap, f) > 0) {
		for (char *b = line; *fence && *b; b++)
			*b = *b == '`' ? '\'' : *b; /* no line ends the fence */
		fprintf(out, "%s%s", *fence ? "" : "  ", line);
	}
	fprintf(out, "%s\n", fence);
}

/* ---- curves ---- */

static void add_windows(const struct recorded *r, struct plot_mark *marks, unsigned *count)
{
	json_t *window;
	size_t i;

	json_array_foreach(recorded_list(r->run, "windows"), i, window)
	{
		double from = recorded_instant(r, window, "from");

		if (isnan(from) || *count == MARKS_MAX)
			continue;
		marks[*count] =
			(struct plot_mark){ .from = from, .until = recorded_window_end(r, window) };
		snprintf(marks[*count].text, sizeof(marks[*count].text), "%s",
			 recorded_text(window, "kind"));
		(*count)++;
	}
}

static int add_operator_events(const struct recorded_cell *c, struct plot_mark *marks,
			       unsigned *count, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc, kind, what;
	double t;

	rc = csv_open_if_there(c->path, "events.csv", &csv, e);
	if (rc <= 0)
		return rc;
	kind = csv_column(csv, "kind", e);
	what = csv_column(csv, "what", e);
	if (kind < 0 || what < 0)
		return -EINVAL;
	while ((rc = csv_next(csv, e)) == 1 && *count < MARKS_MAX) {
		struct plot_mark *m = &marks[*count];

		if (strcmp(csv_text(csv, (unsigned)kind), "operator") != 0)
			continue;
		rc = csv_time(csv, &t, e);
		if (rc < 0)
			return rc;
		*m = (struct plot_mark){ .from = t, .until = t };
		snprintf(m->text, sizeof(m->text), "%s", csv_text(csv, (unsigned)what));
		(*count)++;
	}
	return rc < 0 ? rc : 0;
}

/* The first cell of the same resolver whose curve is drawn as this one's would be; NULL: none. */
static const struct recorded_cell *drawn_as(const struct recorded *r, unsigned n)
{
	const struct recorded_cell *c = &r->cells[n];

	for (unsigned i = 0; i < n; i++) {
		const struct recorded_cell *other = &r->cells[i];

		if (other->run == c->run && strcmp(other->row, c->row) == 0 && other->curve &&
		    c->curve && curve_alike(other->curve, c->curve, r->span))
			return other;
	}
	return NULL;
}

/* "serve-stale: as none" for each cell whose curve is that of cell `n`, with what was done in it. */
static void print_alike(const struct screen *s, unsigned n)
{
	const struct recorded *r = s->recorded;

	for (unsigned i = n + 1; i < r->cell_count; i++) {
		char text[256];

		if (drawn_as(r, i) != &r->cells[n])
			continue;
		snprintf(text, sizeof(text), "%.64s: as %.64s, within 1 %% of the queries",
			 r->cells[i].column, r->cells[n].column);
		wrap_print("", text, 2, s->width, s->out);
	}
}

static int print_plot(const struct screen *s, unsigned n, struct err *e)
{
	const struct recorded *r = s->recorded;
	const struct recorded_cell *c = &r->cells[n];
	struct plot_mark marks[MARKS_MAX];
	const char *version;
	_cleanup_(plot_band_done) struct plot_band band = { .count = 0 };
	double caches;
	char title[512];
	struct plot p = { .title = title,
			  .curve = c->curve,
			  .start = r->from,
			  .span = r->span,
			  .marks = marks,
			  .width = s->width - 1 };
	int rc;

	version = label_version(c->resolver, c->version);
	snprintf(title, sizeof(title), "%s%s%s, mitigation %s", c->row, *version ? " " : "",
		 version, c->column);
	caches = recorded_number(c->json, "caches");
	if (caches > 0)
		snprintf(title + strlen(title), sizeof(title) - strlen(title),
			 ", %.0f caches together", caches);
	if (!c->curve) {
		fprintf(s->out, "%s: nothing was recorded\n\n", title);
		return 0;
	}
	rc = plot_band_load(c->path, &band, e);
	if (rc < 0)
		return rc;
	p.band = &band;
	add_windows(r, marks, &p.mark_count);
	rc = add_operator_events(c, marks, &p.mark_count, e);
	if (rc == 0)
		rc = plot_draw(&p, s->out, e);
	if (rc == 0)
		print_alike(s, n);
	fprintf(s->out, "\n");
	if (rc == 0)
		rc = asked_print(c, s->width, s->out, e);
	if (rc == 0)
		rc = transports_print(c, s->width, s->out, e);
	if (rc == 0)
		rc = monitors_print(c, s->width, s->out, e);
	return rc < 0 ? rc : traffics_print(r, c, s->width, s->out, e);
}

static bool has_fleet(const struct recorded *r)
{
	for (unsigned i = 0; i < r->cell_count; i++)
		if (recorded_number(r->cells[i].json, "caches") > 0)
			return true;
	return false;
}

static int print_curves(const struct screen *s, struct err *e)
{
	const struct recorded *r = s->recorded;
	int rc = summary_print_sentences(r, s->width, s->out, e);

	wrap_print("",
		   has_fleet(r) ? "Shares of all queries: # SERVFAIL, o NOERROR, ~ stale NOERROR "
				  "(# ~ from 1 %); . the least and the most SERVFAIL of one cache"
				: "Shares of all queries: # SERVFAIL, o NOERROR, ~ stale NOERROR "
				  "(# ~ from 1 %)",
		   0, s->width, s->out);
	fprintf(s->out, "\n");
	for (unsigned i = 0; i < r->cell_count && rc == 0; i++)
		rc = r->cells[i].sweep || drawn_as(r, i) ? 0 : print_plot(s, i, e);
	if (rc == 0)
		rc = swept_print(r, s->width, s->out, e);
	if (rc == 0)
		rc = ablated_print(r, s->width, s->out, e);
	return rc < 0 ? rc : summary_print(r, s->width, s->out, e);
}

/* ---- all of it ---- */

static void print_verdicts(const struct screen *s)
{
	const struct recorded *r = s->recorded;
	bool any = false;

	for (unsigned i = 0; i < r->cell_count; i++) {
		if (!verdicts_any(&r->cells[i]))
			continue;
		fprintf(s->out, "%s", any ? "" : "\n");
		verdicts_print(&r->cells[i], r->cell_count == 1, s->width, s->out);
		any = true;
	}
}

static int print_all(const struct screen *s, struct err *e)
{
	const struct recorded *r = s->recorded;
	int rc;

	report_print_head(r, s->width, s->out);
	report_print_notes(r, "* ", s->width, s->out);
	verdicts_print_worse(r, "✗ ", s->width, s->out);
	for (unsigned i = 0; i < r->cell_count; i++)
		report_print_own(&r->cells[i], "", s->out);
	rc = recorded_has_cases(r) ? ede_print(r, s->width, s->out, e) : print_curves(s, e);
	if (rc < 0)
		return rc;
	print_verdicts(s);
	fprintf(s->out, "\n");
	return 0;
}

int report_terminal(const char *const *dirs, unsigned count, const struct report_view *v, FILE *out,
		    enum exit_status *ret, struct err *e)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	struct screen s = { .recorded = &r, .out = out, .width = terminal_width(out) };
	int rc = recorded_load(dirs, count, &r, e);

	r.strict = v->strict;
	if (rc == 0 && !v->brief)
		rc = print_all(&s, e);
	if (rc == 0)
		rc = headline_print(&r, s.width, out, e);
	if (rc < 0)
		return rc;
	headline_reasons(&r, v->brief, s.width, out);
	if (v->folder && !v->brief)
		fprintf(out, "%s\n", v->folder);
	*ret = recorded_status(&r);
	return 0;
}
