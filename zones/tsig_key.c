/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/tsig_key.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

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

bool tsig_key_mac(const struct tsig_key *k, const void *data, size_t len, uint8_t ret[TSIG_MAC])
{
	unsigned n = 0;

	return HMAC(EVP_sha256(), k->secret, (int)k->secret_len, data, len, ret, &n) &&
	       n == TSIG_MAC;
}
