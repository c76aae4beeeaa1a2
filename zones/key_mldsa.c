/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key_mldsa.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#define NAME "ML-DSA-44"

bool key_mldsa_known(void)
{
	EVP_SIGNATURE *s = EVP_SIGNATURE_fetch(NULL, NAME, NULL);

	EVP_SIGNATURE_free(s);
	return s;
}

static EVP_PKEY *from_seed(EVP_PKEY_CTX *c, uint8_t seed[KEY_MLDSA_SEED])
{
	EVP_PKEY *k = NULL;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string("seed", seed, KEY_MLDSA_SEED),
		OSSL_PARAM_construct_end(),
	};

	if (!c || EVP_PKEY_fromdata_init(c) <= 0 ||
	    EVP_PKEY_fromdata(c, &k, EVP_PKEY_KEYPAIR, params) <= 0)
		return NULL;
	return k;
}

EVP_PKEY *key_mldsa_new(uint8_t seed[KEY_MLDSA_SEED], uint8_t ret[KEY_MLDSA_PUBLIC])
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, NAME, NULL);
	EVP_PKEY *k = from_seed(c, seed);
	size_t len = 0;

	EVP_PKEY_CTX_free(c);
	if (k && (EVP_PKEY_get_octet_string_param(k, OSSL_PKEY_PARAM_PUB_KEY, ret, KEY_MLDSA_PUBLIC,
						  &len) <= 0 ||
		  len != KEY_MLDSA_PUBLIC)) {
		EVP_PKEY_free(k);
		return NULL;
	}
	return k;
}

bool key_mldsa_sign(EVP_PKEY *k, EVP_MD_CTX *with, const void *data, size_t len,
		    uint8_t ret[KEY_MLDSA_SIGNATURE])
{
	int deterministic = 1;
	size_t made = KEY_MLDSA_SIGNATURE;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int("deterministic", &deterministic),
		OSSL_PARAM_construct_end(),
	};

	return EVP_DigestSignInit_ex(with, NULL, NULL, NULL, NULL, k, params) > 0 &&
	       EVP_DigestSign(with, ret, &made, data, len) > 0 && made == KEY_MLDSA_SIGNATURE;
}
