/* SPDX-License-Identifier: BSD-2-Clause */
/* tsig_key.h - a secret that two servers share to sign messages with (TSIG, RFC 8945), by HMAC-SHA256. */
#pragma once

#include "zones/name.h"

#define TSIG_ALGORITHM "\13hmac-sha256" /* as a name in wire form */
#define TSIG_MAC 32
#define TSIG_SECRET_MAX 128

struct tsig_key {
	uint8_t name[NAME_MAX_LEN];
	uint8_t secret[TSIG_SECRET_MAX];
	size_t secret_len;
};

/* The secret, as base64. false: it is none, is empty, or is too long. */
bool tsig_key_secret(struct tsig_key *k, const char *base64);

/* false: no memory. */
bool tsig_key_mac(const struct tsig_key *k, const void *data, size_t len, uint8_t ret[TSIG_MAC]);
