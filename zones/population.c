/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/population.h"

#include <string.h>

#include "sim/base/rng.h"
#include "zones/image.h"

#define DIGITS 8
#define DEFAULT_TTL 3600

uint64_t population_draw(const struct zone *z, enum draw what, uint64_t n)
{
	return rng_of(rng_of(z->seed, what), n);
}

uint64_t population_draw_name(const struct zone *z, enum draw what, const uint8_t *name)
{
	return rng_hash(rng_of(z->seed, what), name, name_len(name));
}

static const struct image *image_of(const struct zone *z)
{
	return z->population ? z->population->image : NULL;
}

void tree_delegation(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN])
{
	const uint8_t *label = image_of(z) ? image_label(image_of(z), n) : NULL;

	if (label && *label + 1u + name_len(z->apex) <= NAME_MAX_LEN) {
		memcpy(ret, label, *label + 1u);
		memcpy(ret + *label + 1, z->apex, name_len(z->apex));
		return;
	}
	ret[0] = 1 + DIGITS;
	ret[1] = 'd';
	for (int i = 1 + DIGITS; i > 1; i--, n /= 10)
		ret[i] = (uint8_t)('0' + n % 10);
	memcpy(ret + 2 + DIGITS, z->apex, name_len(z->apex));
}

bool population_number(const struct zone *z, const uint8_t *label, uint64_t *ret)
{
	uint64_t n = 0;

	if (image_of(z))
		return image_find(image_of(z), label, ret);
	if (!z->population || z->population->wildcard || label[0] != 1 + DIGITS || label[1] != 'd')
		return false;
	for (int i = 2; i < 2 + DIGITS; i++) {
		if (label[i] < '0' || label[i] > '9')
			return false;
		n = 10 * n + label[i] - '0';
	}
	*ret = n;
	return n < z->population->count;
}

/* The share as a fixed-point number with 32 bits behind the point. */
static uint64_t share_of(const struct zone *z)
{
	return z->is_signed && z->population
		       ? (uint64_t)(z->population->signed_share * 0x1p32 + 0.5)
		       : 0;
}

/* The first number of stratum j. */
static uint64_t stratum(uint64_t share, uint64_t j)
{
	return ((j << 32) + share - 1) / share;
}

uint64_t population_signed(const struct zone *z, uint64_t j)
{
	uint64_t share = share_of(z), from, to;

	if (image_of(z))
		return image_secure(image_of(z), j);
	from = stratum(share, j);
	to = stratum(share, j + 1);
	return from + rng_below(population_draw(z, DRAW_SIGNED, j), to - from);
}

uint64_t population_signed_count(const struct zone *z)
{
	if (image_of(z))
		return z->is_signed ? image_head(image_of(z))->secure : 0;
	return z->population ? z->population->count * share_of(z) >> 32 : 0;
}

bool population_is_signed(const struct zone *z, uint64_t n)
{
	uint64_t j = n * share_of(z) >> 32;

	if (image_of(z))
		return z->is_signed && image_is_secure(image_of(z), n);

	return j < population_signed_count(z) && population_signed(z, j) == n;
}

bool population_host_has(const struct zone *z, uint64_t n, enum host_type type)
{
	double share = z->population->host_share[type];

	return share >= 1 ||
	       rng_unit(rng_of(population_draw(z, DRAW_TYPES, n), (uint64_t)type)) < share;
}

enum ailment population_ailment(const struct zone *z, uint64_t n, bool is_signed)
{
	const struct population *p = z->population;
	uint64_t draw = population_draw(z, DRAW_AILMENT, n);
	double unit = rng_unit(draw);

	if (unit < p->lame)
		return AILMENT_LAME;
	if (unit < p->lame + p->dark)
		return AILMENT_DARK;
	return is_signed && rng_unit(rng_mix(draw)) < p->bogus ? AILMENT_BOGUS : AILMENT_NONE;
}

uint32_t population_ttl(const struct zone *z, uint64_t draw)
{
	const struct population *p = z->population;
	double unit = rng_unit(draw);

	if (!p || !p->ttl_count)
		return DEFAULT_TTL;
	for (unsigned i = 0; i + 1 < p->ttl_count; i++) {
		if (unit < p->ttl[i].share)
			return p->ttl[i].ttl;
		unit -= p->ttl[i].share;
	}
	return p->ttl[p->ttl_count - 1].ttl;
}
