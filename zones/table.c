/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/rng.h"

#define SEED 0x7461626c65u
#define CAP_MIN 8

/* The slot that holds the key, or the free one where it belongs. */
static struct table_slot *slot_of(const struct table *t, uint64_t hash, const void *key, size_t len)
{
	for (size_t i = hash & (t->cap - 1);; i = (i + 1) & (t->cap - 1)) {
		struct table_slot *s = &t->slots[i];

		if (!s->value)
			return s;
		if (s->hash == hash && s->key_len == len && !memcmp(s->key, key, len))
			return s;
	}
}

void *table_get(const struct table *t, const void *key, size_t len)
{
	return t->count ? slot_of(t, rng_hash(SEED, key, len), key, len)->value : NULL;
}

static int grow(struct table *t)
{
	struct table bigger = { .cap = t->cap ? 2 * t->cap : CAP_MIN, .count = t->count };

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < t->cap; i++) {
		struct table_slot *s = &t->slots[i];

		if (s->value)
			*slot_of(&bigger, s->hash, s->key, s->key_len) = *s;
	}
	free(t->slots);
	*t = bigger;
	return 0;
}

int table_put(struct table *t, const void *key, size_t len, void *value)
{
	uint64_t hash = rng_hash(SEED, key, len);
	struct table_slot *s;

	if (t->cap - t->count <= t->cap / 3 && grow(t))
		return -ENOMEM;
	s = slot_of(t, hash, key, len);
	*s = (struct table_slot){ .hash = hash, .key = key, .key_len = len, .value = value };
	t->count++;
	return 0;
}

void *table_next(const struct table *t, size_t *pos)
{
	while (*pos < t->cap) {
		void *value = t->slots[(*pos)++].value;

		if (value)
			return value;
	}
	return NULL;
}

void table_done(struct table *t)
{
	free(t->slots);
	*t = (struct table){ 0 };
}
