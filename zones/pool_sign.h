/* SPDX-License-Identifier: BSD-2-Clause */
/* pool_sign.h - signing with the help of others: what somebody has signed already is taken from the pool that
 * is in use. */
#pragma once

#include "zones/key.h"

/* As key_sign(), to the byte. */
int pool_sign(struct key *k, const void *data, size_t len, uint8_t ret[KEY_SIGNATURE_MAX],
	      size_t *ret_len, struct err *e);
