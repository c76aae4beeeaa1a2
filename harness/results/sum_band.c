/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/sum_band.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "harness/results/curve.h"
#include "harness/text/whole.h"

static const char *const columns[] = { "servfail", "noerror", "stale", "timeout" };

struct band {
	struct curve **curves;
	unsigned count;
	const struct curve *longest;
	double *shares; /* of the caches in one bin */
};

static void band_done(struct band *b)
{
	for (unsigned i = 0; b->curves && i < b->count; i++)
		curve_free(b->curves[i]);
	free(b->curves);
	free(b->shares);
}

static int load(struct band *b, const char *const *folders, struct err *e)
{
	int rc = 0;

	b->curves = calloc(b->count, sizeof(*b->curves));
	b->shares = calloc(b->count, sizeof(*b->shares));
	if (!b->curves || !b->shares)
		return err_set(e, -ENOMEM, "no memory for the band of a fleet");
	for (unsigned i = 0; i < b->count && rc == 0; i++) {
		rc = curve_load(folders[i], NAN, &b->curves[i], e);
		if (rc == 0 && (!b->longest || b->curves[i]->count > b->longest->count))
			b->longest = b->curves[i];
	}
	return rc;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Of `n` numbers in order. */
static double median(const double *list, unsigned n)
{
	return n % 2 ? list[n / 2] : (list[n / 2 - 1] + list[n / 2]) / 2;
}

/* All curves are of one scenario, so that bin number i is the same stretch in each. */
static unsigned collect(struct band *b, unsigned bin, const char *name)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->count; i++) {
		const struct curve *c = b->curves[i];
		int column = curve_column(c, name, NULL);
		double queries;

		if (column < 0 || bin >= c->count)
			continue;
		queries = (double)curve_value(c, CURVE_ALL, 0, bin);
		if (queries > 0)
			b->shares[n++] =
				(double)curve_value(c, CURVE_ALL, (unsigned)column, bin) / queries;
	}
	if (n)
		qsort(b->shares, n, sizeof(*b->shares), by_size);
	return n;
}

static void write_row(struct band *b, unsigned bin, const char *name, simtime from, FILE *out)
{
	unsigned n = collect(b, bin, name), half = (n + 1) / 2;
	int64_t t = b->longest->t[bin];
	char utc[32];

	if (!n)
		return;
	fprintf(out, "%" PRId64 ",%s,%s,%u,%.6g,%.6g,%.6g,%.6g,%.6g\n", t,
		simtime_text(simtime_plus(from, t * SECOND), utc), name, n, b->shares[0],
		median(b->shares, half), median(b->shares, n), median(b->shares + n - half, half),
		b->shares[n - 1]);
}

int sum_band(const char *const *folders, unsigned count, simtime from, const char *into,
	     struct err *e)
{
	_cleanup_(band_done) struct band b = { .count = count };
	struct whole w;
	int rc = load(&b, folders, e);

	if (rc == 0)
		rc = whole_open(&w, into, "band.csv", e);
	if (rc < 0)
		return rc;
	fprintf(w.out, "t,utc,column,caches,min,lower_quartile,median,upper_quartile,max\n");
	for (unsigned bin = 0; b.longest && bin < b.longest->count; bin++)
		for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
			write_row(&b, bin, columns[i], from, w.out);
	return whole_close(&w, 0, e);
}
