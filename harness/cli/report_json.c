/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/report_json.h"

#include <errno.h>

#include "harness/results/comparison.h"
#include "harness/results/figure_json.h"
#include "harness/results/recorded_load.h"
#include "harness/text/json_text.h"

static json_t *figures_json(const struct figures *f)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < figure_info_count; i++)
		json_object_set_new(o, figure_infos[i].name,
				    figure_json(figures_get(f, &figure_infos[i])));
	return o;
}

/* Where there is one it has none of its own. */
static json_t *traffics_json(const struct recorded_cell *c)
{
	json_t *o = c->traffic_count ? json_object() : NULL;

	for (unsigned i = 0; i < c->traffic_count; i++)
		json_object_set_new(o, c->traffics[i].name, figures_json(&c->traffics[i].figures));
	return o;
}

static json_t *cell_json(const struct recorded *r, const struct recorded_cell *c)
{
	bool measured = !recorded_has_cases(r) && comparison_can_use(c);

	return json_pack("{si so so so so sb so so so so so*}", "run", (int)c->run, "folder",
			 json_text(c->folder), "resolver", json_text(c->resolver), "version",
			 json_text(c->version), "mitigation", json_text(c->mitigation), "valid",
			 recorded_is_true(c->json, "valid"), "why",
			 json_text(recorded_text(c->json, "why")), "expectations",
			 json_deep_copy(recorded_list(c->json, "expectations")) ?: json_array(),
			 "known", json_deep_copy(recorded_list(c->json, "known")) ?: json_array(),
			 "figures", measured ? figures_json(&c->figures) : json_null(), "traffics",
			 measured ? traffics_json(c) : NULL);
}

static json_t *runs_json(const struct recorded *r)
{
	static const char *const keys[] = { "scenario", "title", "from", "to", "clock" };
	json_t *list = json_array();

	for (unsigned i = 0; i < r->dir_count; i++) {
		json_t *run = json_pack("{so}", "folder", json_text(r->dirs[i]));

		for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
			json_object_set_new(run, keys[k],
					    json_text(recorded_text(r->runs[i], keys[k])));
		json_array_append_new(list, run);
	}
	return list;
}

static json_t *report_json(const struct recorded *r, enum exit_status status)
{
	json_t *cells = json_array(), *notes = json_array(), *o = json_document("report-1");

	for (unsigned i = 0; i < r->cell_count; i++)
		json_array_append_new(cells, cell_json(r, &r->cells[i]));
	for (unsigned i = 0; i < r->note_count; i++)
		json_array_append_new(notes, json_text(r->notes[i]));
	json_object_update_new(o, json_pack("{si so so so si}", "status", (int)status, "runs",
					    runs_json(r), "cells", cells, "notes", notes, "missing",
					    (int)r->missing));
	return o;
}

int report_json_print(const char *const *dirs, unsigned count, bool strict, FILE *out,
		      enum exit_status *ret, struct err *e)
{
	struct recorded recorded = { 0 };
	int r = recorded_load(dirs, count, &recorded, e);

	if (r == 0) {
		recorded.strict = strict;
		*ret = recorded_status(&recorded);
		r = json_document_print(report_json(&recorded, *ret), out, e);
	}
	recorded_done(&recorded);
	return r;
}
