/* SPDX-License-Identifier: BSD-2-Clause */
/* manners.h - how a server answers at an instant, when faults spoil its manners: inside sim/ only.
 */
#pragma once

#include "zones/aim.h"

/* What is wrong with the answers themselves. NO_RCODE, NO_EDE: as always. */
#define NO_RCODE (-1)
#define NO_EDE (-1)

struct manners {
	int rcode; /* instead of an answer */
	int ede; /* an extended error that goes with it (RFC 8914) */
	bool truncates; /* every answer, by TCP too: only TC is set */
	bool ignores_edns; /* as if the query had no OPT */
	bool rejects_edns; /* FORMERR to a query with OPT */
	bool by_size; /* some of it only since the answer is large */
};

/* Adds the faults to *seen. `edns`: the query has OPT. */
struct manners manners_of(const struct zone *z, unsigned server, simtime now, const struct asked *q,
			  bool edns, struct fault_set *seen);

/* RCODEs in the order of the choices of the fault "rcode". */
unsigned manners_rcode(int64_t choice);
