/* SPDX-License-Identifier: BSD-2-Clause */
/* wire.h - packets between the world and the resolvers under test, and the waiting for them.
 *
 * Two ways, one face. With the virtual clock datagrams are handed over in the page that the clock
 * library shares with the resolver (page.h): no kernel socket moves them, and waiting means letting
 * the resolver come to rest and then moving time. With the clock at real or constant speed they are
 * real UDP in the namespaces, and waiting is waiting. TCP is the kernel's in both; a connection
 * shows here as whole DNS messages.
 *
 * One loop owns a wire: it takes what has come, does what is due, sends, and waits. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/cleanup.h"
#include "sim/clock/clock.h"
#include "sim/wire/losses.h"
#include "sim/wire/packet.h"
#include "sim/wire/sessions.h"
#include "sim/world/world.h"

struct wire;

/* Listens for the resolvers' upstream queries on the whole internet namespace, and sends as
 * clients. */
int wire_new(struct clock *c, struct world *world, struct wire **ret, struct err *e);
void wire_free(struct wire *w);
DEFINE_FREEP(struct wire, wire)

/* Shows every packet from here on as it is sent or taken, with its instant, which lies ahead where
 * it is sent later; but for clients' queries that are sent ahead. NULL: no more. */
void wire_tap(struct wire *w, void (*each)(const struct packet *p, simtime at, void *arg),
	      void *arg);

/* From here on datagrams to this address are given to `take` at their instants, in the place of being sent: of one who asks
 * authorities and is on no clock. `take` NULL: no more. */
void wire_divert(struct wire *w, const struct address *to,
		 int (*take)(const struct packet *p, void *arg, struct err *e), void *arg);

/* Sends now. For TCP from a client a connection is opened, used once and closed after the answer,
 * unless packet.connection names a session of his; a TCP answer of an authority goes back on
 * packet.connection. -EAGAIN never happens: the wire
 * queues. */
int wire_send(struct wire *w, const struct packet *p, struct err *e);

/* As wire_send() for a client's UDP query at an instant still ahead: the wire may hand it over
 * early and the resolver will see it then. Instants must not go back. */
int wire_send_at(struct wire *w, const struct packet *p, simtime at, struct err *e);

/* As wire_send() for an authority's UDP answer at an instant still ahead, in any order; the library
 * hands it over then. false: it cannot be (real time, TCP, no room), and is to be sent when it is
 * due. */
bool wire_send_later(struct wire *w, const struct packet *p, simtime at);

/* The resolver at this address is another process now: what the one before was still to read is
 * lost, but for clients' queries that are ahead. */
void wire_begin_anew(struct wire *w, const struct address *resolver);

/* What the resolver left where it was: its users wait in vain, as they would of any server that does
 * so. */
struct wire_unread {
	uint64_t datagrams; /* that found its receive buffer full; real sockets do not tell */
	uint64_t connections; /* that found its queue of them full */
};

struct wire_unread wire_unread(const struct wire *w);

/* What the testbed itself lost; see losses.h. `answers` is the authority's. */
struct losses_counts wire_losses(const struct wire *w);

/* Whether it lost the question of the client at this end, or its answer: told once. */
bool wire_was_lost(struct wire *w, const struct endpoint *client);

/* Whether queries are sent at the instants at which they are due, however late we come to it: on a
 * virtual clock. */
bool wire_is_exact(const struct wire *w);

/* Whether there is room to send ahead. */
bool wire_has_room(struct wire *w);

/* Looks for TCP of programs that are not on the clock, so that wire_take() has what came of it. */
void wire_look(struct wire *w);

/* The next packet that has come; false when there is none. */
bool wire_take(struct wire *w, struct packet *ret);

/* When the first resolver that rests has something to do by itself, or gets what is ahead of it. SIMTIME_NEVER: none, or
 * the clock runs. */
simtime wire_next(struct wire *w);

/* Lets the resolver work until there is something to take, or it rests and `until` has come: then
 * clock_now() is `until`. Time passes `until` only while a resolver computes and that is charged
 * for. -ECHILD: a resolver ended; -EBADRQC: it called what the clock cannot virtualise; -EDEADLK:
 * it did not come to rest; -EINTR: a signal asks the run to end. */
int wire_wait(struct wire *w, simtime until, struct err *e);

/* Where each resolver has a time of its own: the windows that have passed so far, and how many were woken in
 * them to compute beside one another (window.h). */
struct wire_beside {
	uint64_t windows, woken;
};

struct wire_beside wire_beside(const struct wire *w);

/* Clients' connections that last; lent. What is under way in them arrives while packets are taken, and
 * `wire_due` says when. */
struct sessions *wire_sessions(const struct wire *w);
simtime wire_due(const struct wire *w);
