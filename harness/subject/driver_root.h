/* SPDX-License-Identifier: BSD-2-Clause */
/* driver_root.h - a driver's programs in a root folder: where they are in it, what it is called, and
 * what it lacks. For driver*.c alone. */
#pragma once

#include "harness/subject/driver_call.h"

/* As driver_find_programs(), in the folder that `root` means: a path, or a version of the store's.
 * `other` is a program where none is looked for, or NULL. What is not there is the driver's trouble.
 * -EINVAL: there is no such folder. */
int driver_find_root(struct driver *d, const char *root, const char *other, struct err *e);

/* Notes why a program there did not tell its version: it lacks libraries, or is another one. */
void driver_find_trouble(struct driver *d);
