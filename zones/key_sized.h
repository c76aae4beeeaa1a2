/* SPDX-License-Identifier: BSD-2-Clause */
/* key_sized.h - stand-ins: keys and signatures that have an algorithm's lengths and verify nothing.
 *
 * Of ECC-GOST under its own number, since OpenSSL has it no more; and of algorithms that DNSSEC has
 * no number for, under unassigned ones (IANA has 24 to 122 free). To a validator that does not know
 * the number the zone is insecure (RFC 4035 section 5.2), but its answers weigh what they would. */
#pragma once

#include "sim/base/rng.h"
#include "zones/key.h"

struct key_sized {
	enum algorithm algorithm;
	size_t key,
		signature; /* bytes of the DNSKEY's Public Key field, and of the RRSIG's Signature */
};

/* NULL: that is no stand-in. */
const struct key_sized *key_sized_of(enum algorithm a);

/* The same data get the same signature. */
void key_sized_sign(const struct key_sized *s, uint64_t secret, const void *data, size_t len,
		    uint8_t *ret);
