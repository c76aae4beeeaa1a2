/* SPDX-License-Identifier: BSD-2-Clause */
/* page.h - the memory that the harness and the resolvers under test share.
 *
 * One page for all of them, in a memfd that a resolver inherits by number. The clock library
 * (sim/clock/preload/) in the resolver reads the time from it, writes down there what each of its
 * threads waits for, and exchanges datagrams with the harness through the rings of its area.
 * Everything that two processes touch is atomic. A run has as many areas as it has processes.
 *
 * Time. `now` is a monotonic nanosecond counter, `epoch` what must be added for the date; they are
 * never stepped apart. With `speed` 0 the clock stands unless somebody moves it: the harness
 * (clock_step()), or, when nothing else runs and nothing needs the harness, the library itself, as
 * far as `lead` allows (see below). With another speed the time follows the machine's: now +
 * (CLOCK_MONOTONIC - real0) * speed.
 *
 * Waiting. A thread that is about to wait writes its slot: {kind, deadline, what}, state BLOCKED,
 * and takes one from `running`; the one that takes the last rings the bell. Whoever wakes a slot
 * moves it to RUN and adds one *before* it wakes the thread, so the count never says "all rest"
 * while one is on its way. Poll-like waits (epoll, poll, select, sleep) are woken by the slot's
 * eventfd, all others by its futex word.
 *
 * Who is about to wait looks for what has come between its writing the slot and its giving the turn
 * away: after that the clock may have moved, and what it would find then another one is woken for.
 *
 * Turns. A thread that wakes another one goes on until it waits itself: the other one is claimed
 * and queued, and whoever begins to wait or ends wakes the first of the queue. So a resolver's
 * threads run one after the other, in the same order every time, and do not chase each other off
 * the core. Where one waits for another behind the library's back, the harness lets all go.
 *
 * One at a time. While all rest it is the harness's turn: it shuts the gate (clock_settle()), and
 * who is woken by the kernel alone, by a command's connection or a signal, waits there until the
 * harness waits again. Otherwise such a thread would meet half of what the harness sends at one
 * instant, or be overtaken by the clock between two looks at it. Whom the harness or another thread
 * has claimed goes through; a poll-like wait that ends without that, and without anything to
 * report, goes on.
 *
 * At rest means: nothing runs, and nothing happened that could make the kernel wake a thread a
 * moment later. The library counts such things in `kicks` (a write to an eventfd, a pipe, a
 * stream). After a kick the harness asks for a barrier: every poll-like slot looks once more, and
 * acknowledges by its next wait.
 *
 * Datagrams. `out` holds what the resolver sent; `in` what is to be seen at once; `asks` clients'
 * queries for instants ahead, in time order; `answers` those of authorities for instants ahead, in
 * any order, which the library sorts. It takes each when its instant has come. While its one
 * running thread would wait, no datagram in `out` needs the harness, and the next of them (or its
 * own deadline) comes before every other deadline and not after `lead`, the library moves the clock
 * there itself: a stretch of cache hits costs no switch between the processes, and a question to an
 * authority one instead of two. What lies ahead in the rings of other areas it does not see: the
 * `lead` of its own is before that. Whichever of two processes comes to rest last, the clock goes
 * to the same instant.
 *
 * Slack. A program that looks round every second, for years in which nothing happens, would be woken for nothing
 * else. Its timeouts of polls, and no other waits, may end late, as prctl(2) has it with PR_SET_TIMERSLACK: all at
 * the multiples of a span, so that they come together. A resolver's may while nobody has asked it
 * anything that is not answered, and it has asked nobody.
 *
 * Many processes. Of those that did not run since all rested last nobody looks at the area again:
 * what they wait for stands in `others`, as the harness found it then, and `stirred` has a bit for
 * each that did run.
 *

 * Apart. Where links between processes have a delay, what one does cannot be seen by another one
 * before that has passed. With `apart` each has a time of its own, `now` of its area, which its
 * library moves as far as `lead` of its area says; the harness wakes all that have something to do
 * within such a stretch at once, and takes what they sent in the order of their times when all rest.
 * So they compute at the same moment of the machine's, and it does not matter which is quicker. Only
 * an answer that a client may react to stops its process, and it alone.
 *
 * Computing takes no time, unless it is charged for: with `charge` every nanosecond of a resolver's
 * CPU time moves the clock by so many. The library pays whenever a thread reads the time, sends or
 * begins to wait, and the harness while one computes on: so packets and timers of that time happen,
 * and other threads take their share of the core.
 *
 * Not reading. A socket holds no more than its receive buffer of what came at instants that are
 * over, and computing makes every nanosecond one. A datagram for a port where nobody listens comes
 * back through `out`, marked `unreachable`.
 *
 * Trust. A resolver can write to all of it. The harness knows by itself what it has written here,
 * checks the rest, and believes none of it (clock_inspect.c, sim/wire/ring.c). */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_MAGIC 0x73696766u
#define PAGE_VERSION 12
#define PAGE_SLOTS 128 /* threads of a process at most */
#define PAGE_AREAS 64 /* processes at most; a run has memory for as many as it has */
#define PAGE_FD 700 /* the memfd's number in a resolver; its slots' eventfds follow */
#define PAGE_ENV "SIGFAULT_CLOCK" /* "AREA" */
#define PAGE_ENV_DATE "SIGFAULT_DATE" /* no page, but nanoseconds to add to the machine's date */
#define PAGE_ENV_STANDS                                                                            \
	"SIGFAULT_DATE_STANDS" /* no page, but the date, which stands: nanoseconds */
#define PAGE_ENV_SEED                                                                              \
	"SIGFAULT_SEED" /* with that: randomness is drawn from it, for each process another */
#define PAGE_NEVER INT64_MAX
#define PAGE_RING (1u << 20)
#define PAGE_CALM_CUT (1u << 16)
#define PAGE_LAST_TURNS (UINT64_C(1) << 48) /* places in the queue behind all others */

enum page_state { PAGE_FREE, PAGE_RUN, PAGE_BLOCKED };

enum page_wait { /* what a slot waits in; the first group is woken by eventfd */
		 PAGE_EPOLL,
		 PAGE_POLL,
		 PAGE_SLEEP,
		 PAGE_BY_FUTEX, /* … and from here on by futex */
		 PAGE_COND = PAGE_BY_FUTEX,
		 PAGE_SEM,
		 PAGE_PRIVATE, /* a futex of this process alone */
		 PAGE_KERNEL, /* and from here on by nobody but the kernel */
		 PAGE_SIGNAL = PAGE_KERNEL,
		 PAGE_JOIN,
		 PAGE_FUTEX, /* one that other processes may share */
};

struct page_slot {
	_Alignas(64) _Atomic uint32_t state; /* enum page_state */
	_Atomic uint32_t wake; /* futex word */
	_Atomic uint32_t ack; /* barrier that it looked after */
	_Atomic uint32_t kind; /* enum page_wait */
	_Atomic int64_t deadline; /* in `now` units */
	_Atomic uint64_t what; /* condition variable, semaphore, thread or epoll descriptor */
	_Atomic uint64_t order; /* first come, first woken */
	_Atomic uint64_t queued; /* claimed but not yet woken: its place in the queue, 0 for none */
	int32_t tid; /* as the resolver sees it */
};

/* One datagram in a ring; `len` bytes follow, and padding to 8. size 0: go on at the ring's
 * beginning. */
struct page_datagram {
	uint32_t size, len;
	int64_t at; /* `now` when it was sent, or is to be seen */
	uint16_t from_port, to_port;
	uint8_t family; /* 4 or 6 */
	uint8_t unreachable; /* 1: what follows came to a port where nobody listens (ICMP) */
	uint8_t pad[2];
	uint8_t from[16], to[16];
};

/* One producer and one consumer at a time, each behind its own lock. Offsets only grow. */
struct page_ring {
	_Alignas(64) _Atomic uint64_t head; /* next to read */
	_Alignas(64) _Atomic uint64_t tail; /* next to write */
	_Alignas(64) uint8_t bytes[PAGE_RING];
};

struct page_area { /* one resolver process */
	_Atomic uint32_t attached; /* the library is there */
	_Atomic int32_t pid; /* whose it is, as that process sees itself: not its children's */
	_Atomic uint32_t attention; /* something in `out` cannot wait */
	_Atomic uint32_t streams; /* open TCP connections */
	_Atomic uint64_t dropped; /* datagrams to ports where nobody listened */
	_Atomic uint64_t overflowed; /* datagrams that found the receive buffer full */
	_Atomic int64_t paid; /* CPU time, in ns, that the clock was moved for */
	_Atomic int64_t now, lead; /* with `apart` */
	/* Bit n: an answer with RCODE n from port 53 can wait; PAGE_CALM_CUT: one that was cut short
	 * (TC), too. */
	uint32_t calm_rcodes;
	/* Polls that come to nothing, and sleeps, end at a multiple of these, which is late; 0: exactly. */
	int64_t slack, sleep_slack;
	int64_t idle_slack; /* both, while the program has nothing in work (preload/idle.h) */
	_Atomic int64_t ahead; /* of the date that all others have: a clock that is wrong */
	uint8_t self4[4], self6[16]; /* the resolver's own addresses, for sockets bound to any */
	uint64_t seed; /* of randomness; 0: the kernel's */
	_Atomic uint32_t slot_top; /* no slot from here on was ever used */
	_Atomic uint8_t
		port_slot[65536]; /* slot + 1 that bound this local port or read from it last */
	struct page_slot slots[PAGE_SLOTS];
	struct page_ring out, in, asks, answers;
};

/* An instant for all areas but one, `of` - 1, which has another; with `of` 0 for all. */
struct page_instant {
	_Atomic int64_t all, one;
	_Atomic uint32_t of;
};

struct page {
	uint32_t magic, version;
	double speed; /* 0: virtual */
	int64_t real0;
	int64_t epoch;
	bool datagrams; /* UDP goes through the rings */
	bool apart; /* each process has a time of its own; the page's is nobody's */
	uint32_t room; /* areas that there is memory for */
	uint32_t threads; /* slots that a process may use */
	_Alignas(64) _Atomic int64_t now;
	_Atomic double charge; /* 0: computing takes no time */
	_Alignas(64) _Atomic uint32_t running;
	_Atomic uint32_t bell, bell_waiting;
	_Atomic uint32_t gate; /* futex word; 0 open, 1 shut, 2 shut and somebody waits */
	_Atomic uint32_t barrier, areas;
	_Atomic uint32_t kicks, kicks_seen; /* seen: a barrier was passed since */
	_Atomic uint64_t order;
	struct page_instant lead; /* how far the library in an area may move the clock */
	struct page_instant others; /* when the first in another area wants to be woken */
	_Atomic uint64_t stirred; /* bit n: a thread of area n ran since all rested */
	_Atomic uint32_t refused; /* a call that cannot be virtualised: its name follows */
	char refused_name[64];
	_Alignas(64) struct page_area area[];
};

static inline size_t page_size(uint32_t areas)
{
	return sizeof(struct page) + areas * sizeof(struct page_area);
}

static inline int64_t page_instant(const struct page_instant *i, uint32_t area)
{
	return atomic_load(&i->of) == area + 1 ? atomic_load(&i->one) : atomic_load(&i->all);
}

/* The time of a process. */
static inline _Atomic int64_t *page_clock(struct page *p, uint32_t area)
{
	return p->apart ? &p->area[area].now : &p->now;
}

static inline uint64_t page_bit(uint32_t area)
{
	return UINT64_C(1) << area;
}

/* Moves a clock that stands, never back. */
static inline void page_advance(_Atomic int64_t *clock, int64_t to)
{
	int64_t now = atomic_load(clock);

	while (now < to && !atomic_compare_exchange_weak(clock, &now, to))
		;
}

/* Moves the clock for what a process has used since it was last charged; `cpu` is its CPU time in
 * ns, read by whoever calls. */
static inline void page_charge(struct page *p, struct page_area *a, int64_t cpu)
{
	int64_t paid = atomic_load(&a->paid);

	while (paid < cpu && !atomic_compare_exchange_weak(&a->paid, &paid, cpu))
		;
	if (paid < cpu)
		atomic_fetch_add(&p->now,
				 (int64_t)((double)(cpu - paid) * atomic_load(&p->charge)));
}

/* The bytes a datagram of `len` bytes takes in a ring. */
static inline uint32_t page_datagram_size(uint32_t len)
{
	return (uint32_t)((sizeof(struct page_datagram) + len + 7) & ~(size_t)7);
}

/* A place for a datagram of d->len bytes, or NULL when the ring is full; page_ring_push() makes it
 * visible. */
static inline struct page_datagram *page_ring_place(struct page_ring *r, uint32_t len)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	uint64_t free = PAGE_RING - (tail - atomic_load_explicit(&r->head, memory_order_acquire));
	uint32_t at = (uint32_t)(tail % PAGE_RING), size = page_datagram_size(len);
	uint32_t rest = PAGE_RING - at;

	if (rest >= size) {
		struct page_datagram *d = (struct page_datagram *)(void *)(r->bytes + at);

		if (free < size)
			return NULL;
		d->size = size;
		return d;
	}
	if (free < (uint64_t)rest + size)
		return NULL;
	*(uint32_t *)(void *)(r->bytes + at) = 0;
	atomic_store_explicit(&r->tail, tail + rest, memory_order_release);
	return page_ring_place(r, len);
}

static inline void page_ring_push(struct page_ring *r, const struct page_datagram *d)
{
	atomic_store(&r->tail, atomic_load_explicit(&r->tail, memory_order_relaxed) + d->size);
}

/* The oldest datagram, NULL when there is none; page_ring_pop() lets it go. */
static inline struct page_datagram *page_ring_peek(struct page_ring *r)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	struct page_datagram *d;

	if (head == atomic_load(&r->tail))
		return NULL;
	d = (struct page_datagram *)(void *)(r->bytes + head % PAGE_RING);
	if (d->size)
		return d;
	atomic_store_explicit(&r->head, head + PAGE_RING - head % PAGE_RING, memory_order_release);
	return page_ring_peek(r);
}

static inline void page_ring_pop(struct page_ring *r, const struct page_datagram *d)
{
	atomic_store_explicit(&r->head,
			      atomic_load_explicit(&r->head, memory_order_relaxed) + d->size,
			      memory_order_release);
}
