/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "zones/key_dsa.h"

#define EXPONENT 65537
#define RSA_MAX_BYTES 512
#define RSA_HEADER 8 /* flags, protocol, algorithm, and the exponent behind its length */
#define EC_MAX_BYTES 48
#define GOST_BYTES 64
#define ED_MAX_BYTES 57
#define TAG_TRIES 16

struct key {
	enum algorithm algorithm;
	EVP_PKEY *pkey; /* RSA and EdDSA */
	EVP_PKEY_CTX *rsa; /* ready to sign digests */
	EVP_MD_CTX *eddsa; /* keeps to its key: another one needs another context */
	BIGNUM *scalar; /* ECDSA and DSA */
	uint64_t nonces; /* what their nonces are drawn from */
	uint16_t tag;
	size_t rdata_len;
	uint8_t rdata[RSA_HEADER + RSA_MAX_BYTES];
};

/* What OpenSSL is slow to look up, looked up once in each thread and kept until it ends. */
struct tools {
	EVP_MD_CTX *digest;
	EVP_MD *md5, *sha1, *sha256, *sha384, *sha512;
	BN_CTX *bn;
	struct curve {
		EC_GROUP *group;
		EC_POINT *point;
		unsigned bytes;
	} p256, p384;
};

static _Thread_local struct tools tools;

static void curve_init(struct curve *c, int nid, unsigned bytes)
{
	c->group = EC_GROUP_new_by_curve_name(nid);
	c->point = c->group ? EC_POINT_new(c->group) : NULL;
	c->bytes = bytes;
	if (!c->point)
		abort();
}

static const struct tools *tools_get(void)
{
	struct tools *t = &tools;

	if (t->p384.point)
		return t;
	t->digest = EVP_MD_CTX_new();
	t->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	t->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	t->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	t->sha384 = EVP_MD_fetch(NULL, "SHA384", NULL);
	t->sha512 = EVP_MD_fetch(NULL, "SHA512", NULL);
	t->bn = BN_CTX_new();
	if (!t->digest || !t->md5 || !t->sha1 || !t->sha256 || !t->sha384 || !t->sha512 || !t->bn)
		abort(); /* no memory, or an OpenSSL without its default provider */
	curve_init(&t->p256, NID_X9_62_prime256v1, 32);
	curve_init(&t->p384, NID_secp384r1, 48);
	return t;
}

static int openssl_failed(struct err *e, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return err_set(e, -EIO, "OpenSSL cannot %s: %s", what, reason ? reason : "no reason given");
}

static const char *const names[] = {
	[ALG_NONE] = "no algorithm",
	[ALG_RSAMD5] = "RSAMD5",
	[ALG_DSA] = "DSA",
	[ALG_RSASHA1] = "RSASHA1",
	[ALG_DSA_NSEC3_SHA1] = "DSA-NSEC3-SHA1",
	[ALG_RSASHA1_NSEC3_SHA1] = "RSASHA1-NSEC3-SHA1",
	[ALG_RSASHA256] = "RSASHA256",
	[ALG_RSASHA512] = "RSASHA512",
	[ALG_ECC_GOST] = "ECC-GOST",
	[ALG_ECDSAP256SHA256] = "ECDSAP256SHA256",
	[ALG_ECDSAP384SHA384] = "ECDSAP384SHA384",
	[ALG_ED25519] = "ED25519",
	[ALG_ED448] = "ED448",
};

const char *key_algorithm_name(enum algorithm a)
{
	return (size_t)a < ARRAY_SIZE(names) && names[a] ? names[a] : "?";
}

enum algorithm key_algorithm_by_name(const char *name)
{
	for (size_t i = 1; i < ARRAY_SIZE(names); i++)
		if (names[i] && strcasecmp(names[i], name) == 0)
			return (enum algorithm)i;
	return ALG_NONE;
}

bool key_is_rsa(enum algorithm a)
{
	return a == ALG_RSAMD5 || a == ALG_RSASHA1 || a == ALG_RSASHA1_NSEC3_SHA1 ||
	       a == ALG_RSASHA256 || a == ALG_RSASHA512;
}

bool key_needs_nsec(enum algorithm a)
{
	return a == ALG_RSAMD5 || a == ALG_DSA || a == ALG_RSASHA1;
}

static bool is_dsa(enum algorithm a)
{
	return a == ALG_DSA || a == ALG_DSA_NSEC3_SHA1;
}

static const struct curve *curve_of(enum algorithm a)
{
	return a == ALG_ECDSAP384SHA384 ? &tools_get()->p384 : &tools_get()->p256;
}

/* The digest that is signed. */
static const EVP_MD *digest_of(enum algorithm a)
{
	const struct tools *t = tools_get();

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
		break;
	}
	return t->sha256;
}

static unsigned plan_bits(const struct key_plan *plan)
{
	switch (plan->algorithm) {
	case ALG_DSA:
	case ALG_DSA_NSEC3_SHA1:
		return 1024;
	case ALG_ECC_GOST:
		return 512;
	case ALG_ECDSAP384SHA384:
		return 384;
	case ALG_ED448:
		return 456;
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
		if (bits < least || bits > RSA_MAX_BYTES * 8 || bits % 16)
			return err_set(
				e, -EINVAL,
				"an RSA key cannot have '%u' bits: from %u to %u, a multiple "
				"of 16",
				bits, least, RSA_MAX_BYTES * 8);
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
	k->rdata_len = 4;
}

struct rsa {
	BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *qi;
	BIGNUM *t; /* scratch */
};

static void rsa_done(struct rsa *r)
{
	BN_free(r->n);
	BN_free(r->e);
	BN_free(r->d);
	BN_free(r->p);
	BN_free(r->q);
	BN_free(r->dp);
	BN_free(r->dq);
	BN_free(r->qi);
	BN_free(r->t);
}

static bool rsa_init(struct rsa *r)
{
	return (r->n = BN_new()) && (r->e = BN_new()) && (r->d = BN_new()) && (r->p = BN_new()) &&
	       (r->q = BN_new()) && (r->dp = BN_new()) && (r->dq = BN_new()) &&
	       (r->qi = BN_new()) && (r->t = BN_new()) && BN_set_word(r->e, EXPONENT);
}

/* An odd number of exactly `bits` bits, the upper two of them set: the product of two such numbers
 * has exactly twice as many. */
static bool draw_odd(BIGNUM *ret, unsigned bits, struct rng *rng)
{
	uint8_t bytes[RSA_MAX_BYTES / 2];

	rng_fill(rng, bytes, bits / 8);
	bytes[0] |= 0xc0;
	bytes[bits / 8 - 1] |= 1;
	return BN_bin2bn(bytes, (int)(bits / 8), ret);
}

#define SMALL_PRIMES 2048

/* Odd primes from 3 on, made once in each thread. */
static const uint16_t *small_primes(void)
{
	static _Thread_local uint16_t primes[SMALL_PRIMES];
	unsigned count = 0;

	for (unsigned n = 3; !primes[SMALL_PRIMES - 1]; n += 2) {
		unsigned i = 0;

		while (i < count && primes[i] * primes[i] <= n && n % primes[i])
			i++;
		if (i == count || primes[i] * primes[i] > n)
			primes[count++] = (uint16_t)n;
	}
	return primes;
}

/* Residues of a number that is looked at in equal steps: a division each only at the start. */
struct sieve {
	uint16_t residue[SMALL_PRIMES], step[SMALL_PRIMES];
};

static void sieve_start(struct sieve *s, const BIGNUM *n, BN_ULONG step)
{
	const uint16_t *primes = small_primes();

	for (unsigned i = 0; i < SMALL_PRIMES; i++) {
		s->residue[i] = (uint16_t)BN_mod_word(n, primes[i]);
		s->step[i] = (uint16_t)(step % primes[i]);
	}
}

/* Whether a small prime divides the number; moves on to the next one. */
static bool sieve_step(struct sieve *s)
{
	const uint16_t *primes = small_primes();
	bool divided = false;

	for (unsigned i = 0; i < SMALL_PRIMES; i++) {
		unsigned next = s->residue[i] + (unsigned)s->step[i];

		divided |= !s->residue[i];
		s->residue[i] = (uint16_t)(next >= primes[i] ? next - primes[i] : next);
	}
	return divided;
}

/* Fermat's test to the base 2. It is enough for numbers drawn at random, and OpenSSL's own takes 64
 * rounds where one is made here, which is most of the time that a key takes. -1: OpenSSL failed. */
static int probably_prime(const BIGNUM *n, BN_CTX *bn)
{
	BIGNUM *less, *power;
	int prime = -1;

	BN_CTX_start(bn);
	less = BN_CTX_get(bn);
	power = BN_CTX_get(bn);
	if (power && BN_sub(less, n, BN_value_one()) &&
	    BN_mod_exp_mont_word(power, 2, less, n, bn, NULL))
		prime = BN_is_one(power);
	BN_CTX_end(bn);
	return prime;
}

/* The first prime in steps of 2 * modulus from a number drawn, such that it is `residue` mod
 * `modulus`, which is odd. */
static bool draw_prime(BIGNUM *ret, unsigned bits, BN_ULONG modulus, BN_ULONG residue,
		       struct rng *rng, BN_CTX *bn)
{
	struct sieve sieve;

	for (;;) {
		if (!draw_odd(ret, bits, rng))
			return false;

		BN_ULONG up = (residue + modulus - BN_mod_word(ret, modulus)) % modulus;

		if (!BN_add_word(ret, up % 2 ? up + modulus : up))
			return false;
		sieve_start(&sieve, ret, 2 * modulus);
		while (BN_num_bits(ret) == (int)bits) {
			int prime = sieve_step(&sieve) ? 0 : probably_prime(ret, bn);

			if (prime < 0)
				return false;
			if (prime && BN_mod_word(ret, EXPONENT) != 1)
				return true;
			if (!BN_add_word(ret, 2 * modulus))
				return false;
		}
	}
}

/* 1 / a mod 65535; 0 when there is none. */
static unsigned inverse_65535(unsigned a)
{
	for (unsigned i = 1; i < 65535; i++)
		if ((uint64_t)a * i % 65535 == 1)
			return i;
	return 0;
}

/* The residue mod 65535 of a second prime such that the DNSKEY's words sum up to `sum` mod 65535; 0
 * when the modulus could then be no product of two large primes. */
static unsigned wanted_residue(const struct key *k, const BIGNUM *p, unsigned sum)
{
	static const uint8_t exponent[] = { 3, 1, 0, 1 };
	unsigned header =
		get16(k->rdata) + get16(k->rdata + 2) + get16(exponent) + get16(exponent + 2);
	unsigned n = (sum + 65535 - header % 65535) % 65535;

	if (!inverse_65535(n))
		return 0;
	return (unsigned)((uint64_t)n * inverse_65535((unsigned)BN_mod_word(p, 65535)) % 65535);
}

static bool rsa_rdata(struct key *k, const struct rsa *r, unsigned bits)
{
	struct buf b = buf_over(k->rdata + 4, sizeof(k->rdata) - 4);

	buf_u8(&b, 3);
	buf_u8(&b, EXPONENT >> 16);
	buf_u16(&b, EXPONENT & 0xffff);
	k->rdata_len = RSA_HEADER + bits / 8;
	return BN_bn2binpad(r->n, k->rdata + RSA_HEADER, (int)(bits / 8)) > 0;
}

/* The tag is the sum s of the words, folded once: (s & 0xffff) + (s >> 16), of which a carry is
 * lost. So it is s mod 65535, or one less where the carry was lost, which happens to small tags
 * only. 0, -EIO, or -EDOM when there is no such prime. */
static int second_prime(struct key *k, struct rsa *r, unsigned bits, int tag, struct rng *rng)
{
	BN_CTX *bn = tools_get()->bn;

	for (int try = 0; try < TAG_TRIES; try++) {
		unsigned residue = 1, modulus = 1;

		if (tag >= 0) {
			modulus = 65535;
			residue = wanted_residue(k, r->p, (unsigned)(tag + try % 2) % 65535);
			if (!residue || (try % 2 && tag > (int)bits / 16))
				continue;
		}
		if (!draw_prime(r->q, bits / 2, modulus, residue % modulus, rng, bn) ||
		    !BN_mul(r->n, r->p, r->q, bn) || !rsa_rdata(k, r, bits))
			return -EIO;
		if (tag < 0 || key_tag_of(k->rdata, k->rdata_len) == tag)
			return 0;
	}
	return -EDOM;
}

static bool rsa_derive(struct rsa *r, BN_CTX *bn)
{
	/* For a moment dp is p - 1 and dq is q - 1. */
	return BN_sub(r->dp, r->p, BN_value_one()) && BN_sub(r->dq, r->q, BN_value_one()) &&
	       BN_mul(r->t, r->dp, r->dq, bn) && BN_mod_inverse(r->d, r->e, r->t, bn) &&
	       BN_mod(r->dp, r->d, r->dp, bn) && BN_mod(r->dq, r->d, r->dq, bn) &&
	       BN_mod_inverse(r->qi, r->q, r->p, bn);
}

static bool rsa_params(const struct rsa *r, OSSL_PARAM **ret)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	bool ok = b && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, r->n) &&
		  OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, r->e) &&
		  OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_D, r->d) &&
		  OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_FACTOR1, r->p) &&
		  OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_FACTOR2, r->q) &&
		  OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_EXPONENT1, r->dp) &&
		  OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_EXPONENT2, r->dq) &&
		  OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, r->qi);

	*ret = ok ? OSSL_PARAM_BLD_to_param(b) : NULL;
	OSSL_PARAM_BLD_free(b);
	return *ret;
}

/* Hands the numbers to OpenSSL, and gets a context that signs digest after digest. */
static bool rsa_load(struct key *k, const struct rsa *r)
{
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params = NULL;
	bool ok = maker && rsa_params(r, &params) && EVP_PKEY_fromdata_init(maker) > 0 &&
		  EVP_PKEY_fromdata(maker, &k->pkey, EVP_PKEY_KEYPAIR, params) > 0;

	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(maker);
	if (!ok)
		return false;
	k->rsa = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	return k->rsa && EVP_PKEY_sign_init(k->rsa) > 0 &&
	       EVP_PKEY_CTX_set_rsa_padding(k->rsa, RSA_PKCS1_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_signature_md(k->rsa, digest_of(k->algorithm)) > 0;
}

static int rsa_make(struct key *k, const struct key_plan *plan, struct rng *rng, struct err *e)
{
	_cleanup_(rsa_done) struct rsa r = { 0 };
	BN_CTX *bn = tools_get()->bn;
	unsigned bits = plan_bits(plan);
	int rc = -EIO;

	if (rsa_init(&r) && draw_prime(r.p, bits / 2, 1, 0, rng, bn))
		rc = second_prime(k, &r, bits, plan->tag, rng);
	if (rc == -EDOM)
		return err_set(e, -EINVAL,
			       "no RSA key with the exponent %d can have the tag '%d' under "
			       "these flags and this algorithm",
			       EXPONENT, plan->tag);
	if (rc || !rsa_derive(&r, bn) || !rsa_load(k, &r))
		return openssl_failed(e, "make an RSA key");
	return 0;
}

static int ecdsa_make(struct key *k, struct rng *rng, struct err *e)
{
	const struct curve *c = curve_of(k->algorithm);
	uint8_t secret[EC_MAX_BYTES], point[1 + 2 * EC_MAX_BYTES];
	size_t len = 1 + 2u * c->bytes;

	rng_fill(rng, secret, c->bytes);
	secret[0] &= 0x7f; /* below the group's order, which begins with ffffffff */
	k->scalar = BN_bin2bn(secret, (int)c->bytes, NULL);
	k->nonces = rng_next(rng);
	if (!k->scalar ||
	    !EC_POINT_mul(c->group, c->point, k->scalar, NULL, NULL, tools_get()->bn) ||
	    EC_POINT_point2oct(c->group, c->point, POINT_CONVERSION_UNCOMPRESSED, point, len,
			       tools_get()->bn) != len)
		return openssl_failed(e, "make an ECDSA key");
	memcpy(k->rdata + 4, point + 1, len - 1); /* RFC 6605 section 4: x | y */
	k->rdata_len = 4 + len - 1;
	return 0;
}

static int dsa_make(struct key *k, struct rng *rng, struct err *e)
{
	uint8_t secret[20];

	rng_fill(rng, secret, sizeof(secret));
	secret[0] &= 0x7f; /* below the order, which has 160 bits */
	k->scalar = BN_bin2bn(secret, sizeof(secret), NULL);
	k->nonces = rng_next(rng);
	if (!k->scalar || !key_dsa_public(k->scalar, k->rdata + 4, tools_get()->bn))
		return openssl_failed(e, "make a DSA key");
	k->rdata_len = 4 + KEY_DSA_PUBLIC;
	return 0;
}

/* OpenSSL has it no more: numbers of the right length. */
static int gost_make(struct key *k, struct rng *rng)
{
	rng_fill(rng, k->rdata + 4, GOST_BYTES);
	k->nonces = rng_next(rng);
	k->rdata_len = 4 + GOST_BYTES;
	return 0;
}

static int eddsa_make(struct key *k, struct rng *rng, struct err *e)
{
	bool ed448 = k->algorithm == ALG_ED448;
	uint8_t secret[ED_MAX_BYTES];
	size_t len = ed448 ? 57 : 32;

	rng_fill(rng, secret, len);
	k->pkey = EVP_PKEY_new_raw_private_key_ex(NULL, ed448 ? "ED448" : "ED25519", NULL, secret,
						  len);
	k->eddsa = EVP_MD_CTX_new();
	if (!k->pkey || !k->eddsa || EVP_PKEY_get_raw_public_key(k->pkey, k->rdata + 4, &len) <= 0)
		return openssl_failed(e, "make an EdDSA key");
	k->rdata_len = 4 + len;
	return 0;
}

static int make(struct key *k, const struct key_plan *plan, struct rng *rng, struct err *e)
{
	if (key_is_rsa(k->algorithm))
		return rsa_make(k, plan, rng, e);
	if (is_dsa(k->algorithm))
		return dsa_make(k, rng, e);
	if (k->algorithm == ALG_ECC_GOST)
		return gost_make(k, rng);
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
	k = calloc(1, sizeof(*k));
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
	EVP_MD_CTX_free(k->eddsa);
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

size_t key_ds(const struct key *k, const uint8_t *owner, uint8_t digest_type, uint8_t ret[52])
{
	const struct tools *t = tools_get();
	EVP_MD *md = digest_type == 1 ? t->sha1 : digest_type == 4 ? t->sha384 : t->sha256;
	unsigned len = 0;

	put16(ret, k->tag);
	ret[2] = (uint8_t)k->algorithm;
	ret[3] = digest_type;
	if (!EVP_DigestInit_ex2(t->digest, md, NULL) ||
	    !EVP_DigestUpdate(t->digest, owner, name_len(owner)) ||
	    !EVP_DigestUpdate(t->digest, k->rdata, k->rdata_len) ||
	    !EVP_DigestFinal_ex(t->digest, ret + 4, &len))
		abort(); /* a digest over memory does not fail */
	return 4 + len;
}

/* The digest over the data; its length, 0 when it failed. */
static unsigned digest(const struct key *k, const void *data, size_t len,
		       uint8_t ret[EVP_MAX_MD_SIZE])
{
	const struct tools *t = tools_get();
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

	*ret_len = RSA_MAX_BYTES;
	return hash_len && EVP_PKEY_sign(k->rsa, ret, ret_len, hash, hash_len) > 0;
}

static bool eddsa_sign(struct key *k, const void *data, size_t len, uint8_t *ret, size_t *ret_len)
{
	*ret_len = 2 * ED_MAX_BYTES;
	return EVP_DigestSignInit_ex(k->eddsa, NULL, NULL, NULL, NULL, k->pkey, NULL) > 0 &&
	       EVP_DigestSign(k->eddsa, ret, ret_len, data, len) > 0;
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
	return key_dsa_sign(k->scalar, hash, nonce, ret, tools_get()->bn);
}

static bool gost_sign(const struct key *k, const void *data, size_t len, uint8_t *ret,
		      size_t *ret_len)
{
	struct rng rng = { rng_hash(k->nonces, data, len) };

	*ret_len = GOST_BYTES;
	rng_fill(&rng, ret, GOST_BYTES);
	return true;
}

/* One try of FIPS 186-4 section 6.4 with the nonce `n`: false too when it gives a zero. */
static bool ecdsa_try(const struct key *k, const BIGNUM *z, BIGNUM *n, BIGNUM *r, BIGNUM *s)
{
	const struct curve *c = curve_of(k->algorithm);
	const BIGNUM *order = EC_GROUP_get0_order(c->group);
	BN_CTX *bn = tools_get()->bn;

	return !BN_is_zero(n) && EC_POINT_mul(c->group, c->point, n, NULL, NULL, bn) &&
	       EC_POINT_get_affine_coordinates(c->group, c->point, r, NULL, bn) &&
	       BN_nnmod(r, r, order, bn) && !BN_is_zero(r) && BN_mod_inverse(n, n, order, bn) &&
	       BN_mod_mul(s, r, k->scalar, order, bn) && BN_mod_add(s, s, z, order, bn) &&
	       BN_mod_mul(s, s, n, order, bn) && !BN_is_zero(s);
}

static bool ecdsa_sign(struct key *k, const void *data, size_t len, uint8_t *ret, size_t *ret_len)
{
	const struct tools *t = tools_get();
	unsigned bytes = curve_of(k->algorithm)->bytes;
	uint8_t hash[EVP_MAX_MD_SIZE], nonce[EC_MAX_BYTES];
	BIGNUM *z, *n, *r, *s;
	bool ok;

	if (!digest(k, data, len, hash))
		return false;
	draw_nonce(k, hash, bytes, nonce, bytes);
	BN_CTX_start(t->bn);
	z = BN_CTX_get(t->bn);
	n = BN_CTX_get(t->bn);
	r = BN_CTX_get(t->bn);
	s = BN_CTX_get(t->bn);
	ok = s && BN_bin2bn(hash, (int)bytes, z) && BN_bin2bn(nonce, (int)bytes, n) &&
	     ecdsa_try(k, z, n, r, s) && BN_bn2binpad(r, ret, (int)bytes) > 0 &&
	     BN_bn2binpad(s, ret + bytes, (int)bytes) > 0;
	BN_CTX_end(t->bn);
	*ret_len = 2 * bytes;
	return ok;
}

int key_sign(struct key *k, const void *data, size_t len, uint8_t ret[512], size_t *ret_len,
	     struct err *e)
{
	bool ok;

	if (key_is_rsa(k->algorithm))
		ok = rsa_sign(k, data, len, ret, ret_len);
	else if (is_dsa(k->algorithm))
		ok = dsa_sign(k, data, len, ret, ret_len);
	else if (k->algorithm == ALG_ECC_GOST)
		ok = gost_sign(k, data, len, ret, ret_len);
	else if (k->algorithm == ALG_ED25519 || k->algorithm == ALG_ED448)
		ok = eddsa_sign(k, data, len, ret, ret_len);
	else
		ok = ecdsa_sign(k, data, len, ret, ret_len);
	return ok ? 0 : openssl_failed(e, "sign");
}
