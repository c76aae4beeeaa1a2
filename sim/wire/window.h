/* SPDX-License-Identifier: BSD-2-Clause */
/* window.h - a stretch of time in which no process can see what another one does in it, as links have
 * a delay: all that have something to do there do it beside one another, each at its own time
 * (page.h, "Apart").
 *
 * It begins with the first thing that one of them has to do, or has sent. Where TCP is open, which is
 * the kernel's, it is an instant. A process that sent what somebody may react to at once stands
 * where it is. All is done up to the horizon: what was sent until then can be taken. */
#pragma once

#include "sim/wire/areas.h"

struct window {
	struct areas *areas; /* lent */
	simtime last; /* nobody goes further */
	bool is_instant;
	bool some_run; /* as it was left */
	uint64_t stand;
	simtime next[PAGE_AREAS]; /* when each has something to do; or stands, or runs */
};

struct window window_begin(struct areas *a, simtime until, bool has_streams, bool some_run);

/* Wakes all that have something to do; how many that are. */
unsigned window_wake(const struct window *w);

/* They rest, or some still run; true: others have something to do in it now. */
bool window_look(struct window *w, bool some_run);

/* Up to when all is done. */
simtime window_horizon(const struct window *w);
