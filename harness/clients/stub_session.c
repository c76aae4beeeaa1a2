/* SPDX-License-Identifier: BSD-2-Clause */
/* stub_session.c - the connections that stubs keep to their resolvers: one for each client and resolver, which
 * his questions share (RFC 7766, section 6.2). */
#include "harness/clients/stub_session.h"

#include <errno.h>
#include <string.h>

#include "harness/clients/stub_inside.h"
#include <utlist.h>

#include "sim/base/rng.h"

enum { STREAM_TRANSPORT = 0x7472616e };

enum transport stub_transport(const struct stub *st, const struct ask *a)
{
	const struct stub_plan *p = stub_plan_of(st, a);
	double lot = rng_unit(rng_of(rng_of(st->s->chance, STREAM_TRANSPORT), a->client));
	unsigned t;

	if (!p->has_transports || a->tcp)
		return TRANSPORT_UDP;
	for (t = 0; t < TRANSPORTS - 1; t++) {
		if (lot < p->share[t])
			break;
		lot -= p->share[t];
	}
	while (p->share[t] <= 0) /* what rounding left over */
		t--;
	return (enum transport)t;
}

static struct stub_session *find(const struct stub *st, const struct attempt *a)
{
	const struct stub_session_key key = { a->ask.client, a->ask.traffic, a->resolver->number };
	struct stub_session *s;

	HASH_FIND(hh, st->sessions, &key, sizeof(key), s);
	return s;
}

/* Forgets it; who waits on it waits on. */
static void forget(struct stub *st, struct stub_session *s)
{
	if (s->is_idle)
		timerqueue_remove(&st->idle, &s->timer);
	HASH_DELETE(hh, st->sessions, s);
	HASH_DELETE(hh_number, st->by_number, s);
	free(s);
}

void stub_sessions_done(struct stub *st)
{
	while (st->sessions)
		forget(st, st->sessions);
}

static int open_session(struct stub *st, struct attempt *a, struct stub_session **ret,
			struct err *e)
{
	struct stub_session *s = calloc(1, sizeof(*s));
	const struct endpoint *resolver = stub_end_for(a);
	struct session_plan plan = { .transport = a->transport,
				     .from = a->me,
				     .to = *resolver,
				     .round_trip = stub_plan_of(st, &a->ask)->round_trip };
	int r;

	if (!s)
		return err_set(e, -ENOMEM, "no memory for the clients");
	plan.from.port = stub_next_port(st);
	plan.to.port = transport_ports[a->transport];
	r = sessions_open(wire_sessions(st->wire), &plan, &s->number, e);
	if (r < 0) {
		free(s);
		return r;
	}
	s->me = plan.from;
	s->key = (struct stub_session_key){ a->ask.client, a->ask.traffic, a->resolver->number };
	s->to = plan.to;
	a->opened++;
	HASH_ADD(hh, st->sessions, key, sizeof(s->key), s);
	HASH_ADD(hh_number, st->by_number, number, sizeof(s->number), s);
	*ret = s;
	return 0;
}

/* ---- its attempts ---- */

static void append(struct stub_session *s, struct attempt *a)
{
	DL_APPEND2(s->attempts, a, before, behind);
	a->session = s;
	a->me = s->me;
}

static int ask_now(struct stub *st, struct stub_session *s, struct attempt *a, simtime now,
		   struct err *e)
{
	s->under_way++;
	a->reused = s->asked > 0;
	s->asked++;
	return stub_hand_over(st, a, &s->to, s->number, now, e);
}

int stub_session_send(struct stub *st, struct attempt *a, simtime now, struct err *e)
{
	struct stub_session *s = find(st, a);
	int r = 0;

	if (!s)
		r = open_session(st, a, &s, e);
	if (r < 0)
		return r;
	if (s->is_idle)
		timerqueue_remove(&st->idle, &s->timer);
	s->is_idle = false;
	append(s, a);
	return s->under_way < stub_plan_of(st, &a->ask)->in_flight ? ask_now(st, s, a, now, e) : 0;
}

/* Questions that waited for room. */
static int go_on(struct stub *st, struct stub_session *s, simtime now, struct err *e)
{
	struct attempt *a;
	int r = 0;

	for (a = s->attempts; a; a = a->behind) {
		if (a->is_asked)
			continue;
		if (s->under_way >= stub_plan_of(st, &a->ask)->in_flight)
			break;
		r = ask_now(st, s, a, now, e);
		if (r < 0)
			break;
	}
	return r;
}

/* The attempt is no longer on it. */
static void detach(struct stub *st, struct attempt *a)
{
	struct stub_session *s = a->session;

	DL_DELETE2(s->attempts, a, before, behind);
	s->under_way -= a->is_asked;
	stub_forget_token(st, a);
	a->session = NULL;
}

void stub_session_let_go(struct stub *st, struct attempt *a)
{
	struct stub_session *s = a->session;

	detach(st, a);
	st->loosened = s;
}

/* All that wait on it are asked anew, on another one; those that fail are given up. */
static int move_on(struct stub *st, struct attempt *first, bool may_retry, simtime now,
		   struct err *e)
{
	struct attempt *a, *next;
	int r = 0;

	for (a = first; r == 0 && a; a = next) {
		next = a->behind;
		a->behind = NULL;
		a->before = NULL;
		r = may_retry && !a->moved ? (a->moved = true, stub_session_send(st, a, now, e))
					   : stub_give_up(st, a, now, e);
	}
	return r;
}

/* Takes its attempts from it, and forgets it. */
static struct attempt *empty(struct stub *st, struct stub_session *s)
{
	struct attempt *a, *first = s->attempts;

	for (a = s->attempts; a; a = a->behind) {
		stub_forget_token(st, a);
		a->session = NULL;
	}
	forget(st, s);
	return first;
}

int stub_session_over(struct stub *st, uint32_t number, simtime now, struct err *e)
{
	struct stub_session *s;
	bool was_good;

	HASH_FIND(hh_number, st->by_number, &number, sizeof(number), s);
	if (!s)
		return 0;
	was_good = s->answered > 0;
	return move_on(st, empty(st, s), was_good, now, e);
}

/* A connection that never came to be is left with the first question that waited for it in vain; one that
 * was opened stays. */
static int tidy(struct stub *st, struct stub_session *s, bool in_vain, simtime now, struct err *e)
{
	const struct stub_plan *plan = &st->s->traffic[s->key.traffic].stub;
	uint32_t number = s->number;

	if (in_vain && !sessions_is_open(wire_sessions(st->wire), number)) {
		struct attempt *rest = empty(st, s);

		sessions_leave(wire_sessions(st->wire), number);
		return move_on(st, rest, true, now, e);
	}
	if (!s->attempts && !s->is_idle) {
		s->is_idle = true;
		timerqueue_add(&st->idle, &s->timer, now + plan->idle);
		return 0;
	}
	return go_on(st, s, now, e);
}

int stub_session_tidy(struct stub *st, bool in_vain, simtime now, struct err *e)
{
	struct stub_session *s = st->loosened;

	st->loosened = NULL;
	return s ? tidy(st, s, in_vain, now, e) : 0;
}

void stub_sessions_rest(struct stub *st, simtime now)
{
	struct stub_session *s;

	while ((s = TIMER_OWNER(timerqueue_pop(&st->idle, now), struct stub_session, timer))) {
		s->is_idle = false;
		sessions_leave(wire_sessions(st->wire), s->number);
		forget(st, s);
	}
}
