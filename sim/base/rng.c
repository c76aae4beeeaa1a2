/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/rng.h"

#include <string.h>

uint64_t rng_hash(uint64_t seed, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t h = rng_of(seed, len), word;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&word, p, 8);
		h = rng_of(h, word);
	}
	word = 0;
	memcpy(&word, p, len);
	return rng_of(h, word);
}

void rng_fill(struct rng *r, void *data, size_t len)
{
	uint8_t *p = data;

	while (len) {
		uint64_t v = rng_next(r);
		size_t n = len < 8 ? len : 8;

		memcpy(p, &v, n);
		p += n;
		len -= n;
	}
}
