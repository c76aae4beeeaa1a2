/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/exchange.h"

#include <errno.h>
#include <string.h>

#include "harness/clients/message.h"
#include "sim/base/hash.h"

#define DNS_PORT 53
#define WAIT_MAX (60 * SECOND) /* an answer later than this is nobody's any more */
#define PENDING_MAX 200000 /* questions that wait at once */

/* ---- who is asked ---- */

struct asker {
	struct address address;
	UT_hash_handle hh;
};

struct askers {
	struct asker *asked;
};

void askers_free(struct askers *a)
{
	struct asker *item, *next;

	if (!a)
		return;
	HASH_ITER (hh, a->asked, item, next) {
		HASH_DEL(a->asked, item);
		free(item);
	}
	free(a);
}

static struct asker *find_asker(const struct askers *a, const struct address *address)
{
	struct asker *s;

	HASH_FIND(hh, a->asked, address, sizeof(*address), s);
	return s;
}

static int add_asked(struct askers *a, const struct address *address)
{
	struct asker *s = find_asker(a, address);

	if (s)
		return 0;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->address = *address;
	HASH_ADD(hh, a->asked, address, sizeof(s->address), s);
	return 0;
}

int askers_read(const char *path, struct askers **ret, struct err *e)
{
	_cleanup_(askers_freep) struct askers *a = calloc(1, sizeof(*a));
	_cleanup_(capture_freep) struct capture *c = NULL;
	struct capture_message m;
	struct message q;
	int r;

	if (!a)
		return -ENOMEM;
	r = capture_open(path, CAPTURE_QUERIES, &c, e);
	while (r == 0 && (r = capture_next(c, &m, e)) == 1)
		r = message_read(m.data, m.len, &q) && !q.is_answer && q.rd &&
				    !address_equal(&m.from, &m.to)
			    ? add_asked(a, &m.to)
			    : 0;
	if (r == 0)
		*ret = TAKE(a);
	return r;
}

static enum side side_of(enum sides sides, const struct askers *askers, const struct message *q,
			 const struct capture_message *m)
{
	switch (sides) {
	case SIDES_CLIENTS:
		return SIDE_CLIENT;
	case SIDES_UPSTREAM:
		return SIDE_AUTHORITY;
	case SIDES_MIXED:
		break;
	}
	if (!q->rd)
		return SIDE_AUTHORITY;
	return !address_equal(&m->from, &m->to) && askers && find_asker(askers, &m->from)
		       ? SIDE_AUTHORITY
		       : SIDE_CLIENT;
}

/* ---- pairs ---- */

struct key {
	struct address asker, server;
	uint16_t port, id, qtype;
	bool tcp;
	const uint8_t *qname;
};

struct pending {
	struct key key;
	struct exchange x;
	UT_hash_handle hh;
};

struct pairing {
	struct pairing_file *files;
	unsigned file; /* of the message at hand */
	const struct askers *askers;
	struct facts *facts;
	pairing_done *done;
	void *arg;
	struct pending *pending; /* the oldest first */
};

static struct pairing_counts *counts(struct pairing *p)
{
	return &p->files[p->file].counts;
}

static int finish(struct pairing *p, struct pending *item, const struct capture_message *answer,
		  struct err *e)
{
	struct exchange x = item->x;

	HASH_DEL(p->pending, item);
	free(item);
	return p->done(&x, answer, p->arg, e);
}

/* Those that waited for too long. */
static int expire(struct pairing *p, simtime now, unsigned most, struct err *e)
{
	int r = 0;

	while (r == 0 && p->pending &&
	       (p->pending->x.asked < now - WAIT_MAX || HASH_COUNT(p->pending) > most))
		r = finish(p, p->pending, NULL, e);
	return r;
}

static bool key_of(struct pairing *p, const struct capture_message *m, const struct message *q,
		   struct key *ret)
{
	bool is_query = !q->is_answer;

	memset(ret, 0, sizeof(*ret)); /* padding is hashed too */
	ret->asker = is_query ? m->from : m->to;
	ret->server = is_query ? m->to : m->from;
	ret->port = is_query ? m->from_port : m->to_port;
	ret->id = q->id;
	ret->qtype = q->qtype;
	ret->tcp = m->tcp;
	ret->qname = facts_name(p->facts, q->qname);
	return ret->qname;
}

static int take_query(struct pairing *p, const struct capture_message *m, const struct message *q,
		      struct err *e)
{
	struct pending *item;
	struct key key;

	if (!key_of(p, m, q, &key))
		return err_set(e, -ENOMEM, "no memory");
	HASH_FIND(hh, p->pending, &key, sizeof(key), item);
	if (item) {
		item->x.sends++;
		return 0;
	}
	item = calloc(1, sizeof(*item));
	if (!item)
		return err_set(e, -ENOMEM, "no memory");
	memcpy(&item->key, &key, sizeof(key));
	item->x = (struct exchange){
		.side = side_of(p->files[p->file].sides, p->askers, q, m),
		.asked = m->at,
		.answered = SIMTIME_NEVER,
		.asked_frame = m->frame,
		.file = p->file,
		.asker = key.asker,
		.server = key.server,
		.tcp = m->tcp,
		.rd = q->rd,
		.cd = q->cd,
		.dnssec_ok = q->dnssec_ok,
		.sends = 1,
		.qname = key.qname,
		.qtype = q->qtype,
		.ede = -1,
	};
	HASH_ADD(hh, p->pending, key, sizeof(key), item);
	counts(p)->questions[item->x.side]++;
	return expire(p, m->at, PENDING_MAX, e);
}

static int take_answer(struct pairing *p, const struct capture_message *m, const struct message *a,
		       struct err *e)
{
	struct pending *item;
	struct key key;

	if (!key_of(p, m, a, &key))
		return err_set(e, -ENOMEM, "no memory");
	HASH_FIND(hh, p->pending, &key, sizeof(key), item);
	if (!item)
		return 0;
	item->x.answered = m->at;
	item->x.answered_frame = m->frame;
	item->x.answered_file = p->file;
	item->x.ad = a->ad;
	item->x.aa = m->len > 2 && m->data[2] & 0x04;
	item->x.tc = a->truncated;
	item->x.rcode = a->rcode;
	item->x.ede = a->ede;
	item->x.has_data = m->len > 7 && get16(m->data + 6) > 0;
	counts(p)->answers[item->x.side]++;
	return finish(p, item, m, e);
}

static int take_message(struct pairing *p, const struct capture_message *m, struct err *e)
{
	struct message q;

	if (!message_read(m->data, m->len, &q) || !q.has_question || q.qclass != 1 || q.opcode)
		return 0;
	if (!counts(p)->messages++)
		counts(p)->first = m->at;
	counts(p)->last = later(counts(p)->last, m->at);
	counts(p)->first = earlier(counts(p)->first, m->at);
	counts(p)->in_part += m->in_part;
	if (q.is_answer)
		return take_answer(p, m, &q, e);
	return m->to_port == DNS_PORT ? take_query(p, m, &q, e) : 0;
}

static void forget_all(struct pairing *p)
{
	struct pending *item, *next;

	HASH_ITER (hh, p->pending, item, next) {
		HASH_DEL(p->pending, item);
		free(item);
	}
}

/* A capture, and the message of it that comes next. */
struct reading {
	struct capture *capture;
	struct capture_message next;
	bool has_next;
};

static int advance(struct reading *r, struct err *e)
{
	int got = capture_next(r->capture, &r->next, e);

	r->has_next = got == 1;
	return got < 0 ? got : 0;
}

/* The capture whose next message is the earliest; `count` where there is none. */
static unsigned earliest(const struct reading *r, unsigned count)
{
	unsigned best = count;

	for (unsigned i = 0; i < count; i++)
		if (r[i].has_next && (best == count || r[i].next.at < r[best].next.at))
			best = i;
	return best;
}

static int read_merged(struct pairing *p, struct reading *r, unsigned count, struct err *e)
{
	int got = 0;

	for (unsigned i = 0; i < count && got == 0; i++) {
		p->files[i].counts = (struct pairing_counts){ 0 };
		got = capture_open(p->files[i].path, CAPTURE_BOTH, &r[i].capture, e);
		if (got == 0)
			got = advance(&r[i], e);
	}
	while (got == 0 && (p->file = earliest(r, count)) < count) {
		got = take_message(p, &r[p->file].next, e);
		if (got == 0)
			got = advance(&r[p->file], e);
	}
	p->file = 0;
	return got == 0 ? expire(p, SIMTIME_NEVER, 0, e) : got;
}

int pairing_read(struct pairing_file *files, unsigned count, const struct askers *askers,
		 struct facts *facts, pairing_done *done, void *arg, struct err *e)
{
	struct pairing p = {
		.files = files, .askers = askers, .facts = facts, .done = done, .arg = arg
	};
	struct reading readings[PAIRING_FILES] = { { NULL } };
	int r = read_merged(&p, readings, count, e);

	forget_all(&p);
	for (unsigned i = 0; i < count; i++) {
		if (r == 0) {
			files[i].counts.frames = capture_counts(readings[i].capture).frames;
			files[i].counts.cut = capture_counts(readings[i].capture).cut;
		}
		capture_free(readings[i].capture);
	}
	return r;
}
