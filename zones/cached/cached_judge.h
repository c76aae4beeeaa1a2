/* SPDX-License-Identifier: BSD-2-Clause */
/* cached_judge.h - at which instants a cache that holds something rightly turns bogus, by what, and by how
 * much each step was late or early.
 *
 * A cache has kept one entry, fetched at any instant at which it was given out and was valid, and is then
 * given another one that does not go with it. The chain holds when a key with a DS in the DS RRset is in the DNSKEY
 * RRset and has signed it, and a key that has signed an RRset is in the DNSKEY RRset (RFC 4035 section
 * 5). Without a DS nothing is bogus. Nothing is sampled: instants are where entries begin and end. Pure. */
#pragma once

#include "zones/cached/cached.h"

/* What it is that a step had to wait for, and so which step it is. */
enum cached_step {
	CACHED_SIGN, /* a key signs: no cache may have a DNSKEY RRset without it */
	CACHED_KEY_OUT, /* a key leaves the DNSKEY RRset: no cache may have an RRset that it alone signed */
	CACHED_DS_IN, /* a DS: no cache may have a DNSKEY RRset without its key */
	CACHED_KSK_OUT, /* a KSK leaves: no cache may have a DS RRset that leads to it alone */
	CACHED_RENEW, /* a signature is renewed before it ends */
};
#define CACHED_STEPS 5

extern const char *const cached_step_names[]; /* "sign", "key out", … */

/* What a cache has kept, and what it then meets: numbers of entries. */
struct cached_finding {
	enum cached_step step;
	unsigned kept, met;
	simtime from, until; /* it may meet it; until: SIMTIME_NEVER, as far as is known */
};

struct cached_margin {
	bool any; /* there was such a step, and something that it had to wait for */
	simtime margin; /* negative: so long some cache was bogus */
	simtime at; /* of the step */
	int tag; /* of the key or DS; -1: of none */
	char owner[CACHED_NAME]; /* of an RRset that it was about */
	uint16_t type;
};

extern const simtime cached_ages[]; /* of what a cache has kept: 0, 5 minutes, … */
#define CACHED_AGES 5

struct cached_verdict {
	struct cached_finding *findings; /* by the instant at which they begin */
	unsigned count;
	int lapse; /* number of the first signature that did not hold while somebody had a DS; -1 */
	struct cached_margin worst[CACHED_STEPS];
	simtime bogus[CACHED_AGES]; /* how long a cache of that age was */
	simtime bogus_any; /* and how long there was any */
};

/* Of what begins at `since` or later; `now` is the end of what is known. -ENOMEM. */
int cached_judge(const struct cached *c, simtime since, simtime now, struct cached_verdict *ret,
		 struct err *e);
void cached_verdict_done(struct cached_verdict *v);

/* The first thing that is bogus; false: nothing is. */
struct cached_first {
	simtime from, until;
	const char *owner; /* lent by the history */
	uint16_t type;
	int tag;
	const struct cached_finding *finding; /* NULL: a signature that does not hold at all */
};

bool cached_first(const struct cached *c, const struct cached_verdict *v, struct cached_first *ret);

/* The entry that a finding is about: what is bogus, or what a cache has of a key that is gone. */
const struct cached_entry *cached_named(const struct cached *c, const struct cached_finding *f);
