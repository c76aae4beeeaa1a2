/* SPDX-License-Identifier: BSD-2-Clause */
/* table.h - a hash table from bytes (a name, an address) to a pointer: inside zones/ only.
 *
 * Grows, never shrinks; nothing is taken out of it. Keys are lent: they must live as long as the
 * table, in the value as a rule. All zeros is an empty table. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct table_slot {
	uint64_t hash;
	const void *key;
	size_t key_len;
	void *value; /* NULL: the slot is free */
};

struct table {
	struct table_slot *slots;
	size_t cap, count;
};

void *table_get(const struct table *t, const void *key, size_t len);

/* `value` is not NULL and the key is not there yet. -ENOMEM. */
int table_put(struct table *t, const void *key, size_t len, void *value);

/* The values in no promised order, from *pos (start with 0); NULL after the last. */
void *table_next(const struct table *t, size_t *pos);

void table_done(struct table *t);
