/* SPDX-License-Identifier: BSD-2-Clause */
/* key_dsa.h - DSA keys and signatures as DNSSEC had them (RFC 2536): inside zones/ only.
 *
 * Validators that still know the algorithm find them right. 1024 bits; all keys share their domain
 * parameters. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <openssl/bn.h>

#define KEY_DSA_PUBLIC 405 /* T, Q, P, G, Y */
#define KEY_DSA_SIGNATURE 41 /* T, R, S */

/* Both return false when OpenSSL failed. `nonce` is drawn anew for each digest. */
bool key_dsa_public(const BIGNUM *secret, uint8_t ret[KEY_DSA_PUBLIC], BN_CTX *bn);
bool key_dsa_sign(const BIGNUM *secret, const uint8_t digest[20], const uint8_t nonce[20],
		  uint8_t ret[KEY_DSA_SIGNATURE], BN_CTX *bn);
