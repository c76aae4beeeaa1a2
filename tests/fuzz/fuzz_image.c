/* SPDX-License-Identifier: BSD-2-Clause */
/* Images of zones, whose size and checksum are put right: what only they would refuse is looked at. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/file.h"
#include "tests/support/world.h"
#include "zones/image_draft.h"
#include "zones/population.h"
#include "zones/records.h"

static void look(const struct image *i, struct zone *z)
{
	const struct image_head *h = image_head(i);
	uint8_t name[NAME_MAX_LEN];
	struct image_record r;
	struct err e;
	size_t pos = 0;
	uint64_t n;

	for (uint64_t k = 0; k < h->count && k < 1000; k++) {
		tree_delegation(z, k, name);
		if (!name_under(name, z->apex))
			__builtin_trap();
		population_number(z, name, &n);
		population_is_signed(z, k);
	}
	for (uint64_t j = 0; j < population_signed_count(z) && j < 1000; j++)
		if (population_signed(z, j) >= h->count)
			__builtin_trap();
	while (image_record(i, &pos, &r) > 0)
		if (records_put(z, &r, &e) < 0)
			break;
	image_check_sources(i, fuzz_path("x.zone"), &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tree *t = tree_new(1, 0);
	struct zone *z = tree_add(t, (const uint8_t *)"\2zz", NULL);
	struct err e = { .text = "" };
	struct image *i = NULL;
	uint8_t *copy = malloc(size + 1);

	memcpy(copy, data, size);
	if (size >= sizeof(struct image_head)) {
		struct image_head *h = (struct image_head *)(void *)copy;

		h->size = size;
		h->checksum = image_checksum(copy, size);
	}
	if (image_take(copy, size, &i, &e) < 0) {
		if (!e.text[0])
			__builtin_trap();
	} else {
		z->is_signed = true;
		z->population = calloc(1, sizeof(*z->population));
		*z->population = (struct population){ .image = i,
						      .count = image_head(i)->count,
						      .hosters = 1 };
		look(i, z);
	}
	tree_free(t);
	return 0;
}
