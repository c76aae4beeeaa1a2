/* SPDX-License-Identifier: BSD-2-Clause */
/* shim.h - the clock library: what its parts share.
 *
 * Loaded into a resolver by LD_PRELOAD, it stands between the program and libc wherever the program
 * asks for the time, waits, or moves datagrams, and lives on the page (sim/clock/page.h) that the
 * harness made. Without a page, and in a fork's child, every call goes straight to the kernel or to
 * libc.
 *
 * Its parts, each of which calls only those before it:
 *
 *	attach.c      the page, raw system calls, the bell
 *	time.c        what time it is
 *	files.c       files: their dates, and that nothing waits for the disk
 *	look.c        looking so often that it is waiting
 *	slot.c        threads: waiting, being woken, taking turns
 *	table.c       descriptors, and socket addresses (address.c)
 *	ready.c       which descriptors can be read, and who waits for them
 *	queue.c       datagrams, from the page to the sockets they are for
 *	watch.c       descriptors in epoll sets
 *	wait.c        epoll, poll, select
 *	sleep.c       sleeps
 *	clocks.c      the calls that tell the time
 *	sync.c        condition variables, semaphores, joins, signals
 *	bound.c event.c descriptor.c receive.c send.c fork.c
 *	              the calls that open, bind, read, write and close
 *	random.c      randomness from the seed
 *	refuse.c      calls that cannot be virtualised: the run ends with their name
 *	calls.c       the same calls by their numbers; syscall(), by which libuv makes them
 *	exec.c        programs that this one starts or becomes
 *	signals.c     what keeps the signal of trap.c to us
 *	trap.c        system calls that go past libc are caught, and go to calls.c
 *	vdso.c        the clocks that need no system call
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
#include "sim/clock/preload/libc.h"

#if !defined(__x86_64__) || !defined(__linux__) || !defined(__GLIBC__)
#error "the clock library needs Linux on x86-64 with glibc: attach.c and sync.c speak to no other"
#endif

#define HOOK __attribute__((visibility("default")))
#define NEVER PAGE_NEVER

/* The page, NULL while there is none. */
extern struct page *shim_page;
extern unsigned shim_area; /* this process's */

/* The environment names a page: this one's, or that of the process which started this one. */
extern bool shim_is_told;

/* Without a page: what is added to the machine's date. A command that talks to a resolver may have
 * to agree with it on the date, and waits as ever. */
extern int64_t shim_date_offset, shim_date_stands, shim_seed;

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

/* This process's time on a clock that stands. */
static inline _Atomic int64_t *shim_clock(struct page *p)
{
	return page_clock(p, shim_area);
}

/* So many threads may be here. */
static inline unsigned shim_threads(const struct page *p)
{
	return p->threads < PAGE_SLOTS ? p->threads : PAGE_SLOTS;
}

/* So many slots of an area are looked at; a program can write any number there. */
static inline unsigned shim_slots_of(const struct page_area *a)
{
	uint32_t top = atomic_load(&a->slot_top);

	return top < PAGE_SLOTS ? top : PAGE_SLOTS;
}

/* Those of this process. */
static inline unsigned shim_slots(struct page *p)
{
	return shim_slots_of(area(p));
}

/* Our own system calls are made at one address, the same in every program: the filter that catches
 * those which go past us (trap.c) knows ours by it, and outlives an exec(). Gives the address that
 * the kernel sees, after the instruction; 0: something else lies there. */
#define SHIM_ENTRY 0x7ed000000000
uint64_t shim_entry(void);

/* Serves the calls that a filter catches; shim_attach() does it once. */
void shim_catch(void);

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
int64_t shim_epoch(struct page *p); /* what makes a date of a time, right or wrong */
bool shim_is_virtual(clockid_t c); /* those and the monotonic ones */
int64_t shim_from_timespec(const struct timespec *t);

/* `now` + a relative timeout, NEVER for NULL. */
int64_t shim_after(struct page *p, const struct timespec *t);

/* When a poll ends that nothing has come to, and when a sleep does: with the area's slack. */
int64_t shim_end_of_poll(struct page *p, const struct timespec *timeout);
int64_t shim_end_of_sleep(struct page *p, const struct timespec *t);

/* The deadline that an absolute time on `c` means. */
int64_t shim_at(struct page *p, clockid_t c, const struct timespec *t);

/* How long a real wait for `deadline` may take: NULL (for ever) on a virtual clock, else *t. */
const struct timespec *shim_patience(struct page *p, int64_t deadline, struct timespec *t);

/* Lets the harness look now. */
void shim_ring(struct page *p);

/* Something happened that the kernel may wake a thread for. */
void shim_kick(struct page *p);

/* Ends the run: the program called what cannot be virtualised. Does not return. */
void shim_refuse(struct page *p, const char *call) __attribute__((noreturn));

/* This is a child: it has no page. What its parent's was is kept for what must not be done with
 * what it has of it. */
void shim_detach(void);
extern struct page *shim_parent;
