/* SPDX-License-Identifier: BSD-2-Clause */
/* link.h - links, addresses and routes: the world's cables, with no end in the host.
 *
 * Point-to-point veth pairs internet-resolver and clients-resolver with fixed MACs; local
 * routes, so that internet answers for 198.18.0.0/16 and fd00:5f::/32 and clients for everything
 * else. Nothing leads out: link_check() proves it. The only user of libnl. */
#pragma once

#include "sim/base/err.h"

#define LINK_RESOLVER_V4 "198.19.0.53" /* with more resolvers: .54, .55 … */
#define LINK_RESOLVER_V6 "fd00:53::53"

/* The network namespaces that they connect. */
enum place { PLACE_INTERNET, PLACE_RESOLVER, PLACE_CLIENTS, PLACES };

/* Connects the three of a new world. -EOPNOTSUPP: with what the kernel lacks. */
int link_build(const int netns[PLACES], struct err *e);

/* 0 when no interface of the three has a peer outside them and no route leads out; -EXDEV: which
 * does. Leaves the caller in "internet". */
int link_check(const int netns[PLACES], struct err *e);
