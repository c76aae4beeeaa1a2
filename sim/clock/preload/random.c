/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/random.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "sim/base/rng.h"
#include "sim/clock/preload/table.h"

static _Atomic uint64_t drawn;

/* 0: there is none. Beside the clock each process has its own, and after fork() the child. */
static uint64_t seed_of(struct page *p)
{
	if (p)
		return area(p)->seed;
	return shim_seed ? rng_of((uint64_t)shim_seed, (uint64_t)RAW(SYS_getpid, 0, 0, 0, 0, 0, 0))
			 : 0;
}

static bool fill(void *data, size_t len)
{
	uint64_t seed = seed_of(page());
	uint8_t *at = data;

	if (!seed)
		return false;
	while (len) {
		uint64_t v = rng_of(seed, atomic_fetch_add(&drawn, 1));
		size_t n = len < sizeof(v) ? len : sizeof(v);

		memcpy(at, &v, n);
		at += n;
		len -= n;
	}
	return true;
}

HOOK ssize_t getrandom(void *data, size_t len, unsigned int flags)
{
	bool both = flags & GRND_RANDOM && flags & GRND_INSECURE;

	if (both || flags & ~(unsigned)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return failed(EINVAL);
	if (len > INT_MAX)
		len = INT_MAX; /* as the kernel */
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

/* ---- the devices ---- */

/* /dev/random or /dev/urandom, by whatever path. */
static bool is_random_device(int fd)
{
	struct stat st;

	return RAW(SYS_fstat, fd, &st, 0, 0, 0, 0) == 0 && S_ISCHR(st.st_mode) &&
	       (st.st_rdev == makedev(1, 8) || st.st_rdev == makedev(1, 9));
}

/* It stays the device, which says of itself what it always does and can be written to, polled and
 * copied; what is read of it comes from the seed, without end. */
static int open_file(int dir, const char *path, int flags, mode_t mode)
{
	struct page *p = page();
	int fd = (int)RAW(SYS_openat, dir, path, flags, mode, 0, 0);

	if (fd < 0 || !p || !area(p)->seed || !is_random_device(fd))
		return fd;
	if (!net_descriptor(fd))
		shim_refuse(p, "open (of a random device, descriptor above 65535)");
	net_remember(fd, KIND_RANDOM, 0, true);
	return fd;
}

ssize_t random_read(void *data, size_t len)
{
	return getrandom(data, len, 0);
}

ssize_t random_readv(const struct iovec *iov, int count)
{
	ssize_t sum = 0;

	for (int i = 0; i < count; i++)
		sum += random_read(iov[i].iov_base, iov[i].iov_len);
	return sum;
}

HOOK ssize_t pread64(int fd, void *data, size_t len, off64_t at)
{
	if (page() && net_is_kind(fd, KIND_RANDOM))
		return random_read(data, len);
	return RAW(SYS_pread64, fd, data, len, at, 0, 0);
}

HOOK ssize_t pread(int fd, void *data, size_t len, off_t at)
{
	return pread64(fd, data, len, at);
}

/* ---- opening ---- */

/* What stands behind `flags`, when a file may be made. */
#define MODE_BEHIND(flags)                                                                         \
	({                                                                                         \
		va_list ap;                                                                        \
		mode_t mode;                                                                       \
		va_start(ap, flags);                                                               \
		mode = (flags) & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;                 \
		va_end(ap);                                                                        \
		mode;                                                                              \
	})

HOOK int open(const char *path, int flags, ...)
{
	return open_file(AT_FDCWD, path, flags, MODE_BEHIND(flags));
}

HOOK int open64(const char *path, int flags, ...)
{
	return open_file(AT_FDCWD, path, flags, MODE_BEHIND(flags));
}

HOOK int openat(int dir, const char *path, int flags, ...)
{
	return open_file(dir, path, flags, MODE_BEHIND(flags));
}

HOOK int openat64(int dir, const char *path, int flags, ...)
{
	return open_file(dir, path, flags, MODE_BEHIND(flags));
}

/* Of fortified programs; none of them makes a file. */
HOOK int __open_2(const char *path, int flags)
{
	return open_file(AT_FDCWD, path, flags, 0);
}

HOOK int __open64_2(const char *path, int flags)
{
	return open_file(AT_FDCWD, path, flags, 0);
}

HOOK int __openat_2(int dir, const char *path, int flags)
{
	return open_file(dir, path, flags, 0);
}

HOOK int __openat64_2(int dir, const char *path, int flags)
{
	return open_file(dir, path, flags, 0);
}

/* stdio reads by itself: it is given what we read. */
static ssize_t read_stream(void *cookie, char *data, size_t len)
{
	(void)cookie;
	return random_read(data, len);
}

static FILE *open_stream(const char *name, const char *path, const char *mode)
{
	static const cookie_io_functions_t ours = { .read = read_stream };
	FILE *(*real)(const char *, const char *) = shim_libc(name, NULL);
	FILE *f = real(path, mode);

	if (!f || !seed_of(page()) || !is_random_device(fileno(f)))
		return f;
	fclose(f);
	return fopencookie(NULL, mode, ours);
}

HOOK FILE *fopen(const char *path, const char *mode)
{
	return open_stream("fopen", path, mode);
}

HOOK FILE *fopen64(const char *path, const char *mode)
{
	return open_stream("fopen64", path, mode);
}
