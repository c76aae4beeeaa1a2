/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/queue.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/timerqueue.h"
#include "sim/clock/preload/idle.h"
#include "sim/clock/preload/ready.h"

#define NO_MEMORY "malloc (no memory for a datagram)"

/* How well a socket fits a datagram: 0 not at all. */
static int fit(const struct descriptor *d, const struct page_datagram *g)
{
	size_t len = g->family == 4 ? 4 : 16;
	int score = 1;

	if (d->bound.family != g->family)
		return 0;
	if (!net_is_any(&d->bound)) {
		if (memcmp(d->bound.bytes, g->to, len) != 0)
			return 0;
		score += 1;
	}
	if (d->peer.family) {
		if (d->peer.port != g->from_port || memcmp(d->peer.bytes, g->from, len) != 0)
			return 0;
		score += 2;
	}
	return score;
}

/* FNV-1a over whom it is from. */
static uint32_t hash(const struct page_datagram *g)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < (g->family == 4 ? 4 : 16); i++)
		h = (h ^ g->from[i]) * 16777619u;
	h = (h ^ (g->from_port & 0xff)) * 16777619u;
	h = (h ^ (g->from_port >> 8)) * 16777619u;
	return h ^ h >> 16;
}

/* Of several that share the port (SO_REUSEPORT: a thread each) one is drawn by the sender's address
 * and port, as in the kernel; a sender's datagrams all come to the same. */
static int nth(const struct page_datagram *g, int best_fit, uint32_t n)
{
	for (int i = net_on_port[g->to_port]; i; i = net_table[i - 1].next_on_port)
		if (net_table[i - 1].spreads && fit(&net_table[i - 1], g) == best_fit && n-- == 0)
			return i - 1;
	return -1;
}

static int receiver(const struct page_datagram *g)
{
	int best = 0, best_fit = 0;
	uint32_t alike = 0;

	for (int i = net_on_port[g->to_port]; i; i = net_table[i - 1].next_on_port) {
		const struct descriptor *d = &net_table[i - 1];
		int f = fit(d, g);

		if (f > best_fit) {
			best_fit = f;
			best = i;
			alike = 0;
		}
		alike += f && f == best_fit && d->spreads;
	}
	return alike > 1 ? nth(g, best_fit, hash(g) % alike) : best - 1;
}

/* What the kernel books for a datagram: a sk_buff, and a power of two for its bytes with headers
 * and their tail. */
static uint32_t booking(uint32_t len)
{
	uint32_t size = 512;

	while (size < len + 320)
		size *= 2;
	return 256 + size;
}

/* A socket's buffer can be full, as it would be in the kernel, with what has come at an instant
 * that is over; what comes at one instant is read at once where computing takes no time. */
static bool is_full(const struct page *p, int fd, struct descriptor *d,
		    const struct page_datagram *g)
{
	socklen_t len = sizeof(d->room);

	if (!d->first || (atomic_load_explicit(&p->charge, memory_order_relaxed) == 0 &&
			  d->first->d.at >= g->at))
		return false;
	if (!d->room)
		RAW(SYS_getsockopt, fd, SOL_SOCKET, SO_RCVBUF, &d->room, &len, 0);
	return d->room && d->booked > d->room;
}

#define DNS_PORT 53

/* As the kernel would say by ICMP (RFC 1122 4.1.3.1): nobody listens on this port. A client gets it
 * as an error at once. An authority's answer that nobody waits for any more is dropped. */
static void refuse(struct page *p, const struct page_datagram *g)
{
	struct page_datagram *back;

	atomic_fetch_add(&area(p)->dropped, 1);
	if (g->from_port == DNS_PORT)
		return;
	back = page_ring_place(&area(p)->out, g->len);
	if (!back)
		return;
	*back = (struct page_datagram){ .size = back->size,
					.len = g->len,
					.at = atomic_load(shim_clock(p)),
					.from_port = g->to_port,
					.to_port = g->from_port,
					.family = g->family,
					.unreachable = 1 };
	memcpy(back->from, g->to, sizeof(back->from));
	memcpy(back->to, g->from, sizeof(back->to));
	memcpy(back + 1, g + 1, g->len);
	atomic_store(&area(p)->attention, 1);
	page_ring_push(&area(p)->out, back);
}

static void enqueue(struct page *p, const struct page_datagram *g)
{
	int fd = receiver(g);
	struct descriptor *d;
	struct queued *q;

	shim_idle_came(p, g->from_port, g->to_port);
	if (fd < 0) {
		refuse(p, g);
		return;
	}
	d = &net_table[fd];
	if (is_full(p, fd, d, g)) {
		atomic_fetch_add(&area(p)->overflowed, 1);
		return;
	}
	q = malloc(sizeof(*q) + g->len);
	if (!q)
		shim_refuse(p, NO_MEMORY);
	d->booked += booking(g->len);
	q->next = NULL;
	q->d = *g;
	memcpy(q->data, g + 1, g->len);
	if (d->first)
		d->last->next = q;
	else
		d->first = q;
	d->last = q;
	net_link_ready(p, fd);
}

/* An answer whose instant has not come. */
struct ahead {
	struct timer timer;
	struct page_datagram d; /* its bytes follow, as in a ring */
};

static struct timerqueue ahead; /* behind net_lock, as all of this */

static void sort_in(struct page *p, const struct page_datagram *g)
{
	size_t size = sizeof(*g) + g->len;
	struct ahead *one = malloc(offsetof(struct ahead, d) + size);

	if (!one)
		shim_refuse(p, NO_MEMORY);
	memcpy(&one->d, g, size);
	timerqueue_add(&ahead, &one->timer, g->at);
}

static void sort_answers(struct page *p)
{
	struct page_ring *r = &area(p)->answers;
	struct page_datagram *g;

	while ((g = page_ring_peek(r))) {
		sort_in(p, g);
		page_ring_pop(r, g);
	}
}

/* When the first of what was sent for an instant ahead is to be seen. */
static int64_t first_ahead(struct page *p)
{
	struct page_datagram *ask = page_ring_peek(&area(p)->asks);
	int64_t first = ask ? ask->at : NEVER;

	sort_answers(p);
	return earlier(first, timerqueue_due(&ahead));
}

int64_t net_first_ahead(struct page *p)
{
	int64_t first;

	pthread_mutex_lock(&net_lock);
	first = first_ahead(p);
	pthread_mutex_unlock(&net_lock);
	return first;
}

/* The instant of the first that has come, of all; NEVER: there is none. What has waited for longer
 * than an instant, since nobody looked, is queued in the order in which it came. */
static int64_t first_come(struct page *p, int64_t now)
{
	const struct page_datagram *g = page_ring_peek(&area(p)->in);
	int64_t first = first_ahead(p);

	if (g)
		first = earlier(first, g->at);
	return first <= now ? first : NEVER;
}

bool net_pending(struct page *p)
{
	bool pending;

	if (!p->datagrams)
		return false;
	pthread_mutex_lock(&net_lock);
	pending = first_come(p, atomic_load(shim_clock(p))) != NEVER;
	pthread_mutex_unlock(&net_lock);
	return pending;
}

/* One of a ring, if it has come. */
static bool take_from(struct page *p, struct page_ring *r, int64_t now)
{
	struct page_datagram *g = page_ring_peek(r);

	if (!g || g->at > now)
		return false;
	enqueue(p, g);
	page_ring_pop(r, g);
	return true;
}

static bool take_ahead(struct page *p, int64_t now)
{
	struct ahead *one = TIMER_OWNER(timerqueue_pop(&ahead, now), struct ahead, timer);

	if (!one)
		return false;
	enqueue(p, &one->d);
	free(one);
	return true;
}

void net_pump(struct page *p)
{
	int64_t now, at;

	if (!p->datagrams)
		return;
	pthread_mutex_lock(&net_lock);
	now = atomic_load(shim_clock(p));
	while ((at = first_come(p, now)) != NEVER) {
		while (take_from(p, &area(p)->in, at))
			;
		while (take_ahead(p, at))
			;
		while (take_from(p, &area(p)->asks, at))
			;
	}
	pthread_mutex_unlock(&net_lock);
}

void net_drop_first(int fd, struct descriptor *d)
{
	struct queued *q = d->first;

	d->first = q->next;
	d->booked -= booking(q->d.len);
	if (!d->first)
		net_unlink_ready(fd);
	free(q);
}
