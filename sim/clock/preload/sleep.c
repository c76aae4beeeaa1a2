/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/wait.h"

/* Sleeps until an instant; what a signal cuts short is slept on. */
static void sleep_until(struct page *p, int64_t deadline)
{
	while (shim_now(p) < deadline)
		shim_poll(p, NULL, 0, deadline, NULL, PAGE_SLEEP);
}

HOOK int nanosleep(const struct timespec *t, struct timespec *rest)
{
	struct page *p = page();

	if (!p)
		return (int)RAW(SYS_nanosleep, t, rest, 0, 0, 0, 0);
	sleep_until(p, shim_end_of_sleep(p, t));
	if (rest)
		*rest = (struct timespec){ 0 };
	return 0;
}

HOOK int clock_nanosleep(clockid_t c, int flags, const struct timespec *t, struct timespec *rest)
{
	struct page *p = page();
	int saved = errno, r;

	if (!p || !shim_is_virtual(c)) {
		r = RAW(SYS_clock_nanosleep, c, flags, t, rest, 0, 0) < 0 ? errno : 0;
		errno = saved;
		return r;
	}
	sleep_until(p, flags & TIMER_ABSTIME ? shim_at(p, c, t) : shim_end_of_sleep(p, t));
	return 0;
}

HOOK int usleep(useconds_t us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000L };

	return nanosleep(&t, NULL);
}

HOOK unsigned int sleep(unsigned int seconds)
{
	struct timespec t = { seconds, 0 };

	nanosleep(&t, NULL);
	return 0;
}
