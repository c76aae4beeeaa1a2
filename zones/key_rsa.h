/* SPDX-License-Identifier: BSD-2-Clause */
/* key_rsa.h - RSA keys that come out of a generator, to a wanted key tag if need be (RFC 3110):
 * inside zones/ only.
 *
 * A tag is the sum of the DNSKEY's 16-bit words, which for the modulus is its value mod 65535, so
 * the second prime is looked for in the one residue class that gives the tag. About half of all
 * tags are out of reach: with them the modulus would be a multiple of 3, 5, 17 or 257. */
#pragma once

#include <stdint.h>

#include <openssl/bn.h>
#include <openssl/evp.h>

#include "sim/base/rng.h"

#define KEY_RSA_EXPONENT 65537
#define KEY_RSA_MAX_BYTES 512
#define KEY_RSA_HEADER 8 /* flags, protocol, algorithm, and the exponent behind its length */

/* Makes a key of so many bits. `rdata` is that of its DNSKEY: flags, protocol and algorithm are in
 * it, the exponent and the modulus come behind them; room for KEY_RSA_HEADER + bits / 8 bytes.
 * `tag` is the one to have, -1 for any. `ret` signs digests of `md`, and is the caller's to free
 * even when this fails. -EIO: OpenSSL failed. -EDOM: no key can have the tag under that header. */
int key_rsa_make(unsigned bits, int tag, const EVP_MD *md, struct rng *rng, uint8_t *rdata,
		 EVP_PKEY_CTX **ret, BN_CTX *bn);
