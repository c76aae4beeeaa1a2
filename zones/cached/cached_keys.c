/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/cached/cached_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ZONE_KEY = 0x100, REVOKED = 0x80 };

void cached_ring_done(struct cached_ring *r)
{
	for (unsigned i = 0; i < r->key_count; i++)
		ldns_rr_free(r->keys[i].rr);
	for (unsigned i = 0; i < r->ds_count; i++)
		ldns_rr_free(r->ds[i].rr);
	free(r->keys);
	free(r->ds);
	*r = (struct cached_ring){ 0 };
}

static bool is_for(const struct cached_ds *ds, const struct cached_key *k)
{
	ldns_rr *made;
	bool is;

	if (ds->tag != k->tag || ldns_rdf2native_int8(ldns_rr_rdf(ds->rr, 1)) != k->algorithm)
		return false;
	made = ldns_key_rr2ds(k->rr, (ldns_hash)ldns_rdf2native_int8(ldns_rr_rdf(ds->rr, 2)));
	is = made && ldns_rdf_compare(ldns_rr_rdf(made, 3), ldns_rr_rdf(ds->rr, 3)) == 0;
	ldns_rr_free(made);
	return is;
}

static bool same_rdata(const ldns_rr *a, const ldns_rr *b)
{
	for (size_t i = 0; i < 4; i++)
		if (ldns_rdf_compare(ldns_rr_rdf(a, i), ldns_rr_rdf(b, i)) != 0)
			return false;
	return true;
}

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for keys");
}

int cached_ring_key(struct cached_ring *r, const ldns_rr *key, unsigned *ret, bool *ret_new,
		    struct err *e)
{
	struct cached_key *grown, *k;

	*ret_new = false;
	for (*ret = 0; *ret < r->key_count; ++*ret)
		if (same_rdata(r->keys[*ret].rr, key))
			return 0;
	if (r->key_count == UINT16_MAX)
		return err_set(e, -E2BIG, "the zone has had more than %u keys", r->key_count);
	grown = reallocarray(r->keys, r->key_count + 1, sizeof(*grown));
	if (!grown)
		return no_memory(e);
	r->keys = grown;
	k = &grown[r->key_count];
	*k = (struct cached_key){ .rr = ldns_rr_clone(key),
				  .tag = ldns_calc_keytag(key),
				  .flags = ldns_rdf2native_int16(ldns_rr_rdf(key, 0)),
				  .algorithm = ldns_rdf2native_int8(ldns_rr_rdf(key, 2)) };
	if (!k->rr)
		return no_memory(e);
	for (unsigned i = 0; i < r->ds_count; i++)
		if (r->ds[i].key < 0 && is_for(&r->ds[i], k))
			r->ds[i].key = (int)*ret;
	r->key_count++;
	*ret_new = true;
	return 0;
}

int cached_ring_ds(struct cached_ring *r, const ldns_rr *ds, unsigned *ret, struct err *e)
{
	struct cached_ds *grown, *d;

	for (*ret = 0; *ret < r->ds_count; ++*ret)
		if (same_rdata(r->ds[*ret].rr, ds))
			return 0;
	if (r->ds_count == UINT16_MAX)
		return err_set(e, -E2BIG, "the zone has had more than %u DS", r->ds_count);
	grown = reallocarray(r->ds, r->ds_count + 1, sizeof(*grown));
	if (!grown)
		return no_memory(e);
	r->ds = grown;
	d = &grown[r->ds_count];
	*d = (struct cached_ds){ .rr = ldns_rr_clone(ds),
				 .tag = ldns_rdf2native_int16(ldns_rr_rdf(ds, 0)),
				 .key = -1 };
	if (!d->rr)
		return no_memory(e);
	for (unsigned i = 0; i < r->key_count && d->key < 0; i++)
		if (is_for(d, &r->keys[i]))
			d->key = (int)i;
	r->ds_count++;
	return 0;
}

bool cached_key_is_usable(const struct cached_key *k)
{
	return (k->flags & ZONE_KEY) && !(k->flags & REVOKED);
}

int cached_some_add(struct cached_some *s, unsigned number, struct err *e)
{
	unsigned i = s->count;

	if (cached_some_has(s, number))
		return 0;
	if (s->count == CACHED_SOME)
		return err_set(e, -E2BIG, "there are more than %d keys at once", CACHED_SOME);
	for (; i > 0 && s->list[i - 1] > number; i--)
		s->list[i] = s->list[i - 1];
	s->list[i] = (uint16_t)number;
	s->count++;
	return 0;
}

bool cached_some_has(const struct cached_some *s, unsigned number)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->list[i] == number)
			return true;
	return false;
}

bool cached_some_equal(const struct cached_some *a, const struct cached_some *b)
{
	return a->count == b->count && memcmp(a->list, b->list, a->count * sizeof(*a->list)) == 0;
}

bool cached_some_meet(const struct cached_some *a, const struct cached_some *b)
{
	for (unsigned i = 0; i < a->count; i++)
		if (cached_some_has(b, a->list[i]))
			return true;
	return false;
}
