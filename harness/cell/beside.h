/* SPDX-License-Identifier: BSD-2-Clause */
/* beside.h - a program that is not on the clock asks in a cell: somebody's who looks round (shell.h), a monitor's
 * (monitor.h).
 *
 * What it sends to a resolver by UDP goes to it as a client's, which nobody books; what it sends to an authority by
 * UDP, from the resolver's own network, is answered by that server as it is then, and counts for nothing in the
 * record. Its connections are the kernel's (waiting.h). As much time passes as the answers take, to the millisecond for
 * those of a tenth of a second. On a clock that runs by itself all of it is the kernel's. */
#pragma once

#include "harness/cell/cell_state.h"
#include "harness/cell/waiting.h"
#include "sim/wire/listeners.h"

#define BESIDE_ASKED 64 /* queries that wait for their answers */
#define BESIDE_SOCKETS 2

/* A query of the program's that waits for its answer. */
struct beside_asked {
	bool waits;
	uint16_t port; /* that it has in the world */
	struct endpoint from, to; /* as the kernel has it */
	int socket; /* that it came to; -1: the listeners */
};

struct beside {
	struct cell *cell;
	struct host *host; /* whom it asks, and where it is */
	struct asker inner; /* who asks beside it */
	int sockets[BESIDE_SOCKETS]; /* where queries to its host come to: of IPv4 and of IPv6 */
	struct listeners others; /* and those to authorities, and to other resolvers */
	struct authority *authority; /* who answers them, and nobody counts it */
	struct endpoint me; /* as whom it asks */
	struct beside_asked asked[BESIDE_ASKED];
	unsigned waiting;
	struct waiting by_tcp;
};

/* From here on what programs send to this resolver is taken, until beside_done(). */
int beside_begin(struct beside *b, struct cell *c, struct host *h, struct err *e);
void beside_done(struct beside *b);

/* Its connections go on, as waiting_pass(). */
int beside_wait(struct beside *b, pid_t pid, struct err *e);

/* The queries that have come are passed on, and as much time passes as their answers take, ten seconds at most. 1: some
 * had come; 0: none. */
int beside_pass(struct beside *b, struct err *e);

/* A file that is written into the folder which such programs see, and what of the trust anchor they may need:
 * anchor.hints, anchor.key and anchor.bind. */
int beside_write(const struct cell *c, const struct host *h, const char *name, const char *text,
		 struct err *e);
int beside_write_anchors(const struct cell *c, const struct host *h, struct err *e);
