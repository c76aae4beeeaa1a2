/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key_collide.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "zones/key_rsa.h"

#define HEADER 4 /* flags, protocol, algorithm */
#define TRIES 10000

/* Flags that mean nothing, "MUST have value 0 upon creation of the DNSKEY RR and MUST be ignored
 * upon receipt" (RFC 4034 section 2.1.1), but for those that RFC 2535 gave a meaning to which BIND
 * still knows. */
#define IDLE_FLAGS 0x2c7e

bool key_can_collide(enum algorithm a)
{
	return (key_is_rsa(a) && a != ALG_RSAMD5) || a == ALG_ECDSAP256SHA256 ||
	       a == ALG_ECDSAP384SHA384 || a == ALG_ED25519 || a == ALG_ED448;
}

/* ---- RSA and EdDSA: a word of the key itself is free ---- */

static const struct edwards {
	enum algorithm algorithm;
	int bytes;
	const char *p, *d;
	int sign; /* of 1 below: -1 where x² has the factor -1 */
} edwards[] = {
	/* RFC 8032 sections 5.1 and 5.2; d of Ed448 is -39081. */
	{ ALG_ED25519, 32, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
	  "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3", 1 },
	{ ALG_ED448, 57,
	  "fffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffff"
	  "ffffffffffffffffffffffff",
	  "-98a9", -1 },
};

static const struct edwards *edwards_of(enum algorithm a)
{
	for (size_t i = 0; i < ARRAY_SIZE(edwards); i++)
		if (edwards[i].algorithm == a)
			return &edwards[i];
	return NULL;
}

/* RFC 8032 sections 5.1.3 and 5.2.3: whether the bytes are the y of a point, so that x² = (y² - 1)
 * / (d y² ± 1) has a root. */
static bool is_point(const struct edwards *c, const uint8_t *bytes)
{
	BN_CTX *bn = BN_CTX_new();
	BIGNUM *p = NULL, *d = NULL, *y = BN_lebin2bn(bytes, c->bytes, NULL), *u = BN_new();
	int top = 8 * c->bytes - 1; /* the sign of x */
	bool ok = bn && y && u && BN_hex2bn(&p, c->p) && BN_hex2bn(&d, c->d) &&
		  (BN_num_bits(y) <= top || BN_clear_bit(y, top)) && BN_ucmp(y, p) < 0 &&
		  BN_mod_sqr(y, y, p, bn) && BN_mod_sub(u, y, BN_value_one(), p, bn) &&
		  BN_mod_mul(y, y, d, p, bn) &&
		  (c->sign > 0 ? BN_mod_add(y, y, BN_value_one(), p, bn)
			       : BN_mod_sub(y, y, BN_value_one(), p, bn)) &&
		  BN_mod_mul(u, u, y, p, bn) && BN_kronecker(u, p, bn) == 1;

	BN_free(p);
	BN_free(d);
	BN_free(y);
	BN_free(u);
	BN_CTX_free(bn);
	return ok;
}

/* The tag is a sum of words: one word is left to make it what it shall be. false: the carry was in
 * the way. */
static bool set_word(uint8_t *rdata, size_t len, uint16_t tag)
{
	uint8_t *word = rdata + len / 2 / 2 * 2;

	put16(word, 0);
	put16(word, (uint16_t)(tag - key_tag_of(rdata, len)));
	if (key_tag_of(rdata, len) == tag)
		return true;
	put16(word, (uint16_t)(get16(word) - 1));
	return key_tag_of(rdata, len) == tag;
}

static bool drawn(const struct key *k, struct rng *rng, uint8_t *ret, size_t len)
{
	const struct edwards *c = edwards_of(key_algorithm(k));
	size_t head = c ? HEADER : KEY_RSA_HEADER;

	for (int try = 0; try < TRIES; try++) {
		rng_fill(rng, ret + head, len - head);
		if (!c) {
			ret[head] |= 0x80;
			ret[len - 1] |= 1;
		} else if (c->algorithm == ALG_ED448) {
			ret[len - 1] &= 0x80;
		}
		if (set_word(ret, len, key_tag(k)) && (!c || is_point(c, ret + HEADER)))
			return true;
	}
	return false;
}

/* ---- ECDSA: all of a point is bound, but for some flags beside it ---- */

static bool set_flags(uint8_t *rdata, size_t len, uint16_t tag)
{
	uint16_t lacks;

	put16(rdata, 256);
	lacks = (uint16_t)(tag - key_tag_of(rdata, len));
	if (lacks & ~IDLE_FLAGS)
		return false;
	put16(rdata, 256 | lacks);
	return key_tag_of(rdata, len) == tag;
}

struct walk {
	EC_GROUP *group;
	EC_POINT *point;
	BN_CTX *bn;
	BIGNUM *x, *y, *p;
};

/* From a random point by steps of the generator; of each, it and its negative: about one in 128 can
 * have the tag. */
static bool walked(struct walk *w, const struct key *k, uint8_t *ret, size_t len)
{
	int n = (int)(len - HEADER) / 2;

	for (int try = 0; try < TRIES; try++) {
		if (!EC_POINT_get_affine_coordinates(w->group, w->point, w->x, w->y, w->bn) ||
		    BN_bn2binpad(w->x, ret + HEADER, n) < 0 ||
		    BN_bn2binpad(w->y, ret + HEADER + n, n) < 0)
			return false;
		if (set_flags(ret, len, key_tag(k)))
			return true;
		if (!BN_sub(w->y, w->p, w->y) || BN_bn2binpad(w->y, ret + HEADER + n, n) < 0)
			return false;
		if (set_flags(ret, len, key_tag(k)))
			return true;
		if (!EC_POINT_add(w->group, w->point, w->point, EC_GROUP_get0_generator(w->group),
				  w->bn))
			return false;
	}
	return false;
}

static bool on_curve(const struct key *k, struct rng *rng, uint8_t *ret, size_t len)
{
	int nid = key_algorithm(k) == ALG_ECDSAP256SHA256 ? NID_X9_62_prime256v1 : NID_secp384r1;
	struct walk w = { .group = EC_GROUP_new_by_curve_name(nid), .bn = BN_CTX_new() };
	uint8_t start[16];
	bool ok;

	rng_fill(rng, start, sizeof(start));
	w.point = w.group ? EC_POINT_new(w.group) : NULL;
	w.x = BN_bin2bn(start, sizeof(start), NULL);
	w.y = BN_new();
	w.p = BN_new();
	ok = w.point && w.bn && w.x && w.y && w.p &&
	     EC_GROUP_get_curve(w.group, w.p, NULL, NULL, w.bn) &&
	     EC_POINT_mul(w.group, w.point, w.x, NULL, NULL, w.bn) && walked(&w, k, ret, len);
	BN_free(w.x);
	BN_free(w.y);
	BN_free(w.p);
	EC_POINT_free(w.point);
	EC_GROUP_free(w.group);
	BN_CTX_free(w.bn);
	return ok;
}

size_t key_colliding(const struct key *k, uint64_t seed, uint8_t ret[KEY_RDATA_MAX])
{
	struct rng rng = { rng_of(seed, key_tag(k)) };
	enum algorithm a = key_algorithm(k);
	const uint8_t *like;
	size_t len;
	bool ok;

	if (!key_can_collide(a))
		return 0;
	like = key_rdata(k, &len);
	memcpy(ret, like, key_is_rsa(a) ? KEY_RSA_HEADER : HEADER);
	if (a == ALG_ECDSAP256SHA256 || a == ALG_ECDSAP384SHA384)
		ok = on_curve(k, &rng, ret, len);
	else
		ok = drawn(k, &rng, ret, len);
	return ok ? len : 0;
}
