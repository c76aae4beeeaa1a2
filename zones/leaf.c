/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/leaf.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/rng.h"
#include "zones/entries.h"
#include "zones/population.h"
#include "zones/state.h"

#define BUCKETS (2 * LEAF_MAX)
#define TTL_NS 86400
#define TTL_MAX 3600 /* of SOA, DNSKEY and negative answers */

struct leaf {
	struct zone zone;
	struct zone_state state;
	struct key_plan key;
	struct signing signing;
	uint64_t hash;
	struct leaf *next; /* in the bucket */
	struct leaf *newer, *older; /* by last use */
};

struct leafs {
	struct leaf *buckets[BUCKETS];
	struct leaf *newest, *oldest;
	unsigned count;
};

static void unlink_use(struct leafs *ls, struct leaf *l)
{
	*(l->newer ? &l->newer->older : &ls->newest) = l->older;
	*(l->older ? &l->older->newer : &ls->oldest) = l->newer;
}

static void link_use(struct leafs *ls, struct leaf *l)
{
	l->newer = NULL;
	l->older = ls->newest;
	*(l->older ? &l->older->newer : &ls->oldest) = l;
	ls->newest = l;
}

static void unlink_bucket(struct leafs *ls, struct leaf *l)
{
	struct leaf **at = &ls->buckets[l->hash % BUCKETS];

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
}

/* What was remembered of the leaf goes; names that traces added belong to the tree. */
static void forget(struct leaf *l)
{
	l->state.content = NULL;
	sign_state_free(&l->zone);
	denial_state_free(&l->zone);
}

static struct leaf *take_oldest(struct leafs *ls)
{
	struct leaf *l = ls->oldest;

	unlink_use(ls, l);
	unlink_bucket(ls, l);
	forget(l);
	return l;
}

static struct leaf *get_room(struct leafs *ls)
{
	struct leaf *l;

	if (ls->count == LEAF_MAX)
		return take_oldest(ls);
	l = malloc(sizeof(*l));
	ls->count += l != NULL;
	return l;
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
	l->state.is_leaf = true;
	l->state.has_hosts = name_equal(h->domain, d->name);
	if (st->added.count)
		l->state.content = table_get(&st->added, z->apex, name_len(z->apex));
	if (d->is_signed)
		make_key(l, parent);
}

struct zone *leaf_get(const struct zone *z, const struct delegation *d)
{
	struct tree_state *st = z->tree->state;
	uint64_t hash = rng_hash(0, d->name, name_len(d->name));
	struct leafs *ls;
	struct leaf *l;

	if (!st->leafs)
		st->leafs = calloc(1, sizeof(*st->leafs));
	ls = st->leafs;
	if (!ls)
		return NULL;
	for (l = ls->buckets[hash % BUCKETS]; l; l = l->next)
		if (l->hash == hash && name_equal(l->zone.apex, d->name))
			break;
	if (l) {
		unlink_use(ls, l);
	} else {
		l = get_room(ls);
		if (!l)
			return NULL;
		make_leaf(l, z, d);
		l->hash = hash;
		l->next = ls->buckets[hash % BUCKETS];
		ls->buckets[hash % BUCKETS] = l;
	}
	link_use(ls, l);
	return &l->zone;
}

void leaf_done(struct tree *t)
{
	struct leafs *ls = t->state->leafs;

	while (ls && ls->oldest) {
		struct leaf *l = take_oldest(ls);

		free(l);
	}
	free(ls);
	t->state->leafs = NULL;
}
