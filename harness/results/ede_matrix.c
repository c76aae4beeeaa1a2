/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/ede_matrix.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/names.h"

#define NO_REACHABLE_AUTHORITY 22
#define NETWORK_ERROR 23

const char *const ede_differences[] = {
	[EDE_ALIKE] = "",
	[EDE_CODES_DIFFER] = "codes",
	[EDE_OUTCOMES_DIFFER] = "outcome",
};

/* ---- marks ---- */

bool ede_code_points_wrong(enum case_class class, int code)
{
	switch (class) {
	case CASE_NOTHING_WRONG:
	case CASE_ANSWERS:
		return false;
	case CASE_DNSSEC:
		return code == NO_REACHABLE_AUTHORITY || code == NETWORK_ERROR;
	case CASE_CONNECTIVITY:
		return names_ede_is_dnssec(code);
	}
	return false;
}

bool ede_row_points_wrong(const struct case_row *row)
{
	for (unsigned i = 0; i < row->first.ede_count; i++)
		if (ede_code_points_wrong(row->class, row->first.edes[i].code))
			return true;
	return false;
}

bool ede_row_lacks_code(const struct case_row *row)
{
	return row->valid && row->class != CASE_NOTHING_WRONG && !case_is_answered(&row->first) &&
	       row->first.rcode != CASE_TIMEOUT && !row->first.ede_count;
}

bool ede_row_not_seen(const struct case_row *row)
{
	return row->valid && row->class != CASE_NOTHING_WRONG && !row->seen;
}

/* ---- differences ---- */

bool ede_same_outcome(const struct case_row *a, const struct case_row *b)
{
	if (a->first.rcode != b->first.rcode)
		return false;
	return !case_is_answered(&a->first) ||
	       (a->first.ad == b->first.ad && a->first.has_data == b->first.has_data);
}

static bool has_codes_of(const struct case_answer *a, const struct case_answer *b)
{
	for (unsigned i = 0; i < b->ede_count; i++)
		if (!case_has_code(a, b->edes[i].code))
			return false;
	return true;
}

bool ede_same_codes(const struct case_row *a, const struct case_row *b)
{
	return has_codes_of(&a->first, &b->first) && has_codes_of(&b->first, &a->first);
}

static enum ede_difference difference(const struct ede_case *c, unsigned cells)
{
	enum ede_difference worst = EDE_ALIKE;
	const struct case_row *first = NULL;

	for (unsigned i = 0; i < cells; i++) {
		const struct case_row *row = c->rows[i];

		if (!row || !row->valid)
			continue;
		if (!first)
			first = row;
		else if (!ede_same_outcome(first, row))
			return EDE_OUTCOMES_DIFFER;
		else if (!ede_same_codes(first, row))
			worst = EDE_CODES_DIFFER;
	}
	return worst;
}

/* ---- sums ---- */

const struct ede_sum ede_sums[] = {
	{ "cases", "cases", offsetof(struct ede_tally, cases) },
	{ "not valid", "invalid", offsetof(struct ede_tally, invalid) },
	{ "answered (NOERROR, NXDOMAIN)", "answered", offsetof(struct ede_tally, answered) },
	{ "  with AD", "validated", offsetof(struct ede_tally, validated) },
	{ "no answer at all", "timeouts", offsetof(struct ede_tally, timeouts) },
	{ "with an extended error", "with_code", offsetof(struct ede_tally, with_code) },
	{ "a code points the wrong way", "wrong_way", offsetof(struct ede_tally, wrong_way) },
	{ "a failure without a code", "no_code", offsetof(struct ede_tally, no_code) },
	{ "failed, answered with CD", "cd_answered", offsetof(struct ede_tally, cd_answered) },
	{ "never sent the fault", "not_seen", offsetof(struct ede_tally, not_seen) },
};

const unsigned ede_sum_count = ARRAY_SIZE(ede_sums);

unsigned ede_sum(const struct ede_tally *t, unsigned sum)
{
	return *(const unsigned *)(const void *)((const char *)t + ede_sums[sum].member);
}

bool ede_sentence(const struct ede_matrix *m, char ret[EDE_SENTENCE])
{
	unsigned n[3] = { 0 };

	for (unsigned i = 0; i < m->count; i++)
		n[m->cases[i].difference]++;
	snprintf(ret, EDE_SENTENCE,
		 "Resolvers differ in %u of %u cases: in %u by outcome, in %u by codes alone.",
		 n[EDE_CODES_DIFFER] + n[EDE_OUTCOMES_DIFFER], m->count, n[EDE_OUTCOMES_DIFFER],
		 n[EDE_CODES_DIFFER]);
	return m->recorded->cell_count > 1;
}

/* ---- the matrix ---- */

static struct ede_case *find(struct ede_matrix *m, const char *name)
{
	for (unsigned i = 0; i < m->count; i++)
		if (strcmp(m->cases[i].any->name, name) == 0)
			return &m->cases[i];
	return NULL;
}

static struct ede_case *add(struct ede_matrix *m, const struct case_row *row)
{
	struct ede_case *grown = reallocarray(m->cases, m->count + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	m->cases = grown;
	grown[m->count] = (struct ede_case){ .any = row };
	grown[m->count].rows = calloc(m->recorded->cell_count, sizeof(*grown[m->count].rows));
	return grown[m->count].rows ? &grown[m->count++] : NULL;
}

static bool add_cell(struct ede_matrix *m, unsigned cell)
{
	const struct case_rows *rows = m->recorded->cells[cell].cases;

	for (unsigned i = 0; rows && i < rows->count; i++) {
		struct ede_case *c = find(m, rows->rows[i].name);

		if (!c)
			c = add(m, &rows->rows[i]);
		if (!c)
			return false;
		c->rows[cell] = &rows->rows[i];
	}
	return true;
}

static void count(const struct case_row *row, struct ede_tally *t)
{
	bool answered = case_is_answered(&row->first);

	t->cases++;
	t->invalid += !row->valid;
	if (!row->valid)
		return;
	t->answered += answered;
	t->validated += answered && row->first.ad;
	t->timeouts += row->first.rcode == CASE_TIMEOUT;
	t->with_code += row->first.ede_count > 0;
	t->wrong_way += ede_row_points_wrong(row);
	t->no_code += ede_row_lacks_code(row);
	t->not_seen += ede_row_not_seen(row);
	t->cd_answered += !answered && case_is_answered(&row->cd);
	t->queries += row->queries;
	t->bytes += row->bytes;
}

/* Whether cells are told apart by their resolvers alone. */
static bool are_resolvers(const struct recorded *r)
{
	for (unsigned i = 0; i < r->cell_count; i++)
		for (unsigned k = 0; k < i; k++)
			if (strcmp(r->cells[i].resolver, r->cells[k].resolver) == 0)
				return false;
	return true;
}

static bool fill(struct ede_matrix *m)
{
	const struct recorded *r = m->recorded;
	bool by_resolver = are_resolvers(r);

	for (unsigned i = 0; i < r->cell_count; i++) {
		m->names[i] = by_resolver ? r->cells[i].resolver : r->cells[i].label;
		if (!add_cell(m, i))
			return false;
	}
	for (unsigned i = 0; i < m->count; i++) {
		m->cases[i].difference = difference(&m->cases[i], r->cell_count);
		for (unsigned k = 0; k < r->cell_count; k++)
			if (m->cases[i].rows[k])
				count(m->cases[i].rows[k], &m->tallies[k]);
	}
	return true;
}

int ede_matrix_new(const struct recorded *r, struct ede_matrix **ret, struct err *e)
{
	_cleanup_(ede_matrix_freep) struct ede_matrix *m = calloc(1, sizeof(*m));

	if (!m)
		return err_set(e, -ENOMEM, "no memory for the matrix");
	m->recorded = r;
	m->tallies = calloc(r->cell_count + 1, sizeof(*m->tallies));
	m->names = calloc(r->cell_count + 1, sizeof(*m->names));
	if (!m->tallies || !m->names || !fill(m))
		return err_set(e, -ENOMEM, "no memory for the matrix");
	*ret = TAKE(m);
	return 0;
}

void ede_matrix_free(struct ede_matrix *m)
{
	if (!m)
		return;
	for (unsigned i = 0; i < m->count; i++)
		free(m->cases[i].rows);
	free(m->cases);
	free(m->tallies);
	free(m->names);
	free(m);
}
