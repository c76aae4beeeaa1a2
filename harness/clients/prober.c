/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/prober.h"

#include <errno.h>
#include <string.h>

#include "harness/clients/draw.h"
#include "harness/clients/message.h"
#include "sim/base/buf.h"
#include "sim/base/rng.h"

#define PATIENCE (5 * SECOND)
#define WAITING_MAX 1024 /* questions at a time */
#define PORT_FIRST 20000

enum { STREAM_PROBE = 0x70726f62 };

/* The worst last: that is what a probe of several names tells. */
enum verdict { NOTHING_YET, SECURE, INSECURE, OTHER, TIMEOUT, BOGUS };

static const char *const verdicts[] = { NULL, "secure", "insecure", "other", "timeout", "bogus" };

struct question {
	const struct zone *zone;
	uint8_t qname[NAME_MAX_LEN];
	uint16_t id, port;
	bool tcp;
	simtime due;
};

/* What is known of one zone. */
struct probe {
	const struct zone *zone;
	uint64_t next; /* delegation to try, counted from the one that clients ask for last */
	unsigned waiting;
	enum verdict worst;
};

struct prober {
	const struct scenario *s;
	struct wire *wire;
	struct record *record;
	struct endpoint resolver;
	struct address me;
	uint64_t asked; /* in all */
	struct question questions[WAITING_MAX]; /* that wait, by the time they were asked */
	unsigned question_count;
	struct probe *probes;
	unsigned probe_count;
};

int prober_new(const struct scenario *s, struct wire *w, struct record *rec,
	       const struct endpoint *resolver, const struct address *me, struct prober **ret,
	       struct err *e)
{
	struct prober *p = calloc(1, sizeof(*p));

	if (!p)
		return err_set(e, -ENOMEM, "no memory for probes");
	p->s = s;
	p->wire = w;
	p->record = rec;
	p->resolver = *resolver;
	p->me = *me;
	*ret = p;
	return 0;
}

void prober_free(struct prober *p)
{
	if (!p)
		return;
	free(p->probes);
	free(p);
}

static struct probe *find_probe(const struct prober *p, const struct zone *z)
{
	for (unsigned i = 0; i < p->probe_count; i++)
		if (p->probes[i].zone == z)
			return &p->probes[i];
	return NULL;
}

static struct probe *probe_of(struct prober *p, const struct zone *z)
{
	struct probe *found = find_probe(p, z), *grown;

	if (found)
		return found;
	grown = reallocarray(p->probes, p->probe_count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	p->probes = grown;
	grown[p->probe_count] = (struct probe){ .zone = z };
	return &grown[p->probe_count++];
}

/* ---- asking ---- */

/* The next signed delegation from the end; the first half is the clients'. */
static bool choose_name(const struct prober *p, struct probe *probe, uint8_t ret[NAME_MAX_LEN])
{
	struct delegation d;

	while (probe->next < probe->zone->population->count / 2) {
		tree_delegation_plan(probe->zone, draw_last(p->s, probe->zone, probe->next++), &d);
		if (d.is_signed) {
			name_copy(ret, d.name);
			return true;
		}
	}
	return false;
}

static int send_question(struct prober *p, const struct question *q, struct err *e)
{
	uint8_t bytes[MESSAGE_QUERY_MAX];
	struct packet packet = { .side = SIDE_CLIENT,
				 .tcp = q->tcp,
				 .from = { p->me, q->port },
				 .to = p->resolver,
				 .at = q->due - PATIENCE };

	message_fill(&packet, bytes,
		     &(struct message_query){ .id = q->id,
					      .qtype = RR_A,
					      .rd = true,
					      .ad = true,
					      .edns = true,
					      .dnssec_ok = true,
					      .qname = q->qname });
	return wire_send(p->wire, &packet, e);
}

static int ask_one(struct prober *p, struct probe *probe, simtime now, struct err *e)
{
	uint64_t draw = rng_of(rng_of(p->s->seed, STREAM_PROBE), p->asked);
	char apex[NAME_TEXT_LEN];
	struct question *q;

	if (p->question_count == WAITING_MAX)
		return err_set(e, -ENOBUFS, "more than %d probes wait at once", WAITING_MAX);
	q = &p->questions[p->question_count];
	*q = (struct question){ .zone = probe->zone, .due = now + PATIENCE };
	if (!choose_name(p, probe, q->qname))
		return err_set(e, -ENODATA,
			       "no signed name is left below '%s' that nobody asked for",
			       name_text(probe->zone->apex, apex));
	q->id = (uint16_t)draw;
	q->port = (uint16_t)(PORT_FIRST + p->asked++ % WAITING_MAX);
	p->question_count++;
	probe->waiting++;
	return send_question(p, q, e);
}

static void forget(struct prober *p, struct question *q)
{
	p->question_count--;
	memmove(q, q + 1, (size_t)(&p->questions[p->question_count] - q) * sizeof(*q));
}

/* What is still on its way does not count any more. */
static void give_up(struct prober *p, const struct zone *z)
{
	for (unsigned i = p->question_count; i-- > 0;)
		if (p->questions[i].zone == z)
			forget(p, &p->questions[i]);
}

int prober_ask(struct prober *p, const struct zone *z, unsigned names, simtime now, struct err *e)
{
	struct probe *probe = probe_of(p, z);
	int r = 0;

	if (!probe)
		return err_set(e, -ENOMEM, "no memory for probes");
	give_up(p, z);
	probe->waiting = 0;
	probe->worst = NOTHING_YET;
	for (unsigned i = 0; i < names && r == 0; i++)
		r = ask_one(p, probe, now, e);
	return r;
}

/* ---- outcomes ---- */

static void note(struct prober *p, struct question *q, enum verdict verdict, simtime at)
{
	struct probe *probe = find_probe(p, q->zone);
	char apex[NAME_TEXT_LEN], what[NAME_TEXT_LEN + 40];

	if (verdict > probe->worst)
		probe->worst = verdict;
	forget(p, q);
	if (--probe->waiting)
		return;
	snprintf(what, sizeof(what), "probe of %s: %s", name_text(probe->zone->apex, apex),
		 verdicts[probe->worst]);
	record_event(p->record,
		     &(struct record_event){ .at = at,
					     .kind = "resolver",
					     .operation = operation_name(OPERATION_PROBE),
					     .zone = apex,
					     .what = what });
}

static enum verdict verdict_of(const struct message *m)
{
	if (m->rcode == RCODE_SERVFAIL)
		return BOGUS;
	if (m->rcode != RCODE_NOERROR)
		return OTHER;
	return m->ad ? SECURE : INSECURE;
}

bool prober_owns(const struct prober *p, const struct packet *packet)
{
	return packet->to.port >= PORT_FIRST && packet->to.port < PORT_FIRST + WAITING_MAX &&
	       memcmp(&packet->to.address, &p->me, sizeof(p->me)) == 0;
}

static struct question *find_question(struct prober *p, const struct packet *packet,
				      struct message *m)
{
	if (!endpoint_equal(&packet->from, &p->resolver) ||
	    !message_read(packet->data, packet->len, m) || !m->is_answer || !m->has_question)
		return NULL;
	for (unsigned i = 0; i < p->question_count; i++) {
		struct question *q = &p->questions[i];

		if (q->port == packet->to.port && q->id == m->id && q->tcp == packet->tcp &&
		    m->qtype == RR_A && name_equal(m->qname, q->qname) && packet->at < q->due)
			return q;
	}
	return NULL;
}

int prober_answer(struct prober *p, const struct packet *packet, struct err *e)
{
	struct message m;
	struct question *q = find_question(p, packet, &m);

	if (!q)
		return 0;
	if (m.truncated && !q->tcp) {
		q->tcp = true;
		return send_question(p, q, e);
	}
	note(p, q, verdict_of(&m), packet->at);
	return 0;
}

simtime prober_due(const struct prober *p)
{
	return p->question_count ? p->questions[0].due : SIMTIME_NEVER;
}

void prober_run(struct prober *p, simtime now)
{
	while (prober_due(p) <= now)
		note(p, &p->questions[0], TIMEOUT, p->questions[0].due);
}

const char *prober_outcome(const struct prober *p, const struct zone *z)
{
	const struct probe *probe = find_probe(p, z);

	return probe && !probe->waiting ? verdicts[probe->worst] : NULL;
}
