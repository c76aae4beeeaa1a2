/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/traffics_text.h"

#include <errno.h>

#include "harness/report/figure_rows.h"
#include "harness/report/html_text.h"
#include "harness/text/wrap.h"
#include "sim/base/names.h"

static struct table *table_of(const struct recorded *r, const struct recorded_cell *c)
{
	_cleanup_(freep) const struct figures **of = calloc(c->traffic_count, sizeof(*of));
	struct table *t = of ? table_new(c->traffic_count) : NULL;

	if (!t)
		return NULL;
	table_row(t, "of the traffic");
	for (unsigned i = 0; i < c->traffic_count; i++) {
		of[i] = &c->traffics[i].figures;
		table_set(t, i, "%s", c->traffics[i].name);
	}
	figure_rows_put(r, of, c->traffic_count, true, t);
	return t;
}

int traffics_print(const struct recorded *r, const struct recorded_cell *c, unsigned width,
		   FILE *out, struct err *e)
{
	_cleanup_(table_freep) struct table *t = NULL;

	if (!c->traffic_count)
		return 0;
	t = table_of(r, c);
	if (!t)
		return err_set(e, -ENOMEM, "no memory for the report");
	if (width == WRAP_MARKDOWN)
		table_print_markdown(t, out);
	else
		table_print(t, width, out);
	fprintf(out, "\n");
	return 0;
}

static void put_figure(const struct html_page *p, const struct recorded_cell *c,
		       const struct figure_info *info)
{
	char text[FIGURE_TEXT];
	bool measured = false;

	for (unsigned i = 0; i < c->traffic_count; i++)
		measured |= figures_get(&c->traffics[i].figures, info)->kind != FIGURE_MISSING;
	if (!measured)
		return;
	html_put(p->out, "<tr><th scope=\"row\">%s</th>", info->label);
	for (unsigned i = 0; i < c->traffic_count; i++)
		html_put(p->out, "<td>%s</td>",
			 figure_text(info, figures_get(&c->traffics[i].figures, info), text));
	html_put(p->out, "</tr>\n");
}

/* "6 DNSSEC Bogus: 1,204", the most frequent first. */
static void put_codes(const struct html_page *p, const struct recorded_cell *c)
{
	char n[48];

	html_put(p->out, "<tr><th scope=\"row\">extended errors</th>");
	for (unsigned i = 0; i < c->traffic_count; i++) {
		const struct figures *f = &c->traffics[i].figures;

		html_put(p->out, "<td>%s", f->ede_count ? "" : "–");
		for (unsigned k = 0; k < f->ede_count; k++) {
			const char *name = names_ede(f->ede[k].code);

			if (k)
				html_put(p->out, "<br>");
			if (f->ede[k].code < 0)
				html_put(p->out, "SERVFAIL without EDE");
			else
				html_put(p->out, "%d %s", f->ede[k].code, name ?: "(unassigned)");
			html_put(p->out, ": %s", table_grouped((double)f->ede[k].count, n));
		}
		html_put(p->out, "</td>");
	}
	html_put(p->out, "</tr>\n");
}

void traffics_html(const struct html_page *p, const struct recorded_cell *c)
{
	if (!c->traffic_count)
		return;
	html_put(p->out,
		 "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"figures by "
		 "traffic in cell %u\"><table><caption>What each traffic got</caption><thead><tr>"
		 "<th scope=\"col\">of the traffic</th>",
		 html_cell_number(p, c));
	for (unsigned i = 0; i < c->traffic_count; i++)
		html_put(p->out, "<th scope=\"col\">%s</th>", c->traffics[i].name);
	html_put(p->out, "</tr></thead><tbody>\n");
	for (unsigned i = 0; i < figure_info_count; i++)
		put_figure(p, c, &figure_infos[i]);
	put_codes(p, c);
	html_put(p->out, "</tbody></table></div>\n");
}
