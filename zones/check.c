/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/check.h"

#include <errno.h>
#include <math.h>

#include "sim/base/cleanup.h"
#include "zones/hosting.h"
#include "zones/key.h"
#include "zones/order.h"
#include "zones/population.h"

/* Leaves room for the labels that hosters, leafs and hashes put in front of an apex. */
#define APEX_MAX 150

/* The deepest zone of the plan above the apex. */
static const struct zone *enclosing(const struct tree *t, const struct zone *z)
{
	const uint8_t *name = z->apex;
	const struct zone *above = NULL;

	while (*name && !above) {
		name = name_skip(name, 1);
		above = tree_zone(t, name);
	}
	return above;
}

static int check_parent(const struct tree *t, const struct zone *z, struct err *e)
{
	char apex[NAME_TEXT_LEN], other[NAME_TEXT_LEN];
	const struct zone *above = enclosing(t, z);

	name_text(z->apex, apex);
	if (tree_zone(t, z->apex) != z)
		return err_set(e, -EINVAL, "zone '%s' is there twice", apex);
	if (name_len(z->apex) > APEX_MAX)
		return err_set(e, -EINVAL, "the name of zone '%s' is longer than %d bytes", apex,
			       APEX_MAX);
	if (!*z->apex)
		return z->parent ? err_set(e, -EINVAL, "the root has a parent") : 0;
	if (!z->parent)
		return err_set(e, -EINVAL, "zone '%s' has no parent", apex);
	name_text(z->parent->apex, other);
	if (!name_under(z->apex, z->parent->apex))
		return err_set(e, -EINVAL, "zone '%s' does not lie below its parent '%s'", apex,
			       other);
	if (above != z->parent)
		return err_set(e, -EINVAL, "the parent of zone '%s' is '%s', but '%s' is nearer",
			       apex, other, name_text(above->apex, (char[NAME_TEXT_LEN]){ 0 }));
	return 0;
}

static int check_servers(const struct tree *t, const struct zone *z, struct err *e)
{
	char apex[NAME_TEXT_LEN], name[NAME_TEXT_LEN];

	name_text(z->apex, apex);
	if (!z->server_count)
		return err_set(e, -EINVAL, "zone '%s' has no servers", apex);
	for (unsigned i = 0; i < z->server_count; i++) {
		const struct server *s = &z->servers[i];

		name_text(s->name, name);
		if (tree_zone(t, s->name))
			return err_set(e, -EINVAL,
				       "the name of server '%s' of zone '%s' is a zone's apex",
				       name, apex);
		if (!s->v4.family && !s->v6.family)
			return err_set(e, -EINVAL, "server '%s' of zone '%s' has no address", name,
				       apex);
		if (hosting_owns(&s->v4) || hosting_owns(&s->v6))
			return err_set(e, -EINVAL,
				       "the address of server '%s' of zone '%s' is not below "
				       "198.18.32.0: the rest of that net is the hosters'",
				       name, apex);
	}
	return 0;
}

static bool has_key(const struct zone *z, bool key_signing, enum algorithm algorithm)
{
	for (unsigned i = 0; i < z->key_count; i++) {
		const struct key_plan *k = &z->keys[i];

		if ((algorithm == ALG_NONE || k->algorithm == algorithm) &&
		    (k->role == KEY_CSK || (k->role == KEY_KSK) == key_signing))
			return true;
	}
	return false;
}

static int check_keys(const struct zone *z, struct err *e)
{
	char apex[NAME_TEXT_LEN];

	name_text(z->apex, apex);
	if (z->key_count > ORDER_KEYS)
		return err_set(e, -EINVAL,
			       "zone '%s' has %u keys, with those that replace others: "
			       "at most %d can sign",
			       apex, z->key_count, ORDER_KEYS);
	if (!has_key(z, true, ALG_NONE))
		return err_set(e, -EINVAL, "zone '%s' is signed and has no KSK", apex);
	if (!has_key(z, false, ALG_NONE))
		return err_set(e, -EINVAL, "zone '%s' is signed and has no ZSK", apex);
	for (unsigned i = 0; i < z->key_count; i++) {
		const struct key_plan *k = &z->keys[i];

		if (k->never_signs)
			continue;
		if (z->denial == DENIAL_NSEC3 && key_needs_nsec(k->algorithm))
			return err_set(e, -EINVAL,
				       "zone '%s' has NSEC3 records, and %s goes with NSEC "
				       "(RFC 5155 section 2)",
				       apex, key_algorithm_name(k->algorithm));
		if (k->algorithm == ALG_NONE)
			return err_set(e, -EINVAL, "key '%s' of zone '%s' has no algorithm",
				       k->name, apex);
		if (!has_key(z, k->role != KEY_KSK, k->algorithm) ||
		    !has_key(z, k->role == KEY_ZSK, k->algorithm))
			return err_set(
				e, -EINVAL,
				"zone '%s' has a %s but no %s with the algorithm of key '%s'", apex,
				k->role == KEY_KSK ? "KSK" : "ZSK",
				k->role == KEY_KSK ? "ZSK" : "KSK", k->name);
	}
	return 0;
}

static int check_signing(const struct zone *z, unsigned i, struct err *e)
{
	const struct signing *s = &z->signings[i];
	char apex[NAME_TEXT_LEN];

	name_text(z->apex, apex);
	if (s->key >= z->key_count)
		return err_set(e, -EINVAL, "signing %u of zone '%s' names no key of it", i, apex);
	if (z->keys[s->key].role == KEY_KSK)
		return err_set(e, -EINVAL, "zone '%s' is to be signed with '%s', which is a KSK",
			       apex, z->keys[s->key].name);
	if (i && s->at < z->signings[i - 1].at)
		return err_set(e, -EINVAL, "the signings of zone '%s' are not in time order", apex);
	if (s->reach_from > s->reach_to || (i && s->reach_from < s->at))
		return err_set(e, -EINVAL,
			       "a version of zone '%s' reaches its servers before it is made, or "
			       "ends to before it begins to",
			       apex);
	if (!(s->mismatched >= 0 && s->mismatched <= 1))
		return err_set(e, -EINVAL, "a share of mismatched signatures is not 0 … 1");
	if (s->fault < -1 || s->fault >= (int)z->tree->fault_count)
		return err_set(e, -EINVAL, "signing %u of zone '%s' names no fault of the tree", i,
			       apex);
	return 0;
}

static int check_population(const struct tree *t, const struct zone *z, struct err *e)
{
	const struct population *p = z->population;
	char apex[NAME_TEXT_LEN], name[NAME_TEXT_LEN];
	double ttl = 0, hosters = 0;

	name_text(z->apex, apex);
	if (p->count > POPULATION_MAX)
		return err_set(e, -EINVAL, "the population of '%s' has more than %u delegations",
			       apex, POPULATION_MAX);
	if (!(p->lame >= 0 && p->dark >= 0 && p->lame + p->dark <= 1))
		return err_set(e, -EINVAL,
			       "of the delegations of '%s' more than all are lame or dark", apex);
	if (!(p->signed_share >= 0 && p->signed_share <= 1))
		return err_set(e, -EINVAL, "the share signed of '%s' is not 0 … 1", apex);
	if (!p->hosters)
		return err_set(e, -EINVAL, "the population of '%s' has no hosters", apex);
	for (unsigned i = 0; i < p->ttl_count; i++)
		ttl += p->ttl[i].share;
	for (unsigned i = 0; i < p->hoster_zone_count; i++) {
		hosters += p->hoster_zones[i].share;
		if (!tree_zone(t, p->hoster_zones[i].zone))
			return err_set(e, -EINVAL, "hosters of '%s' are to live in '%s', no zone",
				       apex, name_text(p->hoster_zones[i].zone, name));
	}
	if (p->ttl_count && !(fabs(ttl - 1) < 1e-3))
		return err_set(e, -EINVAL, "the TTL shares of '%s' add up to %g, not 1", apex, ttl);
	if (p->hoster_zone_count && !(fabs(hosters - 1) < 1e-3))
		return err_set(e, -EINVAL, "the shares of hosters of '%s' add up to %g, not 1",
			       apex, hosters);
	return 0;
}

static int check_faults(const struct tree *t, const struct zone *z, struct err *e)
{
	char apex[NAME_TEXT_LEN];

	name_text(z->apex, apex);
	for (unsigned i = 0; i < z->fault_count; i++) {
		const struct fault *f = &t->faults[z->faults[i]];

		if (z->faults[i] >= t->fault_count || f->zone != z || !f->row)
			return err_set(e, -EINVAL, "zone '%s' has a fault that the tree has not",
				       apex);
		if (f->from > f->until)
			return err_set(e, -EINVAL,
				       "the fault '%s' of zone '%s' ends before it begins",
				       f->row->name, apex);
	}
	return 0;
}

int check_blame(const struct zone *z, int rc, struct err *e)
{
	char apex[NAME_TEXT_LEN];

	if (rc < 0)
		err_zone(e, name_text(z->apex, apex));
	return rc;
}

static int check_zone(const struct tree *t, const struct zone *z, struct err *e)
{
	int rc = check_parent(t, z, e);

	if (!rc)
		rc = check_servers(t, z, e);
	if (!rc && z->is_signed && !z->as_signed)
		rc = check_keys(z, e);
	for (unsigned i = 0; !rc && z->is_signed && i < z->signing_count; i++)
		rc = check_signing(z, i, e);
	if (!rc)
		rc = check_faults(t, z, e);
	if (!rc && z->population)
		rc = check_population(t, z, e);
	return rc;
}

int check_plan(const struct tree *t, struct err *e)
{
	int rc = 0;

	if (!t->zone_count || *t->zones[0]->apex)
		return err_set(e, -EINVAL, "there is no root zone");
	if (t->fault_count > FAULTS_MAX)
		return err_set(e, -EINVAL, "more than %d faults", FAULTS_MAX);
	for (unsigned i = 0; !rc && i < t->zone_count; i++)
		rc = check_blame(t->zones[i], check_zone(t, t->zones[i], e), e);
	return rc;
}
