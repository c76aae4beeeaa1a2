/* SPDX-License-Identifier: BSD-2-Clause */
/* endpoint.h - an address and a port: where a packet comes from or goes to. */
#pragma once

#include <netinet/in.h>

#include "zones/address.h"

struct endpoint {
	struct address address;
	uint16_t port;
};

/* What the kernel calls an endpoint. */
union endpoint_name {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Gives the length of the name. */
socklen_t endpoint_to_name(const struct endpoint *p, union endpoint_name *ret);
struct endpoint endpoint_from_name(const union endpoint_name *n);

/* setsockopt() with a number; what the kernel refuses is done without. */
void endpoint_set_option(int fd, int level, int name, int value);

static inline bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && address_equal(&a->address, &b->address);
}
