/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/order.h"

#include "sim/base/rng.h"
#include "zones/life.h"
#include "zones/version.h"

static uint64_t key_signing_keys(const struct view *v)
{
	const struct zone *z = v->zone;
	uint64_t keys = 0;

	for (unsigned i = 0; i < z->key_count && i < ORDER_KEYS; i++)
		if ((life_signs_keys(&z->keys[i], v->now) || z->zsk_signs_keys) &&
		    !z->keys[i].never_signs && life_published(&z->keys[i], v->now))
			keys |= UINT64_C(1) << i;
	return keys;
}

/* The key of a plan without signings: the first that signs data. */
static unsigned first_data_key(const struct zone *z)
{
	for (unsigned i = 0; i < z->key_count; i++)
		if (z->keys[i].role != KEY_KSK)
			return i;
	return 0;
}

unsigned order_data_key(const struct view *v)
{
	const struct signing *s = version_signing(v);

	return s ? s->key : first_data_key(v->zone);
}

/* The DNSKEY RRset is signed anew too whenever a key comes or goes. */
static simtime keys_changed_at(const struct view *v)
{
	simtime last = INT64_MIN;

	for (unsigned i = 0; i < v->zone->key_count; i++) {
		const struct key_plan *k = &v->zone->keys[i];

		if (k->published <= v->now && k->published > last)
			last = k->published;
		if (k->removed <= v->now && k->removed > last)
			last = k->removed;
		if (life_revoked(k, v->now) && k->revoked > last)
			last = k->revoked;
	}
	return last;
}

static simtime signed_at(const struct view *v, const struct order *o)
{
	const struct zone *z = v->zone;
	simtime period = later(z->validity / 2, 1), last;

	if (o->rs->type == RR_SOA)
		return version_at(v);
	last = version_tick(v->now, period, (simtime)rng_below(rng_of(o->id, 0), (uint64_t)period));
	if (o->signing && o->signing != z->signings)
		last = later(last, o->signing->at);
	if (o->rs->type == RR_DNSKEY)
		last = later(last, keys_changed_at(v));
	return last;
}

static bool listed(const struct signing *s, const uint8_t *owner, uint16_t type)
{
	for (unsigned i = 0; i < s->always_count; i++)
		if (s->always[i].type == type && name_equal(s->always[i].owner, owner))
			return true;
	return false;
}

/* The lottery. A DNSKEY RRset takes part when the key that signs the data signs it too. */
static bool drawn(const struct order *o, unsigned key)
{
	return o->keys >> key & 1 &&
	       rng_unit(rng_of(o->id + 1, (uint64_t)o->signed_at)) < o->signing->mismatched;
}

/* What faults do to the signatures of this RRset. `owner` is the one that they are told of: an
 * NSEC3's name, not its hash. */
static void add_flaws(const struct view *v, struct order *o, const uint8_t *owner)
{
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(v->zone, v->server, v->now, &i));) {
		if (!f->row->flaw || !fault_befalls(f, owner, o->rs->type))
			continue;
		if (f->row->by != 256)
			f->row->flaw(f, &o->flaws[0]);
		if (f->row->by != 257)
			f->row->flaw(f, &o->flaws[1]);
		view_saw(v, f);
	}
}

struct order order_make(const struct view *v, const struct rrset *rs, const uint8_t *owner,
			const uint8_t *ref_owner)
{
	const struct zone *z = v->zone;
	struct order o = { .rs = rs, .owner = owner, .signing = version_signing(v) };
	unsigned key = order_data_key(v);

	o.id = rng_hash(rng_of(z->seed, rs->type), owner, name_len(owner));
	o.signed_at = signed_at(v, &o);
	o.keys = rs->type == RR_DNSKEY ? key_signing_keys(v) : UINT64_C(1) << key;
	if (o.signing && rs->type != RR_DNSKEY)
		o.keys = o.signing->withheld ? 0 : o.keys | o.signing->also;
	for (unsigned i = 0; i < z->key_count && i < ORDER_KEYS; i++)
		if (life_revoked(&z->keys[i], v->now))
			o.revoked |= UINT64_C(1) << i;
	o.mismatched = o.signing && (listed(o.signing, ref_owner ? ref_owner : owner, rs->type) ||
				     drawn(&o, key));
	if (o.mismatched && o.signing->fault >= 0 && v->seen)
		fault_set_add(v->seen, (unsigned)o.signing->fault);
	add_flaws(v, &o, ref_owner ? ref_owner : owner);
	return o;
}

static uint64_t hash_flaw(uint64_t h, const struct flaw *f)
{
	unsigned bits = f->absent | f->corrupt << 1 | f->signer << 2 | f->labels << 3 |
			f->ttl << 4 | f->pair << 8 | f->window << 16;

	return rng_of(rng_of(rng_of(h, bits), f->more), (uint64_t)f->ends);
}

void order_key(const struct order *o, uint64_t ret[2])
{
	uint64_t made = rng_of((uint64_t)o->signed_at, (uint64_t)o->rs->ttl << 1 | o->mismatched);

	ret[0] = o->id;
	made = rng_of(rng_of(made, o->keys), o->revoked);
	made = hash_flaw(hash_flaw(made, &o->flaws[0]), &o->flaws[1]);
	ret[1] = rng_hash(made, o->rs->data, o->rs->len);
}
