/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/ede_matrix.h"
#include "harness/report/html_page.h"
#include "harness/report/html_text.h"
#include "sim/base/names.h"

static void put_heads(const struct html_page *p, const struct ede_matrix *m, const char *first)
{
	html_put(p->out, "<tr><th scope=\"col\">%s</th>", first);
	for (unsigned k = 0; k < p->recorded->cell_count; k++)
		html_put(p->out, "<th scope=\"col\"><a href=\"#cell-%u\">%s</a></th>", k + 1,
			 m->names[k]);
	html_put(p->out, "</tr>\n");
}

static void put_codes(const struct html_page *p, const struct case_row *row)
{
	for (unsigned i = 0; i < row->first.ede_count; i++) {
		int code = row->first.edes[i].code;

		html_put(p->out, " %d%s", code, ede_code_points_wrong(row->class, code) ? "!" : "");
	}
	if (ede_row_lacks_code(row))
		html_put(p->out, " no code!");
}

static void put_texts(const struct html_page *p, const struct case_row *row)
{
	for (unsigned i = 0; i < row->first.ede_count; i++) {
		const struct case_ede *ede = &row->first.edes[i];
		const char *name = names_ede(ede->code);

		html_put(p->out, "<p class=\"why\">%d %s%s%s</p>", ede->code,
			 name ? name : "(unassigned)", ede->text[0] ? ": " : "", ede->text);
	}
}

static void begin_field(const struct html_page *p, bool is_bad)
{
	html_put(p->out, is_bad ? "<td class=\"bad\">" : "<td>");
}

static void put_row(const struct html_page *p, const struct case_row *row)
{
	char rcode[NAMES_LEN];

	if (!row) {
		html_put(p->out, "<td class=\"absent\">not asked</td>");
		return;
	}
	begin_field(p, !row->valid || ede_row_points_wrong(row) || ede_row_lacks_code(row));
	if (!row->valid) {
		html_put(p->out, "<span>✗ not valid</span><p class=\"why\">%s</p></td>", row->why);
		return;
	}
	html_put(p->out, "<span>%s%s", case_outcome_text(&row->first, rcode),
		 row->first.ad ? " AD" : "");
	put_codes(p, row);
	html_put(p->out, "</span>");
	put_texts(p, row);
	html_put(p->out, "<p class=\"why\">+cd %s, %u queries%s</p></td>",
		 case_rcode_text(row->cd.rcode, rcode), (unsigned)row->queries,
		 ede_row_not_seen(row) ? ", never sent the fault" : "");
}

static void put_case(const struct html_page *p, const struct ede_case *c)
{
	static const char *const differ[] = { "", ", codes differ", ", outcomes differ" };

	html_put(p->out, "<tr><th scope=\"row\">%s<p class=\"why\">%s%s</p></th>", c->any->name,
		 c->any->class == CASE_NOTHING_WRONG ? "nothing is bogus"
						     : case_classes[c->any->class],
		 differ[c->difference]);
	for (unsigned k = 0; k < p->recorded->cell_count; k++)
		put_row(p, c->rows[k]);
	html_put(p->out, "</tr>\n");
}

#define REGION                                                                                     \
	"<div class=\"wide\" tabindex=\"0\" role=\"region\" "                                      \
	"aria-labelledby=\"cases-title\"><table"

static void put_sums(const struct html_page *p, const struct ede_matrix *m)
{
	html_put(p->out, REGION "><caption>How many of the cases</caption><thead>\n");
	put_heads(p, m, "");
	html_put(p->out, "</thead><tbody>\n");
	for (unsigned i = 0; i < ede_sum_count; i++) {
		html_put(p->out, "<tr><th scope=\"row\">%s</th>", ede_sums[i].label);
		for (unsigned k = 0; k < p->recorded->cell_count; k++)
			html_put(p->out, "<td>%u</td>", ede_sum(&m->tallies[k], i));
		html_put(p->out, "</tr>\n");
	}
	html_put(p->out, "</tbody></table></div>\n");
}

int html_cases(const struct html_page *p)
{
	_cleanup_(ede_matrix_freep) struct ede_matrix *m = NULL;
	int rc = ede_matrix_new(p->recorded, &m, p->e);
	char line[EDE_SENTENCE];

	if (rc < 0)
		return rc;
	html_put(p->out, "<section id=\"cases\" aria-labelledby=\"cases-title\"><h2 "
			 "id=\"cases-title\">What each resolver tells of each fault</h2>\n");
	if (ede_sentence(m, line))
		html_put(p->out, "<p>%s</p>\n", line);
	put_sums(p, m);
	html_put(p->out, REGION " class=\"matrix\"><caption>%s</caption><thead>\n", EDE_MARKS);
	put_heads(p, m, "case");
	html_put(p->out, "</thead><tbody>\n");
	for (unsigned i = 0; i < m->count; i++)
		put_case(p, &m->cases[i]);
	html_put(p->out, "</tbody></table></div>\n</section>\n");
	return 0;
}
