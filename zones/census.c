/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/census.h"

#include <stdlib.h>

#include "zones/entries.h"
#include "zones/population.h"
#include "zones/standard.h"
#include "zones/state.h"

static bool opts_out(const struct zone *z)
{
	return z->denial == DENIAL_NSEC3 && z->optout;
}

static bool in_chain(const struct zone *z, const struct entry *en)
{
	struct site f;

	site_at(z, en->name, name_labels(en->name) - name_labels(z->apex), &f);
	if (f.kind == NODE_EMPTY)
		return z->denial == DENIAL_NSEC3;
	if (f.kind == NODE_ABSENT)
		return false;
	return f.kind != NODE_CUT || f.is_signed || !opts_out(z);
}

/* The entries with a record in the chain. NULL also when there is no entry at all, or no memory. */
static const struct content *chain_of(const struct zone *z)
{
	struct content *c = z->state->content;

	if (!c || c->chain)
		return c;
	c->chain = calloc(c->count + 1, sizeof(unsigned));
	if (!c->chain)
		return NULL;
	c->chain_count = 0;
	for (unsigned i = 0; i < c->count; i++)
		if (in_chain(z, c->list[i]))
			c->chain[c->chain_count++] = i;
	return c;
}

static uint64_t population_chain_count(const struct zone *z)
{
	if (!z->population)
		return 0;
	if (z->population->wildcard)
		return 1;
	return opts_out(z) && population_delegates(z->population) ? population_signed_count(z)
								  : z->population->count;
}

/* Name n of those that the population puts there: delegations, or the wildcard. */
static void by_rule(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN])
{
	if (!z->population->wildcard)
		tree_delegation(z, n, ret);
	else if (name_prepend(ret, "*", z->apex))
		name_copy(ret, z->apex); /* no name has room below such an apex */
}

bool census_ready(const struct zone *z)
{
	return !z->state->content || chain_of(z);
}

uint64_t census_chain_count(const struct zone *z)
{
	const struct content *c = chain_of(z);

	return 1 + (c ? c->chain_count : 0) + standard_count(z, true) + population_chain_count(z);
}

void census_chain_name(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN])
{
	const struct content *c = chain_of(z);
	uint64_t entries = c ? c->chain_count : 0, standard = standard_count(z, true);

	if (!n--) {
		name_copy(ret, z->apex);
	} else if (n < entries) {
		name_copy(ret, c->list[c->chain[n]]->name);
	} else if (n - entries < standard) {
		standard_at(z, n - entries, true, ret);
	} else {
		n -= entries + standard;
		by_rule(z,
			opts_out(z) && population_delegates(z->population) ? population_signed(z, n)
									   : n,
			ret);
	}
}

uint64_t census_count(const struct zone *z)
{
	const struct content *c = z->state->content;

	return 1 + (c ? c->count : 0) + standard_count(z, false) +
	       (!z->population		  ? 0
		: z->population->wildcard ? 1
					  : z->population->count);
}

void census_name(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN])
{
	const struct content *c = z->state->content;
	uint64_t entries = c ? c->count : 0, standard = standard_count(z, false);

	if (!n--)
		name_copy(ret, z->apex);
	else if (n < entries)
		name_copy(ret, c->list[n]->name);
	else if (n - entries < standard)
		standard_at(z, n - entries, false, ret);
	else
		by_rule(z, n - entries - standard, ret);
}
