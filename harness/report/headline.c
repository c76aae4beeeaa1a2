/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/headline.h"

#include <errno.h>
#include <string.h>

#include "harness/report/verdicts.h"
#include "harness/results/comparison.h"
#include "harness/results/ede_matrix.h"
#include "harness/results/known.h"
#include "harness/text/table.h"
#include "harness/text/wrap.h"

bool headline_cell(const struct figures *f, char ret[HEADLINE_TEXT])
{
	char all[48], failed[48], minutes[48];
	bool has_clients =
		f->clients.kind == FIGURE_VALUE && f->failed_clients.kind == FIGURE_VALUE;

	if (!has_clients || f->user_minutes.kind != FIGURE_VALUE)
		return false;
	snprintf(ret, HEADLINE_TEXT,
		 "of %s client%s %s failed at least once; %s user-minute%s lost",
		 table_grouped(f->clients.value, all), f->clients.value == 1 ? "" : "s",
		 f->failed_clients.value > 0 ? table_grouped(f->failed_clients.value, failed)
					     : "none",
		 f->user_minutes.value > 0 ? table_grouped(f->user_minutes.value, minutes) : "no",
		 f->user_minutes.value == 1 ? "" : "s");
	return true;
}

/* The cells that lost least and most; how many there are to choose from. */
static unsigned find_ends(const struct recorded *r, const struct recorded_cell **least,
			  const struct recorded_cell **most)
{
	char text[HEADLINE_TEXT];
	unsigned count = 0;

	for (unsigned i = 0; i < r->cell_count; i++) {
		const struct recorded_cell *c = &r->cells[i];

		if (!comparison_can_use(c) || !headline_cell(&c->figures, text))
			continue;
		if (!count++)
			*least = *most = c;
		if (c->figures.user_minutes.value < (*least)->figures.user_minutes.value)
			*least = c;
		if (c->figures.user_minutes.value > (*most)->figures.user_minutes.value)
			*most = c;
	}
	return count;
}

/* Within a hundredth: too little to say that one was better. */
static bool is_alike(const struct recorded_cell *least, const struct recorded_cell *most)
{
	return least->figures.user_minutes.value >= 0.99 * most->figures.user_minutes.value;
}

static void say_ends(const struct recorded *r, char *text, size_t size)
{
	const struct recorded_cell *least = NULL, *most = NULL;
	char a[HEADLINE_TEXT] = "", b[HEADLINE_TEXT] = "";
	unsigned count = find_ends(r, &least, &most);

	if (!count) {
		snprintf(text, size, "What clients got was not measured.");
		return;
	}
	headline_cell(&least->figures, a);
	headline_cell(&most->figures, b);
	if (strcmp(a, b) == 0)
		snprintf(text, size, "%s%s.", count > 1 ? "In each cell " : "O", a + (count == 1));
	else if (is_alike(least, most))
		snprintf(text, size, "About the same was lost in each cell. In %.200s: %s.",
			 most->label, b);
	else
		snprintf(text, size, "Least was lost in %.200s: %s. Most in %.200s: %s.",
			 least->label, a, most->label, b);
}

int headline_text(const struct recorded *r, char ret[HEADLINE_ALL], struct err *e)
{
	_cleanup_(ede_matrix_freep) struct ede_matrix *m = NULL;
	char line[EDE_SENTENCE];
	int rc = recorded_has_cases(r) ? ede_matrix_new(r, &m, e) : 0;

	if (rc < 0)
		return rc;
	if (!m)
		say_ends(r, ret, HEADLINE_ALL);
	else if (ede_sentence(m, line))
		snprintf(ret, HEADLINE_ALL, "%s", line);
	else
		snprintf(ret, HEADLINE_ALL, "%u cases were asked.", m->count);
	return 0;
}

int headline_print(const struct recorded *r, unsigned width, FILE *out, struct err *e)
{
	char text[HEADLINE_ALL];
	int rc = headline_text(r, text, e);

	if (rc == 0)
		wrap_print("", text, 0, width, out);
	return rc;
}

/* ---- why the exit status ---- */

/* A kind of verdict, over all cells. */
struct count {
	unsigned bad, all;
	char where[256]; /* cells with a bad one: "knot-none, bind-none" */
};

static void note_cell(struct count *c, const char *label)
{
	size_t len = strlen(c->where);

	snprintf(c->where + len, sizeof(c->where) - len, "%s%s", len ? ", " : "", label);
}

static struct count count_list(const struct recorded *r, const char *key)
{
	struct count c = { 0 };
	json_t *one;
	size_t i;

	for (unsigned n = 0; n < r->cell_count; n++) {
		unsigned bad = 0;

		json_array_foreach(recorded_list(r->cells[n].json, key), i, one)
		{
			bad += !recorded_held(one);
			c.all++;
		}
		c.bad += bad;
		if (bad)
			note_cell(&c, r->cells[n].label);
	}
	return c;
}

/* What was judged of what is known of resolvers; `strict`: in cells of strict runs alone. */
static struct count count_known(const struct recorded *r, bool strict)
{
	struct count c = { 0 };

	for (unsigned n = 0; n < r->cell_count; n++) {
		const struct recorded_cell *cell = &r->cells[n];
		const struct known_tally t = known_tally_of(cell->json);

		if (strict && !recorded_is_strict(r, cell))
			continue;
		c.all += known_judged(&t);
		c.bad += t.n[KNOWN_OTHERWISE];
		if (t.n[KNOWN_OTHERWISE])
			note_cell(&c, cell->label);
	}
	return c;
}

static struct count count_invalid(const struct recorded *r)
{
	struct count c = { .all = r->cell_count };

	for (unsigned n = 0; n < r->cell_count; n++) {
		if (recorded_is_true(r->cells[n].json, "valid"))
			continue;
		c.bad++;
		note_cell(&c, r->cells[n].label);
	}
	return c;
}

/* " Of what is known of resolvers 5 of 6 are as known, otherwise in knot-none." */
static void add_known(const struct count *k, char *text, size_t size)
{
	size_t len = strlen(text);

	if (!k->all)
		return;
	len += (size_t)snprintf(text + len, size - len,
				" Of what is known of resolvers %u of %u %s as known",
				k->all - k->bad, k->all, k->all == 1 ? "is" : "are");
	snprintf(text + len, size - len, "%s%s.", k->bad ? "; otherwise in " : "", k->where);
}

static void say_held(const struct count *x, const struct count *t, const struct count *k,
		     unsigned width, FILE *out)
{
	char text[640];

	if (!x->all && !t->all && k->all)
		snprintf(text, sizeof(text), "Exit 0: the run is valid.");
	else if (!x->all && !t->all)
		snprintf(text, sizeof(text),
			 "Exit 0: the run is valid, and nothing is expected of "
			 "it.");
	else
		snprintf(text, sizeof(text), "Exit 0: all %u expectation%s held%s.", x->all,
			 x->all == 1 ? "" : "s",
			 t->all ? ", and nothing is worse than the baseline" : "");
	add_known(k, text, sizeof(text));
	wrap_print("", text, 0, width, out);
}

/* `k` is what is known in strict runs. */
static void say_failed(const struct count *x, const struct count *t, const struct count *k,
		       unsigned width, FILE *out)
{
	char text[1536] = "Exit 1: ";
	size_t len = strlen(text);

	if (x->bad)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%u of %u expectations did not hold, in %s", x->bad, x->all,
					x->where);
	if (t->bad)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%sworse than the baseline allows, in %s",
					x->bad ? "; " : "", t->where);
	if (k->bad)
		snprintf(text + len, sizeof(text) - len,
			 "%s%u of %u otherwise than known, in %s (--strict)",
			 x->bad || t->bad ? "; " : "", k->bad, k->all, k->where);
	strcat(text, ".");
	wrap_print("", text, 0, width, out);
}

static void say_invalid(const struct recorded *r, const struct count *v, unsigned width, FILE *out)
{
	char text[1024];

	if (v->bad)
		snprintf(text, sizeof(text), "Not valid: %u of %u cells, %s.", v->bad, v->all,
			 v->where);
	else
		snprintf(text, sizeof(text), "Not whole: %u cell%s missing.", r->missing,
			 r->missing == 1 ? " is" : "s are");
	wrap_print("", text, 0, width, out);
}

/* Everything that is bad, with its cell. */
static void say_all(const struct recorded *r, unsigned width, FILE *out)
{
	char text[1280];
	json_t *one;
	size_t i;

	for (unsigned n = 0; n < r->cell_count; n++) {
		const struct recorded_cell *c = &r->cells[n];

		if (!recorded_is_true(c->json, "valid")) {
			snprintf(text, sizeof(text), "NOT VALID %.200s: %.900s", c->label,
				 recorded_text(c->json, "why"));
			wrap_print("", text, 2, width, out);
		}
		json_array_foreach(recorded_list(c->json, "expectations"), i, one)
		{
			if (recorded_held(one))
				continue;
			snprintf(text, sizeof(text), "FAILED %.200s: %.255s%s%.600s", c->label,
				 recorded_text(one, "text"),
				 *recorded_text(one, "message") ? ": " : "",
				 recorded_text(one, "message"));
			wrap_print("", text, 2, width, out);
		}
		json_array_foreach(recorded_list(c->json, "known"), i, one)
		{
			if (known_verdict_of(one) != KNOWN_OTHERWISE)
				continue;
			snprintf(text, sizeof(text), "OTHERWISE %.200s: %.255s%s%.600s", c->label,
				 recorded_text(one, "text"),
				 *recorded_text(one, "message") ? ": " : "",
				 recorded_text(one, "message"));
			wrap_print("", text, 2, width, out);
		}
	}
	verdicts_print_worse(r, "", width, out);
}

void headline_reasons(const struct recorded *r, bool all, unsigned width, FILE *out)
{
	struct count known = count_known(r, false), strict = count_known(r, true);
	struct count expectations = count_list(r, "expectations");
	struct count thresholds = count_list(r, "thresholds"), invalid = count_invalid(r);
	enum exit_status status = recorded_status(r);

	if (all)
		say_all(r, width, out);
	else if (status == EXIT_HELD)
		say_held(&expectations, &thresholds, &known, width, out);
	else if (status == EXIT_NOT_HELD)
		say_failed(&expectations, &thresholds, &strict, width, out);
	if (status > EXIT_NOT_HELD && !(all && !r->missing))
		say_invalid(r, &invalid, width, out);
}
