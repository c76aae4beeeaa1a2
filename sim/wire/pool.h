/* SPDX-License-Identifier: BSD-2-Clause */
/* pool.h - sockets made in the clients namespace ahead of need: going there costs two system
 * calls. */
#pragma once

#include <stdbool.h>

#include "sim/wire/losses.h"
#include "sim/world/world.h"

#define POOL_SIZE 32

struct shelf {
	unsigned count;
	int fds[POOL_SIZE];
};

struct pool {
	int internet, clients; /* where we live, and where the sockets are made */
	bool is_transparent; /* they may be bound to addresses that are others' here */
	struct shelf shelves[2][2]; /* [is IPv6][is TCP] */
	struct losses losses; /* of all who take sockets from here */
};

void pool_init(struct pool *p, const struct world *w);

/* For sockets in the internet that speak in resolvers' names to one another. */
void pool_init_resolvers(struct pool *p, const struct world *w);
void pool_done(struct pool *p);

/* A socket of the clients, not yet bound, that may be bound to any address. */
int pool_take(struct pool *p, bool v6, bool tcp, struct err *e);
