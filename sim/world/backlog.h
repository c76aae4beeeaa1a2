/* SPDX-License-Identifier: BSD-2-Clause */
/* backlog.h - listeners in the resolvers' hosts that have no place for another connection: as many wait to be
 * accepted as the program asked for in listen(). What the kernel then gets for one it loses. */
#pragma once

#include <stdint.h>

#include "sim/world/world.h"

struct backlog_listener {
	uint8_t family; /* 4 or 6 */
	uint8_t address[16]; /* in network order, 4 bytes of it or all */
	uint16_t port;
};

#define BACKLOG_MOST 128

/* Those that are full: how many, BACKLOG_MOST at most. Leaves the caller in "internet". -errno: the kernel does
 * not tell (sock_diag(7)). */
int backlog_full(const struct world *w, struct backlog_listener ret[BACKLOG_MOST], struct err *e);
