/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_sample.h - cache states to try on a resolver: what it fetches first, when it is asked
 * then, and what it should say.
 *
 * A sample is a resolver that has been asked for something of the zone at `fetched`, got it from
 * the slowest server, and is asked for something else at `asked`. It has the DS RRset of then, and
 * the DNSKEY RRset unless that has run out. Where the two have TTLs for which that cannot be, it
 * was asked for the DS RRset alone. For a finding of the analysis there are three: just before its
 * first instant, at it, and when the kept RRset has run out. For a plan that is safe each step that
 * waits for something gives two: just before the RRset it waits for has run out, and at the step.
 *
 * A resolver that has validated an RRset does not check it again while it keeps it. A finding that
 * only a later check shows is tried on a validator behind such a cache (a forwarder, say): it has
 * nothing itself, and is given what that cache has.
 *
 * Of the ways out of a rollover that went wrong (rollover_ways.h) the samples are caches that are
 * bogus at the instant if nothing is done: a second before it, a second after it, and when what they
 * keep has run out; and those that the way itself breaks. Pure. */
#pragma once

#include "zones/rollover/rollover_ways.h"

#define SAMPLES_MAX 160

/* A plan with what was found of it, as samples are made of. */
struct rollover_judged {
	const char *title; /* of one among several; else NULL */
	const struct rollover *r;
	const struct rollover_analysis *a;
	const struct rollover_steps *s;
};

enum rollover_outcome { SAMPLE_SECURE, SAMPLE_INSECURE, SAMPLE_BOGUS };

struct rollover_sample {
	unsigned plan; /* of several: which it is of */
	enum rollover_set kept_set;
	struct rollover_version kept;
	simtime fetched, asked;
	simtime emptied; /* its cache is emptied then; 0: it is not */
	simtime seen_until; /* the kept version is what the resolver is given until then */
	bool only_ds; /* it was asked for the DS RRset at `fetched` */
	bool behind; /* the cache that fetched is another one's, the resolver asks that */
	enum rollover_outcome expected; /* of one that validates what it fetches, and trusts that
					   until its TTL ends */
	enum rollover_outcome strictly; /* of one that wants each algorithm of the DS, too */
	int finding; /* index of the analysis's findings; of ways those of WAY_NOTHING come first, then
			the way's own; -1: of a step */
	int step; /* index of the steps; -1: of a finding */
};

struct rollover_samples {
	struct rollover_sample list[SAMPLES_MAX];
	unsigned count;
	unsigned left_out; /* findings for which there was no room, or of less than ROOM's length */
};

void rollover_samples_make(const struct rollover_judged *plan, struct rollover_samples *ret);

/* Of all ways: the sample's plan is the way's kind. */
void rollover_samples_ways(const struct rollover_ways *w, struct rollover_samples *ret);

/* The versions as the sample's resolver is given them: changes that the slowest server has not made
 * at `fetched` come right after it, and from behind a cache when that has run out. Gives the
 * instant at which a change of `set` that is planned for `planned` is seen. */
simtime rollover_sample_sees(const struct rollover_sample *s, enum rollover_set set,
			     simtime planned);
