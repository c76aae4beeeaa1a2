/* SPDX-License-Identifier: BSD-2-Clause */
/* tidier.h - who clears up after us, whatever ends us: a process of its own, in a session of its own,
 * that waits for the other end of a pipe to be gone. So one way of clearing up is the only one, and
 * `kill -9` is no other end than any. */
#pragma once

#include <sys/types.h>

#include "sim/base/err.h"

struct tidier {
	pid_t pid; /* 0: there is none */
	int held; /* what it waits for the end of */
};

/* From here on `clear` is called with `arg`, in that process, when we are gone or let go of it. What
 * child_run() has started is ended before. `clear` says whether all is cleared, and is called again
 * for a while if not. */
int tidier_begin(struct tidier *t, int (*clear)(const void *arg), const void *arg, struct err *e);

/* Lets it clear up, and waits for it. */
void tidier_end(struct tidier *t);
