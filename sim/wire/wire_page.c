/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams go through the page that the clock library shares with the resolvers (page.h): no
 * kernel socket moves them, and waiting means letting the resolvers come to rest and then moving
 * time. */
#include "sim/wire/wire_ops.h"

#include <errno.h>
#include <string.h>

#include "sim/wire/areas.h"
#include "sim/wire/window.h"

#define DNS_PORT 53
#define AHEAD (PAGE_RING / 2) /* bytes of asks handed over early at most */
#define STREAM_LOOKS 100000 /* 50 µs apart: so often, at the least 5 s, TCP is waited for */
#define BACKLOG_LOOKS 50 /* after so many of these it is looked whether a listener is full */

struct page_wire {
	struct wire wire;
	struct areas areas;
	uint64_t overflowed; /* found a ring full that nobody reads */
	struct packet parked; /* taken from the sockets while we looked, not yet handed out */
	bool has_parked;
	bool some_run; /* were let wait while they did */
	uint8_t taken[MESSAGE_MAX]; /* the datagram that take() lent */
};

static struct page_wire *of(struct wire *w)
{
	return (struct page_wire *)(void *)w;
}

static struct areas *areas(struct wire *w)
{
	struct areas *a = &of(w)->areas;

	a->clock = w->clock;
	return a;
}

/* ---- sending ---- */

/* What comes to one whose time is over already it would see too late. */
static void check_time(struct wire *w, const struct page_area *area, simtime at)
{
	unsigned i = (unsigned)(area - clock_page(w->clock)->area);

	if (clock_is_apart(w->clock) && at < clock_own_now(w->clock, i))
		clock_distrust(w->clock, "now of area %u is ahead of what comes there", i);
}

/* Whether it can't go on before we take what it sent. */
static bool is_held_up(struct wire *w, struct page_area *area)
{
	uint64_t waiting =
		ring_waiting(&areas_rings(areas(w), area)->out, &area->out, "out", w->clock);

	return PAGE_RING - waiting < 2 * (MESSAGE_MAX + sizeof(struct page_datagram));
}

/* Lets the resolver read what is in its full ring. 0: it reads nothing. */
static int make_room(struct wire *w, struct page_area *area, uint16_t port, struct err *e)
{
	struct ring *in = &areas_rings(areas(w), area)->in;
	uint64_t unread = ring_unread(in, &area->in, "in", w->clock);

	for (;;) {
		int r;

		areas_tell(areas(w), area, port);
		areas_wake_readers(areas(w));
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
	struct page_area *area = areas_at(areas(w), &p->to.address);
	struct ring *in = &areas_rings(areas(w), area)->in;
	int64_t now = clock_to_page(w->clock, clock_now(w->clock));

	if (areas_is_gone(areas(w), area))
		return 0;
	check_time(w, area, clock_now(w->clock));
	while (!ring_put(in, &area->in, "in", w->clock, p, now)) {
		int r = clock_is_charged(w->clock) ? 0 : make_room(w, area, p->to.port, e);

		if (r < 0)
			return r;
		if (r == 0) {
			of(w)->overflowed++;
			return 0;
		}
	}
	areas_tell(areas(w), area, p->to.port);
	return 0;
}

static int send_at(struct wire *w, const struct packet *p, simtime at, struct err *e)
{
	struct page_area *area = areas_at(areas(w), &p->to.address);
	struct rings *r = areas_rings(areas(w), area);

	if (areas_is_gone(areas(w), area))
		return 0;
	check_time(w, area, at);
	if (!ring_put(&r->asks, &area->asks, "asks", w->clock, p, clock_to_page(w->clock, at)))
		return err_set(e, -ENOBUFS, "no room for a query ahead of time");
	areas_change(areas(w), area);
	if (at <= clock_now(w->clock))
		areas_tell(areas(w), area, p->to.port);
	else if (!ahead_ask(&r->ahead, at, r->asks.own, p->to.port))
		return err_set(e, -ENOMEM, "no memory for a query ahead of time");
	return 0;
}

static bool send_later(struct wire *w, const struct packet *p, simtime at)
{
	struct page_area *area = areas_at(areas(w), &p->to.address);
	struct rings *r = areas_rings(areas(w), area);
	struct ahead_answer *one;

	if (areas_is_gone(areas(w), area))
		return true;
	check_time(w, area, at);
	areas_change(areas(w), area);
	one = ahead_answer(&r->ahead, at, p->to.port);
	if (!one)
		return false;
	if (ring_put(&r->answers, &area->answers, "answers", w->clock, p,
		     clock_to_page(w->clock, at)))
		return true;
	ahead_take_back(&r->ahead, one);
	return false;
}

static void begin_anew(struct wire *w, const struct address *resolver)
{
	areas_begin_anew(areas(w), areas_at(areas(w), resolver));
}

static uint64_t overflowed(const struct wire *w)
{
	uint64_t sum = ((const struct page_wire *)(const void *)w)->overflowed;

	for (unsigned i = 0; i < clock_areas(w->clock); i++)
		sum += atomic_load(&clock_page(w->clock)->area[i].overflowed);
	return sum;
}

/* What was unread when we looked last can only have become less. */
static bool has_room(struct wire *w)
{
	for (unsigned i = 0; i < clock_areas(w->clock); i++) {
		struct page_area *a = &clock_page(w->clock)->area[i];
		struct ring *asks = &areas(w)->rings[i].asks;

		if (asks->own - asks->other >= AHEAD && !areas_is_gone(areas(w), a) &&
		    ring_unread(asks, &a->asks, "asks", w->clock) >= AHEAD)
			return false;
	}
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

static bool take_datagram(struct wire *w, struct packet *ret)
{
	struct page_area *a = areas_first_sender(areas(w));
	uint8_t *data = of(w)->taken;
	struct page_datagram g;

	if (!a || !ring_get(&areas_rings(areas(w), a)->out, &a->out, "out", w->clock, &g, data))
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

/* Nobody is on the way to a listener. */
static bool rests(const struct wire *w)
{
	return !atomic_load(&clock_page(w->clock)->running) && !clock_computes(w->clock, false);
}

/* Until what TCP has sent is there. A listener that takes no more connections lets new ones get lost,
 * and who asked by one gets no answer; anything else would depend on the machine. */
static int await_streams(struct wire *w, struct err *e)
{
	for (int i = 0; sockets_awaited(w->sockets); i++) {
		if (i % BACKLOG_LOOKS == BACKLOG_LOOKS - 1 && rests(w) &&
		    sockets_turn_away(w->sockets))
			continue;
		if (i == STREAM_LOOKS && sockets_give_up(w->sockets))
			return err_set(e, -EDEADLK,
				       "what was sent to the program under test by TCP has not "
				       "come there, and "
				       "the run would not be the same twice");
		usleep(50);
	}
	return 0;
}

/* TCP is the kernel's: before time may move, what we sent must have arrived, the resolver must have
 * looked at its connections, and what it sent must be here. Two rounds, since an answer may follow
 * on the first, anew after each step of a handshake, and more while what it reads makes room for more.
 * Messages of several processes are read when all of them are there: in whose order is not the machine's. */
static int settle_streams(struct wire *w, struct err *e)
{
	bool is_chain = clock_areas(w->clock) > 1;

	sockets_pass(w->sockets);
	sockets_close_idle(w->sockets);
	for (int round = 0; round < 2 || sockets_awaited(w->sockets); round++) {
		if (sessions_stirred(wire_sessions(w)))
			round = 0;
		int r;

		clock_open(w->clock);
		r = await_streams(w, e);
		if (r < 0)
			return r;
		clock_nudge(w->clock);
		r = clock_settle(w->clock, e);
		if (r < 0)
			return r;
		if (is_chain)
			sockets_serve(w->sockets);
		else
			sockets_wait(w->sockets, 0);
		if ((!is_chain && park_stream_message(w)) || areas_have_datagram(areas(w)))
			return 1;
	}
	if (!is_chain)
		return 0;
	sockets_wait(w->sockets, 0);
	return park_stream_message(w);
}

static bool has_streams(struct wire *w)
{
	return sockets_connections(w->sockets) || areas_have_streams(areas(w));
}

/* Whether there is something to take, `settled` being what clock_settle() gave. */
static int has_come(struct wire *w, int settled, struct err *e)
{
	if (settled > 0)
		sockets_wait(w->sockets, 0);
	if (settled > 0 || areas_have_datagram(areas(w)))
		return 1;
	if (!has_streams(w))
		return 0;
	return settle_streams(w, e);
}

/* One that does not look when it is told finds it when it does. */
static void step(struct wire *w, simtime to, simtime until)
{
	clock_step(w->clock, to);
	areas_come_to(areas(w), to);
	areas_lead(areas(w), until);
	areas_wake_readers(areas(w));
}

/* All that have something to do in a window do it. As clock_settle(). */
static int pass_window(struct wire *w, struct window *window, struct err *e)
{
	bool has_more;
	int r;

	do {
		w->beside.woken += window_wake(window);
		r = clock_settle(w->clock, e);
		has_more = r >= 0 && window_look(window, r > 0);
	} while (r == 0 && has_more);
	return r;
}

/* What we closed or sent by TCP since is seen at the time at which that was, before any of them goes on. */
static int wait_apart(struct wire *w, simtime wanted, struct err *e)
{
	int settled = has_streams(w) ? settle_streams(w, e) : 0;

	if (settled)
		return settled < 0 ? settled : 0;
	for (;;) {
		simtime until = earlier(wanted, wire_due(w));
		struct window window =
			window_begin(areas(w), until, has_streams(w), of(w)->some_run);
		int r = pass_window(w, &window, e);

		w->beside.windows++;
		if (r < 0)
			return r;
		clock_step(w->clock, window_horizon(&window));
		of(w)->some_run = r > 0;
		if (clock_now(w->clock) >= until || has_streams(w))
			clock_own_meet(w->clock);
		r = has_come(w, r, e);
		if (r != 0 || clock_now(w->clock) >= earlier(wanted, wire_due(w)))
			return r < 0 ? r : 0;
	}
}

static simtime next(struct wire *w)
{
	return earlier(clock_deadline(w->clock), areas_next(areas(w)));
}

static int wait(struct wire *w, simtime until, struct err *e)
{
	simtime wanted = until;

	if (clock_is_apart(w->clock))
		return wait_apart(w, until, e);
	until = earlier(wanted, wire_due(w));
	clock_lead(w->clock, until);
	areas_lead(areas(w), until);
	areas_wake_readers(areas(w));
	for (;;) {
		int r = clock_settle(w->clock, e);

		if (r < 0)
			return r;
		if (r == 0)
			areas_lead(areas(w), until);
		if (clock_wake_due(w->clock))
			continue;
		r = has_come(w, r, e);
		if (r < 0)
			return r;
		if (earlier(wanted, wire_due(w)) != until) {
			until = earlier(wanted, wire_due(w));
			clock_lead(w->clock, until);
		}
		if (r > 0 || clock_now(w->clock) >= until)
			break;
		step(w, earlier(until, next(w)), until);
	}
	clock_lead(w->clock, 0);
	return 0;
}

static void done(struct wire *w)
{
	areas_done(areas(w));
}

const struct wire_ops wire_page = {
	.size = sizeof(struct page_wire),
	.has_kernel_datagrams = false,
	.is_exact = true,
	.send = send_now,
	.send_at = send_at,
	.send_later = send_later,
	.begin_anew = begin_anew,
	.overflowed = overflowed,
	.has_room = has_room,
	.take = take,
	.next = next,
	.wait = wait,
	.done = done,
};
