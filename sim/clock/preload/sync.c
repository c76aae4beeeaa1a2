/* SPDX-License-Identifier: BSD-2-Clause */
/* Condition variables and semaphores wait on the slot's futex word instead of libc's: who signals
 * finds the waiting slots by address, counts them as running and wakes them, so that no wake-up is
 * ever under way uncounted. */
#include "sim/clock/preload/sync.h"

#include <linux/futex.h>
#include <semaphore.h>

#include "sim/clock/preload/look.h"
#include "sim/clock/preload/slot.h"
#include "sim/clock/preload/table.h"

/* The waiting slot of this process that waits for `what` the longest. */
static struct page_slot *first_waiter(struct page *p, enum page_wait kind, uint64_t what)
{
	struct page_slot *first = NULL;

	for (unsigned i = 0; i < shim_slots(p); i++) {
		struct page_slot *s = &area(p)->slots[i];

		if (atomic_load(&s->state) != PAGE_BLOCKED || atomic_load(&s->kind) != kind ||
		    atomic_load(&s->what) != what)
			continue;
		if (!first || atomic_load(&s->order) < atomic_load(&first->order))
			first = s;
	}
	return first;
}

/* Wakes one; false when nobody waits. */
static bool wake_one(struct page *p, enum page_wait kind, uint64_t what)
{
	for (;;) {
		struct page_slot *s = first_waiter(p, kind, what);

		if (!s)
			return false;
		if (shim_claim(p, s)) {
			shim_happens();
			atomic_store(&s->what, 0);
			shim_wake_later(p, s);
			return true;
		}
	}
}

/* After the wait: another thread woke this one, which is not to be lost, or its time had come. */
static bool was_woken(struct page_slot *s, uint64_t what)
{
	return atomic_load(&s->what) != what;
}

static int cond_until(struct page *p, pthread_cond_t *c, pthread_mutex_t *m, int64_t deadline)
{
	struct page_slot *s = shim_self(p);
	bool woken;

	shim_wait_publish(p, s, PAGE_COND, (uint64_t)c, deadline);
	pthread_mutex_unlock(m);
	/* Not before: who comes next may want the mutex first of all. */
	shim_wait_yield(p);
	shim_futex_wait(p, s, deadline);
	shim_wait_end(p, s);
	woken = was_woken(s, (uint64_t)c);
	pthread_mutex_lock(m);
	return woken ? 0 : ETIMEDOUT;
}

HOOK int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	static int (*real)(pthread_cond_t *, pthread_mutex_t *);
	struct page *p = page();

	if (p)
		return cond_until(p, c, m, NEVER);
	if (!real)
		real = shim_libc("pthread_cond_wait", "GLIBC_2.3.2");
	return real(c, m);
}

HOOK int pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock,
				const struct timespec *abs)
{
	static int (*real)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
	struct page *p = page();

	if (p)
		return cond_until(p, c, m, shim_at(p, clock, abs));
	if (!real)
		real = shim_libc("pthread_cond_clockwait", NULL);
	return real(c, m, clock, abs);
}

HOOK int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *abs)
{
	static int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
	struct page *p = page();

	/* glibc keeps the clock chosen by pthread_condattr_setclock() in bit 1 of __wrefs. */
	if (p)
		return cond_until(
			p, c, m,
			shim_at(p, c->__data.__wrefs & 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME, abs));
	if (!real)
		real = shim_libc("pthread_cond_timedwait", "GLIBC_2.3.2");
	return real(c, m, abs);
}

HOOK int pthread_cond_signal(pthread_cond_t *c)
{
	static int (*real)(pthread_cond_t *);
	struct page *p = page();

	if (p) {
		wake_one(p, PAGE_COND, (uint64_t)c);
		return 0;
	}
	if (!real)
		real = shim_libc("pthread_cond_signal", "GLIBC_2.3.2");
	return real(c);
}

HOOK int pthread_cond_broadcast(pthread_cond_t *c)
{
	static int (*real)(pthread_cond_t *);
	struct page *p = page();

	if (p) {
		while (wake_one(p, PAGE_COND, (uint64_t)c))
			;
		return 0;
	}
	if (!real)
		real = shim_libc("pthread_cond_broadcast", "GLIBC_2.3.2");
	return real(c);
}

/* The value stays libc's; only the waiting is ours. A post between the look and the wait finds the
 * slot. */
static int sem_until(struct page *p, sem_t *sem, int64_t deadline)
{
	struct page_slot *s = shim_self(p);

	for (;;) {
		if (sem_trywait(sem) == 0)
			return 0;
		if (shim_now(p) >= deadline) {
			errno = ETIMEDOUT;
			return -1;
		}
		shim_wait_begin(p, s, PAGE_SEM, (uint64_t)sem, deadline);
		if (sem_trywait(sem) == 0) {
			shim_wait_end(p, s);
			return 0;
		}
		shim_futex_wait(p, s, deadline);
		shim_wait_end(p, s);
	}
}

HOOK int sem_wait(sem_t *sem)
{
	static int (*real)(sem_t *);
	struct page *p = page();

	if (p)
		return sem_until(p, sem, NEVER);
	if (!real)
		real = shim_libc("sem_wait", "GLIBC_2.34");
	return real(sem);
}

HOOK int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *abs)
{
	static int (*real)(sem_t *, clockid_t, const struct timespec *);
	struct page *p = page();

	if (p)
		return sem_until(p, sem, shim_at(p, clock, abs));
	if (!real)
		real = shim_libc("sem_clockwait", NULL);
	return real(sem, clock, abs);
}

HOOK int sem_timedwait(sem_t *sem, const struct timespec *abs)
{
	static int (*real)(sem_t *, const struct timespec *);
	struct page *p = page();

	if (p)
		return sem_until(p, sem, shim_at(p, CLOCK_REALTIME, abs));
	if (!real)
		real = shim_libc("sem_timedwait", "GLIBC_2.34");
	return real(sem, abs);
}

HOOK int sem_post(sem_t *sem)
{
	static int (*real)(sem_t *);
	struct page *p = page();
	int r;

	if (!real)
		real = shim_libc("sem_post", "GLIBC_2.34");
	r = real(sem);
	if (p && r == 0)
		wake_one(p, PAGE_SEM, (uint64_t)sem);
	return r;
}

/* Whoever turns round and round, or meets others, waits for those whose turn has not come. */
HOOK int sched_yield(void)
{
	struct page *p = page();

	if (p)
		shim_wake_all(p);
	return (int)RAW(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

/* glibc's since 2.25. */
struct barrier {
	unsigned in, round, count, shared, out;
};

static pthread_mutex_t barrier_lock = PTHREAD_MUTEX_INITIALIZER;

static unsigned count_waiters(struct page *p, uint64_t what)
{
	unsigned n = 0;

	for (unsigned i = 0; i < shim_slots(p); i++) {
		const struct page_slot *s = &area(p)->slots[i];

		n += atomic_load(&s->state) == PAGE_BLOCKED &&
		     atomic_load(&s->kind) == PAGE_PRIVATE && atomic_load(&s->what) == what;
	}
	return n;
}

/* Who comes last wakes the others, and they go on in the order in which they came. With libc's all
 * would go on at once. */
static int meet(struct page *p, pthread_barrier_t *b)
{
	const struct barrier *known = (const void *)b;
	struct page_slot *s = shim_self(p);

	pthread_mutex_lock(&barrier_lock);
	if (count_waiters(p, (uint64_t)b) + 1 >= known->count) {
		while (wake_one(p, PAGE_PRIVATE, (uint64_t)b))
			;
		pthread_mutex_unlock(&barrier_lock);
		return PTHREAD_BARRIER_SERIAL_THREAD;
	}
	shim_wait_publish(p, s, PAGE_PRIVATE, (uint64_t)b, NEVER);
	pthread_mutex_unlock(&barrier_lock);
	shim_wait_yield(p);
	shim_futex_wait(p, s, NEVER);
	shim_wait_end(p, s);
	return 0;
}

HOOK int pthread_barrier_wait(pthread_barrier_t *b)
{
	static int (*real)(pthread_barrier_t *);
	struct page *p = page();

	if (p && !((const struct barrier *)(const void *)b)->shared)
		return meet(p, b);
	if (!real)
		real = shim_libc("pthread_barrier_wait", NULL);
	if (p)
		shim_wake_all(p);
	return real(b);
}

HOOK int pthread_join(pthread_t t, void **ret)
{
	static int (*real)(pthread_t, void **);
	struct page *p = page();
	struct page_slot *s;
	int r;

	if (!real)
		real = shim_libc("pthread_join", NULL);
	if (!p)
		return real(t, ret);
	s = shim_self(p);
	shim_wait_begin(p, s, PAGE_JOIN, (uint64_t)t, NEVER);
	r = real(t, ret);
	shim_wait_end(p, s);
	return r;
}

/* Waits for signals: only the kernel can end them. */
#define SIGNAL_WAIT(call)                                                                          \
	({                                                                                         \
		struct page *p_ = page();                                                          \
		struct page_slot *s_ = p_ ? shim_self(p_) : NULL;                                  \
		long r_;                                                                           \
                                                                                                   \
		if (s_)                                                                            \
			shim_wait_begin(p_, s_, PAGE_SIGNAL, 0, NEVER);                            \
		r_ = (call);                                                                       \
		if (s_)                                                                            \
			shim_wait_end(p_, s_);                                                     \
		r_;                                                                                \
	})

HOOK int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	return (int)SIGNAL_WAIT(RAW(SYS_rt_sigtimedwait, set, info, NULL, 8, 0, 0));
}

HOOK int sigwait(const sigset_t *set, int *ret)
{
	int saved = errno, sig;

	do
		sig = sigwaitinfo(set, NULL);
	while (sig < 0 && errno == EINTR);
	if (sig < 0) {
		sig = errno;
		errno = saved;
		return sig;
	}
	*ret = sig;
	return 0;
}

HOOK int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	struct page *p = page();

	if (!timeout)
		return sigwaitinfo(set, info);
	if (p && (timeout->tv_sec || timeout->tv_nsec))
		shim_refuse(p, "sigtimedwait");
	return (int)RAW(SYS_rt_sigtimedwait, set, info, timeout, 8, 0, 0);
}

HOOK int sigsuspend(const sigset_t *set)
{
	return (int)SIGNAL_WAIT(RAW(SYS_rt_sigsuspend, set, 8, 0, 0, 0, 0));
}

HOOK int pause(void)
{
	return (int)SIGNAL_WAIT(RAW(SYS_pause, 0, 0, 0, 0, 0, 0));
}

/* ---- futexes used directly ---- */

/* One that other processes may share: the kernel wakes its waiters. Those of this process are claimed
 * before, and go on one after the other, as all whom a thread wakes; one too many looks and waits
 * again. */
static long shared_futex(struct page *p, long addr, int op, long val, long timeout, long addr2,
			 long val3)
{
	int command = op & FUTEX_CMD_MASK;
	struct page_slot *s;
	long r;

	if (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET) {
		if (timeout)
			shim_refuse(p, "futex (shared by processes, with a timeout)");
		s = shim_self(p);
		shim_wait_begin(p, s, PAGE_FUTEX, (uint64_t)addr, NEVER);
		r = RAW(SYS_futex, addr, op, val, 0, addr2, val3);
		shim_wait_end(p, s);
		return r;
	}
	if (command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET) {
		while (wake_one(p, PAGE_FUTEX, (uint64_t)addr))
			;
		val = INT32_MAX;
	}
	return RAW(SYS_futex, addr, op, val, timeout, addr2, val3);
}

/* Of this process alone: waiters wait on their slots, as for a condition variable. The slot is
 * there before the value is looked at, so who changes it and then wakes finds the slot. */
static long wait_private(struct page *p, long addr, long val, int64_t deadline)
{
	struct page_slot *s = shim_self(p);

	shim_wait_publish(p, s, PAGE_PRIVATE, (uint64_t)addr, deadline);
	if (atomic_load((_Atomic uint32_t *)addr) != (uint32_t)val && shim_wait_cancel(s))
		return failed(EAGAIN);
	shim_wait_yield(p);
	shim_futex_wait(p, s, deadline);
	shim_wait_end(p, s);
	return was_woken(s, (uint64_t)addr) ? 0 : failed(ETIMEDOUT);
}

static long wake_private(struct page *p, long addr, long count)
{
	long woken = 0;

	atomic_thread_fence(memory_order_seq_cst);
	while (woken < count && wake_one(p, PAGE_PRIVATE, (uint64_t)addr))
		woken++;
	return woken;
}

/* A wait's timeout is a duration, but for the kind with bits, which has an instant. */
static int64_t futex_deadline(struct page *p, int op, const struct timespec *t)
{
	clockid_t clock = op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;

	if (!t)
		return NEVER;
	return (op & FUTEX_CMD_MASK) == FUTEX_WAIT ? shim_after(p, t) : shim_at(p, clock, t);
}

long shim_futex(struct page *p, long addr, int op, long val, long timeout, long addr2, long val3)
{
	bool all = false;
	long r;

	if (!(op & FUTEX_PRIVATE_FLAG))
		return shared_futex(p, addr, op, val, timeout, addr2, val3);
	switch (op & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		return wait_private(p, addr, val, futex_deadline(p, op, (void *)timeout));
	case FUTEX_WAKE_BITSET: /* who waits for other bits looks and waits again */
		all = (uint32_t)val3 != FUTEX_BITSET_MATCH_ANY;
		/* fall through */
	case FUTEX_WAKE:
		return wake_private(p, addr, all ? INT32_MAX : val);
	case FUTEX_WAKE_OP:
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE: /* as are those that it would only move */
		r = RAW(SYS_futex, addr, op, val, timeout, addr2, val3);
		if (r < 0)
			return r;
		r += wake_private(p, addr, INT32_MAX);
		return (op & FUTEX_CMD_MASK) == FUTEX_WAKE_OP
			       ? r + wake_private(p, addr2, INT32_MAX)
			       : r;
	default:
		if (timeout && (op & FUTEX_CMD_MASK) != FUTEX_UNLOCK_PI)
			shim_refuse(p, "futex (a lock that lends its priority, with a timeout)");
		return RAW(SYS_futex, addr, op, val, timeout, addr2, val3);
	}
}
