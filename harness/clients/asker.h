/* SPDX-License-Identifier: BSD-2-Clause */
/* asker.h - who asks the resolver, as a cell's loop sees him.
 *
 * The loop hands him every packet that comes to the clients' side, lets him do what is due, and
 * waits no longer than until there is something to do again. Whether he is all clients of a
 * scenario or one question of a case is nothing to the loop. */
#pragma once

#include "sim/base/err.h"
#include "sim/wire/packet.h"

struct asker_ops {
	/* A packet has come; one that nobody asked for is dropped. */
	int (*take)(void *self, const struct packet *p, struct err *e);

	/* Does what is due at `now`. */
	int (*run)(void *self, simtime now, struct err *e);

	/* When there is something to do next; SIMTIME_NEVER for nothing. */
	simtime (*due)(const void *self);
};

struct asker {
	const struct asker_ops *ops; /* NULL: nobody asks */
	void *self; /* lent */
};
