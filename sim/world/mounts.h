/* SPDX-License-Identifier: BSD-2-Clause */
/* mounts.h - what a program in the sandbox sees of the file system.
 *
 * The machine's own tree, every mount of it read-only, without devices and set-id, and over it:
 *
 *	/proc		of the pid namespace that the caller is in
 *	/dev		null, zero, full, random, urandom, and an empty shm
 *	/tmp /var/tmp	empty, and the program's
 *	/run		empty but for MOUNTS_WORK, the one folder of the machine that may be written to
 *	/home /root	empty, as is the caller's home folder, wherever that is
 *
 * What the program needs and what lies in one of these, or below a folder that it may not go
 * through, is put at its own path there, alone; but no folder that is somebody's home, or that is
 * closed to the program itself. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "sim/base/err.h"

#define MOUNTS_WORK "/run/sigfault"

struct mounts {
	const char *work; /* shown as MOUNTS_WORK; NULL: an empty folder is */
	const char *const *paths; /* absolute: files and folders that it needs; ends with NULL */
	uid_t uid; /* who looks, as the caller knows him */
	gid_t gid;
};

/* Makes the caller's mount namespace one of that kind, with the tree's root for its own. `lacks`
 * gets a sentence for each thing that could not be had. The caller is root in his user namespace,
 * and a process that is used for nothing else, since an error leaves it with half of it. -EPERM and
 * others: mounts are refused. */
int mounts_make(const struct mounts *v, char *lacks, size_t size, struct err *e);
