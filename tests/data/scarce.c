/* SPDX-License-Identifier: BSD-2-Clause */
/* scarce.c - a library to preload: the allocation whose number SCARCE has finds no memory, in a program
 * of the name 'sigfault'; with SCARCE_COUNT it writes how many there were to that descriptor. A test
 * builds it (tests/net/test_told.c). libcrypto's own are left out: OpenSSL 3.0 ends by a signal where it
 * finds none for a lock. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static long number, scarce = -1;

static int is_ours(void)
{
	return strcmp(program_invocation_short_name, "sigfault") == 0;
}

static int fails(const void *caller)
{
	Dl_info from;

	if (scarce < 0) {
		const char *text = getenv("SCARCE");

		scarce = text && is_ours() ? atol(text) : 0;
	}
	if (++number != scarce || (dladdr(caller, &from) && strstr(from.dli_fname, "libcrypto")))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, size);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	size_t all;

	return __builtin_mul_overflow(n, size, &all) || fails(__builtin_return_address(0))
		       ? NULL
		       : __libc_realloc(p, all);
}

__attribute__((destructor)) static void tell(void)
{
	const char *text = getenv("SCARCE_COUNT");

	if (text && is_ours())
		dprintf(atoi(text), "%ld\n", number);
}
