/* SPDX-License-Identifier: BSD-2-Clause */
/* sign.c - what is signed is signed rightly first; what lot it has drawn then comes over that. A lot is drawn for the data, which
 * are an RRset with its signature's dates, or their hash: it is the same whoever signs, in whatever order. */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "sim/base/rng.h"
#include "sim/world/hsm/module.h"

/* What a session is about to sign by. */
struct signing {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	CK_MECHANISM_TYPE mechanism;
	UT_hash_handle hh;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct signing *all;

static void forget(struct signing *s)
{
	HASH_DEL(all, s);
	free(s);
}

static void remember(const struct signing *what)
{
	struct signing *old, *s = malloc(sizeof(*s));

	pthread_mutex_lock(&lock);
	HASH_FIND(hh, all, &what->session, sizeof(what->session), old);
	if (old)
		forget(old);
	if (s) {
		*s = *what;
		HASH_ADD(hh, all, session, sizeof(s->session), s);
	}
	pthread_mutex_unlock(&lock);
}

static bool recall(CK_SESSION_HANDLE session, struct signing *ret)
{
	struct signing *s;

	pthread_mutex_lock(&lock);
	HASH_FIND(hh, all, &session, sizeof(session), s);
	if (s) {
		*ret = *s;
		forget(s);
	}
	pthread_mutex_unlock(&lock);
	return s;
}

/* ---- by another pair ---- */

static bool find_pair(CK_SESSION_HANDLE own, CK_OBJECT_HANDLE key, unsigned pair,
		      CK_OBJECT_HANDLE *ret)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_BYTE id[MODULE_ID_MAX + 1];
	CK_ATTRIBUTE wanted[] = { { CKA_ID, id, MODULE_ID_MAX },
				  { CKA_CLASS, &class, sizeof(class) } };
	CK_ULONG count = 0;

	if (module_real->C_GetAttributeValue(own, key, wanted, 1) != CKR_OK)
		return false;
	wanted[0].ulValueLen = module_pair_id(id, wanted[0].ulValueLen, pair);
	if (module_real->C_FindObjectsInit(own, wanted, 2) != CKR_OK)
		return false;
	if (module_real->C_FindObjects(own, ret, 1, &count) != CKR_OK)
		count = 0;
	module_real->C_FindObjectsFinal(own);
	return count == 1;
}

/* In a session of its own: in the signer's he may be about something else. A key that is one pair has no other. */
static void sign_by(const struct signing *s, unsigned pair, CK_BYTE_PTR data, CK_ULONG len,
		    CK_BYTE_PTR signature, CK_ULONG room, CK_ULONG_PTR signature_len)
{
	CK_MECHANISM mechanism = { s->mechanism, NULL, 0 };
	CK_SESSION_HANDLE own;
	CK_SESSION_INFO info;
	CK_OBJECT_HANDLE key;

	if (module_real->C_GetSessionInfo(s->session, &info) != CKR_OK ||
	    module_real->C_OpenSession(info.slotID, CKF_SERIAL_SESSION, NULL, NULL, &own) != CKR_OK)
		return;
	if (find_pair(own, s->key, pair, &key) &&
	    module_real->C_SignInit(own, &mechanism, key) == CKR_OK)
		if (module_real->C_Sign(own, data, len, signature, &room) == CKR_OK)
			*signature_len = room;
	module_real->C_CloseSession(own);
}

/* ---- in SoftHSM's place ---- */

CK_RV module_sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
	CK_RV r = module_real->C_SignInit(session, mechanism, key);

	if (r == CKR_OK && !mechanism->pParameter)
		remember(&(struct signing){
			.session = session, .key = key, .mechanism = mechanism->mechanism });
	return r;
}

/* Who asks how long it will be signs later. */
CK_RV module_sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG len, CK_BYTE_PTR signature,
		  CK_ULONG_PTR signature_len)
{
	CK_ULONG room = signature_len ? *signature_len : 0;
	CK_RV r = module_real->C_Sign(session, data, len, signature, signature_len);
	struct hsm_faults f;
	struct signing s;
	uint64_t lot;

	if (r != CKR_OK || !signature || !recall(session, &s))
		return r;
	f = module_faults();
	lot = rng_hash(f.seed, data, len);
	if (f.pairs > 1 && rng_below(lot, f.pairs) > 0)
		sign_by(&s, 1 + (unsigned)rng_below(lot, f.pairs), data, len, signature, room,
			signature_len);
	if (*signature_len && rng_unit(rng_of(lot, 1)) < f.bad)
		signature[*signature_len - 1] ^= 1;
	return r;
}
