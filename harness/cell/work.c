/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/work.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#define SMALL ((off_t)16 << 20)
#define DEPTH 16

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	remove(path);
	return 0;
}

static int remove_large(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)ftw;
	if (kind == FTW_F && st->st_size > SMALL)
		unlink(path);
	return 0;
}

int work_remove(const char *folder)
{
	nftw(folder, remove_one, DEPTH, FTW_DEPTH | FTW_PHYS);
	return access(folder, F_OK) == 0 ? -EBUSY : 0;
}

static int remove_below(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	return ftw->level && remove(path) < 0 ? errno : 0;
}

int work_empty(const char *folder)
{
	int failed = nftw(folder, remove_below, DEPTH, FTW_DEPTH | FTW_PHYS);

	return failed < 0 ? -errno : -failed;
}

void work_trim(const char *folder)
{
	nftw(folder, remove_large, DEPTH, FTW_PHYS);
}
