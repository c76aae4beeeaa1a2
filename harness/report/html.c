/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/report/html_asset.h"
#include "harness/report/html_data.h"
#include "harness/report/html_page.h"
#include "harness/report/html_text.h"

static void put_start(const struct html_page *p, const struct html_assets *assets)
{
	html_put(p->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	html_assets_head(assets, p->out);
	html_put(p->out,
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		 "<meta name=\"color-scheme\" content=\"light dark\">\n"
		 "<title>%s: sigfault %s</title>\n</head>\n<body>\n",
		 recorded_text(p->recorded->run, "title"),
		 recorded_text(p->recorded->run, "scenario"));
}

static void put_links(const struct html_page *p)
{
	static const struct {
		const char *id, *text;
	} links[] = {
		{ "answers", "What users got" }, { "figures", "Figures" },
		{ "upstream", "Upstream" },	 { "codes", "Extended errors" },
		{ "resources", "Resources" },	 { "cells", "Cells" },
	};

	html_put(p->out, "<nav aria-label=\"Sections\"><ul>");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		html_put(p->out, "<li><a href=\"#%s\">%s</a></li>", links[i].id, links[i].text);
	html_put(p->out, "</ul></nav>\n");
}

static int put_body(const struct html_page *p)
{
	int rc = html_head(p);

	if (rc < 0)
		return rc;
	if (!recorded_has_cases(p->recorded))
		put_links(p);
	html_put(p->out, "<main>\n");
	rc = html_told(p);
	if (rc < 0)
		return rc;
	if (recorded_has_cases(p->recorded)) {
		rc = html_cases(p);
		return rc < 0 ? rc : html_cells(p);
	}
	html_matrix(p);
	rc = html_swept(p);
	if (rc == 0)
		rc = html_ablated(p);
	if (rc == 0)
		rc = html_answer_charts(p);
	if (rc < 0)
		return rc;
	html_figures(p);
	rc = html_other_charts(p);
	return rc < 0 ? rc : html_cells(p);
}

/* The data stand in a script element that is no script: no browser runs it. */
static int put_end(const struct html_page *p, const struct html_assets *assets)
{
	int rc;

	html_put(p->out, "</main>\n");
	html_assets_notices(assets, p->out);
	html_put(p->out, "<script type=\"application/json\" id=\"data\">");
	rc = html_json(p->out, p->data);
	if (rc < 0)
		return err_set(p->e, rc, "no memory for the report");
	html_put(p->out, "</script>\n");
	html_assets_scripts(assets, p->out);
	html_put(p->out, "</body>\n</html>\n");
	return 0;
}

static int put_page(struct html_page *p, const struct html_assets *assets)
{
	int rc;

	put_start(p, assets);
	rc = put_body(p);
	return rc < 0 ? rc : put_end(p, assets);
}

static int write_page(const struct recorded *r, FILE *out, struct err *e)
{
	_cleanup_(html_assets_freep) struct html_assets *assets = NULL;
	_cleanup_(comparison_freep) struct comparison *comparison = comparison_new(r);
	_cleanup_(json_decrefp) json_t *data = NULL;
	struct html_page page = { .out = out, .recorded = r, .comparison = comparison, .e = e };
	int rc = html_assets_load(&assets, e);

	if (!comparison)
		return err_set(e, -ENOMEM, "no memory for the report");
	if (rc == 0)
		rc = html_data_new(r, &data, e);
	page.data = data;
	return rc < 0 ? rc : put_page(&page, assets);
}

/* ---- long runs ---- */

#define POINTS 2000 /* of a chart: more than it has pixels */

static unsigned bins_a_point(const struct recorded *r)
{
	unsigned most = 0;

	for (unsigned i = 0; i < r->cell_count; i++)
		if (r->cells[i].curve && r->cells[i].curve->count > most)
			most = r->cells[i].curve->count;
	return (most + POINTS - 1) / POINTS;
}

static void drop_thin(struct recorded *r)
{
	for (unsigned i = 0; r->cells && i < r->cell_count; i++)
		curve_free(r->cells[i].curve);
	free(r->cells);
}

/* The same record, with its curves in fewer bins; all else is lent. */
static int make_thin(const struct recorded *r, unsigned bins, struct recorded *ret)
{
	*ret = *r;
	ret->bins_a_point = bins;
	ret->cells = calloc(r->cell_count + 1, sizeof(*ret->cells));
	for (unsigned i = 0; ret->cells && i < r->cell_count; i++) {
		const struct curve *all = r->cells[i].curve;

		ret->cells[i] = r->cells[i];
		ret->cells[i].curve = all ? curve_thin(all, bins) : NULL;
		if (all && !ret->cells[i].curve)
			return -ENOMEM;
	}
	return ret->cells ? 0 : -ENOMEM;
}

int html_write(const struct recorded *r, FILE *out, struct err *e)
{
	unsigned bins = bins_a_point(r);
	struct recorded thin = { 0 };
	int rc;

	if (bins <= 1)
		return write_page(r, out, e);
	rc = make_thin(r, bins, &thin);
	rc = rc < 0 ? err_set(e, rc, "no memory for the report") : write_page(&thin, out, e);
	drop_thin(&thin);
	return rc;
}
