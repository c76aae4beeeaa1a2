/* SPDX-License-Identifier: BSD-2-Clause */
/* signing.h - the life of a signer on the virtual clock: it is given its zone unsigned, and what it publishes
 * is taken by a secondary, looked at by a registry, and kept.
 *
 * Its world has nobody else in it. No resolver can act on a signer, so what it publishes does not depend on who
 * resolves it. */
#pragma once

#include "harness/signing/history.h"
#include "harness/subject/signer.h"

struct signing_plan {
	const struct scenario *scenario;
	const struct signer_plan *signer;
	struct driver *driver;
	const char *folder; /* absolute, and not there yet */
	const char *library; /* the clock library */
};

/* What was done to it, and what of that it would not have done. */
struct signing_acts {
	unsigned count, failed;
	char first[400]; /* that failed, and how; "" */
};

struct signing_result {
	int code; /* 0, or the negative errno that ended it */
	char why[1024]; /* the sentence that goes with it; "" */
	char lacks[1024]; /* what the sandbox could not have, a sentence a line */
	simtime until; /* how far it came */
	struct history_counts counts;
	struct signing_acts acts;
	struct judged_result judged; /* of a life that came to its end */
	double wall_seconds, signer_cpu, harness_cpu;
};

/* Runs it from the scenario's start to its end, in a process of its own. Its folder has signer.log, signer.conf,
 * signer.version, work/ (all that the signer wrote: keys and state) and what history.h says. Always fills *ret. */
void signing_run(const struct signing_plan *p, struct signing_result *ret);
