/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/bound.h"
#include "sim/clock/preload/event.h"
#include "sim/clock/preload/idle.h"
#include "sim/clock/preload/look.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>

/* The source that a program asks for with IP_PKTINFO. */
static void source_from(const struct msghdr *m, struct name *from)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR((struct msghdr *)m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			memcpy(from->bytes,
			       &((struct in_pktinfo *)(void *)CMSG_DATA(c))->ipi_spec_dst, 4);
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			memcpy(from->bytes,
			       &((struct in6_pktinfo *)(void *)CMSG_DATA(c))->ipi6_addr, 16);
	}
}

static struct name source_of(struct page *p, const struct descriptor *d, const struct name *to,
			     const struct msghdr *m)
{
	struct name from = { .family = to->family, .port = d->bound.port };

	if (!net_is_any(&d->bound))
		memcpy(from.bytes, d->bound.bytes, 16);
	source_from(m, &from);
	if (net_is_any(&from))
		memcpy(from.bytes, to->family == 4 ? area(p)->self4 : area(p)->self6,
		       to->family == 4 ? 4 : 16);
	return from;
}

/* What the harness may read later: see page.h. */
static bool is_calm(struct page *p, const struct page_datagram *g, const uint8_t *data)
{
	uint32_t calm = area(p)->calm_rcodes;

	if (g->from_port != 53)
		return p->apart; /* its answer takes longer than we are let go */
	return g->len >= 12 && (!(data[2] & 2) || calm & PAGE_CALM_CUT) &&
	       calm >> (data[3] & 15) & 1;
}

static size_t gather(uint8_t *to, const struct iovec *iov, size_t count)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		if (to)
			memcpy(to + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	return len;
}

/* A place in the ring, waited for while the harness empties it. The lock is held before and after.
 */
static struct page_datagram *place(struct page *p, uint32_t len)
{
	struct page_datagram *g;

	while (!(g = page_ring_place(&area(p)->out, len))) {
		pthread_mutex_unlock(&net_lock);
		atomic_store(&area(p)->attention, 1);
		shim_ring(p);
		RAW(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
		pthread_mutex_lock(&net_lock);
	}
	return g;
}

static ssize_t post(struct page *p, const struct descriptor *d, const struct msghdr *m,
		    const struct name *to)
{
	struct name from = source_of(p, d, to, m);
	size_t len = gather(NULL, m->msg_iov, m->msg_iovlen);
	struct page_datagram *g;

	if (len > 65507) {
		errno = EMSGSIZE;
		return -1;
	}
	pthread_mutex_lock(&net_lock);
	g = place(p, (uint32_t)len);
	g->len = (uint32_t)len;
	g->at = shim_now(p);
	g->family = to->family;
	g->unreachable = 0;
	g->from_port = from.port;
	g->to_port = to->port;
	memcpy(g->from, from.bytes, 16);
	memcpy(g->to, to->bytes, 16);
	gather((uint8_t *)(g + 1), m->msg_iov, m->msg_iovlen);
	if (!is_calm(p, g, (const uint8_t *)(g + 1)))
		atomic_store(&area(p)->attention, 1);
	page_ring_push(&area(p)->out, g);
	shim_idle_sent(p, g->from_port, g->to_port);
	pthread_mutex_unlock(&net_lock);
	shim_traffic();
	return (ssize_t)len;
}

/* After the kernel sent something for us. TCP fast open (RFC 7413) connects without connect(). */
static ssize_t sent(struct page *p, int fd, int flags, ssize_t n)
{
	if (p && net_is_kind(fd, KIND_WAKE))
		shim_kick(p);
	if (n > 0 && net_is_kind(fd, KIND_WAKE))
		shim_happens();
	if (n > 0 && net_is_kind(fd, KIND_STREAM))
		shim_streamed(p);
	if (flags & MSG_FASTOPEN && (n >= 0 || errno == EINPROGRESS))
		net_count_stream(p, fd);
	return n;
}

HOOK ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	struct page *p = page();
	struct descriptor *d = net_paged(p, fd);
	struct name to;

	net_refuse_inherited(fd, "sendmsg" OF_PARENT);
	if (net_is_closed(fd))
		return failed(EBADF);
	if (!d)
		return sent(p, fd, flags, RAW(SYS_sendmsg, fd, m, flags, 0, 0, 0));
	to = d->peer;
	if (m->msg_name && !net_name_of(m->msg_name, m->msg_namelen, &to)) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (!to.family) {
		errno = EDESTADDRREQ;
		return -1;
	}
	net_bind_if_needed(p, fd, d);
	if (net_is_loopback(&to)) {
		net_bind_for_real(fd, d);
		d->type = -1;
		return RAW(SYS_sendmsg, fd, m, flags, 0, 0, 0);
	}
	return post(p, d, m, &to);
}

HOOK ssize_t sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *sa,
		    socklen_t sa_len)
{
	struct page *p = page();
	struct iovec iov = { (void *)data, len };
	struct msghdr m = {
		.msg_name = (void *)sa, .msg_namelen = sa_len, .msg_iov = &iov, .msg_iovlen = 1
	};

	net_refuse_inherited(fd, "sendto" OF_PARENT);
	if (net_is_closed(fd))
		return failed(EBADF);
	if (net_paged(p, fd))
		return sendmsg(fd, &m, flags);
	return sent(p, fd, flags, RAW(SYS_sendto, fd, data, len, flags, sa, sa_len));
}

HOOK ssize_t send(int fd, const void *data, size_t len, int flags)
{
	return sendto(fd, data, len, flags, NULL, 0);
}

HOOK int sendmmsg(int fd, struct mmsghdr *m, unsigned int count, int flags)
{
	unsigned int n = 0;

	for (; n < count; n++) {
		ssize_t len = sendmsg(fd, &m[n].msg_hdr, flags);

		if (len < 0)
			break;
		m[n].msg_len = (unsigned int)len;
	}
	return n ? (int)n : -1;
}

HOOK ssize_t write(int fd, const void *data, size_t len)
{
	struct page *p = page();

	if (net_is_closed(fd))
		return failed(EBADF);
	if (net_paged(p, fd))
		return sendto(fd, data, len, 0, NULL, 0);
	if (p && net_is_kind(fd, KIND_EVENT))
		return net_event_write(p, fd, data, len);
	return sent(p, fd, 0, RAW(SYS_write, fd, data, len, 0, 0, 0));
}

HOOK ssize_t writev(int fd, const struct iovec *iov, int count)
{
	struct page *p = page();
	struct msghdr m = { .msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)count };

	if (net_is_closed(fd))
		return failed(EBADF);
	if (net_paged(p, fd))
		return sendmsg(fd, &m, 0);
	if (p && net_is_kind(fd, KIND_EVENT))
		shim_refuse(p, "writev (to an eventfd)");
	return sent(p, fd, 0, RAW(SYS_writev, fd, iov, count, 0, 0, 0));
}

HOOK int eventfd_write(int fd, eventfd_t value)
{
	return write(fd, &value, sizeof(value)) == sizeof(value) ? 0 : -1;
}
