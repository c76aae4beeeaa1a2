/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/report.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/compare.h"
#include "harness/results/csv.h"
#include "harness/results/ede_matrix.h"
#include "harness/report/html.h"
#include "harness/report/html_asset.h"
#include "harness/report/junit.h"
#include "harness/report/plot.h"
#include "harness/results/recorded.h"
#include "harness/report/summary.h"
#include "harness/text/wrap.h"
#include "sim/base/names.h"

#define TERMINAL_WIDTH 80
#define MARKS_MAX 64

/* What the codes in the table mean, each once. */
static void print_ede_legend(const struct recorded *r, FILE *out)
{
	bool done[64] = { false };
	const char *name;
	int column = 0;

	for (unsigned i = 0; i < r->cell_count; i++) {
		for (unsigned k = 0; k < r->cells[i].figures.ede_count; k++) {
			int code = r->cells[i].figures.ede[k].code, len;
			char text[96];

			name = names_ede(code);
			if (code >= (int)ARRAY_SIZE(done) || (code >= 0 && !name) || done[code + 1])
				continue;
			done[code + 1] = true;
			len = code < 0 ? snprintf(text, sizeof(text), "none: SERVFAIL without one")
				       : snprintf(text, sizeof(text), "%d %s", code, name);
			if (column + 2 + len > TERMINAL_WIDTH)
				column = fprintf(out, "\n    ") - 1;
			column += fprintf(out, "%s%s", column ? column > 4 ? "; " : "" : "EDE ",
					  text);
		}
	}
	if (column)
		fprintf(out, "\n");
}

/* Broken lines go on behind the sign and its word. */
static void print_verdict(const char *bullet, const char *text, unsigned width, FILE *out)
{
	wrap_print(bullet, text, (unsigned)strlen(bullet) + 13, width, out);
}

static void print_fault(const json_t *fault, const char *bullet, unsigned width, FILE *out)
{
	bool seen = recorded_was_seen(fault);
	char text[1024], times[128] = "", count[48];

	if (seen)
		snprintf(times, sizeof(times), " (%s times, first %.20s)",
			 table_grouped(recorded_number(fault, "seen"), count),
			 recorded_text(fault, "first_seen"));
	else if (recorded_is_true(fault, "never_dnssec_ok"))
		snprintf(times, sizeof(times), " (the resolver never asks for signatures)");
	snprintf(text, sizeof(text), "%s  fault %s: %s%s", seen ? "✓ seen     " : "✗ NOT SEEN ",
		 recorded_text(fault, "kind"), recorded_text(fault, "text"), times);
	print_verdict(bullet, text, width, out);
}

/* Expectations and thresholds. */
static void print_judged(json_t *list, const char *what, const char *bullet, unsigned width,
			 FILE *out)
{
	char text[2048];
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *message = recorded_text(one, "message");

		snprintf(text, sizeof(text), "%s  %s%s%s%s",
			 recorded_held(one) ? "✓ held     " : "✗ FAILED   ", what,
			 recorded_text(one, "text"), *message ? ": " : "", message);
		print_verdict(bullet, text, width, out);
	}
}

static bool has_verdicts(const struct recorded_cell *c)
{
	return json_is_false(json_object_get(c->json, "valid")) ||
	       json_array_size(recorded_list(c->json, "faults")) ||
	       json_array_size(recorded_list(c->json, "expectations")) ||
	       json_array_size(recorded_list(c->json, "thresholds"));
}

/* Verdicts, in words too: a log or a mail may not show the signs. `bullet` begins each; `width`
 * 0: lines are not broken. */
static void print_verdicts(const struct recorded_cell *c, const char *bullet, unsigned width,
			   FILE *out)
{
	char text[2048];
	json_t *one;
	size_t i;

	if (json_is_false(json_object_get(c->json, "valid"))) {
		snprintf(text, sizeof(text), "✗ NOT VALID  %s", recorded_text(c->json, "why"));
		print_verdict(bullet, text, width, out);
	}
	json_array_foreach(recorded_list(c->json, "faults"), i, one)
		print_fault(one, bullet, width, out);
	print_judged(recorded_list(c->json, "expectations"), "", bullet, width, out);
	print_judged(recorded_list(c->json, "thresholds"), "against the baseline, ", bullet, width,
		     out);
}

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

	rc = csv_open(c->path, "events.csv", &csv, e);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	kind = csv_column(csv, "kind", e);
	what = csv_column(csv, "what", e);
	if (kind < 0 || what < 0)
		return -EINVAL;
	while ((rc = csv_next(csv, e)) == 1 && *count < MARKS_MAX) {
		struct plot_mark *m = &marks[*count];

		if (strcmp(csv_text(csv, (unsigned)kind), "operator") != 0)
			continue;
		rc = csv_number(csv, 0, &t, e);
		if (rc < 0)
			return rc;
		*m = (struct plot_mark){ .from = t, .until = t };
		snprintf(m->text, sizeof(m->text), "%s", csv_text(csv, (unsigned)what));
		(*count)++;
	}
	return rc < 0 ? rc : 0;
}

static int print_plot(const struct recorded *r, const struct recorded_cell *c, FILE *out,
		      struct err *e)
{
	struct plot_mark marks[MARKS_MAX];
	char title[512];
	struct plot p = {
		.title = title, .curve = c->curve, .start = r->from, .span = r->span, .marks = marks
	};
	int rc;

	snprintf(title, sizeof(title), "%s %s, mitigation %s", c->resolver, c->version,
		 c->mitigation);
	if (!c->curve) {
		fprintf(out, "%s: nothing was recorded\n\n", title);
		return 0;
	}
	add_windows(r, marks, &p.mark_count);
	rc = add_operator_events(c, marks, &p.mark_count, e);
	if (rc == 0)
		rc = plot_draw(&p, out, e);
	fprintf(out, "\n");
	return rc;
}

static void print_head(const struct recorded *r, FILE *out)
{
	json_t *seed = json_object_get(r->run, "seed");
	json_t *baseline = json_object_get(r->run, "baseline");
	char text[32];

	fprintf(out, "%s\n%s, %.16sZ", recorded_text(r->run, "title"),
		recorded_text(r->run, "scenario"), recorded_text(r->run, "from"));
	fprintf(out, " + %s, clock %s", simtime_duration_text((simtime)(r->span * 1e9), text),
		recorded_text(r->run, "clock"));
	if (json_is_integer(seed))
		fprintf(out, ", seed %" JSON_INTEGER_FORMAT, json_integer_value(seed));
	fprintf(out, ", sigfault %s\n", recorded_text(r->run, "sigfault"));
	if (json_is_object(baseline))
		fprintf(out, "Held against the baseline %s\n", recorded_text(baseline, "folder"));
}

/* What a reader has to be told beforehand. */
static void print_notes(const struct recorded *r, const char *bullet, unsigned width, FILE *out)
{
	for (unsigned i = 0; i < r->note_count; i++)
		wrap_print(bullet, r->notes[i], (unsigned)strlen(bullet), width, out);
}

static int print_curves(const struct recorded *r, FILE *out, struct err *e)
{
	int rc = summary_print_sentences(r, TERMINAL_WIDTH, out, e);

	fprintf(out, "Shares of all queries: # SERVFAIL, o NOERROR, ~ stale NOERROR (# ~ from 1 "
		     "%%)\n\n");
	for (unsigned i = 0; i < r->cell_count && rc == 0; i++)
		rc = print_plot(r, &r->cells[i], out, e);
	if (rc == 0)
		rc = summary_print(r, TERMINAL_WIDTH, out, e);
	if (rc == 0)
		print_ede_legend(r, out);
	return rc;
}

int report_terminal(const char *const *dirs, unsigned count, FILE *out, enum exit_status *ret,
		    struct err *e)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	int rc = recorded_load(dirs, count, &r, e);

	if (rc < 0)
		return rc;
	print_head(&r, out);
	print_notes(&r, "* ", TERMINAL_WIDTH, out);
	rc = recorded_has_cases(&r) ? ede_print(&r, TERMINAL_WIDTH, out, e)
				    : print_curves(&r, out, e);
	if (rc < 0)
		return rc;
	for (unsigned i = 0; i < r.cell_count; i++) {
		if (recorded_has_cases(&r) && !has_verdicts(&r.cells[i]))
			continue;
		fprintf(out, "\n%s\n", r.cells[i].label);
		print_verdicts(&r.cells[i], "  ", TERMINAL_WIDTH, out);
	}
	*ret = recorded_status(&r);
	return 0;
}

static int write_summary(const struct recorded *r, FILE *out, struct err *e)
{
	int rc;

	fprintf(out, "## ");
	print_head(r, out);
	fprintf(out, "\n");
	print_notes(r, "- ", 0, out);
	if (r->note_count)
		fprintf(out, "\n");
	rc = recorded_has_cases(r) ? ede_print_markdown(r, out, e)
				   : summary_print_markdown(r, out, e);
	if (rc < 0)
		return rc;
	if (!recorded_has_cases(r)) {
		fprintf(out, "\n");
		print_ede_legend(r, out);
	}
	for (unsigned i = 0; i < r->cell_count; i++) {
		if (recorded_has_cases(r) && !has_verdicts(&r->cells[i]))
			continue;
		fprintf(out, "\n### %s\n\n", r->cells[i].label);
		print_verdicts(&r->cells[i], "- ", 0, out);
	}
	if (!recorded_has_cases(r))
		summary_print_definitions(out);
	return 0;
}

/* What a report's folder gets. */
static const struct {
	const char *name;
	int (*write)(const struct recorded *r, FILE *out, struct err *e);
	enum { ALWAYS, WITH_CURVES, WITH_CASES } when;
} files[] = {
	{ "summary.md", write_summary, ALWAYS },
	{ "compare.csv", compare_write, WITH_CURVES },
	{ "ede-matrix.csv", ede_csv_write, WITH_CASES },
	{ "junit.xml", junit_write, ALWAYS },
	{ "report.html", html_write, ALWAYS },
};

static bool has_file(const struct recorded *r, unsigned file)
{
	return files[file].when == ALWAYS ||
	       (files[file].when == WITH_CASES) == recorded_has_cases(r);
}

static int write_file(const struct recorded *r, const char *folder, unsigned file, struct err *e)
{
	char path[4096 + 32];
	FILE *out;
	int rc;

	snprintf(path, sizeof(path), "%s/%s", folder, files[file].name);
	out = fopen(path, "we");
	if (!out)
		return err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	errno = 0;
	rc = files[file].write(r, out, e);
	if (rc == 0 && (fflush(out) != 0 || ferror(out)))
		rc = err_set(e, errno ? -errno : -EIO, "cannot write '%s': %s", path,
			     strerror(errno));
	fclose(out);
	return rc;
}

int report_check(struct err *e)
{
	struct html_assets *assets = NULL;
	int rc = html_assets_load(&assets, e);

	html_assets_free(assets);
	return rc;
}

int report_write(const char *const *dirs, unsigned count, const char *folder, struct err *e)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	int rc = recorded_load(dirs, count, &r, e);

	for (unsigned i = 0; i < ARRAY_SIZE(files) && rc == 0; i++)
		rc = !has_file(&r, i) ? 0 : write_file(&r, folder, i, e);
	return rc;
}

int report_into(const char *const *dirs, unsigned count, const char *folder, struct err *e)
{
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return err_set(e, -errno, "cannot make the folder '%s': %s", folder,
			       strerror(errno));
	return report_write(dirs, count, folder, e);
}
