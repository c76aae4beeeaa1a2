/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "harness/report/html_column.h"
#include "harness/report/html_page.h"
#include "harness/report/html_text.h"
#include "harness/results/label.h"
#include "harness/text/table.h"
#include "sim/base/names.h"

/* The figures of the matrix; the first is the one in large letters. */
static const struct headline {
	const char *name, *before, *behind;
	const char *already; /* what is said where it was so before; NULL: that cannot be */
} headlines[] = {
	{ "servfail_share", "", " SERVFAIL", NULL },
	{ "peak", "peak ", "", NULL },
	{ "user_minutes", "", " user-minutes lost", NULL },
	{ "after_repair", "under 1 % after repair: ", "", "under 1 % before the repair was whole" },
	{ "after_nta", "under 1 % after NTA: ", "", "under 1 % before the NTA" },
};

/* In words, as colours are not for everybody. */
static void put_rank(const struct html_page *p, const struct recorded_cell *cell,
		     const struct figure_info *info)
{
	static const char *const words[] = { NULL, "best", "worst" };
	enum comparison_rank rank = comparison_rank(p->comparison, info, cell);

	if (comparison_can_use(cell) && words[rank])
		html_put(p->out, " <span class=\"rank %s\">%s</span>", words[rank], words[rank]);
}

static void put_headline(const struct html_page *p, const struct recorded_cell *cell,
			 const struct headline *h)
{
	const struct figure_info *info = figures_find(h->name);
	const struct figure *f = figures_get(&cell->figures, info);
	char text[FIGURE_TEXT];

	if (f->kind == FIGURE_MISSING)
		return;
	figure_text(info, f, text);
	if (h == headlines)
		html_put(p->out, "<a href=\"#cell-%u\"><b>%s</b>%s</a>", html_cell_number(p, cell),
			 text, h->behind);
	else if (f->kind == FIGURE_ALREADY && h->already)
		html_put(p->out, "<li>%s", h->already);
	else
		html_put(p->out, "<li>%s%s%s", h->before, text, h->behind);
	put_rank(p, cell, info);
	if (h != headlines)
		html_put(p->out, "</li>");
}

static void put_cell(const struct html_page *p, const struct recorded_cell *cell)
{
	if (!comparison_can_use(cell)) {
		html_put(p->out, "<td class=\"bad\"><a href=\"#cell-%u\">✗ not valid</a>",
			 html_cell_number(p, cell));
		html_put(p->out, "<p class=\"why\">%s</p></td>", recorded_text(cell->json, "why"));
		return;
	}
	html_put(p->out, "<td>");
	put_headline(p, cell, headlines);
	html_put(p->out, "<ul>");
	for (size_t i = 1; i < ARRAY_SIZE(headlines); i++)
		put_headline(p, cell, &headlines[i]);
	html_put(p->out, "</ul></td>");
}

static void put_spot(const struct html_page *p, const struct comparison_spot *s)
{
	if (s->cell)
		put_cell(p, s->cell);
	else if (s->why_not)
		html_put(p->out, "<td class=\"absent\">not offered<p class=\"why\">%s</p></td>",
			 s->why_not);
	else
		html_put(p->out, "<td class=\"absent\">not run</td>");
}

static const char *version_of(const struct html_page *p, unsigned row)
{
	const struct comparison *c = p->comparison;

	for (unsigned m = 0; m < c->mitigation_count; m++)
		if (comparison_spot(c, row, m)->cell)
			return comparison_spot(c, row, m)->cell->version;
	return "";
}

void html_matrix(const struct html_page *p)
{
	const struct comparison *c = p->comparison;

	html_put(
		p->out,
		"<section aria-labelledby=\"matrix-title\"><h2 id=\"matrix-title\">Each resolver, "
		"each "
		"mitigation</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"matrix-title\"><table class=\"matrix\">\n<caption>%s</caption>\n"
		"<thead><tr><th scope=\"col\">resolver</th>",
		p->recorded->fault.is_known
			? "SERVFAIL: share of all queries from the fault on; peak: worst minute; "
			  "user-minutes: a client and a minute in which it failed. Best and worst "
			  "of "
			  "all, to within 1 %."
			: "SERVFAIL: share of all queries of the run; peak: worst minute. Best and "
			  "worst of all, to within 1 %.");
	for (unsigned m = 0; m < c->mitigation_count; m++)
		html_put(p->out, "<th scope=\"col\">%s</th>", c->mitigations[m]);
	html_put(p->out, "</tr></thead>\n<tbody>\n");
	for (unsigned row = 0; row < c->row_count; row++) {
		html_put(p->out, "<tr><th scope=\"row\">%s <span class=\"version\">%s</span></th>",
			 c->rows[row].name,
			 label_version(c->rows[row].resolver, version_of(p, row)));
		for (unsigned m = 0; m < c->mitigation_count; m++)
			put_spot(p, comparison_spot(c, row, m));
		html_put(p->out, "</tr>\n");
	}
	html_put(p->out, "</tbody></table></div></section>\n");
}

/* A head of a table with a column a cell. */
static void put_cells_head(const struct html_page *p, const char *id, const char *caption,
			   const char *first)
{
	html_put(p->out,
		 "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"%s\"><table>"
		 "\n<caption>%s</caption>\n<thead><tr><th scope=\"col\">%s</th>",
		 id, caption, first);
	for (unsigned i = 0; i < p->recorded->cell_count; i++)
		html_put(p->out, "<th scope=\"col\"><a href=\"#cell-%u\">%s</a></th>", i + 1,
			 p->recorded->cells[i].label);
	html_put(p->out, "</tr></thead>\n<tbody>\n");
}

static void put_instant(const struct html_page *p, const struct figures *f)
{
	char text[32];

	if (f->peak_at.kind == FIGURE_VALUE)
		html_put(p->out, " <span class=\"at\">at %s</span>",
			 strndupa(simtime_text(p->recorded->from +
						       (simtime)f->peak_at.value * SECOND,
					       text) +
					  11,
				  5));
}

static void put_figure_row(const struct html_page *p, const struct figure_info *info)
{
	char text[FIGURE_TEXT];

	html_put(p->out,
		 "<tr><th scope=\"row\"><details class=\"about\"><summary>%s</summary>%s"
		 "</details></th>",
		 info->label, info->about);
	for (unsigned i = 0; i < p->recorded->cell_count; i++) {
		const struct figures *figures = &p->recorded->cells[i].figures;
		const struct figure *f = figures_get(figures, info);

		html_put(p->out, "<td>%s", figure_text(info, f, text));
		if (f == &figures->peak && f->kind == FIGURE_VALUE)
			put_instant(p, figures);
		put_rank(p, &p->recorded->cells[i], info);
		html_put(p->out, "</td>");
	}
	html_put(p->out, "</tr>\n");
}

static bool anybody_has(const struct html_page *p, const struct figure_info *info)
{
	for (unsigned i = 0; i < p->recorded->cell_count; i++)
		if (figures_get(&p->recorded->cells[i].figures, info)->kind != FIGURE_MISSING)
			return true;
	return false;
}

static void put_definitions(const struct html_page *p)
{
	html_put(p->out,
		 "<details class=\"printed\"><summary>What the figures mean</summary>\n<dl>\n");
	for (unsigned i = 0; i < figure_info_count; i++)
		html_put(p->out, "<dt>%s <code>%s</code></dt><dd>%s</dd>\n", figure_infos[i].label,
			 figure_infos[i].name, figure_infos[i].about);
	html_put(p->out, "</dl></details>\n");
}

void html_figures(const struct html_page *p)
{
	html_put(p->out, "<section id=\"figures\" aria-labelledby=\"figures-title\"><h2 "
			 "id=\"figures-title\">All "
			 "figures</h2>\n");
	put_cells_head(p, "figures-title",
		       "– was not measured. A figure's name opens what it means; all of it is "
		       "told below the table.",
		       "figure");
	for (unsigned i = 0; i < figure_info_count; i++)
		if (anybody_has(p, &figure_infos[i]))
			put_figure_row(p, &figure_infos[i]);
	html_put(p->out, "</tbody></table></div>\n");
	put_definitions(p);
	html_put(p->out, "</section>\n");
}

/* SERVFAIL answers of a cell with a code; NAN: its codes are not known. */
static double code_total(const json_t *cell, const char *code)
{
	const json_t *codes = json_object_get(cell, "ede");
	const json_t *column = json_object_get(codes, code);
	double sum = codes ? 0 : (double)NAN;

	for (size_t i = 0; column && i < json_array_size(json_object_get(cell, "t")); i++)
		sum += html_column_at(column, i);
	return sum;
}

static void put_code_row(const struct html_page *p, const char *code, const char *name)
{
	json_t *cell;
	char text[48];
	size_t i;

	html_put(p->out, "<tr><th scope=\"row\">%s%s</th>", name,
		 names_ede_is_dnssec(atoi(code)) ? " (of DNSSEC)" : "");
	json_array_foreach(recorded_list(p->data, "cells"), i, cell)
	{
		double n = code_total(cell, code);

		html_put(p->out, "<td>%s</td>", isnan(n) ? "–" : table_grouped(n, text));
	}
	html_put(p->out, "</tr>\n");
}

void html_codes(const struct html_page *p)
{
	json_t *codes = json_object_get(p->data, "codes"), *name;
	const char *code;

	if (!json_object_size(codes)) {
		html_put(p->out, "<p>No query was answered with SERVFAIL.</p>\n");
		return;
	}
	put_cells_head(p, "codes-title",
		       "SERVFAIL answers by the first extended error in them, in the whole run.",
		       "code");
	json_object_foreach(codes, code, name)
	{
		put_code_row(p, code, json_string_value(name));
	}
	html_put(p->out, "</tbody></table></div>\n");
}
