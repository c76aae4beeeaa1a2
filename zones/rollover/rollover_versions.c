/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/rollover/rollover_versions.h"

#include <errno.h>

const char *const rollover_set_names[] = {
	[ROLLOVER_DS] = "DS RRset",
	[ROLLOVER_DNSKEY] = "DNSKEY RRset",
	[ROLLOVER_RRSIG] = "RRset",
};

/* The instants at which something may change: two for each of a key's spans, and the end of its
 * last signature. */
#define INSTANTS (ROLLOVER_KEYS * 9 + 1)

struct instants {
	simtime list[INSTANTS];
	unsigned count;
};

static bool signs_data(const struct rollover_key *k)
{
	return k->role != KEY_KSK;
}

static uint64_t bit(unsigned i)
{
	return UINT64_C(1) << i;
}

static uint64_t published_at(const struct rollover *r, simtime t)
{
	uint64_t keys = 0;

	for (unsigned i = 0; i < r->key_count; i++)
		if (rollover_in(&r->keys[i].published, t))
			keys |= rollover_bit(r, i);
	return keys;
}

static uint64_t with_ds_at(const struct rollover *r, simtime t)
{
	uint64_t keys = 0;

	for (unsigned i = 0; i < r->key_count; i++)
		if (rollover_in(&r->keys[i].ds, t))
			keys |= rollover_bit(r, i);
	return keys;
}

static uint64_t signing_at(const struct rollover *r, simtime t, bool data)
{
	uint64_t keys = 0;

	for (unsigned i = 0; i < r->key_count; i++) {
		const struct rollover_key *k = &r->keys[i];
		const struct rollover_span *s =
			!data && k->has_signs_keys ? &k->signs_keys : &k->signs;

		if (rollover_in(s, t) && (k->role == KEY_CSK || signs_data(k) == data))
			keys |= rollover_bit(r, i);
	}
	return keys;
}

/* Who stopped last before t, and when. */
static uint64_t stopped_before(const struct rollover *r, simtime t, simtime *ret)
{
	uint64_t keys = 0;

	*ret = ROLLOVER_ALWAYS;
	for (unsigned i = 0; i < r->key_count; i++) {
		const struct rollover_span *s = &r->keys[i].signs;

		if (!signs_data(&r->keys[i]) || s->until > t || s->from == s->until ||
		    s->until < *ret)
			continue;
		keys = s->until > *ret ? rollover_bit(r, i) : keys | rollover_bit(r, i);
		*ret = s->until;
	}
	return keys;
}

/* All other RRsets, when nobody signs: the last signatures stand while the zone has keys, until
 * they expire. */
static void lingering(const struct rollover *r, simtime t, struct rollover_version *ret)
{
	simtime end;
	uint64_t keys = stopped_before(r, t, &end);

	if (!keys || !published_at(r, t))
		return;
	ret->expires = r->validity ? rollover_after(end, r->validity) : SIMTIME_NEVER;
	if (t < ret->expires)
		ret->signers = keys;
}

static void version_at(const struct rollover *r, enum rollover_set set, simtime t,
		       struct rollover_version *ret)
{
	*ret = (struct rollover_version){ .life = { t, SIMTIME_NEVER }, .expires = 0 };
	switch (set) {
	case ROLLOVER_DS:
		ret->keys = with_ds_at(r, t);
		break;
	case ROLLOVER_DNSKEY:
		ret->keys = published_at(r, t);
		ret->signers = ret->keys & signing_at(r, t, false);
		break;
	case ROLLOVER_RRSIG:
		ret->signers = signing_at(r, t, true);
		if (!ret->signers)
			lingering(r, t, ret);
		break;
	}
}

static void add_instant(struct instants *in, simtime t)
{
	if (t != ROLLOVER_ALWAYS && t != SIMTIME_NEVER)
		in->list[in->count++] = t;
}

static int by_time(const void *a, const void *b)
{
	simtime x = *(const simtime *)a, y = *(const simtime *)b;

	return x < y ? -1 : x > y;
}

static void find_instants(const struct rollover *r, struct instants *in)
{
	in->list[0] = ROLLOVER_ALWAYS;
	in->count = 1;
	for (unsigned i = 0; i < r->key_count; i++) {
		const struct rollover_key *k = &r->keys[i];

		add_instant(in, k->published.from);
		add_instant(in, k->published.until);
		add_instant(in, k->signs.from);
		add_instant(in, k->signs.until);
		add_instant(in, k->ds.from);
		add_instant(in, k->ds.until);
		if (k->has_signs_keys) {
			add_instant(in, k->signs_keys.from);
			add_instant(in, k->signs_keys.until);
		}
		if (r->validity)
			add_instant(in, rollover_after(k->signs.until, r->validity));
	}
	qsort(in->list, in->count, sizeof(in->list[0]), by_time);
}

static bool same(const struct rollover_version *a, const struct rollover_version *b)
{
	return a->keys == b->keys && a->signers == b->signers;
}

/* When the signer has worked through the zone, whose old signatures stand until then. */
static simtime worked_through(const struct rollover *r, const struct rollover_version *v,
			      const struct rollover_version *next)
{
	uint64_t come = next->signers & ~v->signers;
	simtime at = v->life.until, last = at;

	if (!v->signers && r->signs_first_at_once)
		return at;
	for (unsigned i = 0; i < r->key_count; i++) {
		simtime seen = r->keys[i].seen_signed;

		if (!(come >> i & 1))
			continue;
		if (!seen)
			return rollover_after(at, r->signing);
		seen -= r->ttl.zone + r->propagation.zone;
		last = seen > last ? seen : last;
	}
	return come ? last : rollover_after(at, r->signing);
}

/* Signatures are made until a version's end. */
static void end_version(const struct rollover *r, enum rollover_set set, struct rollover_version *v,
			const struct rollover_version *next)
{
	v->life.until = next ? next->life.from : SIMTIME_NEVER;
	if (!v->expires)
		v->expires = r->validity && set != ROLLOVER_DS
				     ? rollover_after(v->life.until, r->validity)
				     : SIMTIME_NEVER;
	if (set == ROLLOVER_RRSIG && next && next->signers)
		v->life.until = worked_through(r, v, next);
}

int rollover_versions_make(const struct rollover *r, enum rollover_set set,
			   struct rollover_versions *ret, struct err *e)
{
	struct rollover_version *list, now;
	struct instants in;
	unsigned count = 0;

	find_instants(r, &in);
	list = calloc(in.count, sizeof(*list));
	if (!list)
		return err_set(e, -ENOMEM, "no memory for the plan");
	for (unsigned i = 0; i < in.count; i++) {
		version_at(r, set, in.list[i], &now);
		if (!count || !same(&list[count - 1], &now))
			list[count++] = now;
		else
			list[count - 1].expires = now.expires;
	}
	for (unsigned i = 0; i < count; i++)
		end_version(r, set, &list[i], i + 1 < count ? &list[i + 1] : NULL);
	ret->list = list;
	ret->count = count;
	return 0;
}

void rollover_versions_done(struct rollover_versions *v)
{
	free(v->list);
	*v = (struct rollover_versions){ 0 };
}

const struct rollover_version *rollover_version_at(const struct rollover_versions *v, simtime t)
{
	unsigned i = v->count - 1;

	while (i && v->list[i].life.from > t)
		i--;
	return &v->list[i];
}

simtime rollover_ttl(const struct rollover *r, enum rollover_set set,
		     const struct rollover_version *v)
{
	switch (set) {
	case ROLLOVER_DS:
		return v->keys ? r->ttl.ds : r->ttl.negative;
	case ROLLOVER_DNSKEY:
		return v->keys ? r->ttl.dnskey : r->ttl.negative;
	case ROLLOVER_RRSIG:
		break;
	}
	return r->ttl.zone;
}

simtime rollover_propagation(const struct rollover *r, enum rollover_set set)
{
	return set == ROLLOVER_DS ? r->propagation.parent : r->propagation.zone;
}

/* The keys among these that are of the algorithm. */
static uint64_t of_algorithm(const struct rollover *r, uint64_t keys, uint8_t algorithm)
{
	uint64_t ret = 0;

	for (unsigned i = 0; i < r->key_count; i++)
		if (keys >> i & 1 && r->keys[i].algorithm == algorithm)
			ret |= bit(i);
	return ret;
}

static bool fits_strictly(const struct rollover *r, const struct rollover_version *ds,
			  uint64_t signers, struct rollover_misfit *ret)
{
	for (unsigned i = 0; signers && i < r->key_count; i++) {
		uint8_t algorithm = r->keys[i].algorithm;

		if (!(ds->keys >> i & 1) || of_algorithm(r, signers, algorithm))
			continue;
		*ret = (struct rollover_misfit){ of_algorithm(r, ds->keys, algorithm), algorithm };
		return false;
	}
	return true;
}

bool rollover_fits(const struct rollover *r, enum rollover_set sa, const struct rollover_version *a,
		   enum rollover_set sb, const struct rollover_version *b, bool strict,
		   struct rollover_misfit *ret)
{
	*ret = (struct rollover_misfit){ 0 };
	if (sa == ROLLOVER_DS && !a->keys)
		return true;
	if (strict)
		return sa != ROLLOVER_DS ||
		       fits_strictly(r, a,
				     sb == ROLLOVER_DNSKEY ? b->keys & b->signers : b->signers,
				     ret);
	if (sa == ROLLOVER_DS && sb == ROLLOVER_DNSKEY) {
		ret->keys = a->keys;
		return a->keys & b->keys & b->signers;
	}
	if (sa == ROLLOVER_DS || !a->keys)
		return true;
	ret->keys = b->signers;
	return a->keys & b->signers;
}
