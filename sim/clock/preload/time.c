/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/idle.h"
#include "sim/clock/preload/shim.h"

#define BILLION 1000000000

static int64_t machine_now(void)
{
	struct timespec t;

	RAW(SYS_clock_gettime, CLOCK_MONOTONIC, &t, 0, 0, 0, 0);
	return shim_from_timespec(&t);
}

int64_t shim_from_timespec(const struct timespec *t)
{
	if (t->tv_sec > PAGE_NEVER / BILLION - 1)
		return PAGE_NEVER;
	return t->tv_sec * BILLION + t->tv_nsec;
}

void shim_charge(struct page *p)
{
	struct timespec t;

	if (__builtin_expect(atomic_load_explicit(&p->charge, memory_order_relaxed) == 0, 1))
		return;
	RAW(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &t, 0, 0, 0, 0);
	page_charge(p, area(p), shim_from_timespec(&t));
	if (atomic_load(&p->now) >= page_instant(&p->lead, shim_area))
		shim_ring(p);
}

int64_t shim_now(struct page *p)
{
	int64_t now;

	shim_charge(p);
	now = atomic_load_explicit(shim_clock(p), memory_order_acquire);
	if (p->speed == 0)
		return now;
	return now + (int64_t)((double)(machine_now() - p->real0) * p->speed);
}

bool shim_is_date(clockid_t c)
{
	return c == CLOCK_REALTIME || c == CLOCK_REALTIME_COARSE || c == CLOCK_REALTIME_ALARM ||
	       c == CLOCK_TAI;
}

bool shim_is_virtual(clockid_t c)
{
	return shim_is_date(c) || c == CLOCK_MONOTONIC || c == CLOCK_MONOTONIC_COARSE ||
	       c == CLOCK_MONOTONIC_RAW || c == CLOCK_BOOTTIME || c == CLOCK_BOOTTIME_ALARM;
}

int64_t shim_epoch(struct page *p)
{
	return p->epoch + atomic_load(&area(p)->ahead);
}

int64_t shim_after(struct page *p, const struct timespec *t)
{
	int64_t d = t ? shim_from_timespec(t) : PAGE_NEVER, now = shim_now(p);

	return d > PAGE_NEVER - now ? PAGE_NEVER : now + d;
}

static int64_t with_slack(int64_t at, int64_t slack)
{
	if (slack <= 0 || at > PAGE_NEVER - slack)
		return at;
	return (at + slack - 1) / slack * slack;
}

static int64_t at_least_idle(struct page *p, int64_t slack)
{
	int64_t idle = area(p)->idle_slack;

	return idle > slack && shim_is_idle(p) ? idle : slack;
}

int64_t shim_end_of_poll(struct page *p, const struct timespec *timeout)
{
	return with_slack(shim_after(p, timeout), at_least_idle(p, area(p)->slack));
}

int64_t shim_end_of_sleep(struct page *p, const struct timespec *t)
{
	return with_slack(shim_after(p, t), at_least_idle(p, area(p)->sleep_slack));
}

int64_t shim_at(struct page *p, clockid_t c, const struct timespec *t)
{
	int64_t at = shim_from_timespec(t);

	return shim_is_date(c) && at != PAGE_NEVER ? at - shim_epoch(p) : at;
}

const struct timespec *shim_patience(struct page *p, int64_t deadline, struct timespec *t)
{
	int64_t left;

	if (p->speed == 0 || deadline == PAGE_NEVER)
		return NULL;
	left = deadline - shim_now(p);
	left = left > 0 ? (int64_t)((double)left / p->speed) + 1 : 0;
	*t = (struct timespec){ left / BILLION, left % BILLION };
	return t;
}
