/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/authority.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "sim/authority/error_report.h"
#include "sim/authority/fate.h"
#include "sim/authority/notify.h"
#include "sim/authority/signals.h"
#include "sim/authority/transfer.h"
#include "sim/base/names.h"
#include "sim/base/timerqueue.h"

/* An answer on its way. */
struct due_reply {
	struct timer timer;
	struct fault_set faults;
	struct packet packet;
	uint8_t data[];
};

#define TOLD 256

struct authority {
	struct tree *tree;
	struct wire *wire;
	struct record *record;
	struct timerqueue replies;
	struct sighting sightings[FAULTS_MAX];
	struct fates *fates;
	struct notify *notify;
	struct authority_counts counts;
	uint64_t told[TOLD]; /* refusals that were */
	unsigned told_count;
	struct signals signals;
	uint8_t out[65535];
};

static void see_lost(const struct fault_set *faults, simtime now, void *arg);

int authority_new(struct tree *t, struct wire *w, struct record *rec, struct authority **ret,
		  struct err *e)
{
	struct authority *a = calloc(1, sizeof(*a));
	int r;

	if (!a)
		return err_set(e, -ENOMEM, "out of memory");
	a->tree = t;
	a->wire = w;
	a->record = rec;
	r = fates_new(t, &a->fates, e);
	if (r == 0)
		r = notify_new(t, w, rec, a->fates, t->from, &a->notify, e);
	if (r < 0) {
		fates_free(a->fates);
		free(a);
		return r;
	}
	notify_tell(a->notify, see_lost, a);
	for (int i = 0; i < FAULTS_MAX; i++)
		a->sightings[i].first = SIMTIME_NEVER;
	*ret = a;
	return 0;
}

static struct due_reply *next_reply(struct authority *a, simtime now)
{
	return TIMER_OWNER(timerqueue_pop(&a->replies, now), struct due_reply, timer);
}

void authority_free(struct authority *a)
{
	struct due_reply *r;

	if (!a)
		return;
	while ((r = next_reply(a, SIMTIME_NEVER)))
		free(r);
	fates_free(a->fates);
	notify_free(a->notify);
	free(a);
}

static void record_sighting(struct authority *a, const struct fault *f, simtime now)
{
	char zone[NAME_TEXT_LEN];

	record_event(a->record, &(struct record_event){ .at = now,
							.kind = "fault-seen",
							.zone = name_text(f->zone->apex, zone),
							.what = f->text });
}

static void see(struct authority *a, const struct fault_set *faults, simtime now)
{
	for (unsigned i = 0; i < a->tree->fault_count && i < FAULTS_MAX; i++) {
		struct sighting *s = &a->sightings[i];

		if (!fault_set_has(faults, i))
			continue;
		if (!s->count++ && a->record)
			record_sighting(a, &a->tree->faults[i], now);
		if (now < s->first)
			s->first = now;
	}
}

/* Of a NOTIFY that nobody gets. */
static void see_lost(const struct fault_set *faults, simtime now, void *arg)
{
	see(arg, faults, now);
}

/* Changes the message that stands in a->out, and where it seems to come from. A byte is corrupt
 * behind header and question: what has none behind them stays whole. */
static void spoil(struct authority *a, const struct fate *fate, const struct answer *ans,
		  size_t len, struct endpoint *from)
{
	size_t head = 12 + name_len(ans->qname) + 4;

	if (fate->wrong_id)
		put16(a->out, get16(a->out) ^ 0x5aa5);
	if (fate->wrong_source)
		from->address.bytes[address_len(&from->address) - 1] ^= 0x80;
	if (fate->corrupt && len > head)
		a->out[head + rng_below(fate->draw, len - head)] ^= 0xff;
}

/* Says whose a server's address is when it comes up first. */
static void name_server(struct authority *a, const struct address *at)
{
	char text[NAME_TEXT_LEN] = "hosters.";
	const struct server *s;
	struct zone *z;
	unsigned n;

	if (record_has_host(a->record, at) || !tree_is_server(a->tree, at))
		return;
	s = tree_server(a->tree, at, &z, &n);
	if (s && z)
		name_text(s->name, text);
	record_host(a->record, at, strndupa(text, strlen(text) - 1));
}

static void record_wire(struct authority *a, const struct packet *p, simtime at)
{
	if (a->record)
		record_packet(a->record, p, at);
}

static void record_dropped(struct authority *a, const struct packet *p)
{
	a->counts.dropped++;
	if (a->record)
		record_drop(a->record, p, p->at);
}

/* It leaves, or will at that instant. */
static void note_reply(struct authority *a, const struct due_reply *r, simtime at)
{
	record_wire(a, &r->packet, at);
	see(a, &r->faults, at);
	a->counts.answers++;
	a->counts.bytes += r->packet.len;
}

/* Puts the answer that stands in a->out on its way. */
static int queue_reply(struct authority *a, const struct packet *query, const struct answer *ans,
		       size_t len, const struct fate *fate, struct err *e)
{
	struct due_reply *r = malloc(sizeof(*r) + len);
	simtime due = query->at + fate->delay;

	if (!r)
		return err_set(e, -ENOMEM, "out of memory");
	r->faults = fate->faults;
	fault_set_join(&r->faults, &ans->faults);
	r->packet = *query;
	r->packet.from = query->to;
	r->packet.to = query->from;
	r->packet.opens = false;
	r->packet.data = r->data;
	r->packet.len = len;
	spoil(a, fate, ans, len, &r->packet.from);
	memcpy(r->data, a->out, len);
	if (!wire_send_later(a->wire, &r->packet, due)) {
		timerqueue_add(&a->replies, &r->timer, due);
		return 0;
	}
	note_reply(a, r, due);
	free(r);
	return 0;
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

/* ---- transfers ---- */

/* One answer of many messages. */
struct stream {
	struct authority *a;
	const struct packet *p;
	struct answer *ans;
	struct fate fate;
	unsigned messages;
	size_t bytes; /* of those before */
};

/* It comes when what is before it does, and so much more. */
static void later_part(struct stream *s, size_t len)
{
	simtime latency = s->ans->zone ? s->ans->zone->servers[s->ans->server].latency : 0;

	s->fate.corrupt = false;
	s->fate.delay += latency * (fate_round_trips(s->p, s->bytes + len) -
				    fate_round_trips(s->p, s->bytes));
}

/* What disturbs the server is decided once. */
static int send_part(void *arg, size_t len, struct err *e)
{
	struct stream *s = arg;

	if (!s->messages++ && s->ans->zone)
		fate_of(s->a->fates, s->ans,
			&(struct asked){ .qname = s->ans->qname,
					 .qtype = s->ans->qtype,
					 .tcp = s->p->tcp,
					 .family = s->p->to.address.family,
					 .size = len },
			s->p, &s->fate);
	else
		later_part(s, len);
	s->bytes += len + 2;
	return s->fate.lost ? 0 : queue_reply(s->a, s->p, s->ans, len, &s->fate, e);
}

/* Who is refused may ask again and again: it is told once. */
static bool is_told(struct authority *a, const char *zone, const char *what)
{
	uint64_t told = rng_hash(rng_hash(0, zone, strlen(zone)), what, strlen(what));

	for (unsigned i = 0; i < a->told_count; i++)
		if (a->told[i] == told)
			return true;
	if (a->told_count < TOLD)
		a->told[a->told_count++] = told;
	return false;
}

static void tell_transfer(struct authority *a, const struct packet *p, const struct answer *ans,
			  const struct transfer_end *end)
{
	char zone[NAME_TEXT_LEN], to[ADDRESS_TEXT_LEN], type[NAMES_LEN], what[300];

	a->counts.transfers += !end->why[0];
	a->counts.transfers_refused += end->why[0] != '\0';
	if (!a->record)
		return;
	name_text(ans->qname, zone);
	address_text(&p->from.address, to);
	names_type(ans->qtype, type);
	if (end->why[0])
		snprintf(what, sizeof(what), "%s to %s refused: %s", type, to, end->why);
	else
		snprintf(what, sizeof(what),
			 "%s to %s: serial %" PRIu32 ", %" PRIu64 " records%s%s", type, to,
			 end->serial, end->records,
			 end->is_change ? " of what has changed"
			 : end->all[0]	? ", all of it: "
					: "",
			 end->all);
	if (!end->why[0] || !is_told(a, zone, what))
		record_event(a->record,
			     &(struct record_event){
				     .at = p->at, .kind = "transfer", .zone = zone, .what = what });
}

static int transfer(struct authority *a, const struct packet *p, struct answer *ans, struct err *e)
{
	struct stream s = { .a = a, .p = p, .ans = ans };
	const struct transfer_sink sink = { a->out, send_part, &s };
	struct transfer_end end;
	int r = transfer_make(a->tree, p, &sink, ans, &end, e);

	if (r < 0)
		return r;
	a->counts.lacking += ans->lacking;
	record_asked(a, ans, p->at, s.fate.lost);
	if (s.fate.lost) {
		record_dropped(a, p);
		see(a, &s.fate.faults, p->at);
	} else {
		tell_transfer(a, p, ans, &end);
	}
	return 0;
}

void authority_hush(struct authority *a)
{
	notify_free(a->notify);
	a->notify = NULL;
}

/* What it says to an agent is written down, whatever is answered. */
static void take_report(const struct authority *a, const struct packet *p, const struct answer *ans)
{
	struct error_report report;

	if (!a->record || !error_report_read(a->tree, ans->qname, ans->qtype, &report))
		return;
	record_report(a->record, &(struct record_report){ .at = p->at,
							  .from = p->from.address,
							  .agent = report.agent,
							  .qname = report.qname,
							  .qtype = report.qtype,
							  .ede = report.ede });
}

int authority_query(struct authority *a, const struct packet *p, struct err *e)
{
	struct buf out = buf_over(a->out, sizeof(a->out));
	struct fate fate = { .lost = false };
	struct answer ans;

	if (a->record)
		name_server(a, &p->to.address);
	record_wire(a, p, p->at);
	if (a->notify && notify_take(a->notify, p))
		return 0;
	a->counts.queries++;
	a->counts.bytes += p->len;
	if (!tree_is_server(a->tree, &p->to.address)) {
		record_dropped(a, p);
		return 0;
	}
	answer_make(a->tree, &p->to.address, p->data, p->len, p->tcp, p->at, &out, &ans);
	if (ans.kind == ANSWER_TRANSFER)
		return transfer(a, p, &ans, e);
	if (a->record)
		signals_take(&a->signals, p, &ans, a->record);
	a->counts.formerr += ans.kind == ANSWER_FORMERR;
	a->counts.refused += ans.kind == ANSWER_REFUSED;
	a->counts.silent += ans.kind == ANSWER_SILENT;
	a->counts.lacking += ans.lacking;
	a->counts.dnssec_ok += ans.dnssec_ok;
	take_report(a, p, &ans);
	if (ans.kind == ANSWER_SILENT || out.failed)
		return 0;
	if (ans.zone)
		fate_of(a->fates, &ans,
			&(struct asked){ .qname = ans.qname,
					 .qtype = ans.qtype,
					 .tcp = p->tcp,
					 .family = p->to.address.family,
					 .size = out.len },
			p, &fate);
	fate.lost |= ans.zone && ans.zone->ailment == AILMENT_DARK;
	record_asked(a, &ans, p->at, fate.lost);
	if (!fate.lost)
		return queue_reply(a, p, &ans, out.len, &fate, e);
	record_dropped(a, p);
	see(a, &fate.faults, p->at);
	return 0;
}

simtime authority_due(const struct authority *a)
{
	simtime due = a->notify ? notify_due(a->notify) : SIMTIME_NEVER;

	return earlier(timerqueue_due(&a->replies), due);
}

int authority_run(struct authority *a, simtime now, struct err *e)
{
	struct due_reply *reply;
	int r = a->notify ? notify_run(a->notify, now, e) : 0;

	while (r == 0 && (reply = next_reply(a, now))) {
		note_reply(a, reply, now);
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
	struct authority_counts c = a->counts;

	c.notifies = a->notify ? notify_sent(a->notify) : 0;
	return c;
}
