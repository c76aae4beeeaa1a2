/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key_rsa.h"

#include <errno.h>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "sim/base/buf.h"
#include "zones/key.h"

#define TAG_TRIES 16

struct rsa {
	BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *qi;
	BIGNUM *t; /* scratch */
	BN_CTX *bn;
	uint8_t *rdata; /* the DNSKEY's */
	unsigned bits;
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
	       (r->qi = BN_new()) && (r->t = BN_new()) && BN_set_word(r->e, KEY_RSA_EXPONENT);
}

/* An odd number of exactly `bits` bits, the upper two of them set: the product of two such numbers
 * has exactly twice as many. */
static bool draw_odd(BIGNUM *ret, unsigned bits, struct rng *rng)
{
	uint8_t bytes[KEY_RSA_MAX_BYTES / 2];

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
			if (prime && BN_mod_word(ret, KEY_RSA_EXPONENT) != 1)
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
static unsigned wanted_residue(const struct rsa *r, unsigned sum)
{
	static const uint8_t exponent[] = { 3, 1, 0, 1 };
	unsigned header =
		get16(r->rdata) + get16(r->rdata + 2) + get16(exponent) + get16(exponent + 2);
	unsigned n = (sum + 65535 - header % 65535) % 65535;

	if (!inverse_65535(n))
		return 0;
	return (unsigned)((uint64_t)n * inverse_65535((unsigned)BN_mod_word(r->p, 65535)) % 65535);
}

static size_t rdata_len(const struct rsa *r)
{
	return KEY_RSA_HEADER + r->bits / 8;
}

static bool put_public(const struct rsa *r)
{
	struct buf b = buf_over(r->rdata + 4, KEY_RSA_HEADER - 4);

	buf_u8(&b, 3);
	buf_u8(&b, KEY_RSA_EXPONENT >> 16);
	buf_u16(&b, KEY_RSA_EXPONENT & 0xffff);
	return BN_bn2binpad(r->n, r->rdata + KEY_RSA_HEADER, (int)(r->bits / 8)) > 0;
}

/* The tag is the sum s of the words, folded once: (s & 0xffff) + (s >> 16), of which a carry is
 * lost. So it is s mod 65535, or one less where the carry was lost, which happens to small tags
 * only. 0, -EIO, or -EDOM when there is no such prime. */
static int second_prime(struct rsa *r, int tag, struct rng *rng)
{
	for (int try = 0; try < TAG_TRIES; try++) {
		unsigned residue = 1, modulus = 1;

		if (tag >= 0) {
			modulus = 65535;
			residue = wanted_residue(r, (unsigned)(tag + try % 2) % 65535);
			if (!residue || (try % 2 && tag > (int)r->bits / 16))
				continue;
		}
		if (!draw_prime(r->q, r->bits / 2, modulus, residue % modulus, rng, r->bn) ||
		    !BN_mul(r->n, r->p, r->q, r->bn) || !put_public(r))
			return -EIO;
		if (tag < 0 || key_tag_of(r->rdata, rdata_len(r)) == tag)
			return 0;
	}
	return -EDOM;
}

static bool derive(struct rsa *r)
{
	BN_CTX *bn = r->bn;

	/* For a moment dp is p - 1 and dq is q - 1. */
	return BN_sub(r->dp, r->p, BN_value_one()) && BN_sub(r->dq, r->q, BN_value_one()) &&
	       BN_mul(r->t, r->dp, r->dq, bn) && BN_mod_inverse(r->d, r->e, r->t, bn) &&
	       BN_mod(r->dp, r->d, r->dp, bn) && BN_mod(r->dq, r->d, r->dq, bn) &&
	       BN_mod_inverse(r->qi, r->q, r->p, bn);
}

static bool params_of(const struct rsa *r, OSSL_PARAM **ret)
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
static bool load(const struct rsa *r, const EVP_MD *md, EVP_PKEY_CTX **ret)
{
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;
	bool ok = maker && params_of(r, &params) && EVP_PKEY_fromdata_init(maker) > 0 &&
		  EVP_PKEY_fromdata(maker, &pkey, EVP_PKEY_KEYPAIR, params) > 0;

	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(maker);
	if (ok)
		*ret = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	EVP_PKEY_free(pkey);
	return ok && *ret && EVP_PKEY_sign_init(*ret) > 0 &&
	       EVP_PKEY_CTX_set_rsa_padding(*ret, RSA_PKCS1_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_signature_md(*ret, md) > 0;
}

int key_rsa_make(unsigned bits, int tag, const EVP_MD *md, struct rng *rng, uint8_t *rdata,
		 EVP_PKEY_CTX **ret, BN_CTX *bn)
{
	_cleanup_(rsa_done) struct rsa r = { .bn = bn, .rdata = rdata, .bits = bits };
	int rc = -EIO;

	if (rsa_init(&r) && draw_prime(r.p, bits / 2, 1, 0, rng, bn))
		rc = second_prime(&r, tag, rng);
	if (rc == 0 && !(derive(&r) && load(&r, md, ret)))
		rc = -EIO;
	return rc;
}
