#include "sim/preload/net.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "sim/base/rng.h"

struct descriptor net_table[DESCRIPTORS];
int net_on_port[65536];
int net_ready;
pthread_mutex_t net_lock = PTHREAD_MUTEX_INITIALIZER;

static _Atomic uint64_t ports_drawn;

struct descriptor *net_descriptor(int fd)
{
	return fd >= 0 && fd < DESCRIPTORS ? &net_table[fd] : NULL;
}

/* The descriptor if its datagrams go through the page. */
struct descriptor *net_paged(struct page *p, int fd)
{
	struct descriptor *d = net_descriptor(fd);

	return p && d && d->kind == KIND_UDP && p->datagrams ? d : NULL;
}

bool net_is_kind(int fd, enum kind kind)
{
	struct descriptor *d = net_descriptor(fd);

	return d && d->kind == kind;
}

static void remember(int fd, enum kind kind, uint8_t family, bool nonblocking)
{
	struct descriptor *d = net_descriptor(fd);

	if (!d)
		return;
	*d = (struct descriptor){ .kind = kind, .family = family, .nonblocking = nonblocking };
}

static void unlink_port(int fd)
{
	struct descriptor *d = &net_table[fd];

	for (int *at = &net_on_port[d->bound.port]; *at; at = &net_table[*at - 1].next_on_port) {
		if (*at == fd + 1) {
			*at = d->next_on_port;
			break;
		}
	}
	d->next_on_port = 0;
}

static void forget(struct page *p, int fd)
{
	struct descriptor *d = net_descriptor(fd);

	if (!d || d->kind == KIND_OTHER)
		return;
	pthread_mutex_lock(&net_lock);
	net_unlink_ready(fd);
	if (d->kind == KIND_UDP && d->bound.family)
		unlink_port(fd);
	while (d->first) {
		struct queued *q = d->first;

		d->first = q->next;
		free(q);
	}
	while (d->watches) {
		struct watch *w = d->watches;

		d->watches = w->next;
		free(w);
	}
	if (d->counted && p)
		atomic_fetch_sub(&area(p)->streams, 1);
	*d = (struct descriptor){ 0 };
	pthread_mutex_unlock(&net_lock);
}

void net_count_stream(struct page *p, int fd)
{
	struct descriptor *d = net_descriptor(fd);

	if (!p || !d || d->kind != KIND_STREAM || d->counted)
		return;
	d->counted = true;
	atomic_fetch_add(&area(p)->streams, 1);
}

/* The kernel is asked for a name that the program left open. */
static void remember_bound(struct page *p, int fd, const struct sockaddr *asked,
			   socklen_t asked_len)
{
	struct sockaddr_storage sa;
	struct descriptor *d = net_descriptor(fd);
	socklen_t len = sizeof(sa);
	struct name n;

	if (!net_name_of(asked, asked_len, &n) || n.port == 0) {
		if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
			return;
		net_name_of((struct sockaddr *)&sa, len, &n);
	}
	pthread_mutex_lock(&net_lock);
	if (d->bound.family)
		unlink_port(fd);
	d->bound = n;
	d->next_on_port = net_on_port[d->bound.port];
	net_on_port[d->bound.port] = fd + 1;
	net_reads(p, d->bound.port);
	pthread_mutex_unlock(&net_lock);
}

/* Binds to a port drawn from the seed where the program leaves the choice to the kernel. */
static int bind_drawn(struct page *p, int fd, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_storage copy;
	int r = -1;

	if (!area(p)->seed)
		return (int)RAW(SYS_bind, fd, sa, len, 0, 0, 0);
	memcpy(&copy, sa, len);
	for (int i = 0; i < 64; i++) {
		uint64_t n = atomic_fetch_add(&ports_drawn, 1);
		uint16_t port = (uint16_t)(1024 + rng_below(rng_of(~area(p)->seed, n), 64000));

		if (copy.ss_family == AF_INET)
			((struct sockaddr_in *)&copy)->sin_port = htons(port);
		else
			((struct sockaddr_in6 *)&copy)->sin6_port = htons(port);
		r = (int)RAW(SYS_bind, fd, &copy, len, 0, 0, 0);
		if (r == 0 || errno != EADDRINUSE)
			break;
	}
	return r;
}

HOOK int bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct page *p = page();
	struct name n;
	int r;

	if (!net_paged(p, fd))
		return (int)RAW(SYS_bind, fd, sa, len, 0, 0, 0);
	if (net_name_of(sa, len, &n) && n.port == 0)
		r = bind_drawn(p, fd, sa, len);
	else
		r = (int)RAW(SYS_bind, fd, sa, len, 0, 0, 0);
	if (r == 0)
		remember_bound(p, fd, sa, len);
	return r;
}

/* Gives a socket that sends before it was bound a local port. */
void net_bind_if_needed(struct page *p, int fd, const struct descriptor *d)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	int r;

	if (d->bound.family)
		return;
	if (d->family == 4)
		r = bind_drawn(p, fd, (struct sockaddr *)&four, sizeof(four));
	else
		r = bind_drawn(p, fd, (struct sockaddr *)&six, sizeof(six));
	if (r == 0)
		remember_bound(p, fd, NULL, 0);
}

HOOK int socket(int domain, int type, int protocol)
{
	int fd = (int)RAW(SYS_socket, domain, type, protocol, 0, 0, 0);
	int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
	bool inet = domain == AF_INET || domain == AF_INET6;

	if (fd < 0)
		return fd;
	if (inet && kind == SOCK_DGRAM && fd >= DESCRIPTORS && page())
		shim_refuse(page(), "socket (descriptor above 65535)");
	remember(fd,
		 inet && kind == SOCK_DGRAM    ? KIND_UDP
		 : inet && kind == SOCK_STREAM ? KIND_STREAM
		 : domain == AF_UNIX	       ? KIND_WAKE
					       : KIND_OTHER,
		 domain == AF_INET ? 4 : 6, type & SOCK_NONBLOCK);
	return fd;
}

void net_forked(void)
{
	pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;

	memcpy(&net_lock, &fresh, sizeof(fresh));
}

/* A blocking call on a descriptor first waits as poll() does. */
void net_await(struct page *p, int fd, short events, enum kind kind)
{
	struct descriptor *d = net_descriptor(fd);
	struct pollfd f = { fd, events, 0 };

	if (p && d && d->kind == kind && !d->nonblocking)
		shim_poll(p, &f, 1, NEVER, NULL, PAGE_POLL);
}

HOOK int connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct page *p = page();
	struct descriptor *d = net_paged(p, fd);
	struct name n;
	int r;

	if (d && sa->sa_family != AF_UNSPEC)
		net_bind_if_needed(p, fd, d);
	r = (int)RAW(SYS_connect, fd, sa, len, 0, 0, 0);
	if (d) {
		net_name_of(sa, len, &n);
		d->peer = r == 0 ? n : (struct name){ 0 };
	}
	if (r == 0 || errno == EINPROGRESS)
		net_count_stream(p, fd);
	return r;
}

HOOK int accept4(int fd, struct sockaddr *restrict sa, socklen_t *restrict len, int flags)
{
	struct page *p = page();
	struct descriptor *d = net_descriptor(fd);
	int got;

	net_await(p, fd, POLLIN, d ? d->kind : KIND_OTHER);
	got = (int)RAW(SYS_accept4, fd, sa, len, flags, 0, 0);
	if (got >= 0 && d) {
		remember(got, d->kind, d->family, flags & SOCK_NONBLOCK);
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
	return p && fd >= PAGE_FD && fd <= PAGE_FD + PAGE_SLOTS;
}

HOOK int close(int fd)
{
	struct page *p = page();

	if (is_ours(p, fd))
		return 0;
	forget(p, fd);
	net_epoll_closed(fd);
	return (int)RAW(SYS_close, fd, 0, 0, 0, 0, 0);
}

/* Closing in bulk goes around the page's own descriptors. */
HOOK int close_range(unsigned int first, unsigned int last, int flags)
{
	struct page *p = page();

	if (!p || flags)
		return (int)RAW(SYS_close_range, first, last, flags, 0, 0, 0);
	for (unsigned int fd = first; fd <= last && fd < DESCRIPTORS; fd++)
		close((int)fd);
	return 0;
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
	if (net_paged(p, old))
		shim_refuse(p, "dup (of a UDP socket)");
	if (p && d->kind == KIND_EVENT)
		shim_refuse(p, "dup (of an eventfd)");
	if (d->kind == KIND_WAKE || d->kind == KIND_STREAM) {
		remember(new, d->kind, d->family, d->nonblocking);
		if (d->counted)
			net_count_stream(p, new);
	}
	return new;
}

HOOK int dup(int fd)
{
	return duplicated(fd, (int)RAW(SYS_dup, fd, 0, 0, 0, 0, 0));
}

HOOK int dup3(int old, int new, int flags)
{
	struct page *p = page();

	if (is_ours(p, new)) {
		errno = EBUSY;
		return -1;
	}
	forget(p, new);
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
	int r = (int)RAW(SYS_fcntl, fd, cmd, arg, 0, 0, 0);

	if (r >= 0 && d && cmd == F_SETFL)
		d->nonblocking = arg & O_NONBLOCK;
	if (cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC)
		duplicated(fd, r);
	return r;
}

HOOK int fcntl(int fd, int cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	return control(fd, cmd, arg);
}

HOOK int fcntl64(int fd, int cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	return control(fd, cmd, arg);
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
	if (request == FIONREAD && net_paged(p, fd))
		shim_refuse(p, "ioctl(FIONREAD)");
	r = (int)RAW(SYS_ioctl, fd, request, arg, 0, 0, 0);
	if (r == 0 && d && request == FIONBIO)
		d->nonblocking = *(int *)arg;
	return r;
}

static bool is_set(const void *value, socklen_t len)
{
	return len >= sizeof(int) && *(const int *)value;
}

/* Receive stamps are the machine's time: without them programs fall back to their clock. */
HOOK int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	struct page *p = page();
	struct descriptor *d = net_paged(p, fd);

	if (p && level == SOL_SOCKET &&
	    (name == SO_TIMESTAMP || name == SO_TIMESTAMPNS || name == SO_TIMESTAMPING)) {
		errno = ENOPROTOOPT;
		return -1;
	}
	if (p && level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO) && value &&
	    len >= sizeof(struct timeval) &&
	    (((const struct timeval *)value)->tv_sec || ((const struct timeval *)value)->tv_usec))
		shim_refuse(p, name == SO_RCVTIMEO ? "SO_RCVTIMEO" : "SO_SNDTIMEO");
	if (d && level == IPPROTO_IP && name == IP_PKTINFO)
		d->wants_info4 = is_set(value, len);
	if (d && level == IPPROTO_IPV6 && name == IPV6_RECVPKTINFO)
		d->wants_info6 = is_set(value, len);
	return (int)RAW(SYS_setsockopt, fd, level, name, value, len, 0);
}

HOOK int pipe2(int fd[2], int flags)
{
	int r = (int)RAW(SYS_pipe2, fd, flags, 0, 0, 0, 0);

	for (int i = 0; r == 0 && i < 2; i++)
		remember(fd[i], KIND_WAKE, 0, flags & O_NONBLOCK);
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
		remember(fd[i], KIND_WAKE, 0, type & SOCK_NONBLOCK);
	return r;
}

/* ---- descriptors in epoll sets ---- */

void net_epoll_ctl(int ep, int op, int fd, const struct epoll_event *ev)
{
	struct descriptor *d = net_descriptor(fd);
	struct watch **at, *w;

	if (!d || (d->kind != KIND_UDP && d->kind != KIND_EVENT))
		return;
	pthread_mutex_lock(&net_lock);
	for (at = &d->watches; *at && (*at)->ep != ep; at = &(*at)->next)
		;
	w = *at;
	if (op == EPOLL_CTL_DEL && w) {
		*at = w->next;
		free(w);
	} else if (op != EPOLL_CTL_DEL) {
		if (!w)
			w = *at = calloc(1, sizeof(*w));
		if (w) {
			w->ep = ep;
			w->ev = *ev;
			w->armed = true;
		}
	}
	pthread_mutex_unlock(&net_lock);
}
