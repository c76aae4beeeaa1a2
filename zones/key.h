/* SPDX-License-Identifier: BSD-2-Clause */
/* key.h - a DNSSEC key pair that comes out of a seed.
 *
 * The same plan and seed give the same key and the same signatures, so a run can be repeated and a
 * dump compared. RSA keys can be made to a wanted key tag (key_rsa.h). Signing is OpenSSL's, but
 * for the nonces of ECDSA and DSA, which follow from the key and the data. Not for secrets.
 *
 * What OpenSSL is slow to look up is kept in each thread; a key belongs to one thread at a time. */
#pragma once

#include "sim/base/cleanup.h"
#include "zones/tree.h"

struct key;

/* Whether keys of it have a size and may have a wanted tag. */
bool key_is_rsa(enum algorithm a);

/* -ENOTSUP: this machine's OpenSSL is too old for it. */
int key_known(enum algorithm a, struct err *e);

/* Whether a zone with it must not have NSEC3 records: validators of that time do not know them (RFC
 * 5155 section 2). */
bool key_needs_nsec(enum algorithm a);

extern const char *const key_role_names[]; /* by enum key_role: "KSK", "ZSK", "CSK" */

/* "RSASHA256", as IANA writes it (stand-ins have names of ours, key_sized.h), "?" for a number that it has no name for; and back, ALG_NONE for
 * another word. */
const char *key_algorithm_name(enum algorithm a);
enum algorithm key_algorithm_by_name(const char *name);

/* -EINVAL: bits or tag that the algorithm cannot have. A tag may still be out of reach. */
int key_check(const struct key_plan *plan, struct err *e);

/* How long the DNSKEY RDATA of such a key is, and one of its signatures: for those that key_check()
 * lets pass. */
size_t key_rdata_len(const struct key_plan *plan);
size_t key_signature_len(const struct key_plan *plan);

/* -EINVAL: bits or tag that the algorithm cannot have. -EIO: OpenSSL failed. */
int key_new(const struct key_plan *plan, uint64_t seed, struct key **ret, struct err *e);
void key_free(struct key *k);
DEFINE_FREEP(struct key, key)

#define KEY_RDATA_MAX 1316 /* of ML-DSA-44 */
#define KEY_SIGNATURE_MAX 7856 /* of SLH-DSA-128s */

uint16_t key_tag(const struct key *k);

/* That of a DNSKEY RDATA (RFC 4034 appendix B). */
uint16_t key_tag_of(const uint8_t *rdata, size_t len);

enum algorithm key_algorithm(const struct key *k);

/* The DNSKEY RDATA (flags 257 for KSK and CSK, 256 for ZSK): lent until key_free(). */
const uint8_t *key_rdata(const struct key *k, size_t *len);

/* The same with the REVOKE bit set, and so with another tag, in `ret`. */
const uint8_t *key_revoked(const struct key *k, uint8_t ret[KEY_RDATA_MAX], size_t *len);

/* The DS RDATA for `owner`, digest type 1, 2 or 4; room for 4 + 48 bytes. Its length, 0 when there is
 * no memory. */
size_t key_ds(const struct key *k, const uint8_t *owner, uint8_t digest_type, uint8_t ret[52]);

/* Signs, in the form of an RRSIG's signature field. -EIO: OpenSSL failed. */
int key_sign(struct key *k, const void *data, size_t len, uint8_t ret[KEY_SIGNATURE_MAX],
	     size_t *ret_len, struct err *e);
