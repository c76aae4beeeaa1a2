/* SPDX-License-Identifier: BSD-2-Clause */
/* tsig_key.h - a secret that two servers share to sign messages with, and how they do (TSIG, RFC 8945): HMAC with a
 * digest of the SHA family (section 6). */
#pragma once

#include "zones/name.h"

#define TSIG_MAC_MAX 64 /* bytes: SHA-512's */
#define TSIG_SECRET_MAX 128

struct tsig_algorithm {
	const char *text; /* "hmac-sha256" */
	const char *name; /* in wire form */
	const char *digest; /* as OpenSSL calls it */
	size_t mac_len;
};

#define TSIG_ALGORITHMS "hmac-sha1, hmac-sha224, hmac-sha256, hmac-sha384 or hmac-sha512"

/* NULL: it is none that is known. */
const struct tsig_algorithm *tsig_algorithm_find(const char *text);

struct tsig_key {
	uint8_t name[NAME_MAX_LEN];
	const struct tsig_algorithm *algorithm;
	uint8_t secret[TSIG_SECRET_MAX];
	size_t secret_len;
};

/* The secret, as base64. false: it is none, is empty, or is too long. */
bool tsig_key_secret(struct tsig_key *k, const char *base64);

/* Whether a message that names these, in wire form, says that this key signs it. */
bool tsig_key_is(const struct tsig_key *k, const uint8_t *name, const uint8_t *algorithm);

/* Whether who has one has the other. */
bool tsig_key_equal(const struct tsig_key *a, const struct tsig_key *b);

/* k->algorithm->mac_len bytes. false: no memory. */
bool tsig_key_mac(const struct tsig_key *k, const void *data, size_t len,
		  uint8_t ret[TSIG_MAC_MAX]);
