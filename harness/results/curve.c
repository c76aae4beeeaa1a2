/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/curve.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/csv.h"

#define BIN_MAX (366 * 86400.0)
#define STRETCHES 100
#define ALIKE 0.01 /* as much as two curves that look the same may differ by */
#define FIRST 3 /* columns before the numbers: t, utc, class */

static int read_head(struct curve *c, const struct csv *csv, struct err *e)
{
	static const char *const want[] = { "t", "utc", "class", "queries" };

	for (unsigned i = 0; i < ARRAY_SIZE(want); i++)
		if (csv_width(csv) <= i || strcmp(csv_heading(csv, i), want[i]) != 0)
			return err_set(e, -EINVAL,
				       "'curve.csv' does not begin with t,utc,class,queries");
	if (csv_width(csv) - FIRST > ARRAY_SIZE(c->columns))
		return err_set(e, -EINVAL, "'curve.csv' has too many columns");
	c->column_count = csv_width(csv) - FIRST;
	for (unsigned i = 0; i < c->column_count; i++)
		snprintf(c->columns[i], sizeof(c->columns[i]), "%s", csv_heading(csv, FIRST + i));
	return 0;
}

static int find_class(const struct curve *c, const char *name)
{
	for (unsigned i = 0; i < c->class_count; i++)
		if (strcmp(c->classes[i].name, name) == 0)
			return (int)i;
	return -EINVAL;
}

/* The class of a row, made when it comes up first; "all" is always number CURVE_ALL. */
static int row_class(struct curve *c, const char *name, struct err *e)
{
	int n = find_class(c, name);
	struct curve_class *class = &c->classes[c->class_count];

	if (n >= 0)
		return n;
	if (c->class_count == 0 && strcmp(name, "all") != 0)
		return err_set(e, -EINVAL, "'curve.csv' has no row 'all' before '%s'", name);
	if (c->class_count == ARRAY_SIZE(c->classes))
		return err_set(e, -EINVAL, "'curve.csv' has too many classes");
	if (c->cap) {
		class->values = calloc((size_t)c->cap * c->column_count, sizeof(int64_t));
		if (!class->values)
			return err_set(e, -ENOMEM, "no memory for 'curve.csv'");
	}
	snprintf(class->name, sizeof(class->name), "%s", name);
	return (int)c->class_count++;
}

static int grow(struct curve *c, struct err *e)
{
	unsigned cap = c->cap ? c->cap * 2 : 256;
	int64_t *t = reallocarray(c->t, cap, sizeof(int64_t));

	if (!t)
		return err_set(e, -ENOMEM, "no memory for 'curve.csv'");
	c->t = t;
	for (unsigned i = 0; i < c->class_count; i++) {
		size_t old = (size_t)c->cap * c->column_count;
		size_t len = (size_t)cap * c->column_count;
		int64_t *values = reallocarray(c->classes[i].values, len, sizeof(int64_t));

		if (!values)
			return err_set(e, -ENOMEM, "no memory for 'curve.csv'");
		memset(values + old, 0, (len - old) * sizeof(int64_t));
		c->classes[i].values = values;
	}
	c->cap = cap;
	return 0;
}

static int read_row(struct curve *c, const struct csv *csv, struct err *e)
{
	int class = row_class(c, csv_text(csv, 2), e), rc;
	int64_t *values;
	double number;

	rc = class < 0 ? class : csv_time(csv, &number, e);
	if (rc < 0)
		return rc;
	if (c->count && number < (double)c->t[c->count - 1])
		return csv_wrong(csv, e, "the record goes back in time");
	if (c->count == 0 || number > (double)c->t[c->count - 1]) {
		rc = c->count == c->cap ? grow(c, e) : 0;
		if (rc < 0)
			return rc;
		c->t[c->count++] = (int64_t)number;
	}
	values = c->classes[class].values + (size_t)(c->count - 1) * c->column_count;
	for (unsigned i = 0; i < c->column_count; i++) {
		rc = csv_count(csv, FIRST + i, &number, e);
		if (rc < 0)
			return rc;
		values[i] = (int64_t)number;
	}
	return 0;
}

int curve_load(const char *folder, double bin, struct curve **ret, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	_cleanup_(curve_freep) struct curve *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return err_set(e, -ENOMEM, "no memory for 'curve.csv'");
	rc = csv_open(folder, "curve.csv", &csv, e);
	if (rc == 0)
		rc = read_head(c, csv, e);
	while (rc == 0 && (rc = csv_next(csv, e)) == 1)
		rc = read_row(c, csv, e);
	if (rc < 0)
		return rc;
	if (bin >= 1 && bin <= BIN_MAX)
		c->bin = (int64_t)bin;
	else
		c->bin = c->count > 1 && c->t[1] > c->t[0] ? c->t[1] - c->t[0] : 60;
	*ret = TAKE(c);
	return 0;
}

void curve_free(struct curve *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < ARRAY_SIZE(c->classes); i++)
		free(c->classes[i].values);
	free(c->t);
	free(c);
}

int curve_column(const struct curve *c, const char *name, struct err *e)
{
	char known[640] = "";
	size_t len = 0;

	for (unsigned i = 0; i < c->column_count; i++) {
		if (strcmp(c->columns[i], name) == 0)
			return (int)i;
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", i ? ", " : "",
					c->columns[i]);
		len = len < sizeof(known) ? len : sizeof(known) - 1;
	}
	return err_set(e, -EINVAL, "no column '%s'; there are %s", name, known);
}

int curve_class(const struct curve *c, const char *name, struct err *e)
{
	char known[640] = "";
	size_t len = 0;
	int n = find_class(c, name);

	for (unsigned i = 0; i < c->class_count && n < 0; i++) {
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", i ? ", " : "",
					c->classes[i].name);
		len = len < sizeof(known) ? len : sizeof(known) - 1;
	}
	return n >= 0 ? n
		      : err_set(e, -EINVAL, "no class '%s' in this run; there are %s", name, known);
}

static bool counts_distinct(const char *column)
{
	static const char *const names[] = { "names", "failed_names", "clients", "failed_clients" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(column, names[i]) == 0)
			return true;
	return false;
}

static void put_into(struct curve *to, unsigned class, unsigned bin, const int64_t *values)
{
	for (unsigned i = 0; i < to->column_count; i++) {
		int64_t *v = &to->classes[class].values[(size_t)bin * to->column_count + i];

		if (!counts_distinct(to->columns[i]))
			*v += values[i];
		else if (values[i] > *v)
			*v = values[i];
	}
}

/* As long as `c`'s, in longer bins, all of it 0. */
static struct curve *new_thin(const struct curve *c, unsigned bins)
{
	_cleanup_(curve_freep) struct curve *thin = malloc(sizeof(*thin));
	size_t size = (size_t)(c->count / bins + 1) * c->column_count + 1;

	if (!thin)
		return NULL;
	*thin = *c;
	thin->count = thin->cap = (c->count + bins - 1) / bins;
	thin->bin = c->bin * bins;
	thin->t = calloc(thin->count + 1, sizeof(*thin->t));
	for (unsigned i = 0; i < ARRAY_SIZE(thin->classes); i++)
		thin->classes[i].values = i < c->class_count ? calloc(size, sizeof(int64_t)) : NULL;
	for (unsigned i = 0; i < c->class_count; i++)
		if (!thin->t || !thin->classes[i].values)
			return NULL;
	return TAKE(thin);
}

struct curve *curve_thin(const struct curve *c, unsigned bins)
{
	struct curve *thin = new_thin(c, bins);

	for (unsigned b = 0; thin && b < c->count; b++) {
		if (b % bins == 0)
			thin->t[b / bins] = c->t[b];
		for (unsigned i = 0; i < c->class_count; i++)
			put_into(thin, i, b / bins,
				 &c->classes[i].values[(size_t)b * c->column_count]);
	}
	return thin;
}

int64_t curve_value(const struct curve *c, unsigned class, unsigned column, unsigned bin)
{
	return c->classes[class].values[(size_t)bin * c->column_count + column];
}

/* The first bin that begins at or after an instant. */
static unsigned lower_bound(const struct curve *c, double t)
{
	unsigned low = 0, high = c->count;

	while (low < high) {
		unsigned mid = low + (high - low) / 2;

		if ((double)c->t[mid] < t)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

unsigned curve_sum(const struct curve *c, unsigned class, unsigned column, double from, double to,
		   int64_t *ret)
{
	unsigned first = lower_bound(c, from), bin = first;

	*ret = 0;
	for (; bin < c->count && (double)c->t[bin] < to; bin++)
		*ret += curve_value(c, class, column, bin);
	return bin - first;
}

double curve_share(const struct curve *c, unsigned class, unsigned column, double from, double to)
{
	int64_t queries, sum;

	curve_sum(c, class, 0, from, to, &queries); /* column 0 is "queries", see read_head() */
	curve_sum(c, class, column, from, to, &sum);
	return queries ? (double)sum / (double)queries : (double)NAN;
}

int64_t curve_end(const struct curve *c)
{
	return c->count ? c->t[c->count - 1] + c->bin : 0;
}

static bool share_alike(const struct curve *a, const struct curve *b, const char *name, double from,
			double to)
{
	int in_a = curve_column(a, name, NULL), in_b = curve_column(b, name, NULL);
	double x, y;

	if (in_a < 0 || in_b < 0)
		return in_a < 0 && in_b < 0;
	x = curve_share(a, CURVE_ALL, (unsigned)in_a, from, to);
	y = curve_share(b, CURVE_ALL, (unsigned)in_b, from, to);
	return isnan(x) || isnan(y) ? isnan(x) && isnan(y) : fabs(x - y) <= ALIKE;
}

bool curve_alike(const struct curve *a, const struct curve *b, double span)
{
	static const char *const names[] = { "servfail", "noerror", "stale" };

	for (unsigned i = 0; i < STRETCHES; i++)
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			if (!share_alike(a, b, names[k], span * i / STRETCHES,
					 span * (i + 1) / STRETCHES))
				return false;
	return true;
}
