/* SPDX-License-Identifier: BSD-2-Clause */
/* aim.h - which queries a fault on the wire is meant for.
 *
 * Any fault of a server's may be told types, names, a transport, a size of the answer and an
 * address family; a query that misses one of them is served as always. With `below` it befalls the
 * servers of all zones below the fault's as well: of the root, it is a fault of the link between the
 * resolver and the world. */
#pragma once

#include "zones/tree.h"

/* What a server knows of a query when it decides what to do with it. */
struct asked {
	const uint8_t *qname;
	uint16_t qtype;
	bool tcp;
	unsigned family; /* of the server's address */
	size_t size; /* of the answer as it would be; 0: it is not made yet, and small */
};

/* Whether the fault is meant for the query. */
bool aim_hits(const struct fault *f, const struct asked *q);

/* The faults on the wire that server `server` of a zone has at `now` and that are meant for the
 * query: the zone's own, then those of zones above that reach down. Start with all zeros; NULL
 * after the last. */
struct aim_walk {
	const struct zone *at;
	unsigned next;
};

const struct fault *aim_next(const struct zone *z, unsigned server, simtime now,
			     const struct asked *q, struct aim_walk *w);

/* Whether some query is meant by both, and whether all that `b` means `a` means too. */
bool aim_meets(const struct fault *a, const struct fault *b);
bool aim_covers(const struct fault *a, const struct fault *b);
