/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define BILLION 1000000000

static int64_t begun; /* the machine's date when this program was loaded */

static int64_t machine_date(clockid_t c)
{
	struct timespec t = { 0 };

	RAW(SYS_clock_gettime, c, &t, 0, 0, 0, 0);
	return shim_from_timespec(&t);
}

__attribute__((constructor)) static void start(void)
{
	begun = machine_date(CLOCK_REALTIME_COARSE);
}

static bool can_write(int fd)
{
	long flags = RAW(SYS_fcntl, fd, F_GETFL, 0, 0, 0, 0);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/* It has a date of the machine's, and not from before our time. The kernel dates files by its coarse clock, or, since 6.13, by
 * the fine one. */
static bool was_written(int fd)
{
	struct stat st;
	int64_t date;

	if (RAW(SYS_fstat, fd, &st, 0, 0, 0, 0) < 0 || !S_ISREG(st.st_mode))
		return false;
	date = shim_from_timespec(&st.st_mtim);
	return date >= begun && date <= machine_date(CLOCK_REALTIME);
}

void shim_date_file(struct page *p, int fd)
{
	int saved = errno;

	if (can_write(fd) && was_written(fd)) {
		int64_t now = shim_now(p) + shim_epoch(p);
		const struct timespec dates[] = { { .tv_nsec = UTIME_OMIT },
						  { now / BILLION, now % BILLION } };

		RAW(SYS_utimensat, fd, NULL, dates, 0, 0, 0);
	}
	errno = saved;
}

/* libc closes its descriptor by itself. */
HOOK int fclose(FILE *f)
{
	static int (*real)(FILE *);
	struct page *p = page();
	int saved = errno, fd = p ? fileno(f) : -1;

	if (!real)
		real = shim_libc("fclose", NULL);
	if (fd >= 0 && can_write(fd)) {
		fflush(f);
		shim_date_file(p, fd);
	}
	errno = saved;
	return real(f);
}

/* ---- the disk ---- */

static int is_open(int fd)
{
	return RAW(SYS_fcntl, fd, F_GETFD, 0, 0, 0, 0) < 0 ? -1 : 0;
}

HOOK int fsync(int fd)
{
	return page() ? is_open(fd) : (int)RAW(SYS_fsync, fd, 0, 0, 0, 0, 0);
}

HOOK int fdatasync(int fd)
{
	return page() ? is_open(fd) : (int)RAW(SYS_fdatasync, fd, 0, 0, 0, 0, 0);
}

HOOK int msync(void *at, size_t len, int flags)
{
	if (page() && flags & MS_SYNC)
		flags = (flags & ~MS_SYNC) | MS_ASYNC;
	return (int)RAW(SYS_msync, at, len, flags, 0, 0, 0);
}
