/* SPDX-License-Identifier: BSD-2-Clause */
/* numbers.h - which resolver has an address: each packet asks for two or three. */
#pragma once

#include "sim/base/hash.h"
#include "sim/clock/page.h"
#include "zones/address.h"

#define NUMBERS_MAX (2 * PAGE_AREAS) /* addresses: each resolver has two */

struct numbers { /* zeros: nobody has an address */
	struct number {
		struct address address;
		unsigned number;
		UT_hash_handle hh;
	} all[NUMBERS_MAX], *first;
	unsigned count;
};

void numbers_done(struct numbers *n);

/* The first number that an address was given stays. It does not move any more. */
void numbers_add(struct numbers *n, const struct address *a, unsigned number);

/* -1: nobody has this address. */
int numbers_find(const struct numbers *n, const struct address *a);
