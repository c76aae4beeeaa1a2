/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/merge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/label.h"

/* ---- whether they fit ---- */

static bool is_same(const struct recorded *r, unsigned a, unsigned b, const char *key)
{
	json_t *one = json_object_get(r->runs[a], key), *other = json_object_get(r->runs[b], key);

	return one == other || (one && other && json_equal(one, other));
}

int merge_check(const struct recorded *r, struct err *e)
{
	static const char *const keys[] = { "scenario", "from", "to", "bin_seconds" };

	for (unsigned i = 1; i < r->dir_count; i++)
		for (unsigned k = 0; k < ARRAY_SIZE(keys); k++)
			if (!is_same(r, 0, i, keys[k]))
				return err_set(
					e, -EINVAL,
					"'%.400s' and '%.400s' cannot be compared: they differ in "
					"'%s'",
					r->dirs[0], r->dirs[i], keys[k]);
	return 0;
}

/* ---- which are parts of one ---- */

/* The first run that `run` is a part of the same matrix with; itself when it is the first. */
static unsigned group_of(const struct recorded *r, unsigned run)
{
	static const char *const keys[] = { "matrix", "seed", "set", "clock", "sigfault" };

	for (unsigned i = 0; i < run; i++) {
		bool same = true;

		for (unsigned k = 0; same && k < ARRAY_SIZE(keys); k++)
			same = is_same(r, i, run, keys[k]);
		if (same)
			return i;
	}
	return run;
}

static int compare_cells(const void *a, const void *b, void *arg)
{
	const struct recorded_cell *x = a, *y = b;
	const unsigned *groups = arg;

	if (groups[x->run] != groups[y->run])
		return groups[x->run] < groups[y->run] ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->run < y->run ? -1 : x->run > y->run;
}

/* ---- notes ---- */

static FILE *note_begin(struct recorded *r)
{
	static size_t size; /* nobody asks */
	char **grown = reallocarray(r->notes, r->note_count + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	r->notes = grown;
	r->notes[r->note_count] = NULL;
	return open_memstream(&r->notes[r->note_count++], &size);
}

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
	out = note_begin(r);
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
	return fclose(out) == 0 ? 0 : -ENOMEM;
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
	out = note_begin(r);
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
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

static int note_unfinished(struct recorded *r)
{
	FILE *out = NULL;

	for (unsigned i = 0; i < r->cell_count; i++) {
		if (!recorded_is_true(r->cells[i].json, "unfinished"))
			continue;
		if (out)
			fputs(", ", out);
		else if ((out = note_begin(r)))
			fputs("the run ended before it was done; not finished: ", out);
		if (!out)
			return -ENOMEM;
		fputs(r->cells[i].label, out);
	}
	return !out || fclose(out) == 0 ? 0 : -ENOMEM;
}

static int note_clocks(struct recorded *r)
{
	for (unsigned i = 0; i < r->cell_count; i++) {
		const json_t *cell = r->cells[i].json;
		FILE *out;

		if (!*recorded_text(cell, "clock_why"))
			continue;
		out = note_begin(r);
		if (!out)
			return -ENOMEM;
		fprintf(out, "%s ran with clock %s: %s", r->cells[i].label,
			recorded_text(cell, "clock"), recorded_text(cell, "clock_why"));
		if (fclose(out) != 0)
			return -ENOMEM;
	}
	return 0;
}

/* A sentence of one cell, printf-style behind its name. */
static int __attribute__((format(printf, 3, 4)))
note_cell(struct recorded *r, const struct recorded_cell *c, const char *fmt, ...)
{
	FILE *out = note_begin(r);
	va_list ap;

	if (!out)
		return -ENOMEM;
	fprintf(out, "%s: ", c->label);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

/* What a cell's record lacks, though it is valid. */
static int note_holes(struct recorded *r)
{
	int rc = 0;

	for (unsigned i = 0; i < r->cell_count && rc == 0; i++) {
		const struct recorded_cell *c = &r->cells[i];
		const json_t *failed = json_object_get(c->json, "counters_failed");
		const json_t *unread = json_object_get(c->json, "unread");
		const json_t *chances = json_object_get(c->json, "chances");
		double cut = recorded_number(c->json, "log_cut_bytes");

		if (unread)
			rc = note_cell(r, c,
				       "the resolver left unread %.0f datagrams, for which its "
				       "receive buffer had no room, and %.0f TCP connections: "
				       "what timed out of them is its own",
				       recorded_number(unread, "datagrams"),
				       recorded_number(unread, "connections"));
		if (rc == 0 && chances)
			rc = note_cell(r, c,
				       "chance had a part in it, and another run may differ: "
				       "%.0f threads were let go before their turn, and %.0f "
				       "control commands ended only as time passed",
				       recorded_number(chances, "out_of_turn"),
				       recorded_number(chances, "slow_commands"));
		if (rc == 0 && cut > 0)
			rc = note_cell(r, c, "%.0f bytes of resolver.log were cut off", cut);
		if (rc == 0 && failed)
			rc = note_cell(r, c,
				       "its own counters could not be had %.0f times, the last "
				       "time as %s",
				       recorded_number(failed, "count"),
				       recorded_text(failed, "why"));
	}
	return rc;
}

/* Charts can shade one stretch alone. */
static int note_windows(struct recorded *r)
{
	for (unsigned i = 0; i < r->cell_count; i++) {
		FILE *out;

		if (!recorded_list(r->cells[i].json, "windows"))
			continue;
		out = note_begin(r);
		if (!out)
			return -ENOMEM;
		fputs("what is swept moves the faults: each cell's figures are of its own, and "
		      "what is "
		      "shaded is when they would be without it",
		      out);
		return fclose(out) == 0 ? 0 : -ENOMEM;
	}
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
	out = config ? note_begin(r) : NULL;
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
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

static int note_configs(struct recorded *r)
{
	int rc = 0;

	for (unsigned i = 0; i < r->cell_count && rc == 0; i++)
		rc = note_config(r, &r->cells[i]);
	return rc;
}

static int note_untold_operations(struct recorded *r)
{
	FILE *out = NULL;

	for (unsigned i = 0; i < r->cell_count; i++) {
		if (!r->cells[i].figures.operations_untold)
			continue;
		if (out)
			fputs(", ", out);
		else if ((out = note_begin(r)))
			fputs("recorded by an older version, whose events.csv has no column "
			      "'operation', so figures of trust anchors are missing; run again: ",
			      out);
		if (!out)
			return -ENOMEM;
		fputs(r->cells[i].label, out);
	}
	return !out || fclose(out) == 0 ? 0 : -ENOMEM;
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

	for (unsigned i = 0; i < r->dir_count; i++) {
		json_array_foreach(recorded_list(json_object_get(r->runs[i], "baseline"), "notes"),
				   k, text)
		{
			FILE *out;

			if (!json_is_string(text) || is_noted(r, json_string_value(text)))
				continue;
			out = note_begin(r);
			if (!out)
				return -ENOMEM;
			fputs(json_string_value(text), out);
			if (fclose(out) != 0)
				return -ENOMEM;
		}
	}
	return 0;
}

/* ---- what is not offered ---- */

static bool has_gap(const json_t *gaps, const json_t *gap)
{
	json_t *known;
	size_t i;

	json_array_foreach((json_t *)gaps, i, known)
	{
		if (json_equal(known, (json_t *)gap))
			return true;
	}
	return false;
}

static int collect_gaps(struct recorded *r)
{
	json_t *gap;
	size_t i;

	r->not_offered = json_array();
	for (unsigned run = 0; run < r->dir_count; run++) {
		json_array_foreach(recorded_list(r->runs[run], "not_offered"), i, gap)
		{
			if (!has_gap(r->not_offered, gap))
				json_array_append(r->not_offered, gap);
		}
	}
	return r->not_offered ? 0 : -ENOMEM;
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
		out = note_begin(r);
		if (!out)
			return -ENOMEM;
		fprintf(out, "%s is not offered by %s", name, recorded_text(gap, "resolver"));
		json_array_foreach(r->not_offered, k, other)
		{
			if (k > i && strcmp(recorded_text(other, "mitigation"), name) == 0)
				fprintf(out, ", %s", recorded_text(other, "resolver"));
		}
		if (fclose(out) != 0)
			return -ENOMEM;
	}
	return 0;
}

/* ---- all of it ---- */

static int merge_with(struct recorded *r, unsigned *groups)
{
	int rc = collect_gaps(r);

	for (unsigned i = 0; i < r->dir_count; i++)
		groups[i] = group_of(r, i);
	qsort_r(r->cells, r->cell_count, sizeof(*r->cells), compare_cells, groups);
	for (unsigned i = 0; i < r->cell_count && rc == 0; i++)
		rc = label_cell(r, &r->cells[i]);
	if (rc == 0)
		rc = note_differences(r);
	for (unsigned i = 0; i < r->dir_count && rc == 0; i++)
		if (groups[i] == i)
			rc = note_missing(r, groups, i);
	if (rc == 0)
		rc = note_unfinished(r);
	if (rc == 0)
		rc = note_windows(r);
	if (rc == 0)
		rc = note_untold_operations(r);
	if (rc == 0)
		rc = note_clocks(r);
	if (rc == 0)
		rc = note_configs(r);
	if (rc == 0)
		rc = note_holes(r);
	if (rc == 0)
		rc = note_baselines(r);
	return rc == 0 ? note_gaps(r) : rc;
}

int merge_cells(struct recorded *r, struct err *e)
{
	_cleanup_(freep) unsigned *groups = calloc(r->dir_count, sizeof(*groups));
	int rc = groups ? merge_with(r, groups) : -ENOMEM;

	return rc < 0 ? err_set(e, rc, "no memory for the report") : 0;
}
