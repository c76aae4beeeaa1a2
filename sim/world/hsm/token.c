/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "sim/world/hsm/module.h"

#define SLOTS 16

/* Whether a slot has a token that is ready, or one that is none yet. */
static bool find_slot(bool ready, CK_SLOT_ID *ret)
{
	CK_SLOT_ID slots[SLOTS];
	CK_ULONG count = SLOTS;
	CK_TOKEN_INFO info;

	if (module_real->C_GetSlotList(CK_FALSE, slots, &count) != CKR_OK)
		return false;
	for (CK_ULONG i = 0; i < count; i++) {
		if (module_real->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
		    !(info.flags & CKF_TOKEN_INITIALIZED) == ready)
			continue;
		*ret = slots[i];
		return true;
	}
	return false;
}

static CK_RV set_pin(CK_SLOT_ID slot)
{
	CK_UTF8CHAR pin[] = HSM_PIN;
	CK_SESSION_HANDLE session;
	CK_RV r = module_real->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
					     &session);

	if (r != CKR_OK)
		return r;
	r = module_real->C_Login(session, CKU_SO, pin, sizeof(pin) - 1);
	if (r == CKR_OK)
		r = module_real->C_InitPIN(session, pin, sizeof(pin) - 1);
	module_real->C_Logout(session);
	module_real->C_CloseSession(session);
	return r;
}

/* PKCS#11, section 5.5: a label is 32 characters, filled up with blanks. */
CK_RV module_make_token(void)
{
	CK_UTF8CHAR label[32], pin[] = HSM_PIN;
	CK_ULONG count;
	CK_SLOT_ID slot;
	CK_RV r;

	if (find_slot(true, &slot))
		return CKR_OK;
	if (!find_slot(false, &slot))
		return CKR_TOKEN_NOT_PRESENT;
	memset(label, ' ', sizeof(label));
	memcpy(label, HSM_TOKEN, sizeof(HSM_TOKEN) - 1);
	r = module_real->C_InitToken(slot, pin, sizeof(pin) - 1, label);
	if (r == CKR_OK)
		r = module_real->C_GetSlotList(CK_FALSE, NULL,
					       &count); /* slots are numbered anew */
	if (r != CKR_OK)
		return r;
	return find_slot(true, &slot) ? set_pin(slot) : CKR_TOKEN_NOT_PRESENT;
}
