/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/table.h"

#include <errno.h>
#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct table_node {
	UT_hash_handle hh;
	void *value;
};

void *table_get(const struct table *t, const void *key, size_t len)
{
	struct table_node *n;

	HASH_FIND(hh, t->nodes, key, len, n);
	return n ? n->value : NULL;
}

int table_put(struct table *t, const void *key, size_t len, void *value)
{
	struct table_node *n = malloc(sizeof(*n));

	if (!n)
		return -ENOMEM;
	n->value = value;
	HASH_ADD_KEYPTR(hh, t->nodes, key, len, n);
	if (n->hh.tbl)
		return 0;
	free(n);
	return -ENOMEM;
}

void *table_next(const struct table *t, struct table_node **pos)
{
	*pos = *pos ? (*pos)->hh.next : t->nodes;
	return *pos ? (*pos)->value : NULL;
}

void table_done(struct table *t)
{
	struct table_node *n, *next;

	HASH_ITER (hh, t->nodes, n, next) {
		HASH_DEL(t->nodes, n);
		free(n);
	}
}
