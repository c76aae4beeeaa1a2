/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that go past libc's functions: by an instruction in the program, in a language's
 * runtime, in code made at run time, or within libc itself. A filter (seccomp(2)) turns those that
 * bear time or datagrams into a signal, which comes on the thread that called, before anything was
 * done; its handler makes the call as the clock has it (calls.h) and puts the result where the
 * program looks for it. It lets through what we call ourselves, by the address that it comes from
 * (shim.h). Calls that it has nothing to do with the kernel knows after the first, and they cost
 * nothing. */
#include "sim/clock/preload/calls.h"
#include "sim/clock/preload/signals.h"

#include <errno.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <ucontext.h>

#define SECCOMP_CODE 1 /* SYS_SECCOMP, a SIGSYS that a filter sent */
#define X32 0x40000000u
#define LENGTH 1024 /* of the filter */

#define NUMBER offsetof(struct seccomp_data, nr)
#define MACHINE offsetof(struct seccomp_data, arch)
#define FROM_LOW offsetof(struct seccomp_data, instruction_pointer)
#define FROM_HIGH (FROM_LOW + 4)
#define ARGUMENT_LOW(i) (offsetof(struct seccomp_data, args) + 8 * (size_t)(i))
#define ARGUMENT_HIGH(i) (offsetof(struct seccomp_data, args) + 8 * (size_t)(i) + 4)

/* ---- the handler ---- */

static void on_call(int sig, siginfo_t *info, void *context)
{
	greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
	const long a[6] = { r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8], r[REG_R9] };
	int saved = errno;

	(void)sig;
	if (info->si_code != SECCOMP_CODE) {
		shim_pass_sigsys(info, context);
	} else if (info->si_arch != AUDIT_ARCH_X86_64 || (unsigned)info->si_syscall & X32) {
		if (page())
			shim_refuse(page(), "a system call of another machine's (int 0x80, x32)");
		r[REG_RAX] = -ENOSYS;
	} else {
		r[REG_RAX] = shim_call(info->si_syscall, a);
	}
	errno = saved;
}

void shim_catch(void)
{
	shim_take_sigsys(on_call);
}

/* ---- the filter ---- */

/* Where the program's own code lies. */
struct text {
	uint64_t begin, end;
};

static int find_program(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct text *t = arg;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type != PT_LOAD || !(h->p_flags & PF_X))
			continue;
		if (!t->end)
			t->begin = info->dlpi_addr + h->p_vaddr;
		t->end = info->dlpi_addr + h->p_vaddr + h->p_memsz;
	}
	return 1; /* it is the first */
}

struct filter {
	struct sock_filter code[LENGTH];
	unsigned short count;
};

static void add(struct filter *f, struct sock_filter one)
{
	if (f->count < LENGTH)
		f->code[f->count] = one;
	f->count++;
}

static void load(struct filter *f, size_t what)
{
	add(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)what));
}

static void give(struct filter *f, uint32_t action)
{
	add(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* Goes on by `yes` or `no` instructions farther. */
static void test(struct filter *f, uint16_t how, uint32_t value, unsigned yes, unsigned no)
{
	add(f, (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | how | BPF_K), value, (uint8_t)yes,
					    (uint8_t)no));
}

/* Allowed from our own address; otherwise goes on. Six instructions. */
static void allow_ours(struct filter *f)
{
	load(f, FROM_LOW);
	test(f, BPF_JEQ, (uint32_t)shim_entry(), 0, 3);
	load(f, FROM_HIGH);
	test(f, BPF_JEQ, (uint32_t)(shim_entry() >> 32), 0, 1);
	give(f, SECCOMP_RET_ALLOW);
}

/* Caught from the program's code; otherwise goes on. */
static void catch_program(struct filter *f, const struct text *t)
{
	uint64_t last = t->begin >> 32 == t->end >> 32 ? t->end : t->begin | UINT32_MAX;

	load(f, FROM_HIGH);
	test(f, BPF_JEQ, (uint32_t)(t->begin >> 32), 0, 4);
	load(f, FROM_LOW);
	test(f, BPF_JGE, (uint32_t)t->begin, 0, 2);
	test(f, BPF_JGT, (uint32_t)last, 1, 0);
	give(f, SECCOMP_RET_TRAP);
}

static void catch_with_argument(struct filter *f, int i)
{
	load(f, ARGUMENT_LOW(i));
	test(f, BPF_JEQ, 0, 0, 2);
	load(f, ARGUMENT_HIGH(i));
	test(f, BPF_JEQ, 0, 1, 0);
	give(f, SECCOMP_RET_TRAP);
	give(f, SECCOMP_RET_ALLOW);
}

/* Those of a lock's waits that end by themselves. */
static void catch_timed_futex(struct filter *f)
{
	static const uint32_t waits[] = { FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_LOCK_PI,
					  FUTEX_LOCK_PI2, FUTEX_WAIT_REQUEUE_PI };
	const unsigned count = sizeof(waits) / sizeof(waits[0]);

	load(f, ARGUMENT_LOW(1));
	add(f, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (uint32_t)FUTEX_CMD_MASK));
	for (unsigned i = 0; i < count; i++)
		test(f, BPF_JEQ, waits[i], count - i, 0);
	give(f, SECCOMP_RET_ALLOW);
	catch_with_argument(f, 3);
}

/* What is done with one call; the next one is tried where it is another. */
static void add_call(struct filter *f, const struct call *c, const struct text *t)
{
	unsigned short at = f->count;

	test(f, BPF_JEQ, (uint32_t)c->number, 0, 0);
	if (c->number == SYS_futex || c->caught != CALL_PROGRAM)
		allow_ours(f);
	if (c->caught == CALL_PROGRAM)
		catch_program(f, t);
	if (c->number == SYS_futex)
		catch_timed_futex(f);
	else if (c->caught == CALL_TIMED)
		catch_with_argument(f, c->argument);
	else
		give(f, c->caught == CALL_PROGRAM ? SECCOMP_RET_ALLOW : SECCOMP_RET_TRAP);
	f->code[at].jf = (uint8_t)(f->count - at - 1);
}

static void make_filter(struct filter *f, const struct text *t)
{
	load(f, MACHINE);
	test(f, BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0);
	give(f, SECCOMP_RET_TRAP);
	load(f, NUMBER);
	test(f, BPF_JSET, X32, 0, 1);
	give(f, SECCOMP_RET_TRAP);
	for (unsigned i = 0; i < shim_call_count; i++)
		add_call(f, &shim_calls[i], t);
	give(f, SECCOMP_RET_ALLOW);
}

static bool put_on(struct filter *f)
{
	struct sock_fprog program = { f->count, f->code };

	return RAW(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0) == 0 &&
	       RAW(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program, 0, 0,
		   0) == 0;
}

/* A child of a resolver has its parent's filter, and needs no more than the handler. */
__attribute__((constructor)) static void start(void)
{
	static struct filter filter;
	struct page *p = shim_attach();
	struct text text = { 0, 0 };

	if (!p)
		return;
	dl_iterate_phdr(find_program, &text);
	make_filter(&filter, &text);
	if (!shim_entry() || filter.count > LENGTH || !put_on(&filter))
		shim_refuse(p, "seccomp (no filter can be put on)");
}
