/* SPDX-License-Identifier: BSD-2-Clause */
/* stub.h - the clients' stub resolvers: attempts, timeouts, retries, and what an answer means.
 *
 * Between the replay, which says what is asked first, and the wire. Every attempt is a query of
 * its own with its own ID and port, booked once when its outcome is known. An answer counts when
 * it comes from the resolver that was asked to the attempt's address and port with its ID and question
 * before the timeout; a truncated datagram is asked again over TCP within the same attempt. Which resolver
 * of a client's list an attempt is at is told in turns.h.
 *
 * The age of an answer is that of the first address in it, judged by its owner's name: fresh
 * when the authority gave it in the second of the query or later, stale when it is older than
 * the planned TTL (one second for rounding), wrong when it was never given, comes from the
 * future, or has an owner that no alias leads to.
 *
 * By what a client asks (udp, tcp, dot, doh) is drawn for him; what lasts is told in stub_session.h. With a round
 * trip every question is at the resolver half of it later, and every answer at the client.
 *
 * First attempts are handed to the wire ahead of their time while nothing else is due before
 * them. Queries go into the record's capture here, answers by whoever takes them from the wire. */
#pragma once

#include "harness/clients/recent.h"
#include "harness/clients/replay.h"
#include "sim/record/record.h"
#include "sim/wire/wire.h"

struct stub;

/* Everything given is lent and outlives the stub. */
int stub_new(const struct scenario *s, struct replay *r, struct wire *w, struct record *rec,
	     struct stub **ret, struct err *e);
void stub_free(struct stub *st);
DEFINE_FREEP(struct stub, stub)

/* Where a resolver of a role listens, by IPv4 and IPv6; NULL: not. There is at least one of each role that
 * is asked before anybody asks, and those of a role come one after the other; of several each client has
 * one. Without an end of their family clients of a capture ask from an address of draw_address() instead
 * of their own. */
int stub_add_resolver(struct stub *st, unsigned role, const struct endpoint *four,
		      const struct endpoint *six, struct err *e);

/* From now on clients are routed elsewhere. -ENOMEM. */
int stub_move(struct stub *st, const struct client_move *m, struct err *e);

/* Tells each outcome to somebody else, too, as it becomes known. */
void stub_tell(struct stub *st, void (*each)(const struct record_query *q, void *arg), void *arg);

/* When there is something to do next: a question to send, a retry or a timeout. SIMTIME_NEVER at
 * the end. Never in the past after stub_run(). */
simtime stub_due(const struct stub *st);

/* Does what is due at `now`. No attempt begins at or after the scenario's end. Where clients are routed
 * is known until `routed`: nothing is handed to the wire ahead that is sent then or later. */
int stub_run(struct stub *st, simtime now, simtime routed, struct err *e);

/* An answer from the resolver to one of the clients, `now` being when it was sent. One that
 * nobody waits for (late, twice, forged, malformed) is counted and dropped. */
int stub_answer(struct stub *st, const struct packet *p, simtime now, struct err *e);

/* What a client sent came to a port where nobody listens: it need not wait for the timeout. */
int stub_unreachable(struct stub *st, const struct packet *p, simtime now, struct err *e);

/* The resolver has ended a session of a client's, or it never came to be. */
int stub_over(struct stub *st, const struct packet *p, simtime now, struct err *e);

/* Attempts that wait for an answer now, those handed ahead included. */
uint64_t stub_waiting(const struct stub *st);

/* When a client first got SERVFAIL, or waited in vain, at or after the instant at which the first
 * fault of the scenario can be seen. SIMTIME_NEVER: not so far. */
simtime stub_first_failure(const struct stub *st);

/* Answers that nobody waited for. */
uint64_t stub_dropped(const struct stub *st);

/* What was lost on the way between clients and resolvers, as their plans have it: with loss, or since a queue
 * was full. */
struct stub_lost {
	uint64_t questions, answers, queue_full; /* the last are among the others */
};

struct stub_lost stub_lost(const struct stub *st);

/* Questions that were due, in real time, but that we came to only after the scenario's end. */
uint64_t stub_unasked(const struct stub *st);

/* The last questions of all, retries included; lent. */
const struct recent *stub_recent(const struct stub *st);
