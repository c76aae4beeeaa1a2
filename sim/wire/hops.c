/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/hops.h"

#include <errno.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/rng.h"
#include "sim/base/timerqueue.h"
#include "sim/wire/numbers.h"

#define DNS_PORT 53
#define FIRST_PORT 1025 /* from which TCP goes on */
enum { STREAM_HOPS = 0x686f7073 };
#define HEADERS_V4 28 /* IP and UDP */
#define HEADERS_V6 48

enum way { ASKING, ANSWERING, WAYS };

struct hop_end {
	struct hops_link link;
	simtime busy[WAYS]; /* until then its link sends what waits */
	int64_t second[HOPS_MAX]; /* the last one in which each asked, and how often in it */
	unsigned asked[HOPS_MAX];
};

struct waiting { /* it cannot be handed over before its time */
	struct timer timer;
	struct packet packet;
	uint8_t data[];
};

/* A connection's question that is not answered: where its answer goes. A resolver may ask several
 * things on one connection; each goes on from a port of its own. */
struct open_question {
	struct key {
		struct endpoint asker; /* as which it went on */
		unsigned asked;
	} key;
	uint32_t connection;
	uint16_t port; /* from which the resolver had asked */
	UT_hash_handle hh;
};

struct hops {
	struct wire *wire;
	struct rng rng;
	struct hop_end *hosts[HOPS_MAX];
	struct numbers numbers; /* of hosts */
	struct hops_count *counts; /* of each pair */
	unsigned count;
	struct timerqueue waiting;
	struct open_question *open;
	uint16_t last_port;
	void (*each)(const struct packet *p, bool comes, void *arg);
	void *arg;
};

int hops_new(struct wire *w, uint64_t seed, struct hops **ret, struct err *e)
{
	_cleanup_(hops_freep) struct hops *h = calloc(1, sizeof(*h));

	if (!h || !(h->counts = calloc((size_t)HOPS_MAX * HOPS_MAX, sizeof(*h->counts))))
		return err_set(e, -ENOMEM, "out of memory");
	h->wire = w;
	h->rng.state = rng_of(seed, STREAM_HOPS);
	*ret = TAKE(h);
	return 0;
}

static void forget_open(struct hops *h, struct open_question *q)
{
	HASH_DELETE(hh, h->open, q);
	free(q);
}

void hops_free(struct hops *h)
{
	struct timer *t;

	if (!h)
		return;
	while ((t = timerqueue_pop(&h->waiting, SIMTIME_NEVER)))
		free(TIMER_OWNER(t, struct waiting, timer));
	while (h->open)
		forget_open(h, h->open);
	for (unsigned i = 0; i < h->count; i++)
		free(h->hosts[i]);
	numbers_done(&h->numbers);
	free(h->counts);
	free(h);
}

int hops_add(struct hops *h, const struct address *four, const struct address *six,
	     const struct hops_link *l, struct err *e)
{
	struct hop_end *one;

	if (h->count == HOPS_MAX)
		return err_set(e, -EMFILE, "more than %d resolvers", HOPS_MAX);
	one = calloc(1, sizeof(*one));
	if (!one)
		return err_set(e, -ENOMEM, "out of memory");
	numbers_add(&h->numbers, four, h->count);
	numbers_add(&h->numbers, six, h->count);
	one->link = *l;
	for (unsigned i = 0; i < HOPS_MAX; i++)
		one->second[i] = INT64_MIN;
	h->hosts[h->count++] = one;
	return 0;
}

void hops_tell(struct hops *h, void (*each)(const struct packet *p, bool comes, void *arg),
	       void *arg)
{
	h->each = each;
	h->arg = arg;
}

bool hops_owns(const struct hops *h, const struct packet *p)
{
	return numbers_find(&h->numbers, &p->to.address) >= 0 &&
	       numbers_find(&h->numbers, &p->from.address) >= 0;
}

/* ---- the way there ---- */

static bool is_capped(struct hop_end *asked, unsigned asker, simtime at)
{
	unsigned who = asked->link.is_cap_shared ? 0 : asker;

	if (!asked->link.cap)
		return false;
	if (asked->second[who] != at / SECOND) {
		asked->second[who] = at / SECOND;
		asked->asked[who] = 0;
	}
	return ++asked->asked[who] > asked->link.cap;
}

/* When it comes through a link; SIMTIME_NEVER: its queue is full. */
static simtime pass(struct hop_end *h, enum way way, const struct packet *p)
{
	size_t bytes = p->len + (p->to.address.family == 6 ? HEADERS_V6 : HEADERS_V4);
	simtime begins = p->at;

	if (h->link.capacity <= 0)
		return p->at + h->link.delay;
	if (h->busy[way] > begins)
		begins = h->busy[way];
	if (!p->tcp && begins - p->at > h->link.queue)
		return SIMTIME_NEVER;
	h->busy[way] = begins + (simtime)((double)(8 * bytes) / h->link.capacity * (double)SECOND);
	return h->busy[way] + h->link.delay;
}

/* When it comes to the other end; SIMTIME_NEVER: it does not. */
static simtime travel(struct hops *h, const struct packet *p, enum way way, unsigned asker,
		      unsigned asked)
{
	struct hops_count *n = &h->counts[asker * HOPS_MAX + asked];
	struct hop_end *host = h->hosts[asked];
	simtime comes;

	*(way == ASKING ? &n->questions : &n->answers) += 1;
	n->bytes += p->len;
	if (way == ASKING && !p->tcp && is_capped(host, asker, p->at)) {
		n->capped++;
		return SIMTIME_NEVER;
	}
	if (!p->tcp && host->link.loss > 0 && rng_unit(rng_next(&h->rng)) < host->link.loss) {
		n->lost++;
		return SIMTIME_NEVER;
	}
	comes = pass(host, way, p);
	n->queued_out += comes == SIMTIME_NEVER;
	return comes;
}

/* ---- connections ---- */

static struct key key_of(const struct endpoint *asker, unsigned asked)
{
	struct key k;

	memset(&k, 0, sizeof(k)); /* what lies between the members is compared, too */
	k.asker.address.family = asker->address.family;
	memcpy(k.asker.address.bytes, asker->address.bytes, address_len(&asker->address));
	k.asker.port = asker->port;
	k.asked = asked;
	return k;
}

static struct open_question *find_open(struct hops *h, const struct endpoint *asker, unsigned asked)
{
	struct key key = key_of(asker, asked);
	struct open_question *q;

	HASH_FIND(hh, h->open, &key, sizeof(key), q);
	return q;
}

/* Gives the question the port from which it goes on. */
static int note_open(struct hops *h, struct packet *onward, unsigned asked, struct err *e)
{
	struct open_question *q = calloc(1, sizeof(*q));

	if (!q)
		return err_set(e, -ENOMEM, "out of memory");
	q->connection = onward->connection;
	q->port = onward->from.port;
	do {
		if (++h->last_port < FIRST_PORT)
			h->last_port = FIRST_PORT;
		onward->from.port = h->last_port;
	} while (find_open(h, &onward->from, asked));
	q->key = key_of(&onward->from, asked);
	HASH_ADD(hh, h->open, key, sizeof(q->key), q);
	return 0;
}

/* The answer goes back as it was asked for; false: nobody waits for it. */
static bool take_open(struct hops *h, struct packet *onward, unsigned asked)
{
	struct open_question *q = find_open(h, &onward->to, asked);

	if (!q)
		return false;
	onward->connection = q->connection;
	onward->to.port = q->port;
	forget_open(h, q);
	return true;
}

/* ---- packets ---- */

static int put_off(struct hops *h, const struct packet *p, simtime at, struct err *e)
{
	struct waiting *w = malloc(sizeof(*w) + p->len);

	if (!w)
		return err_set(e, -ENOMEM, "out of memory");
	memcpy(w->data, p->data, p->len);
	w->packet = *p;
	w->packet.data = w->data;
	timerqueue_add(&h->waiting, &w->timer, at);
	return 0;
}

int hops_take(struct hops *h, const struct packet *p, struct err *e)
{
	int from = numbers_find(&h->numbers, &p->from.address);
	int to = numbers_find(&h->numbers, &p->to.address), r = 0;
	enum way way = p->from.port == DNS_PORT ? ANSWERING : ASKING;
	unsigned asker = (unsigned)(way == ASKING ? from : to);
	unsigned asked = (unsigned)(way == ASKING ? to : from);
	struct packet onward = *p;
	simtime comes;

	if (p->unreachable)
		return 0; /* no ICMP comes by way of a datagram's ring: who asked waits */
	comes = travel(h, p, way, asker, asked);
	if (h->each)
		h->each(p, comes != SIMTIME_NEVER, h->arg);
	if (comes == SIMTIME_NEVER)
		return 0;
	onward.side = way == ASKING ? SIDE_RESOLVER : SIDE_AUTHORITY;
	if (p->tcp && way == ASKING)
		r = note_open(h, &onward, asked, e);
	else if (p->tcp && !take_open(h, &onward, asked))
		return 0;
	if (r < 0 || wire_send_later(h->wire, &onward, comes))
		return r;
	return put_off(h, &onward, comes, e);
}

simtime hops_due(const struct hops *h)
{
	return timerqueue_due(&h->waiting);
}

int hops_run(struct hops *h, simtime now, struct err *e)
{
	struct timer *t;
	int r = 0;

	while (r == 0 && (t = timerqueue_pop(&h->waiting, now))) {
		struct waiting *w = TIMER_OWNER(t, struct waiting, timer);

		r = wire_send(h->wire, &w->packet, e);
		free(w);
	}
	return r;
}

struct hops_count hops_counted(const struct hops *h, unsigned from, unsigned to)
{
	return h->counts[from * HOPS_MAX + to];
}
