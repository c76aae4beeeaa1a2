/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key_sized.h"

/* FIPS 204 table 2; Falcon's specification 1.2, table 3.3 (padded); FIPS 205 table 2. */
static const struct key_sized all[] = {
	{ ALG_ECC_GOST, 64, 64 }, /* RFC 5933 section 2 */
	{ ALG_SIZED_MLDSA44, 1312, 2420 },
	{ ALG_SIZED_FALCON512, 897, 666 },
	{ ALG_SIZED_SLHDSA128S, 32, KEY_SIGNATURE_MAX },
};

const struct key_sized *key_sized_of(enum algorithm a)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].algorithm == a)
			return &all[i];
	return NULL;
}

void key_sized_sign(const struct key_sized *s, uint64_t secret, const void *data, size_t len,
		    uint8_t *ret)
{
	struct rng rng = { rng_hash(secret, data, len) };

	rng_fill(&rng, ret, s->signature);
}
