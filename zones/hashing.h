/* SPDX-License-Identifier: BSD-2-Clause */
/* hashing.h - how a zone's NSEC3 chain is hashed at an instant: as planned, or as a fault has it.
 * Inside zones/ only. */
#pragma once

#include "zones/sign.h"

/* Compared and hashed whole: bytes that are not used are zero. */
struct hashing {
	uint16_t iterations;
	uint8_t salt_len, salt[255];
};

struct hashing hashing_of(const struct view *v);
