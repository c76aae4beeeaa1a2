/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/table.h"

#include <netinet/in.h>
#include <string.h>

bool net_name_of(const struct sockaddr *sa, socklen_t len, struct name *ret)
{
	const struct sockaddr_in6 *six = (const void *)sa;
	const struct sockaddr_in *four = (const void *)sa;

	*ret = (struct name){ 0 };
	if (sa && len >= sizeof(*four) && sa->sa_family == AF_INET) {
		ret->family = 4;
		ret->port = ntohs(four->sin_port);
		memcpy(ret->bytes, &four->sin_addr, 4);
		return true;
	}
	if (!sa || len < sizeof(*six) || sa->sa_family != AF_INET6)
		return false;
	ret->port = ntohs(six->sin6_port);
	ret->family = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) ? 4 : 6;
	memcpy(ret->bytes, &six->sin6_addr.s6_addr[ret->family == 4 ? 12 : 0],
	       ret->family == 4 ? 4 : 16);
	return true;
}

bool net_is_any(const struct name *n)
{
	static const uint8_t zero[16];

	return memcmp(n->bytes, zero, 16) == 0;
}

bool net_is_loopback(const struct name *n)
{
	static const uint8_t six[16] = { [15] = 1 };

	return n->family == 4 ? n->bytes[0] == 127 : memcmp(n->bytes, six, 16) == 0;
}

bool net_is_far(const struct name *n)
{
	if (n->family == 4)
		return n->bytes[0] != 0 && n->bytes[0] != 127 && n->bytes[0] < 224 &&
		       !(n->bytes[0] == 169 && n->bytes[1] == 254);
	return (n->bytes[0] & 0xe0) == 0x20 || (n->bytes[0] & 0xfe) == 0xfc;
}

void net_put_sockaddr(uint8_t socket_family, uint8_t family, const uint8_t *bytes, uint16_t port,
		      struct sockaddr *ret, socklen_t *len)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	socklen_t size = socket_family == 4 ? sizeof(four) : sizeof(six);

	if (!ret || !len)
		return;
	memcpy(&four.sin_addr, bytes, 4);
	if (family == 6) {
		memcpy(&six.sin6_addr, bytes, 16);
	} else {
		six.sin6_addr.s6_addr[10] = six.sin6_addr.s6_addr[11] = 0xff;
		memcpy(&six.sin6_addr.s6_addr[12], bytes, 4);
	}
	memcpy(ret, socket_family == 4 ? (void *)&four : (void *)&six, *len < size ? *len : size);
	*len = size;
}
