/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/libc.h"
#include "sim/clock/preload/signals.h"

#include <string.h>
#include <sys/mman.h>

#define SA_RESTORER 0x04000000
#define SIGSYS_BIT ((uint64_t)1 << (SIGSYS - 1))

struct kernel_action {
	void *handler;
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

static bool is_taken;
static struct kernel_action theirs; /* what the program wants of SIGSYS */

void restore(void);
__asm__(".pushsection .text\n"
	".hidden restore\n"
	".globl restore\n"
	".type restore, @function\n"
	"restore:\n"
	"	mov $15, %eax\n" /* rt_sigreturn */
	"	syscall\n"
	".popsection\n");

void shim_take_sigsys(void (*handler)(int, siginfo_t *, void *))
{
	const struct kernel_action ours = { (void *)handler,
					    SA_SIGINFO | SA_NODEFER | SA_ONSTACK | SA_RESTORER,
					    restore, 0 };

	is_taken = RAW(SYS_rt_sigaction, SIGSYS, &ours, &theirs, 8, 0, 0) == 0;
	shim_open_sigsys();
}

void shim_open_sigsys(void)
{
	const uint64_t set = SIGSYS_BIT;

	RAW(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, 8, 0, 0);
}

void shim_pass_sigsys(siginfo_t *info, void *context)
{
	struct kernel_action deadly = { .handler = SIG_DFL };

	if (theirs.handler != SIG_DFL && theirs.handler != SIG_IGN) {
		((void (*)(int, siginfo_t *, void *))theirs.handler)(SIGSYS, info, context);
		return;
	}
	if (theirs.handler == SIG_IGN && info->si_code <= 0)
		return;
	RAW(SYS_rt_sigaction, SIGSYS, &deadly, NULL, 8, 0, 0);
	RAW(SYS_tgkill, RAW(SYS_getpid, 0, 0, 0, 0, 0, 0), RAW(SYS_gettid, 0, 0, 0, 0, 0, 0),
	    SIGSYS, 0, 0, 0);
}

long shim_sigaction(int sig, const void *new, void *old, size_t size)
{
	struct kernel_action open, was = theirs;

	if (!is_taken || size != 8)
		return RAW(SYS_rt_sigaction, sig, new, old, size, 0, 0);
	if (sig == SIGSYS) {
		if (new)
			theirs = *(const struct kernel_action *)new;
		if (old)
			*(struct kernel_action *)old = was;
		return 0;
	}
	if (new) {
		open = *(const struct kernel_action *)new;
		open.mask &= ~SIGSYS_BIT;
	}
	return RAW(SYS_rt_sigaction, sig, new ? &open : NULL, old, size, 0, 0);
}

long shim_sigprocmask(int how, const void *new, void *old, size_t size)
{
	uint64_t open;

	if (!is_taken || !new || size != 8 || how == SIG_UNBLOCK)
		return RAW(SYS_rt_sigprocmask, how, new, old, size, 0, 0);
	open = *(const uint64_t *)new & ~SIGSYS_BIT;
	return RAW(SYS_rt_sigprocmask, how, &open, old, size, 0, 0);
}

/* ---- stacks ---- */

/* Programs make theirs for what they do in handlers of their own; ours needs more. */

#define LEAST 2048 /* that the kernel takes */
#define ENOUGH 65536 /* for a signal's frame and for what we do on it */

static __thread void *own_stack; /* in the place of one that the program made for less */

static bool is_small(const stack_t *s)
{
	return !(s->ss_flags & SS_DISABLE) && s->ss_size >= LEAST && s->ss_size < ENOUGH;
}

static pthread_key_t stack_key;
static bool has_stack_key;

/* With its thread: until then a program may set again what it was shown. */
static void let_stack_go(void *stack)
{
	const stack_t none = { .ss_flags = SS_DISABLE };
	stack_t now = { 0 };

	RAW(SYS_sigaltstack, NULL, &now, 0, 0, 0, 0);
	if (now.ss_sp == stack)
		RAW(SYS_sigaltstack, &none, NULL, 0, 0, 0, 0);
	RAW(SYS_munmap, stack, ENOUGH, 0, 0, 0, 0);
}

__attribute__((constructor)) static void make_key(void)
{
	has_stack_key = pthread_key_create(&stack_key, let_stack_go) == 0;
}

static bool has_own_stack(void)
{
	if (own_stack)
		return true;
	own_stack = (void *)RAW(SYS_mmap, NULL, ENOUGH, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (own_stack == MAP_FAILED)
		own_stack = NULL;
	if (has_stack_key)
		pthread_setspecific(stack_key, own_stack);
	return own_stack != NULL;
}

/* One that is set by a system call is left as it is: whoever makes those knows signals. */
HOOK int sigaltstack(const stack_t *new, stack_t *old)
{
	stack_t s;

	if (!new || !is_taken)
		return (int)RAW(SYS_sigaltstack, new, old, 0, 0, 0, 0);
	s = *new;
	if (is_small(&s) && has_own_stack()) {
		s.ss_sp = own_stack;
		s.ss_size = ENOUGH;
	}
	return (int)RAW(SYS_sigaltstack, &s, old, 0, 0, 0, 0);
}

/* ---- libc's functions ---- */

/* libc shows an action in another order, and adds what the kernel returns by. */
static int swap_theirs(const struct sigaction *new, struct sigaction *old)
{
	struct kernel_action was = theirs;

	if (new)
		theirs = (struct kernel_action){ (void *)new->sa_handler,
						 (unsigned long)new->sa_flags, NULL,
						 *(const uint64_t *)&new->sa_mask };
	if (old) {
		*old = (struct sigaction){ .sa_flags = (int)was.flags };
		old->sa_handler = (sighandler_t)was.handler;
		memcpy(&old->sa_mask, &was.mask, sizeof(was.mask));
	}
	return 0;
}

HOOK int sigaction(int sig, const struct sigaction *new, struct sigaction *old)
{
	static int (*real)(int, const struct sigaction *, struct sigaction *);
	struct sigaction open;

	if (sig == SIGSYS && is_taken)
		return swap_theirs(new, old);
	if (!real)
		real = shim_libc("sigaction", NULL);
	if (!new || !is_taken)
		return real(sig, new, old);
	open = *new;
	sigdelset(&open.sa_mask, SIGSYS);
	return real(sig, &open, old);
}

/* By a call of libc's own sigaction() these would miss ours. */
static sighandler_t handle(const char *name, int sig, sighandler_t handler)
{
	sighandler_t (*real)(int, sighandler_t) = shim_libc(name, NULL);
	struct sigaction new = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;

	if (sig != SIGSYS || !is_taken)
		return real(sig, handler);
	swap_theirs(&new, &old);
	return old.sa_handler;
}

HOOK sighandler_t signal(int sig, sighandler_t handler)
{
	return handle("signal", sig, handler);
}

HOOK sighandler_t bsd_signal(int sig, sighandler_t handler)
{
	return handle("bsd_signal", sig, handler);
}

HOOK sighandler_t __sysv_signal(int sig, sighandler_t handler)
{
	return handle("__sysv_signal", sig, handler);
}

HOOK sighandler_t sysv_signal(int sig, sighandler_t handler)
{
	return handle("sysv_signal", sig, handler);
}

static int change_mask(int (*real)(int, const sigset_t *, sigset_t *), int how, const sigset_t *new,
		       sigset_t *old)
{
	sigset_t open;

	if (!new || how == SIG_UNBLOCK || !is_taken)
		return real(how, new, old);
	open = *new;
	sigdelset(&open, SIGSYS);
	return real(how, &open, old);
}

HOOK int sigprocmask(int how, const sigset_t *new, sigset_t *old)
{
	static int (*real)(int, const sigset_t *, sigset_t *);

	if (!real)
		real = shim_libc("sigprocmask", NULL);
	return change_mask(real, how, new, old);
}

HOOK int pthread_sigmask(int how, const sigset_t *new, sigset_t *old)
{
	static int (*real)(int, const sigset_t *, sigset_t *);

	if (!real)
		real = shim_libc("pthread_sigmask", "GLIBC_2.32");
	return change_mask(real, how, new, old);
}
