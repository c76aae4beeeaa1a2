/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/sum.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/results/csv.h"
#include "harness/results/sum_band.h"
#include "harness/text/whole.h"
#include "sim/base/cleanup.h"
#include "sim/base/hash.h"
#include "sim/record/record_csv.h"

/* How the values of a row that several caches have become one. */
enum fold { FOLD_SUM, FOLD_MOST, FOLD_LEAST, FOLD_MEAN, FOLD_NONE };

/* A table of which the first `keys` columns say what a row is about, 0: all; the others are numbers. Where older versions
 * had fewer of these, `first` is the first number. */
struct table_kind {
	const char *name, *first;
	unsigned keys;
	bool is_metrics, may_lack;
};

struct row {
	char *key; /* the fields of `keys` columns, each with its end */
	size_t key_len;
	double t;
	unsigned place; /* in the order in which they came up */
	enum fold fold;
	double weight; /* of a mean; of the least, whether there is one yet */
	double *values;
	UT_hash_handle hh;
};

struct sum {
	const struct table_kind *kind;
	struct row *rows;
	char *head; /* the first line */
	unsigned width, keys;
	double answers; /* of the row before: a mean's weight */
};

static void sum_done(struct sum *s)
{
	struct row *r, *next;

	HASH_ITER (hh, s->rows, r, next) {
		HASH_DEL(s->rows, r);
		free(r->key);
		free(r->values);
		free(r);
	}
	free(s->head);
}

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for the sum of a fleet");
}

/* Of a resolver's own counters nobody knows whether they add up. */
static enum fold fold_of(const char *metric)
{
	static const struct {
		const char *begins;
		enum fold fold;
	} folds[] = {
		{ "distinct_", FOLD_SUM },
		{ "user_minutes", FOLD_SUM },
		{ "lost_questions", FOLD_SUM },
		{ "unvalidated_answers", FOLD_SUM },
		{ "leaks.", FOLD_SUM },
		{ "cpu_seconds", FOLD_SUM },
		{ "rss_bytes", FOLD_SUM },
		{ "request-list", FOLD_SUM },
		{ "authority.", FOLD_SUM },
		{ "clients.", FOLD_SUM },
		{ "resolver.", FOLD_SUM },
		{ "answers.", FOLD_SUM },
		{ "answer_seconds_mean.", FOLD_MEAN },
		{ "answer_seconds_max.", FOLD_MOST },
		{ "ttl.smallest", FOLD_LEAST },
		{ "ttl.", FOLD_SUM },
	};

	for (size_t i = 0; i < ARRAY_SIZE(folds); i++)
		if (strncmp(metric, folds[i].begins, strlen(folds[i].begins)) == 0)
			return folds[i].fold;
	return FOLD_NONE;
}

/* ---- reading ---- */

static int take_head(struct sum *s, const struct csv *csv, struct err *e)
{
	FILE *out;
	size_t len;

	if (csv_width(csv) < s->kind->keys)
		return err_set(e, -EINVAL, "'%s' has too few columns", s->kind->name);
	if (s->head)
		return csv_width(csv) == s->width
			       ? 0
			       : err_set(e, -EINVAL, "'%s' has other columns", s->kind->name);
	s->width = csv_width(csv);
	s->keys = s->kind->keys ?: s->width;
	for (unsigned i = 0; s->kind->first && i < s->width; i++)
		if (strcmp(csv_heading(csv, i), s->kind->first) == 0)
			s->keys = i;
	out = open_memstream(&s->head, &len);
	if (!out)
		return no_memory(e);
	for (unsigned i = 0; i < s->width; i++)
		fprintf(out, "%s%s", i ? "," : "", csv_heading(csv, i));
	return fclose(out) == 0 ? 0 : no_memory(e);
}

static char *key_of(const struct sum *s, const struct csv *csv, size_t *len)
{
	char *key = NULL;

	*len = 0;
	for (unsigned i = 0; i < s->keys; i++)
		*len += strlen(csv_text(csv, i)) + 1;
	key = malloc(*len);
	if (!key)
		return NULL;
	*len = 0;
	for (unsigned i = 0; i < s->keys; i++)
		*len += (size_t)sprintf(key + *len, "%s", csv_text(csv, i)) + 1;
	return key;
}

static struct row *row_of(struct sum *s, const struct csv *csv)
{
	_cleanup_(freep) char *key = NULL;
	struct row *r;
	size_t len;

	key = key_of(s, csv, &len);
	if (!key)
		return NULL;
	HASH_FIND(hh, s->rows, key, len, r);
	if (r)
		return r;
	r = calloc(1, sizeof(*r));
	if (!r || !(r->values = calloc(s->width, sizeof(double)))) {
		free(r);
		return NULL;
	}
	r->key = TAKE(key);
	r->key_len = len;
	r->place = HASH_COUNT(s->rows);
	HASH_ADD_KEYPTR(hh, s->rows, r->key, r->key_len, r);
	return r;
}

static void fold_value(struct row *r, unsigned i, double v, double weight)
{
	switch (r->fold) {
	case FOLD_SUM:
		r->values[i] += v;
		break;
	case FOLD_MOST:
		r->values[i] = v > r->values[i] ? v : r->values[i];
		break;
	case FOLD_LEAST:
		r->values[i] = !r->weight || v < r->values[i] ? v : r->values[i];
		r->weight = 1;
		break;
	case FOLD_MEAN:
		r->values[i] += v * weight;
		r->weight += weight;
		break;
	case FOLD_NONE:
		break;
	}
}

static int take_row(struct sum *s, const struct csv *csv, struct err *e)
{
	const char *metric = s->kind->is_metrics ? csv_text(csv, 2) : "";
	enum fold fold = s->kind->is_metrics ? fold_of(metric) : FOLD_SUM;
	struct row *r = fold == FOLD_NONE ? NULL : row_of(s, csv);
	double v, t;
	int rc = csv_time(csv, &t, e);

	if (rc < 0 || fold == FOLD_NONE)
		return rc;
	if (!r)
		return no_memory(e);
	r->t = t;
	r->fold = fold;
	for (unsigned i = s->keys; i < s->width; i++) {
		rc = csv_number(csv, i, &v, e);
		if (rc < 0)
			return rc;
		fold_value(r, i, v, s->answers);
		s->answers = v;
	}
	return 0;
}

static int read_table(struct sum *s, const char *folder, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	struct err lacks = { "" };
	int rc = csv_open(folder, s->kind->name, &csv, &lacks);

	if (rc == -ENOENT && s->kind->may_lack)
		return 0;
	if (rc < 0)
		*e = lacks;
	if (rc == 0)
		rc = take_head(s, csv, e);
	while (rc == 0 && (rc = csv_next(csv, e)) == 1)
		rc = take_row(s, csv, e);
	if (rc < 0)
		err_prefix(e, "'%s'", folder);
	return rc;
}

/* ---- writing ---- */

static int in_time(const struct row *a, const struct row *b)
{
	if (a->t < b->t || a->t > b->t)
		return a->t < b->t ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static void write_row(const struct sum *s, const struct row *r, FILE *out)
{
	const char *field = r->key;

	for (unsigned i = 0; i < s->keys; i++, field += strlen(field) + 1) {
		fprintf(out, "%s", i ? "," : "");
		record_csv_put(field, out);
	}
	for (unsigned i = s->keys; i < s->width; i++)
		fprintf(out, ",%.15g",
			r->fold == FOLD_MEAN ? r->values[i] / r->weight : r->values[i]);
	fputc('\n', out);
}

static int write_table(struct sum *s, const char *into, struct err *e)
{
	struct whole w;
	struct row *r, *next;
	int rc = whole_open(&w, into, s->kind->name, e);

	if (rc < 0)
		return rc;
	fprintf(w.out, "%s\n", s->head);
	HASH_SORT(s->rows, in_time);
	HASH_ITER (hh, s->rows, r, next)
		if (r->fold != FOLD_MEAN || r->weight > 0)
			write_row(s, r, w.out);
	return whole_close(&w, 0, e);
}

static int sum_table(const struct table_kind *kind, const char *const *folders, unsigned count,
		     const char *into, struct err *e)
{
	_cleanup_(sum_done) struct sum s = { .kind = kind };
	int rc = 0;

	for (unsigned i = 0; i < count && rc == 0; i++)
		rc = read_table(&s, folders[i], e);
	return rc < 0 || !s.head ? rc : write_table(&s, into, e);
}

int sum_files(const char *const *folders, unsigned count, simtime from, const char *into,
	      struct err *e)
{
	static const struct table_kind kinds[] = {
		{ .name = "curve.csv", .keys = 3 },
		{ .name = "ede.csv", .keys = 5, .first = "count" },
		{ .name = "upstream.csv", .keys = 4 },
		{ .name = "metrics.csv", .keys = 3, .is_metrics = true },
		{ .name = "events.csv" },
		{ .name = "links.csv", .keys = 4, .may_lack = true },
		{ .name = "asked.csv", .keys = 4, .may_lack = true },
		{ .name = "requests.csv", .keys = 2, .may_lack = true },
	};
	int rc = 0;

	if (mkdir(into, 0777) < 0 && errno != EEXIST)
		return err_set(e, -errno, "cannot make the folder '%s': %s", into, strerror(errno));
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && rc == 0; i++)
		rc = sum_table(&kinds[i], folders, count, into, e);
	return rc < 0 ? rc : sum_band(folders, count, from, into, e);
}
