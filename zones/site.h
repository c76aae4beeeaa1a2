/* SPDX-License-Identifier: BSD-2-Clause */
/* site.h - what stands at one name of a zone, as a kind and a set of types: inside zones/ only.
 *
 * By the plan it follows from the name alone: an explicit name (entries.h), one of those that every
 * leaf has (standard.h), a delegation of the population, or nothing. A view has less of it: a DS
 * that is not there at that instant, what faults took away. No record is made here. */
#pragma once

#include "zones/content.h"

/* A set of types: bit n stands for site_types[n], which ascend. */
enum {
	SITE_A = 1 << 0,
	SITE_NS = 1 << 1,
	SITE_CNAME = 1 << 2,
	SITE_SOA = 1 << 3,
	SITE_PTR = 1 << 4,
	SITE_MX = 1 << 5,
	SITE_TXT = 1 << 6,
	SITE_AAAA = 1 << 7,
	SITE_DS = 1 << 8,
	SITE_DNSKEY = 1 << 9,
	SITE_NSEC3PARAM = 1 << 10,
	SITE_ADDRESS = SITE_A | SITE_AAAA,
	SITE_LEAF = SITE_ADDRESS | SITE_MX | SITE_TXT, /* all that a leaf has at its apex */
};

#define SITE_TYPES 11
extern const uint16_t site_types[SITE_TYPES];

struct site {
	enum node_kind kind;
	unsigned set;
	bool real; /* its addresses are those of a host */
	bool is_signed; /* NODE_CUT */
	bool by_number; /* NODE_CUT of the population: */
	uint64_t number;
	bool is_host; /* NODE_DATA of the population, with its number and TTL */
	uint32_t ttl;
	const struct entry *entry; /* NULL: there by rule */
	const struct told
		*told; /* its records are these; the set has those of them that it knows */
};

/* What the plan has at `name`, `depth` labels below the apex, when nothing above it is a
 * delegation. */
void site_at(const struct zone *z, const uint8_t *name, unsigned depth, struct site *ret);

/* What the plan has at `name`, or at the delegation above it: from the apex down. Returns the name
 * where that is, a part of `name`. */
const uint8_t *site_find(const struct zone *z, const uint8_t *name, struct site *ret);

/* site_find(), as the view has it. */
const uint8_t *site_look(const struct view *v, const uint8_t *name, struct site *ret);

/* The types at "*" below the apex; 0 when there is no wildcard. */
unsigned site_wildcard(const struct zone *z);

/* Whether the delegation to a hoster, or of a trace, that the entry is has a DS. */
bool site_is_signed(const struct zone *z, const struct entry *en);
