/* SPDX-License-Identifier: BSD-2-Clause */
/* standard.h - the names that every leaf zone has below its apex: inside zones/ only. */
#pragma once

#include "zones/site.h"

struct standard {
	const char *labels; /* wire form, without an end */
	unsigned depth;
	enum node_kind kind;
	unsigned set;
	bool hoster; /* only in a hoster's domain, with addresses that are real */
};

/* The one that `name` is, `depth` labels below the apex; NULL when it is none, or the zone no
 * leaf. */
const struct standard *standard_find(const struct zone *z, const uint8_t *name, unsigned depth);

/* Name n of those that the zone has and that are no explicit names too; false past the last.
 * `chain`: only those with a record in the denial chain. */
bool standard_at(const struct zone *z, uint64_t n, bool chain, uint8_t ret[NAME_MAX_LEN]);
uint64_t standard_count(const struct zone *z, bool chain);
