/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/pool.h"

#include <errno.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "sim/wire/endpoint.h"
#include "sim/world/netns.h"

void pool_init(struct pool *p, const struct world *w)
{
	*p = (struct pool){ .internet = w->internet, .clients = w->clients };
}

void pool_init_resolvers(struct pool *p, const struct world *w)
{
	*p = (struct pool){ .internet = w->internet,
			    .clients = w->internet,
			    .is_transparent = true };
}

void pool_done(struct pool *p)
{
	losses_done(&p->losses);
	for (int i = 0; i < 4; i++) {
		struct shelf *s = &p->shelves[i >> 1][i & 1];

		while (s->count)
			close(s->fds[--s->count]);
	}
}

static int new_socket(bool v6, bool tcp, bool is_transparent)
{
	int type = (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd = socket(v6 ? AF_INET6 : AF_INET, type, 0);

	if (fd < 0)
		return -1;
	endpoint_set_option(fd, SOL_SOCKET, SO_REUSEADDR, tcp);
	if (v6)
		endpoint_set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
	else
		endpoint_set_option(fd, IPPROTO_IP, IP_FREEBIND, 1);
	if (is_transparent)
		endpoint_set_option(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
				    v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, 1);
	return fd;
}

int pool_take(struct pool *p, bool v6, bool tcp, struct err *e)
{
	struct shelf *s = &p->shelves[v6][tcp];
	int r, code = 0;

	if (s->count)
		return s->fds[--s->count];
	r = netns_enter(p->clients, e);
	if (r < 0)
		return r;
	while (s->count < POOL_SIZE) {
		int fd = new_socket(v6, tcp, p->is_transparent);

		if (fd < 0) {
			code = errno;
			break;
		}
		s->fds[s->count++] = fd;
	}
	r = netns_enter(p->internet, e);
	if (r < 0)
		return r;
	if (!s->count)
		return err_set(e, -code, "cannot make a client's socket: %s", strerror(code));
	return s->fds[--s->count];
}
