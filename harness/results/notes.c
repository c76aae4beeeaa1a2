/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/notes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <string.h>

#include "harness/results/label.h"
#include "harness/text/memory.h"

/* ---- a note ---- */

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

/* NULL: none was begun, for want of memory. */
static int note_end(const struct recorded *r, FILE *out)
{
	return out && memory_close(out, &r->notes[r->note_count - 1]) ? 0 : -ENOMEM;
}

static int __attribute__((format(printf, 2, 3))) note(struct recorded *r, const char *fmt, ...)
{
	FILE *out = note_begin(r);
	va_list ap;

	va_start(ap, fmt);
	if (out)
		vfprintf(out, fmt, ap);
	va_end(ap);
	return note_end(r, out);
}

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
	return note_end(r, out);
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
	return note_end(r, out);
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
				rc = note(r, "%s", json_string_value(text));
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
		out = note_begin(r);
		if (!out)
			return -ENOMEM;
		fprintf(out, "%s is not offered by %s", name, recorded_text(gap, "resolver"));
		json_array_foreach(r->not_offered, k, other)
		{
			if (k > i && strcmp(recorded_text(other, "mitigation"), name) == 0)
				fprintf(out, ", %s", recorded_text(other, "resolver"));
		}
		if (note_end(r, out) < 0)
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
		if (!out && !(out = note_begin(r)))
			return -ENOMEM;
		fprintf(out, "%s%s", before, r->cells[i].label);
		before = ", ";
	}
	return out ? note_end(r, out) : 0;
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
	return note(r, "%s ran with clock %s: %s", c->label, recorded_text(c->json, "clock"),
		    recorded_text(c->json, "clock_why"));
}

/* Charts can shade one stretch alone. */
static int note_windows(struct recorded *r)
{
	for (unsigned i = 0; i < r->cell_count; i++)
		if (recorded_list(r->cells[i].json, "windows"))
			return note(r, "what is swept moves the faults: each cell's figures are of "
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
	return note_end(r, out);
}

/* What a cell's record lacks, though it is valid. */
static int note_unread(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *unread = json_object_get(c->json, "unread");

	return !unread ? 0
		       : note(r,
			      "%s: the resolver left unread %.0f datagrams, for which its receive "
			      "buffer had no room, and %.0f TCP connections: what timed out of "
			      "them is its own",
			      c->label, recorded_number(unread, "datagrams"),
			      recorded_number(unread, "connections"));
}

/* By one transport; what went wrong with it alone. */
static int note_transport(struct recorded *r, const struct recorded_cell *c, const char *name,
			  const json_t *t, const char *why)
{
	double refused = recorded_number(t, "refused"), failed = recorded_number(t, "failed");
	double unserved = recorded_number(t, "unserved");

	return refused + failed + unserved > 0
		       ? note(r,
			      "%s: of clients' %.0f connections by %s %.0f were refused and %.0f "
			      "handshakes failed%s%s%s; %.0f questions got no answer of HTTP",
			      c->label, recorded_number(t, "connections"), name, refused, failed,
			      failed > 0 && *why ? " (first: " : "", failed > 0 ? why : "",
			      failed > 0 && *why ? ")" : "", unserved)
		       : 0;
}

static int note_transports(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *all = json_object_get(c->json, "transports");
	const char *name;
	const json_t *t;
	int rc = 0;

	json_object_foreach((json_t *)all, name, t)
	{
		if (rc == 0 && json_is_object(t))
			rc = note_transport(r, c, name, t, recorded_text(all, "failure"));
	}
	return rc;
}

static int note_chances(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *chances = json_object_get(c->json, "chances");

	return !chances ? 0
			: note(r,
			       "%s: chance had a part in it, and another run may differ: %.0f "
			       "threads were let go before their turn, and %.0f control commands "
			       "ended only as time passed",
			       c->label, recorded_number(chances, "out_of_turn"),
			       recorded_number(chances, "slow_commands"));
}

static int note_restarts(struct recorded *r, const struct recorded_cell *c)
{
	double restarts = recorded_number(c->json, "restarts");

	return restarts > 0 ? note(r,
				   "%s: %.0f restarts by an operator, after each of which the "
				   "resolver's own counters begin anew (events.csv has when it "
				   "answered again)",
				   c->label, restarts)
			    : 0;
}

static int note_transfers(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *transfers = json_object_get(c->json, "transfers");
	double refused = transfers ? recorded_number(transfers, "refused") : 0;

	return refused > 0 ? note(r,
				  "%s: %.0f transfers of zones were refused, and %.0f given "
				  "(events.csv has to whom, and why not)",
				  c->label, refused, recorded_number(transfers, "given"))
			   : 0;
}

static int note_late(struct recorded *r, const struct recorded_cell *c)
{
	double late = recorded_number(c->json, "late_seconds");

	return late > 0 ? note(r,
			       "%s: the machine was busy: questions were asked up to %.1f s after "
			       "they were due, in real time",
			       c->label, late)
			: 0;
}

static int note_cut(struct recorded *r, const struct recorded_cell *c)
{
	double cut = recorded_number(c->json, "log_cut_bytes");

	return cut > 0 ? note(r, "%s: %.0f bytes of resolver.log were cut off", c->label, cut) : 0;
}

static int note_counters(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *failed = json_object_get(c->json, "counters_failed");

	return !failed ? 0
		       : note(r,
			      "%s: its own counters could not be had %.0f times, the last time as "
			      "%s",
			      c->label, recorded_number(failed, "count"),
			      recorded_text(failed, "why"));
}

static int note_holes(struct recorded *r, const struct recorded_cell *c)
{
	int rc = note_unread(r, c);

	if (rc == 0)
		rc = note_transports(r, c);
	if (rc == 0)
		rc = note_chances(r, c);
	if (rc == 0)
		rc = note_restarts(r, c);
	if (rc == 0)
		rc = note_transfers(r, c);
	if (rc == 0)
		rc = note_late(r, c);
	if (rc == 0)
		rc = note_cut(r, c);
	return rc == 0 ? note_counters(r, c) : rc;
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
		if (*text && first == i && note(r, "%s", text))
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
		rc = note_each(r, note_holes);
	if (rc == 0)
		rc = note_baselines(r);
	return rc == 0 ? note_gaps(r) : rc;
}
