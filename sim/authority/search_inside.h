/* SPDX-License-Identifier: BSD-2-Clause */
/* search_inside.h - a search while it goes on, and the proofs that it puts into its reply: inside
 * sim/authority only. */
#pragma once

#include "sim/authority/search.h"
#include "zones/denial.h"

#define PROOFS_MAX 8

/* A search while it goes on. The big ones last: only what is used of them is ever touched. */
struct search {
	struct view v;
	struct reply *r;
	uint16_t qtype;
	uint8_t rcode;
	bool dnssec; /* signatures and proofs are wanted and there */
	bool full; /* something that must be in the message is not */
	bool broken; /* a record or a signature could not be made */
	uint8_t name[NAME_MAX_LEN]; /* what is looked for: qname, or where a CNAME led */
	bool expanded; /* from a wildcard: authority has to prove that `wild_name` is not there */
	uint8_t wild_name[NAME_MAX_LEN];
	unsigned wild_depth; /* labels between it and its closest encloser */
	uint8_t proofs[PROOFS_MAX][NAME_MAX_LEN]; /* owners of denial records that are in already */
	unsigned proof_count;
	struct rrset rs, sigs;
	struct proof proof;
};

/* Puts an authoritative RRset with its signatures, or the message is full: sign_rrset(). */
void search_put(struct search *s, struct rrset *rs, uint32_t ttl, const uint8_t *wildcard,
		const uint8_t *ref_owner);

bool search_has_nsec3(const struct search *s);

/* Puts the record that is in s->proof, once. */
void search_put_proof(struct search *s);

/* The record that matches the name, when there is one; the one that covers it. */
bool search_match(struct search *s, const uint8_t *name);
void search_cover(struct search *s, const uint8_t *name);

/* RFC 5155 section 7.2.1: the closest encloser that the chain has, at least `depth` labels up,
 * matches; the next closer name is covered. */
void search_encloser(struct search *s, const uint8_t *name, unsigned depth);

/* The name is there and the type is not: RFC 4035 section 3.1.3.1, 5155 sections 7.2.3 and 7.2.4. */
void search_no_type(struct search *s, const uint8_t *name);
