/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key_ecdsa.h"

#include <string.h>

#include <gmp.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

struct curve {
	EC_GROUP *group;
	EC_POINT *point; /* scratch */
};

static bool is_p384(enum algorithm a)
{
	return a == ALG_ECDSAP384SHA384;
}

/* Made once in each thread, and kept until it ends; NULL when there is no memory. */
static const struct curve *curve_of(enum algorithm a)
{
	static _Thread_local struct curve p256, p384;
	struct curve *c = is_p384(a) ? &p384 : &p256;

	if (!c->group)
		c->group = EC_GROUP_new_by_curve_name(is_p384(a) ? NID_secp384r1
								 : NID_X9_62_prime256v1);
	if (c->group && !c->point)
		c->point = EC_POINT_new(c->group);
	return c->point ? c : NULL;
}

unsigned key_ecdsa_bytes(enum algorithm a)
{
	return is_p384(a) ? 48 : 32;
}

/* RFC 6605 section 4: x | y. */
bool key_ecdsa_public(enum algorithm a, const BIGNUM *secret, uint8_t *ret, BN_CTX *bn)
{
	const struct curve *c = curve_of(a);
	uint8_t point[1 + 2 * KEY_ECDSA_MAX_BYTES];
	size_t len = 1 + 2u * key_ecdsa_bytes(a);

	if (!c || !EC_POINT_mul(c->group, c->point, secret, NULL, NULL, bn) ||
	    EC_POINT_point2oct(c->group, c->point, POINT_CONVERSION_UNCOMPRESSED, point, len, bn) !=
		    len)
		return false;
	memcpy(ret, point + 1, len - 1);
	return true;
}

#define LIMBS (KEY_ECDSA_MAX_BYTES / sizeof(mp_limb_t))

/* n = 1/n modulo the order. GMP is ten times as fast as BN_mod_inverse(), which took half of a signature's time; what
 * stands here allocates nothing. */
static bool invert(BIGNUM *n, const BIGNUM *order, int bytes)
{
	mp_limb_t u[LIMBS + 2] = { 0 }, v[LIMBS + 2] = { 0 }, gcd[LIMBS + 2], s[LIMBS + 2] = { 0 };
	uint8_t text[KEY_ECDSA_MAX_BYTES + sizeof(mp_limb_t)];
	mp_size_t limbs = bytes / (mp_size_t)sizeof(mp_limb_t), len;

	if (BN_bn2binpad(n, text, bytes) < 0)
		return false;
	mpn_set_str(u, text, (size_t)bytes, 256);
	if (BN_bn2binpad(order, text, bytes) < 0)
		return false;
	mpn_set_str(v, text, (size_t)bytes, 256);
	if (mpn_gcdext(gcd, s, &len, u, limbs + 1, v, limbs) != 1 || gcd[0] != 1)
		return false;
	if (len < 0) {
		mpn_set_str(v, text, (size_t)bytes, 256); /* it was used up */
		mpn_sub_n(s, v, s, limbs);
	}
	for (int i = 0; i < bytes; i++)
		text[bytes - 1 - i] =
			(uint8_t)(s[(size_t)i / sizeof(*s)] >> 8 * ((size_t)i % sizeof(*s)));
	return BN_bin2bn(text, bytes, n);
}

/* One try of FIPS 186-4 section 6.4 with the nonce `n`: false too when it gives a zero. */
static bool try(const struct curve *c, const BIGNUM *secret, const BIGNUM *z, int bytes, BIGNUM *n,
		BIGNUM *r, BIGNUM *s, BN_CTX *bn)
{
	const BIGNUM *order = EC_GROUP_get0_order(c->group);

	return !BN_is_zero(n) && EC_POINT_mul(c->group, c->point, n, NULL, NULL, bn) &&
	       EC_POINT_get_affine_coordinates(c->group, c->point, r, NULL, bn) &&
	       BN_nnmod(r, r, order, bn) && !BN_is_zero(r) && invert(n, order, bytes) &&
	       BN_mod_mul(s, r, secret, order, bn) && BN_mod_add(s, s, z, order, bn) &&
	       BN_mod_mul(s, s, n, order, bn) && !BN_is_zero(s);
}

bool key_ecdsa_sign(enum algorithm a, const BIGNUM *secret, const uint8_t *digest,
		    const uint8_t *nonce, uint8_t *ret, BN_CTX *bn)
{
	const struct curve *c = curve_of(a);
	int bytes = (int)key_ecdsa_bytes(a);
	BIGNUM *z, *n, *r, *s;
	bool ok;

	BN_CTX_start(bn);
	z = BN_CTX_get(bn);
	n = BN_CTX_get(bn);
	r = BN_CTX_get(bn);
	s = BN_CTX_get(bn);
	ok = c && s && BN_bin2bn(digest, bytes, z) && BN_bin2bn(nonce, bytes, n) &&
	     try(c, secret, z, bytes, n, r, s, bn) && BN_bn2binpad(r, ret, bytes) > 0 &&
	     BN_bn2binpad(s, ret + bytes, bytes) > 0;
	BN_CTX_end(bn);
	return ok;
}
