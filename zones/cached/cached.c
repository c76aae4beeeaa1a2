/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/cached/cached.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for what caches may hold");
}

int cached_new(const char *zone, struct cached **ret, struct err *e)
{
	_cleanup_(cached_freep) struct cached *c = calloc(1, sizeof(*c));

	if (!c)
		return no_memory(e);
	c->apex = ldns_dname_new_frm_str(zone);
	if (!c->apex)
		return err_set(e, -EINVAL, "'%s' is no name of a zone", zone);
	ldns_dname2canonical(c->apex);
	*ret = TAKE(c);
	return 0;
}

void cached_free(struct cached *c)
{
	if (!c)
		return;
	ldns_rdf_deep_free(c->apex);
	cached_ring_done(&c->ring);
	free(c->entries);
	free(c->lapses);
	free(c);
}

/* ---- entries ---- */

simtime cached_held(const struct cached_entry *entry)
{
	return entry->until == SIMTIME_NEVER ? SIMTIME_NEVER : entry->held;
}

static struct cached_entry *current(const struct cached *c, enum cached_set set)
{
	for (unsigned i = c->count; i > 0; i--)
		if (c->entries[i - 1].set == set && c->entries[i - 1].until == SIMTIME_NEVER)
			return &c->entries[i - 1];
	return NULL;
}

const struct cached_entry *cached_now(const struct cached *c, enum cached_set set)
{
	return current(c, set);
}

int cached_restore(struct cached *c, const struct cached_entry *entry, struct err *e)
{
	struct cached_entry *grown = reallocarray(c->entries, c->count + 1, sizeof(*grown));

	if (!grown)
		return no_memory(e);
	c->entries = grown;
	grown[c->count++] = *entry;
	return 0;
}

static void name_entry(struct cached_entry *entry, const char *owner, uint16_t type, int tag)
{
	snprintf(entry->owner, sizeof(entry->owner), "%s", owner);
	entry->type = type;
	entry->tag = tag;
}

static void name_apex(const struct cached *c, struct cached_entry *entry, uint16_t type, int tag)
{
	char *name = ldns_rdf2str(c->apex);

	name_entry(entry, name ?: ".", type, tag);
	free(name);
}

/* ---- the DS RRset ---- */

int cached_take_ds(struct cached *c, simtime at, const ldns_rr_list *ds, uint32_t ttl,
		   struct err *e)
{
	struct cached_entry entry = { .set = CACHED_DS, .from = at, .until = SIMTIME_NEVER };
	struct cached_entry *old = current(c, CACHED_DS);
	unsigned number;
	int r = 0, tag = -1;

	entry.ttl = ldns_rr_list_rr_count(ds) ? ldns_rr_ttl(ldns_rr_list_rr(ds, 0)) : ttl;
	for (size_t i = 0; r == 0 && i < ldns_rr_list_rr_count(ds); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(ds, i);

		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_DS ||
		    ldns_dname_compare(ldns_rr_owner(rr), c->apex) != 0)
			return err_set(e, -EINVAL, "among the DS of the zone is another record");
		r = cached_ring_ds(&c->ring, rr, &number, e);
		if (r == 0)
			r = cached_some_add(&entry.keys, number, e);
		if (r == 0)
			tag = c->ring.ds[number].tag;
	}
	if (r < 0 || (old && cached_some_equal(&old->keys, &entry.keys) && old->ttl == entry.ttl))
		return r;
	if (old) {
		old->held = at + c->propagation + old->ttl * SECOND;
		old->until = at;
	}
	name_apex(c, &entry, LDNS_RR_TYPE_DS, tag);
	return cached_restore(c, &entry, e);
}

/* ---- signatures ---- */

/* RFC 4034, section 3.1.5: serial arithmetic around now. */
static simtime date_of(const ldns_rdf *rdf, simtime now)
{
	uint32_t seconds = ldns_rdf2native_int32(rdf);
	int64_t around = simtime_seconds(now);

	return (around + (int32_t)(seconds - (uint32_t)around)) * SECOND;
}

static void note_dates(const ldns_rr *sig, simtime now, struct cached_signed *ret)
{
	simtime begins = date_of(ldns_rr_rrsig_inception(sig), now);
	simtime ends = date_of(ldns_rr_rrsig_expiration(sig), now) + SECOND; /* holds in its last */
	bool first = ret->ends == SIMTIME_NEVER;

	ret->begins = first ? begins : earlier(ret->begins, begins);
	ret->ends = first ? ends : later(ret->ends, ends);
}

/* 1: the key made it. */
static int verify(const struct cached_key *k, const ldns_rr_list *rrset, const ldns_rr *sig,
		  struct err *e)
{
	ldns_rr_list *one = ldns_rr_list_new(), *good = ldns_rr_list_new();
	ldns_status status = LDNS_STATUS_MEM_ERR;

	if (one && good && ldns_rr_list_push_rr(one, k->rr))
		status = ldns_verify_rrsig_keylist_notime(rrset, sig, one, good);
	ldns_rr_list_free(one);
	ldns_rr_list_free(good);
	if (status == LDNS_STATUS_MEM_ERR)
		return no_memory(e);
	if (status == LDNS_STATUS_CRYPTO_UNKNOWN_ALGO)
		return err_set(e, -EOPNOTSUPP, "signatures of algorithm %u cannot be verified here",
			       k->algorithm);
	return status == LDNS_STATUS_OK;
}

static int take_signature(const struct cached *c, const ldns_rr_list *rrset, const ldns_rr *sig,
			  simtime now, struct cached_signed *ret, struct err *e)
{
	uint16_t tag = ldns_rdf2native_int16(ldns_rr_rrsig_keytag(sig));
	uint8_t algorithm = ldns_rdf2native_int8(ldns_rr_rrsig_algorithm(sig));
	bool is_ours = ldns_dname_compare(ldns_rr_rrsig_signame(sig), c->apex) == 0;

	for (unsigned i = 0; is_ours && i < c->ring.key_count; i++) {
		const struct cached_key *k = &c->ring.keys[i];
		int r = k->tag == tag && k->algorithm == algorithm && cached_key_is_usable(k)
				? verify(k, rrset, sig, e)
				: 0;

		if (r < 0)
			return r;
		if (r == 0)
			continue;
		note_dates(sig, now, ret);
		ret->tag = tag;
		return cached_some_add(&ret->signers, i, e);
	}
	ret->unknown++;
	if (!ret->signers.count)
		ret->tag = tag;
	return 0;
}

int cached_verify(const struct cached *c, const ldns_rr_list *rrset, const ldns_rr_list *sigs,
		  simtime now, struct cached_signed *ret, struct err *e)
{
	int r = 0;

	*ret = (struct cached_signed){ .ends = SIMTIME_NEVER, .tag = -1 };
	for (size_t i = 0; r == 0 && i < ldns_rr_list_rr_count(sigs); i++)
		r = take_signature(c, rrset, ldns_rr_list_rr(sigs, i), now, ret, e);
	return r;
}

/* ---- the DNSKEY RRset ---- */

static int take_keys(struct cached *c, const ldns_rr_list *keys, struct cached_some *ret,
		     bool *ret_new, struct err *e)
{
	unsigned number;
	bool is_new;
	int r = 0;

	*ret_new = false;
	for (size_t i = 0; r == 0 && i < ldns_rr_list_rr_count(keys); i++) {
		r = cached_ring_key(&c->ring, ldns_rr_list_rr(keys, i), &number, &is_new, e);
		if (r == 0)
			*ret_new |= is_new;
		if (r == 0 && cached_key_is_usable(&c->ring.keys[number]))
			r = cached_some_add(ret, number, e);
	}
	return r;
}

int cached_take_dnskey(struct cached *c, simtime at, const ldns_rr_list *keys,
		       const ldns_rr_list *sigs, struct cached_signed *ret, bool *ret_new,
		       struct err *e)
{
	struct cached_entry entry = { .set = CACHED_DNSKEY, .from = at, .until = SIMTIME_NEVER };
	struct cached_entry *old = current(c, CACHED_DNSKEY);
	int r = take_keys(c, keys, &entry.keys, ret_new, e);

	if (r == 0)
		r = cached_verify(c, keys, sigs, at, ret, e);
	if (r < 0)
		return r;
	entry.signers = ret->signers;
	entry.ttl = ldns_rr_list_rr_count(keys) ? ldns_rr_ttl(ldns_rr_list_rr(keys, 0)) : 0;
	entry.held = ret->ends;
	if (old && cached_some_equal(&old->keys, &entry.keys) && old->ttl == entry.ttl &&
	    cached_some_equal(&old->signers, &entry.signers)) {
		old->held = entry.held;
		return 0;
	}
	if (old) {
		old->held = earlier(at + c->propagation + old->ttl * SECOND, old->held);
		old->until = at;
	}
	name_apex(c, &entry, LDNS_RR_TYPE_DNSKEY, ret->tag);
	return cached_restore(c, &entry, e);
}

/* ---- other RRsets ---- */

static bool is_entry_of(const struct cached_entry *entry, const struct cached_signed *s)
{
	return entry->set == CACHED_RRSETS && entry->until == SIMTIME_NEVER &&
	       cached_some_equal(&entry->signers, &s->signers) && entry->unknown == s->unknown &&
	       (s->signers.count || (entry->tag < 0) == (s->tag < 0));
}

static void count_to(struct cached_entry *entry, unsigned count, simtime at)
{
	if (at > entry->counted) {
		entry->most = entry->count > entry->most ? entry->count : entry->most;
		entry->counted = at;
	}
	entry->count = count;
}

unsigned cached_most(const struct cached_entry *entry)
{
	return entry->count > entry->most ? entry->count : entry->most;
}

/* One that is signed so is given out since `from`. */
static int join(struct cached *c, simtime from, const struct cached_signed *s, const char *owner,
		uint16_t type, uint32_t ttl, unsigned *ret, struct err *e)
{
	struct cached_entry entry = { .set = CACHED_RRSETS,
				      .signers = s->signers,
				      .ttl = ttl,
				      .from = from,
				      .until = SIMTIME_NEVER,
				      .count = 1,
				      .counted = from,
				      .unknown = s->unknown };

	for (*ret = c->count; *ret > 0; --*ret)
		if (is_entry_of(&c->entries[*ret - 1], s))
			break;
	if (*ret > 0) {
		struct cached_entry *there = &c->entries[--*ret];

		count_to(there, there->count + 1, from);
		there->ttl = ttl > there->ttl ? ttl : there->ttl;
		there->from = earlier(there->from, from);
		return 0;
	}
	*ret = c->count;
	name_entry(&entry, owner, type, s->tag);
	return cached_restore(c, &entry, e);
}

int cached_come(struct cached *c, simtime at, const struct cached_signed *s, const char *owner,
		uint16_t type, uint32_t ttl, unsigned *ret, struct err *e)
{
	int r = s->begins > at ? cached_lapsed(c, at, s->begins, owner, type, s->tag, e) : 0;

	return r < 0 ? r : join(c, at, s, owner, type, ttl, ret, e);
}

static struct cached_entry *entry_of_rrsets(struct cached *c, unsigned entry, struct err *e)
{
	struct cached_entry *there = entry < c->count ? &c->entries[entry] : NULL;

	if (there && there->set == CACHED_RRSETS && there->count)
		return there;
	err_set(e, -EINVAL, "an RRset goes that is of no entry");
	return NULL;
}

int cached_found_out(struct cached *c, simtime at, unsigned entry, const struct cached_signed *s,
		     const char *owner, uint16_t type, uint32_t ttl, unsigned *ret, struct err *e)
{
	struct cached_entry *there = entry_of_rrsets(c, entry, e);

	if (!there)
		return -EINVAL;
	*ret = entry;
	if (is_entry_of(there, s))
		return 0;
	if (s->unknown < there->unknown) { /* it holds for those, too, that are gone */
		there->signers = s->signers;
		there->unknown = s->unknown;
		return 0;
	}
	count_to(there, there->count - 1, at);
	if (there->count == 0)
		there->until = there->held ? at : there->from; /* else none was ever of it */
	return join(c, there->from, s, owner, type, ttl, ret, e);
}

int cached_go(struct cached *c, simtime at, unsigned entry, const char *owner, uint16_t type,
	      uint32_t ttl, simtime ends, struct err *e)
{
	struct cached_entry *there = entry_of_rrsets(c, entry, e);

	if (!there)
		return -EINVAL;
	there->held = later(there->held, earlier(at + c->propagation + ttl * SECOND, ends));
	count_to(there, there->count - 1, at);
	if (there->count == 0)
		there->until = at;
	return cached_renewed(c, at, ends, owner, type, there->tag, e);
}

/* ---- dates ---- */

int cached_lapsed(struct cached *c, simtime from, simtime until, const char *owner, uint16_t type,
		  int tag, struct err *e)
{
	struct cached_lapse *grown, *l = NULL;

	if (from >= until)
		return 0;
	for (unsigned i = 0; i < c->lapse_count && !l; i++)
		if (from <= c->lapses[i].until && c->lapses[i].from <= until)
			l = &c->lapses[i];
	if (l) {
		l->from = earlier(l->from, from);
		l->until = later(l->until, until);
		l->count++;
		return 0;
	}
	grown = reallocarray(c->lapses, c->lapse_count + 1, sizeof(*grown));
	if (!grown)
		return no_memory(e);
	c->lapses = grown;
	l = &grown[c->lapse_count++];
	*l = (struct cached_lapse){
		.from = from, .until = until, .type = type, .tag = tag, .count = 1
	};
	snprintf(l->owner, sizeof(l->owner), "%s", owner);
	return 0;
}

int cached_renewed(struct cached *c, simtime at, simtime ends, const char *owner, uint16_t type,
		   int tag, struct err *e)
{
	struct cached_renewal *w = &c->renewal;

	if (ends == SIMTIME_NEVER)
		return 0;
	if (!w->any || ends - at < w->margin) {
		*w = (struct cached_renewal){
			.any = true, .margin = ends - at, .at = at, .type = type
		};
		snprintf(w->owner, sizeof(w->owner), "%s", owner);
	}
	return cached_lapsed(c, ends, at, owner, type, tag, e);
}
