/* SPDX-License-Identifier: BSD-2-Clause */
/* program.h - programs on this machine: where they are, and what they say of themselves. */
#pragma once

#include <limits.h>
#include <stddef.h>

#include "sim/base/err.h"

/* The absolute path of a program: `name` itself when it has a slash, or searched for in PATH and
 * then where system programs are, which a user's PATH leaves out. -ENOENT, without a sentence: not
 * there, or not to be run. */
int program_find(const char *name, char ret[PATH_MAX]);

/* Runs argv[0] to its end and puts the beginning of what it wrote, to stdout or stderr, into
 * `text`. -ETIMEDOUT: it took more than some seconds and was killed. How it ends does not matter.
 */
int program_ask(const char *const *argv, char *text, size_t size, struct err *e);
