/* SPDX-License-Identifier: BSD-2-Clause */
/* anchor.h - when a cell's negative trust anchor was set, and when it took hold: why it bought much
 * or nothing.
 *
 *	It was set at 22:17, 9 min after the first server was mended, and without a flush; it took hold
 *	at 22:45, 28 min later, when what the cache held had run out.
 *
 * It took hold with the first answer for a signed name that came without AD to a client that would
 * have seen it. That nobody would, or that there were such answers before, leaves it unsaid. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "harness/results/recorded.h"

struct anchor {
	double set; /* seconds since the start */
	double flush; /* of the first flush from a minute before it on; NAN: there was none */
	double hold; /* the bin in which it took hold; NAN: it is not known */
	double bin; /* seconds of one */
};

/* false: no anchor was set, or the record does not tell. */
bool anchor_find(const struct recorded_cell *c, struct anchor *ret);

/* The sentences above, without a line's end. */
void anchor_print(const struct recorded *r, const struct anchor *a, FILE *out);
