/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_ways.h - the ways out of a rollover that went wrong, from what is published at an instant
 * and may be in caches then.
 *
 * What a plan has for later is not done any more. Each way is further steps, at the instant and
 * after it, and is judged as any plan is: by what caches may rightly hold. What it brings stays. Who
 * has found something bogus may remember that for a while by itself (RFC 4035 section 4.7), which
 * is not counted. Pure. */
#pragma once

#include "zones/rollover/rollover_steps.h"

enum rollover_way_kind {
	WAY_NOTHING, /* what is published stays as it is */
	WAY_KEYS_BACK, /* keys by which caches check are published and sign again, beside the others */
	WAY_DS_BESIDE, /* the DS of keys that sign the DNSKEY RRset, beside those of the parent */
	WAY_DS_OUT, /* no DS any more */
	WAY_UNSIGNED, /* no DS any more, and no keys and signatures once no cache has one */
	WAY_UNSIGNED_NOW, /* all of that at once */
	WAY_FLUSH, /* nothing is done, but by resolvers, which empty their caches */
};
#define ROLLOVER_WAYS 7

extern const char *const rollover_way_names[]; /* "nothing", "old keys back", … */

struct rollover_way {
	enum rollover_way_kind kind;
	const char *
		why_not; /* there is no such way here; then nothing below is told. NULL: it is one */
	uint64_t keys; /* that come back, or whose DS comes */
	simtime removal; /* WAY_UNSIGNED: of keys and signatures */
	struct rollover *plan;
	struct rollover_analysis analysis; /* of what is bogus from the instant on */
	struct rollover_steps steps;
	simtime well; /* no cache is bogus from then on; the instant itself, or NEVER */
	simtime emptied; /* … and none of those that are emptied then, or later, if earlier; NEVER */
	bool insecure; /* in the end nobody validates the zone */
};

struct rollover_ways {
	simtime at;
	struct rollover_way list[ROLLOVER_WAYS]; /* by kind */
};

/* `lenient`: what only strict validators mind does not count. The plan is not needed any more. -E2BIG:
 * with keys that come back there are too many. -ENOMEM. */
int rollover_ways_make(const struct rollover *r, simtime at, bool lenient,
		       struct rollover_ways *ret, struct err *e);
void rollover_ways_done(struct rollover_ways *w);

/* Whether something is bogus at the instant, or will be if nothing is done. */
bool rollover_ways_needed(const struct rollover_ways *w);

/* Whether a finding of a way is of the way's own doing: caches would not be bogus then for what they
 * keep, if nothing were done. */
bool rollover_way_breaks(const struct rollover_ways *w, const struct rollover_finding *f);
