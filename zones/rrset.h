/* SPDX-License-Identifier: BSD-2-Clause */
/* rrset.h - one RRset, by value.
 *
 * Owner, type and TTL once; RDATA of each record in `data` behind its 16-bit length, uncompressed
 * and in canonical form (RFC 4034 section 6.2: names in lower case), so the same bytes go into
 * messages and under signatures. Class is always IN. Plain data: copied with rrset_copy(), nothing
 * to free.
 *
 * It has room for more than any message. Writing is sticky: what finds no room sets `lacks`, and who
 * publishes an RRset asks for that. */
#pragma once

#include "zones/name.h"

#define RRSET_DATA_MAX UINT16_MAX

enum { /* The types that the world itself makes; any other number is only ever asked for. */
       RR_A = 1,
       RR_NS = 2,
       RR_CNAME = 5,
       RR_SOA = 6,
       RR_PTR = 12,
       RR_MX = 15,
       RR_TXT = 16,
       RR_AAAA = 28,
       RR_DNAME = 39,
       RR_OPT = 41,
       RR_DS = 43,
       RR_RRSIG = 46,
       RR_NSEC = 47,
       RR_DNSKEY = 48,
       RR_NSEC3 = 50,
       RR_NSEC3PARAM = 51,
       RR_TSIG = 250,
       RR_IXFR = 251,
       RR_AXFR = 252,
       RR_ANY = 255,
};

struct rrset {
	uint8_t owner[NAME_MAX_LEN];
	uint16_t type;
	uint32_t ttl;
	uint16_t count; /* records */
	uint16_t len; /* bytes used of data */
	bool lacks; /* a record that belongs in is not: no room, or it could not be made */
	uint8_t data[RRSET_DATA_MAX];
};

void rrset_init(struct rrset *rs, const uint8_t *owner, uint16_t type, uint32_t ttl);

/* Adds a record; keeps records in canonical order (RFC 4034 section 6.3) and drops a second copy. */
void rrset_add(struct rrset *rs, const void *rdata, size_t len);

/* The RDATA behind *pos (start with 0), its length in *len; NULL after the last. */
const uint8_t *rrset_next(const struct rrset *rs, size_t *pos, size_t *len);

void rrset_copy(struct rrset *ret, const struct rrset *rs);
