/* SPDX-License-Identifier: BSD-2-Clause */
/* clients.h - clients' UDP sockets: each is bound to a client's own address while it waits for
 * answers.
 *
 * A client that has got as many packets as it sent is let go, so that its port is free for
 * another. Time is counted in the caller's ticks. */
#pragma once

#include "sim/base/cleanup.h"
#include "sim/wire/packet.h"
#include "sim/wire/poller.h"
#include "sim/wire/pool.h"

struct clients;

/* `kind`: what the poller calls them: CLIENT, or RESOLVER, which asks as they do. `max`: so many at
 * once; the oldest go. Poller and pool are lent until clients_free(). */
int clients_new(struct poller *p, struct pool *pool, enum handle_kind kind, unsigned max,
		struct clients **ret, struct err *e);
void clients_free(struct clients *c);
DEFINE_FREEP(struct clients, clients)

/* Sends a datagram as the client at p->from. What an address does not allow, and what
 * the kernel does not take, is noted among the losses of the pool. */
int clients_send(struct clients *c, const struct packet *p, struct err *e);

/* The next datagram that the client behind a handle has got, see listeners_receive(). The handle
 * may be gone after it. */
bool clients_receive(struct clients *c, struct handle *h, uint8_t *message, struct packet *ret);

/* Now it is `now`, and who has sent nothing for more than `patience` ticks goes home. */
void clients_tick(struct clients *c, uint64_t now, uint64_t patience);

/* Makes room for another file. false: there is no client. */
bool clients_drop_oldest(struct clients *c);
