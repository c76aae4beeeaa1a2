/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/event.h"
#include "sim/clock/preload/idle.h"
#include "sim/clock/preload/look.h"
#include "sim/clock/preload/queue.h"
#include "sim/clock/preload/random.h"
#include "sim/clock/preload/slot.h"
#include "sim/clock/preload/wait.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>

static size_t scatter(const struct iovec *iov, size_t count, const void *data, size_t len)
{
	size_t done = 0;

	for (size_t i = 0; i < count && done < len; i++) {
		size_t n = len - done < iov[i].iov_len ? len - done : iov[i].iov_len;

		memcpy(iov[i].iov_base, (const uint8_t *)data + done, n);
		done += n;
	}
	return done;
}

/* IP_PKTINFO or IPV6_PKTINFO, for sockets that asked to be told where a datagram was sent to. */
static void put_info(const struct descriptor *d, const struct page_datagram *g, struct msghdr *m)
{
	struct in6_pktinfo six = { .ipi6_ifindex = 1 };
	struct in_pktinfo four = { .ipi_ifindex = 1 };
	bool is6 = g->family == 6;
	size_t len = is6 ? sizeof(six) : sizeof(four);
	struct cmsghdr *c;

	if (!(is6 ? d->wants_info6 : d->wants_info4) || !m->msg_control ||
	    m->msg_controllen < CMSG_SPACE(len)) {
		m->msg_controllen = 0;
		return;
	}
	memcpy(&six.ipi6_addr, g->to, 16);
	memcpy(&four.ipi_addr, g->to, 4);
	four.ipi_spec_dst = four.ipi_addr;
	c = CMSG_FIRSTHDR(m);
	c->cmsg_level = is6 ? IPPROTO_IPV6 : IPPROTO_IP;
	c->cmsg_type = is6 ? IPV6_PKTINFO : IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), is6 ? (void *)&six : (void *)&four, len);
	m->msg_controllen = CMSG_SPACE(len);
}

/* One datagram out of the queue; -1 and EAGAIN when there is none. */
static ssize_t take(struct page *p, int fd, struct msghdr *m, int flags)
{
	struct descriptor *d = &net_table[fd];
	ssize_t len;
	struct queued *q;
	size_t done;

	net_pump(p);
	pthread_mutex_lock(&net_lock);
	q = d->first;
	if (!q || flags & MSG_ERRQUEUE) {
		pthread_mutex_unlock(&net_lock);
		errno = EAGAIN;
		return -1;
	}
	net_reads(p, d->bound.port);
	done = scatter(m->msg_iov, m->msg_iovlen, q->data, q->d.len);
	len = flags & MSG_TRUNC ? (ssize_t)q->d.len : (ssize_t)done;
	m->msg_flags = done < q->d.len ? MSG_TRUNC : 0;
	net_put_sockaddr(d->family, q->d.family, q->d.from, q->d.from_port, m->msg_name,
			 &m->msg_namelen);
	put_info(d, &q->d, m);
	if (!(flags & MSG_PEEK))
		net_drop_first(fd, d);
	pthread_mutex_unlock(&net_lock);
	shim_traffic();
	return len;
}

/* Who only ever asks for what has come looks, too. */
static ssize_t take_or_look(struct page *p, int fd, struct msghdr *m, int flags)
{
	struct pollfd f = { fd, POLLIN, 0 };
	ssize_t n = take(p, fd, m, flags);

	if (n >= 0 || !shim_look_waits(p, LOOK_AT_DESCRIPTORS))
		return n;
	shim_poll(p, &f, 1, shim_look_end(p), NULL, PAGE_POLL);
	shim_look_waited(p, LOOK_AT_DESCRIPTORS);
	return take(p, fd, m, flags);
}

static ssize_t receive(struct page *p, int fd, struct msghdr *m, int flags)
{
	if (flags & MSG_DONTWAIT || net_table[fd].nonblocking)
		return take_or_look(p, fd, m, flags);
	for (;;) {
		ssize_t n = take(p, fd, m, flags);

		if (n >= 0)
			return n;
		net_await(p, fd, POLLIN, KIND_UDP);
	}
}

/* After the kernel gave something. */
static ssize_t received(int fd, ssize_t n)
{
	if (n > 0 && net_is_kind(fd, KIND_WAKE))
		shim_happens();
	if (n > 0 && net_is_kind(fd, KIND_STREAM))
		shim_streamed(page());
	return n;
}

HOOK ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	struct page *p = page();

	net_refuse_inherited(fd, "recvmsg" OF_PARENT);
	if (net_is_closed(fd))
		return failed(EBADF);
	if (net_paged(p, fd))
		return receive(p, fd, m, flags);
	if (!(flags & MSG_DONTWAIT)) {
		net_await(p, fd, POLLIN, KIND_STREAM);
		net_await(p, fd, POLLIN, KIND_WAKE);
	}
	return received(fd, RAW(SYS_recvmsg, fd, m, flags, 0, 0, 0));
}

HOOK ssize_t recvfrom(int fd, void *restrict data, size_t len, int flags,
		      struct sockaddr *restrict sa, socklen_t *restrict sa_len)
{
	struct page *p = page();
	struct iovec iov = { data, len };
	struct msghdr m = { .msg_name = sa,
			    .msg_namelen = sa && sa_len ? *sa_len : 0,
			    .msg_iov = &iov,
			    .msg_iovlen = 1 };
	ssize_t n;

	net_refuse_inherited(fd, "recvfrom" OF_PARENT);
	if (net_is_closed(fd))
		return failed(EBADF);
	if (!net_paged(p, fd)) {
		if (!(flags & MSG_DONTWAIT)) {
			net_await(p, fd, POLLIN, KIND_STREAM);
			net_await(p, fd, POLLIN, KIND_WAKE);
		}
		return received(fd, RAW(SYS_recvfrom, fd, data, len, flags, sa, sa_len));
	}
	n = receive(p, fd, &m, flags);
	if (n >= 0 && sa_len)
		*sa_len = m.msg_namelen;
	return n;
}

HOOK ssize_t recv(int fd, void *data, size_t len, int flags)
{
	return recvfrom(fd, data, len, flags, NULL, NULL);
}

HOOK ssize_t __recv_chk(int fd, void *data, size_t len, size_t size, int flags)
{
	(void)size;
	return recv(fd, data, len, flags);
}

HOOK ssize_t __recvfrom_chk(int fd, void *data, size_t len, size_t size, int flags,
			    struct sockaddr *sa, socklen_t *sa_len)
{
	(void)size;
	return recvfrom(fd, data, len, flags, sa, sa_len);
}

HOOK int recvmmsg(int fd, struct mmsghdr *m, unsigned int count, int flags,
		  struct timespec *timeout)
{
	struct page *p = page();
	unsigned int n = 0;

	net_refuse_inherited(fd, "recvmmsg" OF_PARENT);
	if (net_is_closed(fd))
		return failed(EBADF);
	if (!net_paged(p, fd))
		return (int)RAW(SYS_recvmmsg, fd, m, count, flags, timeout, 0);
	for (; n < count; n++) {
		bool wait = n == 0 && !(flags & MSG_DONTWAIT);
		ssize_t len = receive(p, fd, &m[n].msg_hdr,
				      (flags & ~MSG_WAITFORONE) | (wait ? 0 : MSG_DONTWAIT));

		if (len < 0)
			break;
		m[n].msg_len = (unsigned int)len;
	}
	return n ? (int)n : -1;
}

HOOK ssize_t read(int fd, void *data, size_t len)
{
	struct page *p = page();

	net_refuse_inherited(fd, "read" OF_PARENT);
	if (net_is_closed(fd))
		return failed(EBADF);
	if (net_paged(p, fd))
		return recv(fd, data, len, 0);
	if (p && net_is_kind(fd, KIND_EVENT))
		return net_event_read(p, fd, data, len);
	if (p && net_is_kind(fd, KIND_RANDOM))
		return random_read(data, len);
	net_await(p, fd, POLLIN, KIND_WAKE);
	net_await(p, fd, POLLIN, KIND_STREAM);
	return received(fd, RAW(SYS_read, fd, data, len, 0, 0, 0));
}

HOOK ssize_t __read_chk(int fd, void *data, size_t len, size_t size)
{
	(void)size;
	return read(fd, data, len);
}

HOOK ssize_t readv(int fd, const struct iovec *iov, int count)
{
	struct page *p = page();
	struct msghdr m = { .msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)count };

	net_refuse_inherited(fd, "readv" OF_PARENT);
	if (net_is_closed(fd))
		return failed(EBADF);
	if (net_paged(p, fd))
		return receive(p, fd, &m, 0);
	if (p && net_is_kind(fd, KIND_EVENT))
		shim_refuse(p, "readv (from an eventfd)");
	if (p && net_is_kind(fd, KIND_RANDOM))
		return random_readv(iov, count);
	net_await(p, fd, POLLIN, KIND_WAKE);
	net_await(p, fd, POLLIN, KIND_STREAM);
	return received(fd, RAW(SYS_readv, fd, iov, count, 0, 0, 0));
}

HOOK int eventfd_read(int fd, eventfd_t *value)
{
	return read(fd, value, sizeof(*value)) == sizeof(*value) ? 0 : -1;
}
