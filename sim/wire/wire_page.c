/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams go through the page that the clock library shares with the resolvers (page.h): no
 * kernel socket moves them, and waiting means letting the resolvers come to rest and then moving
 * time. */
#include "sim/wire/wire_ops.h"

#include <errno.h>
#include <string.h>

#include "sim/base/timerqueue.h"

#define DNS_PORT 53
#define AHEAD (PAGE_RING / 2) /* bytes of asks handed over early at most */
#define STREAM_PATIENCE 2000 /* rounds of 50 µs real time until TCP data must have arrived */

struct later { /* an answer that the library has and hands over at its instant */
	struct timer timer;
	const struct page_area *area;
	uint16_t port;
};

struct page_wire {
	struct wire wire;
	uint16_t told[PAGE_AREAS]; /* the first port that got something since we last waited, 0 for
				      none */
	struct timerqueue later;
	struct packet parked; /* taken from the sockets while we looked, not yet handed out */
	bool has_parked;
	uint8_t taken[MESSAGE_MAX]; /* the datagram that take() lent */
};

static struct page_wire *of(struct wire *w)
{
	return (struct page_wire *)(void *)w;
}

/* ---- areas ---- */

/* The areas that resolvers have, one after the other; NULL: that was the last. */
static struct page_area *area_after(const struct wire *w, const struct page_area *last)
{
	struct page *p = clock_page(w->clock);
	unsigned i = last ? (unsigned)(last - p->area) + 1 : 0;

	return i < atomic_load(&p->areas) ? &p->area[i] : NULL;
}

static struct page_area *first_area(const struct wire *w)
{
	return area_after(w, NULL);
}

/* The area of the resolver that has this address; the first when none has. */
static struct page_area *area_at(const struct wire *w, const struct address *at)
{
	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		if (memcmp(at->family == 4 ? a->self4 : a->self6, at->bytes, address_len(at)) == 0)
			return a;
	return &clock_page(w->clock)->area[0];
}

static bool has_datagram(const struct wire *w)
{
	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		if (page_ring_peek(&a->out))
			return true;
	return false;
}

/* ---- who is to look ---- */

/* Readers are woken when we wait: what is sent at one instant is seen at once, however the two
 * processes are scheduled. */
static void tell(struct wire *w, const struct page_area *area, uint16_t port)
{
	uint16_t *told = &of(w)->told[area - clock_page(w->clock)->area];

	if (!*told)
		*told = port;
}

static void wake_readers(struct wire *w)
{
	for (struct page_area *a = first_area(w); a; a = area_after(w, a)) {
		uint16_t *told = &of(w)->told[a - clock_page(w->clock)->area];

		if (*told)
			clock_wake_reader(w->clock, a, *told);
		*told = 0;
	}
}

/* ---- sending ---- */

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

/* Lets the resolver read what is in its full ring. -EDEADLK: it reads nothing. */
static int make_room(struct wire *w, struct page_area *area, uint16_t port, struct err *e)
{
	uint64_t head = atomic_load(&area->in.head);
	int r;

	tell(w, area, port);
	wake_readers(w);
	r = clock_settle(w->clock, e);
	if (r == 0 && atomic_load(&area->in.head) == head)
		return err_set(e, -EDEADLK,
			       "the resolver reads none of the datagrams that were sent to it");
	return r < 0 ? r : 0;
}

static int send_now(struct wire *w, const struct packet *p, struct err *e)
{
	struct page_area *area = area_at(w, &p->to.address);

	while (!put(&area->in, p, clock_to_page(w->clock, clock_now(w->clock)))) {
		int r;

		if (clock_is_charged(w->clock)) {
			atomic_fetch_add(&area->overflowed, 1);
			return 0;
		}
		r = make_room(w, area, p->to.port, e);
		if (r < 0)
			return r;
	}
	tell(w, area, p->to.port);
	return 0;
}

static int send_at(struct wire *w, const struct packet *p, simtime at, struct err *e)
{
	struct page_area *area = area_at(w, &p->to.address);

	if (!put(&area->asks, p, clock_to_page(w->clock, at)))
		return err_set(e, -ENOBUFS, "no room for a query ahead of time");
	if (at <= clock_now(w->clock))
		tell(w, area, p->to.port);
	return 0;
}

static bool send_later(struct wire *w, const struct packet *p, simtime at)
{
	struct page_area *area = area_at(w, &p->to.address);
	struct later *l = malloc(sizeof(*l));

	if (!l)
		return false;
	*l = (struct later){ .area = area, .port = p->to.port };
	if (!put(&area->answers, p, clock_to_page(w->clock, at))) {
		free(l);
		return false;
	}
	timerqueue_add(&of(w)->later, &l->timer, at);
	return true;
}

static uint64_t overflowed(const struct wire *w)
{
	uint64_t sum = 0;

	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		sum += atomic_load(&a->overflowed);
	return sum;
}

static bool has_room(const struct wire *w)
{
	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		if (atomic_load(&a->asks.tail) - atomic_load(&a->asks.head) >= AHEAD)
			return false;
	return true;
}

/* ---- taking ---- */

/* Answers come from the resolver's own port; everything else that it sends is a question to an
 * authority. */
static enum side side_of(const struct page_datagram *g)
{
	return g->from_port == DNS_PORT ? SIDE_CLIENT : SIDE_AUTHORITY;
}

/* Out of memory that the resolver can write to: no more than fits. */
static void copy_out(struct wire *w, const struct page_datagram *g, struct packet *ret)
{
	size_t len = g->len;

	if (len > sizeof(of(w)->taken))
		len = sizeof(of(w)->taken);
	*ret = (struct packet){
		.side = side_of(g),
		.from = { { .family = g->family }, g->from_port },
		.to = { { .family = g->family }, g->to_port },
		.at = clock_from_page(w->clock, g->at),
		.data = of(w)->taken,
		.len = len,
	};
	memcpy(ret->from.address.bytes, g->from, 16);
	memcpy(ret->to.address.bytes, g->to, 16);
	memcpy(of(w)->taken, g + 1, len);
}

static bool take_datagram(struct wire *w, struct packet *ret)
{
	for (struct page_area *a = first_area(w); a; a = area_after(w, a)) {
		struct page_datagram *g = page_ring_peek(&a->out);

		if (!g) {
			atomic_store(&a->attention, 0);
			continue;
		}
		copy_out(w, g, ret);
		page_ring_pop(&a->out, g);
		return true;
	}
	return false;
}

static bool take_stream(struct wire *w, struct packet *ret)
{
	if (!sockets_take(w->sockets, ret))
		return false;
	ret->at = clock_now(w->clock);
	return true;
}

static bool take(struct wire *w, struct packet *ret)
{
	if (!of(w)->has_parked)
		return take_datagram(w, ret) || take_stream(w, ret);
	*ret = of(w)->parked;
	of(w)->has_parked = false;
	return true;
}

/* ---- waiting ---- */

/* Looks whether TCP brought something; keeps it for take(). */
static bool park_stream_message(struct wire *w)
{
	if (!of(w)->has_parked)
		of(w)->has_parked = take_stream(w, &of(w)->parked);
	return of(w)->has_parked;
}

static bool has_streams(const struct wire *w)
{
	if (sockets_connections(w->sockets))
		return true;
	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		if (atomic_load(&a->streams))
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

/* Whether there is something to take, `settled` being what clock_settle() gave. */
static int has_come(struct wire *w, int settled, struct err *e)
{
	if (settled > 0)
		sockets_wait(w->sockets, 0);
	if (settled > 0 || has_datagram(w))
		return 1;
	return has_streams(w) ? settle_streams(w, e) : 0;
}

/* Those that were to be seen until `now`, all of them with SIMTIME_NEVER. */
static void forget_later(struct wire *w, simtime now)
{
	struct timer *t;

	while ((t = timerqueue_pop(&of(w)->later, now)))
		free(TIMER_OWNER(t, struct later, timer));
}

/* When the first of what was handed over ahead of time is to be seen. */
static simtime next_ahead(struct wire *w)
{
	simtime first;

	/* What the library moved the clock to itself it has seen. Computing moves it unseen. */
	if (!clock_is_charged(w->clock))
		forget_later(w, clock_now(w->clock));
	first = timerqueue_due(&of(w)->later);
	for (struct page_area *a = first_area(w); a; a = area_after(w, a)) {
		struct page_datagram *g = page_ring_peek(&a->asks);

		if (g)
			first = earlier(first, clock_from_page(w->clock, g->at));
	}
	return first;
}

static void step(struct wire *w, simtime to)
{
	struct later *l = TIMER_OWNER(timerqueue_first(&of(w)->later), struct later, timer);

	clock_step(w->clock, to);
	if (l && l->timer.due <= to)
		tell(w, l->area, l->port);
	forget_later(w, to);
	for (struct page_area *a = first_area(w); a; a = area_after(w, a)) {
		struct page_datagram *g = page_ring_peek(&a->asks);

		if (g && clock_from_page(w->clock, g->at) <= to)
			tell(w, a, g->to_port);
	}
	wake_readers(w);
}

static int wait(struct wire *w, simtime until, struct err *e)
{
	clock_lead(w->clock, until);
	wake_readers(w);
	for (;;) {
		int r = clock_settle(w->clock, e);

		if (r < 0)
			return r;
		if (clock_wake_due(w->clock))
			continue;
		r = has_come(w, r, e);
		if (r < 0)
			return r;
		if (r > 0 || clock_now(w->clock) >= until)
			break;
		step(w, earlier(until, earlier(clock_deadline(w->clock), next_ahead(w))));
	}
	clock_lead(w->clock, 0);
	return 0;
}

static void done(struct wire *w)
{
	forget_later(w, SIMTIME_NEVER);
}

const struct wire_ops wire_page = {
	.size = sizeof(struct page_wire),
	.has_kernel_datagrams = false,
	.is_exact = true,
	.send = send_now,
	.send_at = send_at,
	.send_later = send_later,
	.overflowed = overflowed,
	.has_room = has_room,
	.take = take,
	.wait = wait,
	.done = done,
};
