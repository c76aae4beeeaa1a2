/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/asked_text.h"

#include <errno.h>
#include <stddef.h>

#include "harness/report/html_text.h"
#include "harness/results/asked_rows.h"
#include "harness/text/table.h"
#include "harness/text/wrap.h"

/* The table's columns. */
static const struct {
	const char *head;
	size_t offset;
} columns[] = {
	{ "questions", offsetof(struct asked_row, questions) },
	{ "queries", offsetof(struct asked_row, queries) },
	{ "SERVFAIL", offsetof(struct asked_row, servfail) },
	{ "timeout", offsetof(struct asked_row, timeout) },
	{ "went on", offsetof(struct asked_row, went_on) },
	{ "recovered", offsetof(struct asked_row, recovered) },
	{ "lost", offsetof(struct asked_row, lost) },
};

static double number_of(const struct asked_row *r, size_t i)
{
	return *(const double *)(const void *)((const char *)r + columns[i].offset);
}

/* "users at site-a" */
static void label_of(const struct asked_row *r, char ret[96])
{
	snprintf(ret, 96, "%s%s%s", r->traffic, r->traffic[0] ? " at " : "", r->resolver);
}

/* Somebody went on, or they are of several kinds. */
static bool is_worth_telling(const struct asked_rows *a)
{
	return a->count > 1 && (asked_rows_all(a).went_on > 0 || a->list[0].traffic[0]);
}

static void sentence_of(const struct asked_rows *a, char ret[256])
{
	struct asked_row all = asked_rows_all(a);
	char questions[48], went[48], recovered[48], lost[48];

	table_grouped(all.questions, questions);
	table_grouped(all.lost, lost);
	if (all.went_on > 0)
		snprintf(ret, 256,
			 "Clients asked %s questions. Another resolver was asked %s times, as one "
			 "had failed, and answered %s times; %s questions were lost after all "
			 "attempts.",
			 questions, table_grouped(all.went_on, went),
			 table_grouped(all.recovered, recovered), lost);
	else
		snprintf(ret, 256,
			 "Clients asked %s questions, of which %s were lost after all attempts.",
			 questions, lost);
}

static struct table *table_of(const struct asked_rows *a)
{
	struct table *t = table_new(ARRAY_SIZE(columns));
	char label[96], n[48];

	if (!t)
		return NULL;
	table_row(t, "asked");
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		table_set(t, (unsigned)i, "%s", columns[i].head);
	for (unsigned k = 0; k < a->count; k++) {
		label_of(&a->list[k], label);
		table_row(t, label);
		for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
			table_set(t, (unsigned)i, "%s",
				  table_grouped(number_of(&a->list[k], i), n));
	}
	return t;
}

int asked_print(const struct recorded_cell *c, unsigned width, FILE *out, struct err *e)
{
	_cleanup_(asked_rows_freep) struct asked_rows *a = NULL;
	_cleanup_(table_freep) struct table *t = NULL;
	char sentence[256];
	int rc = asked_rows_load(c->path, &a, e);

	if (rc < 0 || !is_worth_telling(a))
		return rc;
	t = table_of(a);
	if (!t)
		return err_set(e, -ENOMEM, "no memory for the report");
	sentence_of(a, sentence);
	wrap_print("", sentence, 0, width, out);
	fprintf(out, "\n");
	if (width == WRAP_MARKDOWN)
		table_print_markdown(t, out);
	else
		table_print(t, width, out);
	fprintf(out, "\n");
	return 0;
}

int asked_html(const struct html_page *p, const struct recorded_cell *c)
{
	_cleanup_(asked_rows_freep) struct asked_rows *a = NULL;
	char sentence[256], label[96], n[48];
	struct err e;
	int rc = asked_rows_load(c->path, &a, &e);

	if (rc < 0 || !is_worth_telling(a))
		return rc;
	sentence_of(a, sentence);
	html_put(p->out,
		 "<p>%s</p>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"whom "
		 "clients asked in cell %u\"><table><caption>Whom clients asked, and where they "
		 "went "
		 "on when that failed</caption><thead><tr><th scope=\"col\">asked</th>",
		 sentence, html_cell_number(p, c));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		html_put(p->out, "<th scope=\"col\">%s</th>", columns[i].head);
	html_put(p->out, "</tr></thead><tbody>\n");
	for (unsigned k = 0; k < a->count; k++) {
		label_of(&a->list[k], label);
		html_put(p->out, "<tr><th scope=\"row\">%s</th>", label);
		for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
			html_put(p->out, "<td>%s</td>",
				 table_grouped(number_of(&a->list[k], i), n));
		html_put(p->out, "</tr>\n");
	}
	html_put(p->out, "</tbody></table></div>\n");
	return 0;
}
