/* SPDX-License-Identifier: BSD-2-Clause */
/* module.h - inside the module alone: what stands before SoftHSM (../hsm.h). It is loaded into signers, and into their tools. */
#pragma once

#include <p11-kit/pkcs11.h>

#include "sim/world/hsm.h"

#define MODULE_ID_MAX 64 /* bytes of a key's CKA_ID */

/* SoftHSM's functions. */
extern CK_FUNCTION_LIST *module_real;

/* What is wrong now. */
struct hsm_faults module_faults(void);

/* Makes the token where there is none yet. */
CK_RV module_make_token(void);

/* The CKA_ID of one of several pairs under one name, 1 being the one that is told: gives its length. */
CK_ULONG module_pair_id(CK_BYTE id[MODULE_ID_MAX + 1], CK_ULONG len, unsigned pair);

/* In the place of SoftHSM's. Only what is signed by one call, as DNSSEC signers do it, may come out wrong. */
CK_RV module_generate(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism,
		      CK_ATTRIBUTE_PTR public, CK_ULONG public_count, CK_ATTRIBUTE_PTR private,
		      CK_ULONG private_count, CK_OBJECT_HANDLE_PTR ret_public,
		      CK_OBJECT_HANDLE_PTR ret_private);
CK_RV module_sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
CK_RV module_sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG len, CK_BYTE_PTR signature,
		  CK_ULONG_PTR signature_len);
