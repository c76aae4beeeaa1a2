/* SPDX-License-Identifier: BSD-2-Clause */
/* question.h - one question to the resolver, and all that its answer says.
 *
 * The question is asked once, with EDNS and DO, and is never repeated; a truncated answer is asked
 * for again over TCP. What comes back, and that nothing did, it learns as an asker (asker.h). */
#pragma once

#include "harness/clients/asker.h"
#include "harness/results/case_rows.h"
#include "sim/wire/wire.h"

struct question {
	struct wire *wire; /* lent */
	struct endpoint resolver, me;
	const uint8_t *qname; /* lent */
	uint16_t qtype;
	simtime wait; /* so long; then it is given up */

	uint16_t id;
	bool cd, tcp, is_over;
	simtime asked, over; /* over: when it was answered, or given up */
	struct case_answer answer; /* once it is over */
};

/* Asks now, again if it was asked before. */
int question_ask(struct question *q, bool cd, simtime now, struct err *e);

/* The question as one who asks; it is lent. */
struct asker question_asker(struct question *q);
