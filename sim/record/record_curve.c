/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_curve.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/names.h"
#include "sim/base/rng.h"

_Static_assert(RECORD_CLASSES <= 32, "a class is a bit of record_set_entry.seen");

bool record_is_failure(enum outcome o)
{
	return o == OUTCOME_SERVFAIL || o == OUTCOME_OTHER || o == OUTCOME_TIMEOUT;
}

bool record_is_users(const struct record_query *q)
{
	return record_is_failure(q->outcome) && !q->goes_on;
}

bool record_is_lost(const struct record_query *q)
{
	return q->is_last && record_is_failure(q->outcome);
}

bool record_is_unvalidated(const struct record_query *q)
{
	return (q->class == CLASS_SIGNED || q->class == CLASS_FRESH_SIGNED) &&
	       (q->outcome == OUTCOME_NOERROR || q->outcome == OUTCOME_NXDOMAIN) && q->wants_ad &&
	       !q->ad;
}

static void count_query(struct record_counts *c, const struct record_query *q)
{
	c->queries++;
	c->retries += q->attempt > 0;
	c->outcomes[q->outcome]++;
	if (q->outcome == OUTCOME_NOERROR)
		c->ages[q->age]++;
	c->ad += q->ad;
}

static int compare_ede(const void *a, const void *b)
{
	const struct record_ede *x = a, *y = b;

	if (x->traffic != y->traffic)
		return x->traffic < y->traffic ? -1 : 1;
	return x->rcode != y->rcode ? x->rcode - y->rcode : x->code - y->code;
}

static void count_ede(struct record_bin *b, const struct record_query *q)
{
	struct record_ede one = { q->traffic, q->rcode, q->ede >= 0 ? q->ede : -1, 1 }, *grown;

	for (unsigned i = 0; i < b->ede_count; i++) {
		if (compare_ede(&b->ede[i], &one) == 0) {
			b->ede[i].count++;
			return;
		}
	}
	if (b->ede_count == b->ede_cap) {
		grown = reallocarray(b->ede, b->ede_cap + 16, sizeof(*b->ede));
		if (!grown) {
			b->failed = true;
			return;
		}
		b->ede = grown;
		b->ede_cap += 16;
	}
	b->ede[b->ede_count++] = one;
}

/* The classes of a query, and how many they are. */
static unsigned classes_of(const struct record_options *o, const struct record_query *q,
			   unsigned ret[4])
{
	unsigned n = 0;

	ret[n++] = CLASS_ALL;
	if (q->class != CLASS_ALL)
		ret[n++] = q->class;
	if (o->traffic_count > 1)
		ret[n++] = CLASS_COUNT + q->traffic;
	if (o->transports)
		ret[n++] = CLASS_COUNT + TRAFFICS_MAX + q->transport;
	return n;
}

void record_bin_query(struct record_bin *b, const struct record_options *o,
		      const struct record_query *q)
{
	unsigned classes[4], n = classes_of(o, q, classes);
	uint32_t bits = 0, failed;
	struct record_set_news name, client;

	for (unsigned i = 0; i < n; i++)
		bits |= 1u << classes[i];
	failed = record_is_users(q) ? bits : 0;
	name = record_set_add(&b->names, q->name_key, bits, failed);
	client = record_set_add(&b->clients, q->client, bits, failed);
	for (unsigned i = 0; i < n; i++) {
		struct record_counts *c = &b->counts[classes[i]];
		unsigned bit = 1u << classes[i];

		count_query(c, q);
		c->names += !!(name.seen & bit);
		c->failed_names += !!(name.failed & bit);
		c->clients += !!(client.seen & bit);
		c->failed_clients += !!(client.failed & bit);
	}
	if (q->outcome != OUTCOME_TIMEOUT && (q->ede >= 0 || q->outcome == OUTCOME_SERVFAIL))
		count_ede(b, q);
	b->lost_questions += record_is_lost(q);
	b->unvalidated += record_is_unvalidated(q);
	record_ttls_query(&b->ttls, q);
	b->connections[q->transport].opened += q->opened;
	b->connections[q->transport].reused += q->reused;
	b->failed |= b->names.failed || b->clients.failed;
}

void record_bin_answer(struct record_bin *b, const struct record_options *o,
		       const struct record_query *q)
{
	unsigned classes[4], n = classes_of(o, q, classes);
	simtime took = q->answered - q->sent;

	for (unsigned i = 0; i < n; i++) {
		struct record_waits *w = &b->waits[classes[i]];

		w->answers++;
		w->sum += took;
		if (took > w->longest)
			w->longest = took;
	}
}

void record_bin_upstream(struct record_bin *b, unsigned server, bool dropped)
{
	if (server >= b->upstream_cap) {
		unsigned cap = server + 64;
		struct record_upstream_counts *grown =
			reallocarray(b->upstream, cap, sizeof(*grown));

		if (!grown) {
			b->failed = true;
			return;
		}
		memset(grown + b->upstream_cap, 0, (cap - b->upstream_cap) * sizeof(*grown));
		b->upstream = grown;
		b->upstream_cap = cap;
	}
	if (dropped)
		b->upstream[server].dropped++;
	else
		b->upstream[server].answers++;
}

void record_bin_write_curve(const struct record_bin *b, const struct record_stamp *at,
			    unsigned classes, const char *const names[RECORD_CLASSES],
			    struct record_file *f)
{
	for (unsigned i = 0; i < RECORD_CLASSES; i++) {
		const struct record_counts *c = &b->counts[i];

		if (!(classes & 1u << i))
			continue;
		record_file_put(f, "%" PRId64 ",%s,%s,%" PRIu64 ",%" PRIu64, at->t, at->utc,
				names[i], c->queries, c->retries);
		for (unsigned o = OUTCOME_NOERROR; o <= OUTCOME_TIMEOUT; o++)
			record_file_put(f, ",%" PRIu64, c->outcomes[o]);
		for (unsigned a = AGE_FRESH; a <= AGE_WRONG; a++)
			record_file_put(f, ",%" PRIu64, c->ages[a]);
		record_file_put(f, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
				c->ad, c->names, c->failed_names, c->clients, c->failed_clients);
	}
}

void record_bin_write_ede(struct record_bin *b, const struct record_options *o,
			  const struct record_stamp *at, struct record_file *f)
{
	char rcode[NAMES_LEN];

	if (b->ede_count)
		qsort(b->ede, b->ede_count, sizeof(*b->ede), compare_ede);
	for (unsigned i = 0; i < b->ede_count; i++) {
		record_file_put(f, "%" PRId64 ",%s,", at->t, at->utc);
		if (o->traffic_count)
			record_file_put_field(f, o->traffics[b->ede[i].traffic]);
		record_file_put(f, ",%s,%d,%" PRIu64 "\n", names_rcode(b->ede[i].rcode, rcode),
				b->ede[i].code, b->ede[i].count);
	}
}

void record_bin_write_upstream(const struct record_bin *b, const struct record_stamp *at,
			       const struct record_servers *s, struct record_file *f)
{
	for (unsigned i = 0; i < b->upstream_cap && i < s->count; i++) {
		const struct record_upstream_counts *c = &b->upstream[i];

		if (!c->answers && !c->dropped)
			continue;
		record_file_put(f, "%" PRId64 ",%s,", at->t, at->utc);
		record_file_put_field(f, s->list[i].zone);
		record_file_put(f, ",");
		record_file_put_field(f, s->list[i].server);
		record_file_put(f, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
				c->answers + c->dropped, c->answers, c->dropped);
	}
}

void record_bin_clear(struct record_bin *b)
{
	memset(b->counts, 0, sizeof(b->counts));
	memset(b->waits, 0, sizeof(b->waits));
	memset(b->connections, 0, sizeof(b->connections));
	record_set_clear(&b->names);
	record_set_clear(&b->clients);
	b->ede_count = 0;
	b->user_minutes = b->lost_questions = b->unvalidated = 0;
	b->leaks = (struct record_leaks){ 0 };
	b->ttls = (struct record_ttls){ 0 };
	record_links_clear(&b->links);
	record_asked_clear(&b->asked);
	if (b->upstream)
		memset(b->upstream, 0, b->upstream_cap * sizeof(*b->upstream));
}

void record_bin_free(struct record_bin *b)
{
	if (!b)
		return;
	record_set_done(&b->names);
	record_set_done(&b->clients);
	free(b->ede);
	free(b->upstream);
	free(b->links.counts);
	free(b->asked.counts);
	free(b);
}

static char *server_text(const uint8_t *name)
{
	char text[NAME_TEXT_LEN];

	return strdup(name ? name_text(name, text) : "-");
}

static int add_server(struct record_servers *s, const uint8_t *zone, const uint8_t *server)
{
	bool is_last = s->count == RECORD_SERVERS_MAX;
	struct record_server one;

	if (s->count % 64 == 0) {
		struct record_server *grown = reallocarray(s->list, s->count + 64, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		s->list = grown;
	}
	one.zone = is_last ? strdup("*") : server_text(zone);
	one.server = is_last ? strdup("*") : server_text(server);
	if (!one.zone || !one.server) {
		free(one.zone);
		free(one.server);
		return -ENOMEM;
	}
	s->list[s->count] = one;
	return (int)s->count++;
}

int record_servers_number(struct record_servers *s, const uint8_t *zone, const uint8_t *server)
{
	const size_t mask = RECORD_SERVERS_MAX * 2 - 1;
	uint64_t key = zone ? rng_hash(1, zone, name_len(zone)) : 0;
	size_t i;
	int n;

	key = server ? rng_hash(key, server, name_len(server)) : key;
	if (!s->slots && !(s->slots = calloc(mask + 1, sizeof(*s->slots))))
		return -ENOMEM;
	for (i = key & mask; s->slots[i].number; i = (i + 1) & mask)
		if (s->slots[i].key == key)
			return (int)s->slots[i].number - 1;
	if (s->count > RECORD_SERVERS_MAX)
		return RECORD_SERVERS_MAX;
	n = add_server(s, zone, server);
	if (n >= 0 && n < RECORD_SERVERS_MAX)
		s->slots[i] = (struct record_server_slot){ key, (unsigned)n + 1 };
	return n;
}

void record_servers_done(struct record_servers *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		free(s->list[i].zone);
		free(s->list[i].server);
	}
	free(s->list);
	free(s->slots);
	*s = (struct record_servers){ 0 };
}
