/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_page.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/html_figure.h"
#include "harness/report/html_text.h"
#include "harness/report/html_time.h"
#include "harness/results/label.h"

#define SERVFAIL "classes/all/servfail"
#define QUERIES "classes/all/queries"

/* What a group of charts shows: one of `key`, all on one scale. */
struct group {
	const char *name; /* of its figures' ids */
	const char *axis, *key, *over;
	bool is_choice;
	double from, to;
};

/* Figures of a group, until the scale that all fit on is known. */
struct figures_list {
	struct html_figure *list;
	unsigned count;
};

static void figures_list_done(struct figures_list *l)
{
	free(l->list);
}

static struct html_figure *begin(struct figures_list *l, const struct group *g, const char *title,
				 const char *more)
{
	struct html_figure *list = realloc(l->list, (l->count + 1) * sizeof(*list)), *f;

	if (!list)
		return NULL;
	l->list = list;
	f = &list[l->count++];
	*f = (struct html_figure){ .title = title,
				   .more = more,
				   .axis = g->axis,
				   .is_choice = g->is_choice,
				   .from = g->from,
				   .to = g->to };
	snprintf(f->id, sizeof(f->id), "%s-%u", g->name, l->count);
	return f;
}

static int write_all(const struct html_page *p, struct figures_list *l, double at_least)
{
	double most = at_least;
	int rc = 0;

	for (unsigned i = 0; i < l->count; i++)
		most = fmax(most, html_figure_most(p, &l->list[i]));
	html_put(p->out, "<div class=\"charts\">\n");
	for (unsigned i = 0; i < l->count && rc == 0; i++) {
		l->list[i].most = html_figure_round(most);
		rc = html_figure_write(p, &l->list[i]);
	}
	html_put(p->out, "</div>\n");
	return rc;
}

static unsigned index_of(const struct html_page *p, const struct recorded_cell *cell)
{
	return html_cell_number(p, cell) - 1;
}

static bool has_column(const struct html_page *p, const struct recorded_cell *cell, const char *key)
{
	const json_t *json = json_array_get(json_object_get(p->data, "cells"), index_of(p, cell));

	return html_figure_column(json, key) != NULL;
}

/* Whether the figure has a curve that looks like this cell's: then it tells of both. */
static bool join_alike(const struct html_page *p, struct html_figure *f,
		       const struct recorded_cell *cell, const char *name)
{
	for (unsigned i = 0; i < f->count; i++) {
		const struct recorded_cell *other = &p->recorded->cells[f->curves[i].cell];
		size_t len = strlen(f->curves[i].also);

		if (!curve_alike(other->curve, cell->curve, p->recorded->span))
			continue;
		snprintf(f->curves[i].also + len, sizeof(f->curves[i].also) - len, "%s%s",
			 len ? ", " : "", name);
		return true;
	}
	return false;
}

/* A chart of a resolver has a curve a mitigation, one of a mitigation has a curve a resolver:
 * `from` what, `count` of them. */
static int add_figure(const struct html_page *p, const struct group *g, bool by_row, unsigned which,
		      struct figures_list *l)
{
	const struct comparison *c = p->comparison;
	const char *title = by_row ? c->rows[which].name : c->mitigations[which], *more = "";
	unsigned count = by_row ? c->mitigation_count : c->row_count;
	struct html_figure *f = NULL;

	for (unsigned i = 0; i < count; i++) {
		const struct comparison_spot *s =
			by_row ? comparison_spot(c, which, i) : comparison_spot(c, i, which);

		if (!s->cell || !has_column(p, s->cell, g->key))
			continue;
		if (by_row)
			more = label_version(s->cell->resolver, s->cell->version);
		if (by_row && f && g->is_choice && join_alike(p, f, s->cell, c->mitigations[i]))
			continue;
		if (!f || f->count == HTML_LINES_MAX)
			f = begin(l, g, title, more);
		if (!f)
			return err_set(p->e, -ENOMEM, "no memory for the report");
		html_figure_add(f, index_of(p, s->cell),
				by_row ? c->mitigations[i] : c->rows[i].name, i, g->key, g->over);
	}
	return 0;
}

static int collect(const struct html_page *p, const struct group *g, bool by_row,
		   struct figures_list *l)
{
	unsigned count = by_row ? p->comparison->row_count : p->comparison->mitigation_count;
	int rc = 0;

	for (unsigned i = 0; i < count && rc == 0; i++)
		rc = add_figure(p, g, by_row, i, l);
	return rc;
}

/* All charts of a group, under a heading unless that is NULL. Nothing where no cell has the column.
 */
static int put_group(const struct html_page *p, const struct group *g, bool by_row,
		     const char *heading)
{
	_cleanup_(figures_list_done) struct figures_list l = { 0 };
	int rc = collect(p, g, by_row, &l);

	if (rc < 0 || !l.count)
		return rc;
	if (heading)
		html_put(p->out, "<h3>%s</h3>\n", heading);
	return write_all(p, &l, g->over[0] ? 1 : 0);
}

static void put_section(const struct html_page *p, const char *id, const char *title,
			const char *text)
{
	html_put(p->out,
		 "<section id=\"%s\" aria-labelledby=\"%s-title\"><h2 id=\"%s-title\">%s</h2>\n"
		 "<p>%s</p>\n",
		 id, id, id, title, text);
}

/* What is shaded, in words. */
static void put_windows(const struct html_page *p)
{
	const json_t *windows = json_object_get(p->data, "windows"), *w;
	char from[HTML_TIME_TEXT], until[HTML_TIME_TEXT];
	size_t i;

	if (!json_array_size(windows))
		return;
	html_put(p->out, "<ul class=\"windows\" aria-label=\"Shaded in the charts\">\n");
	json_array_foreach((json_t *)windows, i, w)
	{
		double end = recorded_number(w, "until");

		html_time(p, recorded_number(w, "from"), from);
		html_put(p->out, "<li><span class=\"at\">%s to %s</span> %s: %s</li>\n", from,
			 isnan(end) ? "the end" : html_time(p, end, until),
			 recorded_text(w, "kind"), recorded_text(w, "text"));
	}
	html_put(p->out, "</ul>\n");
}

/* Choices: a script shows them. */

struct option {
	const char *value, *label;
};

static void put_radios(const struct html_page *p, const char *name, const char *legend,
		       const struct option *options)
{
	html_put(p->out, "<fieldset><legend>%s</legend>", legend);
	for (unsigned i = 0; options[i].value; i++)
		html_put(p->out,
			 "<label><input type=\"radio\" name=\"%s\" value=\"%s\"%s>%s</label>", name,
			 options[i].value, i ? "" : " checked", options[i].label);
	html_put(p->out, "</fieldset>\n");
}

static void put_classes(const struct html_page *p)
{
	const json_t *cells = json_object_get(p->data, "cells"), *cell, *class;
	_cleanup_(json_decrefp) json_t *seen = json_object();
	const char *name;
	size_t i;

	html_put(p->out, "<label>names <select name=\"class\">");
	json_array_foreach((json_t *)cells, i, cell)
	{
		json_object_foreach(json_object_get(cell, "classes"), name, class)
		{
			if (json_object_get(seen, name))
				continue;
			json_object_set_new(seen, name, json_true());
			html_put(p->out, "<option value=\"%s\">%s</option>", name, name);
		}
	}
	html_put(p->out, "</select></label>\n");
}

static void put_choices(const struct html_page *p)
{
	html_put(p->out, "<form id=\"choices\" aria-label=\"What the charts show\" hidden>\n");
	put_radios(p, "of", "of",
		   (struct option[]){ { "queries", "queries" },
				      { "clients", "users" },
				      { "names", "names" },
				      { NULL, NULL } });
	put_radios(p, "what", "what",
		   (struct option[]){ { "servfail", "SERVFAIL" },
				      { "failed", "SERVFAIL, other errors, timeouts" },
				      { "answered", "answered" },
				      { "stale", "stale" },
				      { NULL, NULL } });
	put_radios(p, "unit", "as",
		   (struct option[]){ { "share", "share" }, { "count", "count" }, { NULL, NULL } });
	put_radios(p, "stale", "stale answers are",
		   (struct option[]){
			   { "answers", "answers" }, { "failures", "failures" }, { NULL, NULL } });
	put_classes(p);
	html_put(p->out,
		 "<fieldset><legend>time</legend>"
		 "<button type=\"button\" name=\"earlier\" aria-label=\"earlier\">◀</button>"
		 "<button type=\"button\" name=\"later\" aria-label=\"later\">▶</button>"
		 "<button type=\"button\" name=\"in\" aria-label=\"zoom in\">+</button>"
		 "<button type=\"button\" name=\"out\" aria-label=\"zoom out\">−</button>"
		 "<button type=\"button\" name=\"all\">whole run</button>"
		 "<button type=\"button\" name=\"fault\">fault</button></fieldset>\n"
		 "<p class=\"window\" role=\"status\"></p></form>\n"
		 "<p id=\"said\" class=\"hidden\" role=\"status\"></p>\n");
}

int html_answer_charts(const struct html_page *p)
{
	struct group g = { .name = "mitigations",
			   .axis = "SERVFAIL, % of queries",
			   .key = SERVFAIL,
			   .over = QUERIES,
			   .is_choice = true,
			   .to = p->recorded->span };
	const struct comparison *c = p->comparison;
	int rc = 0;

	put_section(p, "answers", "What users got",
		    "Virtual time, UTC. Shaded: a fault was there to be seen. Dotted, with a "
		    "number: what the operator did, marks of the scenario, and what became of the "
		    "resolver.");
	put_windows(p);
	put_choices(p);
	if (c->mitigation_count > 1 || c->row_count == 1)
		rc = put_group(p, &g, true, "Each resolver, by mitigation");
	g.name = "resolvers";
	if (rc == 0 && c->row_count > 1)
		rc = put_group(p, &g, false, "Each mitigation, by resolver");
	html_put(p->out, "</section>\n");
	return rc;
}

static int put_recovery(const struct html_page *p)
{
	const json_t *span = json_object_get(p->data, "recovery");
	struct group g = { .name = "recovery",
			   .axis = "SERVFAIL, % of queries",
			   .key = SERVFAIL,
			   .over = QUERIES,
			   .is_choice = true,
			   .from = recorded_number(span, "from"),
			   .to = recorded_number(span, "to") };
	int rc;

	if (!json_is_object(span))
		return 0;
	put_section(p, "recovery", "Recovery",
		    "The same from just before the first NTA or the repair on. How long it took to "
		    "get under 1 % stands in the tables: after the repair, and after the NTA.");
	rc = put_group(p, &g, true, NULL);
	html_put(p->out, "</section>\n");
	return rc;
}

static int put_load(const struct html_page *p)
{
	struct group g = { .name = "upstream",
			   .axis = "queries a second",
			   .key = "upstream",
			   .over = "",
			   .to = p->recorded->span };
	int rc;

	put_section(p, "upstream", "Upstream load",
		    "Queries that reached authoritative servers, all charts of a kind on one "
		    "scale.");
	rc = put_group(p, &g, true, "All authorities");
	g.name = "zone-upstream";
	g.key = "zone_upstream";
	if (rc == 0)
		rc = put_group(p, &g, true, "Servers of the zones with a fault");
	html_put(p->out, "</section>\n");
	return rc;
}

static int put_resources(const struct html_page *p)
{
	static const struct {
		const char *key, *axis, *heading;
	} rows[] = {
		{ "cpu", "% of a core of virtual time", "CPU" },
		{ "memory", "MB, resident", "Memory" },
		{ "requests", "requests in work", "Request list" },
	};
	int rc = 0;

	put_section(p, "resources", "The resolver's CPU, memory and request list",
		    "CPU is what it used over the virtual time that went by. Where there is no "
		    "request list, the resolver has no counter of it.");
	for (size_t i = 0; i < ARRAY_SIZE(rows) && rc == 0; i++) {
		struct group g = { .name = rows[i].key,
				   .axis = rows[i].axis,
				   .key = rows[i].key,
				   .over = "",
				   .to = p->recorded->span };

		rc = put_group(p, &g, true, rows[i].heading);
	}
	html_put(p->out, "</section>\n");
	return rc;
}

/* A curve for each code of the cell. */
static int add_codes(const struct html_page *p, const struct group *g, unsigned cell,
		     struct figures_list *l)
{
	const json_t *json = json_array_get(json_object_get(p->data, "cells"), cell), *name;
	const json_t *codes = json_object_get(json, "ede");
	struct html_figure *f = NULL;
	char key[HTML_PATH_MAX];
	unsigned style = 0;
	const char *code;

	json_object_foreach(json_object_get(p->data, "codes"), code, name)
	{
		unsigned mine = style++;

		if (!json_object_get(codes, code))
			continue;
		if (!f || f->count == HTML_LINES_MAX)
			f = begin(l, g, p->recorded->cells[cell].label, "");
		if (!f)
			return err_set(p->e, -ENOMEM, "no memory for the report");
		snprintf(key, sizeof(key), "ede/%s", code);
		html_figure_add(f, cell, json_string_value(name), mine, key, "");
	}
	return 0;
}

static int put_codes(const struct html_page *p)
{
	_cleanup_(figures_list_done) struct figures_list l = { 0 };
	struct group g = { .name = "codes",
			   .axis = "SERVFAIL answers a bin",
			   .to = p->recorded->span };
	int rc = 0;

	put_section(p, "codes", "Extended errors",
		    "SERVFAIL answers by the first extended error in them (EDE, RFC 8914).");
	html_codes(p);
	for (unsigned i = 0; i < p->recorded->cell_count && rc == 0; i++)
		rc = add_codes(p, &g, i, &l);
	if (rc == 0 && l.count)
		rc = write_all(p, &l, 0);
	html_put(p->out, "</section>\n");
	return rc;
}

/* A fleet's sum, and between which of its caches it lies. */
static int put_fleets(const struct html_page *p)
{
	static const struct {
		const char *name, *key, *over;
		unsigned style;
	} lines[] = {
		{ "all caches together", SERVFAIL, QUERIES, 0 },
		{ "least of a single one", "band/min", "", 6 },
		{ "lower quartile of them", "band/lower_quartile", "", 3 },
		{ "median of them", "band/median", "", 1 },
		{ "upper quartile of them", "band/upper_quartile", "", 3 },
		{ "most of a single one", "band/max", "", 6 },
	};
	_cleanup_(figures_list_done) struct figures_list l = { 0 };
	struct group g = { .name = "caches",
			   .axis = "SERVFAIL, % of queries",
			   .to = p->recorded->span };
	int rc;

	for (unsigned i = 0; i < p->recorded->cell_count; i++) {
		const struct recorded_cell *cell = &p->recorded->cells[i];
		struct html_figure *f;

		if (!has_column(p, cell, "band"))
			continue;
		f = begin(&l, &g, cell->label, "");
		if (!f)
			return err_set(p->e, -ENOMEM, "no memory for the report");
		for (size_t k = 0; k < ARRAY_SIZE(lines); k++)
			html_figure_add(f, i, lines[k].name, lines[k].style, lines[k].key,
					lines[k].over);
	}
	if (!l.count)
		return 0;
	put_section(
		p, "caches", "Single caches",
		"What a fleet's caches had each, bin by bin: the least and the most of one, and "
		"between which the middle half lies.");
	rc = write_all(p, &l, 1);
	html_put(p->out, "</section>\n");
	return rc;
}

int html_other_charts(const struct html_page *p)
{
	int rc = put_fleets(p);

	if (rc == 0)
		rc = put_recovery(p);
	if (rc == 0)
		rc = put_load(p);
	if (rc == 0)
		rc = put_codes(p);
	return rc < 0 ? rc : put_resources(p);
}

int html_cell_chart(const struct html_page *p, const struct recorded_cell *cell)
{
	static const struct {
		const char *name, *key;
		unsigned style;
	} outcomes[] = {
		{ "SERVFAIL", SERVFAIL, 2 },
		{ "NOERROR", "classes/all/noerror", 1 },
		{ "NXDOMAIN", "classes/all/nxdomain", 3 },
		{ "other error", "classes/all/other", 5 },
		{ "timeout", "classes/all/timeout", 4 },
		{ "stale", "classes/all/stale", 6 },
	};
	struct html_figure f = { .title = "Outcomes",
				 .more = "",
				 .axis = "% of queries",
				 .to = p->recorded->span,
				 .most = 100 };

	snprintf(f.id, sizeof(f.id), "outcomes-%u", html_cell_number(p, cell));
	if (!has_column(p, cell, QUERIES)) {
		html_put(p->out, "<p>No curve was recorded.</p>\n");
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (has_column(p, cell, outcomes[i].key))
			html_figure_add(&f, index_of(p, cell), outcomes[i].name, outcomes[i].style,
					outcomes[i].key, QUERIES);
	return html_figure_write(p, &f);
}
