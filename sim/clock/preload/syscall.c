/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/sync.h"

#include <sys/epoll.h>
#include <sys/random.h>

/* libuv sends and receives this way. What has a hook goes to the hook. */
HOOK long syscall(long n, ...)
{
	struct page *p = page();
	long a[6];
	va_list ap;

	va_start(ap, n);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	switch (n) {
	case SYS_recvmmsg:
		return recvmmsg((int)a[0], (void *)a[1], (unsigned)a[2], (int)a[3], (void *)a[4]);
	case SYS_sendmmsg:
		return sendmmsg((int)a[0], (void *)a[1], (unsigned)a[2], (int)a[3]);
	case SYS_epoll_pwait:
		return epoll_pwait((int)a[0], (void *)a[1], (int)a[2], (int)a[3], (void *)a[4]);
	case SYS_clock_gettime:
		return clock_gettime((clockid_t)a[0], (void *)a[1]);
	case SYS_getrandom:
		return getrandom((void *)a[0], (size_t)a[1], (unsigned)a[2]);
	case SYS_close:
		return close((int)a[0]);
	case SYS_futex:
		if (p)
			return shim_futex(p, a[0], (int)a[1], a[2], a[3], a[4], a[5]);
		break;
	case SYS_io_uring_setup:
		/* Its timeouts would be the machine's; programs fall back to epoll. */
		if (!p)
			break;
		errno = ENOSYS;
		return -1;
	default:
		break;
	}
	return RAW(n, a[0], a[1], a[2], a[3], a[4], a[5]);
}
