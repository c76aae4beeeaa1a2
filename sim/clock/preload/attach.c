/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/shim.h"

#include <dlfcn.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>

struct page *shim_page, *shim_parent;
unsigned shim_area;
bool shim_is_told;
int64_t shim_date_offset, shim_date_stands, shim_seed;

static _Atomic int attach_state; /* 0 not tried, 1 trying, 2 done */

/* A system call as C would call it. It does not depend on where it stands: see shim.h. */
long entry(long n, long a, long b, long c, long d, long e, long f);
extern const char entry_made[], entry_end[]; /* after the call; after all of it */

__asm__(".pushsection .text\n"
	".hidden entry, entry_made, entry_end\n"
	".globl entry, entry_made, entry_end\n"
	".type entry, @function\n"
	"entry:\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %rcx, %rdx\n"
	"	mov %r8, %r10\n"
	"	mov %r9, %r8\n"
	"	mov 8(%rsp), %r9\n"
	"	syscall\n"
	"entry_made:\n"
	"	ret\n"
	"entry_end:\n"
	".popsection\n");

static long (*enter)(long, long, long, long, long, long, long) = entry;
static bool is_entry_fixed;

/* Nothing may be called yet that is not raw. */
static bool fix_entry(void)
{
	void *at = (void *)RAW(SYS_mmap, SHIM_ENTRY, 4096, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (at != (void *)SHIM_ENTRY)
		return false;
	memcpy(at, (const void *)entry, (size_t)(entry_end - (const char *)entry));
	if (RAW(SYS_mprotect, at, 4096, PROT_READ | PROT_EXEC, 0, 0, 0) < 0)
		return false;
	enter = (long (*)(long, long, long, long, long, long, long))at;
	return true;
}

uint64_t shim_entry(void)
{
	return !is_entry_fixed ? 0 : SHIM_ENTRY + (uint64_t)(entry_made - (const char *)entry);
}

/* After an exec() the filter is there before us. */
long shim_raw(long n, long a, long b, long c, long d, long e, long f)
{
	long r;

	if (__builtin_expect(!atomic_load_explicit(&attach_state, memory_order_relaxed), 0))
		shim_attach();
	r = enter(n, a, b, c, d, e, f);
	if (r < 0 && r > -4096) {
		errno = (int)-r;
		return -1;
	}
	return r;
}

void *shim_libc(const char *name, const char *version)
{
	void *f = version ? dlvsym(RTLD_NEXT, name, version) : NULL;

	return f ? f : dlsym(RTLD_NEXT, name);
}

/* The first process that attaches has the area, through every exec(); its children do not. */
static bool is_ours(struct page *p)
{
	int32_t pid = (int32_t)RAW(SYS_getpid, 0, 0, 0, 0, 0, 0), expected = 0;

	return atomic_compare_exchange_strong(&p->area[shim_area].pid, &expected, pid) ||
	       expected == pid;
}

static const char *environment(const char *name, size_t len)
{
	extern char **environ;

	for (char **v = environ; *v; v++)
		if (strncmp(*v, name, len) == 0 && (*v)[len] == '=')
			return *v + len + 1;
	return NULL;
}

static int64_t number(const char *text)
{
	bool negative = *text == '-';
	int64_t n = 0;

	for (text += negative; *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (*text - '0');
	return negative ? -n : n;
}

/* As much of the page as there is, which it says itself. */
static struct page *map_page(void)
{
	size_t size = sizeof(struct page);
	struct page *p;

	for (int i = 0;; i++) {
		p = (struct page *)RAW(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED,
				       PAGE_FD, 0);
		if (p == MAP_FAILED)
			return NULL;
		if (p->magic != PAGE_MAGIC || p->version != PAGE_VERSION || p->room > PAGE_AREAS)
			return NULL;
		if (i)
			return p;
		size = page_size(p->room);
		RAW(SYS_munmap, p, sizeof(*p), 0, 0, 0, 0);
	}
}

/* Maps the page when the environment names an area. No allocation: this may run inside malloc's own
 * start. */
struct page *shim_attach(void)
{
	extern char **environ;
	const char *value, *date, *stands, *seed;
	int expected = 0;
	struct page *p;

	if (!environ || !atomic_compare_exchange_strong(&attach_state, &expected, 1))
		return shim_page;
	value = environment(PAGE_ENV, sizeof(PAGE_ENV) - 1);
	date = environment(PAGE_ENV_DATE, sizeof(PAGE_ENV_DATE) - 1);
	stands = environment(PAGE_ENV_STANDS, sizeof(PAGE_ENV_STANDS) - 1);
	seed = environment(PAGE_ENV_SEED, sizeof(PAGE_ENV_SEED) - 1);
	if (!value && date)
		shim_date_offset = number(date);
	if (!value && stands)
		shim_date_stands = number(stands);
	if (!value && stands && seed)
		shim_seed = number(seed);
	if (!value)
		goto out;
	shim_is_told = true;
	is_entry_fixed = fix_entry();
	p = map_page();
	if (!p)
		goto out;
	shim_area = (unsigned)number(value);
	if (shim_area < p->room)
		*(is_ours(p) ? &shim_page : &shim_parent) = p;
out:
	atomic_store(&attach_state, 2);
	/* Libraries that are loaded beside us may call before we are begun, and after an exec() the
	 * filter is there before us. */
	if (shim_is_told)
		shim_catch();
	return shim_page;
}

void shim_ring(struct page *p)
{
	atomic_fetch_add(&p->bell, 1);
	if (atomic_load(&p->bell_waiting))
		RAW(SYS_futex, &p->bell, FUTEX_WAKE, 1, 0, 0, 0);
}

void shim_kick(struct page *p)
{
	atomic_fetch_add(&p->kicks, 1);
}

void shim_detach(void)
{
	if (shim_page)
		shim_parent = shim_page;
	shim_page = NULL;
	atomic_store(&attach_state, 2);
}

void shim_refuse(struct page *p, const char *call)
{
	uint32_t expected = 0;

	if (atomic_compare_exchange_strong(&p->refused, &expected, 1)) {
		strncpy(p->refused_name, call, sizeof(p->refused_name) - 1);
		atomic_store(&p->refused, 2);
	}
	shim_ring(p);
	RAW(SYS_exit_group, 125, 0, 0, 0, 0, 0);
	__builtin_unreachable();
}
