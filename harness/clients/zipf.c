/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/zipf.h"

#include <math.h>

/* The integral of t^-s from 1 to x is (x^(1-s) - 1) / (1-s), and log x for s = 1. Near s = 1 the
 * first form loses all its digits, so both are written over expm1(y)/y and log1p(y)/y, which are
 * smooth there. */
static double expm1_over(double y)
{
	return fabs(y) > 1e-8 ? expm1(y) / y : 1 + y / 2;
}

static double log1p_over(double y)
{
	return fabs(y) > 1e-8 ? log1p(y) / y : 1 - y / 2;
}

static double area(const struct zipf *z, double x)
{
	double l = log(x);

	return expm1_over((1 - z->exponent) * l) * l;
}

static double area_inverse(const struct zipf *z, double a)
{
	double y = a * (1 - z->exponent);

	return exp(log1p_over(y < -1 ? -1 : y) * a);
}

static double density(const struct zipf *z, double x)
{
	return exp(-z->exponent * log(x));
}

struct zipf zipf_over(uint64_t n, double exponent)
{
	struct zipf z = { .n = n, .exponent = exponent };

	z.area_low = area(&z, 1.5) - 1; /* rank 1 takes exactly its own share, 1 */
	z.area_high = area(&z, (double)n + 0.5);
	z.sure = 2 - area_inverse(&z, area(&z, 2.5) - density(&z, 2));
	return z;
}

uint64_t zipf_draw(const struct zipf *z, struct rng *r)
{
	for (;;) {
		double u = z->area_high - rng_unit(rng_next(r)) * (z->area_high - z->area_low);
		double x = area_inverse(z, u), rank = floor(x + 0.5);

		if (rank < 1)
			rank = 1;
		if (rank > (double)z->n)
			rank = (double)z->n;
		if (rank - x <= z->sure || u >= area(z, rank + 0.5) - density(z, rank))
			return (uint64_t)rank;
	}
}
