/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams go through the page that the clock library shares with the resolvers (page.h): no
 * kernel socket moves them, and waiting means letting the resolvers come to rest and then moving
 * time. */
#include "sim/wire/wire_ops.h"

#include <errno.h>
#include <string.h>

#include "sim/wire/ahead.h"
#include "sim/wire/ring.h"

#define DNS_PORT 53
#define AHEAD (PAGE_RING / 2) /* bytes of asks handed over early at most */
#define STREAM_LOOKS 100000 /* 50 µs apart: so often, at the least 5 s, TCP is waited for */

/* What we know of a resolver's rings, and of what is ahead in them. */
struct rings {
	struct ring out, in, asks, answers;
	struct ahead ahead;
};

struct page_wire {
	struct wire wire;
	struct rings rings[PAGE_AREAS];
	uint64_t overflowed; /* found a ring full that nobody reads */
	uint16_t told[PAGE_AREAS]; /* the first port that got something since we last waited, 0 for
				      none */
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

	return i < clock_areas(w->clock) ? &p->area[i] : NULL;
}

static struct rings *rings_of(struct wire *w, const struct page_area *a)
{
	return &of(w)->rings[a - clock_page(w->clock)->area];
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

/* Whose process has ended, while others live on: what is sent there is lost, as it would be. */
static bool is_gone(const struct wire *w, const struct page_area *a)
{
	return clock_has_ended(w->clock, (unsigned)(a - clock_page(w->clock)->area));
}

static bool has_datagram(struct wire *w)
{
	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		if (ring_waiting(&rings_of(w, a)->out, &a->out, "out", w->clock))
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

/* Whether it can't go on before we take what it sent. */
static bool is_held_up(struct wire *w, struct page_area *area)
{
	uint64_t waiting = ring_waiting(&rings_of(w, area)->out, &area->out, "out", w->clock);

	return PAGE_RING - waiting < 2 * (MESSAGE_MAX + sizeof(struct page_datagram));
}

/* Lets the resolver read what is in its full ring. 0: it reads nothing. */
static int make_room(struct wire *w, struct page_area *area, uint16_t port, struct err *e)
{
	struct ring *in = &rings_of(w, area)->in;
	uint64_t unread = ring_unread(in, &area->in, "in", w->clock);

	for (;;) {
		int r;

		tell(w, area, port);
		wake_readers(w);
		r = clock_settle(w->clock, e);
		if (r < 0)
			return r;
		if (ring_unread(in, &area->in, "in", w->clock) < unread)
			return 1;
		if (r == 0 || is_held_up(w, area))
			return 0;
		usleep(50);
	}
}

/* Where computing takes time a resolver is not let compute for that; and one that reads nothing
 * loses what the kernel would not keep for it either. */
static int send_now(struct wire *w, const struct packet *p, struct err *e)
{
	struct page_area *area = area_at(w, &p->to.address);
	struct ring *in = &rings_of(w, area)->in;
	int64_t now = clock_to_page(w->clock, clock_now(w->clock));

	if (is_gone(w, area))
		return 0;
	while (!ring_put(in, &area->in, "in", w->clock, p, now)) {
		int r = clock_is_charged(w->clock) ? 0 : make_room(w, area, p->to.port, e);

		if (r < 0)
			return r;
		if (r == 0) {
			of(w)->overflowed++;
			return 0;
		}
	}
	tell(w, area, p->to.port);
	return 0;
}

static int send_at(struct wire *w, const struct packet *p, simtime at, struct err *e)
{
	struct page_area *area = area_at(w, &p->to.address);
	struct rings *r = rings_of(w, area);

	if (is_gone(w, area))
		return 0;
	if (!ring_put(&r->asks, &area->asks, "asks", w->clock, p, clock_to_page(w->clock, at)))
		return err_set(e, -ENOBUFS, "no room for a query ahead of time");
	if (at <= clock_now(w->clock))
		tell(w, area, p->to.port);
	else if (!ahead_ask(&r->ahead, at, r->asks.own, p->to.port))
		return err_set(e, -ENOMEM, "no memory for a query ahead of time");
	return 0;
}

static bool send_later(struct wire *w, const struct packet *p, simtime at)
{
	struct page_area *area = area_at(w, &p->to.address);
	struct rings *r = rings_of(w, area);
	struct ahead_answer *one;

	if (is_gone(w, area))
		return true;
	one = ahead_answer(&r->ahead, at, p->to.port);
	if (!one)
		return false;
	if (ring_put(&r->answers, &area->answers, "answers", w->clock, p,
		     clock_to_page(w->clock, at)))
		return true;
	ahead_take_back(&r->ahead, one);
	return false;
}

static uint64_t overflowed(const struct wire *w)
{
	uint64_t sum = ((const struct page_wire *)(const void *)w)->overflowed;

	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		sum += atomic_load(&a->overflowed);
	return sum;
}

static bool has_room(struct wire *w)
{
	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		if (!is_gone(w, a) &&
		    ring_unread(&rings_of(w, a)->asks, &a->asks, "asks", w->clock) >= AHEAD)
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

static struct packet packet_of(const struct wire *w, const struct page_datagram *g,
			       const uint8_t *data)
{
	struct packet p = {
		.side = side_of(g),
		.from = { { .family = g->family }, g->from_port },
		.to = { { .family = g->family }, g->to_port },
		.at = clock_from_page(w->clock, g->at),
		.data = data,
		.len = g->len,
		.unreachable = g->unreachable,
	};

	memcpy(p.from.address.bytes, g->from, 16);
	memcpy(p.to.address.bytes, g->to, 16);
	return p;
}

/* The area whose oldest was sent first: how far one came while another still slept does not matter
 * then. NULL: none has any. */
static struct page_area *first_sender(struct wire *w)
{
	struct page_area *first = NULL;
	int64_t sent = INT64_MAX;

	for (struct page_area *a = first_area(w); a; a = area_after(w, a)) {
		int64_t at = ring_oldest(&rings_of(w, a)->out, &a->out, "out", w->clock);

		if (at == INT64_MAX)
			atomic_store(&a->attention, 0);
		if (at < sent) {
			sent = at;
			first = a;
		}
	}
	return first;
}

static bool take_datagram(struct wire *w, struct packet *ret)
{
	struct page_area *a = first_sender(w);
	uint8_t *data = of(w)->taken;
	struct page_datagram g;

	if (!a || !ring_get(&rings_of(w, a)->out, &a->out, "out", w->clock, &g, data))
		return false;
	*ret = packet_of(w, &g, data);
	return true;
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

/* Until what TCP has sent is there. A listener that takes no more connections lets new ones get lost,
 * and who asked by one gets no answer; anything else would depend on the machine. */
static int await_streams(struct wire *w, struct err *e)
{
	for (int i = 0; sockets_awaited(w->sockets); i++) {
		if (i == STREAM_LOOKS && sockets_give_up(w->sockets))
			return err_set(
				e, -EDEADLK,
				"what was sent to the resolver by TCP has not come there, and "
				"the run would not be the same twice");
		usleep(50);
	}
	return 0;
}

/* TCP is the kernel's: before time may move, what we sent must have arrived, the resolver must have
 * looked at its connections, and what it sent must be here. Two rounds, since an answer may follow
 * on the first, and more while what it reads makes room for more. */
static int settle_streams(struct wire *w, struct err *e)
{
	for (int round = 0; round < 2 || sockets_awaited(w->sockets); round++) {
		int r;

		clock_open(w->clock);
		r = await_streams(w, e);
		if (r < 0)
			return r;
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

/* When the first of what was handed over to an area ahead of time is to be seen. */
static simtime next_in(struct wire *w, struct page_area *a)
{
	struct rings *r = rings_of(w, a);
	uint64_t unread;

	if (is_gone(w, a))
		return SIMTIME_NEVER;
	unread = ring_unread(&r->asks, &a->asks, "asks", w->clock);
	/* What the library moved the clock to itself it has seen. Computing moves it unseen. */
	if (!clock_is_charged(w->clock))
		ahead_seen(&r->ahead, clock_now(w->clock));
	ahead_taken(&r->ahead, r->asks.own - unread);
	return ahead_next(&r->ahead);
}

static simtime next_ahead(struct wire *w)
{
	simtime first = SIMTIME_NEVER;

	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		first = earlier(first, next_in(w, a));
	return first;
}

static unsigned told_count(const struct wire *w)
{
	const struct page_wire *p = (const struct page_wire *)(const void *)w;
	unsigned n = 0;

	for (unsigned i = 0; i < clock_areas(w->clock); i++)
		n += p->told[i] != 0;
	return n;
}

/* No library moves the clock to what lies ahead in another one's rings, which it does not see, as we
 * take what is due when it does for seen; nor does computing. Of several that are about to be woken none
 * moves it at all: which of them comes to rest last is the machine's, and when we are asked again would be. */
static void lead_areas(struct wire *w, simtime until)
{
	const struct page_area *soonest = NULL;
	simtime first = SIMTIME_NEVER, second = SIMTIME_NEVER;

	if (clock_areas(w->clock) < 2)
		return;
	if (told_count(w) > 1) {
		clock_lead_nobody(w->clock);
		return;
	}
	for (struct page_area *a = first_area(w); a; a = area_after(w, a)) {
		simtime next = next_in(w, a);

		if (next < first) {
			second = first;
			first = next;
			soonest = a;
		} else {
			second = earlier(second, next);
		}
	}
	if (clock_is_charged(w->clock)) {
		clock_lead(w->clock, earlier(until, first - 1));
		return;
	}
	for (struct page_area *a = first_area(w); a; a = area_after(w, a))
		clock_lead_area(w->clock, (unsigned)(a - clock_page(w->clock)->area),
				earlier(until, (a == soonest ? second : first) - 1));
}

/* One that does not look when it is told finds it when it does. */
static void step(struct wire *w, simtime to, simtime until)
{
	clock_step(w->clock, to);
	for (struct page_area *a = first_area(w); a; a = area_after(w, a)) {
		uint16_t port = ahead_due(&rings_of(w, a)->ahead, to);

		if (port)
			tell(w, a, port);
	}
	lead_areas(w, until);
	wake_readers(w);
}

static int wait(struct wire *w, simtime until, struct err *e)
{
	clock_lead(w->clock, until);
	lead_areas(w, until);
	wake_readers(w);
	for (;;) {
		int r = clock_settle(w->clock, e);

		if (r < 0)
			return r;
		if (r == 0)
			lead_areas(w, until);
		if (clock_wake_due(w->clock))
			continue;
		r = has_come(w, r, e);
		if (r < 0)
			return r;
		if (r > 0 || clock_now(w->clock) >= until)
			break;
		step(w, earlier(until, earlier(clock_deadline(w->clock), next_ahead(w))), until);
	}
	clock_lead(w->clock, 0);
	return 0;
}

static void done(struct wire *w)
{
	for (unsigned i = 0; i < PAGE_AREAS; i++)
		ahead_done(&of(w)->rings[i].ahead);
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
