/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/transports_text.h"

#include <errno.h>

#include "harness/report/html_text.h"
#include "harness/text/table.h"
#include "harness/text/wrap.h"
#include "sim/base/transport.h"

#define TEXT 48

static const char *const heads[] = { "queries",	    "NOERROR", "SERVFAIL", "timeout",
				     "connections", "on each", "failed" };

/* What stands in a row. */
struct row {
	const char *name;
	char text[ARRAY_SIZE(heads)][TEXT];
};

/* The sum of a column over the run, of a class; 0 where it is not there. */
static double sum_of(const struct curve *curve, int class, const char *name)
{
	int column = curve_column(curve, name, NULL);
	int64_t sum = 0;

	if (class >= 0 && column >= 0)
		curve_sum(curve, (unsigned)class, (unsigned)column, 0, (double)curve_end(curve),
			  &sum);
	return (double)sum;
}

static double queries_by(const struct recorded_cell *c, unsigned transport)
{
	return sum_of(c->curve, curve_class(c->curve, transport_names[transport], NULL), "queries");
}

static bool is_worth_telling(const struct recorded_cell *c)
{
	return c->curve && queries_by(c, TRANSPORT_TCP) + queries_by(c, TRANSPORT_DOT) +
					   queries_by(c, TRANSPORT_DOH) >
				   0;
}

static void put_connections(const json_t *of, double queries, struct row *ret)
{
	double connections = recorded_number(of, "connections");

	table_grouped(connections, ret->text[4]);
	if (connections > 0)
		snprintf(ret->text[5], TEXT, "%.1f", queries / connections);
	table_grouped(recorded_number(of, "refused") + recorded_number(of, "failed"), ret->text[6]);
}

/* false: nobody asked by it. */
static bool row_of(const struct recorded_cell *c, unsigned transport, struct row *ret)
{
	static const char *const outcomes[] = { "noerror", "servfail", "timeout" };
	int class = curve_class(c->curve, transport_names[transport], NULL);
	double queries = queries_by(c, transport);
	const json_t *of =
		json_object_get(json_object_get(c->json, "transports"), transport_names[transport]);

	*ret = (struct row){ .name = transport_names[transport] };
	if (queries <= 0)
		return false;
	table_grouped(queries, ret->text[0]);
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		snprintf(ret->text[1 + i], TEXT, "%.2f %%",
			 100 * sum_of(c->curve, class, outcomes[i]) / queries);
	if (of)
		put_connections(of, queries, ret);
	return true;
}

int transports_print(const struct recorded_cell *c, unsigned width, FILE *out, struct err *e)
{
	_cleanup_(table_freep) struct table *t = NULL;
	struct row row;

	if (!is_worth_telling(c))
		return 0;
	t = table_new(ARRAY_SIZE(heads));
	if (!t)
		return err_set(e, -ENOMEM, "no memory for the report");
	table_row(t, "asked by");
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		table_set(t, (unsigned)i, "%s", heads[i]);
	for (unsigned k = 0; k < TRANSPORTS; k++) {
		if (!row_of(c, k, &row))
			continue;
		table_row(t, row.name);
		for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
			if (row.text[i][0])
				table_set(t, (unsigned)i, "%s", row.text[i]);
	}
	if (width == WRAP_MARKDOWN)
		table_print_markdown(t, out);
	else
		table_print(t, width, out);
	fprintf(out, "\n");
	return 0;
}

void transports_html(const struct html_page *p, const struct recorded_cell *c)
{
	struct row row;

	if (!is_worth_telling(c))
		return;
	html_put(p->out,
		 "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"by what clients "
		 "asked in cell %u\"><table><caption>By what clients asked, and what came of "
		 "it</caption><thead><tr><th scope=\"col\">asked by</th>",
		 html_cell_number(p, c));
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		html_put(p->out, "<th scope=\"col\">%s</th>", heads[i]);
	html_put(p->out, "</tr></thead><tbody>\n");
	for (unsigned k = 0; k < TRANSPORTS; k++) {
		if (!row_of(c, k, &row))
			continue;
		html_put(p->out, "<tr><th scope=\"row\">%s</th>", row.name);
		for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
			html_put(p->out, "<td>%s</td>", row.text[i][0] ? row.text[i] : "–");
		html_put(p->out, "</tr>\n");
	}
	html_put(p->out, "</tbody></table></div>\n");
}
