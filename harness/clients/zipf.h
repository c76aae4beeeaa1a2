/* SPDX-License-Identifier: BSD-2-Clause */
/* zipf.h - ranks 1 … n with probabilities that fall as rank^-exponent, in constant time and no
 * memory.
 *
 * Rejection-inversion (Hörmann and Derflinger 1996): a number is drawn from the continuous
 * density x^-exponent, whose integral has an inverse, rounded, and seldom thrown away. */
#pragma once

#include <stdint.h>

#include "sim/base/rng.h"

struct zipf {
	uint64_t n;
	double exponent;
	double area_low, area_high; /* of the integral from the first to the last rank */
	double sure; /* a draw this near to its rank is never thrown away */
};

/* n > 0, exponent >= 0 (0: all ranks alike). */
struct zipf zipf_over(uint64_t n, double exponent);

/* A rank, 1 … n. */
uint64_t zipf_draw(const struct zipf *z, struct rng *r);
