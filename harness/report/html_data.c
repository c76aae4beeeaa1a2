/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_data.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "harness/report/html_column.h"
#include "harness/report/html_files.h"
#include "sim/base/cleanup.h"
#include "sim/base/names.h"
#include "sim/language/timeline.h"

static json_t *curve_json(const struct curve *curve, unsigned class, unsigned column)
{
	_cleanup_(html_column_freep) struct html_column *c = html_column_new(curve);

	for (unsigned i = 0; c && i < curve->count; i++)
		c->values[i] = (double)curve_value(curve, class, column, i);
	return c ? html_column_json(c) : NULL;
}

/* What the charts show of each class. */
static const char *const of_class[] = { "queries",	"noerror", "nxdomain",	    "servfail",
					"other",	"timeout", "stale",	    "names",
					"failed_names", "clients", "failed_clients" };

static json_t *class_json(const struct curve *curve, unsigned class)
{
	json_t *json = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(of_class); i++) {
		int column = curve_column(curve, of_class[i], NULL);

		if (column >= 0)
			json_object_set_new(json, of_class[i],
					    curve_json(curve, class, (unsigned)column));
	}
	return json;
}

static void put_curve(const struct curve *curve, json_t *cell)
{
	json_t *t = json_array(), *classes = json_object();

	for (unsigned i = 0; i < curve->count; i++)
		json_array_append_new(t, json_integer(curve->t[i]));
	json_object_set_new(cell, "t", t);
	for (unsigned i = 0; i < curve->class_count; i++)
		json_object_set_new(classes, curve->classes[i].name, class_json(curve, i));
	json_object_set_new(cell, "classes", classes);
}

static int add_cell(const struct recorded *r, unsigned i, json_t *list, struct err *e)
{
	const struct recorded_cell *cell = &r->cells[i];
	json_t *json = json_pack("{s:s}", "label", cell->label);
	int rc;

	json_array_append_new(list, json);
	if (!cell->curve || !cell->curve->count)
		return 0;
	put_curve(cell->curve, json);
	rc = html_files_read(r, cell, json, e);
	/* What a cell that was cut off left may end anywhere. */
	return rc < 0 && recorded_is_true(cell->json, "unfinished") ? 0 : rc;
}

static json_t *windows_json(const struct recorded *r)
{
	json_t *list = json_array(), *window;
	size_t i;

	json_array_foreach(recorded_list(r->run, "windows"), i, window)
	{
		double from = recorded_instant(r, window, "from");
		double until = recorded_window_end(r, window);

		if (isnan(from))
			continue;
		json_array_append_new(
			list, json_pack("{s:o, s:o, s:s, s:s}", "from", html_number(from), "until",
					isinf(until) ? json_null() : html_number(until), "kind",
					recorded_text(window, "kind"), "text",
					recorded_text(window, "text")));
	}
	return list;
}

/* The first negative trust anchor of all cells. */
static double first_nta(const json_t *cells)
{
	double first = INFINITY;
	json_t *cell, *mark;
	size_t i, k;

	json_array_foreach(cells, i, cell) json_array_foreach(recorded_list(cell, "marks"), k, mark)
	{
		double t = recorded_number(mark, "t");

		if (strcmp(recorded_text(mark, "kind"), "operator") == 0 &&
		    operation_by_name(recorded_text(mark, "operation")) == OPERATION_NTA &&
		    t < first)
			first = t;
	}
	return first;
}

/* The last bin in which a cell's SERVFAIL share was half its largest or more, in seconds since the
 * start; NAN: nothing failed. */
static double last_high(const struct curve *c)
{
	int servfail = curve_column(c, "servfail", NULL),
	    queries = curve_column(c, "queries", NULL);
	double most = 0, last = NAN;

	for (int pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < c->count && servfail >= 0; i++) {
			double n = (double)curve_value(c, CURVE_ALL, (unsigned)queries, i);
			double share = (double)curve_value(c, CURVE_ALL, (unsigned)servfail, i) /
				       fmax(n, 1);

			if (pass == 0)
				most = fmax(most, share);
			else if (most > 0 && share >= most / 2)
				last = (double)c->t[i];
		}
	return last;
}

/* From before SERVFAIL fell in the first cell, an NTA came or the repair was whole, to as long
 * again after the last of these, half an hour at least. */
static json_t *recovery_json(const struct recorded *r, const json_t *cells)
{
	double repair = r->fault.is_known ? r->fault.until : (double)INFINITY;
	double first = fmin(first_nta(cells), repair), bin = recorded_number(r->run, "bin_seconds");
	double last = isinf(repair) ? first : repair;

	if (isinf(first) || first >= r->span)
		return json_null();
	for (unsigned i = 0; i < r->cell_count; i++)
		if (r->cells[i].curve)
			first = fmin(first, last_high(r->cells[i].curve));
	return json_pack("{s:o, s:o}", "from", html_number(fmax(first - fmax(300, bin), 0)), "to",
			 html_number(fmin(last + fmax(last - first, 1800), r->span)));
}

static json_t *codes_json(const json_t *cells)
{
	json_t *codes = json_object(), *cell, *column;
	const char *code;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		json_object_foreach(json_object_get(cell, "ede"), code, column)
		{
			const char *name = names_ede(atoi(code));
			char text[96];

			snprintf(text, sizeof(text), "%.16s%s%s", code, name ? " " : "",
				 name ?: "");
			json_object_set_new(codes, code,
					    json_string(atoi(code) < 0 ? "no code" : text));
		}
	}
	return codes;
}

int html_data_new(const struct recorded *r, json_t **ret, struct err *e)
{
	_cleanup_(json_decrefp) json_t *cells = json_array();
	json_t *all;
	int rc = 0;

	for (unsigned i = 0; i < r->cell_count && rc == 0; i++)
		rc = add_cell(r, i, cells, e);
	if (rc < 0)
		return rc;
	all = json_pack(
		"{s:I, s:o, s:o, s:o, s:o, s:o, s:O}", "start",
		(json_int_t)simtime_seconds(r->from), "span", html_number(r->span), "bin",
		html_number(recorded_number(r->run, "bin_seconds") * (r->bins_a_point ?: 1)),
		"windows", windows_json(r), "recovery", recovery_json(r, cells), "codes",
		codes_json(cells), "cells", cells);
	if (!all)
		return err_set(e, -ENOMEM, "no memory for the report");
	*ret = all;
	return 0;
}
