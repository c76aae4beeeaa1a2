/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/case_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/csv.h"

#define BETWEEN " | "

static const char HEADER[] =
	"case,question,fault,class,valid,why,rcode,ad,data,codes,texts,cd_rcode,"
	"cd_codes,upstream_queries,upstream_bytes,seconds,seen";

const char *const case_classes[] = {
	[CASE_NOTHING_WRONG] = "none",
	[CASE_DNSSEC] = "dnssec",
	[CASE_CONNECTIVITY] = "connectivity",
	[CASE_ANSWERS] = "answers",
};

char *case_rcode_text(int rcode, char ret[NAMES_LEN])
{
	return rcode == CASE_TIMEOUT ? strcpy(ret, "timeout") : names_rcode((unsigned)rcode, ret);
}

char *case_outcome_text(const struct case_answer *a, char ret[NAMES_LEN])
{
	return a->rcode == 0 && !a->has_data ? strcpy(ret, "NODATA")
					     : case_rcode_text(a->rcode, ret);
}

bool case_is_answered(const struct case_answer *a)
{
	return a->rcode == 0 || a->rcode == 3;
}

bool case_has_code(const struct case_answer *a, int code)
{
	for (unsigned i = 0; i < a->ede_count; i++)
		if (a->edes[i].code == code)
			return true;
	return false;
}

char *case_codes(const struct case_answer *a, char ret[64])
{
	size_t len = 0;

	ret[0] = '\0';
	for (unsigned i = 0; i < a->ede_count && len < 56; i++)
		len += (size_t)snprintf(ret + len, 64 - len, "%s%d", i ? " " : "", a->edes[i].code);
	return ret;
}

/* ---- writing ---- */

int case_rows_open(struct record_file *f, const char *folder, struct err *e)
{
	return record_file_open(f, folder, CASES_FILE, HEADER, e);
}

static void put_texts(struct record_file *f, const struct case_answer *a)
{
	char all[CASE_EDES * (CASE_TEXT + sizeof(BETWEEN))] = "", *bar;
	size_t len = 0;

	for (unsigned i = 0; i < a->ede_count; i++) {
		char text[CASE_TEXT];

		snprintf(text, sizeof(text), "%s", a->edes[i].text);
		while ((bar = strstr(text, BETWEEN)))
			bar[1] = '/';
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", i ? BETWEEN : "",
					text);
	}
	record_file_put_field(f, all);
}

static void put_outcome(struct record_file *f, const struct case_row *row)
{
	char codes[64], rcode[NAMES_LEN];

	record_file_put(f, "%s,%d,%d,%s,", case_rcode_text(row->first.rcode, rcode), row->first.ad,
			row->first.has_data, case_codes(&row->first, codes));
	put_texts(f, &row->first);
	record_file_put(f, ",%s,%s,%llu,%llu,%.6f,%llu\n", case_rcode_text(row->cd.rcode, rcode),
			case_codes(&row->cd, codes), (unsigned long long)row->queries,
			(unsigned long long)row->bytes, row->seconds,
			(unsigned long long)row->seen);
}

int case_rows_put(struct record_file *f, const struct case_row *row, struct err *e)
{
	record_file_put(f, "%s,", row->name);
	record_file_put_field(f, row->question);
	record_file_put(f, ",%s,%s,%s,", row->fault, case_classes[row->class],
			row->valid ? "yes" : "no");
	record_file_put_field(f, row->why);
	record_file_put(f, ",");
	if (row->valid)
		put_outcome(f, row);
	else
		record_file_put(f, ",,,,,,,,,,\n");
	return record_file_flush(f, e);
}

/* ---- reading ---- */

enum column {
	NAME,
	QUESTION,
	FAULT,
	CLASS,
	VALID,
	WHY,
	RCODE,
	AD,
	DATA,
	CODES,
	TEXTS,
	CD_RCODE,
	CD_CODES,
	QUERIES,
	BYTES,
	SECONDS,
	SEEN,
	COLUMNS
};

static void copy(const struct csv *c, enum column column, char *ret, size_t size)
{
	snprintf(ret, size, "%s", csv_text(c, column));
}

static int read_codes(const struct csv *c, enum column column, const char *texts,
		      struct case_answer *ret, struct err *e)
{
	const char *codes = csv_text(c, column);
	char *end;
	long code;

	while (ret->ede_count < CASE_EDES) {
		struct case_ede *ede = &ret->edes[ret->ede_count];
		const char *bar = strstr(texts, BETWEEN);

		code = strtol(codes, &end, 10);
		if (end == codes)
			break;
		if (code < 0 || code > UINT16_MAX)
			return csv_wrong(c, e, "'%.64s' are not codes from 0 to %d",
					 csv_text(c, column), UINT16_MAX);
		ede->code = (int)code;
		codes = end;
		snprintf(ede->text, sizeof(ede->text), "%.*s",
			 bar ? (int)(bar - texts) : (int)strlen(texts), texts);
		texts = bar ? bar + strlen(BETWEEN) : "";
		ret->ede_count++;
	}
	return *codes ? csv_wrong(c, e, "'%.64s' are not up to %d codes", csv_text(c, column),
				  CASE_EDES)
		      : 0;
}

static int read_outcome(const struct csv *c, struct case_row *row, struct err *e)
{
	double ad, data, queries, bytes, seen;

	if (csv_number(c, AD, &ad, e) < 0 || csv_number(c, DATA, &data, e) < 0 ||
	    csv_count(c, QUERIES, &queries, e) < 0 || csv_count(c, BYTES, &bytes, e) < 0 ||
	    csv_number(c, SECONDS, &row->seconds, e) < 0 || csv_count(c, SEEN, &seen, e) < 0 ||
	    read_codes(c, CODES, csv_text(c, TEXTS), &row->first, e) < 0 ||
	    read_codes(c, CD_CODES, "", &row->cd, e) < 0)
		return -EINVAL;
	row->first.rcode = names_rcode_number(csv_text(c, RCODE));
	row->first.ad = ad > 0;
	row->first.has_data = data > 0;
	row->cd.rcode = names_rcode_number(csv_text(c, CD_RCODE));
	row->queries = (uint64_t)queries;
	row->bytes = (uint64_t)bytes;
	row->seen = (uint64_t)seen;
	return 0;
}

static int read_row(const struct csv *c, struct case_row *row, struct err *e)
{
	*row = (struct case_row){ .valid = strcmp(csv_text(c, VALID), "yes") == 0 };
	copy(c, NAME, row->name, sizeof(row->name));
	copy(c, QUESTION, row->question, sizeof(row->question));
	copy(c, FAULT, row->fault, sizeof(row->fault));
	copy(c, WHY, row->why, sizeof(row->why));
	for (int i = CASE_NOTHING_WRONG; i <= CASE_ANSWERS; i++)
		if (strcmp(case_classes[i], csv_text(c, CLASS)) == 0)
			row->class = (enum case_class)i;
	return row->valid ? read_outcome(c, row, e) : 0;
}

static int check_columns(const struct csv *c, struct err *e)
{
	char header[sizeof(HEADER)], *rest = header, *name;
	unsigned i = 0;

	strcpy(header, HEADER);
	for (; (name = strsep(&rest, ",")); i++)
		if (csv_column(c, name, e) != (int)i)
			return err_set(e, -EINVAL, "'%s' does not have the columns that it should",
				       CASES_FILE);
	return 0;
}

int case_rows_load(const char *folder, struct case_rows **ret, struct err *e)
{
	_cleanup_(case_rows_freep) struct case_rows *all = calloc(1, sizeof(*all));
	_cleanup_(csv_freep) struct csv *c = NULL;
	int r;

	if (!all)
		return err_set(e, -ENOMEM, "no memory to read '%s'", CASES_FILE);
	r = csv_open(folder, CASES_FILE, &c, e);
	if (r == 0)
		r = check_columns(c, e);
	while (r == 0 && (r = csv_next(c, e)) == 1) {
		struct case_row *grown =
			reallocarray(all->rows, all->count + 1, sizeof(*all->rows));

		if (!grown)
			return err_set(e, -ENOMEM, "no memory to read '%s'", CASES_FILE);
		all->rows = grown;
		r = read_row(c, &grown[all->count++], e);
	}
	if (r < 0)
		return r;
	*ret = TAKE(all);
	return 0;
}

void case_rows_free(struct case_rows *r)
{
	if (r)
		free(r->rows);
	free(r);
}

const struct case_row *case_rows_find(const struct case_rows *r, const char *name)
{
	for (unsigned i = 0; r && i < r->count; i++)
		if (strcmp(r->rows[i].name, name) == 0)
			return &r->rows[i];
	return NULL;
}
