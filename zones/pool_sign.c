/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/pool_sign.h"

#include <string.h>

#include "sim/base/rng.h"
#include "zones/key_sized.h"
#include "zones/key_tools.h"
#include "zones/pool.h"

_Static_assert(KEY_SIGNATURE_MAX <= POOL_SIGNATURE_MAX, "the pool has room for each");

/* A key's private half and its nonces come out of the seed that its public one is of. */
static bool name_of(const struct key *k, const void *data, size_t len, struct pool_key *ret)
{
	const struct key_tools *t = key_tools();
	size_t rdata_len;
	const uint8_t *rdata = key_rdata(k, &rdata_len);

	ret->signer = rng_hash(0, rdata, rdata_len);
	return t && EVP_DigestInit_ex2(t->digest, t->sha256, NULL) &&
	       EVP_DigestUpdate(t->digest, data, len) &&
	       EVP_DigestFinal_ex(t->digest, ret->digest, NULL);
}

/* What was kept is held against what is made, and what is made is taken. */
static int prove(struct pool *p, struct key *k, const void *data, size_t len, uint8_t *ret,
		 size_t *ret_len, struct err *e)
{
	uint8_t kept[KEY_SIGNATURE_MAX];
	size_t kept_len = *ret_len;
	int rc;

	memcpy(kept, ret, kept_len);
	rc = key_sign(k, data, len, ret, ret_len, e);
	if (rc == 0 && (*ret_len != kept_len || memcmp(kept, ret, kept_len) != 0))
		pool_bar(p);
	return rc;
}

int pool_sign(struct key *k, const void *data, size_t len, uint8_t ret[KEY_SIGNATURE_MAX],
	      size_t *ret_len, struct err *e)
{
	struct pool *p = pool_used();
	struct pool_key name;
	int rc;

	/* What stands in for a signature is drawn faster than found. */
	if (!p || key_sized_of(key_algorithm(k)) || !name_of(k, data, len, &name))
		return key_sign(k, data, len, ret, ret_len, e);
	*ret_len = pool_get(p, &name, ret, KEY_SIGNATURE_MAX);
	if (*ret_len)
		return pool_doubts(p) ? prove(p, k, data, len, ret, ret_len, e) : 0;
	rc = key_sign(k, data, len, ret, ret_len, e);
	if (rc == 0)
		pool_put(p, &name, ret, *ret_len);
	return rc;
}
