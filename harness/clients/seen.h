/* SPDX-License-Identifier: BSD-2-Clause */
/* seen.h - what a trace shows of the world that it was taken in: names that were asked for, and what
 * their answers tell of them and of their zones.
 *
 * Grows with the distinct names of a trace, and not with its queries. seen_answer.h fills it,
 * seen_world.h makes a world of it. */
#pragma once

#include "sim/base/cleanup.h"
#include "sim/base/hash.h"
#include "zones/name.h"

struct seen_rrset {
	uint16_t type;
	bool asked;
	bool there; /* there are records; else, when `absent`, an answer said that there are none */
	bool absent;
	uint32_t ttl; /* the longest: caches count it down */
	uint16_t len, cap;
	uint8_t *data; /* as in struct rrset, in canonical form; none of addresses */
};

struct seen_name {
	UT_hash_handle hh;
	uint64_t queries;
	bool there, gone, failed; /* what answers said; none of them: there was no answer */
	bool secure, insecure; /* AD; an answer to DO without signatures */
	bool absent; /* in the world that was made */
	uint8_t rcode; /* with which it failed */
	int zone_labels; /* of the apex of the zone that says so; -1: no answer tells */
	struct seen_rrset *sets; /* by type */
	unsigned set_count;
	uint8_t name[];
};

struct seen_zone {
	UT_hash_handle hh;
	bool is_signed, is_unsigned; /* what answers show; both or none: not known */
	bool nsec, nsec3, optout;
	uint16_t iterations;
	uint8_t salt[255], salt_len;
	uint32_t negative;
	uint64_t failed, good; /* names */
	uint8_t rcode;
	uint8_t name[];
};

struct seen {
	struct seen_name *names; /* in the order in which they came up */
	struct seen_zone *zones;
	uint64_t answers;
	bool lacks; /* memory has ended */
};

void seen_done(struct seen *s);

/* Made when it is not there. NULL: no memory. */
struct seen_name *seen_name(struct seen *s, const uint8_t *name);
struct seen_zone *seen_zone(struct seen *s, const uint8_t *apex);
struct seen_rrset *seen_rrset(struct seen *s, struct seen_name *n, uint16_t type);

/* NULL: not seen. */
struct seen_name *seen_find(const struct seen *s, const uint8_t *name);
struct seen_zone *seen_find_zone(const struct seen *s, const uint8_t *apex);

/* Adds a record to an RRset once; one that has no room is left out. */
void seen_add_rdata(struct seen *s, struct seen_rrset *set, const uint8_t *rdata, size_t len);
