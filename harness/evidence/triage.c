/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/triage.h"

#include <errno.h>
#include <string.h>

#include "harness/evidence/blame.h"
#include "harness/evidence/cap.h"
#include "sim/base/hash.h"

struct key {
	const uint8_t *zone;
	int tag;
	enum reason reason;
	uint32_t number; /* an RCODE */
	struct address server; /* of a cap, and a resolver */
};

/* Where in the list a cause is. */
struct place {
	struct key key;
	unsigned at;
	UT_hash_handle hh;
};

struct making {
	struct evidence *v;
	struct triage *t;
	struct place *places;
	unsigned cap;
};

static void key_of(const struct finding *f, struct key *ret)
{
	memset(ret, 0, sizeof(*ret)); /* padding is hashed too */
	if (reason_cause(f->reason) != CAUSE_LOCAL)
		ret->zone = f->zone;
	ret->tag = f->tag;
	ret->reason = f->reason;
	if (f->reason == REASON_RCODE || f->reason == REASON_REFUSES ||
	    f->reason == REASON_FORWARDER_RCODE)
		ret->number = f->number;
	if (f->reason == REASON_CAP || !f->zone)
		ret->server = f->seen.server;
}

static struct triage_cause *cause_of(struct making *m, const struct finding *f)
{
	struct triage *t = m->t;
	struct place *place;
	struct key key;

	key_of(f, &key);
	HASH_FIND(hh, m->places, &key, sizeof(key), place);
	if (place)
		return &t->causes[place->at];
	if (t->cause_count == m->cap) {
		unsigned cap = m->cap ? 2 * m->cap : 16;
		struct triage_cause *more = realloc(t->causes, cap * sizeof(*more));

		if (!more)
			return NULL;
		t->causes = more;
		m->cap = cap;
	}
	place = calloc(1, sizeof(*place));
	if (!place)
		return NULL;
	memcpy(&place->key, &key, sizeof(key));
	place->at = t->cause_count;
	HASH_ADD(hh, m->places, key, sizeof(place->key), place);
	t->causes[t->cause_count] = (struct triage_cause){ .first = *f, .last = f->seen };
	return &t->causes[t->cause_count++];
}

static void add_server(struct triage_cause *c, const struct address *a)
{
	for (unsigned i = 0; i < c->server_count; i++)
		if (address_equal(&c->servers[i], a))
			return;
	if (c->server_count < TRIAGE_SERVERS && a->family)
		c->servers[c->server_count++] = *a;
}

static int add_finding(struct making *m, const struct finding *f)
{
	struct triage_cause *c = cause_of(m, f);

	if (!c)
		return -ENOMEM;
	c->findings++;
	if (f->seen.at >= c->last.at)
		c->last = f->seen;
	if (f->seen.at < c->first.seen.at)
		c->first = *f;
	add_server(c, &f->seen.server);
	return 0;
}

static int explain(struct making *m, const struct exchange *x, const struct finding *f)
{
	struct triage_cause *c = cause_of(m, f);

	if (!c)
		return -ENOMEM;
	if (!c->failures++) {
		c->first = *f;
		c->first_failure = x->asked;
		c->failed_name = x->qname;
		c->failed_type = x->qtype;
	}
	c->last_failure = x->asked;
	add_server(c, &f->seen.server);
	return 0;
}

static int judge_failure(struct making *m, const struct blame_index *b, const struct exchange *x)
{
	bool failed = evidence_failed(m->v, x) || (!m->v->has_upstream && x->findings);
	struct finding f;

	if (!failed && !evidence_gone(m->v, x))
		return 0;
	m->t->failures += failed;
	m->t->gone += !failed;
	if (blame_find(b, x, &f))
		return explain(m, x, &f);
	if (!failed) {
		m->t->gone--; /* a name that came or went: nobody's fault that can be seen */
		return 0;
	}
	m->t->unexplained++;
	if (!m->t->unknown)
		m->t->unknown = x;
	return 0;
}

static int by_failures(const void *a, const void *b)
{
	const struct triage_cause *x = a, *y = b;

	if (x->failures != y->failures)
		return x->failures > y->failures ? -1 : 1;
	if (reason_weight(x->first.reason) != reason_weight(y->first.reason))
		return reason_weight(x->first.reason) > reason_weight(y->first.reason) ? -1 : 1;
	if (x->findings != y->findings)
		return x->findings > y->findings ? -1 : 1;
	return x->first.seen.at < y->first.seen.at ? -1 : x->first.seen.at > y->first.seen.at;
}

/* Whether a cause alone, without any client's answer, is what a resolver must fail on: a bad signature
 * always; silence where it is most of what was asked. */
static bool is_grave(const struct evidence *v, const struct triage_cause *c)
{
	uint64_t asked = 0;

	if (reason_weight(c->first.reason) > reason_weight(REASON_SILENT))
		return true;
	if (reason_cause(c->first.reason) != CAUSE_UNREACHABLE &&
	    reason_cause(c->first.reason) != CAUSE_CAPPED)
		return false;
	for (size_t i = 0; i < v->upstream_count; i++)
		for (unsigned k = 0; k < c->server_count; k++)
			asked += address_equal(&v->upstream[i].server, &c->servers[k]);
	return 2 * c->findings > asked;
}

static enum blame blame_of(const struct evidence *v, const struct triage *t)
{
	const struct triage_cause *top = t->cause_count ? t->causes : NULL;
	uint64_t all = t->failures + t->gone;

	if (!v->has_clients)
		return top && is_grave(v, top) ? BLAME_THEM : BLAME_NOBODY;
	if (!v->answers.asked)
		return BLAME_UNKNOWN;
	if (!all)
		return BLAME_NOBODY;
	if (!top || 2 * t->unexplained > all || !top->failures)
		return BLAME_UNKNOWN;
	return reason_cause(top->first.reason) == CAUSE_LOCAL ? BLAME_US : BLAME_THEM;
}

static void free_places(struct making *m)
{
	struct place *item, *next;

	HASH_ITER (hh, m->places, item, next) {
		HASH_DEL(m->places, item);
		free(item);
	}
}

int triage_make(struct evidence *v, struct triage *ret, struct err *e)
{
	struct triage t = { 0 };
	struct making m = { .v = v, .t = &t };
	_cleanup_(blame_index_freep) struct blame_index *b = blame_index_new(v);
	int r = b ? cap_find(v, e) : -ENOMEM;

	for (size_t i = 0; i < v->check.count && r == 0; i++)
		r = add_finding(&m, &v->check.findings[i]);
	for (size_t i = 0; i < v->client_count && r == 0; i++)
		r = judge_failure(&m, b, &v->clients[i]);
	free_places(&m);
	if (r < 0) {
		triage_done(&t);
		return err_set(e, r, "no memory to weigh what is wrong");
	}
	if (t.cause_count)
		qsort(t.causes, t.cause_count, sizeof(*t.causes), by_failures);
	t.blame = blame_of(v, &t);
	*ret = t;
	return 0;
}

void triage_done(struct triage *t)
{
	free(t->causes);
	*t = (struct triage){ 0 };
}

const char *blame_name(enum blame b)
{
	static const char *const names[] = { [BLAME_NOBODY] = "nothing",
					     [BLAME_THEM] = "them",
					     [BLAME_US] = "us",
					     [BLAME_UNKNOWN] = "unknown" };

	return names[b];
}
