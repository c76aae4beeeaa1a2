/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel lends every process code that tells the time without a system call (vdso(7)). Who does
 * not ask libc, a language's runtime, calls that directly, and libc does so inside: its functions
 * become jumps to ours, in this process's copy. */
#include "sim/clock/preload/shim.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

/* They return as a system call does. */
static int vdso_clock_gettime(clockid_t c, struct timespec *t)
{
	return clock_gettime(c, t) < 0 ? -EINVAL : 0;
}

static int vdso_gettimeofday(struct timeval *tv, struct timezone *tz)
{
	if (tz)
		*tz = (struct timezone){ 0 };
	return tv ? gettimeofday(tv, NULL) : 0;
}

static time_t vdso_time(time_t *ret)
{
	return time(ret);
}

/* Who gets no random numbers here asks by a system call. */
static long vdso_getrandom(void)
{
	return -ENOSYS;
}

static const struct {
	const char *name;
	void *ours;
} table[] = { { "__vdso_clock_gettime", (void *)vdso_clock_gettime },
	      { "__vdso_gettimeofday", (void *)vdso_gettimeofday },
	      { "__vdso_time", (void *)vdso_time },
	      { "__vdso_getrandom", (void *)vdso_getrandom } };

/* movabs $to, %rax; jmp *%rax */
#define JUMP_SIZE 12

static void make_jump(uint8_t ret[JUMP_SIZE], const void *to)
{
	memcpy(ret, "\x48\xb8", 2);
	memcpy(ret + 2, &to, 8);
	memcpy(ret + 10, "\xff\xe0", 2);
}

/* Where the kernel seals its mappings against mprotect(), a process's memory is still a file. */
static bool write_by_file(void *at, const uint8_t *data, size_t len)
{
	int fd = (int)RAW(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR | O_CLOEXEC, 0, 0, 0);
	bool done = fd >= 0 && RAW(SYS_pwrite64, fd, data, len, at, 0, 0) == (long)len;

	if (fd >= 0)
		RAW(SYS_close, fd, 0, 0, 0, 0, 0);
	return done;
}

static bool overwrite(void *at, const uint8_t *data, size_t len)
{
	uintptr_t from = (uintptr_t)at & ~(uintptr_t)4095;
	uintptr_t to = ((uintptr_t)at + len + 4095) & ~(uintptr_t)4095;

	if (RAW(SYS_mprotect, from, to - from, PROT_READ | PROT_WRITE | PROT_EXEC, 0, 0, 0) < 0)
		return write_by_file(at, data, len);
	memcpy(at, data, len);
	RAW(SYS_mprotect, from, to - from, PROT_READ | PROT_EXEC, 0, 0, 0);
	return true;
}

static bool divert(void *vdso, const char *name, const void *ours)
{
	void *at = dlsym(vdso, name);
	uint8_t jump[JUMP_SIZE];
	ElfW(Sym) *symbol = NULL;
	Dl_info info;

	if (!at)
		return true; /* an older kernel has none */
	if (!dladdr1(at, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol ||
	    symbol->st_size < JUMP_SIZE)
		return false;
	make_jump(jump, ours);
	return overwrite(at, jump, sizeof(jump));
}

__attribute__((constructor)) static void start(void)
{
	struct page *p = shim_attach();
	void *vdso;

	if (!p)
		return;
	vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD);
	for (size_t i = 0; vdso && i < sizeof(table) / sizeof(table[0]); i++)
		if (!divert(vdso, table[i].name, table[i].ours))
			shim_refuse(p,
				    access("/proc/self/mem", F_OK) == 0
					    ? table[i].name
					    : "vdso (which this kernel seals, and /proc is empty)");
	if (vdso)
		dlclose(vdso);
}
