/* SPDX-License-Identifier: BSD-2-Clause */
/* master.h - a zone's records out of a master file (RFC 1035 section 5), $INCLUDE and all.
 *
 *	$ORIGIN x.de.
 *	$TTL 3600
 *	@	SOA	ns1 hostmaster 1 7200 3600 1209600 300
 *		NS	ns1
 *	www	A	192.0.2.1
 *	$INCLUDE more.zone sub.x.de.
 *
 * NS below the apex delegates: to a zone that the scenario tells, or else to a leaf that the testbed
 * answers for. Which are there and which have a DS is the file's; their servers, DS and glue are the
 * world's. What stands at or below a delegation is glue, or hidden by it ("occluded").
 *
 * The zone is signed anew: what DNSSEC has in the file is left out, and so are the apex' NS and the
 * addresses of its servers, which are those of the world. The SOA's names, times and TTLs are taken. */
#pragma once

#include "zones/tree.h"

struct master_counts {
	uint64_t delegations, secure; /* taken: with a DS */
	unsigned records; /* taken */
	unsigned signatures; /* of a zone that is taken as signed, and when all of them hold */
	uint32_t signed_from, signed_until;
	unsigned dnssec, servers, glue, occluded; /* left out */
};

/* Reads the file into the plan of the zone, or the image beside it ("x.zone.image"), where there is one
 * and the file is as it was. -EINVAL: a sentence that begins with file and line, or of the image
 * (image.h); -ENOENT and others: it cannot be read. */
int master_load(struct zone *z, const char *path, struct master_counts *ret, struct err *e);

/* Reads the file, and not the image. With `whole` also what becomes the image, whatever is in it; the
 * caller's. */
int master_read(struct zone *z, const char *path, struct master_counts *ret, struct image **whole,
		struct err *e);

/* What the plan and the image have of the file. Records that delegate are no records to people. */
void master_count(const struct zone *z, const struct image *i, struct master_counts *ret);
