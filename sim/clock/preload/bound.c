/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/bound.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>

#include "sim/base/rng.h"
#include "sim/clock/preload/slot.h"

static _Atomic uint64_t ports_drawn;

/* ---- ports ---- */

/* Whether another socket has that name and does not share it. */
static bool is_taken(const struct descriptor *d, const struct name *n)
{
	for (int i = net_on_port[n->port]; i; i = net_table[i - 1].next_on_port) {
		const struct descriptor *o = &net_table[i - 1];

		if (o->bound.family == n->family && !(o->shares_port && d->shares_port) &&
		    (net_is_any(n) || net_is_any(&o->bound) ||
		     memcmp(n->bytes, o->bound.bytes, sizeof(n->bytes)) == 0))
			return true;
	}
	return false;
}

static void link_port(struct page *p, int fd, const struct name *n)
{
	struct descriptor *d = &net_table[fd];

	net_unlink_port(fd);
	d->bound = *n;
	d->next_on_port = net_on_port[n->port];
	net_on_port[n->port] = fd + 1;
	net_reads(p, n->port);
}

/* Binds here. Where the program leaves the port open it is drawn from the seed. */
static int bind_here(struct page *p, int fd, struct name n)
{
	struct descriptor *d = &net_table[fd];
	bool drawn = n.port == 0, taken;

	pthread_mutex_lock(&net_lock);
	for (int i = 0; i < 64; i++) {
		uint64_t draw = drawn ? atomic_fetch_add(&ports_drawn, 1) : 0;

		if (drawn)
			n.port = (uint16_t)(1024 + rng_below(rng_of(~area(p)->seed, draw), 64000));
		taken = is_taken(d, &n);
		if (!taken || !drawn)
			break;
	}
	if (!taken)
		link_port(p, fd, &n);
	pthread_mutex_unlock(&net_lock);
	return taken ? failed(EADDRINUSE) : 0;
}

/* ---- names ---- */

/* An address that the kernel would let this process bind to. */
static bool is_own(struct page *p, const struct name *n)
{
	if (net_is_any(n))
		return true;
	return n->family == 4 ? memcmp(n->bytes, area(p)->self4, 4) == 0
			      : memcmp(n->bytes, area(p)->self6, 16) == 0;
}

/* Of the socket's own family: what another one means is the kernel's to say. */
static bool is_of(const struct descriptor *d, const struct sockaddr *sa, socklen_t len,
		  struct name *ret)
{
	return net_name_of(sa, len, ret) && sa->sa_family == (d->family == 4 ? AF_INET : AF_INET6);
}

static int bind_for_real(struct page *p, int fd, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_storage got;
	socklen_t got_len = sizeof(got);
	struct name n;

	if (RAW(SYS_bind, fd, sa, len, 0, 0, 0) < 0 ||
	    RAW(SYS_getsockname, fd, &got, &got_len, 0, 0, 0) < 0 ||
	    !net_name_of((struct sockaddr *)&got, got_len, &n))
		return -1;
	net_table[fd].bound_for_real = true;
	pthread_mutex_lock(&net_lock);
	link_port(p, fd, &n);
	pthread_mutex_unlock(&net_lock);
	return 0;
}

HOOK int bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct page *p = page();
	struct descriptor *d = net_paged(p, fd);
	struct name n;

	if (net_is_closed(fd))
		return failed(EBADF);
	if (!d)
		return (int)RAW(SYS_bind, fd, sa, len, 0, 0, 0);
	if (d->bound.family)
		return failed(EINVAL);
	if (!is_of(d, sa, len, &n) || !is_own(p, &n) || !area(p)->seed)
		return bind_for_real(p, fd, sa, len);
	return bind_here(p, fd, n);
}

void net_bind_if_needed(struct page *p, int fd, struct descriptor *d)
{
	struct sockaddr_in6 any = { .sin6_family = d->family == 4 ? AF_INET : AF_INET6 };

	if (!d->bound.family)
		bind(fd, (struct sockaddr *)&any,
		     d->family == 4 ? sizeof(struct sockaddr_in) : sizeof(any));
	(void)p;
}

void net_bind_for_real(int fd, struct descriptor *d)
{
	struct sockaddr_in6 sa;
	socklen_t len = sizeof(sa);

	if (!d->bound.family || d->bound_for_real)
		return;
	net_put_sockaddr(d->family, d->bound.family, d->bound.bytes, d->bound.port,
			 (struct sockaddr *)&sa, &len);
	d->bound_for_real = RAW(SYS_bind, fd, &sa, len, 0, 0, 0) == 0;
}

static int connect_udp(struct page *p, int fd, struct descriptor *d, const struct sockaddr *sa,
		       socklen_t len)
{
	struct name n;
	int r;

	if (sa->sa_family != AF_UNSPEC)
		net_bind_if_needed(p, fd, d);
	if (is_of(d, sa, len, &n) && net_is_far(&n) && !d->connected_for_real) {
		d->peer = n;
		return 0;
	}
	net_bind_for_real(fd, d);
	d->type = -1;
	r = (int)RAW(SYS_connect, fd, sa, len, 0, 0, 0);
	d->peer = r == 0 ? n : (struct name){ 0 };
	d->connected_for_real = r == 0 && n.family;
	return r;
}

HOOK int connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct page *p = page();
	struct descriptor *d = net_paged(p, fd);
	int r;

	if (net_is_closed(fd))
		return failed(EBADF);
	if (d)
		return connect_udp(p, fd, d, sa, len);
	r = (int)RAW(SYS_connect, fd, sa, len, 0, 0, 0);
	if (r == 0 || errno == EINPROGRESS)
		net_count_stream(p, fd);
	return r;
}

/* ---- who gets a connection ---- */

static struct listening {
	int fd;
	struct name name;
} listeners[256];
static unsigned listener_count; /* behind net_lock */

/* How many sockets of this process listen there, `fd` included. 0: there are too many. */
static unsigned count_listeners(int fd, const struct name *n)
{
	unsigned same = 0, kept = 0;

	pthread_mutex_lock(&net_lock);
	for (unsigned i = 0; i < listener_count; i++)
		if (listeners[i].fd != fd && net_is_kind(listeners[i].fd, KIND_STREAM))
			listeners[kept++] = listeners[i];
	listener_count = kept;
	if (kept < sizeof(listeners) / sizeof(*listeners))
		listeners[listener_count++] = (struct listening){ fd, *n };
	for (unsigned i = 0; i < listener_count; i++)
		same += memcmp(&listeners[i].name, n, sizeof(*n)) == 0;
	pthread_mutex_unlock(&net_lock);
	return same;
}

/* Of several that share the port the kernel would draw one by a secret of its own, another one in
 * each run. By who connects it is the same one: the address modulo their number, in the order in which
 * they began to listen. */
static void spread_by_address(int fd, uint32_t count)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (uint32_t)SKF_NET_OFF),
		BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 2, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)SKF_NET_OFF + 12),
		BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)SKF_NET_OFF + 20),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, count),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	RAW(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program), 0);
}

HOOK int listen(int fd, int backlog)
{
	struct page *p = page();
	int r = (int)RAW(SYS_listen, fd, backlog, 0, 0, 0, 0), shares = 0;
	struct sockaddr_storage sa = { 0 };
	socklen_t len = sizeof(sa), size = sizeof(shares);
	struct name n = { 0 };

	if (r < 0 || !p || p->speed != 0 || !net_is_kind(fd, KIND_STREAM) ||
	    RAW(SYS_getsockopt, fd, SOL_SOCKET, SO_REUSEPORT, &shares, &size, 0) < 0 || !shares ||
	    RAW(SYS_getsockname, fd, &sa, &len, 0, 0, 0) < 0 ||
	    !net_name_of((struct sockaddr *)&sa, len, &n))
		return r;
	size = count_listeners(fd, &n);
	if (size > 1)
		spread_by_address(fd, size);
	return r;
}

/* ---- names as they are told ---- */

/* A socket that is bound to any address has the resolver's own once it has a peer. */
HOOK int getsockname(int fd, struct sockaddr *restrict sa, socklen_t *restrict len)
{
	struct page *p = page();
	struct descriptor *d = net_paged(p, fd);
	struct name n;

	if (net_is_closed(fd))
		return failed(EBADF);
	if (!d || !d->bound.family || d->bound_for_real || d->connected_for_real)
		return (int)RAW(SYS_getsockname, fd, sa, len, 0, 0, 0);
	n = d->bound;
	if (d->peer.family && net_is_any(&n))
		memcpy(n.bytes, n.family == 4 ? area(p)->self4 : area(p)->self6,
		       n.family == 4 ? 4 : 16);
	net_put_sockaddr(d->family, n.family, n.bytes, n.port, sa, len);
	return 0;
}

HOOK int getpeername(int fd, struct sockaddr *restrict sa, socklen_t *restrict len)
{
	struct descriptor *d = net_paged(page(), fd);

	if (net_is_closed(fd))
		return failed(EBADF);
	if (!d || d->connected_for_real)
		return (int)RAW(SYS_getpeername, fd, sa, len, 0, 0, 0);
	if (!d->peer.family)
		return failed(ENOTCONN);
	net_put_sockaddr(d->family, d->peer.family, d->peer.bytes, d->peer.port, sa, len);
	return 0;
}
