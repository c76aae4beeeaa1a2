/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_set.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/rng.h"

static struct record_set_entry *place_of(const struct record_set *s, uint64_t key)
{
	size_t i = rng_mix(key) & (s->cap - 1);

	while (s->entries[i].seen && s->entries[i].key != key)
		i = (i + 1) & (s->cap - 1);
	return &s->entries[i];
}

static bool grow(struct record_set *s)
{
	struct record_set bigger = { .cap = s->cap ? s->cap * 2 : 1024, .count = s->count };

	bigger.entries = calloc(bigger.cap, sizeof(*bigger.entries));
	if (!bigger.entries)
		return false;
	for (size_t i = 0; i < s->cap; i++)
		if (s->entries[i].seen)
			*place_of(&bigger, s->entries[i].key) = s->entries[i];
	free(s->entries);
	*s = bigger;
	return true;
}

struct record_set_news record_set_add(struct record_set *s, uint64_t key, uint32_t seen,
				      uint32_t failed)
{
	struct record_set_news news = { 0, 0 };
	struct record_set_entry *entry;

	if (s->failed || (s->count * 3 >= s->cap * 2 && !grow(s))) {
		s->failed = true;
		return news;
	}
	entry = place_of(s, key);
	news.seen = seen & (uint32_t)~entry->seen;
	news.failed = failed & (uint32_t)~entry->failed;
	if (!entry->seen) {
		entry->key = key;
		s->count++;
	}
	entry->seen |= seen;
	entry->failed |= failed;
	return news;
}

bool record_set_has(const struct record_set *s, uint64_t key)
{
	return s->cap && place_of(s, key)->seen;
}

void record_set_clear(struct record_set *s)
{
	if (s->count)
		memset(s->entries, 0, s->cap * sizeof(*s->entries));
	s->count = 0;
}

void record_set_done(struct record_set *s)
{
	free(s->entries);
	*s = (struct record_set){ 0 };
}
