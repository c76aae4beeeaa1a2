#include "sim/authority.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "sim/base/rng.h"

/* An answer on its way. */
struct reply {
	struct reply *prev, *next;
	simtime due;
	struct fault_set faults;
	struct packet packet;
	uint8_t data[];
};

struct authority {
	struct tree *tree;
	struct wire *wire;
	struct record *record;
	struct reply *replies; /* by due, then as they came */
	struct sighting sightings[FAULTS_MAX];
	struct authority_counts counts;
	uint8_t out[65535];
};

int authority_new(struct tree *t, struct wire *w, struct record *rec, struct authority **ret,
		  struct err *e)
{
	struct authority *a = calloc(1, sizeof(*a));

	if (!a)
		return err_set(e, -ENOMEM, "out of memory");
	a->tree = t;
	a->wire = w;
	a->record = rec;
	for (int i = 0; i < FAULTS_MAX; i++)
		a->sightings[i].first = SIMTIME_NEVER;
	*ret = a;
	return 0;
}

void authority_free(struct authority *a)
{
	struct reply *r, *next;

	if (!a)
		return;
	DL_FOREACH_SAFE(a->replies, r, next)
	{
		DL_DELETE(a->replies, r);
		free(r);
	}
	free(a);
}

static void see(struct authority *a, const struct fault_set *faults, simtime now)
{
	for (unsigned i = 0; i < a->tree->fault_count && i < FAULTS_MAX; i++) {
		struct sighting *s = &a->sightings[i];

		if (!fault_set_has(faults, i))
			continue;
		if (!s->count++ && a->record)
			record_event(a->record, now, "fault-seen", a->tree->faults[i].text);
		if (now < s->first)
			s->first = now;
	}
}

static int by_due(const struct reply *a, const struct reply *b)
{
	return a->due < b->due ? -1 : a->due > b->due;
}

/* A number drawn for this query and fault. */
static uint64_t draw(const struct authority *a, const struct fault *f)
{
	return rng_of(a->tree->seed ^ (uint64_t)(f - a->tree->faults), a->counts.queries);
}

static void mark(const struct authority *a, const struct fault *f, struct fault_set *faults)
{
	fault_set_add(faults, (unsigned)(f - a->tree->faults));
}

/* Whether the server drops this query; adds up its delay otherwise. */
static bool disturbed(struct authority *a, const struct answer *ans, simtime now, simtime *delay,
		      struct fault_set *faults)
{
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(ans->zone, ans->server, now, &i));) {
		switch (f->row->wire) {
		case WIRE_NONE:
			break;
		case WIRE_AS_ALWAYS:
			mark(a, f, faults);
			break;
		case WIRE_DROP:
			if (rng_unit(draw(a, f)) >= f->share)
				break;
			mark(a, f, faults);
			return true;
		case WIRE_DELAY:
			*delay += f->values[0];
			if (f->values[1])
				*delay += (simtime)rng_below(draw(a, f), (uint64_t)f->values[1]);
			mark(a, f, faults);
			break;
		}
	}
	return false;
}

/* Puts the answer that stands in a->out on its way. */
static int queue_reply(struct authority *a, const struct packet *query, size_t len, simtime due,
		       const struct fault_set *faults, struct err *e)
{
	struct reply *r = malloc(sizeof(*r) + len);

	if (!r)
		return err_set(e, -ENOMEM, "out of memory");
	memcpy(r->data, a->out, len);
	r->due = due;
	r->faults = *faults;
	r->packet = *query;
	r->packet.from = query->to;
	r->packet.to = query->from;
	r->packet.data = r->data;
	r->packet.len = len;
	DL_INSERT_INORDER(a->replies, r, by_due);
	return 0;
}

static void record_wire(struct authority *a, const struct packet *p, simtime at)
{
	struct record_packet rp = { .at = at,
				    .upstream = true,
				    .tcp = p->tcp,
				    .from = p->from.address,
				    .to = p->to.address,
				    .from_port = p->from.port,
				    .to_port = p->to.port,
				    .data = p->data,
				    .len = p->len };

	if (a->record)
		record_packet(a->record, &rp);
}

/* Leaf zones, too many for a row each, are counted together: "*.de.". */
static void record_asked(struct authority *a, const struct answer *ans, simtime now, bool dropped)
{
	const struct zone *z = ans->zone;
	uint8_t leafs[NAME_MAX_LEN];

	if (!a->record || !z)
		return;
	if (tree_zone(a->tree, z->apex) == z) {
		record_upstream(a->record, now, z->apex, z->servers[ans->server].name, dropped);
	} else if (name_prepend(leafs, "*", z->parent->apex) == 0) {
		record_upstream(a->record, now, leafs, leafs, dropped);
	}
}

int authority_query(struct authority *a, const struct packet *p, struct err *e)
{
	struct buf out = buf_over(a->out, sizeof(a->out));
	simtime delay = 0;
	struct fault_set faults = { 0 };
	struct answer ans;

	record_wire(a, p, p->at);
	a->counts.queries++;
	if (!tree_is_server(a->tree, &p->to.address)) {
		a->counts.dropped++;
		return 0;
	}
	answer_make(a->tree, &p->to.address, p->data, p->len, p->tcp, p->at, &out, &ans);
	a->counts.formerr += ans.kind == ANSWER_FORMERR;
	a->counts.refused += ans.kind == ANSWER_REFUSED;
	a->counts.silent += ans.kind == ANSWER_SILENT;
	a->counts.dnssec_ok += ans.dnssec_ok;
	if (ans.kind == ANSWER_SILENT || out.failed)
		return 0;
	if (ans.zone) {
		delay = ans.zone->servers[ans.server].latency;
		if (disturbed(a, &ans, p->at, &delay, &faults)) {
			a->counts.dropped++;
			see(a, &faults, p->at);
			record_asked(a, &ans, p->at, true);
			return 0;
		}
	}
	record_asked(a, &ans, p->at, false);
	fault_set_join(&faults, &ans.faults);
	return queue_reply(a, p, out.len, p->at + delay, &faults, e);
}

simtime authority_due(const struct authority *a)
{
	return a->replies ? a->replies->due : SIMTIME_NEVER;
}

int authority_run(struct authority *a, simtime now, struct err *e)
{
	int r = 0;

	while (r == 0 && a->replies && a->replies->due <= now) {
		struct reply *reply = a->replies;

		DL_DELETE(a->replies, reply);
		record_wire(a, &reply->packet, now);
		see(a, &reply->faults, now);
		a->counts.answers++;
		r = wire_send(a->wire, &reply->packet, e);
		free(reply);
	}
	return r;
}

struct sighting authority_saw(const struct authority *a, unsigned n)
{
	return a->sightings[n];
}

struct authority_counts authority_counts(const struct authority *a)
{
	return a->counts;
}
