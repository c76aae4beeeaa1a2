/* SPDX-License-Identifier: BSD-2-Clause */
/* pairs.c - a key that is several pairs under one name, as if each of several HSMs had made its own. Whoever asks for the key gets
 * the first; the others have the same CKA_ID and a byte more, which is their number. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/world/hsm/module.h"

CK_ULONG module_pair_id(CK_BYTE id[MODULE_ID_MAX + 1], CK_ULONG len, unsigned pair)
{
	if (pair > 1)
		id[len++] = (CK_BYTE)pair;
	return len;
}

/* The same attributes, but that pair's CKA_ID, which is put into `id`. NULL: there is none in it, or no memory. */
static CK_ATTRIBUTE *with_id(const CK_ATTRIBUTE *from, CK_ULONG count, unsigned pair,
			     CK_BYTE id[MODULE_ID_MAX + 1])
{
	CK_ATTRIBUTE *ret = calloc(count + 1, sizeof(*ret));
	bool found = false;

	for (CK_ULONG i = 0; ret && i < count; i++) {
		ret[i] = from[i];
		if (from[i].type != CKA_ID || from[i].ulValueLen > MODULE_ID_MAX)
			continue;
		memcpy(id, from[i].pValue, from[i].ulValueLen);
		ret[i].pValue = id;
		ret[i].ulValueLen = module_pair_id(id, from[i].ulValueLen, pair);
		found = true;
	}
	if (found)
		return ret;
	free(ret);
	return NULL;
}

CK_RV module_generate(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
		      CK_ATTRIBUTE_PTR public, CK_ULONG public_count, CK_ATTRIBUTE_PTR private,
		      CK_ULONG private_count, CK_OBJECT_HANDLE_PTR ret_public,
		      CK_OBJECT_HANDLE_PTR ret_private)
{
	CK_RV r = module_real->C_GenerateKeyPair(session, mechanism, public, public_count, private,
						 private_count, ret_public, ret_private);
	unsigned pairs = module_faults().pairs;

	for (unsigned pair = 2; r == CKR_OK && pair <= pairs; pair++) {
		CK_BYTE public_id[MODULE_ID_MAX + 1], private_id[MODULE_ID_MAX + 1];
		CK_ATTRIBUTE *of_public = with_id(public, public_count, pair, public_id);
		CK_ATTRIBUTE *of_private = with_id(private, private_count, pair, private_id);
		CK_OBJECT_HANDLE other[2];

		if (of_private)
			r = module_real->C_GenerateKeyPair(
				session, mechanism, of_public ? of_public : public, public_count,
				of_private, private_count, &other[0], &other[1]);
		free(of_public);
		free(of_private);
	}
	return r;
}
