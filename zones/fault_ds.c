/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_ds.c - what can be wrong with the DS RRset of a zone: its parent signs it as it is. */
#include "zones/fault_rows.h"

#include "sim/base/buf.h"
#include "zones/fault_edit.h"
#include "zones/sign.h"
#include "zones/state.h"

static bool set_tag(uint8_t *rdata, size_t len, int tag)
{
	(void)len;
	put16(rdata, (uint16_t)tag);
	return true;
}

static void tag(const struct fault *f, struct zone *child, struct rrset *ds)
{
	(void)child;
	fault_edit(f, ds, set_tag);
}

static bool set_algorithm(uint8_t *rdata, size_t len, int algorithm)
{
	(void)len;
	rdata[2] = (uint8_t)(rdata[2] == algorithm ? 5 : algorithm);
	return true;
}

static void algorithm(const struct fault *f, struct zone *child, struct rrset *ds)
{
	(void)child;
	fault_edit(f, ds, set_algorithm);
}

static bool set_digest_type(uint8_t *rdata, size_t len, int type)
{
	(void)len;
	rdata[3] = (uint8_t)type;
	return true;
}

static void digest_type(const struct fault *f, struct zone *child, struct rrset *ds)
{
	(void)child;
	fault_edit(f, ds, set_digest_type);
}

static bool change_digest(uint8_t *rdata, size_t len, int number)
{
	(void)number;
	for (size_t i = 4; i < len; i++)
		rdata[i] ^= 0xff;
	return true;
}

static void digest(const struct fault *f, struct zone *child, struct rrset *ds)
{
	(void)child;
	fault_edit(f, ds, change_digest);
}

/* The DS records of a type for the child's keys, or for pairs that nobody publishes. */
static void make_anew(struct zone *child, struct rrset *ds, uint8_t type,
		      struct key *(*key_of)(struct zone *z, unsigned i, struct err *e))
{
	uint8_t rdata[52];

	rrset_init(ds, ds->owner, ds->type, ds->ttl);
	for (unsigned i = 0; i < child->key_count; i++) {
		struct key *k;
		size_t len;

		if (child->keys[i].role == KEY_ZSK)
			continue;
		k = key_of(child, i, NULL);
		len = k ? key_ds(k, child->apex, type, rdata) : 0;
		if (len)
			rrset_add(ds, rdata, len);
		else
			ds->lacks = true;
	}
}

/* The digest of another type, rightly made. */
static void digest_of_type(const struct fault *f, struct zone *child, struct rrset *ds)
{
	make_anew(child, ds, (uint8_t)f->row->number, sign_key);
}

/* Keys that nobody publishes: as after a roll of which the parent was not told. */
static void of_strangers(const struct fault *f, struct zone *child, struct rrset *ds)
{
	(void)f;
	make_anew(child, ds, 2, sign_twin);
}

#define INSECURE .group = GROUP_DS, .takes = TAKES_SERVERS, .needs = NEEDS_DS
#define BOGUS INSECURE, .is_dnssec = true

const struct fault_row fault_ds_rows[] = {
	{ INSECURE, .name = "no-ds", .about = "the zone is signed and its parent has no DS for it",
	  .rfc = "RFC 4035 5.2",
	  .published = "A referral without DS, with the proof that there is none. The zone is "
		       "insecure, not bogus.",
	  .hides_ds = true },
	{ BOGUS, .name = "ds-bad-tag", .about = "the DS has the key tag 0", .rfc = "RFC 4034 5.1.1",
	  .published = "The right algorithm, digest type and digest under a tag that no key of the "
		       "zone has.",
	  .ds = tag, .number = 0 },
	{ BOGUS, .name = "ds-bad-key-algo",
	  .about = "the DS names another algorithm than its key has", .rfc = "RFC 4034 5.1.2",
	  .published = "The algorithm 7 instead of the key's own (5 where that is 7), the rest as "
		       "it was.",
	  .ds = algorithm, .number = 7 },
	{ BOGUS, .name = "ds-unassigned-key-algo",
	  .about = "the DS names the algorithm 100, which nobody has assigned",
	  .rfc = "RFC 4035 5.2",
	  .published = "The rest of the record as it was. No validator knows the algorithm: by RFC "
		       "4035 the zone is insecure.",
	  .ds = algorithm, .number = 100 },
	{ BOGUS, .name = "ds-reserved-key-algo",
	  .about = "the DS names the algorithm 200, which is reserved", .rfc = "RFC 6014 2",
	  .published = "The rest of the record as it was. No validator knows the algorithm: by RFC "
		       "4035 the zone is insecure.",
	  .ds = algorithm, .number = 200 },
	{ BOGUS, .name = "ds-unassigned-digest-algo",
	  .about = "the DS has the digest type 100, which nobody has assigned", .rfc = "RFC 4509 3",
	  .published = "The rest of the record as it was. A DS that no validator can use leaves "
		       "the zone insecure.",
	  .ds = digest_type, .number = 100 },
	{ BOGUS, .name = "ds-bogus-digest-value",
	  .about = "the digest in the DS is not that of the key", .rfc = "RFC 4035 5.2",
	  .published = "Tag and algorithm of the KSK, every byte of the digest another.",
	  .ds = digest },
	{ BOGUS, .name = "ds-no-matching-dnskey",
	  .about = "the DS is that of a key which the zone does not publish",
	  .rfc = "RFC 6781 4.1.2",
	  .published = "A whole, right DS for a key pair of the same algorithm that is in no "
		       "DNSKEY RRset.",
	  .seen_in = ".fj, 8 March 2022: all failed at once, with a tail of the DS's day. "
		     "nasa.gov, 18 January 2012.",
	  .ds = of_strangers },
	{ INSECURE, .name = "ds-sha1", .about = "the only DS is a SHA-1 digest, which is retired",
	  .rfc = "RFC 8624 3.3",
	  .published = "A right DS of digest type 1, alone. Whether that still makes a zone secure "
		       "is the validator's policy.",
	  .ds = digest_of_type, .number = 1 },
	{ BOGUS, .name = "ds-gost",
	  .about = "the only DS has digest type 3 (GOST R 34.11-94), which hardly anybody supports",
	  .rfc = "RFC 8624 3.3",
	  .published = "Tag and algorithm of the KSK, 32 bytes under digest type 3. Where it is "
		       "not supported the zone is insecure.",
	  .ds = digest_type, .number = 3 },
	{ .group = GROUP_DS,
	  .takes = TAKES_SERVERS,
	  .needs = NEEDS_PARENT,
	  .name = "ds-referral",
	  .about = "the parent answers the question for the DS by a referral",
	  .rfc = "RFC 4035 3.1.4.1",
	  .published = "NS and glue of the zone, with its DS or the proof that there is none where "
		       "DO asks for it: what any other question for the zone gets. The answer has "
		       "to be authoritative, with or without a DS.",
	  .refers_ds = true },
	{ 0 },
};
