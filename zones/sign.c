#include "zones/sign.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#define HASH_FUNCTION(key, len, hash) memcpy(&(hash), key, sizeof(hash)) /* keys are hashes */
#include <uthash.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "zones/state.h"

#define KEPT 60000 /* signatures a zone remembers */
#define KEPT_BY_LEAF 64
#define SIGNATURE_MAX 512
#define RRSIG_MAX (18 + NAME_MAX_LEN + SIGNATURE_MAX)
#define KEYS_MAX 64

/* The RRSIG records over one RRset, found by what they were made from. */
struct signature {
	UT_hash_handle hh;
	uint64_t key[2];
	uint64_t faults;
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
};

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
		if (signs_keys(&z->keys[i]) && published(&z->keys[i], v->now) &&
		    within(&z->keys[i], &z->keys[i].signs, v->now))
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

static simtime later(simtime a, simtime b)
{
	return a > b ? a : b;
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

static struct order order_make(const struct view *v, const struct rrset *rs, const uint8_t *owner,
			       const uint8_t *ref_owner)
{
	const struct zone *z = v->zone;
	struct order o = { .rs = rs, .owner = owner, .signing = in_force(v) };
	unsigned key = o.signing ? o.signing->key : first_data_key(z);

	o.id = rng_hash(rng_of(z->seed, rs->type), owner, name_len(owner));
	o.signed_at = signed_at(v, &o);
	o.keys = rs->type == RR_DNSKEY ? key_signing_keys(v) : UINT64_C(1) << key;
	if (o.signing && rs->type != RR_DNSKEY)
		o.keys = o.signing->withheld ? 0 : o.keys | o.signing->also;
	o.mismatched = o.signing && (listed(o.signing, ref_owner ? ref_owner : owner, rs->type) ||
				     drawn(&o, key));
	return o;
}

struct key *sign_key(struct zone *z, unsigned i, struct err *e)
{
	struct zone_state *s = z->state;

	assert(s && i < z->key_count);
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

/* The pair that is taken by mistake: its signatures carry the tag of key `i`, its own does not matter. */
static struct key *sign_twin(struct zone *z, unsigned i, struct err *e)
{
	struct zone_state *s = z->state;
	struct key_plan plan = z->keys[i];

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

bool sign_dnskey(const struct view *v, struct rrset *ret)
{
	struct zone *z = v->zone;

	if (!z->is_signed)
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
	return ret->count;
}

/* RFC 4034 section 3.1.3: without the root and without a leading asterisk. */
static uint8_t label_count(const uint8_t *owner)
{
	unsigned n = name_labels(owner);

	return (uint8_t)(owner[0] == 1 && owner[1] == '*' ? n - 1 : n);
}

/* RFC 4034 section 3.1 up to the signature. */
static void put_rrsig(struct buf *b, const struct zone *z, const struct order *o, struct key *k)
{
	buf_u16(b, o->rs->type);
	buf_u8(b, (uint8_t)key_algorithm(k));
	buf_u8(b, label_count(o->owner));
	buf_u32(b, o->rs->ttl);
	buf_u32(b, dated(z, o->signed_at + z->validity));
	buf_u32(b, dated(z, o->signed_at - z->backdate));
	buf_u16(b, key_tag(k));
	buf_put(b, z->apex, name_len(z->apex));
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

/* Adds the RRSIG by key `i`, whose tag it carries, even where its twin signs. */
static int sign_with(struct zone *z, const struct order *o, unsigned i, struct rrset *ret,
		     struct err *e)
{
	size_t cap = RRSIG_MAX + o->rs->len + o->rs->count * (NAME_MAX_LEN + 8u), len;
	_cleanup_(freep) uint8_t *data = malloc(cap);
	uint8_t rdata[RRSIG_MAX], signature[SIGNATURE_MAX];
	struct buf b = buf_over(data, cap), r = buf_over(rdata, sizeof(rdata));
	struct key *k = sign_key(z, i, e), *signer = o->mismatched ? sign_twin(z, i, e) : k;
	int rc;

	if (!data)
		return err_set(e, -ENOMEM, "no memory for a signature");
	if (!k || !signer)
		return -EIO;
	put_rrsig(&r, z, o, k);
	buf_put(&b, rdata, r.len);
	put_records(&b, o);
	rc = key_sign(signer, data, b.len, signature, &len, e);
	if (rc)
		return rc;
	buf_put(&r, signature, len);
	assert(!b.failed && !r.failed);
	rrset_add(ret, rdata, r.len);
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
	ret[1] = rng_hash(rng_of(made, o->keys), o->rs->data, o->rs->len);
}

static void remember(struct signatures *s, const uint64_t key[2], const struct rrset *rrsig,
		     uint64_t faults)
{
	struct signature *one = malloc(sizeof(*one) + rrsig->len), *oldest = s->made;

	if (!one)
		return; /* it is made again when it is asked for */
	if (HASH_COUNT(s->made) >= s->most) {
		HASH_DEL(s->made, oldest);
		free(oldest);
	}
	memcpy(one->key, key, sizeof(one->key));
	one->faults = faults;
	one->count = rrsig->count;
	one->len = rrsig->len;
	memcpy(one->data, rrsig->data, rrsig->len);
	HASH_ADD(hh, s->made, key, sizeof(one->key), one);
}

int sign_rrset(const struct view *v, const struct rrset *rs, const uint8_t *wildcard,
	       const uint8_t *ref_owner, struct rrset *ret, uint64_t *faults, struct err *e)
{
	struct zone *z = v->zone;
	struct order o;
	struct signatures *s;
	struct signature *one = NULL;
	uint64_t key[2], wrong = 0;

	rrset_init(ret, rs->owner, RR_RRSIG, rs->ttl);
	if (!z->is_signed)
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
		*faults |= one->faults;
		return 0;
	}
	for (unsigned i = 0; i < z->key_count && i < KEYS_MAX; i++) {
		int rc = o.keys >> i & 1 ? sign_with(z, &o, i, ret, e) : 0;

		if (rc)
			return rc;
	}
	if (o.mismatched && o.signing->fault >= 0)
		wrong = UINT64_C(1) << o.signing->fault;
	remember(s, key, ret, wrong);
	*faults |= wrong;
	return 0;
}
