/* SPDX-License-Identifier: BSD-2-Clause */
/* telling.h - what an expectation was told: the reason of one that returns only false.
 *
 *	share of servfail between 19:04 and 19:19 is 4.20 %; count of queries between … is 100
 *
 * The last few are kept, as it is those that decide in a loop over hours; how many came before is
 * said. */
#pragma once

#include <stddef.h>

#define TELLING_KEPT 4
#define TELLING_TEXT 160

struct telling {
	char texts[TELLING_KEPT][TELLING_TEXT]; /* the n-th in [n % TELLING_KEPT] */
	unsigned count;
};

/* One more; the same again at once counts as one. What is too long ends in "…". */
void telling_add(struct telling *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* All of it in one line; "" when there is nothing. */
void telling_print(const struct telling *t, char *ret, size_t size);
