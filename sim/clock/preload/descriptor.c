/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/files.h"
#include "sim/clock/preload/table.h"
#include "sim/clock/preload/wait.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

HOOK int socket(int domain, int type, int protocol)
{
	int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC), fd = -1;
	bool inet = domain == AF_INET || domain == AF_INET6;
	bool is_udp = inet && kind == SOCK_DGRAM && (!protocol || protocol == IPPROTO_UDP);

	if (is_udp)
		fd = net_take_kept(page(), domain == AF_INET ? 4 : 6, type);
	if (fd < 0)
		fd = (int)RAW(SYS_socket, domain, type, protocol, 0, 0, 0);
	if (fd < 0)
		return fd;
	if (inet && kind == SOCK_DGRAM && fd >= DESCRIPTORS && page())
		shim_refuse(page(), "socket (descriptor above 65535)");
	net_remember(fd,
		     inet && kind == SOCK_DGRAM	   ? KIND_UDP
		     : inet && kind == SOCK_STREAM ? KIND_STREAM
		     : domain == AF_UNIX	   ? KIND_WAKE
						   : KIND_OTHER,
		     domain == AF_INET ? 4 : 6, type & SOCK_NONBLOCK);
	if (fd < DESCRIPTORS)
		net_table[fd].type = is_udp ? type : -1;
	return fd;
}

HOOK int accept4(int fd, struct sockaddr *restrict sa, socklen_t *restrict len, int flags)
{
	struct page *p = page();
	struct descriptor *d = net_descriptor(fd);
	int got;

	net_await(p, fd, POLLIN, d ? d->kind : KIND_OTHER);
	got = (int)RAW(SYS_accept4, fd, sa, len, flags, 0, 0);
	if (got >= 0 && d) {
		net_remember(got, d->kind, d->family, flags & SOCK_NONBLOCK);
		net_count_stream(p, got);
	}
	return got;
}

HOOK int accept(int fd, struct sockaddr *restrict sa, socklen_t *restrict len)
{
	return accept4(fd, sa, len, 0);
}

static bool is_ours(struct page *p, int fd)
{
	return p && fd >= PAGE_FD && fd <= PAGE_FD + (int)shim_threads(p);
}

HOOK int close(int fd)
{
	struct page *p = page();

	if (is_ours(p, fd))
		return 0;
	if (net_is_closed(fd))
		return failed(EBADF);
	net_epoll_closed(fd);
	if (net_keep(p, fd))
		return 0;
	if (p && net_is_kind(fd, KIND_OTHER))
		shim_date_file(p, fd);
	net_forget(p, fd);
	return (int)RAW(SYS_close, fd, 0, 0, 0, 0, 0);
}

/* Those of a range that lie below and above the page's own. */
static int range_around_ours(const struct page *p, unsigned int first, unsigned int last, int flags)
{
	unsigned int end = PAGE_FD + shim_threads(p) + 1;
	int r = 0;

	if (first < PAGE_FD)
		r = (int)RAW(SYS_close_range, first, last < PAGE_FD ? last : PAGE_FD - 1, flags, 0,
			     0, 0);
	if (r == 0 && last >= end)
		r = (int)RAW(SYS_close_range, first > end ? first : end, last, flags, 0, 0, 0);
	return r;
}

/* Closing in bulk, now or at an exec(), goes around the page's own descriptors. */
HOOK int close_range(unsigned int first, unsigned int last, int flags)
{
	struct page *p = page();

	if (!p || first > last || flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC))
		return (int)RAW(SYS_close_range, first, last, flags, 0, 0, 0);
	for (unsigned int fd = first;
	     !(flags & CLOSE_RANGE_CLOEXEC) && fd <= last && fd < DESCRIPTORS; fd++) {
		if (is_ours(p, (int)fd))
			continue;
		net_forget(p, (int)fd);
		net_epoll_closed((int)fd);
	}
	return range_around_ours(p, first, last, flags);
}

HOOK void closefrom(int first)
{
	close_range((unsigned int)first, ~0u, 0);
}

static int duplicated(int old, int new)
{
	struct page *p = page();
	struct descriptor *d = net_descriptor(old);

	if (new < 0 || !d)
		return new;
	net_epoll_copied(old, new);
	if (net_paged(p, old))
		shim_refuse(p, "dup (of a UDP socket)");
	if (p && d->kind == KIND_EVENT)
		shim_refuse(p, "dup (of an eventfd)");
	if (d->kind == KIND_WAKE || d->kind == KIND_STREAM || d->kind == KIND_RANDOM) {
		net_remember(new, d->kind, d->family, d->nonblocking);
		if (d->counted)
			net_count_stream(p, new);
	}
	return new;
}

HOOK int dup(int fd)
{
	if (net_is_closed(fd))
		return failed(EBADF);
	return duplicated(fd, (int)RAW(SYS_dup, fd, 0, 0, 0, 0, 0));
}

HOOK int dup3(int old, int new, int flags)
{
	struct page *p = page();

	if (net_is_closed(old))
		return failed(EBADF);
	if (is_ours(p, new)) {
		errno = EBUSY;
		return -1;
	}
	net_forget(p, new);
	net_epoll_closed(new);
	return duplicated(old, (int)RAW(SYS_dup3, old, new, flags, 0, 0, 0));
}

HOOK int dup2(int old, int new)
{
	if (old == new)
		return fcntl(old, F_GETFD) < 0 ? -1 : new;
	return dup3(old, new, 0);
}

static int control(int fd, int cmd, long arg)
{
	struct descriptor *d = net_descriptor(fd);
	int r;

	if (net_is_closed(fd))
		return failed(EBADF);
	if (net_paged(page(), fd) && (cmd == F_GETFL || cmd == F_SETFL)) {
		if (cmd == F_GETFL)
			return O_RDWR | (d->nonblocking ? O_NONBLOCK : 0);
		d->nonblocking = arg & O_NONBLOCK;
		return 0;
	}
	if (d && cmd != F_GETFD)
		d->type = -1;
	r = (int)RAW(SYS_fcntl, fd, cmd, arg, 0, 0, 0);
	if (r >= 0 && d && cmd == F_SETFL)
		d->nonblocking = arg & O_NONBLOCK;
	if (cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC)
		duplicated(fd, r);
	return r;
}

/* Of a call that has none it is whatever stands there, and nobody looks at it. */
#define LONG_BEHIND(last)                                                                          \
	({                                                                                         \
		va_list ap;                                                                        \
		long arg;                                                                          \
		va_start(ap, last);                                                                \
		arg = va_arg(ap, long);                                                            \
		va_end(ap);                                                                        \
		arg;                                                                               \
	})

HOOK int fcntl(int fd, int cmd, ...)
{
	return control(fd, cmd, LONG_BEHIND(cmd));
}

HOOK int fcntl64(int fd, int cmd, ...)
{
	return control(fd, cmd, LONG_BEHIND(cmd));
}

/* When the last datagram came, by the machine's clock; old and new, in micro- and nanoseconds. */
static bool is_stamp(unsigned long request)
{
	return request == SIOCGSTAMP_OLD || request == SIOCGSTAMPNS_OLD ||
	       request == SIOCGSTAMP_NEW || request == SIOCGSTAMPNS_NEW;
}

HOOK int ioctl(int fd, unsigned long request, ...)
{
	struct page *p = page();
	struct descriptor *d = net_descriptor(fd);
	va_list ap;
	void *arg;
	int r;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (net_is_closed(fd))
		return failed(EBADF);
	if (request == FIONREAD && net_paged(p, fd))
		shim_refuse(p, "ioctl(FIONREAD)");
	if (p && is_stamp(request))
		shim_refuse(p, "ioctl(SIOCGSTAMP)");
	if (d)
		d->type = -1;
	r = (int)RAW(SYS_ioctl, fd, request, arg, 0, 0, 0);
	if (r == 0 && d && request == FIONBIO)
		d->nonblocking = *(int *)arg;
	return r;
}

static bool is_set(const void *value, socklen_t len)
{
	return len >= sizeof(int) && *(const int *)value;
}

/* An option of a socket that the kernel never gets a datagram of: it has nothing to do there. */
static bool is_idle_option(const struct descriptor *d, int level, int name)
{
	if (level == SOL_SOCKET)
		return name == SO_REUSEADDR || name == SO_REUSEPORT;
	return level == (d->family == 4 ? IPPROTO_IP : IPPROTO_IPV6);
}

static bool is_stamping(int name)
{
	return name == SO_TIMESTAMP || name == SO_TIMESTAMP_NEW || name == SO_TIMESTAMPNS ||
	       name == SO_TIMESTAMPNS_NEW || name == SO_TIMESTAMPING || name == SO_TIMESTAMPING_NEW;
}

static bool is_timeout_of_reading(int name)
{
	return name == SO_RCVTIMEO || name == SO_RCVTIMEO_NEW;
}

static bool is_timeout_of_writing(int name)
{
	return name == SO_SNDTIMEO || name == SO_SNDTIMEO_NEW;
}

/* Receive stamps are the machine's time: without them programs fall back to their clock. */
HOOK int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	struct page *p = page();
	struct descriptor *d = net_paged(p, fd);

	if (net_is_closed(fd))
		return failed(EBADF);
	if (p && level == SOL_SOCKET && is_stamping(name)) {
		errno = ENOPROTOOPT;
		return -1;
	}
	if (p && level == SOL_SOCKET &&
	    (is_timeout_of_reading(name) || is_timeout_of_writing(name)) && value &&
	    len >= sizeof(struct timeval) &&
	    (((const struct timeval *)value)->tv_sec || ((const struct timeval *)value)->tv_usec))
		shim_refuse(p, is_timeout_of_reading(name) ? "SO_RCVTIMEO" : "SO_SNDTIMEO");
	if (d && level == IPPROTO_IP && name == IP_PKTINFO)
		d->wants_info4 = is_set(value, len);
	if (d && level == IPPROTO_IPV6 && name == IPV6_RECVPKTINFO)
		d->wants_info6 = is_set(value, len);
	if (d && value && is_idle_option(d, level, name)) {
		d->shares_port |= level == SOL_SOCKET && is_set(value, len);
		d->spreads |= level == SOL_SOCKET && name == SO_REUSEPORT && is_set(value, len);
		return 0;
	}
	if (d)
		d->type = -1;
	return (int)RAW(SYS_setsockopt, fd, level, name, value, len, 0);
}

HOOK int pipe2(int fd[2], int flags)
{
	int r = (int)RAW(SYS_pipe2, fd, flags, 0, 0, 0, 0);

	for (int i = 0; r == 0 && i < 2; i++)
		net_remember(fd[i], KIND_WAKE, 0, flags & O_NONBLOCK);
	return r;
}

HOOK int pipe(int fd[2])
{
	return pipe2(fd, 0);
}

HOOK int socketpair(int domain, int type, int protocol, int fd[2])
{
	int r = (int)RAW(SYS_socketpair, domain, type, protocol, fd, 0, 0);

	for (int i = 0; r == 0 && i < 2; i++)
		net_remember(fd[i], KIND_WAKE, 0, type & SOCK_NONBLOCK);
	return r;
}
