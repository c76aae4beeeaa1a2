/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_steps.h - the steps of a plan: when each is planned, and from when on it is safe (RFC
 * 7583).
 *
 * A step changes what is published. It is safe once no cache can hold anything any more that does
 * not go with what it leaves, all other steps staying where they are planned. Steps at one instant
 * are taken together. */
#pragma once

#include "zones/rollover/rollover_cache.h"

enum rollover_step_kind {
	STEP_PUBLISH, /* into the DNSKEY RRset */
	STEP_SIGN,
	STEP_DS_IN,
	STEP_DS_OUT,
	STEP_RETIRE, /* signs no more */
	STEP_REMOVE, /* out of the DNSKEY RRset */
};

extern const char *const rollover_step_names[]; /* "publish", "sign", "DS in", … */

struct rollover_step {
	simtime planned;
	enum rollover_step_kind kind;
	unsigned key;
	simtime earliest; /* ALWAYS: whenever; NEVER: not while the plan is as it is */
	uint64_t replaces; /* DS in: keys whose DS goes at the same instant, else 0 */
	simtime beside; /* … and when it could come if theirs stayed; otherwise as `earliest` */
	bool strict; /* what it waits for matters only to validators that want each algorithm */
	enum rollover_set waits_for; /* what caches may still hold until then */
	struct rollover_version old; /* … in this version */
	const char *equation, *section; /* "Ipub = Dprp + TTLkey", "RFC 7583 3.2.1"; "" when it
					   waits for nothing */
};

struct rollover_steps {
	struct rollover_step *list; /* in time order */
	unsigned count;
};

/* The steps from the plan's beginning on. That a KSK or CSK signs as long as it is published is no
 * step of its own. -ENOMEM. */
int rollover_steps_make(const struct rollover *r, const struct rollover_analysis *a,
			struct rollover_steps *ret, struct err *e);
void rollover_steps_done(struct rollover_steps *s);
