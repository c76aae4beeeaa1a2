/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/figure_rows.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/names.h"

/* Columns of figures. */
struct columns {
	const struct recorded *recorded;
	const struct figures *const *of;
	unsigned count;
	struct table *table;
};

/* ---- figures of which people want to know more than the number ---- */

static void add_instant(const struct recorded *r, const struct figures *f,
			char text[2 * FIGURE_TEXT])
{
	char at[32];

	if (f->peak_at.kind == FIGURE_VALUE)
		snprintf(text + strlen(text), FIGURE_TEXT, " at %.5s",
			 simtime_text(r->from + (simtime)f->peak_at.value * SECOND, at) + 11);
}

static void add_whole(const struct figure *whole, char text[2 * FIGURE_TEXT])
{
	char all[48];

	if (whole->kind == FIGURE_VALUE)
		snprintf(text + strlen(text), FIGURE_TEXT, " of %s",
			 table_grouped(whole->value, all));
}

static void set_figure(const struct columns *c, unsigned column, const struct figure_info *i)
{
	const struct figures *f = c->of[column];
	const struct figure *figure = figures_get(f, i);
	char text[2 * FIGURE_TEXT];

	figure_text(i, figure, text);
	if (figure->kind == FIGURE_VALUE && figure == &f->peak)
		add_instant(c->recorded, f, text);
	if (figure->kind == FIGURE_VALUE && figure == &f->failed_names)
		add_whole(&f->names, text);
	if (figure->kind == FIGURE_VALUE && figure == &f->failed_clients)
		add_whole(&f->clients, text);
	table_set(c->table, column, "%s", text);
}

static bool is_measured(const struct columns *c, const struct figure_info *i)
{
	for (unsigned k = 0; k < c->count; k++)
		if (figures_get(c->of[k], i)->kind != FIGURE_MISSING)
			return true;
	return false;
}

/* ---- extended errors ---- */

/* Answers with a code; NULL: it is not among the most frequent. */
static const uint64_t *ede_count(const struct figures *f, int code)
{
	for (unsigned i = 0; i < f->ede_count; i++)
		if (f->ede[i].code == code)
			return &f->ede[i].count;
	return NULL;
}

static bool is_told_before(const struct columns *c, unsigned column, int code)
{
	for (unsigned i = 0; i < column; i++)
		if (ede_count(c->of[i], code))
			return true;
	return false;
}

static void add_code(const struct columns *c, int code)
{
	const char *name = names_ede(code);
	char label[96], count[48];

	if (code < 0)
		snprintf(label, sizeof(label), "SERVFAIL without EDE");
	else
		snprintf(label, sizeof(label), "EDE %d %s", code, name ? name : "(unassigned)");
	table_row(c->table, label);
	for (unsigned i = 0; i < c->count; i++) {
		const uint64_t *n = ede_count(c->of[i], code);

		if (n)
			table_set(c->table, i, "%s", table_grouped((double)*n, count));
	}
}

/* The most frequent codes of each, each once. */
static void add_codes(const struct columns *c)
{
	for (unsigned i = 0; i < c->count; i++)
		for (unsigned rank = 0; rank < c->of[i]->ede_count; rank++)
			if (!is_told_before(c, i, c->of[i]->ede[rank].code))
				add_code(c, c->of[i]->ede[rank].code);
}

void figure_rows_put(const struct recorded *r, const struct figures *const *of, unsigned count,
		     bool measured, struct table *t)
{
	struct columns c = { r, of, count, t };

	for (unsigned row = 0; row < figure_info_count; row++) {
		if (measured && !is_measured(&c, &figure_infos[row]))
			continue;
		table_row(t, figure_infos[row].label);
		for (unsigned i = 0; i < count; i++)
			set_figure(&c, i, &figure_infos[row]);
	}
	add_codes(&c);
}
