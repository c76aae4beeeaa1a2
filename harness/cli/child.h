/* SPDX-License-Identifier: BSD-2-Clause */
/* child.h - the user's own programs and git, run one after the other and waited for: what an
 * interrupt ends with us.
 *
 * A child has no input, a group of its own, and is killed when we are. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/err.h"

struct child {
	const char *const *argv; /* searched for in PATH */
	const char *folder; /* its working directory; NULL: ours */
	const char *const *env; /* NAME=VALUE that are added; NULL: none */
	int out; /* where stdout and stderr go */
	bool anyway; /* an interrupt does not end it: it clears up */
};

/* From here on the pid of whatever runs is written to `fd`, and 0 when it is over; -1: no more. */
void child_tell(int fd);

/* Runs it to its end. 0: `ret` is its exit status, or 128 + signal. -EINTR: interrupt_count() said
 * so, and it and what it started are gone. -ENOENT: there is no such program. Between
 * interrupt_catch() and interrupt_let_go(). */
int child_run(const struct child *c, int *ret, struct err *e);

/* The same; what it prints comes into `text`, as far as it fits. */
int child_ask(const struct child *c, char *text, size_t size, int *ret, struct err *e);

/* The first line of a text that says "error: "; else its last one, as child_last_line(). */
const char *child_error_line(char *text);

/* The last line of a text that says something; lent by it, which is cut there. "": none. */
const char *child_last_line(char *text);
