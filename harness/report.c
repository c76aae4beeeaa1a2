#include "harness/report.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/csv.h"
#include "harness/figures.h"
#include "harness/plot.h"
#include "harness/table.h"

#define TERMINAL_WIDTH 80
#define MARKS_MAX 64

struct cell {
	json_t *json; /* of run.json, lent */
	const char *folder, *resolver, *version, *mitigation; /* lent by it */
	struct curve *curve; /* NULL: it left none */
	struct figures figures;
};

struct report {
	const char *dir;
	json_t *run;
	simtime from;
	double span; /* seconds from `from` to `to` */
	struct figures_fault fault;
	struct cell *cells;
	unsigned cell_count;
};

/* Strings, numbers and lists of JSON objects; what is missing is "", NAN and an empty list. */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
	json_t *n = json_object_get(object, key);

	return json_is_number(n) ? json_number_value(n) : (double)NAN;
}

static json_t *list_of(const json_t *object, const char *key)
{
	json_t *list = json_object_get(object, key);

	return json_is_array(list) ? list : NULL;
}

static bool is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static void report_done(struct report *r)
{
	for (unsigned i = 0; i < r->cell_count; i++)
		curve_free(r->cells[i].curve);
	free(r->cells);
	json_decref(r->run);
}

/* An instant of run.json in seconds since the start: ISO 8601, or that number itself. NAN: it has
 * none. */
static double instant_of(const struct report *r, const json_t *object, const char *key)
{
	simtime t;

	if (!json_is_string(json_object_get(object, key)))
		return number_of(object, key);
	if (simtime_parse(text_of(object, key), &t, NULL) < 0)
		return (double)NAN;
	return (double)(t - r->from) / 1e9;
}

static double window_end(const struct report *r, const json_t *window)
{
	double until = instant_of(r, window, "until");

	return isnan(until) ? (double)INFINITY : until;
}

/* All windows together are the fault that the figures speak of. */
static struct figures_fault whole_fault(const struct report *r)
{
	struct figures_fault f = { .is_known = false };
	json_t *window;
	size_t i;

	json_array_foreach(list_of(r->run, "windows"), i, window)
	{
		double from = instant_of(r, window, "from"), until = window_end(r, window);

		if (isnan(from))
			continue;
		f.from = !f.is_known || from < f.from ? from : f.from;
		f.until = !f.is_known || until > f.until ? until : f.until;
		f.is_known = true;
	}
	return f;
}

static int load_cell(struct report *r, json_t *json, struct err *e)
{
	struct cell *c = &r->cells[r->cell_count++];
	char path[4096 + 256];
	int rc;

	*c = (struct cell){ .json = json,
			    .folder = text_of(json, "folder"),
			    .resolver = text_of(json, "resolver"),
			    .version = text_of(json, "version"),
			    .mitigation = text_of(json, "mitigation") };
	if (!*c->folder || strchr(c->folder, '/') || strcmp(c->folder, "..") == 0)
		return err_set(e, -EINVAL, "'%s/run.json': a cell has no folder", r->dir);
	snprintf(path, sizeof(path), "%s/%s", r->dir, c->folder);
	rc = curve_load(path, &c->curve, e);
	if (rc == -ENOENT)
		return 0;
	if (rc == 0)
		rc = figures_compute(path, c->curve, &r->fault, &c->figures, e);
	if (rc < 0)
		err_prefix(e, "'%s'", path);
	return rc;
}

static int load_run(struct report *r, struct err *e)
{
	char path[4096 + 16];
	json_error_t error;
	simtime to;
	FILE *f;

	snprintf(path, sizeof(path), "%s/run.json", r->dir);
	f = fopen(path, "re");
	if (!f)
		return err_set(e, -errno, "'%s' is not the folder of a run: cannot read '%s': %s",
			       r->dir, path, strerror(errno));
	r->run = json_loadf(f, JSON_REJECT_DUPLICATES, &error);
	fclose(f);
	if (!r->run)
		return err_set(e, -EINVAL, "%s:%d: %s", path, error.line, error.text);
	if (simtime_parse(text_of(r->run, "from"), &r->from, e) < 0 ||
	    simtime_parse(text_of(r->run, "to"), &to, e) < 0) {
		err_prefix(e, "'%s'", path);
		return -EINVAL;
	}
	r->span = (double)(to - r->from) / 1e9;
	r->fault = whole_fault(r);
	return 0;
}

static int report_load(const char *dir, struct report *r, struct err *e)
{
	json_t *cell;
	size_t i;
	int rc;

	*r = (struct report){ .dir = dir };
	rc = load_run(r, e);
	if (rc < 0)
		return rc;
	r->cells = calloc(json_array_size(list_of(r->run, "cells")) + 1, sizeof(*r->cells));
	if (!r->cells)
		return err_set(e, -ENOMEM, "no memory for the report");
	json_array_foreach(list_of(r->run, "cells"), i, cell)
	{
		rc = load_cell(r, cell, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Texts of figures. Missing ones leave the cell as it is: "–". */

/* "4,818,262" */
static char *grouped(double n, char text[48])
{
	char digits[32];
	int len = snprintf(digits, sizeof(digits), "%.0f", n), at = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
	return text;
}

static void set_count(struct table *t, unsigned column, const struct figure *f)
{
	char text[48];

	if (f->kind == FIGURE_VALUE)
		table_set(t, column, "%s", grouped(f->value, text));
}

/* "0 %", "0.04 %", "12.3 %": only what was never seen is 0. */
static char *percent(double share, char text[32])
{
	double p = share * 100;

	if (p > 0 && p < 0.005)
		return strcpy(text, "< 0.01 %");
	snprintf(text, 32, "%.*f %%", p == 0 ? 0 : p < 10 ? 2 : 1, p);
	return text;
}

static void set_share(struct table *t, unsigned column, const struct figure *f)
{
	char text[32];

	if (f->kind == FIGURE_VALUE)
		table_set(t, column, "%s", percent(f->value, text));
}

static void set_duration(struct table *t, unsigned column, const struct figure *f,
			 const char *already)
{
	char text[32];

	switch (f->kind) {
	case FIGURE_MISSING:
		break;
	case FIGURE_NEVER:
		table_set(t, column, "not in %s",
			  simtime_duration_text((simtime)f->value * SECOND, text));
		break;
	case FIGURE_ALREADY:
		table_set(t, column, "%s", already);
		break;
	case FIGURE_VALUE:
		if (f->value == 0)
			table_set(t, column, "at once");
		else
			table_set(t, column, "%s",
				  simtime_duration_text((simtime)f->value * SECOND, text));
		break;
	}
}

static void set_peak(const struct report *r, struct table *t, unsigned column,
		     const struct figures *f)
{
	char share[32], at[32];

	if (f->peak.kind == FIGURE_VALUE)
		table_set(t, column, "%s at %.5s", percent(f->peak.value, share),
			  simtime_text(r->from + (simtime)f->peak_at.value * SECOND, at) + 11);
}

static void set_part(struct table *t, unsigned column, const struct figure *part,
		     const struct figure *whole)
{
	char some[48], all[48];

	if (part->kind == FIGURE_VALUE && whole->kind == FIGURE_VALUE)
		table_set(t, column, "%s of %s", grouped(part->value, some),
			  grouped(whole->value, all));
	else
		set_count(t, column, part);
}

static void set_ratio(struct table *t, unsigned column, const struct figure *f)
{
	if (f->kind == FIGURE_VALUE)
		table_set(t, column, "× %.2f", f->value);
}

static void set_ede(struct table *t, unsigned column, const struct figures *f, unsigned rank)
{
	char code[16] = "none", count[48];

	if (rank >= f->ede_count)
		return;
	if (f->ede[rank].code >= 0)
		snprintf(code, sizeof(code), "%d", f->ede[rank].code);
	table_set(t, column, "%s: %s", code, grouped((double)f->ede[rank].count, count));
}

static void add_counts(const struct report *r, struct table *t)
{
	table_row(t, "queries");
	for (unsigned i = 0; i < r->cell_count; i++)
		set_count(t, i, &r->cells[i].figures.queries);
	table_row(t, "of them retries");
	for (unsigned i = 0; i < r->cell_count; i++)
		set_count(t, i, &r->cells[i].figures.retries);
	table_row(t, "clients that failed");
	for (unsigned i = 0; i < r->cell_count; i++)
		set_part(t, i, &r->cells[i].figures.failed_clients, &r->cells[i].figures.clients);
	table_row(t, "names that failed");
	for (unsigned i = 0; i < r->cell_count; i++)
		set_count(t, i, &r->cells[i].figures.failed_names);
}

static void add_shares(const struct report *r, struct table *t)
{
	static const struct {
		const char *label;
		size_t at;
	} rows[] = {
		{ "SERVFAIL in the hour before", offsetof(struct figures, before) },
		{ "SERVFAIL at fault + 1 min", offsetof(struct figures, at_1min) },
		{ "SERVFAIL at fault + 1 h", offsetof(struct figures, at_1h) },
		{ "SERVFAIL at fault + 2 h", offsetof(struct figures, at_2h) },
	};

	for (unsigned row = 0; row < ARRAY_SIZE(rows); row++) {
		table_row(t, rows[row].label);
		for (unsigned i = 0; i < r->cell_count; i++)
			set_share(
				t, i,
				(const void *)((const char *)&r->cells[i].figures + rows[row].at));
	}
	table_row(t, "SERVFAIL peak");
	for (unsigned i = 0; i < r->cell_count; i++)
		set_peak(r, t, i, &r->cells[i].figures);
	table_row(t, "stale answers in the fault");
	for (unsigned i = 0; i < r->cell_count; i++)
		set_share(t, i, &r->cells[i].figures.stale);
}

static void add_durations(const struct report *r, struct table *t)
{
	static const struct {
		const char *label, *already;
		size_t at;
	} rows[] = {
		{ "10 % SERVFAIL within", "before it", offsetof(struct figures, to_10) },
		{ "50 % SERVFAIL within", "before it", offsetof(struct figures, to_50) },
		{ "repair to under 1 %", "was under", offsetof(struct figures, after_repair) },
		{ "NTA to under 1 %", "was under", offsetof(struct figures, after_nta) },
	};

	for (unsigned row = 0; row < ARRAY_SIZE(rows); row++) {
		table_row(t, rows[row].label);
		for (unsigned i = 0; i < r->cell_count; i++)
			set_duration(
				t, i,
				(const void *)((const char *)&r->cells[i].figures + rows[row].at),
				rows[row].already);
	}
}

static void add_ede(const struct report *r, struct table *t)
{
	static const char *const labels[FIGURES_EDE_MAX] = { "EDE code: answers", "  second",
							     "  third" };
	unsigned most = 1;

	for (unsigned i = 0; i < r->cell_count; i++)
		if (r->cells[i].figures.ede_count > most)
			most = r->cells[i].figures.ede_count;
	for (unsigned rank = 0; rank < most; rank++) {
		table_row(t, labels[rank]);
		for (unsigned i = 0; i < r->cell_count; i++)
			set_ede(t, i, &r->cells[i].figures, rank);
	}
}

static bool fault_was_seen(const json_t *fault)
{
	return number_of(fault, "seen") > 0;
}

/* "5 of 6" entries of a list for which `holds`. */
static void add_tally(const struct report *r, struct table *t, const char *label, const char *key,
		      bool (*holds)(const json_t *))
{
	json_t *one;
	size_t i;

	table_row(t, label);
	for (unsigned c = 0; c < r->cell_count; c++) {
		json_t *list = list_of(r->cells[c].json, key);
		unsigned n = 0;

		json_array_foreach(list, i, one) n += holds(one);
		if (json_array_size(list))
			table_set(t, c, "%u of %zu", n, json_array_size(list));
	}
}

static bool expectation_held(const json_t *expectation)
{
	return is_true(expectation, "held");
}

static void add_verdicts(const struct report *r, struct table *t)
{
	add_tally(r, t, "faults seen by the resolver", "faults", fault_was_seen);
	add_tally(r, t, "expectations held", "expectations", expectation_held);
	table_row(t, "run is valid");
	for (unsigned i = 0; i < r->cell_count; i++)
		if (json_is_boolean(json_object_get(r->cells[i].json, "valid")))
			table_set(t, i, is_true(r->cells[i].json, "valid") ? "yes" : "NO");
	table_row(t, "wall time");
	for (unsigned i = 0; i < r->cell_count; i++) {
		double seconds = number_of(r->cells[i].json, "wall_seconds");

		if (!isnan(seconds))
			table_set(t, i, "%.1f s", seconds);
	}
}

static struct table *make_table(const struct report *r)
{
	struct table *t = table_new(r->cell_count);

	if (!t)
		return NULL;
	table_row(t, "");
	for (unsigned i = 0; i < r->cell_count; i++)
		table_set(t, i, "%s", r->cells[i].folder);
	add_counts(r, t);
	add_shares(r, t);
	add_durations(r, t);
	table_row(t, "upstream, fault to before");
	for (unsigned i = 0; i < r->cell_count; i++)
		set_ratio(t, i, &r->cells[i].figures.upstream);
	add_ede(r, t);
	add_verdicts(r, t);
	return t;
}

/* What the codes in the table mean, each once. */
static void print_ede_legend(const struct report *r, FILE *out)
{
	bool done[64] = { false };
	const char *name;
	int column = 0;

	for (unsigned i = 0; i < r->cell_count; i++) {
		for (unsigned k = 0; k < r->cells[i].figures.ede_count; k++) {
			int code = r->cells[i].figures.ede[k].code, len;
			char text[96];

			name = figures_ede_name(code);
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

/* A line of words; with a width it is broken between words and goes on at the indent. */
static void print_wrapped(const char *bullet, const char *text, unsigned width, FILE *out)
{
	unsigned indent = (unsigned)strlen(bullet) + 13, column;

	column = (unsigned)strlen(bullet);
	fprintf(out, "%s", bullet);
	while (*text) {
		size_t gap = strspn(text, " "), word = strcspn(text + gap, " ");

		if (width && column + gap + word > width && column > indent) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			text += gap;
			gap = 0;
		}
		fprintf(out, "%.*s", (int)(gap + word), text);
		column += (unsigned)(gap + word);
		text += gap + word;
	}
	fprintf(out, "\n");
}

static void print_fault(const json_t *fault, const char *bullet, unsigned width, FILE *out)
{
	bool seen = fault_was_seen(fault);
	char text[1024], times[128] = "", count[48];

	if (seen)
		snprintf(times, sizeof(times), " (%s times, first %.20s)",
			 grouped(number_of(fault, "seen"), count), text_of(fault, "first_seen"));
	snprintf(text, sizeof(text), "%s  fault %s: %s%s", seen ? "✓ seen     " : "✗ NOT SEEN ",
		 text_of(fault, "kind"), text_of(fault, "text"), times);
	print_wrapped(bullet, text, width, out);
}

/* Verdicts, in words too: a log or a mail may not show the signs. `bullet` begins each; `width`
 * 0: lines are not broken. */
static void print_verdicts(const struct cell *c, const char *bullet, unsigned width, FILE *out)
{
	char text[2048];
	json_t *one;
	size_t i;

	if (json_is_false(json_object_get(c->json, "valid"))) {
		snprintf(text, sizeof(text), "✗ NOT VALID  %s", text_of(c->json, "why"));
		print_wrapped(bullet, text, width, out);
	}
	json_array_foreach(list_of(c->json, "faults"), i, one) print_fault(one, bullet, width, out);
	json_array_foreach(list_of(c->json, "expectations"), i, one)
	{
		const char *message = text_of(one, "message");

		snprintf(text, sizeof(text), "%s  %s%s%s",
			 expectation_held(one) ? "✓ held     " : "✗ FAILED   ",
			 text_of(one, "text"), *message ? ": " : "", message);
		print_wrapped(bullet, text, width, out);
	}
}

static void add_windows(const struct report *r, struct plot_mark *marks, unsigned *count)
{
	json_t *window;
	size_t i;

	json_array_foreach(list_of(r->run, "windows"), i, window)
	{
		double from = instant_of(r, window, "from");

		if (isnan(from) || *count == MARKS_MAX)
			continue;
		marks[*count] = (struct plot_mark){ .from = from, .until = window_end(r, window) };
		snprintf(marks[*count].text, sizeof(marks[*count].text), "%s",
			 text_of(window, "kind"));
		(*count)++;
	}
}

static int add_operator_events(const struct report *r, const struct cell *c,
			       struct plot_mark *marks, unsigned *count, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	char path[4096 + 256];
	int rc, kind, what;
	double t;

	snprintf(path, sizeof(path), "%s/%s", r->dir, c->folder);
	rc = csv_open(path, "events.csv", &csv, e);
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

static int print_plot(const struct report *r, const struct cell *c, FILE *out, struct err *e)
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
	rc = add_operator_events(r, c, marks, &p.mark_count, e);
	if (rc == 0)
		rc = plot_draw(&p, out, e);
	fprintf(out, "\n");
	return rc;
}

static void print_head(const struct report *r, FILE *out)
{
	json_t *seed = json_object_get(r->run, "seed");
	char text[32];

	fprintf(out, "%s\n%s, %.16sZ", text_of(r->run, "title"), text_of(r->run, "scenario"),
		text_of(r->run, "from"));
	fprintf(out, " + %s, clock %s", simtime_duration_text((simtime)(r->span * 1e9), text),
		text_of(r->run, "clock"));
	if (json_is_integer(seed))
		fprintf(out, ", seed %" JSON_INTEGER_FORMAT, json_integer_value(seed));
	fprintf(out, ", sigfault %s\n", text_of(r->run, "sigfault"));
}

int report_terminal(const char *dir, FILE *out, struct err *e)
{
	_cleanup_(report_done) struct report r = { 0 };
	_cleanup_(table_freep) struct table *t = NULL;
	int rc = report_load(dir, &r, e);

	if (rc < 0)
		return rc;
	print_head(&r, out);
	fprintf(out, "Shares of all queries: # SERVFAIL, o NOERROR, ~ stale NOERROR (# ~ from 1 "
		     "%%)\n\n");
	for (unsigned i = 0; i < r.cell_count && rc == 0; i++)
		rc = print_plot(&r, &r.cells[i], out, e);
	if (rc < 0)
		return rc;
	t = make_table(&r);
	if (!t)
		return err_set(e, -ENOMEM, "no memory for the report");
	table_print(t, TERMINAL_WIDTH, out);
	print_ede_legend(&r, out);
	for (unsigned i = 0; i < r.cell_count; i++) {
		fprintf(out, "\n%s\n", r.cells[i].folder);
		print_verdicts(&r.cells[i], "  ", TERMINAL_WIDTH, out);
	}
	return 0;
}

static int write_summary(const struct report *r, FILE *out, struct err *e)
{
	_cleanup_(table_freep) struct table *t = make_table(r);

	if (!t)
		return err_set(e, -ENOMEM, "no memory for the report");
	fprintf(out, "## ");
	print_head(r, out);
	fprintf(out, "\n");
	table_print_markdown(t, out);
	fprintf(out, "\n");
	print_ede_legend(r, out);
	for (unsigned i = 0; i < r->cell_count; i++) {
		fprintf(out, "\n### %s\n\n", r->cells[i].folder);
		print_verdicts(&r->cells[i], "- ", 0, out);
	}
	return 0;
}

int report_summary(const char *dir, struct err *e)
{
	_cleanup_(report_done) struct report r = { 0 };
	char path[4096 + 16];
	int rc = report_load(dir, &r, e);
	FILE *out;

	if (rc < 0)
		return rc;
	snprintf(path, sizeof(path), "%s/summary.md", dir);
	out = fopen(path, "we");
	if (!out)
		return err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	rc = write_summary(&r, out, e);
	if (rc == 0 && (fflush(out) != 0 || ferror(out)))
		rc = err_set(e, errno ? -errno : -EIO, "cannot write '%s': %s", path,
			     strerror(errno));
	fclose(out);
	return rc;
}
