/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/tsig_key.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "sim/base/cleanup.h"

const struct tsig_algorithm *tsig_algorithm_find(const char *text)
{
	static const struct tsig_algorithm known[] = {
		{ "hmac-sha1", "\11hmac-sha1", "SHA1", 20 },
		{ "hmac-sha224", "\13hmac-sha224", "SHA224", 28 },
		{ "hmac-sha256", "\13hmac-sha256", "SHA256", 32 },
		{ "hmac-sha384", "\13hmac-sha384", "SHA384", 48 },
		{ "hmac-sha512", "\13hmac-sha512", "SHA512", 64 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i].text, text) == 0)
			return &known[i];
	return NULL;
}

bool tsig_key_secret(struct tsig_key *k, const char *base64)
{
	uint8_t decoded[TSIG_SECRET_MAX * 2];
	size_t len = strlen(base64);
	int n;

	if (!len || len % 4 || len / 4 * 3 > sizeof(decoded))
		return false;
	n = EVP_DecodeBlock(decoded, (const uint8_t *)base64, (int)len);
	n -= (base64[len - 1] == '=') + (base64[len - 2] == '=');
	if (n < 1 || n > TSIG_SECRET_MAX)
		return false;
	memcpy(k->secret, decoded, (size_t)n);
	k->secret_len = (size_t)n;
	return true;
}

bool tsig_key_is(const struct tsig_key *k, const uint8_t *name, const uint8_t *algorithm)
{
	return name_equal(k->name, name) &&
	       name_equal((const uint8_t *)k->algorithm->name, algorithm);
}

bool tsig_key_equal(const struct tsig_key *a, const struct tsig_key *b)
{
	return tsig_key_is(a, b->name, (const uint8_t *)b->algorithm->name) &&
	       a->secret_len == b->secret_len && !memcmp(a->secret, b->secret, a->secret_len);
}

bool tsig_key_mac(const struct tsig_key *k, const void *data, size_t len, uint8_t ret[TSIG_MAC_MAX])
{
	const EVP_MD *digest = EVP_get_digestbyname(k->algorithm->digest);
	unsigned n = 0;

	return digest && HMAC(digest, k->secret, (int)k->secret_len, data, len, ret, &n) &&
	       n == k->algorithm->mac_len;
}
