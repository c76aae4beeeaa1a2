/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/told.h"

#include <stdlib.h>
#include <string.h>

struct told *told_new(const struct told_set *sets, unsigned count)
{
	size_t size = sizeof(struct told) + count * sizeof(sets[0]);
	struct told *told;
	uint8_t *data;

	for (unsigned i = 0; i < count; i++)
		size += sets[i].len;
	told = malloc(size);
	if (!told)
		return NULL;
	told->count = count;
	data = (uint8_t *)&told->sets[count];
	for (unsigned i = 0; i < count; i++) {
		told->sets[i] = sets[i];
		told->sets[i].data = data;
		if (sets[i].len)
			memcpy(data, sets[i].data, sets[i].len);
		data += sets[i].len;
	}
	return told;
}

const struct told_set *told_find(const struct told *told, uint16_t type)
{
	for (unsigned i = 0; told && i < told->count; i++)
		if (told->sets[i].type == type)
			return &told->sets[i];
	return NULL;
}
