/* SPDX-License-Identifier: BSD-2-Clause */
/* stub_inside.h - what the clients' stub resolvers are inside: for stub.c and stub_outcome.c alone. */
#pragma once

#include "harness/clients/asked.h"
#include "harness/clients/stub.h"
#include "harness/clients/stub_link.h"
#include "harness/clients/stub_session.h"
#include "harness/clients/turns.h"
#include "sim/base/hash.h"
#include "sim/base/rng.h"
#include "sim/base/timerqueue.h"

#define AHEAD_MAX 64 /* questions at the wire whose time has not come */

/* One query of one client, from the question to its outcome. */
struct attempt {
	struct timer timer; /* while it waits: the timeout; before: when to send it again */
	struct attempt *next; /* among the spare ones */
	UT_hash_handle hh; /* among those that wait, by token */
	uint32_t token; /* port and ID */
	simtime sent;
	simtime timeout; /* an instant */
	unsigned number; /* 0: the first */
	unsigned first,
		at; /* places in his list of resolvers: of the first attempt, and of this one */
	const struct asked_one *resolver; /* that is asked */
	bool came_on; /* the attempt before was at another one */
	bool tcp; /* by a connection of its own, since the answer was truncated */
	enum transport transport;
	bool is_asked; /* its question is at the resolver, or comes to it: it has a token */
	struct timer way; /* when the question comes to the resolver */
	bool is_on_way, ahead; /* it is handed over ahead of its time */
	struct stub_session *session; /* that it waits on; NULL */
	struct attempt *before, *behind; /* there */
	bool reused,
		moved; /* the session had been asked before; it had to be asked again on another one */
	uint8_t opened; /* sessions, for it */
	struct endpoint me;
	struct ask ask;
};

struct stub {
	const struct scenario *s;
	struct replay *replay;
	struct wire *wire;
	struct record *record;
	struct asked asked;
	struct turns turns;
	struct rng rng;
	uint32_t ports; /* given out so far */

	struct timerqueue waiting, retries, on_way;
	uint64_t waiting_count;
	struct stub_session *sessions, *by_number;
	struct stub_session *loosened; /* an attempt on it is over, and it is to be tidied */
	struct timerqueue idle; /* sessions */
	struct attempt *by_token;
	struct attempt *spare;

	struct ask ask; /* the next question of the replay */
	bool has_ask;
	simtime ahead[AHEAD_MAX]; /* a ring: when the questions sent ahead are to be seen */
	unsigned ahead_first, ahead_count;
	uint64_t dropped, unasked;
	struct stub_link links[TRAFFICS_MAX][HOSTS_MAX];
	struct stub_lost lost;
	struct recent recent;
	simtime first_fault, first_failure;
	void (*told)(const struct record_query *q, void *arg); /* NULL: nobody asked */
	void *told_arg;
};

static inline const struct stub_plan *stub_plan_of(const struct stub *st, const struct ask *a)
{
	return &st->s->traffic[a->traffic].stub;
}

/* The resolver whose turn it is, for a client who is where he is routed at that instant. */
const struct asked_one *stub_resolver_of(const struct stub *st, const struct attempt *a,
					 simtime now);

/* The resolver's end for a client, and his address, which changes when it has none of his family. */
const struct endpoint *stub_end_for(struct attempt *a);
uint16_t stub_next_port(struct stub *st);

/* The question goes to the wire: on a session, or with 0 from a->me.port as it is. */
int stub_hand_over(struct stub *st, struct attempt *a, const struct endpoint *to, uint32_t session,
		   simtime at, struct err *e);

/* Sends an attempt now, or `ahead`, and waits for the answer until its timeout. */
int stub_send(struct stub *st, struct attempt *a, simtime at, bool ahead, struct err *e);

void stub_forget_token(struct stub *st, struct attempt *a);
void stub_stop_waiting(struct stub *st, struct attempt *a);
void stub_give_spare(struct stub *st, struct attempt *a);

/* Nothing came of an attempt, as is known at an instant. */
int stub_give_up(struct stub *st, struct attempt *a, simtime at, struct err *e);
