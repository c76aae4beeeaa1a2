/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/standard.h"

#include <string.h>

#include "zones/entries.h"
#include "zones/state.h"

static const struct standard standards[] = {
	{ "\3www", 1, NODE_DATA, SITE_ADDRESS, false },
	{ "\4mail", 1, NODE_DATA, SITE_ADDRESS, false },
	{ "\5alias", 1, NODE_DATA, SITE_CNAME, false },
	{ "\4wild", 1, NODE_EMPTY, 0, false },
	{ "\1*\4wild", 2, NODE_DATA, SITE_ADDRESS | SITE_TXT, false },
	{ "\3ns1", 1, NODE_DATA, SITE_ADDRESS, true },
	{ "\3ns2", 1, NODE_DATA, SITE_ADDRESS, true },
};

const struct standard *standard_find(const struct zone *z, const uint8_t *name, unsigned depth)
{
	if (!z->state->is_leaf || z->is_bare || depth > 2)
		return NULL;
	for (unsigned i = 0; i < ARRAY_SIZE(standards); i++) {
		const struct standard *s = &standards[i];

		if (s->depth == depth && !memcmp(name, s->labels, strlen(s->labels)) &&
		    (!s->hoster || z->state->has_hosts))
			return s;
	}
	return NULL;
}

/* Whether a leaf's standard name is there and not in the list of entries too. */
static bool standard_counts(const struct zone *z, const struct standard *s,
			    uint8_t name[NAME_MAX_LEN])
{
	if (!z->state->is_leaf || z->is_bare || (s->hoster && !z->state->has_hosts))
		return false;
	memcpy(name, s->labels, strlen(s->labels));
	memcpy(name + strlen(s->labels), z->apex, name_len(z->apex));
	return !entries_find(z->state->content, name);
}

bool standard_at(const struct zone *z, uint64_t n, bool chain, uint8_t ret[NAME_MAX_LEN])
{
	for (unsigned i = 0; i < ARRAY_SIZE(standards); i++) {
		const struct standard *s = &standards[i];

		if (chain && s->kind == NODE_EMPTY && z->denial == DENIAL_NSEC)
			continue;
		if (standard_counts(z, s, ret) && !n--)
			return true;
	}
	return false;
}

uint64_t standard_count(const struct zone *z, bool chain)
{
	uint8_t name[NAME_MAX_LEN];
	uint64_t n = 0;

	while (n < ARRAY_SIZE(standards) && standard_at(z, n, chain, name))
		n++;
	return n;
}
