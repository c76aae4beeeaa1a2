/* SPDX-License-Identifier: BSD-2-Clause */
/* published_proof.h - what was bogus of a signer's versions, tried on real resolvers.
 *
 * The first row of bogus.csv becomes a scenario in the signer's folder, proof.lua, to be run again by anybody: the
 * zone is what the signer published (zones/published.h), a cache is asked for what the row says that it kept, just
 * before it was no longer given out, and a validator that has nothing and asks that cache is asked in the span. It is
 * to answer SERVFAIL. Both are the resolver under test: who has validated an RRset does not check it again while it
 * keeps it, who gets it from him does. */
#pragma once

#include <limits.h>
#include <stdio.h>

#include "harness/rollover/proof_run.h"
#include "harness/text/exit.h"
#include "sim/base/simtime.h"
#include "zones/tree.h"

#define PUBLISHED_TRIALS 16

struct published_trial {
	char resolver[64], version[64];
	struct proof_answer answer; /* to the last question, which is the validator's */
};

struct published_proof {
	char folder[PATH_MAX]; /* the signer's, absolute */
	bool any; /* there was something to prove: */
	char step[16], kept[300], asked[300]; /* "de. DNSKEY": what was kept, and what is asked */
	simtime kept_at, asked_at; /* kept_at 0: nothing has to be kept */
	simtime ds_at; /* the DS is kept from then on, and has run out when it is another one; 0: that need not be */
	struct published_trial trials[PUBLISHED_TRIALS];
	unsigned trial_count;
};

/* `zone` is the signer's in its scenario, `folder` what 'sigfault sign' left; `resolvers` as `sigfault run -r` has them.
 * EXIT_HELD: each was bogus as was judged, or nothing was; EXIT_NOT_HELD: one was not. Otherwise what went wrong. */
enum exit_status published_prove(const struct zone *zone, const char *folder, const char *resolvers,
				 struct published_proof *ret, struct err *e);

/* In a paragraph, with a line for each resolver. */
void published_proof_print(const struct published_proof *p, const char *name, FILE *out);
