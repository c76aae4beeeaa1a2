/* SPDX-License-Identifier: BSD-2-Clause */
/* link.h - links, addresses and routes: the world's cables, with no end in the host.
 *
 * Point-to-point veth pairs internet-resolver and clients-resolver with fixed MACs; local
 * routes, so that internet answers for 198.18.0.0/16 and fd00:5f::/32 and clients for everything
 * else. Nothing leads out: link_check() proves it. The only user of libnl. */
#pragma once

#include "sim/world/world.h"

#define LINK_RESOLVER_V4 "198.19.0.53" /* with more resolvers: .54, .55 … */
#define LINK_RESOLVER_V6 "fd00:53::53"

/* Connects the three namespaces of a new world. -EOPNOTSUPP: with what the kernel lacks. */
int link_build(const struct world *w, struct err *e);

/* 0 when no interface of the three has a peer outside them and no route leads out; -EXDEV: which
 * does. */
int link_check(const struct world *w, struct err *e);
