/* SPDX-License-Identifier: BSD-2-Clause */
/* state.h - what is remembered of a zone while it is used: inside zones/ only.
 *
 * Each part is made on first use by the module that names it and freed by that module's function,
 * which tree_free() calls (a leaf zone's when it falls out of the cache). */
#pragma once

#include "zones/key.h"

struct zone_state {
	struct key **keys; /* sign.c: one for each zone->keys */
	struct key **twins; /* sign.c: another pair for each, made when something is mismatched */
	struct signatures *signatures; /* sign.c: made RRSIGs */
	struct chain *chain; /* denial.c: the NSEC or NSEC3 chain */
	struct literal *literal; /* literal.c: of a zone that is taken as it is signed */
	struct content *content; /* entries.c: explicit names */
	bool is_leaf; /* it has the records of a leaf, content.h */
	bool shares_names; /* a server of it has addresses of another zone's server of that name */
	bool is_added; /* by a trace: it was not in the plan */
	bool keeps_names; /* names right below its apex are its own, and no delegations */
	bool has_hosts; /* a hoster's domain: ns1 and ns2 stand in it */
	unsigned first_hoster; /* hosting.c: of the zone's population */
};

void sign_state_free(struct zone *z);
void denial_state_free(struct zone *z);
void content_state_free(struct zone *z);

/* Key `i` of the zone, made on first use; NULL with a sentence when OpenSSL failed. */
struct key *sign_key(struct zone *z, unsigned i, struct err *e);

/* The pair that is taken by mistake in the place of key `i`. */
struct key *sign_twin(struct zone *z, unsigned i, struct err *e);
