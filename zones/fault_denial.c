/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_denial.c - what can be wrong with the proofs that a name or a type is not there. */
#include "zones/fault_rows.h"

#include <ldns/ldns.h>

#include "sim/base/buf.h"
#include "zones/fault_edit.h"
#include "zones/hashing.h"

#define HASH_LEN 20

/* The one record of an RRset, and its RDATA for writing. */
static uint8_t *rdata_of(struct rrset *rs, size_t *len)
{
	*len = get16(rs->data);
	return rs->data + 2;
}

/* RFC 5155 section 3.2: where the next hashed owner name stands in an NSEC3. */
static uint8_t *next_hash(struct rrset *rs)
{
	size_t len;
	uint8_t *rdata = rdata_of(rs, &len);

	return rdata + 5 + rdata[4] + 1;
}

static void other_owner(const struct fault *f, struct rrset *rs)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	const char *at = strchr(digits, rs->owner[1]);

	(void)f;
	rs->owner[1] = (uint8_t)digits[((at ? at - digits : 0) + 16) % 32];
}

/* The hash that comes right behind the owner: nothing lies between. */
static void next_is_near(const struct fault *f, struct rrset *rs)
{
	uint8_t *hash = next_hash(rs);

	(void)f;
	ldns_b32_pton_extended_hex((const char *)rs->owner + 1, rs->owner[0], hash, HASH_LEN);
	for (unsigned i = HASH_LEN; i-- && !++hash[i];)
		;
}

/* The name that comes right behind the owner: "\000.<owner>". */
static void next_name_is_near(const struct fault *f, struct rrset *rs)
{
	uint8_t rdata[2 * NAME_MAX_LEN + 34 * 64 + 300], near[NAME_MAX_LEN + 2] = { 1, 0 };
	struct buf b = buf_over(rdata, sizeof(rdata));
	size_t len, owner = name_len(rs->owner), next;
	const uint8_t *was = rdata_of(rs, &len);

	(void)f;
	next = name_len(was);
	memcpy(near + 2, rs->owner, owner);
	buf_put(&b, near, owner + 2 <= NAME_MAX_LEN ? owner + 2 : 0);
	buf_put(&b, was + next, len - next);
	rrset_init(rs, rs->owner, rs->type, rs->ttl);
	rrset_add(rs, rdata, b.len);
}

/* Its own hash: the record covers every name but one. */
static void next_is_own(const struct fault *f, struct rrset *rs)
{
	(void)f;
	ldns_b32_pton_extended_hex((const char *)rs->owner + 1, rs->owner[0], next_hash(rs),
				   HASH_LEN);
}

/* The apex, as if it were the last: the record covers every name behind it. */
static void next_name_is_apex(const struct fault *f, struct rrset *rs)
{
	uint8_t rdata[2 * NAME_MAX_LEN + 34 * 64 + 300];
	struct buf b = buf_over(rdata, sizeof(rdata));
	size_t len, next;
	const uint8_t *was = rdata_of(rs, &len);

	next = name_len(was);
	buf_put(&b, f->zone->apex, name_len(f->zone->apex));
	buf_put(&b, was + next, len - next);
	rrset_init(rs, rs->owner, rs->type, rs->ttl);
	rrset_add(rs, rdata, b.len);
}

/* Takes a type out of a bitmap of one window, RFC 4034 section 4.1.2. */
static void clear(uint8_t *bitmap, size_t len, uint16_t type)
{
	if (len >= 2 && bitmap[0] == type / 256 && type % 256 / 8 < bitmap[1])
		bitmap[2 + type % 256 / 8] &= 0xff ^ (0x80 >> type % 8);
}

/* A bitmap's last byte is not zero: what became empty at the end goes. */
static void trim(struct rrset *rs, size_t at)
{
	uint8_t copy[NAME_MAX_LEN + 600 + 34 * 64];
	size_t len;
	const uint8_t *rdata = rdata_of(rs, &len);

	memcpy(copy, rdata, len);
	while (len > at + 2 && !copy[len - 1]) {
		len--;
		copy[at + 1]--;
	}
	if (len == at + 2)
		len = at;
	rrset_init(rs, rs->owner, rs->type, rs->ttl);
	rrset_add(rs, copy, len);
}

static void types_denied(const struct fault *f, struct rrset *rs)
{
	size_t len;
	uint8_t *rdata = rdata_of(rs, &len);
	size_t at = rs->type == RR_NSEC ? name_len(rdata) : 5u + rdata[4] + 1 + HASH_LEN;

	if (!f->type_count) {
		clear(rdata + at, len - at, RR_A);
		clear(rdata + at, len - at, RR_AAAA);
	}
	for (unsigned i = 0; i < f->type_count; i++)
		clear(rdata + at, len - at, f->types[i]);
	if (len > at)
		trim(rs, at);
}

static void set_optout(const struct fault *f, struct rrset *rs)
{
	size_t len;

	rdata_of(rs, &len)[1] = (uint8_t)f->row->number;
}

static void hash_algorithm(const struct fault *f, struct rrset *rs)
{
	size_t len;

	rdata_of(rs, &len)[0] = (uint8_t)f->row->number;
}

/* NSEC3PARAM with four bytes of salt that no hash was made with. */
static void other_salt(const struct fault *f, struct rrset *rs)
{
	uint8_t rdata[9];
	size_t len;

	(void)f;
	memcpy(rdata, rdata_of(rs, &len), 4);
	memcpy(rdata + 4, "\4\xab\xcd\xef\x01", 5);
	rrset_init(rs, rs->owner, rs->type, rs->ttl);
	rrset_add(rs, rdata, sizeof(rdata));
}

static void iterations(const struct fault *f, struct hashing *h)
{
	h->iterations = (uint16_t)f->values[0];
}

static void salt(const struct fault *f, struct hashing *h)
{
	memset(h->salt, 0, sizeof(h->salt));
	h->salt_len = (uint8_t)f->values[0];
	for (unsigned i = 0; i < h->salt_len; i++)
		h->salt[i] = (uint8_t)(0xa5 + 59 * i);
}

#define DENIAL_ROW .group = GROUP_DENIAL
#define BY_NSEC3 DENIAL_ROW, .is_dnssec = true, .needs = NEEDS_SIGNED | NEEDS_NSEC3
#define BY_NSEC DENIAL_ROW, .is_dnssec = true, .needs = NEEDS_SIGNED | NEEDS_NSEC
#define OF_RECORDS TAKES_NAMES | TAKES_SHARE | TAKES_SERVERS

const struct fault_row fault_denial_rows[] = {
	{ BY_NSEC3, .name = "bad-nsec3-hash", .takes = OF_RECORDS,
	  .about = "the owner names of NSEC3 records are other hashes", .rfc = "RFC 5155 3.1",
	  .published = "The first digit of each hash is another, changed after signing: the "
		       "records neither match nor cover what they should.",
	  .types = { RR_NSEC3 }, .edit = other_owner },
	{ BY_NSEC3, .name = "bad-nsec3-next", .takes = OF_RECORDS,
	  .about = "the next hashed owner name of NSEC3 records is wrong", .rfc = "RFC 5155 3.1.7",
	  .published = "It is the owner's hash plus one, so that nothing is covered. Changed after "
		       "signing.",
	  .types = { RR_NSEC3 }, .edit = next_is_near },
	{ BY_NSEC3, .name = "nsec3-wrong-next", .takes = OF_RECORDS,
	  .about = "NSEC3 records cover nothing, and are signed so", .rfc = "RFC 5155 7.1",
	  .published = "As bad-nsec3-next, by a signer's mistake: the signature is good.",
	  .types = { RR_NSEC3 }, .denial = next_is_near },
	{ BY_NSEC3, .name = "nsec3-too-wide", .takes = OF_RECORDS,
	  .about = "NSEC3 records cover more than there is between two names, and are signed so",
	  .rfc = "RFC 5155 7.1",
	  .published = "The next hashed owner name is the record's own, so that it denies every "
		       "name but one. Answers are what they were; who makes others of the record "
		       "(RFC 8198 5.2) denies names that are there.",
	  .seen_in =
		  "F5 BIG-IP load balancers, which sign what they make up (CZ.NIC, 10 July 2019).",
	  .types = { RR_NSEC3 }, .denial = next_is_own },
	{ BY_NSEC3, .name = "bad-nsec3-rrsig", .takes = OF_RECORDS,
	  .about = "the signatures over NSEC3 records are corrupt", .rfc = "RFC 4035 5.3.3",
	  .published = "The last byte of each is another.", .types = { RR_NSEC3 },
	  .flaw = fault_edit_corrupt },
	{ BY_NSEC3, .name = "nsec3-rrsig-missing", .takes = OF_RECORDS,
	  .about = "NSEC3 records are not signed", .rfc = "RFC 4035 5.4",
	  .published = "The records without RRSIG.", .types = { RR_NSEC3 },
	  .flaw = fault_edit_absent },
	{ BY_NSEC3, .name = "nsec3-missing", .takes = TAKES_SERVERS,
	  .about = "there are no NSEC3 records", .rfc = "RFC 5155 7.2",
	  .published = "Negative answers and referrals have a signed SOA, or nothing, and no "
		       "proof. The NSEC3PARAM is there.",
	  .hides = RR_NSEC3 },
	{ BY_NSEC3, .name = "nsec3param-missing", .takes = TAKES_SERVERS,
	  .about = "there is no NSEC3PARAM, so the server finds no chain to answer from",
	  .rfc = "RFC 5155 4",
	  .published = "The NSEC3 records stand in the zone and are not sent: a server goes by the "
		       "NSEC3PARAM.",
	  .hides = RR_NSEC3PARAM, .no_proofs = true },
	{ BY_NSEC3, .name = "bad-nsec3param-salt", .takes = TAKES_SERVERS,
	  .about = "the NSEC3PARAM has a salt that the chain was not made with",
	  .rfc = "RFC 5155 4.1.5",
	  .published = "Changed after signing. The NSEC3 records stand in the zone and are not "
		       "sent: the server finds none with that salt.",
	  .types = { RR_NSEC3PARAM }, .edit = other_salt, .no_proofs = true },
	{ BY_NSEC3, .name = "no-nsec3param-nsec3", .takes = TAKES_SERVERS,
	  .about = "there are neither NSEC3 records nor an NSEC3PARAM", .rfc = "RFC 5155 7.1",
	  .published = "A signed zone without any proof.", .hides = RR_NSEC3PARAM,
	  .hides_too = RR_NSEC3 },
	{ DENIAL_ROW, .needs = NEEDS_SIGNED | NEEDS_NSEC3, .name = "nsec3-iter", .is_family = true,
	  .takes = TAKES_SERVERS,
	  .about = "names are hashed N times more: nsec3-iter-N, or the key iterations",
	  .rfc = "RFC 9276 3.2",
	  .published = "A whole, right chain. From which number on a resolver calls it insecure or "
		       "bogus, and what a question costs it, differs.",
	  .params = { { "iterations", PARAM_COUNT, -1, 0, 2500, NULL,
			"additional iterations of the hash" } },
	  .hashing = iterations },
	{ DENIAL_ROW, .needs = NEEDS_SIGNED | NEEDS_NSEC3, .name = "nsec3-salt",
	  .takes = TAKES_SERVERS, .about = "names are hashed with a salt", .rfc = "RFC 9276 3.1",
	  .published = "A whole, right chain, whose records are larger by the salt.",
	  .params = { { "bytes", PARAM_COUNT, 8, 1, 255, NULL, "its length" } }, .hashing = salt },
	{ BY_NSEC3, .name = "nsec3-bad-algo", .takes = OF_RECORDS,
	  .about = "NSEC3 records name the hash algorithm 2, which does not exist",
	  .rfc = "RFC 5155 8.1",
	  .published =
		  "Signed so. A validator must ignore such records, and is left without a proof.",
	  .types = { RR_NSEC3 }, .number = 2, .denial = hash_algorithm },
	{ DENIAL_ROW, .needs = NEEDS_SIGNED | NEEDS_NSEC3, .name = "nsec3-optout-everywhere",
	  .takes = OF_RECORDS,
	  .about = "every NSEC3 record has the opt-out flag, in a zone that leaves nothing out",
	  .rfc = "RFC 5155 9.2",
	  .published = "Signed so. That a name is not there is then no longer proved: NXDOMAIN is "
		       "insecure and comes without AD.",
	  .types = { RR_NSEC3 }, .number = 1, .denial = set_optout },
	{ DENIAL_ROW, .is_dnssec = true, .needs = NEEDS_SIGNED | NEEDS_NSEC3 | NEEDS_OPTOUT,
	  .name = "nsec3-optout-missing", .takes = OF_RECORDS,
	  .about = "NSEC3 records lack the opt-out flag, though unsigned delegations are left out",
	  .rfc = "RFC 5155 6",
	  .published = "Signed so. Referrals to those delegations are proved to be for names that "
		       "do not exist.",
	  .types = { RR_NSEC3 }, .number = 0, .denial = set_optout },
	{ BY_NSEC, .name = "nsec-missing", .takes = TAKES_SERVERS,
	  .about = "there are no NSEC records", .rfc = "RFC 4035 3.1.3",
	  .published =
		  "Negative answers and referrals have a signed SOA, or nothing, and no proof.",
	  .hides = RR_NSEC },
	{ BY_NSEC, .name = "bad-nsec-next", .takes = OF_RECORDS,
	  .about = "the next name of NSEC records is wrong", .rfc = "RFC 4034 4.1.1",
	  .published = "It is the owner with a label \\\\000 in front, so that nothing is covered. "
		       "Changed after signing.",
	  .types = { RR_NSEC }, .edit = next_name_is_near },
	{ BY_NSEC, .name = "nsec-wrong-next", .takes = OF_RECORDS,
	  .about = "NSEC records cover nothing, and are signed so", .rfc = "RFC 4035 2.3",
	  .published = "As bad-nsec-next, by a signer's mistake: the signature is good.",
	  .types = { RR_NSEC }, .denial = next_name_is_near },
	{ BY_NSEC, .name = "nsec-too-wide", .takes = OF_RECORDS,
	  .about = "NSEC records cover all that is behind them, and are signed so",
	  .rfc = "RFC 4034 4.1.1",
	  .published = "The next name is the apex, as in the last of a chain. Answers are what "
		       "they were; who makes others of the record (RFC 8198 5.1) denies names "
		       "that are there.",
	  .types = { RR_NSEC }, .denial = next_name_is_apex },
	{ BY_NSEC, .name = "bad-nsec-rrsig", .takes = OF_RECORDS,
	  .about = "the signatures over NSEC records are corrupt", .rfc = "RFC 4035 5.3.3",
	  .published = "The last byte of each is another.", .types = { RR_NSEC },
	  .flaw = fault_edit_corrupt },
	{ BY_NSEC, .name = "nsec-rrsig-missing", .takes = OF_RECORDS,
	  .about = "NSEC records are not signed", .rfc = "RFC 4035 5.4",
	  .published = "The records without RRSIG.", .types = { RR_NSEC },
	  .flaw = fault_edit_absent },
	{ DENIAL_ROW, .needs = NEEDS_SIGNED, .is_dnssec = true, .name = "nsec-bitmap-wrong",
	  .takes = OF_RECORDS | TAKES_BITMAP,
	  .about = "the bitmap of NSEC or NSEC3 records lacks types that are there",
	  .rfc = "RFC 4034 4.1.2",
	  .published = "Signed so: asked for another type, a resolver learns that these are not "
		       "there, and may answer so from its cache (RFC 8198). `types` are those that "
		       "are denied (A and AAAA).",
	  .seen_in = "slack.com, 30 September 2021: the proof for a wildcard denied A.",
	  .types = { RR_NSEC, RR_NSEC3 }, .denial = types_denied },
	{ 0 },
};
