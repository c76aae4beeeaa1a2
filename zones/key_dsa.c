/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key_dsa.h"

#define T 8 /* 512 + 64 * T bits */
#define BYTES 128
#define ORDER_BYTES 20

static const char p_hex[] = "B6FEBBF2B3E7832B41FEE0DCB548CDC254D922B882B21DD47023B4275E95F3D9"
			    "D8F540947598B1024CEF671F2590FCB6244F34E05B2D9AFD50321C38D7082122"
			    "EAE0F1EA1A80A05AC2A52597A951F934AA2E8C37CCF332B67AA2E40EE64790ED"
			    "D856E612B21818A80CAE602DF5FC1C51D47F0F36F8F95FA30BDED95407426F07";

static const char q_hex[] = "B7A528C287B2E5D3C34CD892E3AB707CC3B3F20B";

static const char g_hex[] = "03BCCBD7E6D49B506C3436BC3D460EE9651039BB1FBE167188E23A087FD6C129"
			    "273E14F5363840E21F86C54D0C92DEB7E1649D0033C2B0B63E89946411BC39A5"
			    "A69CDC22F48D1EB6B92BC79B1438E3A46C59DA7E87F79B7492E220ECF8A3E9F1"
			    "E4C49788394A10A1CF93F6EAA04ACB866C9699FA3FE0595758880B7F6DA0B2A4";

struct domain {
	BIGNUM *p, *q, *g;
};

/* Made once in each thread, and kept until it ends. */
static const struct domain *domain_get(void)
{
	static _Thread_local struct domain d;

	if (!d.g && (!BN_hex2bn(&d.p, p_hex) || !BN_hex2bn(&d.q, q_hex) || !BN_hex2bn(&d.g, g_hex)))
		return NULL;
	return &d;
}

bool key_dsa_public(const BIGNUM *secret, uint8_t ret[KEY_DSA_PUBLIC], BN_CTX *bn)
{
	const struct domain *d = domain_get();
	BIGNUM *y = BN_new();
	bool ok = d && y && BN_mod_exp(y, d->g, secret, d->p, bn) &&
		  BN_bn2binpad(d->q, ret + 1, ORDER_BYTES) > 0 &&
		  BN_bn2binpad(d->p, ret + 1 + ORDER_BYTES, BYTES) > 0 &&
		  BN_bn2binpad(d->g, ret + 1 + ORDER_BYTES + BYTES, BYTES) > 0 &&
		  BN_bn2binpad(y, ret + 1 + ORDER_BYTES + 2 * BYTES, BYTES) > 0;

	ret[0] = T;
	BN_free(y);
	return ok;
}

/* FIPS 186-4 section 4.6. */
bool key_dsa_sign(const BIGNUM *secret, const uint8_t digest[20], const uint8_t nonce[20],
		  uint8_t ret[KEY_DSA_SIGNATURE], BN_CTX *bn)
{
	const struct domain *d = domain_get();
	BIGNUM *k, *r, *s, *z;
	bool ok;

	BN_CTX_start(bn);
	k = BN_CTX_get(bn);
	r = BN_CTX_get(bn);
	s = BN_CTX_get(bn);
	z = BN_CTX_get(bn);
	ok = d && z && BN_bin2bn(nonce, ORDER_BYTES, k) && BN_nnmod(k, k, d->q, bn) &&
	     BN_bin2bn(digest, ORDER_BYTES, z) && BN_mod_exp(r, d->g, k, d->p, bn) &&
	     BN_nnmod(r, r, d->q, bn) && BN_mod_mul(s, secret, r, d->q, bn) &&
	     BN_mod_add(s, s, z, d->q, bn) && BN_mod_inverse(k, k, d->q, bn) &&
	     BN_mod_mul(s, s, k, d->q, bn) && BN_bn2binpad(r, ret + 1, ORDER_BYTES) > 0 &&
	     BN_bn2binpad(s, ret + 1 + ORDER_BYTES, ORDER_BYTES) > 0;
	ret[0] = T;
	BN_CTX_end(bn);
	return ok;
}
