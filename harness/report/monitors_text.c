/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/monitors_text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "harness/report/html_text.h"
#include "harness/results/figure_info.h"
#include "harness/results/figures.h"
#include "harness/text/table.h"
#include "harness/text/wrap.h"

static const char *const heads[] = { "runs",	       "alarms",      "false", "after the fault",
				     "over, after it", "said nothing" };

/* What stands in a row. */
struct row {
	char text[ARRAY_SIZE(heads)][FIGURE_TEXT];
};

static void put_seconds(double seconds, char text[FIGURE_TEXT])
{
	const struct figure f = { isnan(seconds) ? FIGURE_MISSING : FIGURE_VALUE,
				  isnan(seconds) ? 0 : seconds };

	figure_text(figures_find("first_alarm"), &f, text);
}

static struct row row_of(const struct monitor_sum *m)
{
	struct row r = { .text = { "" } };

	table_grouped(m->runs, r.text[0]);
	table_grouped(m->alarms, r.text[1]);
	table_grouped(m->false_alarms, r.text[2]);
	put_seconds(m->first_alarm, r.text[3]);
	put_seconds(m->cleared, r.text[4]);
	table_grouped(m->failed, r.text[5]);
	return r;
}

/* Why one said nothing, as run.json has it; "": it always did. */
static const char *why(const struct recorded_cell *c, const char *name)
{
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, "monitors"), i, one)
	{
		if (strcmp(recorded_text(one, "name"), name) == 0)
			return recorded_text(one, "why");
	}
	return "";
}

int monitors_print(const struct recorded_cell *c, unsigned width, FILE *out, struct err *e)
{
	_cleanup_(table_freep) struct table *t = NULL;
	char text[400];

	if (!c->monitors.count)
		return 0;
	t = table_new(ARRAY_SIZE(heads));
	if (!t)
		return err_set(e, -ENOMEM, "no memory for the report");
	table_row(t, "monitor");
	for (unsigned i = 0; i < ARRAY_SIZE(heads); i++)
		table_set(t, i, "%s", heads[i]);
	for (unsigned k = 0; k < c->monitors.count; k++) {
		struct row r = row_of(&c->monitors.list[k]);

		table_row(t, c->monitors.list[k].name);
		for (unsigned i = 0; i < ARRAY_SIZE(heads); i++)
			table_set(t, i, "%s", r.text[i]);
	}
	if (width == WRAP_MARKDOWN)
		table_print_markdown(t, out);
	else
		table_print(t, width, out);
	fprintf(out, "\n");
	for (unsigned k = 0; k < c->monitors.count; k++) {
		const struct monitor_sum *m = &c->monitors.list[k];

		if (!m->failed)
			continue;
		snprintf(text, sizeof(text), "'%s' said nothing %u times, the last as %s", m->name,
			 m->failed, why(c, m->name));
		wrap_print("", text, 0, width, out);
		fprintf(out, "\n");
	}
	return 0;
}

void monitors_html(const struct html_page *p, const struct recorded_cell *c)
{
	if (!c->monitors.count)
		return;
	html_put(p->out,
		 "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"monitors in cell "
		 "%u\"><table><caption>What monitors said</caption><thead><tr><th "
		 "scope=\"col\">monitor</th>",
		 html_cell_number(p, c));
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		html_put(p->out, "<th scope=\"col\">%s</th>", heads[i]);
	html_put(p->out, "</tr></thead><tbody>\n");
	for (unsigned k = 0; k < c->monitors.count; k++) {
		const struct monitor_sum *m = &c->monitors.list[k];
		struct row r = row_of(m);

		html_put(p->out, "<tr><th scope=\"row\">%s</th>", m->name);
		for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
			html_put(p->out, "<td>%s</td>", r.text[i]);
		html_put(p->out, "</tr>\n");
	}
	html_put(p->out, "</tbody></table></div>\n");
	for (unsigned k = 0; k < c->monitors.count; k++) {
		const struct monitor_sum *m = &c->monitors.list[k];

		if (m->failed)
			html_put(p->out, "<p>%s said nothing %u times, the last as %s</p>\n",
				 m->name, m->failed, why(c, m->name));
	}
}
