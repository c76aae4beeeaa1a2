/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "harness/clients/draw.h"
#include "harness/clients/message.h"
#include "harness/clients/stub.h"
#include "harness/clients/stub_session.h"
#include "sim/base/buf.h"
#include "tests/support/test.h"

/* Fakes in place of the replay, the wire, the record and the tree: what the stub does is kept here.
 */

struct sent {
	struct packet p;
	uint8_t data[512];
	bool ahead;
};

static struct ask asks[256];
static unsigned ask_count, ask_next;
static struct sent sent[1024];
static unsigned sent_count;
static struct record_query booked[1024];
static unsigned booked_count, packets;
static bool has_room;
static int wire_error, record_error;
static bool forever; /* the replay never ends, and nothing is kept */
static simtime forever_at;

bool replay_next(struct replay *r, struct ask *ret)
{
	(void)r;
	if (forever) {
		*ret = asks[0];
		ret->at = forever_at += 100 * USEC;
		return true;
	}
	if (ask_next == ask_count)
		return false;
	*ret = asks[ask_next++];
	return true;
}

static int keep(const struct packet *p, simtime at, bool ahead)
{
	struct sent *s = &sent[forever ? 0 : sent_count++];

	assert_true(p->len <= sizeof(s->data));
	s->p = *p;
	memcpy(s->data, p->data, p->len);
	s->p.data = s->data;
	s->p.at = at;
	s->ahead = ahead;
	return wire_error;
}

static bool is_exact;

bool wire_is_exact(const struct wire *w)
{
	(void)w;
	return is_exact;
}

int wire_send(struct wire *w, const struct packet *p, struct err *e)
{
	(void)w;
	(void)e;
	return keep(p, p->at, false);
}

int wire_send_at(struct wire *w, const struct packet *p, simtime at, struct err *e)
{
	(void)w;
	(void)e;
	assert_false(p->tcp);
	return keep(p, at, true);
}

static bool wire_loses;

bool wire_was_lost(struct wire *w, const struct endpoint *client)
{
	(void)w;
	assert_true(client->port != 0);
	return wire_loses;
}

bool wire_has_room(struct wire *w)
{
	(void)w;
	return has_room;
}

/* ---- sessions ---- */

static struct session_plan opened[16];
static unsigned opened_count, left[16], left_count;
static bool is_open; /* all of them */

struct sessions *wire_sessions(const struct wire *w)
{
	(void)w;
	return NULL;
}

int sessions_open(struct sessions *all, const struct session_plan *p, uint32_t *ret, struct err *e)
{
	(void)all;
	(void)e;
	opened[opened_count++] = *p;
	*ret = opened_count;
	return 0;
}

bool sessions_is_open(const struct sessions *all, uint32_t number)
{
	(void)all;
	(void)number;
	return is_open;
}

void sessions_leave(struct sessions *all, uint32_t number)
{
	(void)all;
	left[left_count++] = number;
}

int record_query(struct record *r, const struct record_query *q, struct err *e)
{
	(void)r;
	(void)e;
	booked[forever ? 0 : booked_count++] = *q;
	return record_error;
}

void record_packet(struct record *r, const struct packet *p, simtime at)
{
	(void)r;
	(void)p;
	(void)at;
	packets++;
}

static unsigned dropped;

void record_drop(struct record *r, const struct packet *p, simtime at)
{
	(void)r;
	assert_int_equal(p->at, at);
	dropped++;
}

struct address draw_address(uint32_t client)
{
	return (struct address){ 4, { 10, 99, 0, (uint8_t)client } };
}

/* 9.x.y.z was given in second x.y.z to names that begin with 'a'. */
unsigned tree_address_unit(const struct tree *t, int family)
{
	(void)t, (void)family;
	return 1;
}

int64_t tree_address_read(const struct tree *t, const uint8_t *name, int family,
			  const uint8_t *bytes)
{
	(void)t;
	if (name[1] != 'a' || bytes[0] != 9)
		return -1;
	return family == 4 ? (int64_t)(get32(bytes) & 0xffffff) : -1;
}

bool tree_is_server(const struct tree *t, const struct address *address)
{
	(void)t;
	return address->bytes[0] == 198;
}

bool tree_address_is_told(const struct tree *t, const uint8_t *name, const struct address *a)
{
	(void)t;
	(void)name;
	(void)a;
	return false;
}

/* Names that begin with 'a' have addresses, for a minute. */
int64_t tree_address_ttl(const struct tree *t, const uint8_t *name, unsigned family)
{
	(void)t;
	(void)family;
	return name[1] == 'a' ? 60 : -1;
}

#define START (1000 * SECOND)

static const struct endpoint resolver = { { 4, { 198, 19, 0, 53 } }, 53 };
static struct tree tree = { .from = START };
static struct scenario s;
static struct stub *stub;
static struct err err;

static int setup(void **state)
{
	(void)state;
	ask_count = ask_next = sent_count = booked_count = packets = dropped = 0;
	opened_count = left_count = 0;
	is_open = true;
	has_room = forever = false;
	wire_error = record_error = 0;
	memset(&s, 0, sizeof(s));
	s.from = START;
	s.to = START + HOUR;
	s.seed = 1;
	s.tree = &tree;
	s.traffic[0].stub = (struct stub_plan){
		.timeout = 5 * SECOND,
		.attempts = 3,
		.retry_on = RETRY_SERVFAIL | RETRY_TIMEOUT,
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stub_free(stub);
	stub = NULL;
	return 0;
}

static struct ask *add_ask(simtime at)
{
	struct ask *a = &asks[ask_count];

	*a = (struct ask){
		.at = at,
		.client = ask_count++,
		.address = { 4, { 10, 0, 0, 1 } },
		.qtype = RR_A,
		.class = CLASS_SIGNED,
		.rd = true,
		.ad = true,
		.edns = true,
		.ttl = 60,
		.name_key = 4711,
	};
	a->address.bytes[3] = (uint8_t)ask_count;
	name_copy(a->qname, (const uint8_t *)"\1a\2de");
	return a;
}

static void begin_at(const struct endpoint *six)
{
	assert_int_equal(stub_new(&s, NULL, NULL, NULL, &stub, &err), 0);
	assert_int_equal(stub_add_resolver(stub, 0, &resolver, six, &err), 0);
}

static void begin(void)
{
	begin_at(NULL);
}

static void run(simtime now)
{
	assert_int_equal(stub_run(stub, now, SIMTIME_NEVER, &err), 0);
	assert_true(stub_due(stub) > now);
}

/* One question, at the start. */
static void ask_once(void)
{
	add_ask(START);
	begin();
	run(START);
}

/* An answer to what was sent as number n: header, question and what `more` adds. */
static uint8_t answer_bytes[512];

static struct packet answer(unsigned n, uint8_t rcode)
{
	struct packet p = sent[n].p;
	size_t question = MESSAGE_HEADER_LEN + 6 + 4;

	memcpy(answer_bytes, sent[n].data, question);
	memset(answer_bytes + 6, 0, 6);
	answer_bytes[2] |= 0x80;
	answer_bytes[3] = (uint8_t)(0x80 | rcode);
	answer_bytes[13] = 'A'; /* a resolver may change the case */
	/* One for a single question has a number of the wire's. */
	p.connection = p.tcp && !sent[n].p.connection ? 77 : sent[n].p.connection;
	p.from = sent[n].p.to;
	p.to = sent[n].p.from;
	p.data = answer_bytes;
	p.len = question;
	return p;
}

static struct packet address_answer(unsigned n, const char *owner, size_t owner_len,
				    uint32_t address)
{
	struct packet p = answer(n, 0);
	struct buf b = buf_over(answer_bytes, sizeof(answer_bytes));

	b.len = p.len;
	buf_put(&b, owner, owner_len);
	buf_put(&b, "\0\1\0\1\0\0\0\7\0\4", 10);
	buf_u32(&b, address);
	answer_bytes[7] = 1;
	p.len = b.len;
	return p;
}

static void take(const struct packet *p, simtime now)
{
	assert_int_equal(stub_answer(stub, p, now, &err), 0);
}

static void take_rcode(unsigned n, uint8_t rcode, simtime now)
{
	struct packet p = answer(n, rcode);

	take(&p, now);
}

static void a_query_says_what_was_asked(void **state)
{
	struct ask *a = add_ask(START + SECOND);
	struct message m;

	(void)state;
	a->cd = a->dnssec_ok = true;
	begin();
	assert_int_equal(stub_due(stub), START + SECOND);
	run(START + SECOND);
	assert_int_equal(sent_count, 1);
	assert_int_equal(packets, 1);
	assert_int_equal(stub_waiting(stub), 1);
	assert_true(message_read(sent[0].data, sent[0].p.len, &m));
	assert_true(m.whole && m.rd && m.ad && m.cd && m.edns && m.dnssec_ok);
	assert_false(m.is_answer || m.truncated || m.opcode);
	assert_true(name_equal(m.qname, a->qname));
	assert_int_equal(m.qtype, RR_A);
	assert_int_equal(sent[0].p.side, SIDE_CLIENT);
	assert_memory_equal(&sent[0].p.from.address, &a->address, sizeof(a->address));
	assert_memory_equal(&sent[0].p.to, &resolver, sizeof(resolver));
	assert_false(sent[0].p.tcp);
}

static void a_query_without_edns_has_no_opt(void **state)
{
	struct message m;

	(void)state;
	add_ask(START)->edns = false;
	begin();
	run(START);
	assert_true(message_read(sent[0].data, sent[0].p.len, &m));
	assert_true(m.whole && !m.edns);
	assert_int_equal(sent[0].p.len, 12 + 6 + 4);
}

static void an_answer_is_booked_once_with_its_outcome(void **state)
{
	struct packet p;

	(void)state;
	ask_once();
	p = answer(0, 3);
	answer_bytes[3] |= 0x20;
	take(&p, START + 20 * MSEC);
	take(&p, START + 30 * MSEC);
	assert_int_equal(booked_count, 1);
	assert_int_equal(booked[0].sent, START);
	assert_int_equal(booked[0].answered, START + 20 * MSEC);
	assert_int_equal(booked[0].outcome, OUTCOME_NXDOMAIN);
	assert_int_equal(booked[0].rcode, 3);
	assert_int_equal(booked[0].class, CLASS_SIGNED);
	assert_int_equal(booked[0].name_key, 4711);
	assert_int_equal(booked[0].attempt, 0);
	assert_int_equal(booked[0].age, AGE_NONE);
	assert_int_equal(booked[0].ede, -1);
	assert_true(booked[0].ad);
	assert_int_equal(stub_dropped(stub), 1);
	assert_int_equal(stub_waiting(stub), 0);
	assert_int_equal(stub_due(stub), SIMTIME_NEVER);
}

/* Where a resolver's computing took time we come late: the client did not. */
static void on_a_virtual_clock_a_client_asks_in_time_however_late_we_come(void **state)
{
	(void)state;
	add_ask(START + MSEC);
	begin();
	is_exact = true;
	run(START + 3 * SECOND);
	take_rcode(0, 2, START + 4 * SECOND);
	run(START + 7 * SECOND);
	is_exact = false;
	assert_int_equal(sent_count, 2);
	assert_int_equal(booked[0].sent, START + MSEC);
	run(START + 4 * SECOND + 5 * SECOND);
	assert_int_equal(booked[1].sent, START + 4 * SECOND);
	assert_int_equal(booked[1].outcome, OUTCOME_TIMEOUT);
}

static void what_the_testbed_lost_is_no_time_out_of_the_resolver(void **state)
{
	(void)state;
	ask_once();
	wire_loses = true;
	run(START + 20 * SECOND);
	wire_loses = false;
	assert_int_equal(sent_count, 1);
	assert_int_equal(booked_count, 0);
	assert_int_equal(stub_waiting(stub), 0);
}

static void servfail_is_asked_three_times_with_new_ids_and_ports(void **state)
{
	(void)state;
	add_ask(START);
	begin();
	for (unsigned i = 0; i < 3; i++) {
		run(START + i * MSEC);
		assert_int_equal(sent_count, i + 1);
		take_rcode(i, 2, START + i * MSEC + USEC);
		assert_int_equal(stub_due(stub), i < 2 ? START + i * MSEC + USEC : SIMTIME_NEVER);
	}
	run(START + 3 * MSEC);
	assert_int_equal(sent_count, 3);
	assert_int_equal(booked_count, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(booked[i].outcome, OUTCOME_SERVFAIL);
		assert_int_equal(booked[i].attempt, i);
		assert_int_equal(booked[i].sent, START + i * MSEC);
		assert_true(sent[i].p.from.port != sent[(i + 1) % 3].p.from.port);
	}
}

static void the_last_attempt_is_booked_as_such(void **state)
{
	(void)state;
	add_ask(START);
	add_ask(START);
	begin();
	for (unsigned i = 0; i < 3; i++) {
		run(START + i * MSEC);
		take_rcode(i ? i + 1 : 0, 2, START + i * MSEC + USEC);
		assert_int_equal(booked[i].is_last, i == 2);
	}
	take_rcode(1, 5, START + 3 * MSEC); /* REFUSED is not asked again */
	assert_true(booked[3].is_last);
}

static void a_query_asks_for_ad_with_ad_or_do_and_without_cd(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		struct ask *a = add_ask(START);

		a->ad = i & 1;
		a->dnssec_ok = i & 2;
		a->cd = i & 4;
	}
	begin();
	run(START);
	for (unsigned i = 0; i < 8; i++)
		take_rcode(i, 3, START + MSEC);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(booked[i].wants_ad, i == 1 || i == 2 || i == 3);
}

static void what_stubs_do_not_retry_is_not_retried(void **state)
{
	static const uint8_t rcodes[] = { 0, 1, 3, 4, 5 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(rcodes); i++)
		add_ask(START);
	begin();
	run(START);
	for (unsigned i = 0; i < ARRAY_SIZE(rcodes); i++)
		take_rcode(i, rcodes[i], START + MSEC);
	assert_int_equal(stub_due(stub), SIMTIME_NEVER);
	assert_int_equal(booked[1].outcome, OUTCOME_OTHER);
	assert_int_equal(booked[4].rcode, 5);
	teardown(NULL);
	setup(NULL);
	s.traffic[0].stub.retry_on = RETRY_REFUSED;
	add_ask(START);
	add_ask(START);
	begin();
	run(START);
	take_rcode(0, 2, START + MSEC);
	assert_int_equal(stub_due(stub), START + 5 * SECOND);
	take_rcode(1, 5, START + MSEC);
	assert_int_equal(stub_due(stub), START + MSEC);
}

static void a_pause_delays_the_retry_after_an_answer(void **state)
{
	(void)state;
	s.traffic[0].stub.pause = 2 * SECOND;
	add_ask(START);
	begin();
	run(START);
	take_rcode(0, 2, START + MSEC);
	assert_int_equal(stub_due(stub), START + MSEC + 2 * SECOND);
	run(START + SECOND);
	assert_int_equal(sent_count, 1);
	run(START + MSEC + 2 * SECOND);
	assert_int_equal(sent_count, 2);
	assert_int_equal(stub_due(stub), START + MSEC + 7 * SECOND);
}

static void a_timeout_is_booked_and_asked_again_at_once(void **state)
{
	(void)state;
	ask_once();
	for (unsigned i = 1; i <= 3; i++) {
		assert_int_equal(stub_due(stub), START + 5 * i * SECOND);
		run(START + 5 * i * SECOND);
		assert_int_equal(sent_count, i < 3 ? i + 1 : 3);
		assert_int_equal(booked_count, i);
		assert_int_equal(booked[i - 1].outcome, OUTCOME_TIMEOUT);
		assert_int_equal(booked[i - 1].sent, START + 5 * (i - 1) * SECOND);
		assert_int_equal(booked[i - 1].answered, START + 5 * i * SECOND);
	}
	assert_int_equal(stub_due(stub), SIMTIME_NEVER);
	assert_int_equal(stub_waiting(stub), 0);
}

static void a_closed_port_is_known_at_once_and_not_only_at_the_timeout(void **state)
{
	struct packet p;

	(void)state;
	ask_once();
	p = sent[0].p;
	p.from = sent[0].p.to;
	p.to = sent[0].p.from;
	p.data = sent[0].data;
	p.unreachable = true;
	assert_int_equal(stub_unreachable(stub, &p, START + 10 * MSEC, &err), 0);
	assert_int_equal(booked_count, 1);
	assert_int_equal(booked[0].outcome, OUTCOME_TIMEOUT);
	assert_int_equal(booked[0].answered, START + 10 * MSEC);
	run(START + 10 * MSEC);
	assert_int_equal(sent_count, 2);
	assert_int_equal(stub_unreachable(stub, &p, START + 20 * MSEC, &err), 0);
	assert_int_equal(booked_count, 1); /* nobody waits for it any more */
}

static void a_late_answer_is_ignored(void **state)
{
	(void)state;
	ask_once();
	take_rcode(0, 0, START + 5 * SECOND); /* at the timeout, before it was booked */
	assert_int_equal(booked_count, 0);
	run(START + 5 * SECOND);
	take_rcode(0, 0, START + 6 * SECOND); /* to the first attempt; the second waits */
	assert_int_equal(booked_count, 1);
	assert_int_equal(stub_dropped(stub), 2);
	take_rcode(1, 0, START + 6 * SECOND);
	assert_int_equal(booked_count, 2);
	assert_int_equal(booked[1].attempt, 1);
}

static void no_retry_begins_after_the_scenario(void **state)
{
	(void)state;
	add_ask(s.to - SECOND);
	add_ask(s.to);
	begin();
	run(s.to - SECOND);
	run(s.to);
	assert_int_equal(sent_count, 1);
	run(s.to + 4 * SECOND);
	assert_int_equal(booked_count, 1);
	assert_int_equal(stub_due(stub), SIMTIME_NEVER);
}

static void a_forged_answer_is_ignored(void **state)
{
	struct packet p;

	(void)state;
	ask_once();
	p = answer(0, 0);
	answer_bytes[1] ^= 1; /* the ID */
	take(&p, START + MSEC);
	p = answer(0, 0);
	answer_bytes[13] = 'b'; /* another name */
	take(&p, START + MSEC);
	p = answer(0, 0);
	answer_bytes[19] = RR_MX; /* another type */
	take(&p, START + MSEC);
	p = answer(0, 0);
	answer_bytes[21] = 3; /* another class */
	take(&p, START + MSEC);
	p = answer(0, 0);
	p.to.port++;
	take(&p, START + MSEC);
	p = answer(0, 0);
	p.to.address.bytes[3]++;
	take(&p, START + MSEC);
	p = answer(0, 0);
	p.from.address.bytes[3]++;
	take(&p, START + MSEC);
	p = answer(0, 0);
	p.from.port = 5353;
	take(&p, START + MSEC);
	p = answer(0, 0);
	p.tcp = true;
	take(&p, START + MSEC);
	p = answer(0, 0);
	answer_bytes[2] &= 0x7f; /* a query */
	take(&p, START + MSEC);
	p = answer(0, 0);
	answer_bytes[7] = 1; /* an answer that is not there */
	take(&p, START + MSEC);
	p = answer(0, 0);
	p.len = 11;
	take(&p, START + MSEC);
	assert_int_equal(booked_count, 0);
	assert_int_equal(stub_dropped(stub), 12);
	take_rcode(0, 0, START + MSEC);
	assert_int_equal(booked_count, 1);
}

static void a_bare_header_counts_only_as_formerr(void **state)
{
	struct packet p;

	(void)state;
	ask_once();
	p = answer(0, 2);
	p.len = 12;
	answer_bytes[5] = 0;
	take(&p, START + MSEC);
	assert_int_equal(booked_count, 0);
	answer_bytes[3] = 0x81;
	take(&p, START + MSEC);
	assert_int_equal(booked[0].rcode, 1);
	assert_int_equal(booked[0].outcome, OUTCOME_OTHER);
}

#define SAME "\xc0\x0c", 2

/* The age that is booked for an answer that comes at `now`. */
static enum age age_of(const struct packet *p, simtime now)
{
	take(p, now);
	assert_int_equal(booked[booked_count - 1].outcome, OUTCOME_NOERROR);
	return booked[booked_count - 1].age;
}

static void answers_are_fresh_cached_stale_or_wrong(void **state)
{
	static const struct {
		const char *owner;
		size_t owner_len;
		uint32_t address;
		enum age age;
	} cases[] = {
		{ SAME, 0x09000000 + 100, AGE_FRESH }, /* asked in second 100, answered in 101 */
		{ SAME, 0x09000000 + 101, AGE_FRESH },
		{ SAME, 0x09000000 + 102, AGE_WRONG }, /* the future */
		{ SAME, 0x09000000 + 99, AGE_CACHED },
		{ SAME, 0x09000000 + 40, AGE_CACHED }, /* 61 s: the TTL, and one for rounding */
		{ SAME, 0x09000000 + 39, AGE_STALE },
		{ SAME, 0x08000000 + 100, AGE_WRONG },
		{ SAME, 0xc6120001, AGE_NONE }, /* a server's own */
		{ "\1b\2de", 6, 0x09000000 + 100, AGE_WRONG }, /* another name's */
		{ "\2ab\2de", 7, 0x09000000 + 100, AGE_WRONG }, /* given, but nobody asked */
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
		add_ask(START + 100 * SECOND);
	begin();
	run(START + 100 * SECOND);
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		struct packet p =
			address_answer(i, cases[i].owner, cases[i].owner_len, cases[i].address);

		assert_int_equal(age_of(&p, START + 101 * SECOND), cases[i].age);
	}
}

static void an_answer_behind_an_alias_is_judged_by_its_owner(void **state)
{
	struct packet p;
	struct buf b = buf_over(answer_bytes, sizeof(answer_bytes));

	(void)state;
	name_copy(add_ask(START + 100 * SECOND)->qname, (const uint8_t *)"\1c\2de");
	begin();
	run(START + 100 * SECOND);
	p = answer(0, 0);
	answer_bytes[13] = 'c';
	answer_bytes[7] = 2;
	b.len = p.len;
	buf_put(&b, "\xc0\x0c\0\5\0\1\0\0\0\7\0\4\1a\xc0\x0e", 16);
	buf_put(&b, "\1a\2de\0\0\1\0\1\0\0\0\7\0\4\x09\0\0\144", 20);
	p.len = b.len;
	assert_int_equal(age_of(&p, START + 101 * SECOND), AGE_FRESH);
}

static void an_unknown_ttl_is_never_stale(void **state)
{
	struct packet p;

	(void)state;
	add_ask(START + 100 * SECOND)->ttl = -1;
	begin();
	run(START + 100 * SECOND);
	p = address_answer(0, SAME, 0x09000000 + 1);
	assert_int_equal(age_of(&p, START + 101 * SECOND), AGE_CACHED);
}

static void no_address_of_the_type_has_no_age(void **state)
{
	struct packet p;

	(void)state;
	add_ask(START)->qtype = RR_AAAA;
	begin();
	run(START);
	p = address_answer(0, SAME, 0x09000000);
	assert_int_equal(age_of(&p, START + SECOND), AGE_NONE);
}

static void the_first_extended_error_is_booked(void **state)
{
	struct packet p;
	struct buf b = buf_over(answer_bytes, sizeof(answer_bytes));

	(void)state;
	ask_once();
	p = answer(0, 2);
	b.len = p.len;
	buf_put(&b, "\0\0\x29\4\xd0\0\0\0\0\0\6\0\17\0\2\0\6", 17);
	answer_bytes[11] = 1;
	p.len = b.len;
	take(&p, START + MSEC);
	assert_int_equal(booked[0].ede, 6);
}

static void a_truncated_answer_is_asked_again_by_tcp_in_the_same_attempt(void **state)
{
	struct packet p;

	(void)state;
	ask_once();
	p = answer(0, 0);
	answer_bytes[2] |= 2;
	take(&p, START + SECOND);
	assert_int_equal(booked_count, 0);
	assert_int_equal(sent_count, 2);
	assert_true(sent[1].p.tcp);
	assert_int_equal(sent[1].p.at, START + SECOND);
	assert_true(sent[1].p.from.port != sent[0].p.from.port);
	assert_int_equal(stub_due(stub), START + 5 * SECOND);
	take_rcode(1, 2, START + 2 * SECOND);
	assert_int_equal(booked_count, 1);
	assert_int_equal(booked[0].sent, START);
	assert_int_equal(booked[0].attempt, 0);
	run(START + 2 * SECOND); /* the next attempt begins with UDP again */
	assert_int_equal(sent_count, 3);
	assert_false(sent[2].p.tcp);
}

static void questions_are_handed_over_ahead_but_not_behind_a_timeout(void **state)
{
	(void)state;
	has_room = true;
	for (unsigned i = 0; i < 100; i++)
		add_ask(START + SECOND + i * 100 * MSEC);
	begin();
	run(START);
	assert_int_equal(sent_count, 51); /* up to the first one's timeout at 6 s */
	assert_true(sent[0].ahead && sent[50].ahead);
	assert_int_equal(sent[50].p.at, START + 6 * SECOND);
	assert_int_equal(stub_due(stub), START + 6 * SECOND);
	take_rcode(0, 0, START + SECOND);
	run(START + SECOND);
	assert_int_equal(sent_count, 52);
	assert_int_equal(booked[0].sent, START + SECOND);
}

static void at_most_64_questions_are_ahead(void **state)
{
	(void)state;
	has_room = true;
	for (unsigned i = 0; i < 200; i++)
		add_ask(START + SECOND + i * MSEC);
	begin();
	run(START);
	assert_int_equal(sent_count, 64);
	assert_int_equal(stub_due(stub), START + SECOND + 64 * MSEC);
	run(START + SECOND + 9 * MSEC); /* ten of them were seen */
	assert_int_equal(sent_count, 74);
	run(START + SECOND + 74 * MSEC);
	assert_int_equal(sent_count, 75 + 64);
	assert_false(sent[74].ahead);
	assert_true(sent[75].ahead);
}

static void a_full_wire_and_tcp_are_waited_for(void **state)
{
	(void)state;
	add_ask(START + SECOND);
	begin();
	run(START);
	assert_int_equal(sent_count, 0);
	teardown(NULL);
	setup(NULL);
	has_room = true;
	add_ask(START + SECOND)->tcp = true;
	add_ask(START + 2 * SECOND);
	begin();
	run(START);
	assert_int_equal(sent_count, 0);
	assert_int_equal(stub_due(stub), START + SECOND);
	run(START + SECOND);
	assert_int_equal(sent_count, 2);
	assert_true(sent[0].p.tcp && !sent[0].ahead);
	assert_true(sent[1].ahead);
}

static void a_retry_goes_before_what_was_handed_over(void **state)
{
	(void)state;
	has_room = true;
	for (unsigned i = 0; i < 20; i++)
		add_ask(START + i * SECOND / 10);
	begin();
	run(START);
	assert_int_equal(sent_count, 20);
	take_rcode(0, 2, START + MSEC);
	run(START + MSEC);
	assert_int_equal(sent_count, 21);
	assert_int_equal(stub_due(stub), START + MSEC + 5 * SECOND);
	for (unsigned i = 1; i < 20; i++)
		take_rcode(i, 0, START + 2 * SECOND);
	run(START + MSEC + 5 * SECOND);
	assert_int_equal(booked[booked_count - 1].outcome, OUTCOME_TIMEOUT);
	assert_int_equal(booked[booked_count - 1].attempt, 1);
}

static void of_several_resolvers_each_client_has_one(void **state)
{
	static const struct endpoint other = { { 4, { 198, 19, 0, 54 } }, 53 };

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		add_ask(START + i * SECOND)->client = i % 3;
	begin();
	assert_int_equal(stub_add_resolver(stub, 0, &other, NULL, &err), 0);
	for (unsigned i = 0; i < 4; i++) {
		run(START + i * SECOND);
		assert_true(endpoint_equal(&sent[i].p.to, i == 1 ? &other : &resolver));
	}
}

static const struct endpoint sites[] = { { { 4, { 198, 19, 0, 53 } }, 53 },
					 { { 4, { 198, 19, 0, 54 } }, 53 },
					 { { 4, { 198, 19, 0, 55 } }, 53 } };

/* Every client has a list of them all. */
static void begin_with_sites(enum stub_strategy strategy)
{
	struct stub_plan *p = &s.traffic[0].stub;

	p->strategy = strategy;
	p->asks_count = ARRAY_SIZE(sites);
	p->attempts = 4;
	assert_int_equal(stub_new(&s, NULL, NULL, NULL, &stub, &err), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
		p->roles[i] = i;
		assert_int_equal(stub_add_resolver(stub, i, &sites[i], NULL, &err), 0);
	}
}

/* Which of them was asked as number n. */
static unsigned site(unsigned n)
{
	unsigned i = 0;

	while (!endpoint_equal(&sent[n].p.to, &sites[i]))
		i++;
	return i;
}

/* Number n fails, and what is due is done. */
static void fails(unsigned n, simtime now)
{
	take_rcode(n, 2, now);
	run(now);
}

static void each_attempt_is_at_the_next_resolver_of_the_list(void **state)
{
	static const unsigned wanted[] = { 0, 1, 2, 0, 0 };

	(void)state;
	add_ask(START);
	add_ask(START + MINUTE)->client = 0;
	begin_with_sites(STRATEGY_IN_ORDER);
	run(START);
	for (unsigned i = 0; i < 4; i++)
		fails(i, START + (i + 1) * MSEC);
	run(START + MINUTE);
	assert_int_equal(sent_count, ARRAY_SIZE(wanted));
	for (unsigned i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_int_equal(site(i), wanted[i]);
	assert_int_equal(booked_count, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(booked[i].resolver, wanted[i]);
		assert_true(booked[i].goes_on == (i < 3) && booked[i].came_on == (i > 0));
		assert_true(booked[i].is_last == (i == 3));
	}
}

static void who_rotates_begins_with_the_next_one(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++)
		add_ask(START + i * SECOND)->client = 0;
	add_ask(START + 4 * SECOND)->client = 1; /* has a turn of its own */
	begin_with_sites(STRATEGY_ROTATE);
	for (unsigned i = 0; i < 5; i++) {
		run(START + i * SECOND);
		take_rcode(i, 0, START + i * SECOND);
	}
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(site(i), i == 4 ? 0 : i % 3);
}

static void who_is_sticky_stays_with_the_one_that_has_not_failed(void **state)
{
	static const unsigned wanted[] = { 0, 0, 1, 1, 1, 2, 2 };

	(void)state;
	add_ask(START)->client = 0;
	add_ask(START)->client = 0; /* fails at the same one: that is one step, not two */
	add_ask(START + SECOND)->client = 0;
	add_ask(START + 2 * SECOND)->client = 0;
	begin_with_sites(STRATEGY_STICKY);
	run(START);
	fails(0, START + MSEC);
	fails(1, START + 2 * MSEC);
	take_rcode(2, 0, START + 3 * MSEC);
	take_rcode(3, 0, START + 3 * MSEC);
	run(START + SECOND);
	fails(4, START + SECOND + MSEC);
	take_rcode(5, 0, START + SECOND + 2 * MSEC);
	run(START + 2 * SECOND);
	assert_int_equal(sent_count, ARRAY_SIZE(wanted));
	for (unsigned i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_int_equal(site(i), wanted[i]);
}

static void an_answer_counts_when_it_is_from_the_one_that_was_asked(void **state)
{
	struct packet p;

	(void)state;
	add_ask(START);
	begin_with_sites(STRATEGY_IN_ORDER);
	run(START);
	p = answer(0, 0);
	p.from = sites[1];
	take(&p, START + MSEC);
	assert_int_equal(booked_count, 0);
	assert_int_equal(stub_dropped(stub), 1);
	take_rcode(0, 0, START + 2 * MSEC);
	assert_int_equal(booked_count, 1);
}

static void some_clients_are_routed_elsewhere_until_they_come_back(void **state)
{
	static const struct client_move move = { 0, 1, 0.5, START + 2 * MINUTE };
	unsigned moved[3] = { 0 }, before = 0, after = 0;

	(void)state;
	for (unsigned i = 0; i < 240; i++)
		add_ask(START + (i < 80 ? 0 : i < 160 ? 1 : 2) * MINUTE)->client = i % 80;
	begin_with_sites(STRATEGY_IN_ORDER);
	run(START);
	for (unsigned i = 0; i < 80; i++) {
		before += site(i) == 0;
		take_rcode(i, 0, START);
	}
	assert_int_equal(stub_move(stub, &move, &err), 0);
	run(START + MINUTE);
	for (unsigned i = 80; i < 160; i++) {
		moved[site(i)]++;
		take_rcode(i, 0, START + MINUTE);
	}
	run(START + 2 * MINUTE);
	for (unsigned i = 160; i < 240; i++)
		after += site(i) == 0;
	assert_int_equal(before, 80);
	assert_true(moved[0] > 20 && moved[1] > 20 && !moved[2]);
	assert_int_equal(after, 80);
}

static void
nothing_is_sent_ahead_of_an_instant_at_which_clients_may_be_routed_elsewhere(void **state)
{
	(void)state;
	has_room = true;
	for (unsigned i = 0; i < 4; i++)
		add_ask(START + i * SECOND);
	begin_with_sites(STRATEGY_IN_ORDER);
	assert_int_equal(stub_run(stub, START, START + 2 * SECOND, &err), 0);
	assert_int_equal(sent_count, 2);
	assert_int_equal(stub_due(stub), START + 2 * SECOND);
}

static void nothing_is_sent_ahead_where_it_hangs_on_what_comes_before(void **state)
{
	(void)state;
	has_room = true;
	for (unsigned i = 0; i < 3; i++)
		add_ask(START + i * SECOND)->client = 0;
	begin_with_sites(STRATEGY_STICKY);
	run(START);
	assert_int_equal(sent_count, 1);
	fails(0, START + MSEC);
	assert_int_equal(sent_count, 2);
	take_rcode(1, 0, START + 2 * MSEC);
	run(START + SECOND);
	assert_int_equal(site(2), 1);
}

static void clients_of_the_other_family_ask_where_the_resolver_listens_for_them(void **state)
{
	static const struct endpoint six = { { 6, { 0xfd } }, 53 };

	(void)state;
	add_ask(START)->address = (struct address){ 6, { 0x20, 1 } };
	begin();
	run(START);
	assert_int_equal(sent[0].p.from.address.family, 4);
	assert_memory_equal(sent[0].p.from.address.bytes, "\12\143\0\0", 4);
	take_rcode(0, 0, START);
	assert_int_equal(booked_count, 1);
	stub_free(stub);
	add_ask(START + SECOND)->address = (struct address){ 6, { 0x20, 1 } };
	begin_at(&six);
	run(START + SECOND);
	assert_int_equal(sent[1].p.from.address.family, 6);
	assert_memory_equal(&sent[1].p.to, &six, sizeof(six));
	take_rcode(1, 0, START + SECOND);
	assert_int_equal(booked_count, 2);
}

/* All clients ask by DoT. */
static void begin_by_dot(void)
{
	struct stub_plan *p = &s.traffic[0].stub;

	s.traffic_count = 1;
	p->has_transports = true;
	p->share[TRANSPORT_DOT] = 1;
	p->in_flight = 2;
	p->idle = 10 * SECOND;
	p->round_trip = 20 * MSEC;
	begin();
}

/* So many questions of one client, a second after one another. */
static void ask_by_dot(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		add_ask(START + i * SECOND)->client = 7;
	begin_by_dot();
	run(START);
}

static void take_over(unsigned number, simtime now)
{
	const struct packet p = { .side = SIDE_CLIENT, .connection = number, .over = true };

	assert_int_equal(stub_over(stub, &p, now, &err), 0);
}

static void questions_of_a_client_share_a_connection(void **state)
{
	(void)state;
	ask_by_dot(2);
	take_rcode(0, 0, START + MSEC);
	run(START + SECOND);
	take_rcode(1, 0, START + SECOND + MSEC);
	assert_int_equal(opened_count, 1);
	assert_int_equal(opened[0].transport, TRANSPORT_DOT);
	assert_int_equal(opened[0].to.port, 853);
	assert_int_equal(opened[0].round_trip, 20 * MSEC);
	assert_int_equal(booked_count, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(sent[i].p.tcp);
		assert_int_equal(sent[i].p.connection, 1);
		assert_int_equal(sent[i].p.from.port, opened[0].from.port);
		assert_int_equal(booked[i].transport, TRANSPORT_DOT);
		assert_int_equal(booked[i].reused, i);
		assert_int_equal(booked[i].opened, !i);
	}
	assert_int_equal(booked[0].answered, START + MSEC); /* its way is the session's */
}

static void an_answer_on_another_connection_is_ignored(void **state)
{
	struct packet p;

	(void)state;
	ask_by_dot(1);
	p = answer(0, 0);
	p.connection = 2;
	take(&p, START + MSEC);
	p.connection = 0;
	take(&p, START + MSEC);
	assert_int_equal(booked_count, 0);
	assert_int_equal(stub_dropped(stub), 2);
}

static void beyond_what_may_be_under_way_questions_wait_for_room(void **state)
{
	(void)state;
	ask_by_dot(4);
	for (unsigned i = 1; i < 4; i++)
		run(START + i * SECOND);
	assert_int_equal(sent_count, 2);
	assert_int_equal(stub_waiting(stub), 4);
	take_rcode(0, 0, START + 3 * SECOND + MSEC);
	assert_int_equal(sent_count, 3);
	run(START + 6 * SECOND); /* the second one waited in vain, and made room */
	assert_int_equal(sent_count, 4);
	assert_int_equal(opened_count, 1);
}

static void what_a_closed_connection_owes_is_asked_once_more_on_a_new_one(void **state)
{
	(void)state;
	ask_by_dot(2);
	take_rcode(0, 0, START + MSEC);
	run(START + SECOND);
	take_over(1, START + SECOND + MSEC);
	assert_int_equal(opened_count, 2);
	assert_int_equal(sent_count, 3);
	assert_int_equal(sent[2].p.connection, 2);
	assert_int_equal(booked_count, 1);
	take_rcode(2, 0, START + 2 * SECOND);
	assert_int_equal(booked_count, 2);
	assert_int_equal(booked[1].sent, START + SECOND);
	assert_int_equal(booked[1].attempt, 0);
	take_over(2, START + 3 * SECOND); /* an idle one just goes */
	assert_int_equal(opened_count, 2);
}

static void a_connection_of_which_nothing_came_fails_at_once(void **state)
{
	(void)state;
	ask_by_dot(1);
	take_over(1, START + MSEC);
	assert_int_equal(booked_count, 1);
	assert_int_equal(booked[0].outcome, OUTCOME_TIMEOUT);
	assert_int_equal(booked[0].answered, START + MSEC);
	run(START + MSEC);
	assert_int_equal(opened_count, 2);
	assert_int_equal(sent[1].p.connection, 2);
}

static void an_idle_connection_is_left(void **state)
{
	(void)state;
	ask_by_dot(1);
	take_rcode(0, 0, START + MSEC);
	assert_int_equal(stub_due(stub), START + 10 * SECOND + MSEC);
	run(START + 10 * SECOND);
	assert_int_equal(left_count, 0);
	run(START + 10 * SECOND + MSEC);
	assert_int_equal(left_count, 1);
	assert_int_equal(left[0], 1);
	assert_int_equal(stub_due(stub), SIMTIME_NEVER);
}

static void an_open_connection_stays_while_the_resolver_is_silent(void **state)
{
	(void)state;
	ask_by_dot(1);
	run(START + 5 * SECOND);
	assert_int_equal(booked_count, 1);
	assert_int_equal(left_count, 0);
	assert_int_equal(sent[1].p.connection, 1);
	assert_int_equal(opened_count, 1);
}

static void one_that_never_opened_is_left_with_the_question_that_waited(void **state)
{
	(void)state;
	is_open = false;
	ask_by_dot(2);
	run(START + SECOND);
	run(START + 5 * SECOND);
	assert_int_equal(left_count, 1);
	assert_int_equal(booked_count, 1);
	assert_int_equal(opened_count,
			 2); /* for the second one, and the first one's next attempt */
	assert_int_equal(sent[2].p.connection, 2);
	assert_int_equal(stub_waiting(stub), 2);
}

static void a_datagram_takes_half_a_round_trip_each_way(void **state)
{
	(void)state;
	s.traffic[0].stub.round_trip = 20 * MSEC;
	add_ask(START);
	begin();
	run(START);
	assert_int_equal(sent_count, 0);
	assert_int_equal(stub_due(stub), START + 10 * MSEC);
	run(START + 10 * MSEC);
	assert_int_equal(sent_count, 1);
	take_rcode(0, 0, START + 15 * MSEC);
	assert_int_equal(booked[0].sent, START);
	assert_int_equal(booked[0].answered, START + 25 * MSEC);
	assert_int_equal(booked[0].transport, TRANSPORT_UDP);
}

static void what_is_lost_on_the_way_is_waited_for_in_vain(void **state)
{
	(void)state;
	s.traffic[0].stub.loss = 1;
	add_ask(START);
	add_ask(START + HOUR - SECOND);
	begin();
	run(START);
	assert_int_equal(sent_count, 0);
	assert_int_equal(dropped, 1);
	assert_int_equal(packets, 1);
	run(START + 5 * SECOND);
	assert_int_equal(booked_count, 1);
	assert_int_equal(booked[0].outcome, OUTCOME_TIMEOUT);
	assert_int_equal(booked[0].answered, START + 5 * SECOND);
	assert_int_equal(stub_lost(stub).questions, 2); /* it was asked again */
	assert_int_equal(stub_lost(stub).queue_full, 0);
}

/* A share of both ways, and the same again. */
static void a_share_is_lost_by_the_seed(void **state)
{
	unsigned before = 0;

	(void)state;
	s.traffic[0].stub.loss = 0.25;
	s.traffic[0].stub.attempts = 1;
	for (int again = 0; again < 2; again++) {
		ask_next = ask_count = sent_count = booked_count = packets = dropped = 0;
		for (unsigned i = 0; i < 200; i++)
			add_ask(START + i * MSEC);
		begin();
		run(START + SECOND);
		assert_in_range(sent_count, 130, 170);
		for (unsigned i = 0; i < sent_count; i++) {
			struct packet p = answer(i, 0);

			p.at = START + SECOND;
			take(&p, START + SECOND);
		}
		assert_int_equal(stub_lost(stub).questions, 200 - sent_count);
		assert_int_equal(stub_lost(stub).answers, sent_count - booked_count);
		assert_in_range(booked_count, 90, 135);
		assert_int_equal(dropped, 200 - booked_count);
		assert_true(!again || booked_count == before);
		before = booked_count;
		stub_free(stub);
	}
	stub = NULL;
}

/* A question is 61 bytes on the wire, and an answer 50. */
static void what_is_larger_than_the_mtu_vanishes(void **state)
{
	(void)state;
	s.traffic[0].stub.mtu = 60;
	ask_once();
	assert_int_equal(sent_count, 0);
	assert_int_equal(dropped, 1);
	s.traffic[0].stub.mtu = 61;
	run(START + 5 * SECOND);
	assert_int_equal(sent_count, 1);
	s.traffic[0].stub.mtu = 49;
	sent[0].p.at = START + 6 * SECOND;
	take_rcode(0, 0, START + 6 * SECOND);
	assert_int_equal(stub_lost(stub).answers, 1);
	assert_int_equal(dropped, 2);
}

static void what_waits_for_the_link_comes_later_or_not(void **state)
{
	struct stub_plan *p = &s.traffic[0].stub;

	(void)state;
	p->capacity = 8 * 61 * 100;
	p->queue = 15 * MSEC;
	p->round_trip = 4 * MSEC;
	for (unsigned i = 0; i < 3; i++)
		add_ask(START);
	begin();
	run(START);
	assert_int_equal(sent_count, 0);
	assert_int_equal(dropped, 1); /* it would have waited for 20 ms */
	assert_int_equal(stub_lost(stub).queue_full, 1);
	assert_int_equal(stub_due(stub), START + 12 * MSEC);
	run(START + 12 * MSEC);
	assert_int_equal(sent_count, 1);
	run(START + 22 * MSEC);
	assert_int_equal(sent_count, 2);
	p->capacity = 8 * 50 * 100;
	take_rcode(0, 0, START + 30 * MSEC);
	take_rcode(1, 0, START + 30 * MSEC);
	assert_int_equal(booked[0].answered, START + 42 * MSEC);
	assert_int_equal(booked[1].answered, START + 52 * MSEC);
}

static void clients_have_transports_by_their_shares(void **state)
{
	struct stub_plan *p = &s.traffic[0].stub;
	unsigned n[TRANSPORTS] = { 0 };

	(void)state;
	p->has_transports = true;
	p->share[TRANSPORT_UDP] = 0.6;
	p->share[TRANSPORT_DOT] = 0.3;
	p->share[TRANSPORT_DOH] = 0.1;
	begin();
	for (uint32_t client = 0; client < 10000; client++) {
		const struct ask a = { .client = client };
		enum transport t = stub_transport(stub, &a);

		n[t]++;
		assert_int_equal(stub_transport(stub, &a), t);
	}
	assert_in_range(n[TRANSPORT_UDP], 5800, 6200);
	assert_in_range(n[TRANSPORT_DOT], 2800, 3200);
	assert_in_range(n[TRANSPORT_DOH], 800, 1200);
	assert_int_equal(n[TRANSPORT_TCP], 0);
}

static void errors_of_the_wire_and_the_record_are_passed_on(void **state)
{
	struct packet p;

	(void)state;
	add_ask(START);
	add_ask(START + SECOND);
	begin();
	run(START);
	record_error = -ENOSPC;
	p = answer(0, 2);
	assert_int_equal(stub_answer(stub, &p, START, &err), -ENOSPC);
	wire_error = -EIO;
	assert_int_equal(stub_run(stub, START + SECOND, SIMTIME_NEVER, &err), -EIO);
	assert_int_equal(stub_run(stub, START + 6 * SECOND, SIMTIME_NEVER, &err), -ENOSPC);
}

static void thousands_may_wait_and_each_costs_little(void **state)
{
	enum { QUERIES = 400000 };
	struct timespec t0, t1;
	simtime now = START;

	(void)state;
	s.to = SIMTIME_NEVER;
	add_ask(START);
	forever = true;
	forever_at = START;
	s.traffic[0].stub.attempts = 1;
	begin();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t0);
	for (unsigned i = 0; i < QUERIES;
	     i++) { /* every second one is answered, the others time out */
		now = stub_due(stub);
		assert_int_equal(stub_run(stub, now, SIMTIME_NEVER, &err), 0);
		if (i % 2) {
			struct packet p = answer(0, 0);

			assert_int_equal(stub_answer(stub, &p, now, &err), 0);
		}
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t1);
	print_message("%.0f ns a query, %llu wait\n",
		      ((double)(t1.tv_sec - t0.tv_sec) * 1e9 + (double)(t1.tv_nsec - t0.tv_nsec)) /
			      QUERIES,
		      (unsigned long long)stub_waiting(stub));
	assert_true(stub_waiting(stub) > 20000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_query_says_what_was_asked),
		TEST(a_query_without_edns_has_no_opt),
		TEST(an_answer_is_booked_once_with_its_outcome),
		TEST(on_a_virtual_clock_a_client_asks_in_time_however_late_we_come),
		TEST(of_several_resolvers_each_client_has_one),
		TEST(each_attempt_is_at_the_next_resolver_of_the_list),
		TEST(who_rotates_begins_with_the_next_one),
		TEST(who_is_sticky_stays_with_the_one_that_has_not_failed),
		TEST(an_answer_counts_when_it_is_from_the_one_that_was_asked),
		TEST(some_clients_are_routed_elsewhere_until_they_come_back),
		TEST(nothing_is_sent_ahead_where_it_hangs_on_what_comes_before),
		TEST(nothing_is_sent_ahead_of_an_instant_at_which_clients_may_be_routed_elsewhere),
		TEST(what_the_testbed_lost_is_no_time_out_of_the_resolver),
		TEST(servfail_is_asked_three_times_with_new_ids_and_ports),
		TEST(the_last_attempt_is_booked_as_such),
		TEST(a_query_asks_for_ad_with_ad_or_do_and_without_cd),
		TEST(what_stubs_do_not_retry_is_not_retried),
		TEST(a_pause_delays_the_retry_after_an_answer),
		TEST(a_timeout_is_booked_and_asked_again_at_once),
		TEST(a_closed_port_is_known_at_once_and_not_only_at_the_timeout),
		TEST(a_late_answer_is_ignored),
		TEST(no_retry_begins_after_the_scenario),
		TEST(a_forged_answer_is_ignored),
		TEST(a_bare_header_counts_only_as_formerr),
		TEST(answers_are_fresh_cached_stale_or_wrong),
		TEST(an_answer_behind_an_alias_is_judged_by_its_owner),
		TEST(an_unknown_ttl_is_never_stale),
		TEST(no_address_of_the_type_has_no_age),
		TEST(the_first_extended_error_is_booked),
		TEST(a_truncated_answer_is_asked_again_by_tcp_in_the_same_attempt),
		TEST(questions_are_handed_over_ahead_but_not_behind_a_timeout),
		TEST(at_most_64_questions_are_ahead),
		TEST(a_full_wire_and_tcp_are_waited_for),
		TEST(a_retry_goes_before_what_was_handed_over),
		TEST(clients_of_the_other_family_ask_where_the_resolver_listens_for_them),
		TEST(questions_of_a_client_share_a_connection),
		TEST(an_answer_on_another_connection_is_ignored),
		TEST(beyond_what_may_be_under_way_questions_wait_for_room),
		TEST(what_a_closed_connection_owes_is_asked_once_more_on_a_new_one),
		TEST(a_connection_of_which_nothing_came_fails_at_once),
		TEST(an_idle_connection_is_left),
		TEST(an_open_connection_stays_while_the_resolver_is_silent),
		TEST(one_that_never_opened_is_left_with_the_question_that_waited),
		TEST(a_datagram_takes_half_a_round_trip_each_way),
		TEST(what_is_lost_on_the_way_is_waited_for_in_vain),
		TEST(a_share_is_lost_by_the_seed),
		TEST(what_is_larger_than_the_mtu_vanishes),
		TEST(what_waits_for_the_link_comes_later_or_not),
		TEST(clients_have_transports_by_their_shares),
		TEST(errors_of_the_wire_and_the_record_are_passed_on),
		TEST(thousands_may_wait_and_each_costs_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
