/* SPDX-License-Identifier: BSD-2-Clause */
/* sockets.h - the world's real sockets: UDP and TCP of every authority and of the clients.
 *
 * One UDP and one TCP socket each for IPv4 and IPv6 in the internet namespace take what is sent
 * to any address there (IP_PKTINFO tells which). Clients' sockets live in the clients namespace
 * and are bound to the client's own address (IP_FREEBIND). Everything is non-blocking and behind
 * one epoll. */
#pragma once

#include "sim/base/cleanup.h"
#include "sim/wire/losses.h"
#include "sim/wire/packet.h"
#include "sim/wire/sessions.h"
#include "sim/world/world.h"

struct sockets;

/* `udp` false: only TCP (the page moves datagrams). World and clock are lent. */
int sockets_new(const struct world *w, const struct clock *c, bool udp, struct sockets **ret,
		struct err *e);
void sockets_free(struct sockets *s);
DEFINE_FREEP(struct sockets, sockets)

/* See wire_send() for what TCP does. A client's UDP packet comes from p->from; its socket is
 * kept for the answer and let go after some seconds of real time without one, or when there are
 * too many, the oldest first. A refused or reset connection is the resolver's word, and the stub's timeout
 * speaks; what an address does not allow (a capture's forged one) and what fails here is lost by
 * us. An authority's datagram goes with others at once, with the next sockets_wait() at the latest. */
int sockets_send(struct sockets *s, const struct packet *p, struct err *e);

/* The next message among those that sockets_wait() has seen come, `at` unset; the data is lent
 * until the next sockets_take(). */
bool sockets_take(struct sockets *s, struct packet *ret);

/* Waits at most `timeout` real ns (-1: without end) for something to take. 1: there is. 0: time
 * is up, or something else was to be done meanwhile (a connection came or went): the caller's
 * clock tells. -EINTR. */
int sockets_wait(struct sockets *s, int64_t timeout);

/* What was lost of what these sockets were given or had to take; whether the client at this end lost
 * something, which is forgotten then. */
struct losses_counts sockets_losses(const struct sockets *s);
bool sockets_was_lost(struct sockets *s, const struct endpoint *client);

/* Takes in who calls, and has sessions go on, but reads no message of a connection: where several processes
 * send at one instant all of them are to be there first, and are then told in an order that is none of the
 * machine's. -errno. */
int sockets_serve(struct sockets *s);

/* Connections of clients end that were not used for some seconds: of the clock's where the page moves
 * datagrams, as the machine's have nothing to do with a run's; when that, or something of a session, is due. */
void sockets_pass(struct sockets *s);

/* On the clock, before the resolver looks at its connections: authorities close those that nobody uses. */
void sockets_close_idle(struct sockets *s);

simtime sockets_due(const struct sockets *s);

/* Connections now open, and bytes that TCP has still to bring to the other side of any of them
 * (SIOCOUTQ): 0 when all that we sent has arrived. */
unsigned sockets_connections(const struct sockets *s);
uint64_t sockets_in_flight(const struct sockets *s);

/* Segments, a connection's first among them, that the kernel is about to bring to the other side or
 * to say that they are there (tcpi_unacked in TCP_INFO): they come whether anybody reads or not,
 * and none is sent that there is no room for. */
unsigned sockets_awaited(const struct sockets *s);

/* Connections that the other side has not taken are closed, as are those whose first segment got
 * lost. How many segments are awaited still. */
unsigned sockets_give_up(struct sockets *s);

/* Lets those of them get lost that wait at a listener which has no place for another one, as it takes none. For
 * when nobody computes. Whether there were any. */
bool sockets_turn_away(struct sockets *s);

/* Connections of clients that the resolver's queue of them had no place for, and that were given up
 * therefore. */
uint64_t sockets_untaken(const struct sockets *s);

/* Connections of clients that last; lent. */
struct sessions *sockets_sessions(const struct sockets *s);
