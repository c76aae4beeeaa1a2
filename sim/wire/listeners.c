/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/listeners.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
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
	*l = (struct listeners){ 0 };
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
	listeners_flush(l);
	for (int i = 0; i < 2; i++) {
		closep(&l->udp[i].fd);
		closep(&l->tcp[i].fd);
		free(l->in[i]);
		free(l->out[i]);
		l->in[i] = l->out[i] = NULL;
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

/* ---- datagrams, many at once ---- */

union control {
	struct cmsghdr header;
	uint8_t room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct listeners_batch {
	unsigned next, count;
	struct mmsghdr messages[LISTENERS_BATCH];
	struct iovec iov[LISTENERS_BATCH];
	union endpoint_name names[LISTENERS_BATCH];
	union control controls[LISTENERS_BATCH];
	uint8_t bytes[LISTENERS_BATCH][MESSAGE_MAX + 1];
};

/* The i-th message of a batch, with all the room that it has. */
static struct msghdr *message_of(struct listeners_batch *b, unsigned i)
{
	b->iov[i] = (struct iovec){ .iov_base = b->bytes[i], .iov_len = sizeof(b->bytes[i]) };
	b->messages[i].msg_hdr = (struct msghdr){ .msg_name = &b->names[i],
						  .msg_namelen = sizeof(b->names[i]),
						  .msg_iov = &b->iov[i],
						  .msg_iovlen = 1,
						  .msg_control = &b->controls[i],
						  .msg_controllen = sizeof(b->controls[i]) };
	return &b->messages[i].msg_hdr;
}

/* NULL: no memory. It is as big as datagrams may be, and what none fills is not there. */
static struct listeners_batch *batch_of(struct listeners_batch **b)
{
	if (!*b)
		*b = calloc(1, sizeof(**b));
	if (!*b)
		errno = ENOMEM;
	return *b;
}

static bool fill(struct listeners_batch *b, int fd)
{
	int got;

	for (unsigned i = 0; i < LISTENERS_BATCH; i++)
		message_of(b, i);
	got = recvmmsg(fd, b->messages, LISTENERS_BATCH, 0, NULL);
	b->next = 0;
	b->count = got > 0 ? (unsigned)got : 0;
	return got > 0;
}

/* The address that it was sent to. */
static void find_target(struct msghdr *msg, struct address *ret)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			memcpy(ret->bytes, &((struct in_pktinfo *)CMSG_DATA(c))->ipi_addr, 4);
		else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			memcpy(ret->bytes, &((struct in6_pktinfo *)CMSG_DATA(c))->ipi6_addr, 16);
	}
}

bool listeners_receive(struct listeners *l, const struct handle *h, uint8_t *message,
		       struct packet *ret)
{
	struct listeners_batch *b = batch_of(&l->in[h == &l->udp[1]]);
	unsigned i;

	if (!b || (b->next == b->count && !fill(b, h->fd)))
		return false;
	i = b->next++;
	*ret = (struct packet){ .side = SIDE_AUTHORITY,
				.from = endpoint_from_name(&b->names[i]),
				.to.port = PORT,
				.data = message,
				.len = b->messages[i].msg_len };
	ret->to.address.family = ret->from.address.family;
	find_target(&b->messages[i].msg_hdr, &ret->to.address);
	memcpy(message, b->bytes[i], ret->len);
	return true;
}

static void put_source(struct msghdr *msg, const struct address *from)
{
	struct cmsghdr *c = msg->msg_control;

	if (from->family == 4) {
		struct in_pktinfo info = { 0 };

		memcpy(&info.ipi_spec_dst, from->bytes, 4);
		msg->msg_controllen = CMSG_SPACE(sizeof(info));
		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
	} else {
		struct in6_pktinfo info = { 0 };

		memcpy(&info.ipi6_addr, from->bytes, 16);
		msg->msg_controllen = CMSG_SPACE(sizeof(info));
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
	}
}

/* What the kernel does not take is lost, and what comes after it is not. */
static unsigned empty(struct listeners_batch *b, int fd)
{
	unsigned lost = 0, i = 0;

	while (b && i < b->count) {
		int sent = sendmmsg(fd, b->messages + i, b->count - i, MSG_NOSIGNAL);

		lost += sent <= 0;
		i += sent > 0 ? (unsigned)sent : 1;
	}
	if (b)
		b->count = 0;
	return lost;
}

unsigned listeners_flush(struct listeners *l)
{
	return empty(l->out[0], l->udp[0].fd) + empty(l->out[1], l->udp[1].fd);
}

unsigned listeners_send(struct listeners *l, const struct packet *p)
{
	int six = p->from.address.family == 6;
	struct listeners_batch *b = batch_of(&l->out[six]);
	struct msghdr *m;

	if (!b || p->len > sizeof(b->bytes[0]))
		return 1;
	m = message_of(b, b->count);
	m->msg_namelen = endpoint_to_name(&p->to, &b->names[b->count]);
	m->msg_iov->iov_len = p->len;
	memcpy(m->msg_iov->iov_base, p->data, p->len);
	put_source(m, &p->from.address);
	return ++b->count < LISTENERS_BATCH ? 0 : empty(b, l->udp[six].fd);
}
