/* SPDX-License-Identifier: BSD-2-Clause */
/* asker.h - one question to the resolver, and all that its answer says.
 *
 * The question is asked once, with EDNS and DO, and is never repeated; a truncated answer is asked
 * for again over TCP. One asker has one question at a time. */
#pragma once

#include "harness/results/case_rows.h"
#include "sim/wire/wire.h"

struct asker {
	struct wire *wire; /* lent */
	struct endpoint resolver, me;
	const uint8_t *qname; /* lent */
	uint16_t qtype;
	simtime wait;

	uint16_t id;
	bool cd, tcp, is_over;
	simtime asked, over; /* over: when it was answered, or given up */
	struct case_answer answer; /* once it is over */
};

/* Asks now. */
int asker_ask(struct asker *a, bool cd, simtime now, struct err *e);

/* A packet to the clients' side; one that nobody asked for is dropped. */
int asker_take(struct asker *a, const struct packet *p, struct err *e);

/* When it gives up, unless it is over; and giving up then. */
simtime asker_due(const struct asker *a);
void asker_give_up(struct asker *a);
