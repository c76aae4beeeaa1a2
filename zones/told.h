/* SPDX-License-Identifier: BSD-2-Clause */
/* told.h - the RRsets of one name that are told and not there by rule: inside zones/ only. */
#pragma once

#include "zones/tree.h"

/* An RRset. A and AAAA without data carry the instant (tree_address_write()). */
struct told_set {
	uint16_t type;
	uint16_t len; /* of data: each record's RDATA behind its length, as in struct rrset */
	uint32_t ttl;
	const uint8_t *data;
};

/* More types than these no name has. */
#define TOLD_TYPES_MAX 40

/* All of a name, in the order of their types. Made by told_new(), let go of by free(). */
struct told {
	unsigned count;
	struct told_set sets[];
};

/* A copy of all. NULL: no memory. */
struct told *told_new(const struct told_set *sets, unsigned count);

/* NULL: it has none of this type. */
const struct told_set *told_find(const struct told *told, uint16_t type);
