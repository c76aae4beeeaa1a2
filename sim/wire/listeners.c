/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/listeners.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "sim/base/cleanup.h"

#define PORT 53
#define BUFFER (8 << 20)

/* The kernel's limit first, then what only real root may have. */
static void widen(int fd)
{
	endpoint_set_option(fd, SOL_SOCKET, SO_RCVBUF, BUFFER);
	endpoint_set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER);
	endpoint_set_option(fd, SOL_SOCKET, SO_SNDBUF, BUFFER);
	endpoint_set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, BUFFER);
}

static int listen_at(struct poller *p, struct handle *h, int family, bool udp, struct err *e)
{
	const struct endpoint any = { .address.family = family == AF_INET ? 4 : 6, .port = PORT };
	union endpoint_name n;
	socklen_t len = endpoint_to_name(&any, &n);
	int fd = socket(family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_set(e, -errno, "cannot make a socket: %s", strerror(errno));
	h->fd = fd;
	h->kind = udp ? UDP_LISTENER : TCP_LISTENER;
	endpoint_set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (family == AF_INET6) {
		endpoint_set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
		endpoint_set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
		/* Its addresses are a route's, not an interface's: IPv6 wants this to answer from
		 * them. */
		endpoint_set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
	} else {
		endpoint_set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	}
	/* And from those of other resolvers, whose questions come by here. */
	endpoint_set_option(fd, family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP,
			    family == AF_INET6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, 1);
	if (udp)
		widen(fd);
	if (bind(fd, &n.any, len) < 0 || (!udp && listen(fd, 1024) < 0))
		return err_set(e, -errno, "cannot listen on port %d: %s", PORT, strerror(errno));
	return p ? poller_add(p, h, e) : 0;
}

void listeners_init(struct listeners *l)
{
	for (int i = 0; i < 2; i++)
		l->udp[i].fd = l->tcp[i].fd = -1;
}

int listeners_open(struct listeners *l, struct poller *p, bool udp, struct err *e)
{
	int r = 0;

	for (int i = 0; udp && !r && i < 2; i++)
		r = listen_at(p, &l->udp[i], i ? AF_INET6 : AF_INET, true, e);
	for (int i = 0; !r && i < 2; i++)
		r = listen_at(p, &l->tcp[i], i ? AF_INET6 : AF_INET, false, e);
	return r;
}

int listeners_open_datagrams(struct listeners *l, struct err *e)
{
	int r = 0;

	for (int i = 0; !r && i < 2; i++)
		r = listen_at(NULL, &l->udp[i], i ? AF_INET6 : AF_INET, true, e);
	return r;
}

void listeners_done(struct listeners *l)
{
	for (int i = 0; i < 2; i++) {
		closep(&l->udp[i].fd);
		closep(&l->tcp[i].fd);
	}
}

uint64_t listeners_dropped(const struct listeners *l)
{
	uint64_t sum = 0;

	for (int i = 0; i < 2; i++) {
		uint32_t info[SK_MEMINFO_VARS] = { 0 };
		socklen_t len = sizeof(info);

		if (l->udp[i].fd >= 0 &&
		    getsockopt(l->udp[i].fd, SOL_SOCKET, SO_MEMINFO, info, &len) == 0)
			sum += info[SK_MEMINFO_DROPS];
	}
	return sum;
}

union control {
	struct cmsghdr header;
	uint8_t room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

bool listeners_receive(const struct handle *h, uint8_t *message, struct packet *ret)
{
	union endpoint_name n;
	union control control;
	struct iovec iov = { .iov_base = message, .iov_len = MESSAGE_MAX + 1 };
	struct msghdr msg = { .msg_name = &n,
			      .msg_namelen = sizeof(n),
			      .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t got = recvmsg(h->fd, &msg, 0);
	struct cmsghdr *c;

	if (got < 0)
		return false;
	*ret = (struct packet){ .side = SIDE_AUTHORITY,
				.from = endpoint_from_name(&n),
				.to.port = PORT,
				.data = message,
				.len = (size_t)got };
	ret->to.address.family = ret->from.address.family;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			memcpy(ret->to.address.bytes,
			       &((struct in_pktinfo *)CMSG_DATA(c))->ipi_addr, 4);
		else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			memcpy(ret->to.address.bytes,
			       &((struct in6_pktinfo *)CMSG_DATA(c))->ipi6_addr, 16);
	}
	return true;
}

static void put_source(struct msghdr *msg, const struct address *from)
{
	struct cmsghdr *c = msg->msg_control;

	if (from->family == 4) {
		struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(c);

		msg->msg_controllen = CMSG_SPACE(sizeof(*info));
		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(*info));
		memcpy(&info->ipi_spec_dst, from->bytes, 4);
	} else {
		struct in6_pktinfo *info = (struct in6_pktinfo *)CMSG_DATA(c);

		msg->msg_controllen = CMSG_SPACE(sizeof(*info));
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(*info));
		memcpy(&info->ipi6_addr, from->bytes, 16);
	}
}

bool listeners_send(struct listeners *l, const struct packet *p)
{
	union control control = { .room = { 0 } };
	struct iovec iov = { .iov_base = (void *)p->data, .iov_len = p->len };
	union endpoint_name n;
	struct msghdr msg = { .msg_name = &n,
			      .msg_namelen = endpoint_to_name(&p->to, &n),
			      .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control };

	put_source(&msg, &p->from.address);
	return sendmsg(l->udp[p->from.address.family == 6].fd, &msg, MSG_NOSIGNAL) >= 0;
}
