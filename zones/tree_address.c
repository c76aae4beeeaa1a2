/* SPDX-License-Identifier: BSD-2-Clause */
/* tree_address.c - the addresses of leafs' answers, which say when they were given. */
#include "zones/tree.h"

#include <assert.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"
#include "sim/base/rng.h"
#include "zones/entries.h"
#include "zones/population.h"
#include "zones/site.h"
#include "zones/state.h"

/* An A record has room for 24 bits of seconds, 194 days. Its first octet has the check, and tells by
 * its range which 194 days they are of: together they outlast a year. No address of
 * these ranges is of this host, private or anything but unicast, whatever stands behind the octet, but
 * for blocks that no resolver refuses unless it is told to. */
static const struct {
	uint8_t first, count;
} v4_ranges[] = { { 11, 116 }, { 128, 64 } };
#define V4_SECONDS (1u << 24)
#define V4_UNIT (TREE_SPAN_MAX / TREE_YEAR) /* of seconds, where a scenario is_long */
static_assert(TREE_YEAR / SECOND < ARRAY_SIZE(v4_ranges) * V4_SECONDS, "ages must not wrap");
static const uint8_t v6_head[8] = { 0xfd, 0x00, 0x00, 0xa6 };

/* A resolver may make answers out of a wildcard that it has in its cache (RFC 8198 section 5.3):
 * its names share one address. */
static uint32_t check_of(const struct tree *t, const uint8_t *name)
{
	const struct zone *z = tree_zone_above(t, name);

	if (z && z->population && z->population->wildcard)
		name = z->apex;
	return (uint32_t)rng_hash(t->seed ^ DRAW_CHECK, name, name_len(name));
}

unsigned tree_address_unit(const struct tree *t, int family)
{
	return t->is_long && family == 4 ? V4_UNIT : 1;
}

void tree_address_write(const struct tree *t, const uint8_t *name, simtime now, int family,
			uint8_t *ret)
{
	/* What is given before the start counts as given at the start. */
	uint32_t second = now > t->from ? (uint32_t)simtime_seconds(now - t->from) : 0;
	uint32_t check = check_of(t, name);

	if (family == 4) {
		unsigned range;

		second /= tree_address_unit(t, family);
		range = second / V4_SECONDS % ARRAY_SIZE(v4_ranges);
		put32(ret, second % V4_SECONDS);
		ret[0] = (uint8_t)(v4_ranges[range].first + check % v4_ranges[range].count);
		return;
	}
	memcpy(ret, v6_head, sizeof(v6_head));
	put32(ret + 8, check);
	put32(ret + 12, second);
}

int64_t tree_address_read(const struct tree *t, const uint8_t *name, int family,
			  const uint8_t *bytes)
{
	uint32_t check = check_of(t, name);

	for (unsigned i = 0; family == 4 && i < ARRAY_SIZE(v4_ranges); i++)
		if (bytes[0] == v4_ranges[i].first + check % v4_ranges[i].count)
			return ((int64_t)i * V4_SECONDS + get32(bytes) % V4_SECONDS) *
			       tree_address_unit(t, family);
	if (family == 4 || memcmp(bytes, v6_head, sizeof(v6_head)) || get32(bytes + 8) != check)
		return -1;
	return get32(bytes + 12);
}

static bool has_address(const struct told_set *set, const struct address *a)
{
	size_t len = address_len(a);

	if (!set)
		return false;
	for (size_t at = 0; at < set->len; at += 2u + get16(set->data + at))
		if (get16(set->data + at) == len && !memcmp(set->data + at + 2, a->bytes, len))
			return true;
	return false;
}

/* What stands at the name, or at the wildcard that answers for it. */
static void look(const struct zone *z, const uint8_t *name, struct site *ret)
{
	uint8_t wild[NAME_MAX_LEN];
	const uint8_t *at = site_find(z, name, ret);

	if (ret->kind != NODE_ABSENT || name_prepend(wild, "*", name_skip(at, 1)))
		return;
	site_find(z, wild, ret);
}

bool tree_address_is_told(const struct tree *t, const uint8_t *name, const struct address *a)
{
	const struct zone *z = tree_zone_above(t, name);
	struct site f;

	if (!z || !z->record_count)
		return false;
	look(z, name, &f);
	return has_address(told_find(f.told, a->family == 4 ? RR_A : RR_AAAA), a);
}

int64_t tree_address_ttl(const struct tree *t, const uint8_t *name, unsigned family)
{
	const struct zone *z = tree_zone_above(t, name);
	const struct told_set *told;
	struct delegation d;
	struct site f;

	if (!z)
		return -1;
	if (tree_delegation_find(z, name, &d))
		return d.ttl;
	look(z, name, &f);
	told = told_find(f.told, family == 4 ? RR_A : RR_AAAA);
	if (told)
		return told->ttl;
	if (!(f.set & (family == 4 ? SITE_A : SITE_AAAA)))
		return -1;
	return f.is_host ? f.ttl : z->ttl.address;
}
