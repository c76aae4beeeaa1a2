/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/stub.h"

#include <errno.h>
#include <string.h>

#include <uthash.h>

#include "harness/clients/age.h"
#include "harness/clients/asked.h"
#include "harness/clients/draw.h"
#include "harness/clients/message.h"
#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "sim/base/timerqueue.h"

#define AHEAD_MAX 64 /* questions at the wire whose time has not come */
#define PORT_FIRST 1024
#define PORT_COUNT (65536 - PORT_FIRST)

enum { STREAM_STUB = 0x73747562 };

/* One query of one client, from the question to its outcome. */
struct attempt {
	struct timer timer; /* while it waits: the timeout; before: when to send it again */
	struct attempt *next; /* among the spare ones */
	UT_hash_handle hh; /* among those that wait, by token */
	uint32_t token; /* port and ID */
	simtime sent;
	simtime timeout; /* an instant */
	unsigned number; /* 0: the first */
	bool tcp;
	struct endpoint me;
	struct ask ask;
};

struct stub {
	const struct scenario *s;
	struct replay *replay;
	struct wire *wire;
	struct record *record;
	struct asked asked;
	struct rng rng;
	uint32_t ports; /* given out so far */

	struct timerqueue waiting, retries;
	struct attempt *by_token;
	struct attempt *spare;

	struct ask ask; /* the next question of the replay */
	bool has_ask;
	simtime ahead[AHEAD_MAX]; /* a ring: when the questions sent ahead are to be seen */
	unsigned ahead_first, ahead_count;
	uint64_t dropped, unasked;
	struct recent recent;
	simtime first_fault, first_failure;
	void (*told)(const struct record_query *q, void *arg); /* NULL: nobody asked */
	void *told_arg;
};

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
	next_ask(st);
	*ret = st;
	return 0;
}

int stub_add_resolver(struct stub *st, const struct endpoint *four, const struct endpoint *six,
		      struct err *e)
{
	return asked_add(&st->asked, four, six, e);
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
	asked_done(&st->asked);
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
	return HASH_COUNT(st->by_token);
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

uint64_t stub_unasked(const struct stub *st)
{
	return st->unasked;
}

simtime stub_due(const struct stub *st)
{
	simtime due = st->has_ask ? st->ask.at : SIMTIME_NEVER;

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

static void give_spare(struct stub *st, struct attempt *a)
{
	a->next = st->spare;
	st->spare = a;
}

static void stop_waiting(struct stub *st, struct attempt *a)
{
	HASH_DELETE(hh, st->by_token, a);
	timerqueue_remove(&st->waiting, &a->timer);
}

static uint16_t next_port(struct stub *st)
{
	return (uint16_t)(PORT_FIRST + st->ports++ % PORT_COUNT);
}

/* A port and an ID that no attempt waits with. Ports go round: two attempts that wait seldom
 * share one. */
static void choose_token(struct stub *st, struct attempt *a)
{
	bool wanted = a->ask.port && !a->number && !a->tcp;
	struct attempt *other;

	a->me.port = wanted ? a->ask.port : next_port(st);
	for (;;) {
		a->token = (uint32_t)a->me.port << 16 | (uint16_t)rng_next(&st->rng);
		HASH_FIND(hh, st->by_token, &a->token, sizeof(a->token), other);
		if (!other)
			return;
		a->me.port = next_port(st);
	}
}

/* Sending. */

/* The resolver's end for a client, whose address changes when the resolver has none of its
 * family. */
static const struct endpoint *choose_resolver(const struct stub *st, struct attempt *a)
{
	const struct asked_one *r = asked_by(&st->asked, a->ask.client);
	bool v6 = a->ask.address.family == 6;

	a->me.address = a->ask.address;
	if (r->at[v6].address.family)
		return &r->at[v6];
	a->me.address = draw_address(a->ask.client % DRAW_CLIENTS_MAX);
	return &r->at[!v6];
}

/* Sends it now, or `ahead`, and waits for the answer until its timeout. */
static int send_attempt(struct stub *st, struct attempt *a, simtime at, bool ahead, struct err *e)
{
	const struct endpoint *resolver = choose_resolver(st, a);
	uint8_t bytes[MESSAGE_QUERY_MAX];
	struct packet p = { .side = SIDE_CLIENT, .tcp = a->tcp, .at = at };

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
	p.to = *resolver;
	recent_note(&st->recent, at, a->ask.qname, a->ask.qtype);
	HASH_ADD(hh, st->by_token, token, sizeof(a->token), a);
	timerqueue_add(&st->waiting, &a->timer, a->timeout);
	record_packet(st->record, &p, at);
	return ahead ? wire_send_at(st->wire, &p, at, e) : wire_send(st->wire, &p, e);
}

static int begin_attempt(struct stub *st, struct attempt *a, simtime at, bool ahead, struct err *e)
{
	a->tcp = a->ask.tcp;
	a->sent = at;
	a->timeout = at + st->s->traffic.stub.timeout;
	return send_attempt(st, a, at, ahead, e);
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

	if (!a)
		return err_set(e, -ENOMEM, "no memory for %llu waiting clients",
			       (unsigned long long)stub_waiting(st));
	a->ask = st->ask;
	a->number = 0;
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

/* Outcomes. */

static int book(struct stub *st, const struct attempt *a, simtime now, const struct message *m,
		enum outcome outcome, struct age_given age, bool again, struct err *e)
{
	struct record_query q = {
		.sent = a->sent,
		.answered = now,
		.class = a->ask.class,
		.qname = a->ask.qname,
		.qtype = a->ask.qtype,
		.name_key = a->ask.name_key,
		.client = a->ask.client,
		.attempt = a->number,
		.outcome = outcome,
		.rcode = !m		  ? 0
			 : m->rcode > 255 ? 255
					  : (uint8_t)m->rcode,
		.age = age.age,
		.given = age.given,
		.ad = m && m->ad,
		.wants_ad = (a->ask.ad || a->ask.dnssec_ok) && !a->ask.cd,
		.is_last = !again || a->number + 1 >= st->s->traffic.stub.attempts,
		.edns = a->ask.edns,
		.ede = m ? m->ede : -1,
		.edes = m ? m->edes : 0,
	};

	if (st->told)
		st->told(&q, st->told_arg);
	return record_query(st->record, &q, e);
}

static void note_failure(struct stub *st, simtime now)
{
	if (now >= st->first_fault && now < st->first_failure)
		st->first_failure = now;
}

/* The attempt is over. `again`: its outcome is one after which stubs ask again, here at `next`. */
static void finish(struct stub *st, struct attempt *a, bool again, simtime next)
{
	if (!again || a->number + 1 >= st->s->traffic.stub.attempts) {
		give_spare(st, a);
		return;
	}
	a->number++;
	timerqueue_add(&st->retries, &a->timer, next);
}

static bool retries_on(const struct stub_plan *plan, uint16_t rcode)
{
	return (rcode == RCODE_SERVFAIL && plan->retry_on & RETRY_SERVFAIL) ||
	       (rcode == RCODE_REFUSED && plan->retry_on & RETRY_REFUSED);
}

/* The attempt that a packet answers, with what it says. NULL: none. */
static struct attempt *find_waiting(const struct stub *st, const struct packet *p,
				    struct message *m)
{
	uint32_t token = (uint32_t)p->to.port << 16;
	struct attempt *a;

	if (!asked_has(&st->asked, &p->from) || !message_read(p->data, p->len, m))
		return NULL;
	token |= m->id;
	HASH_FIND(hh, st->by_token, &token, sizeof(token), a);
	if (!a || a->tcp != p->tcp || !endpoint_equal(&p->to, &a->me) || !m->is_answer || m->opcode)
		return NULL;
	if (!m->has_question) /* a server that does not understand may send no more than a header */
		return m->rcode == RCODE_FORMERR ? a : NULL;
	if (m->qtype != a->ask.qtype || m->qclass != 1 || !name_equal(m->qname, a->ask.qname))
		return NULL;
	return m->whole || m->truncated ? a : NULL;
}

int stub_answer(struct stub *st, const struct packet *p, simtime now, struct err *e)
{
	const struct stub_plan *plan = &st->s->traffic.stub;
	struct message m;
	bool again;
	struct attempt *a = find_waiting(st, p, &m);
	struct age_given age = AGE_NOT_GIVEN;
	int r;

	if (!a || now >= a->timeout) {
		st->dropped++;
		return 0;
	}
	stop_waiting(st, a);
	if (m.truncated && !a->tcp) {
		a->tcp = true;
		return send_attempt(st, a, now, false, e);
	}
	if (m.rcode == RCODE_NOERROR)
		age = age_of(st->s->tree, &m, a->sent, now, a->ask.ttl);
	if (m.rcode == RCODE_SERVFAIL)
		note_failure(st, now);
	again = retries_on(plan, m.rcode);
	r = book(st, a, now, &m, record_outcome(m.rcode), age, again, e);
	finish(st, a, !r && again, now + plan->pause);
	return r;
}

/* Nothing came of an attempt, as is known at an instant. What the testbed itself lost was never the
 * resolver's to answer: it stands in no curve, and makes the run one that is not valid. */
static int give_up(struct stub *st, struct attempt *a, simtime at, struct err *e)
{
	bool again = st->s->traffic.stub.retry_on & RETRY_TIMEOUT;
	int r;

	stop_waiting(st, a);
	if (wire_was_lost(st->wire, &a->me)) {
		give_spare(st, a);
		return 0;
	}
	note_failure(st, at);
	r = book(st, a, at, NULL, OUTCOME_TIMEOUT, AGE_NOT_GIVEN, again, e);
	finish(st, a, !r && again, at);
	return r;
}

static void forget_seen(struct stub *st, simtime now)
{
	while (st->ahead_count && st->ahead[st->ahead_first] <= now) {
		st->ahead_first = (st->ahead_first + 1) % AHEAD_MAX;
		st->ahead_count--;
	}
}

/* Hands over questions whose time has not come, but not behind the next timeout or retry: its
 * query could then not be seen before them. */
static int send_ahead(struct stub *st, struct err *e)
{
	int r = 0;

	while (!r && st->has_ask && !st->ask.tcp && st->ahead_count < AHEAD_MAX &&
	       wire_has_room(st->wire)) {
		simtime at = st->ask.at;

		if (at > timerqueue_due(&st->waiting) || at > timerqueue_due(&st->retries))
			break;
		st->ahead[(st->ahead_first + st->ahead_count++) % AHEAD_MAX] = at;
		r = begin_first(st, at, true, e);
	}
	return r;
}

int stub_unreachable(struct stub *st, const struct packet *p, simtime now, struct err *e)
{
	uint32_t token = (uint32_t)p->to.port << 16;
	struct attempt *a;

	if (p->tcp || p->len < 2)
		return 0;
	token |= get16(p->data);
	HASH_FIND(hh, st->by_token, &token, sizeof(token), a);
	if (!a || a->tcp || !endpoint_equal(&p->to, &a->me) || !asked_has(&st->asked, &p->from) ||
	    now >= a->timeout)
		return 0;
	return give_up(st, a, now, e);
}

/* What is due. */

int stub_run(struct stub *st, simtime now, struct err *e)
{
	struct attempt *a;
	int r = 0;

	while (!r && timerqueue_due(&st->waiting) <= now) {
		a = attempt_of(timerqueue_first(&st->waiting));
		r = give_up(st, a, a->timeout, e);
	}
	while (!r && (a = attempt_of(timerqueue_pop(&st->retries, now)))) {
		if (now < st->s->to)
			r = begin_attempt(st, a, sent_at(st, a->timer.due, now), false, e);
		else
			give_spare(st, a);
	}
	while (!r && st->has_ask && st->ask.at <= now)
		r = begin_due(st, now, e);
	forget_seen(st, now);
	return r ? r : send_ahead(st, e);
}
