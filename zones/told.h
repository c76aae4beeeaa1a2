/* SPDX-License-Identifier: BSD-2-Clause */
/* told.h - what is told of names and zones, and not there by rule: by records of the plan, and out of
 * a trace's answers.
 *
 * Of a trace: after tree_prepare() and before the first answer, as tree_add_name(): first zones, parents before
 * their children; then names that are there; at last those that are not, which come right by what
 * is around them:
 *
 *	told_zone_add(t, "example.com.", …)		signed, NSEC3
 *	told_name_add(t, "www.example.com.", …)		A, and an HTTPS record as it was seen
 *	told_name_deny(t, "gone.example.com.")		NXDOMAIN, proved by example.com.
 *
 * What the scenario says of its own zones and delegations stands: -EEXIST, where the two differ. */
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

struct told_zone {
	int is_signed; /* -1 here and below: not known */
	int denial; /* enum denial */
	uint16_t nsec3_iterations;
	bool optout;
	uint8_t salt[255], salt_len;
	uint32_t negative; /* TTL of negative answers; 0: not known */
	uint8_t rcode; /* all that its servers ever answered; 0: they answer */
	bool has_zones; /* below it: told_zone_add() will be called for them */
};

/* Makes of a zone what is known of it, but for `is_signed`: its keys are the caller's. */
void told_zone_apply(const struct told_zone *told, struct zone *z);

/* -EEXIST: it is one of the scenario's, or below a leaf of one. -ENOSPC, -ENOMEM. */
int told_zone_add(struct tree *t, const uint8_t *apex, const struct told_zone *told, struct err *e);

/* `zone`, where it is known, is the apex of the zone that the name is in. */
int told_name_add(struct tree *t, const uint8_t *name, const uint8_t *zone,
		  const struct told_set *sets, unsigned count, struct err *e);

/* Makes sure that the name is not there. */
int told_name_deny(struct tree *t, const uint8_t *name, struct err *e);

/* Whether the plan has the name: as a zone, a host, a delegation, or by rule; what a trace added does
 * not count. */
bool told_is_there(struct tree *t, const uint8_t *name);

/* The TTL that is told of an RRset, -1: none. */
int64_t told_ttl(const struct tree *t, const uint8_t *name, uint16_t type);
