/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/sign.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#define HASH_FUNCTION(key, len, hash) memcpy(&(hash), key, sizeof(hash)) /* keys are hashes */
#include <uthash.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "zones/key_collide.h"
#include "zones/state.h"

#define KEPT 60000 /* signatures a zone remembers */
#define KEPT_BY_LEAF 64
#define SIGNATURE_MAX 512
#define RRSIG_MAX (18 + NAME_MAX_LEN + SIGNATURE_MAX)
#define KEYS_MAX 64
#define WEEK (7 * DAY)

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
};

/* All that decides what the RRSIGs over an RRset say. */
struct order {
	const struct rrset *rs;
	const uint8_t *owner; /* as it was signed: the wildcard of an expansion */
	const struct signing *signing; /* NULL: the plan has none */
	uint64_t id; /* of (owner, type) in this zone */
	simtime signed_at;
	uint64_t keys; /* bit i: keys[i] signs */
	bool mismatched;
	struct flaw flaws[2]; /* of signatures by KSKs, and by ZSKs */
};

struct view view_at(struct zone *z, unsigned server, simtime now, struct fault_set *seen)
{
	struct view v = { .zone = z, .server = server, .now = now, .given = now, .seen = seen };
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(z, server, now, &i));) {
		switch (f->row->copy) {
		case COPY_RIGHT:
			continue;
		case COPY_FROZEN:
			v.now = f->from - f->values[0];
			break;
		case COPY_LAGGING:
			v.now = now - f->values[0];
			break;
		case COPY_UNSIGNED:
			v.is_unsigned = true;
			break;
		}
		if (seen)
			fault_set_add(seen, (unsigned)(f - z->tree->faults));
	}
	return v;
}

bool view_signed(const struct view *v)
{
	return v->zone->is_signed && !v->is_unsigned;
}

void view_saw(const struct view *v, const struct fault *f)
{
	if (v->seen && v->now >= f->from)
		fault_set_add(v->seen, (unsigned)(f - f->zone->tree->faults));
}

/* When a signing reaches a server. The first has always been everywhere. */
static simtime arrival(const struct zone *z, const struct signing *s, unsigned server)
{
	if (s == z->signings)
		return INT64_MIN;
	if (z->server_count < 2)
		return s->reach_from;
	return s->reach_from + (s->reach_to - s->reach_from) * server / (z->server_count - 1);
}

static const struct signing *in_force(const struct view *v)
{
	const struct zone *z = v->zone;

	for (unsigned i = z->signing_count; i--;)
		if (arrival(z, &z->signings[i], v->server) <= v->now)
			return &z->signings[i];
	return NULL;
}

/* The last instant not after `now` of those that come every `period`, one of them at `phase`. */
static simtime last_tick(simtime now, simtime period, simtime phase)
{
	simtime past = (now - phase) % period;

	return now - (past < 0 ? past + period : past);
}

/* A version comes with every tick and with each signing that arrives. */
static simtime version_at(const struct view *v)
{
	const struct zone *z = v->zone;
	simtime last = last_tick(v->now, z->version_every > 0 ? z->version_every : MINUTE, 0);

	for (unsigned i = 1; i < z->signing_count; i++) {
		simtime at = arrival(z, &z->signings[i], v->server);

		if (at <= v->now && at > last)
			last = at;
	}
	return last;
}

/* An instant as the world shall see it: see tree->date_shift. */
static uint32_t dated(const struct zone *z, simtime t)
{
	return (uint32_t)simtime_seconds(t + (z->tree ? z->tree->date_shift : 0));
}

uint32_t sign_serial(const struct view *v)
{
	return dated(v->zone, version_at(v));
}

static bool published(const struct key_plan *k, simtime now)
{
	return k->published <= now && now < k->removed;
}

static bool signs_keys(const struct key_plan *k)
{
	return k->role == KEY_KSK || k->role == KEY_CSK;
}

/* Whether it is within a key's span of its own, or published where the plan tells none. */
static bool within(const struct key_plan *k, const struct key_span *s, simtime now)
{
	return s->until ? s->from <= now && now < s->until : published(k, now);
}

bool sign_has_ds(const struct key_plan *k, simtime now)
{
	return signs_keys(k) && within(k, &k->ds, now);
}

static uint64_t key_signing_keys(const struct view *v)
{
	const struct zone *z = v->zone;
	uint64_t keys = 0;

	for (unsigned i = 0; i < z->key_count && i < KEYS_MAX; i++)
		if (((signs_keys(&z->keys[i]) && within(&z->keys[i], &z->keys[i].signs, v->now)) ||
		     z->zsk_signs_keys) &&
		    !z->keys[i].never_signs && published(&z->keys[i], v->now))
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
	}
	return last;
}

static simtime signed_at(const struct view *v, const struct order *o)
{
	const struct zone *z = v->zone;
	simtime period = later(z->validity / 2, 1), last;

	if (o->rs->type == RR_SOA)
		return version_at(v);
	last = last_tick(v->now, period, (simtime)rng_below(rng_of(o->id, 0), (uint64_t)period));
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

static struct order order_make(const struct view *v, const struct rrset *rs, const uint8_t *owner,
			       const uint8_t *ref_owner)
{
	const struct zone *z = v->zone;
	struct order o;
	unsigned key;

	memset(&o, 0, sizeof(o)); /* flaws are hashed, padding too */
	o.rs = rs;
	o.owner = owner;
	o.signing = in_force(v);
	key = o.signing ? o.signing->key : first_data_key(z);

	o.id = rng_hash(rng_of(z->seed, rs->type), owner, name_len(owner));
	o.signed_at = signed_at(v, &o);
	o.keys = rs->type == RR_DNSKEY ? key_signing_keys(v) : UINT64_C(1) << key;
	if (o.signing && rs->type != RR_DNSKEY)
		o.keys = o.signing->withheld ? 0 : o.keys | o.signing->also;
	o.mismatched = o.signing && (listed(o.signing, ref_owner ? ref_owner : owner, rs->type) ||
				     drawn(&o, key));
	if (o.mismatched && o.signing->fault >= 0 && v->seen)
		fault_set_add(v->seen, (unsigned)o.signing->fault);
	add_flaws(v, &o, ref_owner ? ref_owner : owner);
	return o;
}

struct key *sign_key(struct zone *z, unsigned i, struct err *e)
{
	struct zone_state *s = z->state;

	assert(s && i < z->key_count);
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
	struct key_plan plan = z->keys[i];

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
	const struct signing *s = in_force(v);
	struct key *like = sign_key(v->zone, s ? s->key : first_data_key(v->zone), NULL);
	uint8_t rdata[KEY_RDATA_MAX];
	const struct fault *f;

	for (unsigned i = 0; like && (f = fault_next(v->zone, v->server, v->now, &i));) {
		for (int64_t n = 0; f->row->trap && n < f->values[0]; n++) {
			size_t len = key_colliding(like, rng_of(v->zone->seed, (uint64_t)n), rdata);

			if (len)
				rrset_add(ret, rdata, len);
			view_saw(v, f);
		}
	}
}

bool sign_dnskey(const struct view *v, struct rrset *ret)
{
	struct zone *z = v->zone;

	if (!view_signed(v))
		return false;
	rrset_init(ret, z->apex, RR_DNSKEY, z->ttl.dnskey);
	for (unsigned i = 0; i < z->key_count; i++) {
		struct key *k = published(&z->keys[i], v->now) ? sign_key(z, i, NULL) : NULL;
		size_t len;

		if (k) {
			const uint8_t *rdata = key_rdata(k, &len);

			rrset_add(ret, rdata, len);
		}
	}
	add_trap(v, ret);
	return ret->count;
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
	return ret->count;
}

bool sign_ds(const struct view *v, struct zone *child, struct rrset *ret)
{
	if (!child->is_signed)
		return false;
	rrset_init(ret, child->apex, RR_DS, v->zone->ttl.ds);
	for (unsigned i = 0; i < child->key_count; i++) {
		struct key *k =
			sign_has_ds(&child->keys[i], v->now) ? sign_key(child, i, NULL) : NULL;
		uint8_t rdata[52];

		if (k)
			rrset_add(ret, rdata, key_ds(k, child->apex, 2, rdata));
	}
	return edit_ds(v, child, ret);
}

/* RFC 4034 section 3.1.3: without the root and without a leading asterisk. */
static uint8_t label_count(const uint8_t *owner)
{
	unsigned n = name_labels(owner);

	return (uint8_t)(owner[0] == 1 && owner[1] == '*' ? n - 1 : n);
}

/* From when until when a signature holds. Wrong windows are wrong by a week: resolvers let a day
 * pass. */
static void window_of(const struct zone *z, const struct order *o, const struct flaw *flaw,
		      simtime *from, simtime *until)
{
	*from = o->signed_at - z->backdate;
	*until = o->signed_at + z->validity;
	switch (flaw->window) {
	case WINDOW_RIGHT:
		break;
	case WINDOW_PAST:
		*until = *from - WEEK;
		*from = *until - z->validity;
		break;
	case WINDOW_FUTURE:
		*from = *until + WEEK;
		*until = *from + z->validity;
		break;
	case WINDOW_INVERTED:
		*until = *from - WEEK;
		break;
	case WINDOW_ENDS:
		*until = flaw->ends;
		*from = flaw->ends - z->validity;
		break;
	}
}

/* The zone that is said to have signed: for a wrong one, the zone above, or a name that is not
 * there. */
static const uint8_t *signer_of(const struct zone *z, const struct flaw *flaw)
{
	if (!flaw->signer)
		return z->apex;
	return z->parent ? z->parent->apex : (const uint8_t *)"\4test";
}

/* RFC 4034 section 3.1 up to the signature. */
static void put_rrsig(struct buf *b, const struct zone *z, const struct order *o,
		      const struct flaw *flaw, struct key *k)
{
	const uint8_t *signer = signer_of(z, flaw);
	simtime from, until;

	window_of(z, o, flaw, &from, &until);
	buf_u16(b, o->rs->type);
	buf_u8(b, (uint8_t)key_algorithm(k));
	buf_u8(b, (uint8_t)(label_count(o->owner) + flaw->labels));
	buf_u32(b, o->rs->ttl);
	buf_u32(b, dated(z, until));
	buf_u32(b, dated(z, from));
	buf_u16(b, key_tag(k));
	buf_put(b, signer, name_len(signer));
}

/* RFC 4034 section 3.1.8.1: the records as they are signed, behind the RRSIG's fields. */
static void put_records(struct buf *b, const struct order *o)
{
	size_t owner_len = name_len(o->owner), pos = 0, len;
	const uint8_t *rdata;

	while ((rdata = rrset_next(o->rs, &pos, &len))) {
		buf_put(b, o->owner, owner_len);
		buf_u16(b, o->rs->type);
		buf_u16(b, 1);
		buf_u32(b, o->rs->ttl);
		buf_u16(b, (uint16_t)len);
		buf_put(b, rdata, len);
	}
}

/* The keys of one signature: the one whose tag it carries, and the one that makes it. */
static bool pair_of(struct zone *z, const struct order *o, const struct flaw *flaw, unsigned i,
		    struct key **tagged, struct key **signer, struct err *e)
{
	bool twin = o->mismatched || flaw->pair != PAIR_RIGHT;

	*tagged = sign_key(z, i, e);
	*signer = twin ? sign_twin(z, i, e) : *tagged;
	if (flaw->pair == PAIR_OTHER_TAG)
		*tagged = *signer;
	return *tagged && *signer;
}

/* What is changed in a record that is made: the original TTL, a byte of the signature. */
static void spoil(uint8_t *rdata, size_t len, const struct flaw *flaw)
{
	if (flaw->ttl)
		put32(rdata + 4, get32(rdata + 4) / 2);
	if (flaw->corrupt)
		rdata[len - 2] ^= 0xff;
}

/* Adds the RRSIG by key `i`, whose tag it carries, even where its twin signs. */
static int sign_with(struct zone *z, const struct order *o, unsigned i, struct rrset *ret,
		     struct err *e)
{
	const struct flaw *flaw =
		&o->flaws[z->keys[i].role == KEY_ZSK ||
			  (z->keys[i].role == KEY_CSK && o->rs->type != RR_DNSKEY)];
	size_t cap = RRSIG_MAX + o->rs->len + o->rs->count * (NAME_MAX_LEN + 8u), len;
	_cleanup_(freep) uint8_t *data = malloc(cap);
	uint8_t rdata[RRSIG_MAX], signature[SIGNATURE_MAX];
	struct buf b = buf_over(data, cap), r = buf_over(rdata, sizeof(rdata));
	struct key *tagged, *signer;
	int rc;

	if (flaw->absent)
		return 0;
	if (!data)
		return err_set(e, -ENOMEM, "no memory for a signature");
	if (!pair_of(z, o, flaw, i, &tagged, &signer, e))
		return -EIO;
	put_rrsig(&r, z, o, flaw, tagged);
	buf_put(&b, rdata, r.len);
	put_records(&b, o);
	rc = key_sign(signer, data, b.len, signature, &len, e);
	if (rc)
		return rc;
	buf_put(&r, signature, len);
	assert(!b.failed && !r.failed);
	spoil(rdata, r.len, flaw);
	rrset_add(ret, rdata, r.len);
	for (unsigned n = 0; n < flaw->more; n++) {
		put16(rdata + r.len - 2, (uint16_t)(get16(rdata + r.len - 2) + 1));
		rrset_add(ret, rdata, r.len);
	}
	return 0;
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

static void order_key(const struct order *o, uint64_t ret[2])
{
	uint64_t made = rng_of((uint64_t)o->signed_at, (uint64_t)o->rs->ttl << 1 | o->mismatched);

	ret[0] = o->id;
	made = rng_hash(rng_of(made, o->keys), o->flaws, sizeof(o->flaws));
	ret[1] = rng_hash(made, o->rs->data, o->rs->len);
}

static void remember(struct signatures *s, const uint64_t key[2], const struct rrset *rrsig)
{
	struct signature *one = malloc(sizeof(*one) + rrsig->len), *oldest = s->made;

	if (!one)
		return; /* it is made again when it is asked for */
	if (HASH_COUNT(s->made) >= s->most) {
		HASH_DEL(s->made, oldest);
		free(oldest);
	}
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
	for (unsigned i = 0; i < z->key_count && i < KEYS_MAX; i++) {
		int rc = o.keys >> i & 1 ? sign_with(z, &o, i, ret, e) : 0;

		if (rc)
			return rc;
	}
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
