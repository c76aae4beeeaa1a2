/* SPDX-License-Identifier: BSD-2-Clause */
/* prober.h - an operator's own questions: do names below a zone validate?
 *
 * A probe asks the resolver for the addresses of signed delegations that nobody asked for before
 * (RD, AD and DO set, CD clear), so that no answer comes out of the cache. It is over when all its
 * names have their outcome, and tells the worst. Questions come from an address that is no
 * client's: they stand in no curve, and the questions that clients draw stay the same. */
#pragma once

#include "sim/record/record.h"
#include "sim/wire/wire.h"

struct prober;

/* All is lent and outlives the prober. `resolver` is where it asks, `me` an address for it alone.
 */
int prober_new(const struct scenario *s, struct wire *w, struct record *rec,
	       const struct endpoint *resolver, const struct address *me, struct prober **ret,
	       struct err *e);
void prober_free(struct prober *p);
DEFINE_FREEP(struct prober, prober)

/* Asks for so many names below `z` now; a probe of the zone that is still on its way is given up.
 * -ENODATA: no name is left that nobody asked for. */
int prober_ask(struct prober *p, const struct zone *z, unsigned names, simtime now, struct err *e);

/* Whether a packet to the clients' side is for the prober, and what it does with it. */
bool prober_owns(const struct prober *p, const struct packet *packet);
int prober_answer(struct prober *p, const struct packet *packet, struct err *e);

/* When the first question that waits times out; SIMTIME_NEVER: none waits. */
simtime prober_due(const struct prober *p);
void prober_run(struct prober *p, simtime now);

/* What the last probe of a zone came to: "secure" (NOERROR with AD), "insecure" (without), "other",
 * "timeout", "bogus" (SERVFAIL). NULL: there was none, or it is on its way. */
const char *prober_outcome(const struct prober *p, const struct zone *z);
