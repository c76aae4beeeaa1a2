/* SPDX-License-Identifier: BSD-2-Clause */
/* program.h - programs on this machine: where they are, and what they say of themselves. */
#pragma once

#include <limits.h>
#include <stddef.h>

#include "sim/base/err.h"
#include "sim/world/mounts.h"

/* The absolute path of a program: `name` itself when it has a slash, or searched for in PATH and
 * then where system programs are, which a user's PATH leaves out. -ENOENT, without a sentence: not
 * there, or not to be run. */
int program_find(const char *name, char ret[PATH_MAX]);

#define PROGRAM_PATIENCE 10000 /* ms */

/* Runs argv[0] to its end and puts the beginning of what it wrote, to stdout or stderr, into
 * `text`; how it ends does not matter. It is in a sandbox without a network, in which it sees
 * `paths` and `root` (NULL: the machine's) as sandbox.h has it, and whatever it starts ends with it, or with us. -ETIMEDOUT: it took more
 * than `patience` milliseconds; -EPERM: it could not be asked. `text` is empty then. */
int program_ask(const char *const *argv, const char *const *paths, const struct mounts_root *root,
		int patience, char *text, size_t size, struct err *e);
