/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/sign.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define HASH_FUNCTION(key, len, hash) memcpy(&(hash), key, sizeof(hash)) /* keys are hashes */

#include "sim/base/hash.h"
#include "sim/base/rng.h"
#include "zones/key_collide.h"
#include "zones/life.h"
#include "zones/literal.h"
#include "zones/published.h"
#include "zones/rrsig.h"
#include "zones/state.h"

#define KEPT 60000 /* signatures a zone remembers */
#define KEPT_BY_LEAF 64
#define KEPT_BYTES ((size_t)64 << 20) /* post-quantum ones are long */

/* The RRSIG records over one RRset, found by what they were made from. */
struct signature {
	UT_hash_handle hh;
	uint64_t key[2];
	uint16_t count, len;
	uint8_t data[];
};

struct signatures {
	struct signature *made; /* oldest first */
	unsigned most;
	size_t bytes; /* of all that are made */
};

/* Whose pair it is: of a key that comes back that of the one that it was. */
static unsigned pair_of(const struct zone *z, unsigned i)
{
	const struct key_plan *k = &z->keys[i];

	for (unsigned j = 0; *k->again && j < z->key_count; j++)
		if (z->keys[j].role == k->role && strcmp(z->keys[j].name, k->again) == 0)
			return j;
	return i;
}

struct key *sign_key(struct zone *z, unsigned i, struct err *e)
{
	struct zone_state *s = z->state;

	assert(s && i < z->key_count);
	i = pair_of(z, i);
	if (z->keys_of && i < z->keys_of->key_count)
		return sign_key(z->keys_of, i, e);
	if (!s->keys)
		s->keys = calloc(z->key_count, sizeof(struct key *));
	if (!s->keys) {
		err_set(e, -ENOMEM, "no memory for keys");
		return NULL;
	}
	if (!s->keys[i] && key_new(&z->keys[i], rng_of(z->seed, i), &s->keys[i], e))
		return NULL;
	return s->keys[i];
}

struct key *sign_twin(struct zone *z, unsigned i, struct err *e)
{
	struct zone_state *s = z->state;
	struct key_plan plan;

	i = pair_of(z, i);
	plan = z->keys[i];
	if (z->keys_of && i < z->keys_of->key_count)
		return sign_twin(z->keys_of, i, e);
	if (!s->twins)
		s->twins = calloc(z->key_count, sizeof(struct key *));
	if (!s->twins) {
		err_set(e, -ENOMEM, "no memory for keys");
		return NULL;
	}
	plan.tag = -1;
	if (!s->twins[i] && key_new(&plan, rng_of(~z->seed, i), &s->twins[i], e))
		return NULL;
	return s->twins[i];
}

static void keys_free(struct key **keys, unsigned count)
{
	for (unsigned i = 0; keys && i < count; i++)
		key_free(keys[i]);
	free(keys);
}

static void signatures_free(struct signatures *s)
{
	struct signature *one, *next;

	if (!s)
		return;
	HASH_ITER (hh, s->made, one, next) {
		HASH_DEL(s->made, one);
		free(one);
	}
	free(s);
}

void sign_state_free(struct zone *z)
{
	struct zone_state *s = z->state;

	if (!s)
		return;
	keys_free(s->keys, z->key_count);
	keys_free(s->twins, z->key_count);
	signatures_free(s->signatures);
	s->keys = s->twins = NULL;
	s->signatures = NULL;
}

/* Keys that have the tag of the one that signs, and are nobody's. */
static void add_trap(const struct view *v, struct rrset *ret)
{
	struct key *like = sign_key(v->zone, order_data_key(v), NULL);
	uint8_t rdata[KEY_RDATA_MAX];
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(v->zone, v->server, v->now, &i));) {
		for (int64_t n = 0; f->row->trap && n < f->values[0]; n++) {
			uint64_t seed = rng_of(v->zone->seed, (uint64_t)n);
			size_t len = like ? key_colliding(like, seed, rdata) : 0;

			if (len)
				rrset_add(ret, rdata, len);
			else
				ret->lacks = true;
			view_saw(v, f);
		}
	}
}

bool sign_dnskey(const struct view *v, struct rrset *ret)
{
	struct zone *z = v->zone;
	uint8_t revoked[KEY_RDATA_MAX];

	if (!view_signed(v))
		return false;
	rrset_init(ret, z->apex, RR_DNSKEY, z->ttl.dnskey);
	for (unsigned i = 0; i < z->key_count; i++) {
		struct key *k;
		const uint8_t *rdata;
		size_t len;

		if (!life_published(&z->keys[i], v->now))
			continue;
		k = sign_key(z, i, NULL);
		rdata = k ? key_rdata(k, &len) : NULL;
		if (rdata && life_revoked(&z->keys[i], v->now))
			rdata = key_revoked(k, revoked, &len);
		if (rdata)
			rrset_add(ret, rdata, len);
		else
			ret->lacks = true;
	}
	add_trap(v, ret);
	return ret->count || ret->lacks;
}

static bool edit_ds(const struct view *v, struct zone *child, struct rrset *ret)
{
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(child, v->server, v->now, &i));) {
		if (!f->row->ds)
			continue;
		f->row->ds(f, child, ret);
		view_saw(v, f);
	}
	return ret->count || ret->lacks;
}

bool sign_ds(const struct view *v, struct zone *child, struct rrset *ret)
{
	if (!child->is_signed)
		return false;
	rrset_init(ret, child->apex, RR_DS, v->zone->ttl.ds);
	if (child->published)
		return published_ds(child, v->now, ret) || ret->lacks;
	if (child->as_signed)
		return literal_ds(child, ret) || ret->lacks;
	for (unsigned i = 0; i < child->key_count; i++) {
		uint8_t rdata[52];
		struct key *k;
		size_t len;

		if (!life_has_ds(&child->keys[i], v->now))
			continue;
		k = sign_key(child, i, NULL);
		len = k ? key_ds(k, child->apex, 2, rdata) : 0;
		if (len)
			rrset_add(ret, rdata, len);
		else
			ret->lacks = true;
	}
	return edit_ds(v, child, ret);
}

static struct signatures *remembered(struct zone *z)
{
	struct signatures *s = z->state->signatures;

	if (!s) {
		s = z->state->signatures = calloc(1, sizeof(*s));
		if (s)
			s->most = z->state->is_leaf ? KEPT_BY_LEAF : KEPT;
	}
	return s;
}

static void forget_oldest(struct signatures *s)
{
	struct signature *oldest = s->made;

	HASH_DEL(s->made, oldest);
	s->bytes -= oldest->len;
	free(oldest);
}

static void remember(struct signatures *s, const uint64_t key[2], const struct rrset *rrsig)
{
	struct signature *one = malloc(sizeof(*one) + rrsig->len);

	if (!one)
		return; /* it is made again when it is asked for */
	while (s->made && (HASH_COUNT(s->made) >= s->most || s->bytes > KEPT_BYTES))
		forget_oldest(s);
	s->bytes += rrsig->len;
	memcpy(one->key, key, sizeof(one->key));
	one->count = rrsig->count;
	one->len = rrsig->len;
	memcpy(one->data, rrsig->data, rrsig->len);
	HASH_ADD(hh, s->made, key, sizeof(one->key), one);
}

int sign_rrset(const struct view *v, const struct rrset *rs, const uint8_t *wildcard,
	       const uint8_t *ref_owner, struct rrset *ret, struct err *e)
{
	struct zone *z = v->zone;
	struct order o;
	struct signatures *s;
	struct signature *one = NULL;
	uint64_t key[2];

	rrset_init(ret, rs->owner, RR_RRSIG, rs->ttl);
	if (!view_signed(v))
		return 0;
	if (z->state->literal) {
		literal_sign(z->state->literal, rs, wildcard, ret);
		return 0;
	}
	o = order_make(v, rs, wildcard ? wildcard : rs->owner, ref_owner);
	order_key(&o, key);
	s = remembered(z);
	if (!s)
		return err_set(e, -ENOMEM, "no memory for signatures");
	HASH_FIND(hh, s->made, key, sizeof(key), one);
	if (one) {
		ret->count = one->count;
		ret->len = one->len;
		memcpy(ret->data, one->data, one->len);
		return 0;
	}
	for (unsigned i = 0; i < z->key_count && i < ORDER_KEYS; i++) {
		int rc = o.keys >> i & 1 ? rrsig_add(z, &o, i, ret, e) : 0;

		if (rc)
			return rc;
	}
	if (ret->lacks)
		return err_set(e, -EMSGSIZE, "the signatures over an RRset do not fit a message");
	remember(s, key, ret);
	return 0;
}

bool sign_edit(const struct view *v, struct rrset *rs, const uint8_t *ref_owner, struct rrset *sigs)
{
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(v->zone, v->server, v->now, &i));) {
		if (f->row->shows == rs->type || (f->row->shows == RR_RRSIG && sigs))
			view_saw(v, f);
		if (!f->row->edit || !fault_befalls(f, ref_owner ? ref_owner : rs->owner, rs->type))
			continue;
		f->row->edit(f, rs);
		view_saw(v, f);
	}
	if (sigs)
		name_copy(sigs->owner, rs->owner);
	return rs->count;
}
