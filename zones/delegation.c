/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/delegation.h"

#include "sim/base/rng.h"
#include "zones/entries.h"
#include "zones/population.h"
#include "zones/state.h"

static void plan_of_name(const struct zone *z, const struct entry *en, struct delegation *ret)
{
	ret->number = UINT64_MAX;
	ret->ailment = AILMENT_NONE;
	name_copy(ret->name, en->name);
	ret->is_signed = site_is_signed(z, en);
	ret->told = en->told_zone;
	ret->ttl = population_ttl(z, population_draw_name(z, DRAW_TTL, en->name));
	ret->hoster = en->hoster ? en->hoster->number
				 : z->state->first_hoster +
					   (unsigned)rng_below(
						   population_draw_name(z, DRAW_HOSTER, en->name),
						   z->population->hosters);
}

void tree_delegation_plan(const struct zone *z, uint64_t n, struct delegation *ret)
{
	ret->number = n;
	ret->told = NULL;
	tree_delegation(z, n, ret->name);
	ret->is_signed = population_is_signed(z, n);
	ret->ttl = population_ttl(z, population_draw(z, DRAW_TTL, n));
	ret->ailment = population_ailment(z, n, ret->is_signed);
	ret->hoster =
		z->state->first_hoster +
		(unsigned)rng_below(population_draw(z, DRAW_HOSTER, n), z->population->hosters);
}

bool delegation_of(const struct zone *z, const struct site *f, struct delegation *ret)
{
	if (f->kind != NODE_CUT || (f->entry && (f->entry->child || f->entry->servers)))
		return false;
	if (f->by_number)
		tree_delegation_plan(z, f->number, ret);
	else
		plan_of_name(z, f->entry, ret);
	return true;
}

bool tree_delegation_find(const struct zone *z, const uint8_t *name, struct delegation *ret)
{
	struct site f;

	if (!name_under(name, z->apex))
		return false;
	site_find(z, name, &f);
	return delegation_of(z, &f, ret);
}

const struct server *delegation_servers(const struct zone *z, const struct site *f, unsigned *count)
{
	struct delegation d;

	if (delegation_of(z, f, &d)) {
		*count = 2;
		return z->tree->state->hosters[d.hoster]->servers;
	}
	if (f->entry->servers) {
		*count = f->entry->server_count;
		return f->entry->servers;
	}
	*count = f->entry->child->server_count;
	return f->entry->child->servers;
}

const struct fault *delegation_loop(const struct view *v, const struct site *found)
{
	const struct zone *child = found->entry ? found->entry->child : NULL;
	const struct fault *f;

	if (found->kind != NODE_CUT || !child)
		return NULL;
	for (unsigned i = 0; (f = fault_next(child, v->server, v->now, &i));)
		if (f->row->loops)
			return f;
	return NULL;
}
