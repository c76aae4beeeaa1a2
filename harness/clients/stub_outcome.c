/* SPDX-License-Identifier: BSD-2-Clause */
/* stub_outcome.c - what comes of an attempt: an answer, or nothing; and whether it is asked again. */
#include "harness/clients/age.h"
#include "harness/clients/message.h"
#include "harness/clients/stub_inside.h"
#include "sim/base/buf.h"

/* It has failed and is asked again: whose turn it is, and whether that is another one than this. Whether
 * clients will be routed elsewhere in a pause until then is not seen. */
static bool goes_on(struct stub *st, struct attempt *a, simtime now)
{
	const struct stub_plan *plan = stub_plan_of(st, &a->ask);

	turns_failed(&st->turns, plan, a->ask.client, a->at);
	a->at = turns_at(&st->turns, plan, a->ask.client, a->first, a->number + 1);
	return stub_resolver_of(st, a, now) != a->resolver;
}

static bool is_last(const struct stub *st, const struct attempt *a, bool again)
{
	return !again || a->number + 1 >= stub_plan_of(st, &a->ask)->attempts;
}

/* The address has a TTL that its zone does not give it. */
static bool is_over(const struct tree *t, const struct message *m)
{
	int64_t ttl = m->address.family && m->on_chain
			      ? tree_address_ttl(t, m->owner, m->address.family)
			      : -1;

	return ttl >= 0 && m->ttl > ttl;
}

static int book(struct stub *st, struct attempt *a, simtime now, const struct message *m,
		enum outcome outcome, struct age_given age, bool again, struct err *e)
{
	bool last = is_last(st, a, again), on = again && goes_on(st, a, now);
	struct record_query q = {
		.sent = a->sent,
		.answered = now,
		.class = a->ask.class,
		.qname = a->ask.qname,
		.qtype = a->ask.qtype,
		.name_key = a->ask.name_key,
		.client = a->ask.client,
		.traffic = a->ask.traffic,
		.resolver = a->resolver->number,
		.role = a->resolver->role,
		.came_on = a->came_on,
		.goes_on = on && !last,
		.attempt = a->number,
		.outcome = outcome,
		.rcode = !m		  ? 0
			 : m->rcode > 255 ? 255
					  : (uint8_t)m->rcode,
		.age = age.age,
		.given = age.given,
		.ad = m && m->ad,
		.wants_ad = (a->ask.ad || a->ask.dnssec_ok) && !a->ask.cd,
		.is_last = last,
		.edns = a->ask.edns,
		.ede = m ? m->ede : -1,
		.edes = m ? m->edes : 0,
		.ttl = m ? m->least_ttl : -1,
		.ttl_over = m && is_over(st->s->tree, m),
		.transport = a->ask.tcp ? TRANSPORT_TCP : a->transport,
		.reused = a->reused,
		.opened = a->opened,
	};

	a->came_on = q.goes_on;
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
	if (is_last(st, a, again)) {
		stub_give_spare(st, a);
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

/* On the session that it was asked on, or from the end that was asked. */
static bool is_from_asked(const struct attempt *a, const struct packet *p)
{
	if (a->session)
		return p->connection == a->session->number;
	return p->transport == TRANSPORT_UDP && a->tcp == p->tcp && asked_is(a->resolver, &p->from);
}

/* The attempt that a packet answers, with what it says. NULL: none. */
static struct attempt *find_waiting(const struct stub *st, const struct packet *p,
				    struct message *m)
{
	uint32_t token = (uint32_t)p->to.port << 16;
	struct attempt *a;

	if (!message_read(p->data, p->len, m))
		return NULL;
	token |= m->id;
	HASH_FIND(hh, st->by_token, &token, sizeof(token), a);
	if (!a || !is_from_asked(a, p) || !endpoint_equal(&p->to, &a->me) || !m->is_answer ||
	    m->opcode)
		return NULL;
	if (!m->has_question) /* a server that does not understand may send no more than a header */
		return m->rcode == RCODE_FORMERR ? a : NULL;
	if (m->qtype != a->ask.qtype || m->qclass != 1 || !name_equal(m->qname, a->ask.qname))
		return NULL;
	return m->whole || m->truncated ? a : NULL;
}

static int take_answer(struct stub *st, struct attempt *a, const struct message *m, simtime now,
		       struct err *e)
{
	const struct stub_plan *plan = stub_plan_of(st, &a->ask);
	bool again = retries_on(plan, m->rcode);
	struct age_given age = AGE_NOT_GIVEN;
	int r;

	if (m->truncated && !a->tcp && a->transport == TRANSPORT_UDP) {
		a->tcp = true;
		return stub_send(st, a, now, false, e);
	}
	if (m->rcode == RCODE_NOERROR)
		age = age_of(st->s->tree, m, a->sent, now, a->ask.ttl);
	if (m->rcode == RCODE_SERVFAIL)
		note_failure(st, now);
	r = book(st, a, now, m, record_outcome(m->rcode), age, again, e);
	finish(st, a, !r && again, now + plan->pause);
	return r;
}

int stub_answer(struct stub *st, const struct packet *p, simtime now, struct err *e)
{
	struct message m;
	struct attempt *a = find_waiting(st, p, &m);
	int r;

	if (a && stub_link_is(stub_plan_of(st, &a->ask))) {
		simtime heard = stub_link_hear(st, a, p->len, now);

		if (heard == SIMTIME_NEVER) {
			record_drop(st->record, p, now);
			return 0;
		}
		now = heard;
	}
	if (!a || now >= a->timeout) {
		st->dropped++;
		return 0;
	}
	if (a->session)
		a->session->answered++;
	stub_stop_waiting(st, a);
	r = take_answer(st, a, &m, now, e);
	return r == 0 ? stub_session_tidy(st, false, now, e) : r;
}

/* What the testbed itself lost was never the
 * resolver's to answer: it stands in no curve, and makes the run one that is not valid. */
int stub_give_up(struct stub *st, struct attempt *a, simtime at, struct err *e)
{
	const struct stub_plan *plan = stub_plan_of(st, &a->ask);
	bool again = plan->retry_on & RETRY_TIMEOUT;
	int r;

	stub_stop_waiting(st, a);
	if (wire_was_lost(st->wire, &a->me)) {
		stub_give_spare(st, a);
		return 0;
	}
	note_failure(st, at);
	r = book(st, a, at, NULL, OUTCOME_TIMEOUT, AGE_NOT_GIVEN, again, e);
	finish(st, a, !r && again, at);
	return r;
}

int stub_unreachable(struct stub *st, const struct packet *p, simtime now, struct err *e)
{
	uint32_t token = (uint32_t)p->to.port << 16;
	struct attempt *a;
	int r;

	if ((p->tcp && p->transport == TRANSPORT_UDP) || p->len < 2)
		return 0;
	token |= get16(p->data);
	HASH_FIND(hh, st->by_token, &token, sizeof(token), a);
	if (!a || !is_from_asked(a, p) || !endpoint_equal(&p->to, &a->me) || now >= a->timeout)
		return 0;
	r = stub_give_up(st, a, now, e);
	return r == 0 ? stub_session_tidy(st, false, now, e) : r;
}

int stub_over(struct stub *st, const struct packet *p, simtime now, struct err *e)
{
	return stub_session_over(st, p->connection, now, e);
}
