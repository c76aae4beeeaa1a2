/* SPDX-License-Identifier: BSD-2-Clause */
/* apart.h - what lives in a world beside the resolver: its children, and what they have become.
 *
 * Whoever has the clock's page in its memory is on the clock, or is the child of one who is. A
 * process without it was started past the clock library: by an environment of its own, or by a call
 * that nobody saw. Its time is the machine's. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "sim/world/world.h"

struct apart {
	pid_t pid; /* as we see it */
	char name[16]; /* as the kernel has it */
	bool has_page;
};

/* Ends a process of it, and all that it has started; the caller waits for it. */
void world_end(pid_t pid);

/* Who started a process; -1: it is not there any more. */
pid_t world_parent(pid_t pid);

/* The world's processes but for its own first one, those that have ended, and those whose memory may
 * not be looked at; at most `max` of them. `page` is what the page is called where a process has it
 * (proc(5), maps). */
unsigned world_apart(const struct world *w, const char *page, struct apart *ret, unsigned max);
