/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_proof.h - what the analysis says, tried on real resolvers in virtual time.
 *
 * Writes a scenario with the cache states (rollover_world.h) into a folder, runs it there as
 * `sigfault run` does, and reads from its record what the resolvers answered. */
#pragma once

#include <jansson.h>

#include "harness/rollover/proof_run.h"
#include "harness/rollover/rollover_sample.h"
#include "harness/text/exit.h"

struct rollover_trial {
	char resolver[64], version[64], mitigation[32];
	bool strict; /* it wants each algorithm */
	struct proof_answer answers[SAMPLES_MAX]; /* by sample */
	unsigned right; /* so many answered as they should */
};

#define TRIALS_MAX 16

struct rollover_proof {
	char folder[3600]; /* absolute; proof.lua, proof.txt and run/ are in it */
	struct rollover_samples samples;
	struct rollover_trial trials[TRIALS_MAX];
	unsigned trial_count;
};

/* Tries `samples` of the result, which are of the plans, by number: of one zone, or of ways out of
 * one plan. `resolvers` as `sigfault run -r` has them; `folder` NULL: rollover-NAME-N, the first that
 * is free. EXIT_HELD: all was run, whatever it showed. Otherwise what went wrong. */
enum exit_status rollover_prove(const struct rollover_judged *plans, unsigned plan_count,
				const char *resolvers, const char *folder,
				struct rollover_proof *ret, struct err *e);

/* What a sample should get there, and whether it did. */
enum rollover_outcome rollover_expected(const struct rollover_trial *t,
					const struct rollover_sample *s);
bool rollover_answer_is(const struct proof_answer *a, enum rollover_outcome expected);

void rollover_proof_print(const struct rollover_judged *plans, const struct rollover_proof *p,
			  FILE *out);
json_t *rollover_proof_json(const struct rollover_judged *plans, const struct rollover_proof *p);
