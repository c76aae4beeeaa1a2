#include "sim/sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"

#include <linux/sockios.h>

#define PORT 53
#define LINGER 10 /* ticks of a second for which a client waits */
#define BUFFER (8 << 20)
#define MESSAGE_MAX 65535
#define BATCH 64
#define POOL 32
#define CLIENTS_MAX 16384
#define CLIENT_BUCKETS 8192
#define CONNECTIONS_MAX 4096
#define CONNECTION_BITS 12

/* What stands behind an epoll event. */
struct handle {
	enum kind { UDP_LISTENER, TCP_LISTENER, CLIENT, CONNECTION, TICK } kind;
	int fd;
};

/* A client's UDP socket, while it waits for answers. */
struct client {
	struct handle handle;
	struct endpoint at;
	unsigned waiting;
	uint64_t used; /* the tick at which it last sent */
	struct client *next; /* in its bucket */
	struct client *older, *newer;
};

/* Bytes that come in at the end and leave at the start. */
struct queue {
	uint8_t *data;
	size_t start, end, cap;
};

struct connection {
	struct handle handle;
	enum side side;
	struct endpoint here, there;
	uint32_t id;
	uint64_t used;
	struct queue in, out;
	bool wants_out; /* epoll tells when it can be written to */
};

/* Sockets made in the clients namespace ahead of need: going there costs two system calls. */
struct pool {
	unsigned count;
	int fds[POOL];
};

struct sockets {
	struct world world; /* for its namespaces */
	int epoll;
	struct handle listeners[4]; /* UDP 4 and 6, TCP 4 and 6 */
	struct handle tick;
	uint64_t now; /* ticks since the beginning */
	struct pool pools[2][2]; /* [is IPv6][is TCP] */

	struct client *buckets[CLIENT_BUCKETS];
	struct client *oldest, *newest;
	unsigned clients, clients_max;

	struct connection *connections[CONNECTIONS_MAX];
	uint32_t generations[CONNECTIONS_MAX];
	unsigned open, next_slot;

	struct epoll_event events[BATCH];
	int event, event_count;
	bool has_staged;
	struct packet staged;
	uint8_t *message; /* where the next one goes: that of the last packet taken is still lent */
	uint8_t messages[2][MESSAGE_MAX + 1];
};

/* ---- addresses ---- */

union name {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t to_name(const struct endpoint *p, union name *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (p->address.family == 4) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons(p->port);
		memcpy(&ret->v4.sin_addr, p->address.bytes, 4);
		return sizeof(ret->v4);
	}
	ret->v6.sin6_family = AF_INET6;
	ret->v6.sin6_port = htons(p->port);
	memcpy(&ret->v6.sin6_addr, p->address.bytes, 16);
	return sizeof(ret->v6);
}

static struct endpoint from_name(const union name *n)
{
	struct endpoint p = { 0 };

	if (n->any.sa_family == AF_INET) {
		p.address.family = 4;
		p.port = ntohs(n->v4.sin_port);
		memcpy(p.address.bytes, &n->v4.sin_addr, 4);
	} else {
		p.address.family = 6;
		p.port = ntohs(n->v6.sin6_port);
		memcpy(p.address.bytes, &n->v6.sin6_addr, 16);
	}
	return p;
}

static bool same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && a->address.family == b->address.family &&
	       !memcmp(a->address.bytes, b->address.bytes, a->address.family == 4 ? 4 : 16);
}

static void set_option(int fd, int level, int name, int value)
{
	setsockopt(fd, level, name, &value, sizeof(value));
}

/* ---- handles ---- */

static int watch(struct sockets *s, struct handle *h, uint32_t events, struct err *e)
{
	struct epoll_event ev = { .events = events, .data.ptr = h };

	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, h->fd, &ev) < 0)
		return err_set(e, -errno, "cannot watch a socket: %s", strerror(errno));
	return 0;
}

/* Closes it, and forgets what epoll has already said about it. */
static void unwatch(struct sockets *s, struct handle *h)
{
	for (int i = s->event; i < s->event_count; i++)
		if (s->events[i].data.ptr == h)
			s->events[i].data.ptr = NULL;
	close(h->fd);
}

/* ---- making sockets ---- */

/* The kernel's limit first, then what only real root may have. */
static void widen(int fd)
{
	set_option(fd, SOL_SOCKET, SO_RCVBUF, BUFFER);
	set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER);
	set_option(fd, SOL_SOCKET, SO_SNDBUF, BUFFER);
	set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, BUFFER);
}

static int listen_at(struct sockets *s, struct handle *h, int family, bool udp, struct err *e)
{
	const struct endpoint any = { .address.family = family == AF_INET ? 4 : 6, .port = PORT };
	union name n;
	socklen_t len = to_name(&any, &n);
	int fd = socket(family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_set(e, -errno, "cannot make a socket: %s", strerror(errno));
	h->fd = fd;
	h->kind = udp ? UDP_LISTENER : TCP_LISTENER;
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (family == AF_INET6) {
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
		set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
		/* Its addresses are a route's, not an interface's: IPv6 wants this to answer from them. */
		set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
	} else {
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	}
	if (udp)
		widen(fd);
	if (bind(fd, &n.any, len) < 0 || (!udp && listen(fd, 1024) < 0))
		return err_set(e, -errno, "cannot listen on port %d: %s", PORT, strerror(errno));
	return watch(s, h, EPOLLIN, e);
}

static int start_tick(struct sockets *s, struct err *e)
{
	const struct itimerspec every_second = { .it_interval.tv_sec = 1, .it_value.tv_sec = 1 };

	s->tick.kind = TICK;
	s->tick.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (s->tick.fd < 0 || timerfd_settime(s->tick.fd, 0, &every_second, NULL) < 0)
		return err_set(e, -errno, "cannot make a timer: %s", strerror(errno));
	return watch(s, &s->tick, EPOLLIN, e);
}

/* Each client in flight is a file of ours. */
static void allow_many_files(struct sockets *s)
{
	struct rlimit r;

	s->clients_max = CLIENTS_MAX;
	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	if (r.rlim_max != RLIM_INFINITY && r.rlim_max < CLIENTS_MAX + CONNECTIONS_MAX + 1024)
		s->clients_max = (unsigned)r.rlim_max / 2;
}

int sockets_new(const struct world *w, bool udp, struct sockets **ret, struct err *e)
{
	_cleanup_(sockets_freep) struct sockets *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(e, -ENOMEM, "out of memory");
	s->world = *w;
	s->tick.fd = -1;
	s->message = s->messages[0];
	for (int i = 0; i < 4; i++)
		s->listeners[i].fd = -1;
	allow_many_files(s);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0)
		return err_set(e, -errno, "cannot make an epoll: %s", strerror(errno));
	r = world_enter(w->internet, e);
	for (int i = udp ? 0 : 2; !r && i < 4; i++)
		r = listen_at(s, &s->listeners[i], i & 1 ? AF_INET6 : AF_INET, i < 2, e);
	if (!r)
		r = start_tick(s, e);
	if (r < 0)
		return r;
	*ret = TAKE(s);
	return 0;
}

static int new_client_socket(bool v6, bool tcp)
{
	int type = (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd = socket(v6 ? AF_INET6 : AF_INET, type, 0);

	if (fd < 0)
		return -1;
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, tcp);
	if (v6)
		set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
	else
		set_option(fd, IPPROTO_IP, IP_FREEBIND, 1);
	return fd;
}

/* A socket of the clients, not yet bound. */
static int take_socket(struct sockets *s, bool v6, bool tcp, struct err *e)
{
	struct pool *p = &s->pools[v6][tcp];
	int r, code = 0;

	if (p->count)
		return p->fds[--p->count];
	r = world_enter(s->world.clients, e);
	if (r < 0)
		return r;
	while (p->count < POOL) {
		int fd = new_client_socket(v6, tcp);

		if (fd < 0) {
			code = errno;
			break;
		}
		p->fds[p->count++] = fd;
	}
	r = world_enter(s->world.internet, e);
	if (r < 0)
		return r;
	if (!p->count)
		return err_set(e, -code, "cannot make a client's socket: %s", strerror(code));
	return p->fds[--p->count];
}

/* ---- UDP clients ---- */

static struct client **bucket_of(struct sockets *s, const struct endpoint *at)
{
	uint64_t hash = rng_hash(at->port, at->address.bytes, at->address.family == 4 ? 4 : 16);

	return &s->buckets[hash % CLIENT_BUCKETS];
}

static void client_unlist(struct sockets *s, struct client *c)
{
	*(c->older ? &c->older->newer : &s->oldest) = c->newer;
	*(c->newer ? &c->newer->older : &s->newest) = c->older;
}

static void client_list(struct sockets *s, struct client *c)
{
	c->older = s->newest;
	c->newer = NULL;
	*(s->newest ? &s->newest->newer : &s->oldest) = c;
	s->newest = c;
	c->used = s->now;
}

static void client_close(struct sockets *s, struct client *c)
{
	struct client **p = bucket_of(s, &c->at);

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	client_unlist(s, c);
	unwatch(s, &c->handle);
	s->clients--;
	free(c);
}

/* *ret stays NULL when there can be no client at this address: a spoofed one in a capture. */
static int client_open(struct sockets *s, const struct endpoint *at, struct client **ret,
		       struct err *e)
{
	_cleanup_(freep) struct client *c = calloc(1, sizeof(*c));
	struct client **bucket;
	socklen_t len;
	union name n;
	int r;

	if (!c)
		return err_set(e, -ENOMEM, "out of memory");
	if (s->clients >= s->clients_max)
		client_close(s, s->oldest);
	c->handle.kind = CLIENT;
	c->handle.fd = take_socket(s, at->address.family == 6, false, e);
	if (c->handle.fd < 0)
		return c->handle.fd;
	len = to_name(at, &n);
	if (bind(c->handle.fd, &n.any, len) < 0 || getsockname(c->handle.fd, &n.any, &len) < 0) {
		close(c->handle.fd);
		return 0;
	}
	c->at = from_name(&n);
	r = watch(s, &c->handle, EPOLLIN, e);
	if (r < 0) {
		close(c->handle.fd);
		return r;
	}
	bucket = bucket_of(s, &c->at);
	c->next = *bucket;
	*bucket = c;
	client_list(s, c);
	s->clients++;
	*ret = TAKE(c);
	return 0;
}

static int send_as_client(struct sockets *s, const struct packet *p, struct err *e)
{
	struct client *c = p->from.port ? *bucket_of(s, &p->from) : NULL;
	union name n;
	socklen_t len = to_name(&p->to, &n);
	int r;

	while (c && !same_endpoint(&c->at, &p->from))
		c = c->next;
	if (!c) {
		r = client_open(s, &p->from, &c, e);
		if (r < 0 || !c)
			return r;
	} else {
		client_unlist(s, c);
		client_list(s, c);
	}
	if (sendto(c->handle.fd, p->data, p->len, MSG_NOSIGNAL, &n.any, len) < 0)
		return 0;
	c->waiting++;
	return 0;
}

/* A client has its answer when as many came as it sent; then its port is free for another. */
static bool receive_as_client(struct sockets *s, struct client *c)
{
	union name n;
	socklen_t len = sizeof(n);
	ssize_t got = recvfrom(c->handle.fd, s->message, MESSAGE_MAX + 1, 0, &n.any, &len);

	if (got < 0)
		return false;
	s->staged = (struct packet){ .side = SIDE_CLIENT,
				     .from = from_name(&n),
				     .to = c->at,
				     .data = s->message,
				     .len = (size_t)got };
	if (c->waiting <= 1)
		client_close(s, c);
	else
		c->waiting--;
	return true;
}

/* ---- UDP of the authorities ---- */

union control {
	struct cmsghdr header;
	uint8_t room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static bool receive_as_authority(struct sockets *s, int fd)
{
	union name n;
	union control control;
	struct iovec iov = { .iov_base = s->message, .iov_len = MESSAGE_MAX + 1 };
	struct msghdr msg = { .msg_name = &n,
			      .msg_namelen = sizeof(n),
			      .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t got = recvmsg(fd, &msg, 0);
	struct packet *p = &s->staged;
	struct cmsghdr *c;

	if (got < 0)
		return false;
	*p = (struct packet){ .side = SIDE_AUTHORITY,
			      .from = from_name(&n),
			      .to.port = PORT,
			      .data = s->message,
			      .len = (size_t)got };
	p->to.address.family = p->from.address.family;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			memcpy(p->to.address.bytes, &((struct in_pktinfo *)CMSG_DATA(c))->ipi_addr,
			       4);
		else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			memcpy(p->to.address.bytes,
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

/* What the kernel does not take is lost, as on any network. */
static void send_as_authority(struct sockets *s, const struct packet *p)
{
	union control control = { .room = { 0 } };
	struct iovec iov = { .iov_base = (void *)p->data, .iov_len = p->len };
	union name n;
	struct msghdr msg = { .msg_name = &n,
			      .msg_namelen = to_name(&p->to, &n),
			      .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control };

	put_source(&msg, &p->from.address);
	if (sendmsg(s->listeners[p->from.address.family == 6].fd, &msg, MSG_NOSIGNAL) < 0)
		return;
}

/* ---- TCP ---- */

/* Room for `len` more bytes at the end. */
static bool queue_room(struct queue *q, size_t len)
{
	size_t used = q->end - q->start, cap = q->cap ? q->cap : 1024;
	uint8_t *data;

	if (q->start) {
		memmove(q->data, q->data + q->start, used);
		q->start = 0;
		q->end = used;
	}
	while (cap < used + len)
		cap *= 2;
	if (cap == q->cap)
		return true;
	data = realloc(q->data, cap);
	if (!data)
		return false;
	q->data = data;
	q->cap = cap;
	return true;
}

static void connection_close(struct sockets *s, struct connection *c)
{
	s->connections[c->id % CONNECTIONS_MAX] = NULL;
	s->open--;
	unwatch(s, &c->handle);
	free(c->in.data);
	free(c->out.data);
	free(c);
}

static void close_oldest(struct sockets *s)
{
	struct connection *oldest = NULL;

	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *c = s->connections[i];

		if (c && (!oldest || c->used < oldest->used))
			oldest = c;
	}
	if (oldest)
		connection_close(s, oldest);
}

/* Takes over `fd`, which is closed on failure. */
static int connection_new(struct sockets *s, int fd, enum side side, struct connection **ret,
			  struct err *e)
{
	struct connection *c = calloc(1, sizeof(*c));
	unsigned slot;
	int r;

	if (!c) {
		close(fd);
		return err_set(e, -ENOMEM, "out of memory");
	}
	if (s->open == CONNECTIONS_MAX)
		close_oldest(s);
	while (s->connections[s->next_slot % CONNECTIONS_MAX])
		s->next_slot++;
	slot = s->next_slot++ % CONNECTIONS_MAX;
	c->handle.kind = CONNECTION;
	c->handle.fd = fd;
	c->side = side;
	c->used = s->now;
	c->id = ++s->generations[slot] << CONNECTION_BITS | slot;
	s->connections[slot] = c;
	s->open++;
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	r = watch(s, &c->handle, EPOLLIN, e);
	if (r < 0) {
		connection_close(s, c);
		return r;
	}
	*ret = c;
	return 0;
}

static struct connection *connection_by_id(struct sockets *s, uint32_t id)
{
	struct connection *c = s->connections[id % CONNECTIONS_MAX];

	return c && c->id == id ? c : NULL;
}

/* Writes what can be written. false: the connection is gone. */
static bool flush(struct sockets *s, struct connection *c)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	bool rest;

	while (c->out.start < c->out.end) {
		ssize_t n = send(c->handle.fd, c->out.data + c->out.start,
				 c->out.end - c->out.start, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOTCONN)
			return false;
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			c->out.start += (size_t)n;
	}
	rest = c->out.start < c->out.end;
	if (rest == c->wants_out)
		return true;
	c->wants_out = rest;
	if (rest)
		ev.events |= EPOLLOUT;
	return epoll_ctl(s->epoll, EPOLL_CTL_MOD, c->handle.fd, &ev) == 0;
}

/* RFC 1035 section 4.2.2: two bytes of length, then the message. */
static int queue_message(struct sockets *s, struct connection *c, const struct packet *p,
			 struct err *e)
{
	if (p->len > MESSAGE_MAX)
		return err_set(e, -EMSGSIZE, "a message of %zu bytes", p->len);
	if (!queue_room(&c->out, p->len + 2))
		return err_set(e, -ENOMEM, "out of memory");
	put16(c->out.data + c->out.end, (uint16_t)p->len);
	memcpy(c->out.data + c->out.end + 2, p->data, p->len);
	c->out.end += p->len + 2;
	c->used = s->now;
	if (!flush(s, c))
		connection_close(s, c);
	return 0;
}

/* The client leaves by a reset, once it has its answer or gave up: hours of virtual connections would
 * else pile up in the minute of real time for which the kernel remembers a closed one. */
static void leave_at_once(int fd)
{
	const struct linger off = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof(off));
}

static int connect_as_client(struct sockets *s, const struct packet *p, struct err *e)
{
	int r, fd = take_socket(s, p->from.address.family == 6, true, e);
	struct connection *c;
	socklen_t len;
	union name n;

	if (fd < 0)
		return fd;
	leave_at_once(fd);
	len = to_name(&p->from, &n);
	if (bind(fd, &n.any, len) < 0 || getsockname(fd, &n.any, &len) < 0) {
		close(fd);
		return 0;
	}
	r = connection_new(s, fd, SIDE_CLIENT, &c, e);
	if (r < 0)
		return r;
	c->here = from_name(&n);
	c->there = p->to;
	len = to_name(&p->to, &n);
	if (connect(fd, &n.any, len) < 0 && errno != EINPROGRESS) {
		connection_close(s, c);
		return 0;
	}
	return queue_message(s, c, p, e);
}

static int send_on_connection(struct sockets *s, const struct packet *p, struct err *e)
{
	struct connection *c = connection_by_id(s, p->connection);

	return c ? queue_message(s, c, p, e) : 0;
}

static void accept_all(struct sockets *s, int listener)
{
	struct connection *c;
	union name n;
	socklen_t len = sizeof(n);
	int fd;

	while ((fd = accept4(listener, &n.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (connection_new(s, fd, SIDE_AUTHORITY, &c, NULL) == 0) {
			c->there = from_name(&n);
			len = sizeof(n);
			if (getsockname(fd, &n.any, &len) == 0)
				c->here = from_name(&n);
		}
		len = sizeof(n);
	}
	/* No file left: somebody must go, or the same event would come again for ever. */
	if (errno != EMFILE && errno != ENFILE)
		return;
	if (s->oldest)
		client_close(s, s->oldest);
	else
		close_oldest(s);
}

/* Stages the next whole message of what is already here. */
static bool stage_message(struct sockets *s, struct connection *c)
{
	size_t here = c->in.end - c->in.start, len;

	if (here < 2)
		return false;
	len = get16(c->in.data + c->in.start);
	if (here < 2 + len)
		return false;
	s->staged = (struct packet){ .side = c->side,
				     .tcp = true,
				     .connection = c->id,
				     .from = c->there,
				     .to = c->here,
				     .data = s->message,
				     .len = len };
	memcpy(s->message, c->in.data + c->in.start + 2, len);
	c->in.start += len + 2;
	if (c->side == SIDE_CLIENT)
		connection_close(s, c);
	return true;
}

static bool serve_connection(struct sockets *s, struct connection *c, uint32_t events)
{
	ssize_t n;

	if (events & EPOLLOUT && !flush(s, c)) {
		connection_close(s, c);
		return false;
	}
	while (!stage_message(s, c)) {
		if (!queue_room(&c->in, 4096))
			n = 0;
		else
			n = recv(c->handle.fd, c->in.data + c->in.end, c->in.cap - c->in.end, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n <= 0) {
			connection_close(s, c);
			return false;
		}
		c->in.end += (size_t)n;
		c->used = s->now;
	}
	return true;
}

/* ---- the loop ---- */

/* Once a second: clients that waited for too long go home. */
static void tick(struct sockets *s)
{
	uint64_t ticks;

	if (read(s->tick.fd, &ticks, sizeof(ticks)) != (ssize_t)sizeof(ticks))
		return;
	s->now += ticks;
	while (s->oldest && s->now - s->oldest->used > LINGER)
		client_close(s, s->oldest);
	for (unsigned i = 0; i < CONNECTIONS_MAX && s->open; i++) {
		struct connection *c = s->connections[i];

		if (c && c->side == SIDE_CLIENT && s->now - c->used > LINGER)
			connection_close(s, c);
	}
}

static bool serve(struct sockets *s, struct handle *h, uint32_t events)
{
	switch (h->kind) {
	case UDP_LISTENER:
		return receive_as_authority(s, h->fd);
	case TCP_LISTENER:
		accept_all(s, h->fd);
		return false;
	case CLIENT:
		return receive_as_client(s, (struct client *)h);
	case CONNECTION:
		return serve_connection(s, (struct connection *)h, events);
	case TICK:
		tick(s);
		return false;
	}
	return false;
}

/* Stages a packet from what epoll has told, one after the other. */
static bool stage(struct sockets *s)
{
	if (s->has_staged)
		return true;
	for (; s->event < s->event_count; s->event++) {
		struct epoll_event *ev = &s->events[s->event];

		if (ev->data.ptr && serve(s, ev->data.ptr, ev->events)) {
			s->has_staged = true;
			return true;
		}
	}
	return false;
}

bool sockets_take(struct sockets *s, struct packet *ret)
{
	if (!stage(s))
		return false;
	s->has_staged = false;
	s->message = s->messages[s->message == s->messages[0]];
	*ret = s->staged;
	return true;
}

int sockets_wait(struct sockets *s, int64_t timeout)
{
	const struct timespec t = { .tv_sec = timeout / 1000000000,
				    .tv_nsec = timeout % 1000000000 };
	int n;

	if (stage(s))
		return 1;
	n = epoll_pwait2(s->epoll, s->events, BATCH, timeout < 0 ? NULL : &t, NULL);
	if (n < 0)
		return -errno;
	s->event = 0;
	s->event_count = n;
	return stage(s);
}

int sockets_send(struct sockets *s, const struct packet *p, struct err *e)
{
	if (p->tcp)
		return p->side == SIDE_CLIENT ? connect_as_client(s, p, e)
					      : send_on_connection(s, p, e);
	if (p->side == SIDE_CLIENT)
		return send_as_client(s, p, e);
	send_as_authority(s, p);
	return 0;
}

unsigned sockets_connections(const struct sockets *s)
{
	return s->open;
}

uint64_t sockets_in_flight(const struct sockets *s)
{
	unsigned left = s->open;
	uint64_t bytes = 0;

	for (unsigned i = 0; i < CONNECTIONS_MAX && left; i++) {
		const struct connection *c = s->connections[i];
		int queued = 0;

		if (!c)
			continue;
		left--;
		bytes += c->out.end - c->out.start;
		if (ioctl(c->handle.fd, SIOCOUTQ, &queued) == 0)
			bytes += (uint64_t)queued;
	}
	return bytes;
}

void sockets_free(struct sockets *s)
{
	if (!s)
		return;
	while (s->oldest)
		client_close(s, s->oldest);
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
		if (s->connections[i])
			connection_close(s, s->connections[i]);
	for (int i = 0; i < 4; i++) {
		struct pool *p = &s->pools[i >> 1][i & 1];

		while (p->count)
			close(p->fds[--p->count]);
		closep(&s->listeners[i].fd);
	}
	closep(&s->tick.fd);
	closep(&s->epoll);
	free(s);
}
