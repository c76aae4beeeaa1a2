/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/replay.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/clients/draw.h"
#include "harness/clients/note.h"
#include "harness/clients/pass.h"
#include "harness/clients/seen_answer.h"
#include "harness/clients/seen_world.h"
#include "harness/clients/standing.h"
#include "sim/base/hash.h"
#include "sim/base/names.h"
#include "sim/base/rng.h"
#include "sim/record/record_set.h"
#include "zones/told.h"

#define TEXT_CLIENTS 1000 /* who ask the lines of a text, unless the traffic says how many */

struct numbered {
	struct address address;
	uint32_t number;
	UT_hash_handle hh;
};

/* Clients with addresses that none may have on a network. */
struct odd {
	uint64_t count;
	struct address first;
};

/* One of the scenario's traffics. */
struct source {
	struct scenario *s;
	struct traffic *t;
	uint64_t chance;
	struct draw *draw;
	struct pass pass;
	struct numbered *clients; /* of a capture, by address */
	struct odd odd;
	unsigned copies; /* of its last question that are still to be asked: traffic.filter.times */
	struct record_set absent; /* keys of names that are not there */
	const struct zone *under_test; /* of a trace; NULL: none */
	uint32_t first_client, client_count;
	char *note; /* of the whole replay */
	struct ask ask; /* its next question */
	bool has_ask;
};

struct replay {
	struct source sources[TRAFFICS_MAX];
	unsigned count;
	char *note;
};

static void source_done(struct source *r)
{
	struct numbered *c, *next;

	HASH_ITER (hh, r->clients, c, next) {
		HASH_DEL(r->clients, c);
		free(c);
	}
	draw_free(r->draw);
	record_set_done(&r->absent);
	trace_free(r->pass.trace);
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	for (unsigned i = 0; i < r->count; i++)
		source_done(&r->sources[i]);
	free(r->note);
	free(r);
}

static struct numbered *find_client(const struct source *r, const struct address *a)
{
	struct numbered *c;

	HASH_FIND(hh, r->clients, a, sizeof(*a), c);
	return c;
}

/* What is told of clients that cannot be answered where they stood. */
static void note_odd(struct odd *o, const struct address *a)
{
	if (standing_of_client(a))
		return;
	if (!o->count++)
		o->first = *a;
}

static int meet_client(struct source *r, const struct address *a)
{
	struct numbered *c;

	if (!a->family || find_client(r, a))
		return 0;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->address = *a;
	c->number = HASH_COUNT(r->clients);
	note_odd(&r->odd, a);
	HASH_ADD(hh, r->clients, address, sizeof(c->address), c);
	return 0;
}

/* The first pass: names, clients and answers. */
static int see_all(struct source *r, struct seen *s, struct err *e)
{
	struct trace_query q;
	int rc;

	trace_want_answers(r->pass.trace);
	while ((rc = pass_next(&r->pass, r->s, r->t, &q, e)) > 0) {
		size_t len;
		const uint8_t *answer = trace_answer(r->pass.trace, &len);

		if (rc == TRACE_ANSWER)
			seen_answer(s, answer, len);
		else if (rc == TRACE_MARK)
			seen_mark(s, &q);
		else if (meet_client(r, &q.client) || seen_query(s, &q))
			return err_set(e, -ENOMEM, "no memory for the names of '%s'", r->t->path);
	}
	return rc;
}

/* Names that are not there are known by their keys in the second pass. */
static int keep_absent(struct source *r, const struct seen *s, struct err *e)
{
	for (const struct seen_name *n = s->names; n; n = n->hh.next)
		if (n->absent)
			record_set_add(&r->absent, rng_hash(0, n->name, name_len(n->name)), 1, 0);
	return r->absent.failed ? err_set(e, -ENOMEM, "no memory for the names of a trace") : 0;
}

static int make_world(struct source *r, struct err *e)
{
	struct traffic *t = r->t;
	struct seen seen = { 0 };
	int rc = see_all(r, &seen, e);

	if (rc == 0)
		rc = seen_make_world(&seen, r->s->tree, t->nxdomain, &t->names_seen, e);
	if (rc == 0)
		rc = keep_absent(r, &seen, e);
	seen_done(&seen);
	return rc;
}

static int reopen(struct source *r, struct err *e)
{
	const struct traffic *t = r->t;
	int rc;

	trace_free(r->pass.trace);
	r->pass = (struct pass){ 0 };
	rc = trace_open(t->path, t->text_rate, &r->pass.trace, e);
	if (rc)
		return rc;
	trace_go_on(r->pass.trace, t->more, t->more_count);
	if (t->port_count)
		trace_use_ports(r->pass.trace, t->ports, t->port_count);
	return t->of_resolvers ? trace_want_own(r->pass.trace, e) : 0;
}

typedef unsigned long long count;

static void note_clients(char *note, const struct odd *o)
{
	char text[ADDRESS_TEXT_LEN];

	if (o->count)
		note_add(note,
			 "%llu clients have an address that cannot be answered (%s%s) and ask from "
			 "another one",
			 (count)o->count, address_text(&o->first, text),
			 o->count > 1 ? " and others" : "");
}

static bool is_faulty(const struct zone *z)
{
	for (unsigned i = 0; i < z->signing_count; i++)
		if (z->signings[i].fault >= 0)
			return true;
	return z->fault_count;
}

/* A trace is asked of the whole tree. Under test is the first zone that something befalls, or
 * else the first with a population. */
static const struct zone *find_under_test(const struct tree *t)
{
	for (unsigned i = 0; i < t->zone_count; i++)
		if (is_faulty(t->zones[i]))
			return t->zones[i];
	for (unsigned i = 0; i < t->zone_count; i++)
		if (t->zones[i]->population && t->zones[i]->population->count)
			return t->zones[i];
	return NULL;
}

static unsigned times_of(const struct traffic *t)
{
	return t->filter.times ? t->filter.times : 1;
}

static bool asks_for_clients(const struct traffic_filter *f)
{
	return f->keep > 0 || f->times > 1 || f->clients.family;
}

static int open_trace(struct source *r, struct err *e)
{
	const struct traffic *t = r->t;
	int rc;

	if (!(t->speed > 0))
		return err_set(e, -EINVAL, "'%s' cannot be replayed at speed %g", t->path,
			       t->speed);
	rc = reopen(r, e);
	if (rc)
		return rc;
	if (t->is_text != trace_is_text(r->pass.trace))
		return err_set(e, -EINVAL, "'%s' is a %s", t->path,
			       t->is_text ? "capture, not a list of queries"
					  : "list of queries, not a capture (pcap, pcapng)");
	if (t->is_text && t->clients > DRAW_CLIENTS_MAX)
		return err_set(e, -EINVAL, "the queries of '%s' need 1 to %d clients", t->path,
			       DRAW_CLIENTS_MAX);
	r->under_test = t->zone ? t->zone : find_under_test(r->s->tree);
	rc = make_world(r, e);
	if (rc)
		return rc;
	if (t->is_text && !HASH_COUNT(r->clients) && r->pass.count && asks_for_clients(&t->filter))
		return err_set(
			e, -EINVAL,
			"'%s' is a list of queries, which does not tell its clients: keep, times "
			"and only { clients } are for captures and logs",
			t->path);
	r->client_count = HASH_COUNT(r->clients) || !t->is_text
				  ? HASH_COUNT(r->clients) * times_of(t)
			  : t->clients ? t->clients
				       : TEXT_CLIENTS;
	pass_note(&r->pass, t->path, r->note);
	note_clients(r->note, &r->odd);
	if (r->pass.count)
		seen_note(t, r->note);
	return reopen(r, e);
}

static int source_open(struct source *r, unsigned number, struct err *e)
{
	int rc = 0;

	r->chance = draw_chance(r->s, number);
	switch (r->t->kind) {
	case TRAFFIC_NONE:
		break;
	case TRAFFIC_SYNTHETIC:
		rc = draw_new(r->s, number, r->first_client, &r->draw, e);
		r->client_count = r->t->clients;
		break;
	case TRAFFIC_TRACE:
		rc = open_trace(r, e);
		break;
	}
	return rc;
}

/* What the plan has for a name: the delegation below the deepest zone above it. */
static bool find_plan(const struct tree *t, const uint8_t *qname, struct delegation *ret)
{
	for (const uint8_t *above = qname; *above;) {
		const struct zone *z;

		above = name_skip(above, 1);
		z = tree_zone(t, above);
		if (z)
			return tree_delegation_find(z, qname, ret);
	}
	return false;
}

static void classify(const struct source *r, struct ask *a)
{
	const struct zone *z = r->under_test;
	struct delegation plan;
	bool found = find_plan(r->s->tree, a->qname, &plan);

	a->ttl = told_ttl(r->s->tree, a->qname, a->qtype);
	if (a->ttl < 0 && found)
		a->ttl = (int64_t)plan.ttl;
	if (record_set_has(&r->absent, a->name_key))
		a->class = CLASS_NXDOMAIN;
	else if (!z || !name_under(a->qname, z->apex))
		a->class = CLASS_OUTSIDE;
	else if (found ? plan.is_signed : z->is_signed)
		a->class = CLASS_SIGNED;
	else
		a->class = CLASS_UNSIGNED;
}

static void find_asker(const struct source *r, const struct trace_query *q, struct ask *a)
{
	const struct numbered *c = q->client.family ? find_client(r, &q->client) : NULL;

	if (c) {
		a->client = r->first_client + c->number * times_of(r->t);
		a->address = standing_of_client(&c->address)
				     ? c->address
				     : draw_address(a->client % DRAW_CLIENTS_MAX);
		return;
	}
	a->client = r->first_client +
		    (uint32_t)rng_below(rng_of(r->chance, r->pass.count), r->client_count);
	a->address = draw_address(a->client);
}

/* The same question of the next of those that a client of the trace is. */
static bool next_copy(struct source *r, struct ask *ret)
{
	if (!r->copies)
		return false;
	r->copies--;
	ret->client++;
	ret->address = draw_address(ret->client % DRAW_CLIENTS_MAX);
	return true;
}

/* The second pass. */
static bool next_of_trace(struct source *r, struct ask *ret)
{
	const struct traffic *t = r->t;
	struct trace_query q;
	struct err e;
	int rc = pass_next(&r->pass, r->s, r->t, &q, &e);

	if (rc < 0) /* the first pass saw no error: somebody changed the file */
		note_add(r->note, "%s", e.text);
	if (rc != 1)
		return false;
	*ret = (struct ask){
		.at = q.at,
		.qtype = q.qtype,
		.tcp = q.tcp,
		.cd = q.cd,
		.rd = q.rd,
		.ad = q.ad,
		.edns = q.edns || t->edns || t->dnssec_ok,
		.dnssec_ok = q.dnssec_ok || t->dnssec_ok,
		.name_key = rng_hash(0, q.qname, name_len(q.qname)),
	};
	name_copy(ret->qname, q.qname);
	find_asker(r, &q, ret);
	r->copies = times_of(t) - 1;
	classify(r, ret);
	return true;
}

static bool source_next(struct source *r)
{
	struct ask *a = &r->ask;

	if (r->draw)
		r->has_ask = draw_next(r->draw, a);
	else
		r->has_ask = r->pass.trace && (next_copy(r, a) || next_of_trace(r, a));
	if (!r->has_ask && r->draw && draw_missed(r->draw))
		note_add(r->note,
			 "%llu questions for fresh names went to popular ones: the population has "
			 "no more",
			 (count)draw_missed(r->draw));
	return r->has_ask;
}

/* Of two at one instant the one that was told first. */
static struct source *first_of(struct replay *r)
{
	struct source *first = NULL;

	for (unsigned i = 0; i < r->count; i++) {
		struct source *s = &r->sources[i];

		if (s->has_ask && (!first || s->ask.at < first->ask.at))
			first = s;
	}
	return first;
}

int replay_new(struct scenario *s, struct replay **ret, struct err *e)
{
	_cleanup_(replay_freep) struct replay *r = calloc(1, sizeof(*r));
	uint32_t clients = 0;
	int rc = 0;

	if (!r || !(r->note = calloc(1, NOTE_LEN)))
		return err_set(e, -ENOMEM, "no memory for the traffic");
	while (rc == 0 && r->count < s->traffic_count) {
		struct source *one = &r->sources[r->count];

		*one = (struct source){
			.s = s, .t = &s->traffic[r->count], .first_client = clients, .note = r->note
		};
		rc = source_open(one, r->count++, e);
		clients += one->client_count;
	}
	if (rc)
		return rc;
	for (unsigned i = 0; i < r->count; i++)
		source_next(&r->sources[i]);
	*ret = TAKE(r);
	return 0;
}

bool replay_next(struct replay *r, struct ask *ret)
{
	struct source *s = first_of(r);

	if (!s)
		return false;
	*ret = s->ask;
	ret->traffic = (unsigned)(s - r->sources);
	source_next(s);
	return true;
}

const char *replay_note(const struct replay *r)
{
	return *r->note ? r->note : NULL;
}

static bool has_trace(const struct scenario *s)
{
	for (unsigned i = 0; i < s->traffic_count; i++)
		if (s->traffic[i].kind == TRAFFIC_TRACE)
			return true;
	return false;
}

int replay_check(struct scenario *s, FILE *notes, struct err *e)
{
	_cleanup_(replay_freep) struct replay *r = NULL;
	int rc;

	if (!has_trace(s))
		return 0;
	rc = replay_new(s, &r, e);
	if (rc < 0)
		return rc;
	for (unsigned i = 0; i < r->count; i++)
		if (r->sources[i].pass.trace && !r->sources[i].has_ask)
			return err_set(e, -ENODATA, "'%s' has no query for this scenario%s%s",
				       s->traffic[i].path, *r->note ? ": " : "", r->note);
	snprintf(s->trace_note, sizeof(s->trace_note), "%s", r->note);
	if (replay_note(r))
		fprintf(notes, "sigfault: %s\n", replay_note(r));
	return 0;
}

uint32_t replay_clients(const struct replay *r)
{
	uint32_t all = 0;

	for (unsigned i = 0; i < r->count; i++)
		all += r->sources[i].client_count;
	return all;
}
