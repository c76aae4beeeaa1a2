/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/told.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "zones/added.h"
#include "zones/entries.h"
#include "zones/leaf.h"
#include "zones/records.h"
#include "zones/site.h"
#include "zones/state.h"

/* ---- what is told ---- */

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

void told_zone_apply(const struct told_zone *told, struct zone *z)
{
	if (told->denial >= 0) {
		z->denial = (enum denial)told->denial;
		z->nsec3_iterations = told->nsec3_iterations;
		z->optout = told->optout;
		z->salt_len = told->salt_len;
		memcpy(z->salt, told->salt, told->salt_len);
	}
	if (told->negative) {
		z->ttl.negative = z->ttl.denial = told->negative;
		if (z->ttl.soa < told->negative)
			z->ttl.soa = told->negative;
	}
	if (told->rcode) {
		z->ailment = AILMENT_LAME;
		z->lame_rcode = told->rcode;
	}
}

/* ---- zones ---- */

/* The zone of the tree that the name is in, or a delegation above it: not the root, unless that has names
 * of its own there. */
static struct zone *zone_for(struct tree *t, const uint8_t *name, struct err *e)
{
	struct zone *z = tree_zone_above(t, name);
	unsigned labels = name_labels(name);

	if (*z->apex || !labels || entries_find(z->state->content, name_skip(name, labels - 1)))
		return z;
	return added_tld(t, name, e);
}

/* One of the tree, with its names in it and zones below it. */
static int add_upper(struct tree *t, const uint8_t *apex, const struct told_zone *told,
		     struct err *e)
{
	struct zone *z = added_zone(t, apex, told, e);

	if (!z)
		return -ENOSPC;
	z->state->keeps_names = name_labels(apex) > 1;
	return 0;
}

static bool is_standing(const struct zone *above, const uint8_t *apex)
{
	struct site f;
	const uint8_t *at = site_find(above, apex, &f);

	if (f.kind == NODE_CUT)
		return at != apex || f.by_number || f.entry->child || f.entry->hoster;
	return f.kind == NODE_DATA;
}

int told_zone_add(struct tree *t, const uint8_t *apex, const struct told_zone *told, struct err *e)
{
	struct zone *z = tree_zone_above(t, apex);

	if (name_equal(z->apex, apex) || !added_may(z) ||
	    (z->state->is_leaf && !z->state->is_added) || is_standing(z, apex))
		return -EEXIST;
	if (name_labels(apex) > 1) {
		z = zone_for(t, apex, e);
		if (!z)
			return -ENOSPC;
		if (!*z->apex)
			return -EEXIST;
	}
	if (name_labels(apex) == 1 || told->has_zones)
		return add_upper(t, apex, told, e);
	return added_delegation(z, apex, told, e);
}

/* ---- names ---- */

static int tell(struct zone *z, const uint8_t *apex, const uint8_t *name, struct told *told,
		struct err *e)
{
	if (!told)
		return err_set(e, -ENOMEM, "no memory for names");
	return apex ? entries_learn_leaf_name(z->tree, apex, name, told, e)
		    : entries_learn_name(z, name, told, e);
}

int told_name_add(struct tree *t, const uint8_t *name, const uint8_t *zone,
		  const struct told_set *sets, unsigned count, struct err *e)
{
	struct zone *z = tree_zone_above(t, name);
	struct delegation d;
	int rc;

	if (!added_may(z) || (name_equal(z->apex, name) && !z->state->is_added) ||
	    records_answer(z, name))
		return -EEXIST;
	if (!tree_delegation_find(z, name, &d)) {
		z = zone_for(t, name, e);
		if (!z)
			return -ENOSPC;
		if (z->state->is_leaf || z->state->keeps_names || name_equal(z->apex, name) ||
		    (zone && name_equal(zone, z->apex)))
			return tell(z, NULL, name, told_new(sets, count), e);
		rc = tree_add_name(t, name, e);
		if (rc)
			return rc;
		if (!tree_delegation_find(z, name, &d))
			return tell(z, NULL, name, told_new(sets, count), e);
	}
	if (d.number != UINT64_MAX && name_equal(d.name, name))
		return -EEXIST;
	return tell(z, d.name, name, told_new(sets, count), e);
}

/* Where a name is, and the leaf if it is in one. */
static struct zone *find_holder(struct tree *t, const uint8_t *name, struct delegation *d,
				bool *is_leaf)
{
	struct zone *z = tree_zone_above(t, name);

	*is_leaf = tree_delegation_find(z, name, d);
	return *is_leaf ? tree_leaf(z, d) : z;
}

/* The name, or the wildcard by rule that has it; false: neither is there. */
static bool find_rule(const struct zone *z, const uint8_t *name, uint8_t ret[NAME_MAX_LEN])
{
	struct site f;
	const uint8_t *at = site_find(z, name, &f);

	name_copy(ret, name);
	if (f.kind != NODE_ABSENT)
		return true;
	if (name_prepend(ret, "*", name_skip(at, 1)))
		return false;
	site_find(z, ret, &f);
	return f.kind != NODE_ABSENT;
}

int told_name_deny(struct tree *t, const uint8_t *name, struct err *e)
{
	uint8_t there[NAME_MAX_LEN];
	struct delegation d;
	bool in_leaf;
	struct zone *z = find_holder(t, name, &d, &in_leaf);
	int rc = 0;

	if (!z)
		return err_set(e, -ENOMEM, "no memory for a zone");
	if (find_rule(z, name, there))
		rc = name_equal(z->apex, name) || !added_may(z) || records_answer(z, name) ? -EEXIST
		     : in_leaf ? entries_deny_leaf_name(t, d.name, there, e)
			       : entries_deny(z, there, e);
	if (in_leaf)
		leaf_done(t); /* it was made before the name went */
	return rc;
}

static bool is_of_trace(const struct site *f)
{
	return f->entry && (f->entry->kind == NODE_CUT ? !f->entry->child && !f->entry->hoster
						       : f->entry->added);
}

bool told_is_there(struct tree *t, const uint8_t *name)
{
	struct zone *z = tree_zone_above(t, name);
	uint8_t there[NAME_MAX_LEN];
	struct delegation d;
	struct site f;
	bool in_leaf, is_there;

	if (z->state->is_added)
		return false;
	site_find(z, name, &f);
	if (is_of_trace(&f))
		return false;
	z = find_holder(t, name, &d, &in_leaf);
	is_there = z && (name_equal(z->apex, name) || find_rule(z, name, there));
	if (is_there && in_leaf) {
		site_find(z, name, &f);
		is_there = !is_of_trace(&f);
	}
	if (in_leaf)
		leaf_done(t);
	return is_there;
}

int64_t told_ttl(const struct tree *t, const uint8_t *name, uint16_t type)
{
	const struct zone *z = tree_zone_above(t, name);
	const struct content *c = z->state->content;
	const uint8_t *apex = z->apex;
	const struct told_set *set;
	const struct entry *en;
	struct delegation d;

	if (tree_delegation_find(z, name, &d)) {
		apex = d.name;
		c = table_get(&t->state->added, apex, name_len(apex));
	}
	if (!c)
		return -1;
	en = name_equal(apex, name) ? NULL : entries_find(c, name);
	set = told_find(en ? en->told : name_equal(apex, name) ? c->apex : NULL, type);
	return set ? (int64_t)set->ttl : -1;
}
