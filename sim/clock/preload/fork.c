/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/fork.h"

#include <sched.h>

#include "sim/clock/preload/slot.h"
#include "sim/clock/preload/table.h"

static const char THREAD[] = "clone (a thread or a stack without libc)";

static void leave(void)
{
	shim_detach();
	shim_slot_forked();
	net_forked();
}

/* libc forks by itself, too: daemon(), forkpty(). */
__attribute__((constructor)) static void start(void)
{
	pthread_atfork(NULL, NULL, leave);
}

/* It calls no such handlers. */
HOOK pid_t _Fork(void)
{
	static pid_t (*real)(void);
	pid_t pid;

	if (!real)
		real = shim_libc("_Fork", NULL);
	pid = real();
	if (pid == 0)
		leave();
	return pid;
}

/* Its child would write into our tables: POSIX allows a copy. */
HOOK pid_t vfork(void)
{
	return fork();
}

/* A thread that libc knows nothing of has no memory of its own for us. */
HOOK int clone(int (*run)(void *), void *stack, int flags, void *arg, ...)
{
	static int (*real)(int (*)(void *), void *, int, void *, ...);
	struct page *p = page();
	void *more[3];
	va_list ap;

	if (p && flags & CLONE_VM && !(flags & CLONE_VFORK))
		shim_refuse(p, THREAD);
	va_start(ap, arg);
	for (int i = 0; i < 3; i++)
		more[i] = va_arg(ap, void *);
	va_end(ap);
	if (!real)
		real = shim_libc("clone", NULL);
	return real(run, stack, flags, arg, more[0], more[1], more[2]);
}

long shim_clone(uint64_t flags, const long a[6])
{
	struct page *p = page();
	long pid;

	if (p && (flags & CLONE_THREAD || a[1]))
		shim_refuse(p, THREAD);
	pid = RAW(SYS_clone, flags & ~(uint64_t)CLONE_VM, a[1], a[2], a[3], a[4], 0);
	if (pid == 0)
		leave();
	return pid;
}
