/* SPDX-License-Identifier: BSD-2-Clause */
/* cached_keys.h - the keys and DS that a zone ever had, by number: a ring.
 *
 * A key is its DNSKEY record, so several key pairs with one tag are several keys. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <ldns/ldns.h>

#include "sim/base/err.h"

#define CACHED_SOME 32 /* keys in one RRset */

/* Numbers of keys or DS, sorted. */
struct cached_some {
	uint16_t list[CACHED_SOME];
	unsigned count;
};

struct cached_key {
	ldns_rr *rr;
	uint16_t tag, flags;
	uint8_t algorithm;
};

struct cached_ds {
	ldns_rr *rr;
	uint16_t tag;
	int key; /* that it stands for; -1: none that was ever there */
};

struct cached_ring {
	struct cached_key *keys;
	unsigned key_count;
	struct cached_ds *ds;
	unsigned ds_count;
};

void cached_ring_done(struct cached_ring *r);

/* The number of a key, or of a DS, that is added where it is not there. -ENOMEM; -E2BIG: over 65535. */
int cached_ring_key(struct cached_ring *r, const ldns_rr *key, unsigned *ret, bool *ret_new,
		    struct err *e);
int cached_ring_ds(struct cached_ring *r, const ldns_rr *ds, unsigned *ret, struct err *e);

/* Whether a key may sign what others have (RFC 4034 section 2.1.1, RFC 5011 section 2.1). */
bool cached_key_is_usable(const struct cached_key *k);

/* Adds a number; one that is there stays. -E2BIG. */
int cached_some_add(struct cached_some *s, unsigned number, struct err *e);
bool cached_some_has(const struct cached_some *s, unsigned number);
bool cached_some_equal(const struct cached_some *a, const struct cached_some *b);
bool cached_some_meet(const struct cached_some *a, const struct cached_some *b);
