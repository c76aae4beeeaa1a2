/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_next.h - what the keys of a signer still have to do, and from when on that is safe.
 *
 * A signer in the middle of a rollover has no instant for what comes next: it waits for the parent,
 * for an operator or for its own clock. So each step that must still come is tried at an instant
 * at which everything that is known has settled, and what it waits for there is the answer (RFC
 * 7583's equations, as of any planned step). A step that comes after one of these takes that one to
 * be made as early as it may. Pure. */
#pragma once

#include "zones/rollover/rollover_steps.h"

enum rollover_next_kind {
	NEXT_DS_FIRST, /* the DS of `keys`, where the parent has none */
	NEXT_DS_BESIDE, /* the DS of `keys`, beside that of `others` */
	NEXT_DS_INSTEAD, /* … and that of `others` out at the same instant */
	NEXT_DS_OUT, /* the DS of `keys`, another one's stays */
	NEXT_SIGN_INSTEAD, /* `keys` sign all other RRsets, and `others` no longer */
	NEXT_REMOVE, /* `keys` out of the DNSKEY RRset */
};
#define ROLLOVER_NEXT_KINDS 6

extern const char *const rollover_next_names[]; /* "DS in beside", "DS in instead", … */

struct rollover_next {
	enum rollover_next_kind kind;
	uint64_t keys, others;
	simtime earliest; /* ALWAYS: at any time; NEVER: not while the rest is as it is */
	simtime after; /* the step before it that was taken to be made at this instant, or ALWAYS */
	bool strict; /* what it waits for matters only to validators that want each algorithm */
	const char *equation, *section; /* as of a step */
};

struct rollover_nexts {
	struct rollover_next list[ROLLOVER_NEXT_KINDS * 2];
	unsigned count;
};

/* Of a plan that is a signer's state; another plan is taken to be whole, and gives none. -ENOMEM.
 */
int rollover_next_make(const struct rollover *r, struct rollover_nexts *ret, struct err *e);

/* Whether the parent has a DS at the plan's beginning, or gets one. */
bool rollover_has_ds(const struct rollover *r);
