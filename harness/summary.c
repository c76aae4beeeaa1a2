#include "harness/summary.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Texts of figures. Missing ones leave the cell as it is: "–". */

static void set_count(struct table *t, unsigned column, const struct figure *f)
{
	char text[48];

	if (f->kind == FIGURE_VALUE)
		table_set(t, column, "%s", table_grouped(f->value, text));
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

static void set_peak(const struct recorded *r, struct table *t, unsigned column,
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
		table_set(t, column, "%s of %s", table_grouped(part->value, some),
			  table_grouped(whole->value, all));
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
	table_set(t, column, "%s: %s", code, table_grouped((double)f->ede[rank].count, count));
}

static void add_counts(const struct recorded *r, struct table *t)
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

static void add_shares(const struct recorded *r, struct table *t)
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
		set_share(t, i, &r->cells[i].figures.stale_share);
}

static void add_durations(const struct recorded *r, struct table *t)
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

static void add_ede(const struct recorded *r, struct table *t)
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

/* "5 of 6" entries of a list for which `holds`. */
static void add_tally(const struct recorded *r, struct table *t, const char *label, const char *key,
		      bool (*holds)(const json_t *))
{
	json_t *one;
	size_t i;

	table_row(t, label);
	for (unsigned c = 0; c < r->cell_count; c++) {
		json_t *list = recorded_list(r->cells[c].json, key);
		unsigned n = 0;

		json_array_foreach(list, i, one) n += holds(one);
		if (json_array_size(list))
			table_set(t, c, "%u of %zu", n, json_array_size(list));
	}
}

/* Only where cells differ: the head says what they have in common. */
static void add_clocks(const struct recorded *r, struct table *t)
{
	bool differ = false;

	for (unsigned i = 1; i < r->cell_count; i++)
		differ |= strcmp(recorded_text(r->cells[i].json, "clock"),
				 recorded_text(r->cells[0].json, "clock")) != 0;
	if (!differ)
		return;
	table_row(t, "clock");
	for (unsigned i = 0; i < r->cell_count; i++)
		table_set(t, i, "%s", recorded_text(r->cells[i].json, "clock"));
}

static void add_verdicts(const struct recorded *r, struct table *t)
{
	add_tally(r, t, "faults seen by the resolver", "faults", recorded_was_seen);
	add_tally(r, t, "expectations held", "expectations", recorded_held);
	table_row(t, "run is valid");
	for (unsigned i = 0; i < r->cell_count; i++)
		if (json_is_boolean(json_object_get(r->cells[i].json, "valid")))
			table_set(t, i, recorded_is_true(r->cells[i].json, "valid") ? "yes" : "NO");
	add_clocks(r, t);
	table_row(t, "wall time");
	for (unsigned i = 0; i < r->cell_count; i++) {
		double seconds = recorded_number(r->cells[i].json, "wall_seconds");

		if (!isnan(seconds))
			table_set(t, i, "%.1f s", seconds);
	}
}

struct table *summary_table(const struct recorded *r)
{
	struct table *t = table_new(r->cell_count);

	if (!t)
		return NULL;
	table_row(t, "");
	for (unsigned i = 0; i < r->cell_count; i++)
		table_set(t, i, "%s", r->cells[i].label);
	add_counts(r, t);
	add_shares(r, t);
	add_durations(r, t);
	table_row(t, "upstream, fault to before");
	for (unsigned i = 0; i < r->cell_count; i++)
		set_ratio(t, i, &r->cells[i].figures.upstream_ratio);
	add_ede(r, t);
	add_verdicts(r, t);
	return t;
}
