/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/notes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/label.h"
#include "harness/results/notes_inside.h"

/* ---- of runs ---- */

static void put_value(const json_t *value, FILE *out)
{
	if (json_is_string(value))
		fputs(json_string_value(value), out);
	else if (json_is_integer(value))
		fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		fputs("none", out);
}

static const json_t *value_of(const struct recorded *r, unsigned run, const char *object,
			      const char *key)
{
	const json_t *where = object ? json_object_get(r->runs[run], object) : r->runs[run];

	return json_object_get(where, key);
}

static bool is_equal(const json_t *a, const json_t *b)
{
	return a == b || (a && b && json_equal(a, b));
}

/* "these runs differ in seed: 1 (one, two), 2 (three)", when they do. */
static int note_difference(struct recorded *r, const char *object, const char *key)
{
	bool differs = false;
	char base[256];
	FILE *out;

	for (unsigned i = 1; i < r->dir_count; i++)
		differs |= !is_equal(value_of(r, 0, object, key), value_of(r, i, object, key));
	if (!differs)
		return 0;
	out = notes_begin(r);
	if (!out)
		return -ENOMEM;
	fprintf(out, "these runs differ in %s", key);
	for (unsigned i = 0; i < r->dir_count; i++) {
		const json_t *value = value_of(r, i, object, key);
		unsigned first = 0;

		while (!is_equal(value, value_of(r, first, object, key)))
			first++;
		if (first < i)
			continue;
		fputs(i ? "), " : ": ", out);
		put_value(value, out);
		label_base(r->dirs[i], base);
		fprintf(out, " (%s", base);
		for (unsigned k = i + 1; k < r->dir_count; k++) {
			label_base(r->dirs[k], base);
			if (is_equal(value, value_of(r, k, object, key)))
				fprintf(out, ", %s", base);
		}
	}
	fputc(')', out);
	return notes_end(r, out);
}

static int note_differences(struct recorded *r)
{
	static const char *const keys[] = { "seed", "clock", "sigfault" };
	const char *key;
	json_t *value;
	int rc = 0;

	for (unsigned k = 0; k < ARRAY_SIZE(keys) && rc == 0; k++)
		rc = note_difference(r, NULL, keys[k]);
	json_object_foreach(json_object_get(r->run, "set"), key, value)
	{
		if (rc == 0)
			rc = note_difference(r, "set", key);
	}
	return rc;
}

static bool is_there(const struct recorded *r, const unsigned *groups, unsigned group,
		     unsigned number)
{
	for (unsigned i = 0; i < r->cell_count; i++)
		if (groups[r->cells[i].run] == group && r->cells[i].number == number)
			return true;
	return false;
}

/* "2 of 12 cells are missing: 7 (knot-nta), 8 (powerdns-nta)" */
static int note_missing(struct recorded *r, const unsigned *groups, unsigned group)
{
	json_t *matrix = recorded_list(r->runs[group], "matrix"), *folder;
	unsigned missing = 0;
	const char *comma = "";
	FILE *out;
	size_t i;

	json_array_foreach(matrix, i, folder) missing +=
		!is_there(r, groups, group, (unsigned)i + 1);
	if (!missing)
		return 0;
	r->missing += missing;
	out = notes_begin(r);
	if (!out)
		return -ENOMEM;
	fprintf(out, "%u of %zu cells %s missing: ", missing, json_array_size(matrix),
		missing == 1 ? "is" : "are");
	json_array_foreach(matrix, i, folder)
	{
		if (is_there(r, groups, group, (unsigned)i + 1))
			continue;
		fprintf(out, "%s%zu (%s)", comma, i + 1, json_string_value(folder));
		comma = ", ";
	}
	return notes_end(r, out);
}

static int note_all_missing(struct recorded *r, const unsigned *groups)
{
	int rc = 0;

	for (unsigned i = 0; i < r->dir_count && rc == 0; i++)
		if (groups[i] == i)
			rc = note_missing(r, groups, i);
	return rc;
}

static bool is_noted(const struct recorded *r, const char *text)
{
	for (unsigned i = 0; i < r->note_count; i++)
		if (strcmp(r->notes[i], text) == 0)
			return true;
	return false;
}

/* What runs say of the baseline that they were held against. */
static int note_baselines(struct recorded *r)
{
	json_t *text;
	size_t k;
	int rc = 0;

	for (unsigned i = 0; i < r->dir_count; i++) {
		json_array_foreach(recorded_list(json_object_get(r->runs[i], "baseline"), "notes"),
				   k, text)
		{
			if (rc == 0 && json_is_string(text) &&
			    !is_noted(r, json_string_value(text)))
				rc = notes_add(r, "%s", json_string_value(text));
		}
	}
	return rc;
}

/* "serve-stale-now is not offered by knot, powerdns", a note a mitigation. */
static int note_gaps(struct recorded *r)
{
	json_t *gap, *other;
	size_t i, k;

	json_array_foreach(r->not_offered, i, gap)
	{
		const char *name = recorded_text(gap, "mitigation");
		bool is_first = true;
		FILE *out;

		json_array_foreach(r->not_offered, k, other)
		{
			if (k < i && strcmp(recorded_text(other, "mitigation"), name) == 0)
				is_first = false;
		}
		if (!is_first)
			continue;
		out = notes_begin(r);
		if (!out)
			return -ENOMEM;
		fprintf(out, "%s is not offered by %s", name, recorded_text(gap, "resolver"));
		json_array_foreach(r->not_offered, k, other)
		{
			if (k > i && strcmp(recorded_text(other, "mitigation"), name) == 0)
				fprintf(out, ", %s", recorded_text(other, "resolver"));
		}
		if (notes_end(r, out) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* ---- of cells ---- */

/* One note of all cells of which it is so: their names behind `what`. */
static int note_labels(struct recorded *r, bool (*is_so)(const struct recorded_cell *c),
		       const char *what)
{
	const char *before = what;
	FILE *out = NULL;

	for (unsigned i = 0; i < r->cell_count; i++) {
		if (!is_so(&r->cells[i]))
			continue;
		if (!out && !(out = notes_begin(r)))
			return -ENOMEM;
		fprintf(out, "%s%s", before, r->cells[i].label);
		before = ", ";
	}
	return out ? notes_end(r, out) : 0;
}

static bool is_unfinished(const struct recorded_cell *c)
{
	return recorded_is_true(c->json, "unfinished");
}

static bool is_untold(const struct recorded_cell *c)
{
	return c->figures.operations_untold;
}

static int note_clock(struct recorded *r, const struct recorded_cell *c)
{
	if (!*recorded_text(c->json, "clock_why"))
		return 0;
	return notes_add(r, "%s ran with clock %s: %s", c->label, recorded_text(c->json, "clock"),
			 recorded_text(c->json, "clock_why"));
}

/* Charts can shade one stretch alone. */
static int note_windows(struct recorded *r)
{
	for (unsigned i = 0; i < r->cell_count; i++)
		if (recorded_list(r->cells[i].json, "windows"))
			return notes_add(
				r, "what is swept moves the faults: each cell's figures are of "
				   "its own, and what is shaded is when they would be without "
				   "it");
	return 0;
}

/* What the testbed laid over a user's configuration, once a resolver. */
static int note_config(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *config = json_object_get(c->json, "config");
	json_t *one;
	size_t i;
	FILE *out;

	for (const struct recorded_cell *k = r->cells; k < c; k++)
		if (k->run == c->run && strcmp(k->resolver, c->resolver) == 0)
			return 0;
	out = config ? notes_begin(r) : NULL;
	if (!out)
		return config ? -ENOMEM : 0;
	fprintf(out, "%s runs with %s as it stands", c->resolver, recorded_text(config, "path"));
	json_array_foreach(recorded_list(config, "overrides"), i, one)
	{
		fprintf(out, "%s%s: %s -> %s",
			i ? "; " : ", but for: ", recorded_text(one, "place"),
			recorded_text(one, "was"), recorded_text(one, "is"));
	}
	json_array_foreach(recorded_list(config, "notes"), i, one)
	{
		fprintf(out, ". %s", json_string_value(one));
	}
	return notes_end(r, out);
}

static int note_each(struct recorded *r,
		     int (*of_cell)(struct recorded *r, const struct recorded_cell *c))
{
	int rc = 0;

	for (unsigned i = 0; i < r->cell_count && rc == 0; i++)
		rc = of_cell(r, &r->cells[i]);
	return rc;
}

/* ---- all of them ---- */

/* What a replayed trace was, of each run that says something of its own. */
static int note_traces(struct recorded *r)
{
	for (unsigned i = 0; i < r->dir_count; i++) {
		const char *text = recorded_text(value_of(r, i, NULL, "trace"), "note");
		unsigned first = 0;

		while (strcmp(text, recorded_text(value_of(r, first, NULL, "trace"), "note")))
			first++;
		if (*text && first == i && notes_add(r, "%s", text))
			return -ENOMEM;
	}
	return 0;
}

int notes_take(struct recorded *r, const unsigned *groups)
{
	int rc = note_differences(r);

	if (rc == 0)
		rc = note_traces(r);
	if (rc == 0)
		rc = note_all_missing(r, groups);
	if (rc == 0)
		rc = note_labels(r, is_unfinished,
				 "the run ended before it was done; not finished: ");
	if (rc == 0)
		rc = note_windows(r);
	if (rc == 0)
		rc = note_labels(r, is_untold,
				 "recorded by an older version, whose events.csv has no column "
				 "'operation', so figures of trust anchors are missing; run "
				 "again: ");
	if (rc == 0)
		rc = note_each(r, note_clock);
	if (rc == 0)
		rc = note_each(r, note_config);
	if (rc == 0)
		rc = note_each(r, notes_of_holes);
	if (rc == 0)
		rc = note_baselines(r);
	return rc == 0 ? note_gaps(r) : rc;
}
