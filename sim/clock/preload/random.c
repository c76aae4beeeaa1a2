/* SPDX-License-Identifier: BSD-2-Clause */
/* Randomness drawn from the page's seed, so that a run can be repeated; from the kernel when the
 * seed is 0. */
#include "sim/clock/preload/shim.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sim/base/rng.h"

static _Atomic uint64_t drawn;

static bool fill(void *data, size_t len)
{
	struct page *p = page();
	uint8_t *at = data;

	if (!p || !area(p)->seed)
		return false;
	while (len) {
		uint64_t v = rng_of(area(p)->seed, atomic_fetch_add(&drawn, 1));
		size_t n = len < sizeof(v) ? len : sizeof(v);

		memcpy(at, &v, n);
		at += n;
		len -= n;
	}
	return true;
}

HOOK ssize_t getrandom(void *data, size_t len, unsigned int flags)
{
	return fill(data, len) ? (ssize_t)len : RAW(SYS_getrandom, data, len, flags, 0, 0, 0);
}

HOOK int getentropy(void *data, size_t len)
{
	if (len > 256) {
		errno = EIO;
		return -1;
	}
	return getrandom(data, len, 0) == (ssize_t)len ? 0 : -1;
}

HOOK void arc4random_buf(void *data, size_t len)
{
	for (uint8_t *at = data; len;) {
		ssize_t n = getrandom(at, len, 0);

		if (n < 0)
			continue;
		at += n;
		len -= (size_t)n;
	}
}

HOOK uint32_t arc4random(void)
{
	uint32_t v;

	arc4random_buf(&v, sizeof(v));
	return v;
}

HOOK uint32_t arc4random_uniform(uint32_t limit)
{
	return limit < 2 ? 0 : (uint32_t)((uint64_t)arc4random() * limit >> 32);
}

/* OpenSSL and GnuTLS, in programs that use them. */
HOOK int RAND_bytes(unsigned char *data, int len)
{
	arc4random_buf(data, (size_t)len);
	return 1;
}

HOOK int RAND_priv_bytes(unsigned char *data, int len)
{
	return RAND_bytes(data, len);
}

HOOK int gnutls_rnd(int level, void *data, size_t len)
{
	(void)level;
	arc4random_buf(data, len);
	return 0;
}

static bool is_random_device(const char *path)
{
	return strcmp(path, "/dev/urandom") == 0 || strcmp(path, "/dev/random") == 0;
}

/* A read of the device itself would bring the kernel's bytes in by another door: 64 KiB of ours, in
 * a pipe's stead. */
static int open_random(void)
{
	uint8_t bytes[4096];
	int fd = (int)RAW(SYS_memfd_create, "random", 0, 0, 0, 0, 0);

	for (int i = 0; fd >= 0 && i < 16; i++) {
		arc4random_buf(bytes, sizeof(bytes));
		RAW(SYS_write, fd, bytes, sizeof(bytes), 0, 0, 0);
	}
	if (fd >= 0)
		RAW(SYS_lseek, fd, 0, SEEK_SET, 0, 0, 0);
	return fd;
}

static int open_file(int dir, const char *path, int flags, mode_t mode)
{
	struct page *p = page();

	if (p && area(p)->seed && is_random_device(path))
		return open_random();
	return (int)RAW(SYS_openat, dir, path, flags, mode, 0, 0);
}

static mode_t mode_argument(int flags, va_list ap)
{
	return flags & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

HOOK int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_argument(flags, ap);
	va_end(ap);
	return open_file(AT_FDCWD, path, flags, mode);
}

HOOK int open64(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_argument(flags, ap);
	va_end(ap);
	return open_file(AT_FDCWD, path, flags, mode);
}

HOOK int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_argument(flags, ap);
	va_end(ap);
	return open_file(dir, path, flags, mode);
}
