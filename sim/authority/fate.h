/* SPDX-License-Identifier: BSD-2-Clause */
/* fate.h - what becomes of an answer on its way: how long it takes, whether it is lost, and what is
 * spoilt of it by the faults that its server has then. Each fault draws by a lottery of its own: inside
 * sim/authority only. */
#pragma once

#include "sim/authority/answer.h"
#include "sim/wire/packet.h"
#include "zones/aim.h"

/* What becomes of one answer. */
struct fate {
	bool lost;
	simtime delay;
	bool wrong_id, wrong_source, corrupt;
	uint64_t draw; /* where it is corrupt */
	struct fault_set faults;
};

struct fates; /* of all faults of a tree: their lotteries, and what servers have sent */

/* The tree is lent until fates_free(). */
int fates_new(const struct tree *t, struct fates **ret, struct err *e);
void fates_free(struct fates *f);

/* Round trips until the whole answer is there: one, by TCP one more for the handshake, and one for
 * each doubling of the window that it takes behind the first ten segments (RFC 6928). How far the
 * window of a connection has grown that was used before is not known: it counts as a fresh one. */
unsigned fate_round_trips(const struct packet *p, size_t len);

/* What the answer to the query `p`, which is asked like `q`, meets with: added to *fate. */
void fate_of(struct fates *fs, const struct answer *ans, const struct asked *q,
	     const struct packet *p, struct fate *fate);
