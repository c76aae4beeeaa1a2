/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/stub.h"

#include <errno.h>
#include <string.h>

#include "harness/clients/draw.h"
#include "harness/clients/message.h"
#include "harness/clients/stub_inside.h"

#define PORT_FIRST 1024
#define PORT_COUNT (65536 - PORT_FIRST)

enum { STREAM_STUB = 0x73747562 };

static simtime first_fault_of(const struct tree *t)
{
	simtime first = SIMTIME_NEVER;

	for (unsigned i = 0; i < t->fault_count; i++)
		if (t->faults[i].from < first)
			first = t->faults[i].from;
	return first;
}

static void next_ask(struct stub *st)
{
	st->has_ask = replay_next(st->replay, &st->ask) && st->ask.at < st->s->to;
}

int stub_new(const struct scenario *s, struct replay *r, struct wire *w, struct record *rec,
	     struct stub **ret, struct err *e)
{
	struct stub *st = calloc(1, sizeof(*st));

	if (!st)
		return err_set(e, -ENOMEM, "no memory for the clients");
	st->s = s;
	st->replay = r;
	st->wire = w;
	st->record = rec;
	st->first_fault = first_fault_of(s->tree);
	st->first_failure = SIMTIME_NEVER;
	st->rng.state = rng_of(s->chance, STREAM_STUB);
	st->turns.seed = s->chance;
	next_ask(st);
	*ret = st;
	return 0;
}

int stub_add_resolver(struct stub *st, unsigned role, const struct endpoint *four,
		      const struct endpoint *six, struct err *e)
{
	return asked_add(&st->asked, role, four, six, e);
}

int stub_move(struct stub *st, const struct client_move *m, struct err *e)
{
	return turns_move(&st->turns, m, e);
}

void stub_tell(struct stub *st, void (*each)(const struct record_query *q, void *arg), void *arg)
{
	st->told = each;
	st->told_arg = arg;
}

static struct attempt *attempt_of(struct timer *t)
{
	return TIMER_OWNER(t, struct attempt, timer);
}

static void free_queue(struct timerqueue *q)
{
	struct attempt *a;

	while ((a = attempt_of(timerqueue_pop(q, SIMTIME_NEVER))))
		free(a);
}

void stub_free(struct stub *st)
{
	struct attempt *a;

	if (!st)
		return;
	HASH_CLEAR(hh, st->by_token);
	stub_sessions_done(st);
	asked_done(&st->asked);
	turns_done(&st->turns);
	free_queue(&st->waiting);
	free_queue(&st->retries);
	while ((a = st->spare)) {
		st->spare = a->next;
		free(a);
	}
	free(st);
}

uint64_t stub_waiting(const struct stub *st)
{
	return st->waiting_count;
}

simtime stub_first_failure(const struct stub *st)
{
	return st->first_failure;
}

const struct recent *stub_recent(const struct stub *st)
{
	return &st->recent;
}

uint64_t stub_dropped(const struct stub *st)
{
	return st->dropped;
}

struct stub_lost stub_lost(const struct stub *st)
{
	return st->lost;
}

uint64_t stub_unasked(const struct stub *st)
{
	return st->unasked;
}

simtime stub_due(const struct stub *st)
{
	simtime due = st->has_ask ? st->ask.at : SIMTIME_NEVER;

	due = earlier(due, earlier(timerqueue_due(&st->on_way), timerqueue_due(&st->idle)));
	return earlier(due, earlier(timerqueue_due(&st->waiting), timerqueue_due(&st->retries)));
}

/* Attempts: made, listed, let go. */

static struct attempt *take_spare(struct stub *st)
{
	struct attempt *a = st->spare;

	if (!a)
		return malloc(sizeof(*a));
	st->spare = a->next;
	return a;
}

void stub_give_spare(struct stub *st, struct attempt *a)
{
	a->next = st->spare;
	st->spare = a;
}

void stub_forget_token(struct stub *st, struct attempt *a)
{
	if (a->is_asked)
		HASH_DELETE(hh, st->by_token, a);
	a->is_asked = false;
}

void stub_stop_waiting(struct stub *st, struct attempt *a)
{
	if (a->session)
		stub_session_let_go(st, a);
	stub_forget_token(st, a);
	if (a->is_on_way)
		timerqueue_remove(&st->on_way, &a->way);
	a->is_on_way = false;
	timerqueue_remove(&st->waiting, &a->timer);
	st->waiting_count--;
}

uint16_t stub_next_port(struct stub *st)
{
	return (uint16_t)(PORT_FIRST + st->ports++ % PORT_COUNT);
}

static void choose_port(struct stub *st, struct attempt *a)
{
	bool wanted = a->ask.port && !a->number && !a->tcp;

	a->me.port = wanted ? a->ask.port : stub_next_port(st);
}

/* A port and an ID that no attempt waits with. Ports go round: two attempts that wait seldom
 * share one, but those of one session do. */
static void choose_token(struct stub *st, struct attempt *a)
{
	struct attempt *other;

	for (;;) {
		a->token = (uint32_t)a->me.port << 16 | (uint16_t)rng_next(&st->rng);
		HASH_FIND(hh, st->by_token, &a->token, sizeof(a->token), other);
		if (!other)
			return;
		if (!a->session)
			a->me.port = stub_next_port(st);
	}
}

/* Sending. */

const struct asked_one *stub_resolver_of(const struct stub *st, const struct attempt *a,
					 simtime now)
{
	const struct stub_plan *plan = stub_plan_of(st, &a->ask);
	unsigned role = plan->asks_count ? plan->roles[a->at] : 0;

	return asked_by(&st->asked, turns_route(&st->turns, role, a->ask.client, now),
			a->ask.client);
}

const struct endpoint *stub_end_for(struct attempt *a)
{
	bool v6 = a->ask.address.family == 6;

	a->me.address = a->ask.address;
	if (a->resolver->at[v6].address.family)
		return &a->resolver->at[v6];
	a->me.address = draw_address(a->ask.client % DRAW_CLIENTS_MAX);
	return &a->resolver->at[!v6];
}

/* The attempt's question, with a token of its own. */
static struct packet write_question(struct stub *st, struct attempt *a, const struct endpoint *to,
				    simtime at, uint8_t bytes[MESSAGE_QUERY_MAX])
{
	struct packet p = {
		.side = SIDE_CLIENT, .tcp = a->tcp, .transport = a->transport, .at = at
	};

	choose_token(st, a);
	message_fill(&p, bytes,
		     &(struct message_query){ .id = (uint16_t)a->token,
					      .qtype = a->ask.qtype,
					      .rd = a->ask.rd,
					      .ad = a->ask.ad,
					      .cd = a->ask.cd,
					      .edns = a->ask.edns,
					      .dnssec_ok = a->ask.dnssec_ok,
					      .qname = a->ask.qname });
	p.from = a->me;
	p.to = *to;
	return p;
}

int stub_hand_over(struct stub *st, struct attempt *a, const struct endpoint *to, uint32_t session,
		   simtime at, struct err *e)
{
	uint8_t bytes[MESSAGE_QUERY_MAX];
	struct packet p = write_question(st, a, to, at, bytes);

	p.tcp = a->tcp || session;
	p.opens = a->tcp || (session && !a->reused);
	p.connection = session;
	a->is_asked = true;
	HASH_ADD(hh, st->by_token, token, sizeof(a->token), a);
	record_packet(st->record, &p, at);
	return a->ahead ? wire_send_at(st->wire, &p, at, e) : wire_send(st->wire, &p, e);
}

/* The question comes to the resolver. */
static int arrive(struct stub *st, struct attempt *a, simtime at, struct err *e)
{
	const struct endpoint *resolver = stub_end_for(a);

	choose_port(st, a);
	return stub_hand_over(st, a, resolver, 0, at, e);
}

/* The question is sent and does not come: the client waits for its answer in vain. */
static void lose(struct stub *st, struct attempt *a, simtime at)
{
	uint8_t bytes[MESSAGE_QUERY_MAX];
	const struct endpoint *resolver = stub_end_for(a);
	struct packet p;

	choose_port(st, a);
	p = write_question(st, a, resolver, at, bytes);
	record_packet(st->record, &p, at);
	record_drop(st->record, &p, at);
}

static int set_out(struct stub *st, struct attempt *a, simtime at, struct err *e)
{
	simtime comes = at;

	if (stub_link_is(stub_plan_of(st, &a->ask)))
		comes = stub_link_ask(st, a, at);
	if (comes == at)
		return arrive(st, a, at, e);
	if (comes == SIMTIME_NEVER) {
		lose(st, a, at);
		return 0;
	}
	a->is_on_way = true;
	timerqueue_add(&st->on_way, &a->way, comes);
	return 0;
}

int stub_send(struct stub *st, struct attempt *a, simtime at, bool ahead, struct err *e)
{
	a->ahead = ahead;
	recent_note(&st->recent, at, a->ask.qname, a->ask.qtype);
	timerqueue_add(&st->waiting, &a->timer, a->timeout);
	st->waiting_count++;
	return a->transport == TRANSPORT_UDP ? set_out(st, a, at, e)
					     : stub_session_send(st, a, at, e);
}

static int begin_attempt(struct stub *st, struct attempt *a, simtime at, bool ahead, struct err *e)
{
	const struct stub_plan *plan = stub_plan_of(st, &a->ask);

	a->tcp = a->ask.tcp;
	a->transport = stub_transport(st, &a->ask);
	a->reused = a->moved = false;
	a->opened = 0;
	a->sent = at;
	a->timeout = at + plan->timeout;
	a->resolver = stub_resolver_of(st, a, at);
	return stub_send(st, a, at, ahead, e);
}

/* When a query is sent that was due at `due`. A client for whom we come late because a resolver
 * computed (clock_charge()) has asked in time all the same; in real time it is we who are late. */
static simtime sent_at(const struct stub *st, simtime due, simtime now)
{
	return wire_is_exact(st->wire) ? due : now;
}

static int begin_first(struct stub *st, simtime at, bool ahead, struct err *e)
{
	struct attempt *a = take_spare(st);
	int first;

	if (!a)
		return err_set(e, -ENOMEM, "no memory for %llu waiting clients",
			       (unsigned long long)stub_waiting(st));
	a->ask = st->ask;
	a->number = 0;
	a->came_on = a->is_asked = a->is_on_way = false;
	a->session = NULL;
	a->before = a->behind = NULL;
	first = turns_begin(&st->turns, stub_plan_of(st, &a->ask), a->ask.client, e);
	if (first < 0) {
		stub_give_spare(st, a);
		return first;
	}
	a->first = (unsigned)first;
	a->at = turns_at(&st->turns, stub_plan_of(st, &a->ask), a->ask.client, a->first, 0);
	next_ask(st);
	return begin_attempt(st, a, at, ahead, e);
}

/* The next question of the replay. One that we come to after the scenario's end, in real time, is never asked: its answer
 * would be nobody's. */
static int begin_due(struct stub *st, simtime now, struct err *e)
{
	if (now < st->s->to || wire_is_exact(st->wire))
		return begin_first(st, sent_at(st, st->ask.at, now), false, e);
	st->unasked++;
	next_ask(st);
	return 0;
}

static void forget_seen(struct stub *st, simtime now)
{
	while (st->ahead_count && st->ahead[st->ahead_first] <= now) {
		st->ahead_first = (st->ahead_first + 1) % AHEAD_MAX;
		st->ahead_count--;
	}
}

/* A datagram that hangs on nothing that may come before it. */
static bool may_go_ahead(const struct stub *st)
{
	const struct stub_plan *p = stub_plan_of(st, &st->ask);

	return !st->ask.tcp && !stub_link_is(p) && !turns_hang_on_outcomes(p) &&
	       stub_transport(st, &st->ask) == TRANSPORT_UDP;
}

/* Hands over questions whose time has not come, but not behind the next timeout or retry: its
 * query could then not be seen before them. */
static int send_ahead(struct stub *st, simtime routed, struct err *e)
{
	int r = 0;

	while (!r && st->has_ask && may_go_ahead(st) && st->ahead_count < AHEAD_MAX &&
	       wire_has_room(st->wire)) {
		simtime at = st->ask.at;

		if (at >= routed || at > timerqueue_due(&st->waiting) ||
		    at > timerqueue_due(&st->retries) || at > timerqueue_due(&st->on_way) ||
		    at > timerqueue_due(&st->idle))
			break;
		st->ahead[(st->ahead_first + st->ahead_count++) % AHEAD_MAX] = at;
		r = begin_first(st, at, true, e);
	}
	return r;
}

/* What is due. */

int stub_run(struct stub *st, simtime now, simtime routed, struct err *e)
{
	struct attempt *a;
	int r = 0;

	while (!r && timerqueue_due(&st->waiting) <= now) {
		a = attempt_of(timerqueue_first(&st->waiting));
		r = stub_give_up(st, a, a->timeout, e);
		if (!r)
			r = stub_session_tidy(st, true, now, e);
	}
	stub_sessions_rest(st, now);
	while (!r && (a = TIMER_OWNER(timerqueue_pop(&st->on_way, now), struct attempt, way))) {
		a->is_on_way = false;
		r = arrive(st, a, sent_at(st, a->way.due, now), e);
	}
	while (!r && (a = attempt_of(timerqueue_pop(&st->retries, now)))) {
		if (now < st->s->to)
			r = begin_attempt(st, a, sent_at(st, a->timer.due, now), false, e);
		else
			stub_give_spare(st, a);
	}
	while (!r && st->has_ask && st->ask.at <= now)
		r = begin_due(st, now, e);
	forget_seen(st, now);
	return r ? r : send_ahead(st, routed, e);
}
