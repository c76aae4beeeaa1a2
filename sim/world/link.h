/* SPDX-License-Identifier: BSD-2-Clause */
/* link.h - links, addresses and routes: the world's cables, with no end in the host.
 *
 * Point-to-point veth pairs internet-resolver and clients-resolver with fixed MACs, two for each
 * resolver; local routes, so that internet answers for 198.18.0.0/16 and fd00:5f::/32 and clients for
 * everything else. Nothing leads out: link_check() proves it. The only user of libnl. */
#pragma once

#include <stdbool.h>

#include "sim/base/err.h"

#define LINK_HOSTS 64 /* resolvers at most */
#define LINK_RESOLVER_V4 "198.19.0.53" /* the first one's; then .54, .55 ... */
#define LINK_RESOLVER_V6 "fd00:53::53"
#define LINK_ADDRESS_LEN 40

/* A resolver's address; gives `ret`. */
const char *link_address(unsigned host, bool v6, char ret[LINK_ADDRESS_LEN]);

/* The network namespaces that they connect: of resolvers one. */
enum place { PLACE_INTERNET, PLACE_RESOLVER, PLACE_CLIENTS, PLACES };

/* Connects the three of a new world. -EOPNOTSUPP: with what the kernel lacks. */
int link_build(const int netns[PLACES], struct err *e);

/* Connects one resolver more to the other two. */
int link_add(const int netns[PLACES], unsigned host, struct err *e);

/* From here on what this resolver sends to another one's address comes to "internet", as if it were
 * for somebody there, who hands it on. */
int link_join(const int netns[PLACES], unsigned host, struct err *e);

/* 0 when no interface of these namespaces has a peer outside them and no route leads out; -EXDEV:
 * which does. The first is "internet", the second "clients", all others are resolvers'. Leaves the
 * caller in "internet". */
int link_check(const int *netns, unsigned count, struct err *e);
