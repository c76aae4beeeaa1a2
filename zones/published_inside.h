/* SPDX-License-Identifier: BSD-2-Clause */
/* published_inside.h - what is held of a zone's versions, which are numbered from 0: inside zones/ only. */
#pragma once

#include <limits.h>

#include "zones/published.h"

#define PUBLISHED_ALWAYS UINT_MAX /* the last version has it, too */

struct published_record {
	unsigned from, until; /* those from … until - 1 have it */
	uint32_t ttl;
	uint16_t type, len; /* of the RDATA */
	uint8_t owner_len;
	bool goes; /* while it is read: it is gone in version `from`, says line `until` */
	uint8_t bytes[]; /* the owner, and the RDATA behind it */
};

/* One of the parent's from an instant on; without RDATA: there is none. */
struct published_ds {
	simtime at;
	uint16_t len;
	uint8_t rdata[100];
};

/* A version that is put together. */
struct published_made {
	struct zone *zone;
	unsigned version;
	uint64_t used;
};

struct published {
	struct zone *zone; /* whose it is; what it has itself is version `base` */
	char *folder;
	simtime *times; /* of each version */
	unsigned count, base;
	struct published_record **records; /* by owner, type, TTL, RDATA and `from` */
	unsigned record_count;
	struct published_ds *ds; /* by time */
	unsigned ds_count;
	struct published_made *made;
	unsigned made_count, made_most;
	uint64_t used;
};
