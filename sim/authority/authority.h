/* SPDX-License-Identifier: BSD-2-Clause */
/* authority.h - all the world's authoritative servers.
 *
 * Takes queries off the wire, has the answer made (answer.h), lets it wait for the server's round
 * trip and whatever disturbs the server then, and sends it. Knows which faults went out to the
 * resolver, and when first. */
#pragma once

#include "sim/authority/answer.h"
#include "sim/record/record.h"
#include "sim/wire/wire.h"

struct authority;

/* Everything given is lent and outlives it; `rec` may be NULL. */
int authority_new(struct tree *t, struct wire *w, struct record *rec, struct authority **ret,
		  struct err *e);
void authority_free(struct authority *a);

/* It sends no NOTIFY: another one of the same tree does. */
void authority_hush(struct authority *a);
DEFINE_FREEP(struct authority, authority)

/* A query has come. -ENOMEM. */
int authority_query(struct authority *a, const struct packet *p, struct err *e);

/* When the next answer is to be sent, SIMTIME_NEVER for none; and sending those that are due. */
simtime authority_due(const struct authority *a);
int authority_run(struct authority *a, simtime now, struct err *e);

/* How often the resolver was sent what fault `n` of the tree did, and when first (SIMTIME_NEVER:
 * not yet). */
struct sighting {
	uint64_t count;
	simtime first;
};

struct sighting authority_saw(const struct authority *a, unsigned n);

/* What came, by what became of it. */
struct authority_counts {
	uint64_t queries, answers, dropped, formerr, refused, silent;
	uint64_t lacking; /* answers that no message holds, or that could not be made */
	uint64_t dnssec_ok; /* queries that ask for signatures */
	uint64_t bytes; /* of all queries and answers */
	uint64_t transfers, transfers_refused; /* of zones */
	uint64_t notifies; /* that were sent, NOTIFY (RFC 1996) */
};

struct authority_counts authority_counts(const struct authority *a);
