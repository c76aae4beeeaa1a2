/* SPDX-License-Identifier: BSD-2-Clause */
/* key_mldsa.h - ML-DSA-44 (FIPS 204), pure and without a context: signatures that are the same for the
 * same key and data. OpenSSL has it from 3.5 on; it is looked for when the program runs, so that one
 * that was built with an older one has it, too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#define KEY_MLDSA_PUBLIC 1312
#define KEY_MLDSA_SIGNATURE 2420
#define KEY_MLDSA_SEED 32

/* Whether this machine's OpenSSL has it. */
bool key_mldsa_known(void);

/* The key pair of a seed (FIPS 204 algorithm 6), and its public key. NULL: OpenSSL failed. */
EVP_PKEY *key_mldsa_new(uint8_t seed[KEY_MLDSA_SEED], uint8_t ret[KEY_MLDSA_PUBLIC]);

bool key_mldsa_sign(EVP_PKEY *k, EVP_MD_CTX *with, const void *data, size_t len,
		    uint8_t ret[KEY_MLDSA_SIGNATURE]);
