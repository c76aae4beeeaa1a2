/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that would run on the machine's time behind our back. Each ends the run with its name. */
#include "sim/clock/preload/shim.h"

#include <sys/time.h>
#include <sys/timerfd.h>

/* Defines the hook: with a page the run ends, without one the call goes to libc. */
#define REFUSE(ret, name, params, args)                                                            \
	HOOK ret name params                                                                       \
	{                                                                                          \
		static ret(*real) params;                                                          \
		struct page *p = page();                                                           \
                                                                                                   \
		if (p)                                                                             \
			shim_refuse(p, #name);                                                     \
		if (!real)                                                                         \
			real = shim_libc(#name, NULL);                                             \
		return real args;                                                                  \
	}

REFUSE(int, timerfd_settime,
       (int fd, int flags, const struct itimerspec *new, struct itimerspec *old),
       (fd, flags, new, old))
REFUSE(unsigned int, ualarm, (unsigned int a, unsigned int b), (a, b))
REFUSE(int, timer_settime,
       (timer_t t, int flags, const struct itimerspec *restrict new,
	struct itimerspec *restrict old),
       (t, flags, new, old))
REFUSE(int, pthread_mutex_timedlock,
       (pthread_mutex_t *restrict m, const struct timespec *restrict t), (m, t))
REFUSE(int, pthread_mutex_clocklock,
       (pthread_mutex_t *restrict m, clockid_t c, const struct timespec *restrict t), (m, c, t))
REFUSE(int, pthread_timedjoin_np, (pthread_t t, void **ret, const struct timespec *abs),
       (t, ret, abs))
REFUSE(int, settimeofday, (const struct timeval *tv, const struct timezone *tz), (tv, tz))
REFUSE(int, clock_settime, (clockid_t c, const struct timespec *t), (c, t))

/* A lock that is free is taken at once: only a wait for it would run on the machine's time. */
#define REFUSE_WAIT(name, try)                                                                     \
	HOOK int name(pthread_rwlock_t *restrict l, const struct timespec *restrict t)             \
	{                                                                                          \
		static int (*real)(pthread_rwlock_t *restrict, const struct timespec *restrict);   \
		static int (*at_once)(pthread_rwlock_t *);                                         \
		struct page *p = page();                                                           \
                                                                                                   \
		if (!at_once)                                                                      \
			at_once = shim_libc(#try, NULL);                                           \
		if (at_once(l) == 0)                                                               \
			return 0;                                                                  \
		if (p)                                                                             \
			shim_refuse(p, #name);                                                     \
		if (!real)                                                                         \
			real = shim_libc(#name, NULL);                                             \
		return real(l, t);                                                                 \
	}

REFUSE_WAIT(pthread_rwlock_timedrdlock, pthread_rwlock_tryrdlock)
REFUSE_WAIT(pthread_rwlock_timedwrlock, pthread_rwlock_trywrlock)

/* Switching an alarm off is harmless. */
HOOK unsigned int alarm(unsigned int seconds)
{
	struct page *p = page();

	if (p && seconds)
		shim_refuse(p, "alarm");
	return (unsigned int)RAW(SYS_alarm, seconds, 0, 0, 0, 0, 0);
}

HOOK int setitimer(__itimer_which_t which, const struct itimerval *restrict new,
		   struct itimerval *restrict old)
{
	struct page *p = page();

	if (p && which == ITIMER_REAL && new && (new->it_value.tv_sec || new->it_value.tv_usec))
		shim_refuse(p, "setitimer");
	return (int)RAW(SYS_setitimer, which, new, old, 0, 0, 0);
}
