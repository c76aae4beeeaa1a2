/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/rrsig.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"
#include "zones/pool_sign.h"
#include "zones/state.h"
#include "zones/version.h"

#define RRSIG_MAX (18 + NAME_MAX_LEN + KEY_SIGNATURE_MAX)
#define WEEK (7 * DAY)

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

/* Of one that is revoked another than it had. */
static uint16_t tag_of(const struct key *k, bool is_revoked)
{
	uint8_t revoked[KEY_RDATA_MAX];
	size_t len;

	if (!is_revoked)
		return key_tag(k);
	key_revoked(k, revoked, &len);
	return key_tag_of(revoked, len);
}

/* RFC 4034 section 3.1 up to the signature. */
static void put_rrsig(struct buf *b, const struct zone *z, const struct order *o,
		      const struct flaw *flaw, struct key *k, bool is_revoked)
{
	const uint8_t *signer = signer_of(z, flaw);
	simtime from, until;

	window_of(z, o, flaw, &from, &until);
	buf_u16(b, o->rs->type);
	buf_u8(b, (uint8_t)key_algorithm(k));
	buf_u8(b, (uint8_t)(label_count(o->owner) + flaw->labels));
	buf_u32(b, o->rs->ttl);
	buf_u32(b, version_dated(z, until));
	buf_u32(b, version_dated(z, from));
	buf_u16(b, tag_of(k, is_revoked));
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

int rrsig_add(struct zone *z, const struct order *o, unsigned i, struct rrset *ret, struct err *e)
{
	const struct flaw *flaw =
		&o->flaws[z->keys[i].role == KEY_ZSK ||
			  (z->keys[i].role == KEY_CSK && o->rs->type != RR_DNSKEY)];
	size_t cap = RRSIG_MAX + o->rs->len + o->rs->count * (NAME_MAX_LEN + 8u), len;
	_cleanup_(freep) uint8_t *data = malloc(cap);
	uint8_t rdata[RRSIG_MAX], signature[KEY_SIGNATURE_MAX];
	struct buf b = buf_over(data, cap), r = buf_over(rdata, sizeof(rdata));
	struct key *tagged, *signer;
	int rc;

	if (flaw->absent)
		return 0;
	if (!data)
		return err_set(e, -ENOMEM, "no memory for a signature");
	if (!pair_of(z, o, flaw, i, &tagged, &signer, e))
		return -EIO;
	put_rrsig(&r, z, o, flaw, tagged, o->revoked >> i & 1);
	buf_put(&b, rdata, r.len);
	put_records(&b, o);
	rc = pool_sign(signer, data, b.len, signature, &len, e);
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
