/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/summary.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/results/comparison.h"
#include "harness/results/known.h"
#include "harness/report/carried.h"
#include "harness/report/figure_rows.h"
#include "harness/report/sentences.h"
#include "harness/report/ablated_text.h"
#include "harness/report/swept_text.h"
#include "harness/text/wrap.h"

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for the report");
}

/* Only where the testbed lost something. */
static void add_lost(const struct recorded *r, struct table *t)
{
	bool begun = false;

	for (unsigned i = 0; i < r->cell_count; i++) {
		json_t *lost = json_object_get(r->cells[i].json, "lost"), *n;
		double sum = 0;
		const char *kind;
		char text[48];

		json_object_foreach(lost, kind, n) sum += json_number_value(n);
		if (!(sum > 0))
			continue;
		if (!begun)
			table_row(t, "lost by the testbed");
		begun = true;
		table_set(t, i, "%s", table_grouped(sum, text));
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

/* Only where something is known of a cell's resolver. */
static void add_known(const struct recorded *r, struct table *t)
{
	bool any = false;

	for (unsigned i = 0; i < r->cell_count; i++)
		any |= json_array_size(recorded_list(r->cells[i].json, "known")) > 0;
	if (!any)
		return;
	table_row(t, "resolver as known");
	for (unsigned i = 0; i < r->cell_count; i++) {
		const struct known_tally k = known_tally_of(r->cells[i].json);

		if (known_judged(&k))
			table_set(t, i, "%u of %u", k.n[KNOWN_AS_KNOWN], known_judged(&k));
		else if (k.n[KNOWN_NO_VERSION])
			table_set(t, i, "%s", known_verdict_names[KNOWN_NO_VERSION]);
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
	add_known(r, t);
	table_row(t, "run is valid");
	for (unsigned i = 0; i < r->cell_count; i++)
		if (json_is_boolean(json_object_get(r->cells[i].json, "valid")))
			table_set(t, i, recorded_is_true(r->cells[i].json, "valid") ? "yes" : "NO");
	add_lost(r, t);
	add_clocks(r, t);
}

struct table *summary_table(const struct recorded *r)
{
	_cleanup_(freep) const struct figures **of = calloc(r->cell_count + 1, sizeof(*of));
	struct table *t = of ? table_new(r->cell_count) : NULL;

	if (!t)
		return NULL;
	table_row(t, "");
	for (unsigned i = 0; i < r->cell_count; i++) {
		of[i] = &r->cells[i].figures;
		table_set(t, i, "%s", r->cells[i].label);
	}
	figure_rows_put(r, of, r->cell_count, false, t);
	add_verdicts(r, t);
	return t;
}

/* The matrix. */

/* A cell's figure, with how it stands among all: "* 5.05 %", or "5.05 % best", the figure strong. */
static void set_ranked(struct table *t, unsigned column, const struct comparison *c,
		       const struct recorded_cell *cell, const struct figure_info *i, bool markdown)
{
	static const char *const plain[] = { "%s", "* %s", "! %s" };
	static const char *const marked[] = { "%s", "%s best", "%s worst" };
	enum comparison_rank rank = comparison_rank(c, i, cell);
	char text[FIGURE_TEXT];

	figure_text(i, figures_get(&cell->figures, i), text);
	table_set(t, column, markdown ? marked[rank] : plain[rank], text);
	if (rank == RANK_BEST)
		table_strong(t, (int)column, strlen(text));
}

static void set_spot(struct table *t, unsigned column, const struct comparison *c,
		     const struct comparison_spot *s, const struct figure_info *i, bool markdown)
{
	if (s->cell && comparison_can_use(s->cell))
		set_ranked(t, column, c, s->cell, i, markdown);
	else if (s->cell)
		table_set(t, column, "not valid");
	else if (s->why_not)
		table_set(t, column, "not offered");
}

static void begin_figure(struct table *t, const struct comparison *c, const char *label)
{
	table_row(t, label);
	table_strong(t, TABLE_LABEL, strlen(label));
	for (unsigned m = 0; m < c->mitigation_count; m++)
		table_set(t, m, "%s", "");
}

static void add_figure(struct table *t, const struct comparison *c, const char *name, bool markdown)
{
	const struct figure_info *i = figures_find(name);
	char text[80];

	begin_figure(t, c, i->label);
	for (unsigned row = 0; row < c->row_count; row++) {
		snprintf(text, sizeof(text), "%s%.70s", markdown ? "" : "  ", c->rows[row].name);
		table_row(t, text);
		for (unsigned m = 0; m < c->mitigation_count; m++)
			set_spot(t, m, c, comparison_spot(c, row, m), i, markdown);
	}
}

static struct table *matrix(const struct comparison *c, bool markdown)
{
	static const char *const names[] = { "servfail_share", "lost_questions",
					     "user_minutes",   "peak",
					     "time_over_1",    "accepted_without_validation" };
	struct table *t = table_new(c->mitigation_count);

	if (!t)
		return NULL;
	table_row(t, "");
	for (unsigned m = 0; m < c->mitigation_count; m++)
		table_set(t, m, "%s", c->mitigations[m]);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		add_figure(t, c, names[i], markdown);
	return t;
}

static bool has_matrix(const struct comparison *c)
{
	return c->row_count > 1 || c->mitigation_count > 1;
}

int summary_print_sentences(const struct recorded *r, unsigned width, FILE *out, struct err *e)
{
	_cleanup_(sentences_freep) struct sentences *s = sentences_new(r);

	if (!s)
		return no_memory(e);
	for (unsigned i = 0; i < s->count; i++)
		wrap_print("- ", s->list[i].text, 2, width, out);
	if (s->count)
		fprintf(out, "\n");
	return 0;
}

int summary_print(const struct recorded *r, unsigned width, FILE *out, struct err *e)
{
	_cleanup_(comparison_freep) struct comparison *c = comparison_new(r);
	_cleanup_(table_freep) struct table *all = summary_table(r);
	_cleanup_(table_freep) struct table *m = c ? matrix(c, false) : NULL;

	if (!all || !m)
		return no_memory(e);
	if (has_matrix(c)) {
		table_print(m, width, out);
		wrap_print("", "* best, ! worst of all cells, to within 1 %.", 0, width, out);
		fprintf(out, "\n");
	}
	if (!has_matrix(c) || table_width(all) <= width)
		table_print(all, width, out);
	else
		fprintf(out, "All figures of each cell are in summary.md and compare.csv.\n");
	return 0;
}

/* Where nothing was done: what each resolver had of its own. */
static void print_carried(const struct recorded *r, const struct comparison *c, FILE *out)
{
	char text[CARRIED_TEXT], line[CARRIED_TEXT + 256];
	bool any = false;

	for (unsigned row = 0; row < c->row_count; row++) {
		const struct recorded_cell *none = comparison_none(c, row);

		if (!none || !carried_text(r, none, text))
			continue;
		snprintf(line, sizeof(line), "What carried %.200s: %s.", c->rows[row].name, text);
		wrap_print("- ", line, 2, WRAP_MARKDOWN, out);
		any = true;
	}
	if (any)
		fprintf(out, "\n");
}

int summary_print_markdown(const struct recorded *r, FILE *out, struct err *e)
{
	_cleanup_(comparison_freep) struct comparison *c = comparison_new(r);
	_cleanup_(table_freep) struct table *all = summary_table(r);
	_cleanup_(table_freep) struct table *m = c ? matrix(c, true) : NULL;
	int rc;

	if (!all || !m)
		return no_memory(e);
	rc = summary_print_sentences(r, 0, out, e);
	if (rc < 0)
		return rc;
	print_carried(r, c, out);
	rc = swept_print(r, WRAP_MARKDOWN, out, e);
	if (rc == 0)
		rc = ablated_print(r, WRAP_MARKDOWN, out, e);
	if (rc < 0)
		return rc;
	if (has_matrix(c)) {
		table_print_markdown(m, out);
		fprintf(out, "\n<details><summary>All figures of each cell</summary>\n\n");
	}
	table_print_markdown(all, out);
	if (has_matrix(c))
		fprintf(out, "\n</details>\n");
	return 0;
}

void summary_print_definitions(FILE *out)
{
	fprintf(out, "\n<details><summary>What the figures mean</summary>\n\n");
	for (unsigned i = 0; i < figure_info_count; i++)
		fprintf(out, "- **%s** (`%s`): %s\n", figure_infos[i].label, figure_infos[i].name,
			figure_infos[i].about);
	fprintf(out, "\n</details>\n");
}
