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
 * The zone is signed anew: what DNSSEC has in the file is left out, and so are the apex' NS and the
 * addresses of its servers, which are those of the world. The SOA's names, times and TTLs are taken. */
#pragma once

#include "zones/tree.h"

struct master_counts {
	unsigned records, dnssec, servers; /* taken; left out */
};

/* Reads the file into the plan of the zone. -EINVAL: a sentence that begins with file and line;
 * -ENOENT and others: it cannot be read. */
int master_read(struct zone *z, const char *path, struct master_counts *ret, struct err *e);
