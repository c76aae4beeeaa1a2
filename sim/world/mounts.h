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
 * closed to the program itself.
 *
 * In the place of the machine's tree may stand another folder, with a system of its own or laid over
 * the machine's (mounts_root.h); then homes are covered where they are the machine's, and the paths
 * that a program needs are in there already where the system is its own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sim/base/err.h"

#define MOUNTS_WORK "/run/sigfault"
#define MOUNTS_LIBRARY "/run/libsigfault-clock.so"

/* What stands in for the machine's tree. */
struct mounts_root {
	const char *folder; /* absolute; NULL: nothing does */
	bool over; /* it is laid over the machine's: what it lacks is there */
	const char *library; /* shown as MOUNTS_LIBRARY; NULL: none is */
};

struct mounts {
	const char *work; /* shown as MOUNTS_WORK; NULL: an empty folder is */
	const char *const *paths; /* absolute: files and folders that it needs; ends with NULL */
	struct mounts_root root;
	uid_t uid; /* who looks, as the caller knows him */
	gid_t gid;
};

/* Makes the caller's mount namespace one of that kind, with the tree's root for its own. `lacks`
 * gets a sentence for each thing that could not be had. The caller is root in his user namespace,
 * and a process that is used for nothing else, since an error leaves it with half of it. -EPERM and
 * others: mounts are refused. */
int mounts_make(const struct mounts *v, char *lacks, size_t size, struct err *e);
