/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/matrix.h"
#include "harness/text/json_text.h"

int matrix_print_json(const struct matrix *m, FILE *out, struct err *e)
{
	json_t *o = json_document("cells-1"), *cells = json_array(), *gaps = json_array();

	for (unsigned i = 0; i < m->cell_count; i++) {
		const struct matrix_cell *c = &m->cells[i];
		json_t *cell =
			json_pack("{si so so so so so}", "number", (int)c->number, "resolver",
				  json_text(driver_name(c->driver)), "version",
				  json_text(driver_version(c->driver)), "mitigation",
				  json_text(c->mitigation), "sweep", sweep_point_json(c->point),
				  "folder", json_text(c->folder));

		if (c->fleet)
			json_object_update_new(cell, json_pack("{si si so}", "cache",
							       (int)c->cache.number, "caches",
							       (int)c->cache.count, "age_seconds",
							       json_seconds(c->cache.age)));
		json_array_append_new(cells, cell);
	}
	for (unsigned i = 0; i < m->gap_count; i++)
		json_array_append_new(gaps,
				      json_pack("{so so so}", "resolver",
						json_text(driver_name(m->gaps[i].driver)),
						"mitigation", json_text(m->gaps[i].mitigation),
						"why", json_text(m->gaps[i].why)));
	json_object_set_new(o, "cells", cells);
	json_object_set_new(o, "not_offered", gaps);
	return json_document_print(o, out, e);
}
