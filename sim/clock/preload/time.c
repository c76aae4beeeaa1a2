/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/shim.h"

#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timeb.h>
#include <sys/times.h>

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
	if (atomic_load(&p->now) >= atomic_load(&p->lead))
		shim_ring(p);
}

int64_t shim_now(struct page *p)
{
	int64_t now;

	shim_charge(p);
	now = atomic_load_explicit(&p->now, memory_order_acquire);
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

int64_t shim_after(struct page *p, const struct timespec *t)
{
	int64_t d = t ? shim_from_timespec(t) : PAGE_NEVER, now = shim_now(p);

	return d > PAGE_NEVER - now ? PAGE_NEVER : now + d;
}

int64_t shim_at(struct page *p, clockid_t c, const struct timespec *t)
{
	int64_t at = shim_from_timespec(t);

	return shim_is_date(c) && at != PAGE_NEVER ? at - p->epoch : at;
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

static int off_the_clock(clockid_t c, struct timespec *t)
{
	int r = (int)RAW(SYS_clock_gettime, c, t, 0, 0, 0, 0);
	int64_t date;

	if (r == 0 && shim_date_offset && shim_is_date(c)) {
		date = shim_from_timespec(t) + shim_date_offset;
		*t = (struct timespec){ date / BILLION, date % BILLION };
	}
	return r;
}

HOOK int clock_gettime(clockid_t c, struct timespec *t)
{
	struct page *p = page();
	int64_t now;

	if (!p || !shim_is_virtual(c))
		return off_the_clock(c, t);
	now = shim_now(p) + (shim_is_date(c) ? p->epoch : 0);
	*t = (struct timespec){ now / BILLION, now % BILLION };
	return 0;
}

HOOK int __clock_gettime(clockid_t c, struct timespec *t)
{
	return clock_gettime(c, t);
}

HOOK int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec t;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	*tv = (struct timeval){ t.tv_sec, t.tv_nsec / 1000 };
	return 0;
}

HOOK time_t time(time_t *ret)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (ret)
		*ret = t.tv_sec;
	return t.tv_sec;
}

/* Since the machine was started; libc divides by what sysconf(_SC_CLK_TCK) says. CPU times pass. */
HOOK clock_t times(struct tms *t)
{
	clock_t r = RAW(SYS_times, t, 0, 0, 0, 0, 0);
	struct page *p = page();

	return p ? shim_now(p) / (BILLION / 100) : r;
}

HOOK int sysinfo(struct sysinfo *info)
{
	int r = (int)RAW(SYS_sysinfo, info, 0, 0, 0, 0, 0);
	struct page *p = page();

	if (r == 0 && p)
		info->uptime = shim_now(p) / BILLION;
	return r;
}

HOOK int timespec_get(struct timespec *t, int base)
{
	return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, t) == 0 ? base : 0;
}

HOOK int ftime(struct timeb *tb)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	*tb = (struct timeb){ .time = t.tv_sec, .millitm = (unsigned short)(t.tv_nsec / 1000000) };
	return 0;
}
