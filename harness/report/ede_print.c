/* SPDX-License-Identifier: BSD-2-Clause */
/* ede_print.c - the matrix of cases for people: on a terminal, and as Markdown. */
#include "harness/results/ede_matrix.h"

#include <errno.h>
#include <string.h>

#include "harness/text/table.h"
#include "harness/text/wrap.h"
#include "sim/base/names.h"

#define CODES_MAX 64

/* What stands in front of a case's name. */
static const char *const signs[] = {
	[EDE_ALIKE] = " ",
	[EDE_CODES_DIFFER] = "~",
	[EDE_OUTCOMES_DIFFER] = "#",
};

/* " 9 22!": the codes, those that point the wrong way with a mark, and a mark for none. */
static void add_codes(const struct case_row *row, char *text, size_t size)
{
	size_t len = strlen(text);

	for (unsigned i = 0; i < row->first.ede_count && len < size; i++) {
		int code = row->first.edes[i].code;

		len += (size_t)snprintf(text + len, size - len, " %d%s", code,
					ede_code_points_wrong(row->class, code) ? "!" : "");
	}
	if (ede_row_lacks_code(row) && len < size)
		snprintf(text + len, size - len, " -!");
}

/* ---- each case ---- */

/* "SERVFAIL 9 22!", "NOERROR AD" */
static char *outcome_text(const struct case_row *row, char ret[64])
{
	char outcome[NAMES_LEN];

	snprintf(ret, 64, "%s%s", case_outcome_text(&row->first, outcome),
		 row->first.ad ? " AD" : "");
	add_codes(row, ret, 64);
	return ret;
}

static void print_row(const char *name, unsigned name_width, const struct case_row *row,
		      unsigned width, FILE *out)
{
	char text[64], cd[NAMES_LEN], line[256 + CASE_TEXT];
	unsigned indent = 4 + name_width;

	if (!row->valid) {
		snprintf(line, sizeof(line), "  %-*s  ", (int)name_width, name);
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "NOT VALID: %.200s",
			 row->why);
		wrap_print("", line, indent, width, out);
		return;
	}
	fprintf(out, "  %-*s  %-16s  +cd %-9s %3llu queries%s\n", (int)name_width, name,
		outcome_text(row, text), case_rcode_text(row->cd.rcode, cd),
		(unsigned long long)row->queries,
		ede_row_not_seen(row) ? "  (never sent the fault)" : "");
	for (unsigned i = 0; i < row->first.ede_count; i++) {
		const char *code = names_ede(row->first.edes[i].code);

		snprintf(line, sizeof(line), "%d %s%s%s", row->first.edes[i].code,
			 code ? code : "(unassigned)", row->first.edes[i].text[0] ? ": " : "",
			 row->first.edes[i].text);
		snprintf(text, sizeof(text), "%*s", (int)indent + 2, "");
		wrap_print(text, line, indent + 4, width, out);
	}
}

static void print_case(const struct ede_matrix *m, const struct ede_case *c, unsigned name_width,
		       unsigned width, FILE *out)
{
	static const char *const differ[] = { "", "; codes differ", "; outcomes differ" };
	char line[640];

	if (c->any->class == CASE_NOTHING_WRONG)
		snprintf(line, sizeof(line), "%s: %s; %s%s%s", c->any->name, c->any->question,
			 c->any->fault, *c->any->fault ? ", nothing is bogus" : "nothing is wrong",
			 differ[c->difference]);
	else
		snprintf(line, sizeof(line), "%s: %s; %s, %s%s", c->any->name, c->any->question,
			 c->any->fault, case_classes[c->any->class], differ[c->difference]);
	wrap_print("", line, 4, width, out);
	for (unsigned i = 0; i < m->recorded->cell_count; i++)
		if (c->rows[i])
			print_row(m->names[i], name_width, c->rows[i], width, out);
}

static void print_cases(const struct ede_matrix *m, unsigned width, FILE *out)
{
	unsigned name_width = 0;

	for (unsigned i = 0; i < m->recorded->cell_count; i++)
		if (strlen(m->names[i]) > name_width)
			name_width = (unsigned)strlen(m->names[i]);
	for (unsigned i = 0; i < m->count; i++)
		print_case(m, &m->cases[i], name_width, width, out);
}

/* ---- all cases ---- */

/* "fail 9 22!", "ok+ad": short, so that four stand beside each other. */
static char *short_text(const struct case_row *row, char ret[64])
{
	char name[NAMES_LEN];
	const char *rcode = case_rcode_text(row->first.rcode, name);

	if (!row->valid)
		return strcpy(ret, "not valid");
	switch (row->first.rcode) {
	case 0:
		rcode = row->first.has_data ? "ok" : "nodata";
		break;
	case 2:
		rcode = "fail";
		break;
	case 3:
		rcode = "nx";
		break;
	}
	snprintf(ret, 64, "%s%s", rcode, row->first.ad ? "+ad" : "");
	add_codes(row, ret, 64);
	return ret;
}

static char *long_text(const struct case_row *row, char ret[64])
{
	char text[64];

	if (!row->valid)
		return strcpy(ret, "not valid");
	snprintf(ret, 64, "%.40s, +cd %s, %llu", outcome_text(row, text),
		 case_is_answered(&row->cd) ? "yes" : "no", (unsigned long long)row->queries);
	return ret;
}

static struct table *overview(const struct ede_matrix *m,
			      char *(*text_of)(const struct case_row *row, char ret[64]))
{
	struct table *t = table_new(m->recorded->cell_count);
	char text[96];

	if (!t)
		return NULL;
	table_row(t, "");
	for (unsigned i = 0; i < m->recorded->cell_count; i++)
		table_set(t, i, "%s", m->names[i]);
	for (unsigned i = 0; i < m->count; i++) {
		snprintf(text, sizeof(text), "%s %s", signs[m->cases[i].difference],
			 m->cases[i].any->name);
		table_row(t, text);
		for (unsigned k = 0; k < m->recorded->cell_count; k++)
			if (m->cases[i].rows[k])
				table_set(t, k, "%s", text_of(m->cases[i].rows[k], text));
	}
	return t;
}

/* ---- sums ---- */

static struct table *sum_table(const struct ede_matrix *m)
{
	struct table *t = table_new(m->recorded->cell_count);
	char n[48];

	if (!t)
		return NULL;
	table_row(t, "");
	for (unsigned k = 0; k < m->recorded->cell_count; k++)
		table_set(t, k, "%s", m->names[k]);
	for (unsigned i = 0; i < ede_sum_count; i++) {
		table_row(t, ede_sums[i].label);
		for (unsigned k = 0; k < m->recorded->cell_count; k++)
			table_set(t, k, "%u", ede_sum(&m->tallies[k], i));
	}
	table_row(t, "queries to authorities");
	for (unsigned k = 0; k < m->recorded->cell_count; k++)
		table_set(t, k, "%s", table_grouped((double)m->tallies[k].queries, n));
	return t;
}

static void print_difference(const struct ede_matrix *m, unsigned width, FILE *out)
{
	char line[EDE_SENTENCE];

	if (ede_sentence(m, line))
		wrap_print("", line, 0, width, out);
}

static void print_legend(const struct ede_matrix *m, unsigned width, FILE *out)
{
	bool done[CODES_MAX] = { false };
	char line[2048] = "EDE";
	const char *between = " ";

	for (int code = 0; code < CODES_MAX; code++) {
		for (unsigned i = 0; i < m->count; i++)
			for (unsigned k = 0; k < m->recorded->cell_count; k++)
				for (unsigned n = 0; m->cases[i].rows[k] &&
						     n < m->cases[i].rows[k]->first.ede_count;
				     n++)
					done[code] |=
						m->cases[i].rows[k]->first.edes[n].code == code;
		if (!done[code] || !names_ede(code))
			continue;
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%d %s", between, code,
			 names_ede(code));
		between = "; ";
	}
	if (strlen(line) > 3)
		wrap_print("", line, 4, width, out);
}

/* ---- what is printed ---- */

struct parts {
	struct ede_matrix *m;
	struct table *all, *sum;
};

static void parts_done(struct parts *p)
{
	table_freep(&p->sum);
	table_freep(&p->all);
	ede_matrix_freep(&p->m);
}

static int parts_make(const struct recorded *r,
		      char *(*text_of)(const struct case_row *row, char ret[64]), struct parts *ret,
		      struct err *e)
{
	int rc = ede_matrix_new(r, &ret->m, e);

	if (rc < 0)
		return rc;
	ret->all = overview(ret->m, text_of);
	ret->sum = sum_table(ret->m);
	return ret->all && ret->sum ? 0 : err_set(e, -ENOMEM, "no memory for the matrix");
}

static const char LEGEND[] = "ok NOERROR, nodata NOERROR without data, nx NXDOMAIN, fail SERVFAIL, "
			     "+ad with AD; then codes of "
			     "extended errors, -! for none. "
			     "# resolvers differ by outcome, ~ by codes alone. " EDE_MARKS;

int ede_print(const struct recorded *r, unsigned width, FILE *out, struct err *e)
{
	_cleanup_(parts_done) struct parts p = { .m = NULL };
	int rc = parts_make(r, short_text, &p, e);

	if (rc < 0)
		return rc;
	print_cases(p.m, width, out);
	fprintf(out, "\n");
	table_print(p.all, width, out);
	fprintf(out, "\n");
	wrap_print("", LEGEND, 0, width, out);
	print_legend(p.m, width, out);
	fprintf(out, "\n");
	table_print(p.sum, width, out);
	fprintf(out, "\n");
	print_difference(p.m, width, out);
	return 0;
}

int ede_print_markdown(const struct recorded *r, FILE *out, struct err *e)
{
	_cleanup_(parts_done) struct parts p = { .m = NULL };
	int rc = parts_make(r, long_text, &p, e);

	if (rc < 0)
		return rc;
	print_difference(p.m, 0, out);
	fprintf(out, "\n");
	table_print_markdown(p.sum, out);
	fprintf(out, "\n");
	table_print_markdown(p.all, out);
	fprintf(out,
		"\nEach cell: RCODE, AD, codes of extended errors, `-!` for none; whether the same "
		"question with CD set is answered; queries to authorities. `#` resolvers differ by "
		"outcome, `~` by codes alone. " EDE_MARKS "\n\n");
	print_legend(p.m, 0, out);
	fprintf(out, "\n<details><summary>What they say, case by case</summary>\n\n```\n");
	print_cases(p.m, 0, out);
	fprintf(out, "```\n\n</details>\n");
	return 0;
}
