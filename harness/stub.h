/* stub.h - the clients' stub resolvers: attempts, timeouts, retries, and what an answer means.
 *
 * Between the replay, which says what is asked first, and the wire. Every attempt is a query of its own with its own ID and port,
 * booked once when its outcome is known. */
#pragma once

#include "harness/replay.h"
#include "sim/record.h"
#include "sim/wire.h"

struct stub;

/* Everything given is lent and outlives the stub. */
int stub_new(const struct scenario *s, struct replay *r, struct wire *w, struct record *rec,
	     const struct endpoint *resolver, struct stub **ret, struct err *e);
void stub_free(struct stub *st);
DEFINE_FREEP(struct stub, stub)

/* When there is something to do next: a question to send, a retry or a timeout. SIMTIME_NEVER at the end. */
simtime stub_due(const struct stub *st);

/* Does what is due at `now`. */
int stub_run(struct stub *st, simtime now, struct err *e);

/* An answer from the resolver to one of the clients. One that nobody waits for (late, twice, forged) is counted and dropped. */
int stub_answer(struct stub *st, const struct packet *p, simtime now, struct err *e);

/* Attempts that wait for an answer now. */
uint64_t stub_waiting(const struct stub *st);
