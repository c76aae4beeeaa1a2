/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/turned_away.h"

#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* Where struct tcp_info of linux/tcp.h has tcpi_bytes_acked: glibc's ends before it. */
#define BYTES_ACKED 120

static bool has_no_place(int fd)
{
	struct {
		struct tcp_info known;
		uint8_t more[256];
	} info = { 0 };
	socklen_t len = sizeof(info);
	uint64_t acked;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 ||
	    len < BYTES_ACKED + sizeof(acked))
		return false;
	memcpy(&acked, (const uint8_t *)&info + BYTES_ACKED, sizeof(acked));
	return info.known.tcpi_unacked && (info.known.tcpi_state == TCP_SYN_SENT || acked <= 1);
}

static bool is_among(const struct endpoint *at, const struct backlog_listener *list, int count)
{
	for (int i = 0; i < count; i++)
		if (list[i].port == at->port && list[i].family == at->address.family &&
		    memcmp(list[i].address, at->address.bytes, at->address.family == 6 ? 16 : 4) ==
			    0)
			return true;
	return false;
}

bool turned_away(int fd, const struct endpoint *to, const struct backlog_listener *full, int count)
{
	return is_among(to, full, count) && has_no_place(fd);
}
