/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/life.h"

bool life_published(const struct key_plan *k, simtime now)
{
	return k->published <= now && now < k->removed;
}

bool life_revoked(const struct key_plan *k, simtime now)
{
	return k->revoked && k->revoked <= now;
}

static bool signs_keys(const struct key_plan *k)
{
	return k->role == KEY_KSK || k->role == KEY_CSK;
}

/* Whether it is within a key's span of its own, or published where the plan tells none. */
static bool within(const struct key_plan *k, const struct key_span *s, simtime now)
{
	return s->until ? s->from <= now && now < s->until : life_published(k, now);
}

bool life_has_ds(const struct key_plan *k, simtime now)
{
	return signs_keys(k) && within(k, &k->ds, now);
}

bool life_signs_keys(const struct key_plan *k, simtime now)
{
	return signs_keys(k) && (within(k, &k->signs, now) || life_revoked(k, now));
}
