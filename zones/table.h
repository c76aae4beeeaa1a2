/* SPDX-License-Identifier: BSD-2-Clause */
/* table.h - a hash table from bytes (a name, an address) to a pointer: inside zones/ only.
 *
 * Nothing is taken out of it. Keys are lent: they must live as long as the table, in the value as a
 * rule. All zeros is an empty table. */
#pragma once

#include <stddef.h>

struct table_node;

struct table {
	struct table_node *nodes;
};

void *table_get(const struct table *t, const void *key, size_t len);

/* `value` is not NULL and the key is not there yet. -ENOMEM. */
int table_put(struct table *t, const void *key, size_t len, void *value);

/* The values, in the order in which they were put, from *pos (start with NULL); NULL after the
 * last. */
void *table_next(const struct table *t, struct table_node **pos);

void table_done(struct table *t);
