/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/ring.h"

#include <inttypes.h>
#include <string.h>

#define ALIGNMENT 8

static void break_off(struct ring *r, struct clock *c, const char *name, const char *what,
		      uint64_t value)
{
	r->is_broken = true;
	clock_distrust(c, "%s%s is %" PRIu64, name, what, value);
}

/* ---- rings that we write ---- */

uint64_t ring_unread(struct ring *r, struct page_ring *shared, const char *name, struct clock *c)
{
	uint64_t head = atomic_load_explicit(&shared->head, memory_order_acquire);
	uint64_t tail = atomic_load_explicit(&shared->tail, memory_order_relaxed);

	if (r->is_broken)
		return PAGE_RING;
	if (tail != r->own)
		break_off(r, c, name, ".tail", tail);
	else if (head < r->other || head > r->own || head % ALIGNMENT)
		break_off(r, c, name, ".head", head);
	if (r->is_broken)
		return PAGE_RING;
	r->other = head;
	return r->own - head;
}

/* What is left of the ring up to its end when a datagram of `size` bytes does not fit there. */
static uint32_t skipped(uint64_t own, uint32_t size)
{
	uint32_t rest = PAGE_RING - (uint32_t)(own % PAGE_RING);

	return rest < size ? rest : 0;
}

bool ring_put(struct ring *r, struct page_ring *shared, const char *name, struct clock *c,
	      const struct packet *p, int64_t at)
{
	uint32_t size = page_datagram_size((uint32_t)p->len), skip = skipped(r->own, size);
	struct page_datagram g = {
		.size = size,
		.len = (uint32_t)p->len,
		.at = at,
		.from_port = p->from.port,
		.to_port = p->to.port,
		.family = p->to.address.family,
	};
	uint8_t *place;

	if (PAGE_RING - ring_unread(r, shared, name, c) < (uint64_t)skip + size)
		return false;
	if (skip)
		memset(shared->bytes + r->own % PAGE_RING, 0, sizeof(g.size));
	memcpy(g.from, p->from.address.bytes, sizeof(g.from));
	memcpy(g.to, p->to.address.bytes, sizeof(g.to));
	place = shared->bytes + (r->own + skip) % PAGE_RING;
	memcpy(place, &g, sizeof(g));
	memcpy(place + sizeof(g), p->data, p->len);
	r->own += skip + size;
	atomic_store(&shared->tail, r->own);
	return true;
}

/* ---- rings that we read ---- */

uint64_t ring_waiting(struct ring *r, struct page_ring *shared, const char *name, struct clock *c)
{
	uint64_t tail = atomic_load(&shared->tail);
	uint64_t head = atomic_load_explicit(&shared->head, memory_order_relaxed);

	if (r->is_broken)
		return 0;
	if (head != r->own)
		break_off(r, c, name, ".head", head);
	else if (tail < r->other || tail - r->own > PAGE_RING || tail % ALIGNMENT)
		break_off(r, c, name, ".tail", tail);
	if (r->is_broken)
		return 0;
	r->other = tail;
	return tail - r->own;
}

static void move_head(struct ring *r, struct page_ring *shared, uint64_t by)
{
	r->own += by;
	atomic_store_explicit(&shared->head, r->own, memory_order_release);
}

/* Its size, as the ring has it at our end; 0: the next stands at the ring's beginning. */
static uint32_t size_here(const struct ring *r, const struct page_ring *shared)
{
	uint32_t size;

	memcpy(&size, shared->bytes + r->own % PAGE_RING, sizeof(size));
	return size;
}

/* Whether a datagram can be what its head, which is a copy, says; else it is told. */
static bool is_sound(struct ring *r, const char *name, struct clock *c,
		     const struct page_datagram *g)
{
	if (g->family != 4 && g->family != 6)
		break_off(r, c, name, ": a datagram's address family", g->family);
	else if (g->unreachable > 1)
		break_off(r, c, name, ": a datagram's mark of an unreachable port", g->unreachable);
	else if (g->at < r->at || g->at > clock_to_page(c, clock_now(c)))
		break_off(r, c, name, ": a datagram's instant", (uint64_t)g->at);
	return !r->is_broken;
}

/* Bytes that wait from where the next datagram stands, which may be the ring's beginning. */
static uint64_t waiting_here(struct ring *r, struct page_ring *shared, const char *name,
			     struct clock *c)
{
	uint64_t waiting = ring_waiting(r, shared, name, c);
	uint32_t rest = PAGE_RING - (uint32_t)(r->own % PAGE_RING);

	if (rest > waiting || size_here(r, shared) != 0)
		return waiting;
	move_head(r, shared, rest);
	return waiting - rest;
}

int64_t ring_oldest(struct ring *r, struct page_ring *shared, const char *name, struct clock *c)
{
	uint64_t waiting = waiting_here(r, shared, name, c);
	struct page_datagram g;

	if (!waiting)
		return INT64_MAX;
	if (waiting < sizeof(g) || r->own % PAGE_RING + sizeof(g) > PAGE_RING)
		return INT64_MIN; /* whoever takes it sees what is wrong */
	memcpy(&g, shared->bytes + r->own % PAGE_RING, sizeof(g));
	return g.at;
}

bool ring_get(struct ring *r, struct page_ring *shared, const char *name, struct clock *c,
	      struct page_datagram *g, uint8_t *bytes)
{
	uint64_t waiting = waiting_here(r, shared, name, c);
	uint32_t rest = PAGE_RING - (uint32_t)(r->own % PAGE_RING), size;
	const uint8_t *at;

	if (!waiting)
		return false;
	size = size_here(r, shared);
	if (size < sizeof(*g) || size > waiting || size > rest) {
		break_off(r, c, name, ": a datagram's size", size);
		return false;
	}
	at = shared->bytes + r->own % PAGE_RING;
	memcpy(g, at, sizeof(*g));
	if (g->len > MESSAGE_MAX || page_datagram_size(g->len) != size) {
		break_off(r, c, name, ": a datagram's length", g->len);
		return false;
	}
	if (!is_sound(r, name, c, g))
		return false;
	memcpy(bytes, at + sizeof(*g), g->len);
	r->at = g->at;
	move_head(r, shared, size);
	return true;
}
