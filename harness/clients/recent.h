/* SPDX-License-Identifier: BSD-2-Clause */
/* recent.h - the last questions that clients asked, for when a resolver dies of one.
 *
 * Questions are noted as they are handed to the wire, some of them ahead of their time; which were
 * asked at an instant is told afterwards. */
#pragma once

#include "sim/base/simtime.h"
#include "zones/name.h"

#define RECENT_KEPT 128 /* more than are ever sent ahead */

struct recent_question {
	simtime at;
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype;
};

struct recent {
	struct recent_question list[RECENT_KEPT]; /* a ring */
	unsigned count; /* ever noted */
};

void recent_note(struct recent *r, simtime at, const uint8_t *qname, uint16_t qtype);

/* The last of them that were asked at `now` or before, at most `most`, in the order in which they
 * were noted; how many. */
unsigned recent_take(const struct recent *r, simtime now, struct recent_question *ret,
		     unsigned most);
