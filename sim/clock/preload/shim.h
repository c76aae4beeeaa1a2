/* SPDX-License-Identifier: BSD-2-Clause */
/* shim.h - the clock library: what its parts share.
 *
 * Loaded into a resolver by LD_PRELOAD, it stands between the program and libc wherever the program
 * asks for the time, waits, or moves datagrams, and lives on the page (sim/clock/page.h) that the
 * harness made. Without a page, and in a fork's child, every call goes straight to the kernel or to
 * libc.
 *
 *	state.c   attaching, slots, threads, forks
 *	time.c    clocks
 *	wait.c    epoll, poll, select, sleeps
 *	sync.c    condition variables, semaphores, joins, signals
 *	net.h     descriptors and datagrams, in files of its own
 *	random.c  randomness from the seed
 *	refuse.c  calls that cannot be virtualised: the run ends with their name
 *
 * A hook for a clock may run before anything is set up, inside malloc: it must not allocate, lock
 * or look up symbols. */
#pragma once

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sim/clock/page.h"

#define HOOK __attribute__((visibility("default")))
#define NEVER PAGE_NEVER

/* The page, NULL while there is none. */
extern struct page *shim_page;
extern unsigned shim_area; /* this process's */

/* Without a page: what is added to the machine's date. A command that talks to a resolver may have
 * to agree with it on the date, and waits as ever. */
extern int64_t shim_date_offset;

/* Attaches if there is a page to attach to. Cheap after the first call. */
struct page *shim_attach(void);

/* The page, for a hook. */
static inline struct page *page(void)
{
	struct page *p = shim_page;

	return __builtin_expect(p != NULL, 1) ? p : shim_attach();
}

static inline struct page_area *area(struct page *p)
{
	return &p->area[shim_area];
}

/* A system call, libc's errno set as usual. */
long shim_raw(long n, long a, long b, long c, long d, long e, long f);
#define RAW(n, a, b, c, d, e, f)                                                                   \
	shim_raw((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* The next definition of a libc function; `version` tells old ABIs apart, or is NULL. */
void *shim_libc(const char *name, const char *version);

/* Time in the page's terms; from the machine's clock when the speed is constant. */
int64_t shim_now(struct page *p);

/* Moves the clock for what this process has computed, if that is charged for. shim_now() and every
 * wait begin with it. */
void shim_charge(struct page *p);
bool shim_is_date(clockid_t c); /* CLOCK_REALTIME and its kin */
bool shim_is_virtual(clockid_t c); /* those and the monotonic ones */
int64_t shim_from_timespec(const struct timespec *t);

/* `now` + a relative timeout, NEVER for NULL. */
int64_t shim_after(struct page *p, const struct timespec *t);

/* The deadline that an absolute time on `c` means. */
int64_t shim_at(struct page *p, clockid_t c, const struct timespec *t);

/* How long a real wait for `deadline` may take: NULL (for ever) on a virtual clock, else *t. */
const struct timespec *shim_patience(struct page *p, int64_t deadline, struct timespec *t);

/* This thread's slot. */
struct page_slot *shim_self(struct page *p);
struct page_slot *shim_slot_new(struct page *p);

/* Says that this thread is about to wait (publish), gives the turn on (yield), or both (begin); and
 * that it goes on. A thread that was claimed meanwhile counts as running already: end sees that. */
void shim_wait_publish(struct page *p, struct page_slot *s, enum page_wait kind, uint64_t what,
		       int64_t deadline);
void shim_wait_yield(struct page *p);
void shim_wait_begin(struct page *p, struct page_slot *s, enum page_wait kind, uint64_t what,
		     int64_t deadline);
void shim_wait_end(struct page *p, struct page_slot *s);

/* Between begin and end, on a clock that stands: nobody has claimed this thread. */
bool shim_is_waiting(const struct page *p, const struct page_slot *s);

/* Moves a blocked slot to running; false: it was not blocked. The caller wakes the thread then. */
bool shim_claim(struct page *p, struct page_slot *s);

/* Lets a claimed slot go on when its turn comes (page.h), at once where time does not stand still;
 * all of them now. */
void shim_wake_later(struct page *p, struct page_slot *s);
void shim_wake_all(struct page *p);

/* Lets the harness look now. */
void shim_ring(struct page *p);

/* Something happened that the kernel may wake a thread for. */
void shim_kick(struct page *p);

/* Waits on the slot's futex word until it is claimed or the deadline has come. */
void shim_futex_wait(struct page *p, struct page_slot *s, int64_t deadline);

/* Ends the run: the program called what cannot be virtualised. Does not return. */
void shim_refuse(struct page *p, const char *call) __attribute__((noreturn));

/* Waits like poll() until `deadline`; `kind` PAGE_POLL or PAGE_SLEEP. */
int shim_poll(struct page *p, struct pollfd *fds, nfds_t n, int64_t deadline, const sigset_t *mask,
	      enum page_wait kind);

/* Moves the clock forward without the harness if nothing stands against it; see page.h. true: there
 * may be something to do now. */
bool shim_step(struct page *p, int64_t deadline);

/* syscall(SYS_futex, ...) */
long shim_futex(struct page *p, long addr, int op, long val, long timeout, long addr2, long val3);

/* Datagrams waiting for this process's descriptors (receive.c). */
void net_forked(void); /* this is a child: the lock may be held by a thread that it does not have */
void net_pump(struct page *p); /* takes what has come out of the rings */
bool net_pending(struct page *p); /* something that has come is still in the rings */
int64_t net_first_ahead(struct page *p); /* when the first of what is there for an instant ahead is
					    to be seen, or NEVER */
bool net_readable(int fd); /* a datagram waits in fd's queue */
struct epoll_event;
int net_epoll_events(int ep, struct epoll_event *ev, int max); /* events for such datagrams */
bool net_epoll_ready(int ep); /* there are some */
void net_epoll_closed(int ep);
int net_epoll_ctl(int ep, int op, int fd,
		  struct epoll_event *ev); /* of one that is here; as epoll_ctl() */

void net_epoll_forget(int ep); /* the set is closed */

/* Whether what there is to read from a descriptor is here and not in the kernel; and whether a
 * watch of such a one is then none of the kernel's: nobody wants to know when it can be written. */
bool net_is_here(struct page *p, int fd);
bool net_epoll_is_idle(const struct epoll_event *ev);
