/* SPDX-License-Identifier: BSD-2-Clause */
/* connections_inside.h - what TCP connections are inside: for connections*.c alone. connections.c has them and their
 * messages, connections_way.c what is on the way and what does not come. */
#pragma once

#include "sim/base/hash.h"
#include "sim/wire/bytes.h"
#include "sim/wire/connections.h"

struct connection {
	struct handle handle;
	enum side side;
	struct endpoint here, there;
	uint32_t id;
	uint64_t used;
	struct bytes in, out;
	bool has_asked; /* a whole message has come */
	unsigned unanswered; /* messages to an authority */
	bool wants_out; /* the poller tells when it can be written to */
	bool is_awaited; /* the kernel may have something of ours that the other side has not */
	UT_hash_handle hh; /* by id */
};

/* One who calls, and how often. Numbers are of each alone: who of several is quicker is the machine's. */
struct caller {
	struct address address;
	uint32_t calls;
	UT_hash_handle hh;
};

struct connections {
	struct poller *poller;
	struct pool *pool, *resolvers;
	uint64_t now;
	uint32_t last_id;
	uint64_t untaken;
	bool numbers; /* who calls has the next of FIRST_PORT to 65535 for its port */
	struct caller *callers;
	struct connection *oldest; /* and behind it all others, as they were last used */
};

/* A connection that is given up before it came to be found no place at the resolver. */
void connection_give_up(struct connections *all, struct connection *c, uint8_t state);

/* Where TCP has a connection, and how many segments it has sent that the other side does not say it
 * has. What it does not send since the other side has no room for it waits until that reads. */
unsigned connection_under_way(const struct connection *c, uint8_t *state);

/* Whether something of ours is unsent, or not acknowledged. */
bool connection_kernel_has(const struct connection *c);
