/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/leaf.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "zones/entries.h"
#include "zones/population.h"
#include "zones/state.h"

#define TTL_NS 86400
#define TTL_MAX 3600 /* of SOA, DNSKEY and negative answers */

struct leaf {
	struct zone zone;
	struct zone_state state;
	struct key_plan key;
	struct signing signing;
	UT_hash_handle hh; /* by the apex; the one that was not used for longest is the first */
};

/* What was remembered of the leaf goes; names that traces added belong to the tree. */
static void forget(struct leaf *l)
{
	l->state.content = NULL;
	sign_state_free(&l->zone);
	denial_state_free(&l->zone);
}

static struct leaf *take_oldest(struct tree_state *st)
{
	struct leaf *l = st->leafs;

	HASH_DEL(st->leafs, l);
	forget(l);
	return l;
}

static struct leaf *get_room(struct tree_state *st)
{
	return HASH_COUNT(st->leafs) == LEAF_MAX ? take_oldest(st) : malloc(sizeof(struct leaf));
}

static void make_key(struct leaf *l, const struct zone *parent)
{
	l->key = (struct key_plan){
		.name = "csk",
		.role = KEY_CSK,
		.algorithm = parent->population ? parent->population->algorithm : ALG_NONE,
		.tag = -1,
		.removed = SIMTIME_NEVER,
	};
	if (l->key.algorithm == ALG_NONE)
		l->key.algorithm = ALG_ECDSAP256SHA256;
	l->signing = (struct signing){ .fault = -1 };
	l->zone.is_signed = true;
	l->zone.keys = &l->key;
	l->zone.key_count = 1;
	l->zone.signings = &l->signing;
	l->zone.signing_count = 1;
}

static void make_leaf(struct leaf *l, const struct zone *parent, const struct delegation *d)
{
	const struct tree_state *st = parent->tree->state;
	struct hoster *h = st->hosters[d->hoster];
	uint32_t small = d->ttl < TTL_MAX ? d->ttl : TTL_MAX;
	struct zone *z = &l->zone;

	memset(l, 0, sizeof(*l));
	name_copy(z->apex, d->name);
	z->tree = parent->tree;
	z->parent = (struct zone *)parent;
	z->ttl = (struct ttls){ .soa = TTL_MAX,
				.ns = TTL_NS,
				.dnskey = TTL_MAX,
				.delegation = TTL_NS,
				.ds = TTL_MAX,
				.denial = small,
				.negative = small,
				.address = d->ttl };
	name_copy(z->soa_mname, h->servers[0].name);
	if (name_prepend(z->soa_rname, "hostmaster", h->domain))
		z->soa_rname[0] = 0;
	z->soa_refresh = 7200;
	z->soa_retry = 3600;
	z->soa_expire = 604800;
	z->validity = 14 * DAY;
	z->backdate = 90 * MINUTE;
	z->version_every = HOUR;
	z->edns_size = 1232;
	z->servers = h->servers;
	z->server_count = 2;
	z->seed = population_draw_name(parent, DRAW_KEY, d->name);
	z->state = &l->state;
	z->ailment = d->ailment;
	l->state.is_leaf = true;
	l->state.has_hosts = name_equal(h->domain, d->name);
	l->state.content = table_get(&st->added, z->apex, name_len(z->apex));
	if (d->is_signed)
		make_key(l, parent);
	l->signing.mismatched = d->ailment == AILMENT_BOGUS;
	if (d->told)
		told_zone_apply(d->told, z);
}

struct zone *leaf_get(const struct zone *z, const struct delegation *d)
{
	struct tree_state *st = z->tree->state;
	size_t len = name_len(d->name);
	struct leaf *l;

	HASH_FIND(hh, st->leafs, d->name, len, l);
	if (l) {
		HASH_DEL(st->leafs, l);
	} else {
		l = get_room(st);
		if (!l)
			return NULL;
		make_leaf(l, z, d);
	}
	HASH_ADD_KEYPTR(hh, st->leafs, l->zone.apex, len, l);
	if (!l->hh.tbl) {
		forget(l);
		free(l);
		return NULL;
	}
	return &l->zone;
}

void leaf_done(struct tree *t)
{
	while (t->state->leafs)
		free(take_oldest(t->state));
}
