/* SPDX-License-Identifier: BSD-2-Clause */
/* ede_csv.c - ede-matrix.csv. */
#include "harness/results/ede_matrix.h"

#include <errno.h>

#include "sim/record/record_csv.h"

static void put_text(const char *text, FILE *out)
{
	fputc(',', out);
	record_csv_put(text, out);
}

static void put_case(const struct ede_case *c, FILE *out)
{
	record_csv_put(c->any->name, out);
	put_text(c->any->question, out);
	put_text(c->any->fault, out);
	put_text(case_classes[c->any->class], out);
	put_text(ede_differences[c->difference], out);
}

static void put_texts(const struct case_answer *a, FILE *out)
{
	char all[CASE_EDES * (CASE_TEXT + 3)] = "";
	size_t len = 0;

	for (unsigned i = 0; i < a->ede_count; i++)
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", i ? " | " : "",
					a->edes[i].text);
	put_text(all, out);
}

static void put_marks(const struct case_row *row, FILE *out)
{
	const char *const marks[] = { ede_row_points_wrong(row) ? "wrong-way" : NULL,
				      ede_row_lacks_code(row) ? "no-code" : NULL,
				      ede_row_not_seen(row) ? "not-seen" : NULL };
	const char *before = "";

	fputc(',', out);
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (!marks[i])
			continue;
		fprintf(out, "%s%s", before, marks[i]);
		before = " ";
	}
}

static void put_row(const struct case_row *row, FILE *out)
{
	char codes[64], rcode[NAMES_LEN];

	put_text(row->valid ? "yes" : "no", out);
	put_text(row->why, out);
	if (!row->valid) {
		fprintf(out, ",,,,,,,,,,,,,\n");
		return;
	}
	fprintf(out, ",%s,%d,%d,%s", case_rcode_text(row->first.rcode, rcode), row->first.ad,
		row->first.has_data, case_codes(&row->first, codes));
	put_texts(&row->first, out);
	fprintf(out, ",%s,%s,%s,%llu,%llu,%.6f,%llu", case_rcode_text(row->cd.rcode, rcode),
		case_codes(&row->cd, codes), case_is_answered(&row->cd) ? "yes" : "no",
		(unsigned long long)row->queries, (unsigned long long)row->bytes, row->seconds,
		(unsigned long long)row->seen);
	put_marks(row, out);
	fputc('\n', out);
}

int ede_csv_write(const struct recorded *r, FILE *out, struct err *e)
{
	_cleanup_(ede_matrix_freep) struct ede_matrix *m = NULL;
	int rc = ede_matrix_new(r, &m, e);

	if (rc < 0)
		return rc;
	fprintf(out,
		"case,question,fault,class,differ,cell,resolver,version,mitigation,valid,why,"
		"rcode,ad,data,codes,texts,cd_rcode,cd_codes,answered_with_cd,upstream_queries,"
		"upstream_bytes,seconds,seen,marks\n");
	for (unsigned i = 0; i < m->count; i++) {
		for (unsigned k = 0; k < r->cell_count; k++) {
			const struct recorded_cell *cell = &r->cells[k];

			if (!m->cases[i].rows[k])
				continue;
			put_case(&m->cases[i], out);
			put_text(cell->label, out);
			put_text(cell->resolver, out);
			put_text(cell->version, out);
			put_text(cell->mitigation, out);
			put_row(m->cases[i].rows[k], out);
		}
	}
	return ferror(out) ? err_set(e, -EIO, "cannot write ede-matrix.csv") : 0;
}
