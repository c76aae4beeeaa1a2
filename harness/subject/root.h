/* SPDX-License-Identifier: BSD-2-Clause */
/* root.h - a root folder that a resolver is taken from: debootstrap's, a container image unpacked, the
 * DESTDIR of a build.
 *
 * Its programs run with its own libc and libraries (sim/world/mounts.h). A folder that has no loader
 * for the program is laid over the machine's tree. All paths are what they are inside; links lead to
 * where they would lead there. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

#define ROOT_LIBC_OLDEST "2.31" /* that the clock library can be loaded in */

struct root {
	char folder[PATH_MAX]; /* absolute, without links */
	int fd;
	bool over; /* it is laid over the machine's tree */
	char libc[32]; /* "2.41", the version of its glibc; "": it has none, or does not tell */
	char loader[PATH_MAX]; /* of the program: "/lib64/ld-linux-x86-64.so.2"; "": none */
};

/* -EINVAL: there is no such folder, or it is the machine's own root. */
int root_open(const char *folder, struct root **ret, struct err *e);
void root_free(struct root *r);
DEFINE_FREEP(struct root, root)

/* The path of a program: `name` itself when it has a slash, or searched for where programs are.
 * -ENOENT, without a sentence. */
int root_find(const struct root *r, const char *name, char ret[PATH_MAX]);

/* Looks at the resolver's program, which root_find() gave: whether the folder has a system of its own
 * for it, and which. */
void root_look(struct root *r, const char *program);

/* Why the clock library cannot be loaded into a program, in a sentence: a static one, another
 * machine's, musl's, one of too old a libc. -ELIBACC; 0: it can, or the file tells nothing of it. */
int root_check(const struct root *r, const char *program, struct err *e);
