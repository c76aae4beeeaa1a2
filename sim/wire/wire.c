/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/timerqueue.h"
#include "sim/wire/sockets.h"

#define DNS_PORT 53
#define AHEAD (PAGE_RING / 2) /* bytes of asks handed over early at most */
#define STREAM_PATIENCE 2000 /* rounds of 50 µs real time until TCP data must have arrived */

struct later { /* an answer that the library has and hands over at its instant */
	struct timer timer;
	const struct page_area *area;
	uint16_t port;
};

struct wire {
	struct clock *clock;
	struct sockets *sockets;
	struct page *page; /* NULL: datagrams are the kernel's */
	uint16_t told[PAGE_AREAS]; /* the first port that got something since we last waited, 0 for
				      none */
	struct timerqueue later;
	struct packet parked; /* taken from the sockets while we looked, not yet handed out */
	bool has_parked;
	void (*tap)(const struct packet *p, simtime at, void *arg); /* NULL: nobody looks */
	void *tap_arg;
	uint8_t taken[MESSAGE_MAX]; /* the datagram that wire_take() lent */
};

/* Those that were to be seen until `now`, all of them with SIMTIME_NEVER. */
static void forget_later(struct wire *w, simtime now)
{
	struct timer *t;

	while ((t = timerqueue_pop(&w->later, now)))
		free(TIMER_OWNER(t, struct later, timer));
}

int wire_new(struct clock *c, struct world *world, struct wire **ret, struct err *e)
{
	_cleanup_(wire_freep) struct wire *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return err_set(e, -ENOMEM, "out of memory");
	w->clock = c;
	if (clock_mode(c) == CLOCK_VIRTUAL)
		w->page = clock_page(c);
	r = sockets_new(world, !w->page, &w->sockets, e);
	if (r < 0)
		return r;
	*ret = TAKE(w);
	return 0;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	sockets_free(w->sockets);
	forget_later(w, SIMTIME_NEVER);
	free(w);
}

void wire_tap(struct wire *w, void (*each)(const struct packet *p, simtime at, void *arg),
	      void *arg)
{
	w->tap = each;
	w->tap_arg = arg;
}

/* The area of the resolver that has this address; the first when none has. */
static struct page_area *area_at(struct wire *w, const struct address *a)
{
	for (unsigned i = 0; i < atomic_load(&w->page->areas); i++) {
		struct page_area *area = &w->page->area[i];

		if (memcmp(a->family == 4 ? area->self4 : area->self6, a->bytes, address_len(a)) ==
		    0)
			return area;
	}
	return &w->page->area[0];
}

/* Writes a datagram into a ring; false: it is full. */
static bool put(struct page_ring *ring, const struct packet *p, int64_t at)
{
	struct page_datagram *g = page_ring_place(ring, (uint32_t)p->len);

	if (!g)
		return false;
	g->len = (uint32_t)p->len;
	g->at = at;
	g->family = p->to.address.family;
	g->from_port = p->from.port;
	g->to_port = p->to.port;
	memcpy(g->from, p->from.address.bytes, 16);
	memcpy(g->to, p->to.address.bytes, 16);
	memcpy(g + 1, p->data, p->len);
	page_ring_push(ring, g);
	return true;
}

/* Readers are woken when we wait: what is sent at one instant is seen at once, however the two
 * processes are scheduled. */
static void tell(struct wire *w, const struct page_area *area, uint16_t port)
{
	unsigned i = (unsigned)(area - w->page->area);

	if (!w->told[i])
		w->told[i] = port;
}

static void wake_readers(struct wire *w)
{
	for (unsigned i = 0; i < atomic_load(&w->page->areas); i++) {
		if (w->told[i])
			clock_wake_reader(w->clock, &w->page->area[i], w->told[i]);
		w->told[i] = 0;
	}
}

int wire_send(struct wire *w, const struct packet *p, struct err *e)
{
	struct page_area *area;
	int r;

	if (w->tap)
		w->tap(p, clock_now(w->clock), w->tap_arg);
	if (p->tcp || !w->page)
		return sockets_send(w->sockets, p, e);
	area = area_at(w, &p->to.address);
	while (!put(&area->in, p, clock_to_page(w->clock, clock_now(w->clock)))) {
		if (clock_is_charged(w->clock)) {
			atomic_fetch_add(&area->overflowed, 1);
			return 0;
		}
		wake_readers(w);
		r = clock_settle(w->clock, e);
		if (r < 0)
			return r;
	}
	tell(w, area, p->to.port);
	return 0;
}

int wire_send_at(struct wire *w, const struct packet *p, simtime at, struct err *e)
{
	struct page_area *area;

	if (!w->page || p->tcp)
		return wire_send(w, p, e);
	area = area_at(w, &p->to.address);
	if (!put(&area->asks, p, clock_to_page(w->clock, at)))
		return err_set(e, -ENOBUFS, "no room for a query ahead of time");
	if (at <= clock_now(w->clock))
		tell(w, area, p->to.port);
	return 0;
}

bool wire_send_later(struct wire *w, const struct packet *p, simtime at)
{
	struct later *l;

	if (!w->page || p->tcp || at <= clock_now(w->clock))
		return false;
	l = malloc(sizeof(*l));
	if (!l)
		return false;
	*l = (struct later){ .area = area_at(w, &p->to.address), .port = p->to.port };
	if (!put(&area_at(w, &p->to.address)->answers, p, clock_to_page(w->clock, at))) {
		free(l);
		return false;
	}
	timerqueue_add(&w->later, &l->timer, at);
	if (w->tap)
		w->tap(p, at, w->tap_arg);
	return true;
}

uint64_t wire_overflowed(const struct wire *w)
{
	uint64_t sum = 0;

	for (unsigned i = 0; w->page && i < atomic_load(&w->page->areas); i++)
		sum += atomic_load(&w->page->area[i].overflowed);
	return sum;
}

bool wire_is_exact(const struct wire *w)
{
	return w->page != NULL;
}

bool wire_has_room(const struct wire *w)
{
	struct page_ring *r;

	if (!w->page)
		return false;
	r = &w->page->area[0].asks;
	return atomic_load(&r->tail) - atomic_load(&r->head) < AHEAD;
}

/* Answers come from the resolver's own port; everything else that it sends is a question to an
 * authority. */
static enum side side_of(const struct page_datagram *g)
{
	return g->from_port == DNS_PORT ? SIDE_CLIENT : SIDE_AUTHORITY;
}

static bool take_datagram(struct wire *w, struct packet *ret)
{
	for (unsigned i = 0; i < atomic_load(&w->page->areas); i++) {
		struct page_area *a = &w->page->area[i];
		struct page_datagram *g = page_ring_peek(&a->out);

		if (!g) {
			atomic_store(&a->attention, 0);
			continue;
		}
		*ret = (struct packet){
			.side = side_of(g),
			.from = { { .family = g->family }, g->from_port },
			.to = { { .family = g->family }, g->to_port },
			.at = clock_from_page(w->clock, g->at),
			.data = w->taken,
			.len = g->len,
		};
		memcpy(ret->from.address.bytes, g->from, 16);
		memcpy(ret->to.address.bytes, g->to, 16);
		memcpy(w->taken, g + 1, g->len);
		page_ring_pop(&a->out, g);
		return true;
	}
	return false;
}

static bool has_datagram(struct wire *w)
{
	for (unsigned i = 0; i < atomic_load(&w->page->areas); i++)
		if (page_ring_peek(&w->page->area[i].out))
			return true;
	return false;
}

static bool take(struct wire *w, struct packet *ret)
{
	if (w->has_parked) {
		*ret = w->parked;
		w->has_parked = false;
		return true;
	}
	if (w->page && take_datagram(w, ret))
		return true;
	if (!sockets_take(w->sockets, ret))
		return false;
	ret->at = clock_now(w->clock);
	return true;
}

bool wire_take(struct wire *w, struct packet *ret)
{
	if (!take(w, ret))
		return false;
	if (w->tap)
		w->tap(ret, ret->at, w->tap_arg);
	return true;
}

/* Looks whether TCP brought something; keeps it for wire_take(). */
static bool park_stream_message(struct wire *w)
{
	if (!w->has_parked && sockets_take(w->sockets, &w->parked)) {
		w->parked.at = clock_now(w->clock);
		w->has_parked = true;
	}
	return w->has_parked;
}

static bool has_streams(const struct wire *w)
{
	if (sockets_connections(w->sockets))
		return true;
	for (unsigned i = 0; i < atomic_load(&w->page->areas); i++)
		if (atomic_load(&w->page->area[i].streams))
			return true;
	return false;
}

/* TCP is the kernel's: before time may move, what we sent must have arrived, the resolver must have
 * looked at its connections, and what it sent must be here. Two rounds, since an answer may follow
 * on the first. */
static int settle_streams(struct wire *w, struct err *e)
{
	for (int round = 0; round < 2; round++) {
		int r;

		clock_open(w->clock);
		for (int i = 0; i < STREAM_PATIENCE && sockets_in_flight(w->sockets); i++)
			usleep(50);
		clock_nudge(w->clock);
		r = clock_settle(w->clock, e);
		if (r < 0)
			return r;
		sockets_wait(w->sockets, 0);
		if (park_stream_message(w) || has_datagram(w))
			return 1;
	}
	return 0;
}

/* When the first of what was handed over ahead of time is to be seen. */
static simtime next_ahead(struct wire *w)
{
	simtime first;

	/* What the library moved the clock to itself it has seen. Computing moves it unseen. */
	if (!clock_is_charged(w->clock))
		forget_later(w, clock_now(w->clock));
	first = timerqueue_due(&w->later);

	for (unsigned i = 0; i < atomic_load(&w->page->areas); i++) {
		struct page_datagram *g = page_ring_peek(&w->page->area[i].asks);

		if (g && clock_from_page(w->clock, g->at) < first)
			first = clock_from_page(w->clock, g->at);
	}
	return first;
}

static void step(struct wire *w, simtime to)
{
	struct later *l = TIMER_OWNER(timerqueue_first(&w->later), struct later, timer);

	clock_step(w->clock, to);
	if (l && l->timer.due <= to)
		tell(w, l->area, l->port);
	forget_later(w, to);
	for (unsigned i = 0; i < atomic_load(&w->page->areas); i++) {
		struct page_area *a = &w->page->area[i];
		struct page_datagram *g = page_ring_peek(&a->asks);

		if (g && clock_from_page(w->clock, g->at) <= to)
			tell(w, a, g->to_port);
	}
	wake_readers(w);
}

static int wait_virtual(struct wire *w, simtime until, struct err *e)
{
	clock_lead(w->clock, until);
	wake_readers(w);
	for (;;) {
		int r = clock_settle(w->clock, e);
		simtime to = until;

		if (r < 0)
			return r;
		if (clock_wake_due(w->clock))
			continue;
		if (r > 0)
			sockets_wait(w->sockets, 0);
		if (r > 0 || has_datagram(w))
			break;
		if (has_streams(w)) {
			r = settle_streams(w, e);
			if (r < 0)
				return r;
			if (r > 0)
				break;
		}
		if (clock_now(w->clock) >= until)
			break;
		if (clock_deadline(w->clock) < to)
			to = clock_deadline(w->clock);
		if (next_ahead(w) < to)
			to = next_ahead(w);
		step(w, to);
	}
	clock_lead(w->clock, 0);
	return 0;
}

static int wait_real(struct wire *w, simtime until, struct err *e)
{
	simtime left = until - clock_now(w->clock);
	int r = clock_check(w->clock, e);

	if (r < 0)
		return r;
	if (left > SECOND)
		left = SECOND;
	r = sockets_wait(w->sockets, left > 0 ? clock_real(w->clock, left) : 0);
	if (r < 0 && !clock_interrupted())
		r = 0;
	return r < 0 ? err_set(e, -EINTR, "interrupted") : 0;
}

int wire_wait(struct wire *w, simtime until, struct err *e)
{
	return w->page ? wait_virtual(w, until, e) : wait_real(w, until, e);
}
