/* SPDX-License-Identifier: BSD-2-Clause */
/* loadable.h - whether a library can be loaded into a program before it starts (LD_PRELOAD): the
 * program has to name a loader of its own, which does that (PT_INTERP, elf(5)). Static programs do
 * not, and most of those that are written in Go. */
#pragma once

#include <stddef.h>

/* Why none can, to be said of the file: "is a static program". NULL: it can, or the file tells
 * nothing of it. A script is what its interpreter is. */
const char *loadable_why_not(const char *path);

/* What the kernel starts in a file's place: a program's loader, a script's interpreter. "": nothing,
 * or what does not fit into `size` bytes. Gives `ret`. */
char *loadable_interpreter(const char *path, char *ret, size_t size);
