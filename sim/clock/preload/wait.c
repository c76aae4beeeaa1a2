/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/wait.h"

#include <string.h>
#include <sys/epoll.h>

#include "sim/base/simtime.h"
#include "sim/clock/preload/look.h"
#include "sim/clock/preload/queue.h"
#include "sim/clock/preload/ready.h"
#include "sim/clock/preload/slot.h"
#include "sim/clock/preload/watch.h"

#define WAKE_TAG                                                                                   \
	0x5f73696766617500u /* in epoll data of slots' eventfds, the slot in the last byte */
#define LOOK_ANYWAY 64 /* a thread that never waits sees the kernel's events, too */

/* Which slots' eventfds an epoll set holds already. */
static _Atomic uint64_t slots_in_epoll[DESCRIPTORS][PAGE_SLOTS / 64];

/* The kernel had something for an epoll set when it was last asked, or may have since the set
 * changed. */
static _Atomic bool is_stirred[DESCRIPTORS];

/* A set may have several descriptors: who registers at a copy of the one that is waited at means
 * the same set. What is known of a set stands under its number, whichever descriptor is named. */
static int set_of[DESCRIPTORS]; /* number + 1; 0: no set that we know */
static _Atomic unsigned copies[DESCRIPTORS]; /* descriptors of a set */

static int set_number(int ep)
{
	return ep >= 0 && ep < DESCRIPTORS && set_of[ep] ? set_of[ep] - 1 : ep;
}

/* The descriptor's own number, unless a set whose first descriptor had it is still there. */
static void new_set(int ep)
{
	int set = ep;
	unsigned none = 0;

	while (!atomic_compare_exchange_strong(&copies[set], &none, 1)) {
		set = (set + 1) % DESCRIPTORS;
		none = 0;
	}
	set_of[ep] = set + 1;
}

static void stir(int ep, bool stirred)
{
	int set = set_number(ep);

	if (set >= 0 && set < DESCRIPTORS)
		atomic_store_explicit(&is_stirred[set], stirred, memory_order_relaxed);
}

static int wake_fd(struct page *p, const struct page_slot *s)
{
	return PAGE_FD + 1 + (int)(s - area(p)->slots);
}

void net_epoll_closed(int ep)
{
	if (ep < 0 || ep >= DESCRIPTORS)
		return;
	for (unsigned i = 0; i < PAGE_SLOTS / 64; i++)
		atomic_store(&slots_in_epoll[ep][i], 0);
	if (set_of[ep] && atomic_fetch_sub(&copies[set_of[ep] - 1], 1) == 1)
		net_epoll_forget(set_of[ep] - 1);
	set_of[ep] = 0;
}

void net_epoll_copied(int ep, int copy)
{
	if (ep < 0 || ep >= DESCRIPTORS || copy < 0 || copy >= DESCRIPTORS || !set_of[ep])
		return;
	atomic_fetch_add(&copies[set_of[ep] - 1], 1);
	set_of[copy] = set_of[ep];
}

/* Earliest deadline of an area's waiting threads. */
static int64_t first_deadline_in(const struct page_area *a)
{
	int64_t first = NEVER;

	for (unsigned i = 0; i < shim_slots_of(a); i++) {
		const struct page_slot *s = &a->slots[i];
		int64_t d;

		if (atomic_load_explicit(&s->state, memory_order_relaxed) != PAGE_BLOCKED)
			continue;
		d = atomic_load_explicit(&s->deadline, memory_order_relaxed);
		if (d < first)
			first = d;
	}
	return first;
}

/* The areas that have to be looked at: the own, and of others with the same time those that ran. */
static uint64_t areas_that_ran(const struct page *p)
{
	uint64_t ran = atomic_load(&p->stirred) | page_bit(shim_area);

	if (p->apart)
		return page_bit(shim_area);
	return p->room < PAGE_AREAS ? ran & (page_bit(p->room) - 1) : ran;
}

/* Of all waiting threads, other processes' as well. */
static int64_t first_deadline(const struct page *p)
{
	int64_t first = p->apart ? NEVER : page_instant(&p->others, shim_area);

	for (uint64_t ran = areas_that_ran(p); ran; ran &= ran - 1)
		first = earlier(first, first_deadline_in(&p->area[__builtin_ctzll(ran)]));
	return first;
}

/* No process has something that cannot wait, or a connection: of those that rest the harness has
 * taken it, and leads nobody while there are connections. */
static bool is_calm(const struct page *p)
{
	for (uint64_t ran = areas_that_ran(p); ran; ran &= ran - 1) {
		const struct page_area *a = &p->area[__builtin_ctzll(ran)];

		if (atomic_load(&a->attention) || atomic_load(&a->streams))
			return false;
	}
	return true;
}

static int64_t lead_of(struct page *p)
{
	return p->apart ? atomic_load(&area(p)->lead) : page_instant(&p->lead, shim_area);
}

/* Moves the clock forward without the harness if nothing stands against it; see page.h. true: there
 * may be something to do now. */
static bool step(struct page *p, int64_t deadline)
{
	int64_t to = deadline, first;

	if (p->speed != 0 || !shim_is_alone(p) || !is_calm(p) ||
	    atomic_load(&p->kicks) != atomic_load(&p->kicks_seen))
		return false;
	first = net_first_ahead(p);
	if (first < to)
		to = first;
	if (to == NEVER || to > lead_of(p) || to >= first_deadline(p))
		return false;
	page_advance(shim_clock(p), to);
	return true;
}

/* Takes the slots' own events out of what the kernel returned. */
static int without_wakes(struct epoll_event *ev, int n)
{
	int kept = 0;

	for (int i = 0; i < n; i++)
		if ((ev[i].data.u64 & ~(uint64_t)0xff) != WAKE_TAG)
			ev[kept++] = ev[i];
	return kept;
}

static void add_to_epoll(struct page *p, const struct page_slot *s, int ep)
{
	unsigned i = (unsigned)(s - area(p)->slots);
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.u64 = WAKE_TAG | i };

	if (ep < 0 || ep >= DESCRIPTORS)
		shim_refuse(p, "epoll_wait (descriptor above 65535)");
	if (atomic_load_explicit(&slots_in_epoll[ep][i / 64], memory_order_relaxed) >> i % 64 & 1)
		return;
	RAW(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, wake_fd(p, s), &ev, 0, 0);
	atomic_fetch_or(&slots_in_epoll[ep][i / 64], (uint64_t)1 << i % 64);
}

static int kernel_epoll(int ep, struct epoll_event *ev, int max, const struct timespec *t,
			const sigset_t *mask)
{
	int n = (int)RAW(SYS_epoll_pwait2, ep, ev, max, t, mask, 8);

	if (n > 0)
		n = without_wakes(ev, n);
	stir(ep, n > 0);
	return n;
}

/* Whether the kernel may know of something that was there before this thread waits: a connection's
 * data, what was written into a pipe, a descriptor that is new in the set, what nobody has taken
 * since the last look, or what the harness asks everybody to look for. What comes from other
 * processes ends the wait itself. */
static bool kernel_may_know(struct page *p, const struct page_slot *s, int ep)
{
	static __thread unsigned looks;

	return !p->datagrams || atomic_load(&area(p)->streams) || ep < 0 || ep >= DESCRIPTORS ||
	       atomic_load_explicit(&is_stirred[set_number(ep)], memory_order_relaxed) ||
	       atomic_load(&p->kicks) != atomic_load(&p->kicks_seen) ||
	       atomic_load(&p->barrier) != atomic_load(&s->ack) || ++looks % LOOK_ANYWAY == 0;
}

/* Datagrams and eventfds first: they need no system call. */
static int epoll_now(struct page *p, int ep, struct epoll_event *ev, int max, const sigset_t *mask)
{
	static const struct timespec zero;
	int n = 0, k;

	net_pump(p);
	n = net_epoll_events(set_number(ep), ev, max);
	if (n == max || !kernel_may_know(p, shim_self(p), ep))
		return n;
	k = kernel_epoll(ep, ev + n, max - n, &zero, mask);
	if (k < 0)
		return n ? n : k;
	return n + k;
}

/* This thread was woken to look once more, as all are after something that the kernel may wake one
 * of them for, and for no other reason: that its time has come the harness says by another wake.
 * Else a thread whose time came at this instant ended its wait by the one or by what another thread
 * wrote for it, as the machine had it. */
static bool is_to_look(struct page *p, uint32_t barrier)
{
	return atomic_load(&p->barrier) != barrier && atomic_load(&p->charge) == 0;
}

/* Time passes neither by itself nor by computing. Then whoever is about to wait looks for what another
 * thread brought after its last look while it still has the turn; who brings something later sees
 * that it waits. Once the turn is given the clock may be moved, and what there is then is told to
 * whom it is for. */
static bool stands(struct page *p)
{
	return p->speed == 0 && atomic_load(&p->charge) == 0;
}

static bool has_come(struct page *p, int ep)
{
	return net_pending(p) || net_epoll_ready(set_number(ep));
}

static int epoll_until(struct page *p, int ep, struct epoll_event *ev, int max, int64_t deadline,
		       const sigset_t *mask)
{
	struct page_slot *s = shim_self(p);
	struct timespec t;

	add_to_epoll(p, s, ep);
	for (bool is_look = false;;) {
		uint32_t barrier = atomic_load(&p->barrier);
		int n = epoll_now(p, ep, ev, max, mask);
		bool is_due = shim_now(p) >= deadline;

		if (n || (is_due && !is_look))
			return n;
		if (!is_due && step(p, deadline))
			continue;
		atomic_store(&s->ack, barrier);
		shim_wait_publish(p, s, PAGE_EPOLL, (uint64_t)set_number(ep), deadline);
		if (stands(p) && has_come(p, ep) && shim_wait_cancel(s))
			continue;
		shim_wait_yield(p);
		if (stands(p) || !has_come(p, ep))
			do /* what was written to end an earlier wait ends this one for nothing */
				n = kernel_epoll(ep, ev, max, shim_patience(p, deadline, &t), mask);
			while (n == 0 && shim_is_waiting(p, s));
		shim_wait_end(p, s);
		if (n)
			return n;
		is_look = is_to_look(p, barrier);
	}
}

/* With a timeout of zero. */
static int epoll_look(struct page *p, int ep, struct epoll_event *ev, int max, const sigset_t *mask)
{
	int n = epoll_now(p, ep, ev, max, mask);

	if (n || !shim_look_waits(p, LOOK_AT_DESCRIPTORS))
		return n;
	n = epoll_until(p, ep, ev, max, shim_look_end(p), mask);
	shim_look_waited(p, LOOK_AT_DESCRIPTORS);
	return n;
}

HOOK int epoll_pwait2(int ep, struct epoll_event *ev, int max, const struct timespec *timeout,
		      const sigset_t *mask)
{
	struct page *p = page();
	int n;

	if (!p)
		return (int)RAW(SYS_epoll_pwait2, ep, ev, max, timeout, mask, 8);
	if (shim_turn_waits(p))
		shim_poll(p, NULL, 0, shim_look_end(p), NULL, PAGE_SLEEP);
	if (timeout && !timeout->tv_sec && !timeout->tv_nsec)
		n = epoll_look(p, ep, ev, max, mask);
	else
		n = epoll_until(p, ep, ev, max, shim_end_of_poll(p, timeout), mask);
	if (n > 0)
		shim_turned();
	return n;
}

HOOK int epoll_pwait(int ep, struct epoll_event *ev, int max, int ms, const sigset_t *mask)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	return epoll_pwait2(ep, ev, max, ms < 0 ? NULL : &t, mask);
}

HOOK int epoll_wait(int ep, struct epoll_event *ev, int max, int ms)
{
	return epoll_pwait(ep, ev, max, ms, NULL);
}

HOOK int epoll_create1(int flags)
{
	int fd = (int)RAW(SYS_epoll_create1, flags, 0, 0, 0, 0, 0);

	net_epoll_closed(fd);
	if (fd >= 0 && fd < DESCRIPTORS)
		new_set(fd);
	return fd;
}

HOOK int epoll_create(int size)
{
	if (size <= 0) {
		errno = EINVAL;
		return -1;
	}
	return epoll_create1(0);
}

HOOK int epoll_ctl(int ep, int op, int fd, struct epoll_event *ev)
{
	int r;

	if (net_is_closed(fd))
		return failed(EBADF);
	if (op != EPOLL_CTL_ADD && op != EPOLL_CTL_MOD && op != EPOLL_CTL_DEL) {
		errno = EINVAL;
		return -1;
	}
	if (net_is_here(page(), fd))
		r = net_epoll_ctl(ep, set_number(ep), op, fd, ev);
	else
		r = (int)RAW(SYS_epoll_ctl, ep, op, fd, ev, 0, 0);
	if (r == 0 && op != EPOLL_CTL_DEL && !(net_is_here(page(), fd) && net_epoll_is_idle(ev)))
		stir(ep, true);
	return r;
}

/* Adds readable datagram queues to what the kernel said. */
static int add_datagrams(struct pollfd *fds, nfds_t n)
{
	int ready = 0;

	for (nfds_t i = 0; i < n; i++) {
		if (fds[i].fd >= 0 && fds[i].events & POLLIN && net_readable(fds[i].fd))
			fds[i].revents |= POLLIN;
		if (net_is_closed(fds[i].fd))
			fds[i].revents = POLLNVAL;
		ready += fds[i].revents != 0;
	}
	return ready;
}

/* Something that another thread brought after this one looked. Who brings it looks for waiting
 * threads under the lock that net_pending() just took: it saw this one, or is seen here. */
static bool any_come(struct page *p, const struct pollfd *fds, nfds_t n)
{
	if (net_pending(p))
		return true;
	for (nfds_t i = 0; i < n; i++)
		if (fds[i].fd >= 0 && fds[i].events & POLLIN && net_readable(fds[i].fd))
			return true;
	return false;
}

/* Waits for the kernel or for who claims this thread, whose eventfd is the last of `all`. */
static int await_poll(struct page *p, const struct page_slot *s, struct pollfd *all, nfds_t n,
		      int64_t deadline, const sigset_t *mask)
{
	struct timespec t;
	uint64_t drained;
	int r;

	do {
		r = (int)RAW(SYS_ppoll, all, n, shim_patience(p, deadline, &t), mask, 8, 0);
		if (r > 0 && all[n - 1].revents)
			RAW(SYS_read, all[n - 1].fd, &drained, sizeof(drained), 0, 0, 0);
	} while (r == 1 && all[n - 1].revents && shim_is_waiting(p, s));
	return r;
}

static int poll_now(struct page *p, struct pollfd *fds, nfds_t n, const sigset_t *mask)
{
	struct timespec zero = { 0 };
	int r = (int)RAW(SYS_ppoll, fds, n, &zero, mask, 8, 0);

	if (r < 0)
		return r;
	net_pump(p);
	return add_datagrams(fds, n);
}

int shim_poll(struct page *p, struct pollfd *fds, nfds_t n, int64_t deadline, const sigset_t *mask,
	      enum page_wait kind)
{
	struct page_slot *s = shim_self(p);
	struct pollfd all[n + 1];

	for (bool is_look = false;;) {
		uint32_t barrier = atomic_load(&p->barrier);
		int r = poll_now(p, fds, n, mask);
		bool is_due = shim_now(p) >= deadline;

		if (r || (is_due && !is_look))
			return r;
		if (!is_due && step(p, deadline))
			continue;
		memcpy(all, fds, n * sizeof(*fds));
		all[n] = (struct pollfd){ wake_fd(p, s), POLLIN, 0 };
		atomic_store(&s->ack, barrier);
		shim_wait_publish(p, s, kind, 0, deadline);
		if (stands(p) && any_come(p, fds, n) && shim_wait_cancel(s))
			continue;
		shim_wait_yield(p);
		if (stands(p) || !any_come(p, fds, n))
			r = await_poll(p, s, all, n + 1, deadline, mask);
		shim_wait_end(p, s);
		if (r < 0)
			return r;
		is_look = is_to_look(p, barrier);
	}
}

/* With a timeout of zero. */
static int poll_look(struct page *p, struct pollfd *fds, nfds_t n, const sigset_t *mask)
{
	int r = poll_now(p, fds, n, mask);

	if (r || !shim_look_waits(p, LOOK_AT_DESCRIPTORS))
		return r;
	r = shim_poll(p, fds, n, shim_look_end(p), mask, n ? PAGE_POLL : PAGE_SLEEP);
	shim_look_waited(p, LOOK_AT_DESCRIPTORS);
	return r;
}

void net_await(struct page *p, int fd, short events, enum kind kind)
{
	struct descriptor *d = net_descriptor(fd);
	struct pollfd f = { fd, events, 0 };

	if (p && d && d->kind == kind && !d->nonblocking)
		shim_poll(p, &f, 1, NEVER, NULL, PAGE_POLL);
}

HOOK int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	struct page *p = page();
	struct timespec t;

	if (!p) {
		for (nfds_t i = 0; i < n; i++)
			net_refuse_inherited(fds[i].fd, "poll" OF_PARENT);
		if (timeout)
			t = *timeout;
		return (int)RAW(SYS_ppoll, fds, n, timeout ? &t : NULL, mask, 8, 0);
	}
	if (timeout && !timeout->tv_sec && !timeout->tv_nsec)
		return poll_look(p, fds, n, mask);
	return n ? shim_poll(p, fds, n, shim_end_of_poll(p, timeout), mask, PAGE_POLL)
		 : shim_poll(p, fds, n, shim_end_of_sleep(p, timeout), mask, PAGE_SLEEP);
}

HOOK int poll(struct pollfd *fds, nfds_t n, int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	return ppoll(fds, n, ms < 0 ? NULL : &t, NULL);
}

HOOK int __poll_chk(struct pollfd *fds, nfds_t n, int ms, size_t size)
{
	(void)size;
	return poll(fds, n, ms);
}

HOOK int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
		     const sigset_t *mask, size_t size)
{
	(void)size;
	return ppoll(fds, n, timeout, mask);
}
