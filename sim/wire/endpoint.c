/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/endpoint.h"

socklen_t endpoint_to_name(const struct endpoint *p, union endpoint_name *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (p->address.family == 4) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons(p->port);
		memcpy(&ret->v4.sin_addr, p->address.bytes, 4);
		return sizeof(ret->v4);
	}
	ret->v6.sin6_family = AF_INET6;
	ret->v6.sin6_port = htons(p->port);
	memcpy(&ret->v6.sin6_addr, p->address.bytes, 16);
	return sizeof(ret->v6);
}

struct endpoint endpoint_from_name(const union endpoint_name *n)
{
	struct endpoint p = { 0 };

	if (n->any.sa_family == AF_INET) {
		p.address.family = 4;
		p.port = ntohs(n->v4.sin_port);
		memcpy(p.address.bytes, &n->v4.sin_addr, 4);
	} else {
		p.address.family = 6;
		p.port = ntohs(n->v6.sin6_port);
		memcpy(p.address.bytes, &n->v6.sin6_addr, 16);
	}
	return p;
}

void endpoint_set_option(int fd, int level, int name, int value)
{
	setsockopt(fd, level, name, &value, sizeof(value));
}
