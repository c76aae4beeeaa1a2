/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/compare.h"

#include <errno.h>

#include "sim/record/record_csv.h"

static void put_figure(const struct figure *f, FILE *out)
{
	switch (f->kind) {
	case FIGURE_MISSING:
		fprintf(out, ",");
		break;
	case FIGURE_VALUE:
		fprintf(out, ",%.15g", f->value);
		break;
	case FIGURE_NEVER:
		fprintf(out, ",never");
		break;
	case FIGURE_ALREADY:
		fprintf(out, ",already");
		break;
	}
}

static void put_head(FILE *out)
{
	fprintf(out, "cell,resolver,version,mitigation,valid");
	for (unsigned i = 0; i < figure_info_count; i++)
		fprintf(out, ",%s", figure_infos[i].name);
	fprintf(out, "\n");
}

static void put_row(const char *const texts[5], const struct figures *f, FILE *out)
{
	for (unsigned i = 0; i < 5; i++) {
		fprintf(out, "%s", i ? "," : "");
		record_csv_put(texts[i], out);
	}
	for (unsigned i = 0; i < figure_info_count; i++)
		put_figure(figures_get(f, &figure_infos[i]), out);
	fprintf(out, "\n");
}

static void put_cell(const struct recorded_cell *c, FILE *out)
{
	const json_t *valid = json_object_get(c->json, "valid");
	const char *word = json_is_true(valid) ? "yes" : json_is_false(valid) ? "no" : "";

	put_row((const char *[5]){ c->label, c->resolver, c->version, c->mitigation, word },
		&c->figures, out);
}

static void put_left_out(const json_t *one, FILE *out)
{
	static const struct figures nothing = { .ede_count = 0 };

	put_row((const char *[5]){ "", recorded_text(one, "resolver"), "",
				   recorded_text(one, "mitigation"), "not offered" },
		&nothing, out);
}

int compare_write(const struct recorded *r, FILE *out, struct err *e)
{
	const json_t *one;
	size_t k;

	put_head(out);
	for (unsigned i = 0; i < r->cell_count; i++)
		put_cell(&r->cells[i], out);
	json_array_foreach(r->not_offered, k, one) put_left_out(one, out);
	return ferror(out) ? err_set(e, -EIO, "cannot write compare.csv") : 0;
}
