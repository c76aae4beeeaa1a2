/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key.h"

#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "zones/key_dsa.h"
#include "zones/key_ecdsa.h"
#include "zones/key_mldsa.h"
#include "zones/key_rsa.h"
#include "zones/key_sized.h"
#include "zones/key_tools.h"

#define HEADER 4 /* flags, protocol, algorithm */
#define REVOKE 0x80 /* of the flags, RFC 5011 section 7 */
#define ED_MAX_BYTES 57

struct key {
	enum algorithm algorithm;
	EVP_PKEY_CTX *rsa; /* ready to sign digests */
	EVP_PKEY *pkey; /* EdDSA and ML-DSA */
	EVP_MD_CTX *signer; /* keeps to its key: another one needs another context */
	BIGNUM *scalar; /* ECDSA and DSA */
	uint64_t nonces; /* what their nonces are drawn from */
	uint16_t tag;
	size_t rdata_len;
	uint8_t rdata[KEY_RDATA_MAX];
};

static int openssl_failed(struct err *e, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return err_set(e, -EIO, "OpenSSL cannot %s: %s", what, reason ? reason : "no reason given");
}

const char *const key_role_names[] = {
	[KEY_KSK] = "KSK",
	[KEY_ZSK] = "ZSK",
	[KEY_CSK] = "CSK",
};

static bool is_dsa(enum algorithm a)
{
	return a == ALG_DSA || a == ALG_DSA_NSEC3_SHA1;
}

/* The digest that is signed. */
static const EVP_MD *digest_of(enum algorithm a)
{
	const struct key_tools *t = key_tools();

	switch (a) {
	case ALG_RSAMD5:
		return t->md5;
	case ALG_DSA:
	case ALG_RSASHA1:
	case ALG_DSA_NSEC3_SHA1:
	case ALG_RSASHA1_NSEC3_SHA1:
		return t->sha1;
	case ALG_ECDSAP384SHA384:
		return t->sha384;
	case ALG_RSASHA512:
		return t->sha512;
	case ALG_NONE:
	case ALG_RSASHA256:
	case ALG_ECC_GOST:
	case ALG_ECDSAP256SHA256:
	case ALG_ED25519:
	case ALG_ED448:
	case ALG_MLDSA44:
	case ALG_SIZED_MLDSA44:
	case ALG_SIZED_FALCON512:
	case ALG_SIZED_SLHDSA128S:
		break;
	}
	return t->sha256;
}

static unsigned plan_bits(const struct key_plan *plan)
{
	const struct key_sized *sized = key_sized_of(plan->algorithm);

	if (sized)
		return (unsigned)sized->key * 8;
	switch (plan->algorithm) {
	case ALG_DSA:
	case ALG_DSA_NSEC3_SHA1:
		return 1024;
	case ALG_ECDSAP384SHA384:
		return 384;
	case ALG_ED448:
		return 456;
	case ALG_MLDSA44:
		return KEY_MLDSA_PUBLIC * 8;
	default:
		break;
	}
	if (!key_is_rsa(plan->algorithm))
		return 256;
	if (plan->bits)
		return plan->bits;
	return plan->role == KEY_ZSK ? 1024 : 2048;
}

/* RFC 5702 section 2 gives the sizes; the modulus must fill its 16-bit words. */
int key_check(const struct key_plan *plan, struct err *e)
{
	unsigned bits = plan_bits(plan);
	unsigned least = plan->algorithm == ALG_RSASHA512 ? 1024 : 512;

	switch (plan->algorithm) {
	case ALG_RSAMD5:
	case ALG_RSASHA1:
	case ALG_RSASHA1_NSEC3_SHA1:
	case ALG_RSASHA256:
	case ALG_RSASHA512:
		if (bits < least || bits > KEY_RSA_MAX_BYTES * 8 || bits % 16)
			return err_set(
				e, -EINVAL,
				"an RSA key cannot have '%u' bits: from %u to %u, a multiple "
				"of 16",
				bits, least, KEY_RSA_MAX_BYTES * 8);
		if (plan->tag < -1 || plan->tag > UINT16_MAX)
			return err_set(e, -EINVAL, "'%d' is no key tag", plan->tag);
		return 0;
	case ALG_DSA:
	case ALG_DSA_NSEC3_SHA1:
	case ALG_ECC_GOST:
	case ALG_ECDSAP256SHA256:
	case ALG_ECDSAP384SHA384:
	case ALG_ED25519:
	case ALG_ED448:
	case ALG_MLDSA44:
	case ALG_SIZED_MLDSA44:
	case ALG_SIZED_FALCON512:
	case ALG_SIZED_SLHDSA128S:
		if (plan->bits && plan->bits != bits)
			return err_set(e, -EINVAL, "a key of algorithm %d has %u bits, not '%u'",
				       plan->algorithm, bits, plan->bits);
		if (plan->tag != -1)
			return err_set(e, -EINVAL, "only RSA keys can be made to a key tag");
		return 0;
	case ALG_NONE:
		break;
	}
	return err_set(e, -EINVAL, "a key cannot have the algorithm '%d'", plan->algorithm);
}

size_t key_rdata_len(const struct key_plan *plan)
{
	enum algorithm a = plan->algorithm;

	if (key_is_rsa(a))
		return KEY_RSA_HEADER + plan_bits(plan) / 8;
	if (is_dsa(a))
		return HEADER + KEY_DSA_PUBLIC;
	if (a == ALG_ECDSAP256SHA256 || a == ALG_ECDSAP384SHA384)
		return HEADER + 2 * (size_t)key_ecdsa_bytes(a);
	return HEADER + plan_bits(plan) / 8;
}

size_t key_signature_len(const struct key_plan *plan)
{
	const struct key_sized *sized = key_sized_of(plan->algorithm);
	enum algorithm a = plan->algorithm;

	if (key_is_rsa(a))
		return plan_bits(plan) / 8;
	if (is_dsa(a))
		return KEY_DSA_SIGNATURE;
	if (a == ALG_MLDSA44)
		return KEY_MLDSA_SIGNATURE;
	return sized ? sized->signature : 2 * (size_t)plan_bits(plan) / 8;
}

/* RFC 4034 appendix B; B.1 for RSA/MD5. */
uint16_t key_tag_of(const uint8_t *rdata, size_t len)
{
	uint32_t sum = 0;

	if (rdata[3] == ALG_RSAMD5)
		return get16(rdata + len - 3);

	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? rdata[i] : (uint32_t)rdata[i] << 8;
	return (uint16_t)(sum + (sum >> 16));
}

static void rdata_start(struct key *k, const struct key_plan *plan)
{
	put16(k->rdata, plan->role == KEY_ZSK ? 256 : 257);
	k->rdata[2] = 3;
	k->rdata[3] = (uint8_t)plan->algorithm;
	k->rdata_len = HEADER;
}

static int rsa_make(struct key *k, const struct key_plan *plan, struct rng *rng, struct err *e)
{
	unsigned bits = plan_bits(plan);
	int rc = key_rsa_make(bits, plan->tag, digest_of(k->algorithm), rng, k->rdata, &k->rsa,
			      key_tools()->bn);

	if (rc == -EDOM)
		return err_set(e, -EINVAL,
			       "no RSA key with the exponent %d can have the tag '%d' under "
			       "these flags and this algorithm",
			       KEY_RSA_EXPONENT, plan->tag);
	k->rdata_len = KEY_RSA_HEADER + bits / 8;
	return rc ? openssl_failed(e, "make an RSA key") : 0;
}

static int ecdsa_make(struct key *k, struct rng *rng, struct err *e)
{
	unsigned bytes = key_ecdsa_bytes(k->algorithm);
	uint8_t secret[KEY_ECDSA_MAX_BYTES];

	rng_fill(rng, secret, bytes);
	secret[0] &= 0x7f; /* below the group's order, which begins with ffffffff */
	k->scalar = BN_bin2bn(secret, (int)bytes, NULL);
	k->nonces = rng_next(rng);
	if (!k->scalar ||
	    !key_ecdsa_public(k->algorithm, k->scalar, k->rdata + HEADER, key_tools()->bn))
		return openssl_failed(e, "make an ECDSA key");
	k->rdata_len = HEADER + 2 * bytes;
	return 0;
}

static int dsa_make(struct key *k, struct rng *rng, struct err *e)
{
	uint8_t secret[20];

	rng_fill(rng, secret, sizeof(secret));
	secret[0] &= 0x7f; /* below the order, which has 160 bits */
	k->scalar = BN_bin2bn(secret, sizeof(secret), NULL);
	k->nonces = rng_next(rng);
	if (!k->scalar || !key_dsa_public(k->scalar, k->rdata + HEADER, key_tools()->bn))
		return openssl_failed(e, "make a DSA key");
	k->rdata_len = HEADER + KEY_DSA_PUBLIC;
	return 0;
}

static int sized_make(struct key *k, const struct key_sized *sized, struct rng *rng)
{
	rng_fill(rng, k->rdata + HEADER, sized->key);
	k->nonces = rng_next(rng);
	k->rdata_len = HEADER + sized->key;
	return 0;
}

static int mldsa_make(struct key *k, struct rng *rng, struct err *e)
{
	uint8_t seed[KEY_MLDSA_SEED];

	rng_fill(rng, seed, sizeof(seed));
	k->pkey = key_mldsa_new(seed, k->rdata + HEADER);
	k->signer = EVP_MD_CTX_new();
	k->rdata_len = HEADER + KEY_MLDSA_PUBLIC;
	return k->pkey && k->signer ? 0 : openssl_failed(e, "make an ML-DSA-44 key");
}

static int eddsa_make(struct key *k, struct rng *rng, struct err *e)
{
	bool ed448 = k->algorithm == ALG_ED448;
	uint8_t secret[ED_MAX_BYTES];
	size_t len = ed448 ? 57 : 32;

	rng_fill(rng, secret, len);
	k->pkey = EVP_PKEY_new_raw_private_key_ex(NULL, ed448 ? "ED448" : "ED25519", NULL, secret,
						  len);
	k->signer = EVP_MD_CTX_new();
	if (!k->pkey || !k->signer ||
	    EVP_PKEY_get_raw_public_key(k->pkey, k->rdata + HEADER, &len) <= 0)
		return openssl_failed(e, "make an EdDSA key");
	k->rdata_len = HEADER + len;
	return 0;
}

static int make(struct key *k, const struct key_plan *plan, struct rng *rng, struct err *e)
{
	const struct key_sized *sized = key_sized_of(k->algorithm);

	if (sized)
		return sized_make(k, sized, rng);
	if (k->algorithm == ALG_MLDSA44)
		return mldsa_make(k, rng, e);
	if (key_is_rsa(k->algorithm))
		return rsa_make(k, plan, rng, e);
	if (is_dsa(k->algorithm))
		return dsa_make(k, rng, e);
	if (k->algorithm == ALG_ED25519 || k->algorithm == ALG_ED448)
		return eddsa_make(k, rng, e);
	return ecdsa_make(k, rng, e);
}

int key_new(const struct key_plan *plan, uint64_t seed, struct key **ret, struct err *e)
{
	struct rng rng = { rng_of(seed, (uint64_t)plan->algorithm << 32 | plan_bits(plan)) };
	_cleanup_(key_freep) struct key *k = NULL;
	int rc = key_check(plan, e);

	if (rc)
		return rc;
	rc = key_known(plan->algorithm, e);
	if (rc)
		return rc;
	k = key_tools() ? calloc(1, sizeof(*k)) : NULL;
	if (!k)
		return err_set(e, -ENOMEM, "no memory for a key");
	k->algorithm = plan->algorithm;
	rdata_start(k, plan);
	rc = make(k, plan, &rng, e);
	if (rc)
		return rc;
	k->tag = key_tag_of(k->rdata, k->rdata_len);
	*ret = TAKE(k);
	return 0;
}

void key_free(struct key *k)
{
	if (!k)
		return;
	EVP_PKEY_CTX_free(k->rsa);
	EVP_MD_CTX_free(k->signer);
	EVP_PKEY_free(k->pkey);
	BN_free(k->scalar);
	free(k);
}

uint16_t key_tag(const struct key *k)
{
	return k->tag;
}

enum algorithm key_algorithm(const struct key *k)
{
	return k->algorithm;
}

const uint8_t *key_rdata(const struct key *k, size_t *len)
{
	*len = k->rdata_len;
	return k->rdata;
}

const uint8_t *key_revoked(const struct key *k, uint8_t ret[KEY_RDATA_MAX], size_t *len)
{
	const uint8_t *rdata = key_rdata(k, len);

	memcpy(ret, rdata, *len);
	put16(ret, get16(ret) | REVOKE);
	return ret;
}

size_t key_ds(const struct key *k, const uint8_t *owner, uint8_t digest_type, uint8_t ret[52])
{
	const struct key_tools *t = key_tools();
	EVP_MD *md;
	unsigned len = 0;

	if (!t)
		return 0;
	md = digest_type == 1 ? t->sha1 : digest_type == 4 ? t->sha384 : t->sha256;
	put16(ret, k->tag);
	ret[2] = (uint8_t)k->algorithm;
	ret[3] = digest_type;
	if (!EVP_DigestInit_ex2(t->digest, md, NULL) ||
	    !EVP_DigestUpdate(t->digest, owner, name_len(owner)) ||
	    !EVP_DigestUpdate(t->digest, k->rdata, k->rdata_len) ||
	    !EVP_DigestFinal_ex(t->digest, ret + 4, &len))
		return 0;
	return 4 + len;
}

/* The digest over the data; its length, 0 when it failed. */
static unsigned digest(const struct key *k, const void *data, size_t len,
		       uint8_t ret[EVP_MAX_MD_SIZE])
{
	const struct key_tools *t = key_tools();
	unsigned digest_len = 0;

	return EVP_DigestInit_ex2(t->digest, digest_of(k->algorithm), NULL) &&
			       EVP_DigestUpdate(t->digest, data, len) &&
			       EVP_DigestFinal_ex(t->digest, ret, &digest_len)
		       ? digest_len
		       : 0;
}

static bool rsa_sign(struct key *k, const void *data, size_t len, uint8_t *ret, size_t *ret_len)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned hash_len = digest(k, data, len, hash);

	*ret_len = KEY_RSA_MAX_BYTES;
	return hash_len && EVP_PKEY_sign(k->rsa, ret, ret_len, hash, hash_len) > 0;
}

static bool eddsa_sign(struct key *k, const void *data, size_t len, uint8_t *ret, size_t *ret_len)
{
	*ret_len = 2 * ED_MAX_BYTES;
	return EVP_DigestSignInit_ex(k->signer, NULL, NULL, NULL, NULL, k->pkey, NULL) > 0 &&
	       EVP_DigestSign(k->signer, ret, ret_len, data, len) > 0;
}

/* OpenSSL draws a new nonce for each signature, and then a run could not be repeated to the byte:
 * the nonce here follows from the key and the digest. That these keys keep no secret is the point
 * of them. */
static void draw_nonce(const struct key *k, const uint8_t *hash, size_t len, uint8_t *ret,
		       size_t ret_len)
{
	struct rng rng = { rng_hash(k->nonces, hash, len) };

	rng_fill(&rng, ret, ret_len);
	ret[0] &= 0x7f; /* below the group's order */
}

static bool dsa_sign(const struct key *k, const void *data, size_t len, uint8_t *ret,
		     size_t *ret_len)
{
	uint8_t hash[EVP_MAX_MD_SIZE], nonce[20];

	*ret_len = KEY_DSA_SIGNATURE;
	if (!digest(k, data, len, hash))
		return false;
	draw_nonce(k, hash, sizeof(nonce), nonce, sizeof(nonce));
	return key_dsa_sign(k->scalar, hash, nonce, ret, key_tools()->bn);
}

static bool mldsa_sign(const struct key *k, const void *data, size_t len, uint8_t *ret,
		       size_t *ret_len)
{
	*ret_len = KEY_MLDSA_SIGNATURE;
	return key_mldsa_sign(k->pkey, k->signer, data, len, ret);
}

static bool ecdsa_sign(const struct key *k, const void *data, size_t len, uint8_t *ret,
		       size_t *ret_len)
{
	unsigned bytes = key_ecdsa_bytes(k->algorithm);
	uint8_t hash[EVP_MAX_MD_SIZE], nonce[KEY_ECDSA_MAX_BYTES];

	*ret_len = 2 * bytes;
	if (!digest(k, data, len, hash))
		return false;
	draw_nonce(k, hash, bytes, nonce, bytes);
	return key_ecdsa_sign(k->algorithm, k->scalar, hash, nonce, ret, key_tools()->bn);
}

int key_sign(struct key *k, const void *data, size_t len, uint8_t ret[KEY_SIGNATURE_MAX],
	     size_t *ret_len, struct err *e)
{
	const struct key_sized *sized = key_sized_of(k->algorithm);
	bool ok = true;

	if (!key_tools())
		return err_set(e, -ENOMEM, "no memory to sign with a key");
	if (sized) {
		*ret_len = sized->signature;
		key_sized_sign(sized, k->nonces, data, len, ret);
	} else if (key_is_rsa(k->algorithm))
		ok = rsa_sign(k, data, len, ret, ret_len);
	else if (is_dsa(k->algorithm))
		ok = dsa_sign(k, data, len, ret, ret_len);
	else if (k->algorithm == ALG_ED25519 || k->algorithm == ALG_ED448)
		ok = eddsa_sign(k, data, len, ret, ret_len);
	else if (k->algorithm == ALG_MLDSA44)
		ok = mldsa_sign(k, data, len, ret, ret_len);
	else
		ok = ecdsa_sign(k, data, len, ret, ret_len);
	return ok ? 0 : openssl_failed(e, "sign");
}
