/* SPDX-License-Identifier: BSD-2-Clause */
/* key_algorithm.c - what is known of an algorithm without a key of it. */
#include "zones/key.h"

#include <errno.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "zones/key_mldsa.h"

static const char *const names[] = {
	[ALG_NONE] = "no algorithm",
	[ALG_RSAMD5] = "RSAMD5",
	[ALG_DSA] = "DSA",
	[ALG_RSASHA1] = "RSASHA1",
	[ALG_DSA_NSEC3_SHA1] = "DSA-NSEC3-SHA1",
	[ALG_RSASHA1_NSEC3_SHA1] = "RSASHA1-NSEC3-SHA1",
	[ALG_RSASHA256] = "RSASHA256",
	[ALG_RSASHA512] = "RSASHA512",
	[ALG_ECC_GOST] = "ECC-GOST",
	[ALG_ECDSAP256SHA256] = "ECDSAP256SHA256",
	[ALG_ECDSAP384SHA384] = "ECDSAP384SHA384",
	[ALG_ED25519] = "ED25519",
	[ALG_ED448] = "ED448",
	[ALG_MLDSA44] = "ML-DSA-44",
	[ALG_SIZED_MLDSA44] = "SIZED-ML-DSA-44",
	[ALG_SIZED_FALCON512] = "SIZED-FALCON-512",
	[ALG_SIZED_SLHDSA128S] = "SIZED-SLH-DSA-128S",
};

const char *key_algorithm_name(enum algorithm a)
{
	return (size_t)a < ARRAY_SIZE(names) && names[a] ? names[a] : "?";
}

enum algorithm key_algorithm_by_name(const char *name)
{
	for (size_t i = 1; i < ARRAY_SIZE(names); i++)
		if (names[i] && strcasecmp(names[i], name) == 0)
			return (enum algorithm)i;
	return ALG_NONE;
}

bool key_is_rsa(enum algorithm a)
{
	return a == ALG_RSAMD5 || a == ALG_RSASHA1 || a == ALG_RSASHA1_NSEC3_SHA1 ||
	       a == ALG_RSASHA256 || a == ALG_RSASHA512;
}

int key_known(enum algorithm a, struct err *e)
{
	if (a != ALG_MLDSA44 || key_mldsa_known())
		return 0;
	return err_set(e, -ENOTSUP,
		       "the algorithm ML-DSA-44 takes OpenSSL 3.5 or later, and here is %s: "
		       "SIZED-ML-DSA-44 is a stand-in with its sizes",
		       OpenSSL_version(OPENSSL_VERSION_STRING));
}

bool key_needs_nsec(enum algorithm a)
{
	return a == ALG_RSAMD5 || a == ALG_DSA || a == ALG_RSASHA1;
}
