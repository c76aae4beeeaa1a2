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

/* What is swept in any of the cells, by key: a column each, behind the figures. */
static json_t *swept_keys(const struct recorded *r)
{
	json_t *all = json_object();

	for (unsigned i = 0; i < r->cell_count; i++)
		if (r->cells[i].sweep)
			json_object_update_missing(all, (json_t *)r->cells[i].sweep);
	return all;
}

static void put_head(json_t *swept, FILE *out)
{
	const char *key;
	json_t *value;

	fprintf(out, "cell,resolver,version,mitigation,valid");
	for (unsigned i = 0; i < figure_info_count; i++)
		fprintf(out, ",%s", figure_infos[i].name);
	json_object_foreach(swept, key, value)
	{
		fputc(',', out);
		record_csv_put(key, out);
	}
	fprintf(out, "\n");
}

static void put_swept(json_t *swept, const json_t *of_cell, FILE *out)
{
	const char *key;
	json_t *value;

	json_object_foreach(swept, key, value)
	{
		const char *chosen =
			of_cell ? json_string_value(json_object_get(of_cell, key)) : NULL;

		fputc(',', out);
		record_csv_put(chosen ?: "", out);
	}
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
	json_t *swept = swept_keys(r);
	const json_t *one;
	size_t k;

	put_head(swept, out);
	for (unsigned i = 0; i < r->cell_count; i++) {
		put_cell(&r->cells[i], out);
		put_swept(swept, r->cells[i].sweep, out);
	}
	json_array_foreach(r->not_offered, k, one)
	{
		put_left_out(one, out);
		put_swept(swept, NULL, out);
	}
	json_decref(swept);
	return ferror(out) ? err_set(e, -EIO, "cannot write compare.csv") : 0;
}
