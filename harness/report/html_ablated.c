/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/ablated_text.h"
#include "harness/report/html_page.h"
#include "harness/report/html_text.h"

static void put_row(const struct html_page *p, const struct ablated_list *l,
		    const struct ablated_row *row)
{
	char value[FIGURE_TEXT], saves[FIGURE_TEXT + 8];

	html_put(p->out,
		 "<tr><th scope=\"row\"><a href=\"#cell-%u\">%s</a></th><td>%s</td>"
		 "<td>%s</td></tr>\n",
		 html_cell_number(p, row->cell), row->setting, ablated_value(l, row->y, value),
		 ablated_saves(l, row, saves));
}

static void put_table(const struct html_page *p, const struct ablated_list *l,
		      const struct ablated *a)
{
	char text[FIGURE_TEXT];

	html_put(p->out,
		 "<h3>%s</h3>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
		 "aria-labelledby=\"ablated-title\"><table><caption>%s without each of its "
		 "settings</caption><thead><tr><th scope=\"col\">taken out</th><th "
		 "scope=\"col\">%s</th><th scope=\"col\">what it saves</th></tr></thead><tbody>\n",
		 a->name, a->name, l->figure->label);
	if (a->whole)
		html_put(p->out,
			 "<tr><th scope=\"row\"><a href=\"#cell-%u\">nothing</a></th><td>%s</td>"
			 "<td>–</td></tr>\n",
			 html_cell_number(p, a->whole), ablated_value(l, a->y, text));
	for (unsigned i = 0; i < a->count; i++)
		put_row(p, l, &a->rows[i]);
	html_put(p->out, "</tbody></table></div>\n");
}

int html_ablated(const struct html_page *p)
{
	_cleanup_(ablated_done) struct ablated_list l = { .count = 0 };
	int rc = ablated_new(p->recorded, &l, p->e);

	if (rc < 0 || !l.count)
		return rc;
	html_put(p->out, "<section id=\"ablated\" aria-labelledby=\"ablated-title\"><h2 "
			 "id=\"ablated-title\">Which settings mattered</h2>\n");
	for (unsigned i = 0; i < l.count; i++)
		put_table(p, &l, &l.list[i]);
	html_put(p->out, "</section>\n");
	return 0;
}
