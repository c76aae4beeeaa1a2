/* SPDX-License-Identifier: BSD-2-Clause */
/* connections.h - TCP connections, of clients and with authorities, as whole DNS messages (RFC
 * 1035 section 4.2.2).
 *
 * A client's is opened for one question and closed by a reset after the answer. An authority's
 * is the other side's to close, unless it is idle for long. Time is counted in the caller's ticks. */
#pragma once

#include "sim/base/cleanup.h"
#include "sim/wire/packet.h"
#include "sim/wire/poller.h"
#include "sim/wire/pool.h"

#define CONNECTIONS_MAX 4096 /* at once; the one unused for longest goes */

struct connections;

/* Poller and pools, of clients' sockets and of resolvers', are lent until connections_free(). */
int connections_new(struct poller *p, struct pool *pool, struct pool *resolvers,
		    struct connections **ret, struct err *e);
void connections_free(struct connections *c);
DEFINE_FREEP(struct connections, connections)

/* From now on the ports of those who call are numbers, in the order of each one's own calls: the kernel draws them, others
 * in each run. */
void connections_number(struct connections *c);

/* A client's message, or a resolver's to another one, opens a connection; an authority's goes out on p->connection, if that is
 * still there. */
int connections_send(struct connections *c, const struct packet *p, struct err *e);

/* Takes in who calls at a listener. false: no file is left for one more. */
bool connections_accept(struct connections *c, const struct handle *listener);

/* The next whole message of the connection behind a handle, of which poller_next() told
 * `events`; see listeners_receive(). The handle may be gone after it. */
bool connections_receive(struct connections *c, struct handle *h, uint32_t events, uint8_t *message,
			 struct packet *ret);

/* Now it is `now`, and a client's connection unused for more than `patience` ticks ends. */
void connections_tick(struct connections *c, uint64_t now, uint64_t patience);

/* Closes an authority's that nobody used for more than `idle` ticks and on which nothing is open (RFC 7766,
 * section 6.2.3). The other side should look at it before time moves on. */
void connections_close_idle(struct connections *c, uint64_t idle);

/* The tick at which the first of them does; UINT64_MAX: there is none. `idle` is not less than `patience`. */
uint64_t connections_due(const struct connections *c, uint64_t patience, uint64_t idle);

void connections_drop_oldest(struct connections *c);

/* See sockets_connections() and what follows on it. */
unsigned connections_count(const struct connections *c);
uint64_t connections_in_flight(const struct connections *c);
unsigned connections_awaited(const struct connections *c);
unsigned connections_give_up(struct connections *c);

/* Lets those get lost that wait at one of so many listeners without a place: how many. */
struct backlog_listener;
unsigned connections_turn_away(struct connections *c, const struct backlog_listener *full,
			       int count);
uint64_t connections_untaken(const struct connections *c);
