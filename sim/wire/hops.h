/* SPDX-License-Identifier: BSD-2-Clause */
/* hops.h - what one resolver sends to another: a link's delay, loss and queue, and a server that answers
 * only so many questions.
 *
 * The wire gives such packets to us, as all that resolvers send; here it is decided when they come, if
 * they do. A link is the way to one resolver and back: whoever asks it has the same. What is lost here is what
 * the scenario wants lost, and counted. Messages by TCP are never lost, as the kernels send them again. */
#pragma once

#include "sim/wire/wire.h"

#define HOPS_MAX 64 /* resolvers */

struct hops_link {
	simtime delay; /* one way */
	double loss; /* share of datagrams, each way */
	double capacity; /* bits a second each way, with headers; 0: without end */
	simtime queue; /* the longest that a packet waits for it; what would wait longer is dropped */
	unsigned cap; /* questions that are let through in a second of the date; 0: all */
	bool is_cap_shared; /* by all who ask; else each has so many */
};

struct hops_count {
	uint64_t questions, answers, bytes; /* that were sent, both ways */
	uint64_t lost, queued_out,
		capped; /* of them: by loss, with the queue full, beyond the cap */
};

struct hops;

/* Draws by the seed. The wire is lent until hops_free(). */
int hops_new(struct wire *w, uint64_t seed, struct hops **ret, struct err *e);
void hops_free(struct hops *h);
DEFINE_FREEP(struct hops, hops)

/* The next resolver has these addresses, and that is the way to it. -EMFILE: too many. */
int hops_add(struct hops *h, const struct address *four, const struct address *six,
	     const struct hops_link *l, struct err *e);

/* Told of each packet as it is sent, and whether it will come. NULL: no more. `arg` is lent. */
void hops_tell(struct hops *h, void (*each)(const struct packet *p, bool comes, void *arg),
	       void *arg);

/* Whether it is from one of them to another. */
bool hops_owns(const struct hops *h, const struct packet *p);

/* Such a packet, which was sent at p->at. */
int hops_take(struct hops *h, const struct packet *p, struct err *e);

/* What could not be handed over ahead: when the next is due, and sends what is. */
simtime hops_due(const struct hops *h);
int hops_run(struct hops *h, simtime now, struct err *e);

/* Of what `from` asked `to`, by their numbers. */
struct hops_count hops_counted(const struct hops *h, unsigned from, unsigned to);
