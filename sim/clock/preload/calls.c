/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/calls.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>

#include "sim/clock/preload/exec.h"
#include "sim/clock/preload/fork.h"
#include "sim/clock/preload/signals.h"
#include "sim/clock/preload/sync.h"
#include "sim/clock/preload/wait.h"

#define RAW_CALL(number, a) shim_raw((number), (a)[0], (a)[1], (a)[2], (a)[3], (a)[4], (a)[5])

/* ---- what libc has no function for, or another one ---- */

static long serve_clock_nanosleep(const long a[6])
{
	int r = clock_nanosleep((clockid_t)a[0], (int)a[1], (void *)a[2], (void *)a[3]);

	if (r)
		errno = r;
	return r ? -1 : 0;
}

/* The kernel's pselect6() has the mask and its size behind one pointer, and tells what is left. */
static long serve_pselect6(const long a[6])
{
	const struct {
		const sigset_t *mask;
		size_t size;
	} *m = (void *)a[5];

	return pselect((int)a[0], (void *)a[1], (void *)a[2], (void *)a[3], (void *)a[4],
		       m ? m->mask : NULL);
}

static long serve_futex(const long a[6])
{
	struct page *p = page();

	return p ? shim_futex(p, a[0], (int)a[1], a[2], a[3], a[4], a[5]) : RAW_CALL(SYS_futex, a);
}

/* Its timeouts would be the machine's; programs fall back to epoll. */
static long serve_io_uring_setup(const long a[6])
{
	if (!page())
		return RAW_CALL(SYS_io_uring_setup, a);
	errno = ENOSYS;
	return -1;
}

static long serve_sigaction(const long a[6])
{
	return shim_sigaction((int)a[0], (void *)a[1], (void *)a[2], (size_t)a[3]);
}

static long serve_sigprocmask(const long a[6])
{
	return shim_sigprocmask((int)a[0], (void *)a[1], (void *)a[2], (size_t)a[3]);
}

static long serve_fork(const long a[6])
{
	static const long none[6];

	(void)a;
	return shim_clone(SIGCHLD, none);
}

static long serve_vfork(const long a[6])
{
	static const long none[6];

	(void)a;
	return shim_clone(CLONE_VFORK | SIGCHLD, none);
}

static long serve_clone(const long a[6])
{
	return shim_clone((uint64_t)a[0], a);
}

/* ---- the table ---- */

#define SERVE(name, expression)                                                                    \
	static long call_##name(const long a[6])                                                   \
	{                                                                                          \
		(void)a;                                                                           \
		return (long)(expression);                                                         \
	}

/* clang-format off */
SERVE(nanosleep, nanosleep((void *)a[0], (void *)a[1]))
SERVE(clock_gettime, clock_gettime((clockid_t)a[0], (void *)a[1]))
SERVE(gettimeofday, gettimeofday((void *)a[0], (void *)a[1]))
SERVE(time, time((void *)a[0]))
SERVE(times, times((void *)a[0]))
SERVE(sysinfo, sysinfo((void *)a[0]))
SERVE(poll, poll((void *)a[0], (nfds_t)a[1], (int)a[2]))
SERVE(ppoll, ppoll((void *)a[0], (nfds_t)a[1], (void *)a[2], (void *)a[3]))
SERVE(select, select((int)a[0], (void *)a[1], (void *)a[2], (void *)a[3], (void *)a[4]))
SERVE(epoll_wait, epoll_wait((int)a[0], (void *)a[1], (int)a[2], (int)a[3]))
SERVE(epoll_pwait, epoll_pwait((int)a[0], (void *)a[1], (int)a[2], (int)a[3], (void *)a[4]))
SERVE(epoll_pwait2, epoll_pwait2((int)a[0], (void *)a[1], (int)a[2], (void *)a[3], (void *)a[4]))
SERVE(setitimer, setitimer((__itimer_which_t)a[0], (void *)a[1], (void *)a[2]))
SERVE(alarm, alarm((unsigned)a[0]))
SERVE(pause, pause())
SERVE(rt_sigsuspend, sigsuspend((void *)a[0]))
SERVE(rt_sigtimedwait, sigtimedwait((void *)a[0], (void *)a[1], (void *)a[2]))
SERVE(socket, socket((int)a[0], (int)a[1], (int)a[2]))
SERVE(socketpair, socketpair((int)a[0], (int)a[1], (int)a[2], (void *)a[3]))
SERVE(bind, bind((int)a[0], (void *)a[1], (socklen_t)a[2]))
SERVE(connect, connect((int)a[0], (void *)a[1], (socklen_t)a[2]))
SERVE(accept, accept((int)a[0], (void *)a[1], (void *)a[2]))
SERVE(accept4, accept4((int)a[0], (void *)a[1], (void *)a[2], (int)a[3]))
SERVE(getsockname, getsockname((int)a[0], (void *)a[1], (void *)a[2]))
SERVE(getpeername, getpeername((int)a[0], (void *)a[1], (void *)a[2]))
SERVE(setsockopt, setsockopt((int)a[0], (int)a[1], (int)a[2], (void *)a[3], (socklen_t)a[4]))
SERVE(sendto, sendto((int)a[0], (void *)a[1], (size_t)a[2], (int)a[3], (void *)a[4],
		     (socklen_t)a[5]))
SERVE(sendmsg, sendmsg((int)a[0], (void *)a[1], (int)a[2]))
SERVE(sendmmsg, sendmmsg((int)a[0], (void *)a[1], (unsigned)a[2], (int)a[3]))
SERVE(recvfrom, recvfrom((int)a[0], (void *)a[1], (size_t)a[2], (int)a[3], (void *)a[4],
			 (void *)a[5]))
SERVE(recvmsg, recvmsg((int)a[0], (void *)a[1], (int)a[2]))
SERVE(recvmmsg, recvmmsg((int)a[0], (void *)a[1], (unsigned)a[2], (int)a[3], (void *)a[4]))
SERVE(ioctl, ioctl((int)a[0], (unsigned long)a[1], (void *)a[2]))

SERVE(read, read((int)a[0], (void *)a[1], (size_t)a[2]))
SERVE(write, write((int)a[0], (void *)a[1], (size_t)a[2]))
SERVE(readv, readv((int)a[0], (void *)a[1], (int)a[2]))
SERVE(writev, writev((int)a[0], (void *)a[1], (int)a[2]))
SERVE(pread64, pread64((int)a[0], (void *)a[1], (size_t)a[2], a[3]))
SERVE(open, open((void *)a[0], (int)a[1], (mode_t)a[2]))
SERVE(openat, openat((int)a[0], (void *)a[1], (int)a[2], (mode_t)a[3]))
SERVE(close, close((int)a[0]))
SERVE(close_range, close_range((unsigned)a[0], (unsigned)a[1], (int)a[2]))
SERVE(dup, dup((int)a[0]))
SERVE(dup2, dup2((int)a[0], (int)a[1]))
SERVE(dup3, dup3((int)a[0], (int)a[1], (int)a[2]))
SERVE(fcntl, fcntl((int)a[0], (int)a[1], a[2]))
SERVE(epoll_create, epoll_create((int)a[0]))
SERVE(epoll_create1, epoll_create1((int)a[0]))
SERVE(epoll_ctl, epoll_ctl((int)a[0], (int)a[1], (int)a[2], (void *)a[3]))
SERVE(eventfd, eventfd((unsigned)a[0], 0))
SERVE(eventfd2, eventfd((unsigned)a[0], (int)a[1]))
SERVE(pipe, pipe((void *)a[0]))
SERVE(pipe2, pipe2((void *)a[0], (int)a[1]))
SERVE(getrandom, getrandom((void *)a[0], (size_t)a[1], (unsigned)a[2]))
SERVE(sched_yield, sched_yield())
SERVE(execve, execve((void *)a[0], (void *)a[1], (void *)a[2]))

#define ROW(name, caught, ...) { SYS_##name, #name, caught, 0, __VA_ARGS__ }
#define TIMED(name, argument, ...) { SYS_##name, #name, CALL_TIMED, argument, __VA_ARGS__ }
#define ANYWHERE(name) ROW(name, CALL_ANYWHERE, call_##name)
#define PROGRAM(name) ROW(name, CALL_PROGRAM, call_##name)
#define REFUSED(name) ROW(name, CALL_ANYWHERE, NULL)

/* Those that the library makes often stand first. */
const struct call shim_calls[] = {
	ANYWHERE(epoll_pwait2), ANYWHERE(ppoll),
	ANYWHERE(nanosleep), ROW(clock_nanosleep, CALL_ANYWHERE, serve_clock_nanosleep),
	ANYWHERE(clock_gettime), ANYWHERE(gettimeofday), ANYWHERE(time), ANYWHERE(times),
	ANYWHERE(sysinfo), ANYWHERE(poll), ANYWHERE(select),
	ROW(pselect6, CALL_ANYWHERE, serve_pselect6), ANYWHERE(epoll_wait), ANYWHERE(epoll_pwait),
	ANYWHERE(setitimer), ANYWHERE(alarm), ANYWHERE(pause), ANYWHERE(rt_sigsuspend),
	TIMED(rt_sigtimedwait, 2, call_rt_sigtimedwait), TIMED(semtimedop, 3, NULL),
	TIMED(mq_timedsend, 4, NULL), TIMED(mq_timedreceive, 4, NULL),
	TIMED(io_getevents, 4, NULL), TIMED(io_pgetevents, 4, NULL),
	REFUSED(timer_settime), REFUSED(timerfd_settime), REFUSED(clock_settime),
	REFUSED(settimeofday), REFUSED(adjtimex), REFUSED(clock_adjtime), REFUSED(futex_waitv),
	ROW(io_uring_setup, CALL_ANYWHERE, serve_io_uring_setup),

	ANYWHERE(socket), ANYWHERE(socketpair), ANYWHERE(bind), ANYWHERE(connect),
	ANYWHERE(accept), ANYWHERE(accept4), ANYWHERE(getsockname), ANYWHERE(getpeername),
	ANYWHERE(setsockopt), ANYWHERE(sendto), ANYWHERE(sendmsg), ANYWHERE(sendmmsg),
	ANYWHERE(recvfrom), ANYWHERE(recvmsg), ANYWHERE(recvmmsg), ANYWHERE(ioctl),

	PROGRAM(read), PROGRAM(write), PROGRAM(readv), PROGRAM(writev), PROGRAM(pread64),
	PROGRAM(open), PROGRAM(openat), PROGRAM(close), PROGRAM(close_range), PROGRAM(dup),
	PROGRAM(dup2), PROGRAM(dup3), PROGRAM(fcntl), PROGRAM(epoll_create),
	PROGRAM(epoll_create1), PROGRAM(epoll_ctl), PROGRAM(eventfd), PROGRAM(eventfd2),
	PROGRAM(pipe), PROGRAM(pipe2), PROGRAM(getrandom), PROGRAM(sched_yield),
	PROGRAM(execve),
	ROW(rt_sigaction, CALL_PROGRAM, serve_sigaction),
	ROW(rt_sigprocmask, CALL_PROGRAM, serve_sigprocmask),
	ROW(fork, CALL_PROGRAM, serve_fork), ROW(vfork, CALL_PROGRAM, serve_vfork),
	ROW(clone, CALL_PROGRAM, serve_clone), ROW(clone3, CALL_PROGRAM, NULL),
	ROW(futex, CALL_PROGRAM, serve_futex), /* with a timeout anywhere: see trap.c */
};
/* clang-format on */

const unsigned shim_call_count = sizeof(shim_calls) / sizeof(shim_calls[0]);

static const struct call *find(long number)
{
	for (unsigned i = 0; i < shim_call_count; i++)
		if (shim_calls[i].number == number)
			return &shim_calls[i];
	return NULL;
}

long shim_call(long number, const long a[6])
{
	const struct call *c = find(number);
	struct page *p = page();
	long r;

	if (p && c && !c->serve && (c->caught != CALL_TIMED || a[c->argument]))
		shim_refuse(p, c->name);
	errno = 0;
	r = c && c->serve ? c->serve(a) : RAW_CALL(number, a);
	return r == -1 && errno ? -errno : r;
}

/* libuv sends and receives this way. */
HOOK long syscall(long n, ...)
{
	int saved = errno;
	long a[6], r;
	va_list ap;

	va_start(ap, n);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	r = shim_call(n, a);
	errno = r < 0 && r > -4096 ? (int)-r : saved;
	return r < 0 && r > -4096 ? -1 : r;
}
