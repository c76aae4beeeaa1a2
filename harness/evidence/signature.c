/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/signature.h"

#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/rng.h"

#define CHECKS_MAX                                                                                 \
	32 /* keys times signatures for one RRset: what resolvers make was a few, ever since CVE-2023-50387 */

struct judged {
	uint64_t key;
	ldns_status status;
	UT_hash_handle hh;
};

struct signatures {
	struct judged *judged;
	ldns_buffer *wire;
};

struct signatures *signatures_new(void)
{
	_cleanup_(signatures_freep) struct signatures *s = calloc(1, sizeof(*s));

	if (s)
		s->wire = ldns_buffer_new(LDNS_MAX_PACKETLEN);
	return s && s->wire ? TAKE(s) : NULL;
}

void signatures_free(struct signatures *s)
{
	struct judged *item, *next;

	if (!s)
		return;
	HASH_ITER (hh, s->judged, item, next) {
		HASH_DEL(s->judged, item);
		free(item);
	}
	ldns_buffer_free(s->wire);
	free(s);
}

/* ---- the fields of records, which a stranger wrote ---- */

static int field(const ldns_rr *rr, size_t i, size_t size)
{
	const ldns_rdf *rdf = ldns_rr_rdf(rr, i);

	if (!rdf || ldns_rdf_size(rdf) != size)
		return -1;
	return size == 1 ? ldns_rdf2native_int8(rdf) : ldns_rdf2native_int16(rdf);
}

static int tag_of(const ldns_rr *rrsig)
{
	return field(rrsig, 6, 2);
}

static int algorithm_of(const ldns_rr *rrsig)
{
	return field(rrsig, 1, 1);
}

static uint32_t time_field(const ldns_rr *rrsig, size_t i)
{
	const ldns_rdf *rdf = ldns_rr_rdf(rrsig, i);

	return rdf && ldns_rdf_size(rdf) == 4 ? ldns_rdf2native_int32(rdf) : 0;
}

/* Whether a key may sign data of its zone, RFC 4034 section 2.1. */
static bool is_zone_key(const ldns_rr *key)
{
	int flags = field(key, 0, 2);

	return flags >= 0 && flags & LDNS_KEY_ZONE_KEY && field(key, 1, 1) == 3;
}

static bool made_by(const ldns_rr *rrsig, const ldns_rr *key)
{
	return is_zone_key(key) && field(key, 2, 1) == algorithm_of(rrsig) &&
	       ldns_calc_keytag(key) == tag_of(rrsig);
}

/* ---- one signature ---- */

static uint64_t hash_list(struct signatures *s, uint64_t seed, const ldns_rr_list *list)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		ldns_buffer_clear(s->wire);
		if (ldns_rr2buffer_wire(s->wire, ldns_rr_list_rr(list, i), LDNS_SECTION_ANSWER))
			return seed;
		seed = rng_hash(seed, ldns_buffer_begin(s->wire), ldns_buffer_position(s->wire));
	}
	return seed;
}

static ldns_status verify(const ldns_rr_list *rrset, const ldns_rr *rrsig, const ldns_rr_list *keys)
{
	ldns_rr_list *used = ldns_rr_list_new();
	ldns_status r = ldns_verify_rrsig_keylist_notime(rrset, rrsig, keys, used);

	ldns_rr_list_free(used);
	return r;
}

/* By one of `keys`, dates left aside. */
static ldns_status check(struct signatures *s, const ldns_rr_list *rrset, ldns_rr *rrsig,
			 const ldns_rr_list *keys)
{
	ldns_rr_list *one = ldns_rr_list_new();
	struct judged *known;
	uint64_t key;

	ldns_rr_list_push_rr(one, rrsig);
	key = hash_list(s, hash_list(s, hash_list(s, 1, rrset), one), keys);
	ldns_rr_list_free(one);
	HASH_FIND(hh, s->judged, &key, sizeof(key), known);
	if (known)
		return known->status;

	ldns_status status = verify(rrset, rrsig, keys);

	known = calloc(1, sizeof(*known));
	if (known) {
		known->key = key;
		known->status = status;
		HASH_ADD(hh, s->judged, key, sizeof(known->key), known);
	}
	return status;
}

static bool is_unknown(ldns_status s)
{
	return s == LDNS_STATUS_CRYPTO_UNKNOWN_ALGO || s == LDNS_STATUS_CRYPTO_ALGO_NOT_IMPL ||
	       s == LDNS_STATUS_MEM_ERR;
}

/* An instant of a field of 32 bits: the one that is nearest to `at`, RFC 4034 section 3.1.5. */
static simtime near(uint32_t field_value, simtime at)
{
	uint32_t now = (uint32_t)simtime_seconds(at);

	return (simtime_seconds(at) + (int32_t)(field_value - now)) * SECOND;
}

/* Whether its dates are good then; if not, why. */
static bool check_dates(const ldns_rr *rrsig, simtime at, struct finding *ret)
{
	simtime expires = near(time_field(rrsig, 4), at), begins = near(time_field(rrsig, 5), at);

	if (expires < simtime_seconds(at) * SECOND) {
		ret->reason = REASON_EXPIRED;
		ret->limit = expires;
		return false;
	}
	if (begins > at) {
		ret->reason = REASON_NOT_YET;
		ret->limit = begins;
		return false;
	}
	return true;
}

/* Those of the keys that may have made it: lent. */
static ldns_rr_list *makers(const ldns_rr *rrsig, const ldns_rr_list *keys)
{
	ldns_rr_list *list = ldns_rr_list_new();

	for (size_t i = 0; i < ldns_rr_list_rr_count(keys); i++)
		if (made_by(rrsig, ldns_rr_list_rr(keys, i)))
			ldns_rr_list_push_rr(list, ldns_rr_list_rr(keys, i));
	return list;
}

/* Labels of the owner, "*" not counted, RFC 4034 section 3.1.3. */
static unsigned labels_of(const ldns_rr_list *rrset)
{
	uint8_t owner[NAME_MAX_LEN];

	if (!facts_wire(ldns_rr_owner(ldns_rr_list_rr(rrset, 0)), owner))
		return 0;
	return name_labels(owner) - (owner[0] == 1 && owner[1] == '*');
}

static enum verdict judge_one(struct signatures *s, const ldns_rr_list *rrset, ldns_rr *rrsig,
			      const ldns_rr_list *keys, simtime at, struct finding *ret)
{
	ldns_rr_list *candidates = makers(rrsig, keys);
	enum verdict v = VERDICT_BAD;
	ldns_status status;

	ret->tag = tag_of(rrsig);
	ret->algorithm = algorithm_of(rrsig);
	ret->reason = REASON_NO_SUCH_KEY;
	if (field(rrsig, 2, 1) > (int)labels_of(rrset)) {
		ret->reason = REASON_WRONG_LABELS; /* which ldns lets pass */
	} else if (ldns_rr_list_rr_count(candidates)) {
		ret->reason = REASON_BOGUS;
		status = check(s, rrset, rrsig, candidates);
		if (is_unknown(status))
			v = VERDICT_UNCHECKED;
		else if (!status && check_dates(rrsig, at, ret))
			v = VERDICT_GOOD;
	}
	ldns_rr_list_free(candidates);
	return v;
}

/* ---- RRsets ---- */

/* Of two bad ones, which came nearer to being good. */
static unsigned nearness(enum reason r)
{
	return r == REASON_EXPIRED || r == REASON_NOT_YET ? 2 : r == REASON_BOGUS;
}

/* As many as there are, or more than CHECKS_MAX. */
static unsigned checks_for(const ldns_rr_list *rrsigs, const ldns_rr_list *keys)
{
	unsigned n = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(rrsigs) && n <= CHECKS_MAX; i++)
		for (size_t k = 0; k < ldns_rr_list_rr_count(keys); k++)
			n += made_by(ldns_rr_list_rr(rrsigs, i), ldns_rr_list_rr(keys, k));
	return n;
}

static enum verdict judge_by(struct signatures *s, const ldns_rr_list *rrset,
			     const ldns_rr_list *rrsigs, const ldns_rr_list *keys, simtime at,
			     struct finding *ret)
{
	unsigned checks = checks_for(rrsigs, keys);
	enum verdict best = VERDICT_BAD;
	struct finding f = *ret;
	bool any = false;

	if (checks > CHECKS_MAX) {
		ret->reason = REASON_TOO_MANY;
		ret->tag = tag_of(ldns_rr_list_rr(rrsigs, 0));
		ret->algorithm = algorithm_of(ldns_rr_list_rr(rrsigs, 0));
		ret->number = checks;
		return VERDICT_BAD;
	}
	for (size_t i = 0; i < ldns_rr_list_rr_count(rrsigs); i++) {
		enum verdict v = judge_one(s, rrset, ldns_rr_list_rr(rrsigs, i), keys, at, &f);

		if (v == VERDICT_GOOD)
			return v;
		if (v == VERDICT_UNCHECKED)
			best = v;
		else if (!any || nearness(f.reason) > nearness(ret->reason)) {
			any = true;
			*ret = f;
		}
	}
	return best;
}

/* The zone that signs, and whether it may: it encloses the owner, and no other one lies between. */
static const uint8_t *signer_of(struct facts *f, const ldns_rr_list *rrset, const ldns_rr *rrsig,
				bool *may)
{
	const ldns_rr *rr = ldns_rr_list_rr(rrset, 0);
	const uint8_t *signer = facts_rdf_name(f, ldns_rr_rdf(rrsig, 7));
	const uint8_t *owner = facts_rdf_name(f, ldns_rr_owner(rr)), *zone;

	if (!signer || !owner)
		return NULL;
	zone = facts_zone_of(f, owner, (uint16_t)ldns_rr_get_type(rr));
	if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC && signer != zone) /* a cut has two of them */
		zone = facts_zone_of(f, owner, LDNS_RR_TYPE_DS);
	*may = name_under(owner, signer) && (signer == zone || name_under(signer, zone));
	return *may ? signer : zone;
}

enum verdict signature_judge(struct signatures *s, struct facts *f, const ldns_rr_list *rrset,
			     const ldns_rr_list *rrsigs, simtime at, struct finding *ret)
{
	const ldns_rr *first = ldns_rr_list_rr(rrsigs, 0);
	const struct version *keys;
	bool may = false;

	ret->zone = signer_of(f, rrset, first, &may);
	if (!ret->zone)
		return VERDICT_UNCHECKED;
	if (!may) {
		ret->reason = REASON_WRONG_SIGNER;
		ret->tag = tag_of(first);
		ret->algorithm = algorithm_of(first);
		return VERDICT_BAD;
	}
	keys = facts_held(f, ret->zone, LDNS_RR_TYPE_DNSKEY, at);
	if (keys) {
		ret->keys = keys->first;
		return judge_by(s, rrset, rrsigs, keys->rrs, at, ret);
	}
	ret->tag = tag_of(first);
	ret->algorithm = algorithm_of(first);
	return check_dates(first, at, ret) ? VERDICT_UNCHECKED : VERDICT_BAD;
}

/* ---- under a DS ---- */

int signature_ds_tag(const ldns_rr *ds)
{
	return field(ds, 0, 2);
}

/* The keys that the DS RRset is for: lent. */
static ldns_rr_list *keys_of_ds(const ldns_rr_list *keys, const ldns_rr_list *ds)
{
	ldns_rr_list *list = ldns_rr_list_new();

	for (size_t i = 0; i < ldns_rr_list_rr_count(keys) && i < CHECKS_MAX; i++) {
		ldns_rr *key = ldns_rr_list_rr(keys, i);
		bool found = !is_zone_key(key) || field(key, 0, 2) & LDNS_KEY_REVOKE_KEY;

		for (size_t k = 0; k < ldns_rr_list_rr_count(ds) && k < CHECKS_MAX && !found; k++) {
			found = ldns_rr_compare_ds(ldns_rr_list_rr(ds, k), key);
			if (found)
				ldns_rr_list_push_rr(list, key);
		}
	}
	return list;
}

bool signature_has_ds(const ldns_rr_list *keys, const ldns_rr_list *ds)
{
	ldns_rr_list *list = keys_of_ds(keys, ds);
	bool has = ldns_rr_list_rr_count(list);

	ldns_rr_list_free(list);
	return has;
}

enum verdict signature_judge_keys(struct signatures *s, struct facts *f, const ldns_rr_list *keys,
				  const ldns_rr_list *rrsigs, simtime at, struct finding *ret)
{
	const uint8_t *zone = facts_rdf_name(f, ldns_rr_owner(ldns_rr_list_rr(keys, 0)));
	const struct version *ds = zone ? facts_held(f, zone, LDNS_RR_TYPE_DS, at) : NULL;
	enum verdict v = VERDICT_BAD;
	ldns_rr_list *secure;

	if (!ds || !ldns_rr_list_rr_count(ds->rrs))
		return VERDICT_UNCHECKED;
	ret->zone = zone;
	ret->tag = signature_ds_tag(ldns_rr_list_rr(ds->rrs, 0));
	ret->reason = REASON_DS_NO_KEY;
	ret->keys = ds->first;
	secure = keys_of_ds(keys, ds->rrs);
	if (ldns_rr_list_rr_count(secure)) {
		ret->reason = REASON_NO_KSK_SIGNATURE;
		ret->tag = ldns_calc_keytag(ldns_rr_list_rr(secure, 0));
		if (ldns_rr_list_rr_count(rrsigs)) {
			v = judge_by(s, keys, rrsigs, secure, at, ret);
			if (v == VERDICT_BAD && ret->reason == REASON_NO_SUCH_KEY) {
				ret->reason = REASON_NO_KSK_SIGNATURE;
				ret->tag = ldns_calc_keytag(ldns_rr_list_rr(secure, 0));
			}
		}
	}
	ldns_rr_list_free(secure);
	return v;
}

int signature_lacks(struct facts *f, const uint8_t *zone, const ldns_rr_list *rrsigs, simtime at)
{
	const struct version *ds = facts_held(f, zone, LDNS_RR_TYPE_DS, at);

	for (size_t i = 0; ds && i < ldns_rr_list_rr_count(ds->rrs); i++) {
		int algorithm = field(ldns_rr_list_rr(ds->rrs, i), 1, 1);
		bool found = algorithm < 0;

		for (size_t k = 0; k < ldns_rr_list_rr_count(rrsigs) && !found; k++)
			found = algorithm_of(ldns_rr_list_rr(rrsigs, k)) == algorithm;
		if (!found)
			return algorithm;
	}
	return -1;
}
