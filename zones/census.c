/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/census.h"

#include <stdlib.h>

#include "zones/entries.h"
#include "zones/literal.h"
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

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Which of the signed ones number n is. */
static uint64_t rank_of(const struct zone *z, uint64_t n)
{
	uint64_t low = 0, high = population_signed_count(z);

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (population_signed(z, middle) < n)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The explicit names that are delegations of an image, too: NULL, with the count 0, also where there is
 * no memory. */
static const struct content *taken_of(const struct zone *z)
{
	struct content *c = z->state->content;
	uint64_t n;

	if (!c || c->taken || !z->population || !z->population->image)
		return c;
	c->taken = calloc(c->count + 1, sizeof(*c->taken));
	c->taken_signed = calloc(c->count + 1, sizeof(*c->taken));
	c->taken_count = c->taken_signed_count = 0;
	if (!c->taken || !c->taken_signed)
		return c;
	for (unsigned i = 0; i < c->count; i++) {
		const uint8_t *name = c->list[i]->name;

		if (name_labels(name) == name_labels(z->apex) + 1 && population_number(z, name, &n))
			c->taken[c->taken_count++] = n;
	}
	qsort(c->taken, c->taken_count, sizeof(*c->taken), by_number);
	for (unsigned i = 0; i < c->taken_count; i++)
		if (population_is_signed(z, c->taken[i]))
			c->taken_signed[c->taken_signed_count++] = rank_of(z, c->taken[i]);
	return c;
}

/* The n-th of those that are not taken. */
static uint64_t past(const uint64_t *taken, unsigned count, uint64_t n)
{
	for (unsigned i = 0; i < count && taken[i] <= n; i++)
		n++;
	return n;
}

static uint64_t population_chain_count(const struct zone *z)
{
	const struct content *c = taken_of(z);

	if (!z->population)
		return 0;
	if (z->population->wildcard)
		return 1;
	if (opts_out(z) && population_delegates(z->population))
		return population_signed_count(z) - (c ? c->taken_signed_count : 0);
	return z->population->count - (c ? c->taken_count : 0);
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
	const struct content *c = z->state->literal ? NULL : chain_of(z);

	if (z->state->literal)
		return literal_count(z->state->literal);
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
		if (opts_out(z) && population_delegates(z->population))
			n = population_signed(z, c ? past(c->taken_signed, c->taken_signed_count, n)
						   : n);
		else
			n = c ? past(c->taken, c->taken_count, n) : n;
		by_rule(z, n, ret);
	}
}

uint64_t census_count(const struct zone *z)
{
	const struct content *c = taken_of(z);

	return 1 + (c ? c->count - c->taken_count : 0) + standard_count(z, false) +
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
		by_rule(z,
			past(c ? c->taken : NULL, c ? c->taken_count : 0, n - entries - standard),
			ret);
}
