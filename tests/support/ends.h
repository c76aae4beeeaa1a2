/* SPDX-License-Identifier: BSD-2-Clause */
/* ends.h - ends of packets and names of sockets, from addresses as text. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "sim/wire/endpoint.h"

/* `ip` must be an address. */
static inline struct endpoint end_at(const char *ip, uint16_t port)
{
	struct endpoint p = { .port = port };

	if (!address_parse(ip, &p.address))
		abort();
	return p;
}

static inline bool is_at(const struct endpoint *p, const char *ip, uint16_t port)
{
	struct endpoint q = end_at(ip, port);

	return endpoint_equal(p, &q);
}

static inline socklen_t name_at(const char *ip, uint16_t port, union endpoint_name *ret)
{
	struct endpoint p = end_at(ip, port);

	return endpoint_to_name(&p, ret);
}
