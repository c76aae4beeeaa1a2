/* SPDX-License-Identifier: BSD-2-Clause */
/* losses.h - what the testbed itself lost, of which a resolver knows nothing.
 *
 * Real sockets fail: none is left, a buffer is full, a limit of ours is reached. Whoever asked then
 * waits in vain, and that is no time-out of the resolver's: it is counted here, and who asked can be
 * told. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/wire/endpoint.h"

struct losses_counts {
	uint64_t sockets; /* that could not be opened, bound or connected */
	uint64_t clients; /* that waited for an answer and had to go, as there were too many */
	uint64_t sends; /* that the kernel did not take */
	uint64_t receives; /* that failed, and datagrams that found a buffer of ours full */
	uint64_t answers; /* of authorities, that no message holds or that could not be made */
};

uint64_t losses_sum(const struct losses_counts *c);
void losses_add(struct losses_counts *to, const struct losses_counts *more);

struct losses {
	struct losses_counts counts;
	struct losses_client *clients; /* whose question or answer is lost */
};

void losses_done(struct losses *l);

/* Adds one to a count of it, and remembers whose question it was; at NULL: nobody's. */
void losses_note(struct losses *l, uint64_t *count, const struct endpoint *at);

/* Whether the client at this end lost something; it is forgotten then. */
bool losses_take(struct losses *l, const struct endpoint *at);
