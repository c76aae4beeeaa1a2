/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/connections_inside.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "sim/wire/turned_away.h"

unsigned connection_under_way(const struct connection *c, uint8_t *state)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(c->handle.fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return 0;
	*state = info.tcpi_state;
	return info.tcpi_unacked;
}

uint64_t connections_in_flight(const struct connections *all)
{
	uint64_t bytes = 0;

	for (const struct connection *c = all->oldest; c; c = c->hh.next) {
		int queued = 0;

		bytes += c->out.end - c->out.start;
		if (ioctl(c->handle.fd, SIOCOUTQ, &queued) == 0)
			bytes += (uint64_t)queued;
	}
	return bytes;
}

bool connection_kernel_has(const struct connection *c)
{
	int queued = 0;

	return ioctl(c->handle.fd, SIOCOUTQ, &queued) == 0 && queued;
}

unsigned connections_awaited(const struct connections *all)
{
	unsigned segments = 0;
	uint8_t state;

	for (struct connection *c = all->oldest; c; c = c->hh.next) {
		unsigned n = c->is_awaited ? connection_under_way(c, &state) : 0;

		segments += n;
		c->is_awaited = c->is_awaited && (n || connection_kernel_has(c));
	}
	return segments;
}

unsigned connections_give_up(struct connections *all)
{
	struct connection *c, *next;
	unsigned segments = 0;
	uint8_t state = 0;

	for (c = all->oldest; c; c = next) {
		unsigned n = connection_under_way(c, &state);

		next = c->hh.next;
		if (n && state == TCP_SYN_SENT)
			connection_give_up(all, c, state);
		else
			segments += n;
	}
	return segments;
}

unsigned connections_turn_away(struct connections *all, const struct backlog_listener *full,
			       int count)
{
	struct connection *c, *next;
	unsigned lost = 0;

	for (c = all->oldest; c; c = next) {
		next = c->hh.next;
		if (c->side != SIDE_CLIENT || !turned_away(c->handle.fd, &c->there, full, count))
			continue;
		connection_give_up(all, c, TCP_SYN_SENT);
		lost++;
	}
	return lost;
}
