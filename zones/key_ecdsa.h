/* SPDX-License-Identifier: BSD-2-Clause */
/* key_ecdsa.h - ECDSA keys and signatures on P-256 and P-384 (RFC 6605): inside zones/ only.
 *
 * OpenSSL draws a nonce of its own for each signature; here it is given, so that the same data have
 * the same signature. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <openssl/bn.h>

#include "zones/tree.h"

#define KEY_ECDSA_MAX_BYTES 48

/* The bytes of a coordinate, of a secret and of a nonce; a public key and a signature have twice as
 * many. Any algorithm but ALG_ECDSAP384SHA384 counts as P-256's. */
unsigned key_ecdsa_bytes(enum algorithm a);

/* Both return false when OpenSSL failed. `nonce` is drawn anew for each digest; it and the secret
 * are less than the group's order. */
bool key_ecdsa_public(enum algorithm a, const BIGNUM *secret, uint8_t *ret, BN_CTX *bn);
bool key_ecdsa_sign(enum algorithm a, const BIGNUM *secret, const uint8_t *digest,
		    const uint8_t *nonce, uint8_t *ret, BN_CTX *bn);
