/* SPDX-License-Identifier: BSD-2-Clause */
/* facts_inside.h - what the files of facts.h share. */
#pragma once

#include "harness/evidence/facts.h"
#include "sim/base/hash.h"

#define SERVES_MAX 64 /* zones of one server that are looked through */
#define CUT 0 /* kinds of things that are known of a name, beside RRsets by type */

struct known_name {
	UT_hash_handle hh;
	uint8_t name[];
};

/* An RRset's versions; type CUT: the name is a zone's. */
struct key {
	const uint8_t *owner;
	uint64_t type; /* as wide as a pointer: padding would be hashed too */
};

struct rrset_seen {
	struct key key;
	struct version *first, *last;
	unsigned count;
	UT_hash_handle hh;
};

/* A name that has data of a type; type 0: of any. */
struct there {
	struct key key;
	UT_hash_handle hh;
};

struct server_seen {
	struct address address;
	const uint8_t *name;
	UT_hash_handle hh;
};

/* A server's name, and the zones that it serves. */
struct served {
	const uint8_t *server;
	const uint8_t *zones[SERVES_MAX];
	unsigned count;
	bool has_address;
	UT_hash_handle hh;
};

struct facts {
	struct known_name *names;
	struct rrset_seen *rrsets;
	struct there *there;
	struct server_seen *servers;
	struct served *served;
	bool no_memory;
};

/* The place of a name that is known already; NULL: it is not. */
const uint8_t *facts_known(const struct facts *f, const uint8_t *name);

struct rrset_seen *facts_rrset(const struct facts *f, const uint8_t *owner, uint16_t type);

static inline struct key facts_key(const uint8_t *owner, uint16_t type)
{
	return (struct key){ owner, type };
}
