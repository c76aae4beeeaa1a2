/* SPDX-License-Identifier: BSD-2-Clause */
/* search.h - the search for a name in a zone, and what of it goes into the answer: inside sim/ only.
 *
 * The algorithm of RFC 1034 section 4.3.2 with RFC 2308, 4035 section 3.1 and 5155 section 7.2:
 * answers, CNAMEs within the zone, wildcards, referrals with glue, and the proofs of what is not
 * there. */
#pragma once

#include "sim/authority/reply.h"
#include "zones/view.h"

enum search_end {
	SEARCH_DONE,
	SEARCH_FULL, /* something that must be in the message did not fit */
	SEARCH_BROKEN, /* a record or a signature could not be made */
};

/* Looks for the query's name and type in the zone as the view has it, and writes what is found, and
 * the AA flag, into the reply. *rcode changes to NXDOMAIN for a name that is not there. v->seen has
 * the faults of what was written. */
enum search_end search_zone(const struct view *v, const struct query *q, struct reply *r,
			    uint8_t *rcode);
