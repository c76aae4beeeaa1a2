/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that tell the time. */
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timeb.h>
#include <sys/times.h>

#include "sim/clock/preload/look.h"
#include "sim/clock/preload/table.h"
#include "sim/clock/preload/wait.h"

#define BILLION 1000000000

static int off_the_clock(clockid_t c, struct timespec *t)
{
	int r = (int)RAW(SYS_clock_gettime, c, t, 0, 0, 0, 0);
	int64_t date;

	if (r == 0 && shim_date_stands && shim_is_date(c)) {
		*t = (struct timespec){ shim_date_stands / BILLION, shim_date_stands % BILLION };
		return 0;
	}
	if (r == 0 && shim_date_offset && shim_is_date(c)) {
		date = shim_from_timespec(t) + shim_date_offset;
		*t = (struct timespec){ date / BILLION, date % BILLION };
	}
	return r;
}

/* Who asks for the time from within the library, as an allocator may, does not wait there. */
static void look(struct page *p)
{
	int saved = errno;

	if (__builtin_expect(!shim_look_waits(p, LOOK_AT_CLOCK), 1) ||
	    pthread_mutex_trylock(&net_lock))
		return;
	pthread_mutex_unlock(&net_lock);
	shim_poll(p, NULL, 0, shim_look_end(p), NULL, PAGE_SLEEP);
	shim_look_waited(p, LOOK_AT_CLOCK);
	errno = saved;
}

HOOK int clock_gettime(clockid_t c, struct timespec *t)
{
	struct page *p = page();
	int64_t now;

	if (!p || !shim_is_virtual(c))
		return off_the_clock(c, t);
	look(p);
	now = shim_now(p) + (shim_is_date(c) ? shim_epoch(p) : 0);
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

	if (p)
		look(p);
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
