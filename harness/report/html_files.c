/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_files.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/csv.h"
#include "harness/report/html_column.h"
#include "harness/report/html_links.h"

#define CODES_MAX 32 /* that one cell shows */

struct reading {
	const struct recorded *recorded;
	const struct recorded_cell *cell;
	json_t *json; /* what is read goes here */
	struct csv *csv;
	int columns[4]; /* of the names that were asked for */
	struct err *e;
};

/* Opens `file` and finds its columns. 0: the cell does not have it; 1: it is open. */
static int reading_open(struct reading *r, const char *file, const char *const *names)
{
	int rc = csv_open_if_there(r->cell->path, file, &r->csv, r->e);

	if (rc <= 0)
		return rc;
	for (unsigned i = 0; names[i]; i++) {
		r->columns[i] = csv_column(r->csv, names[i], r->e);
		if (r->columns[i] < 0)
			return -EINVAL;
	}
	return 1;
}

static void reading_close(struct reading *r)
{
	csv_free(r->csv);
	r->csv = NULL;
}

static const char *field(const struct reading *r, unsigned i)
{
	return csv_text(r->csv, (unsigned)r->columns[i]);
}

/* The bin of the row, from its first column, and the number in column `i`. */
static int read_value(struct reading *r, unsigned i, unsigned *bin, double *ret)
{
	double t;
	int rc = csv_time(r->csv, &t, r->e);

	if (rc == 0)
		rc = csv_number(r->csv, (unsigned)r->columns[i], ret, r->e);
	if (rc == 0)
		*bin = html_column_bin(r->cell->curve, t);
	return rc;
}

static bool is_faulty(const struct recorded *r, const char *zone)
{
	for (unsigned i = 0; i < r->fault.zone_count; i++)
		if (strcmp(r->fault.zones[i], zone) == 0)
			return true;
	return false;
}

/* Queries a bin become queries a second. */
static void put_load(struct reading *r, const char *key, struct html_column *c)
{
	html_column_fill(c);
	html_column_scale(c, 1 / (double)r->cell->curve->bin);
	json_object_set_new(r->json, key, html_column_json(c));
}

/* upstream.csv has no rows for servers that were not asked in a bin. */
static int read_upstream(struct reading *r)
{
	static const char *const names[] = { "zone", "queries", NULL };
	_cleanup_(html_column_freep) struct html_column *all = html_column_new(r->cell->curve);
	_cleanup_(html_column_freep) struct html_column *zone = html_column_new(r->cell->curve);
	int rc = all && zone ? reading_open(r, "upstream.csv", names) : -ENOMEM;
	unsigned bin;
	double n;

	if (rc <= 0)
		return rc;
	while ((rc = csv_next(r->csv, r->e)) == 1) {
		rc = read_value(r, 1, &bin, &n);
		if (rc < 0)
			return rc;
		if (bin == all->count)
			continue;
		html_column_add(all, bin, n);
		if (is_faulty(r->recorded, field(r, 0)))
			html_column_add(zone, bin, n);
	}
	put_load(r, "upstream", all);
	if (r->recorded->fault.zone_count)
		put_load(r, "zone_upstream", zone);
	return rc;
}

/* A counter of seconds becomes what share of each bin's time it grew by, in percent. */
static void to_rate(struct html_column *c, const struct curve *curve)
{
	double before = 0, at = NAN;

	for (unsigned i = 0; i < c->count; i++) {
		double v = c->values[i], t = (double)curve->t[i];

		c->values[i] = isnan(v) || isnan(at) ? (double)NAN : (v - before) / (t - at) * 100;
		if (!isnan(v)) {
			before = v;
			at = t;
		}
	}
}

static void to_megabytes(struct html_column *c, const struct curve *curve)
{
	(void)curve;
	for (unsigned i = 0; i < c->count; i++)
		c->values[i] = round(c->values[i] / 1e5) / 10;
}

static const struct metric {
	const char *name, *key;
	void (*convert)(struct html_column *c, const struct curve *curve);
} metrics[] = {
	{ "cpu_seconds", "cpu", to_rate },
	{ "rss_bytes", "memory", to_megabytes },
	{ "request-list", "requests", NULL },
};

static int read_metric_rows(struct reading *r, struct html_column **columns)
{
	unsigned bin;
	double v;
	int rc;

	while ((rc = csv_next(r->csv, r->e)) == 1)
		for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
			if (strcmp(field(r, 0), metrics[i].name) != 0)
				continue;
			rc = read_value(r, 1, &bin, &v);
			if (rc < 0)
				return rc;
			if (bin < columns[i]->count)
				columns[i]->values[bin] = v;
		}
	return rc;
}

static int read_metrics(struct reading *r)
{
	static const char *const names[] = { "name", "value", NULL };
	struct html_column *columns[ARRAY_SIZE(metrics)] = { NULL };
	int rc = reading_open(r, "metrics.csv", names);

	for (size_t i = 0; i < ARRAY_SIZE(metrics) && rc > 0; i++) {
		columns[i] = html_column_new(r->cell->curve);
		rc = columns[i] ? rc : -ENOMEM;
	}
	if (rc > 0)
		rc = read_metric_rows(r, columns);
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
		if (rc == 0 && columns[i] && html_column_has_any(columns[i])) {
			if (metrics[i].convert)
				metrics[i].convert(columns[i], r->cell->curve);
			json_object_set_new(r->json, metrics[i].key, html_column_json(columns[i]));
		}
		free(columns[i]);
	}
	return rc;
}

/* The least, the greatest and the quartiles of single caches' shares of SERVFAIL, in percent: of a
 * fleet's sum alone. */
static int read_band(struct reading *r)
{
	static const char *const names[] = { "min", "lower_quartile", "median", "upper_quartile",
					     "max" };
	json_t *band = json_object();
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names) && rc == 0; i++) {
		const char *const wanted[] = { "column", names[i], NULL };
		_cleanup_(html_column_freep) struct html_column *c =
			html_column_new(r->cell->curve);
		unsigned bin;
		double v;

		rc = c ? reading_open(r, "band.csv", wanted) : -ENOMEM;
		if (rc <= 0)
			break;
		while ((rc = csv_next(r->csv, r->e)) == 1) {
			rc = read_value(r, 1, &bin, &v);
			if (rc < 0)
				break;
			if (bin < c->count && strcmp(field(r, 0), "servfail") == 0)
				c->values[bin] = 100 * v;
		}
		if (rc == 0)
			json_object_set_new(band, names[i], html_column_json(c));
		reading_close(r);
	}
	if (rc == 0 && json_object_size(band))
		json_object_set(r->json, "band", band);
	json_decref(band);
	return rc;
}

/* The columns of codes, while they are counted. */
struct code_columns {
	struct html_column *of[CODES_MAX];
	int codes[CODES_MAX];
	unsigned count;
};

static void code_columns_done(struct code_columns *c)
{
	for (unsigned i = 0; i < c->count; i++)
		html_column_free(c->of[i]);
}

/* The column of a code, begun when it turns up first. NULL: no memory, or there are too many. */
static struct html_column *code_column(struct code_columns *c, const struct curve *curve, int code)
{
	for (unsigned i = 0; i < c->count; i++)
		if (c->codes[i] == code)
			return c->of[i];
	if (c->count == CODES_MAX || !(c->of[c->count] = html_column_new(curve)))
		return NULL;
	c->codes[c->count] = code;
	return c->of[c->count++];
}

static int read_codes(struct reading *r, struct code_columns *c)
{
	struct html_column *column;
	double n, code;
	unsigned bin;
	int rc;

	while ((rc = csv_next(r->csv, r->e)) == 1) {
		rc = read_value(r, 2, &bin, &n);
		if (rc == 0)
			rc = csv_ede(r->csv, (unsigned)r->columns[1], &code, r->e);
		if (rc < 0)
			return rc;
		if (strcmp(field(r, 0), "SERVFAIL") != 0 || bin == r->cell->curve->count)
			continue;
		column = code_column(c, r->cell->curve, (int)code);
		if (column)
			html_column_add(column, bin, n);
	}
	return rc;
}

/* SERVFAIL answers by the first code in them. */
static int read_ede(struct reading *r)
{
	static const char *const names[] = { "rcode", "code", "count", NULL };
	_cleanup_(code_columns_done) struct code_columns columns = { .count = 0 };
	json_t *codes = json_object();
	int rc = reading_open(r, "ede.csv", names);
	char code[16];

	json_object_set_new(r->json, "ede", codes);
	if (rc > 0)
		rc = read_codes(r, &columns);
	for (unsigned i = 0; i < columns.count; i++) {
		snprintf(code, sizeof(code), "%d", columns.codes[i]);
		html_column_fill(columns.of[i]);
		json_object_set_new(codes, code, html_column_json(columns.of[i]));
	}
	return rc;
}

/* What the operator did, the scenario's marks and what became of the resolver. */
static bool is_mark(const char *kind)
{
	return strcmp(kind, "operator") == 0 || strcmp(kind, "mark") == 0 ||
	       strcmp(kind, "resolver") == 0;
}

static int read_marks(struct reading *r)
{
	static const char *const names[] = { "kind", "what", NULL };
	json_t *marks = json_array(), *mark;
	int rc, operation;
	double t;

	json_object_set_new(r->json, "marks", marks);
	rc = reading_open(r, "events.csv", names);
	if (rc <= 0)
		return rc;
	operation = csv_column(r->csv, "operation", NULL); /* older runs have none */
	while ((rc = csv_next(r->csv, r->e)) == 1) {
		if (!is_mark(field(r, 0)))
			continue;
		rc = csv_time(r->csv, &t, r->e);
		if (rc < 0)
			return rc;
		mark = json_pack("{s:o, s:s, s:s, s:s}", "t", html_number(t), "kind", field(r, 0),
				 "operation",
				 operation < 0 ? "" : csv_text(r->csv, (unsigned)operation), "what",
				 field(r, 1));
		if (mark)
			json_array_append_new(marks, mark);
	}
	return rc;
}

static int read_links(struct reading *r)
{
	return html_links_read(r->cell, r->json, r->e);
}

int html_files_read(const struct recorded *r, const struct recorded_cell *cell, json_t *json,
		    struct err *e)
{
	struct reading reading = { .recorded = r, .cell = cell, .json = json, .e = e };
	static int (*const readers[])(struct reading *) = {
		read_upstream, read_metrics, read_band, read_ede, read_links, read_marks
	};
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(readers) && rc >= 0; i++) {
		rc = readers[i](&reading);
		reading_close(&reading);
	}
	if (rc == -ENOMEM)
		return err_set(e, rc, "no memory for the report");
	if (rc < 0)
		err_prefix(e, "'%s'", cell->path);
	return rc;
}
