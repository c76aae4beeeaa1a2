/* SPDX-License-Identifier: BSD-2-Clause */
/* sessions.h - clients' connections that last: opened once, for many questions, several of them under way
 * at a time (RFC 7766), in TLS (RFC 7858) or HTTP/2 (RFC 8484).
 *
 * The kernel moves the bytes, and takes no time for that. A client may be far away all the same: what he
 * sends comes to the resolver, and what it sends to him, half a round trip later, whatever it is. So a TCP
 * handshake takes one round trip, TLS 1.3 another, and the first question is there after two and a half.
 *
 * A session ends when either side ends it. Of one that the resolver ended, or never took, the client is told
 * when he hears of it, in a packet that is `over`; what he leaves himself ends by a reset, as with
 * connections.h. One that the resolver's queue has no place for stays silent. */
#pragma once

#include "sim/base/cleanup.h"
#include "sim/clock/clock.h"
#include "sim/wire/packet.h"
#include "sim/wire/poller.h"
#include "sim/wire/pool.h"

#define SESSIONS_MAX 16384 /* at once */

struct sessions;

/* Poller, pool and clock are lent until sessions_free(). */
int sessions_new(struct poller *p, struct pool *pool, const struct clock *c, struct sessions **ret,
		 struct err *e);
void sessions_free(struct sessions *s);
DEFINE_FREEP(struct sessions, sessions)

/* Resolvers show this certificate (PEM), and no other is taken. Before one is opened in TLS. */
int sessions_trust(struct sessions *s, const char *certificate, struct err *e);

/* How one begins: `from` a client's end to that of a resolver. */
struct session_plan {
	enum transport transport;
	struct endpoint from, to;
	simtime round_trip;
};

/* Opens one now; its number is never 0, and that of no other. -EMFILE: there are too many. */
int sessions_open(struct sessions *s, const struct session_plan *p, uint32_t *ret, struct err *e);

/* A message on session p->connection; one that is not open yet keeps it until it is. Of one that has ended
 * he will be told. */
int sessions_send(struct sessions *s, const struct packet *p, struct err *e);

/* Whether all handshakes are over, as the client sees it. */
bool sessions_is_open(const struct sessions *s, uint32_t number);

/* The client leaves; nothing is heard of it from here on. */
void sessions_leave(struct sessions *s, uint32_t number);

/* When something that is under way arrives next; takes in what has arrived. What is wrong with more than one
 * of them is told by sessions_check(). */
simtime sessions_due(const struct sessions *s);
void sessions_run(struct sessions *s);
int sessions_check(const struct sessions *s, struct err *e);

/* The poller has told `events` of the one behind a handle. */
void sessions_serve(struct sessions *s, struct handle *h, uint32_t events);

/* The next message of any, or that one is over. `message` has room for MESSAGE_MAX bytes. */
bool sessions_take(struct sessions *s, uint8_t *message, struct packet *ret);

/* What came of them, by transport. */
struct sessions_counts {
	uint64_t opened, refused; /* by the resolver's host */
	uint64_t handshakes,
		resumed; /* that came to a good end in TLS; by a ticket of one before */
	uint64_t failed; /* handshakes in TLS that did not */
	uint64_t ended; /* by the resolver, when all handshakes were over */
	uint64_t
		unserved; /* HTTP answers with another status than 200, and streams that were reset */
};

const struct sessions_counts *sessions_counted(const struct sessions *s, enum transport t);

/* Why a handshake failed first; "". */
const char *sessions_failure(const struct sessions *s);

/* See sockets_awaited(), sockets_give_up(), sockets_turn_away() and sockets_untaken(); how many there are; and whether any got or
 * did anything since this was asked last. */
unsigned sessions_awaited(struct sessions *s);
unsigned sessions_give_up(struct sessions *s);
struct backlog_listener;
unsigned sessions_turn_away(struct sessions *s, const struct backlog_listener *full, int count);
uint64_t sessions_untaken(const struct sessions *s);
unsigned sessions_count(const struct sessions *s);
bool sessions_stirred(struct sessions *s);
