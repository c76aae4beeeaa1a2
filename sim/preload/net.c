/* Descriptors and datagrams. A UDP socket stays a kernel socket, bound and connected as the program asked, so that names
 * and errors are real; only its datagrams go through the page. Those to the machine's own loopback address are the
 * kernel's as ever. */
#include "sim/preload/shim.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include "sim/base/rng.h"

#define DESCRIPTORS 65536

enum kind {
	KIND_OTHER,
	KIND_UDP,
	KIND_STREAM, /* TCP; counted in area->streams once it is connected */
	KIND_WAKE, /* eventfd, pipe, unix socket: a write may wake a thread */
};

struct queued {
	struct queued *next;
	struct page_datagram d;
	uint8_t data[];
};

struct watch { /* one descriptor in one epoll set */
	struct watch *next;
	int ep;
	struct epoll_event ev;
	bool armed;
};

struct name {
	uint8_t family; /* 0: none; 4 or 6 */
	uint8_t bytes[16];
	uint16_t port;
};

struct descriptor {
	uint8_t kind, family;
	bool nonblocking, counted, wants_info4, wants_info6;
	struct name bound, peer;
	struct queued *first, *last;
	struct watch *watches;
	int next_on_port, next_ready; /* descriptor + 1, 0 ends */
	bool is_ready;
};

static struct descriptor table[DESCRIPTORS];
static int on_port[65536]; /* descriptor + 1 */
static int ready; /* descriptors with a queue, chained by next_ready */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic uint64_t ports_drawn;

static struct descriptor *descriptor(int fd)
{
	return fd >= 0 && fd < DESCRIPTORS ? &table[fd] : NULL;
}

/* The descriptor if its datagrams go through the page. */
static struct descriptor *paged(struct page *p, int fd)
{
	struct descriptor *d = descriptor(fd);

	return p && d && d->kind == KIND_UDP && p->datagrams ? d : NULL;
}

static bool is_kind(int fd, enum kind kind)
{
	struct descriptor *d = descriptor(fd);

	return d && d->kind == kind;
}

/* ---- addresses ---- */

static bool name_of(const struct sockaddr *sa, socklen_t len, struct name *ret)
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

static bool is_any(const struct name *n)
{
	static const uint8_t zero[16];

	return memcmp(n->bytes, zero, 16) == 0;
}

static bool is_loopback(const struct name *n)
{
	static const uint8_t six[16] = { [15] = 1 };

	return n->family == 4 ? n->bytes[0] == 127 : memcmp(n->bytes, six, 16) == 0;
}

static void put_sockaddr(uint8_t socket_family, uint8_t family, const uint8_t *bytes, uint16_t port,
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

/* ---- the life of descriptors ---- */

static void remember(int fd, enum kind kind, uint8_t family, bool nonblocking)
{
	struct descriptor *d = descriptor(fd);

	if (!d)
		return;
	*d = (struct descriptor){ .kind = kind, .family = family, .nonblocking = nonblocking };
}

static void unlink_port(int fd)
{
	struct descriptor *d = &table[fd];

	for (int *at = &on_port[d->bound.port]; *at; at = &table[*at - 1].next_on_port) {
		if (*at == fd + 1) {
			*at = d->next_on_port;
			break;
		}
	}
	d->next_on_port = 0;
}

static void unlink_ready(int fd)
{
	struct descriptor *d = &table[fd];

	for (int *at = &ready; d->is_ready && *at; at = &table[*at - 1].next_ready) {
		if (*at == fd + 1) {
			*at = d->next_ready;
			break;
		}
	}
	d->next_ready = 0;
	d->is_ready = false;
}

static void forget(struct page *p, int fd)
{
	struct descriptor *d = descriptor(fd);

	if (!d || d->kind == KIND_OTHER)
		return;
	pthread_mutex_lock(&lock);
	if (d->kind == KIND_UDP) {
		unlink_ready(fd);
		if (d->bound.family)
			unlink_port(fd);
	}
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
	pthread_mutex_unlock(&lock);
}

static void count_stream(struct page *p, int fd)
{
	struct descriptor *d = descriptor(fd);

	if (!p || !d || d->kind != KIND_STREAM || d->counted)
		return;
	d->counted = true;
	atomic_fetch_add(&area(p)->streams, 1);
}

/* The kernel is asked for a name that the program left open. */
static void remember_bound(int fd, const struct sockaddr *asked, socklen_t asked_len)
{
	struct sockaddr_storage sa;
	struct descriptor *d = descriptor(fd);
	socklen_t len = sizeof(sa);
	struct name n;

	if (!name_of(asked, asked_len, &n) || n.port == 0) {
		if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
			return;
		name_of((struct sockaddr *)&sa, len, &n);
	}
	pthread_mutex_lock(&lock);
	if (d->bound.family)
		unlink_port(fd);
	d->bound = n;
	d->next_on_port = on_port[d->bound.port];
	on_port[d->bound.port] = fd + 1;
	pthread_mutex_unlock(&lock);
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

	if (!paged(p, fd))
		return (int)RAW(SYS_bind, fd, sa, len, 0, 0, 0);
	if (name_of(sa, len, &n) && n.port == 0)
		r = bind_drawn(p, fd, sa, len);
	else
		r = (int)RAW(SYS_bind, fd, sa, len, 0, 0, 0);
	if (r == 0)
		remember_bound(fd, sa, len);
	return r;
}

/* Gives a socket that sends before it was bound a local port. */
static void bind_if_needed(struct page *p, int fd, const struct descriptor *d)
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
		remember_bound(fd, NULL, 0);
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

/* A blocking call on a descriptor first waits as poll() does. */
static void await(struct page *p, int fd, short events, enum kind kind)
{
	struct descriptor *d = descriptor(fd);
	struct pollfd f = { fd, events, 0 };

	if (p && d && d->kind == kind && !d->nonblocking)
		shim_poll(p, &f, 1, NEVER, NULL, PAGE_POLL);
}

HOOK int connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct page *p = page();
	struct descriptor *d = paged(p, fd);
	struct name n;
	int r;

	if (d && sa->sa_family != AF_UNSPEC)
		bind_if_needed(p, fd, d);
	r = (int)RAW(SYS_connect, fd, sa, len, 0, 0, 0);
	if (d) {
		name_of(sa, len, &n);
		d->peer = r == 0 ? n : (struct name){ 0 };
	}
	if (r == 0 || errno == EINPROGRESS)
		count_stream(p, fd);
	return r;
}

HOOK int accept4(int fd, struct sockaddr *restrict sa, socklen_t *restrict len, int flags)
{
	struct page *p = page();
	struct descriptor *d = descriptor(fd);
	int got;

	await(p, fd, POLLIN, d ? d->kind : KIND_OTHER);
	got = (int)RAW(SYS_accept4, fd, sa, len, flags, 0, 0);
	if (got >= 0 && d) {
		remember(got, d->kind, d->family, flags & SOCK_NONBLOCK);
		count_stream(p, got);
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
	struct descriptor *d = descriptor(old);

	if (new < 0 || !d)
		return new;
	if (paged(p, old))
		shim_refuse(p, "dup (of a UDP socket)");
	if (d->kind == KIND_WAKE || d->kind == KIND_STREAM) {
		remember(new, d->kind, d->family, d->nonblocking);
		if (d->counted)
			count_stream(p, new);
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
	struct descriptor *d = descriptor(fd);
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
	struct descriptor *d = descriptor(fd);
	va_list ap;
	void *arg;
	int r;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == FIONREAD && paged(p, fd))
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
	struct descriptor *d = paged(p, fd);

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

/* ---- epoll ---- */

void net_epoll_ctl(int ep, int op, int fd, const struct epoll_event *ev)
{
	struct descriptor *d = descriptor(fd);
	struct watch **at, *w;

	if (!d || d->kind != KIND_UDP)
		return;
	pthread_mutex_lock(&lock);
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
	pthread_mutex_unlock(&lock);
}

int net_epoll_events(int ep, struct epoll_event *ev, int max)
{
	int n = 0;

	if (!ready)
		return 0;
	pthread_mutex_lock(&lock);
	for (int i = ready; i && n < max; i = table[i - 1].next_ready) {
		for (struct watch *w = table[i - 1].watches; w && n < max; w = w->next) {
			if (w->ep != ep || !(w->ev.events & EPOLLIN) || !w->armed)
				continue;
			ev[n++] = (struct epoll_event){ EPOLLIN, w->ev.data };
			if (w->ev.events & (EPOLLET | EPOLLONESHOT))
				w->armed = false;
		}
	}
	pthread_mutex_unlock(&lock);
	return n;
}

bool net_readable(int fd)
{
	struct descriptor *d = descriptor(fd);

	return d && d->kind == KIND_UDP && d->first;
}

/* ---- what comes in ---- */

/* How well a socket fits a datagram: 0 not at all. */
static int fit(const struct descriptor *d, const struct page_datagram *g)
{
	size_t len = g->family == 4 ? 4 : 16;
	int score = 1;

	if (d->bound.family != g->family)
		return 0;
	if (!is_any(&d->bound)) {
		if (memcmp(d->bound.bytes, g->to, len) != 0)
			return 0;
		score += 1;
	}
	if (d->peer.family) {
		if (d->peer.port != g->from_port || memcmp(d->peer.bytes, g->from, len) != 0)
			return 0;
		score += 2;
	}
	return score;
}

static int receiver(const struct page_datagram *g)
{
	int best = 0, best_fit = 0;

	for (int i = on_port[g->to_port]; i; i = table[i - 1].next_on_port) {
		int f = fit(&table[i - 1], g);

		if (f > best_fit) {
			best_fit = f;
			best = i;
		}
	}
	return best - 1;
}

/* Threads that wait for a descriptor which got something, other than the one that is here now. */
static void wake_waiters(struct page *p, const struct descriptor *d)
{
	struct page_slot *self = shim_self(p);

	for (unsigned i = 0; i < atomic_load(&p->slot_top); i++) {
		struct page_slot *s = &p->slots[i];
		bool wanted = false;

		if (s == self || s->area != shim_area || atomic_load(&s->state) != PAGE_BLOCKED)
			continue;
		if (atomic_load(&s->kind) == PAGE_POLL)
			wanted = true;
		for (const struct watch *w = d->watches; w; w = w->next)
			wanted |= atomic_load(&s->kind) == PAGE_EPOLL &&
				  atomic_load(&s->what) == (uint64_t)w->ep;
		if (wanted && shim_claim(p, s))
			shim_wake(p, s);
	}
}

static void enqueue(struct page *p, const struct page_datagram *g)
{
	int fd = receiver(g);
	struct descriptor *d;
	struct queued *q;

	if (fd < 0) {
		atomic_fetch_add(&area(p)->dropped, 1);
		return;
	}
	d = &table[fd];
	q = malloc(sizeof(*q) + g->len);
	if (!q)
		return;
	q->next = NULL;
	q->d = *g;
	memcpy(q->data, g + 1, g->len);
	if (d->first)
		d->last->next = q;
	else
		d->first = q;
	d->last = q;
	if (!d->is_ready) {
		d->is_ready = true;
		d->next_ready = ready;
		ready = fd + 1;
	}
	for (struct watch *w = d->watches; w; w = w->next)
		if (w->ev.events & EPOLLET && !(w->ev.events & EPOLLONESHOT))
			w->armed = true;
	wake_waiters(p, d);
}

static bool has_come(struct page *p)
{
	struct page_area *a = area(p);
	struct page_datagram *ask;

	if (page_ring_peek(&a->in))
		return true;
	ask = page_ring_peek(&a->asks);
	return ask && ask->at <= atomic_load(&p->now);
}

bool net_pending(struct page *p)
{
	bool pending;

	if (!p->datagrams)
		return false;
	pthread_mutex_lock(&lock);
	pending = has_come(p);
	pthread_mutex_unlock(&lock);
	return pending;
}

void net_pump(struct page *p)
{
	struct page_area *a = area(p);
	struct page_datagram *g;

	if (!p->datagrams)
		return;
	pthread_mutex_lock(&lock);
	while ((g = page_ring_peek(&a->in))) {
		enqueue(p, g);
		page_ring_pop(&a->in, g);
	}
	while ((g = page_ring_peek(&a->asks)) && g->at <= atomic_load(&p->now)) {
		enqueue(p, g);
		page_ring_pop(&a->asks, g);
	}
	pthread_mutex_unlock(&lock);
}

/* ---- receiving ---- */

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

static void drop_first(int fd, struct descriptor *d)
{
	struct queued *q = d->first;

	d->first = q->next;
	if (!d->first)
		unlink_ready(fd);
	free(q);
}

/* One datagram out of the queue; -1 and EAGAIN when there is none. */
static ssize_t take(struct page *p, int fd, struct msghdr *m, int flags)
{
	struct descriptor *d = &table[fd];
	struct page_slot *self = shim_self(p);
	ssize_t len;
	struct queued *q;
	size_t done;

	net_pump(p);
	pthread_mutex_lock(&lock);
	q = d->first;
	if (!q || flags & MSG_ERRQUEUE) {
		pthread_mutex_unlock(&lock);
		errno = EAGAIN;
		return -1;
	}
	atomic_store_explicit(&area(p)->port_slot[d->bound.port], (uint8_t)(self - p->slots + 1),
			      memory_order_relaxed);
	done = scatter(m->msg_iov, m->msg_iovlen, q->data, q->d.len);
	len = flags & MSG_TRUNC ? (ssize_t)q->d.len : (ssize_t)done;
	m->msg_flags = done < q->d.len ? MSG_TRUNC : 0;
	put_sockaddr(d->family, q->d.family, q->d.from, q->d.from_port, m->msg_name,
		     &m->msg_namelen);
	put_info(d, &q->d, m);
	if (!(flags & MSG_PEEK))
		drop_first(fd, d);
	pthread_mutex_unlock(&lock);
	return len;
}

static ssize_t receive(struct page *p, int fd, struct msghdr *m, int flags)
{
	for (;;) {
		ssize_t n = take(p, fd, m, flags);

		if (n >= 0 || flags & MSG_DONTWAIT || table[fd].nonblocking)
			return n;
		await(p, fd, POLLIN, KIND_UDP);
	}
}

HOOK ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	struct page *p = page();

	if (paged(p, fd))
		return receive(p, fd, m, flags);
	if (!(flags & MSG_DONTWAIT)) {
		await(p, fd, POLLIN, KIND_STREAM);
		await(p, fd, POLLIN, KIND_WAKE);
	}
	return RAW(SYS_recvmsg, fd, m, flags, 0, 0, 0);
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

	if (!paged(p, fd)) {
		if (!(flags & MSG_DONTWAIT)) {
			await(p, fd, POLLIN, KIND_STREAM);
			await(p, fd, POLLIN, KIND_WAKE);
		}
		return RAW(SYS_recvfrom, fd, data, len, flags, sa, sa_len);
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

	if (!paged(p, fd))
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

	if (paged(p, fd))
		return recv(fd, data, len, 0);
	await(p, fd, POLLIN, KIND_WAKE);
	await(p, fd, POLLIN, KIND_STREAM);
	return RAW(SYS_read, fd, data, len, 0, 0, 0);
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

	if (paged(p, fd))
		return receive(p, fd, &m, 0);
	await(p, fd, POLLIN, KIND_WAKE);
	await(p, fd, POLLIN, KIND_STREAM);
	return RAW(SYS_readv, fd, iov, count, 0, 0, 0);
}

/* ---- sending ---- */

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

	if (!is_any(&d->bound))
		memcpy(from.bytes, d->bound.bytes, 16);
	source_from(m, &from);
	if (is_any(&from))
		memcpy(from.bytes, to->family == 4 ? area(p)->self4 : area(p)->self6,
		       to->family == 4 ? 4 : 16);
	return from;
}

/* An answer that the harness may read later: see page.h. */
static bool is_calm(struct page *p, const struct page_datagram *g, const uint8_t *data)
{
	return g->from_port == 53 && g->len >= 12 && !(data[2] & 2) &&
	       area(p)->calm_rcodes >> (data[3] & 15) & 1;
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

/* A place in the ring, waited for while the harness empties it. The lock is held before and after. */
static struct page_datagram *place(struct page *p, uint32_t len)
{
	struct page_datagram *g;

	while (!(g = page_ring_place(&area(p)->out, len))) {
		pthread_mutex_unlock(&lock);
		atomic_store(&area(p)->attention, 1);
		shim_ring(p);
		sched_yield();
		pthread_mutex_lock(&lock);
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
	pthread_mutex_lock(&lock);
	g = place(p, (uint32_t)len);
	g->len = (uint32_t)len;
	g->at = shim_now(p);
	g->family = to->family;
	g->from_port = from.port;
	g->to_port = to->port;
	memcpy(g->from, from.bytes, 16);
	memcpy(g->to, to->bytes, 16);
	gather((uint8_t *)(g + 1), m->msg_iov, m->msg_iovlen);
	if (!is_calm(p, g, (const uint8_t *)(g + 1)))
		atomic_store(&area(p)->attention, 1);
	page_ring_push(&area(p)->out, g);
	pthread_mutex_unlock(&lock);
	return (ssize_t)len;
}

HOOK ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	struct page *p = page();
	struct descriptor *d = paged(p, fd);
	struct name to;
	ssize_t n;

	if (!d) {
		n = RAW(SYS_sendmsg, fd, m, flags, 0, 0, 0);
		if (p && is_kind(fd, KIND_WAKE))
			shim_kick(p);
		return n;
	}
	to = d->peer;
	if (m->msg_name && !name_of(m->msg_name, m->msg_namelen, &to)) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (!to.family) {
		errno = EDESTADDRREQ;
		return -1;
	}
	if (is_loopback(&to))
		return RAW(SYS_sendmsg, fd, m, flags, 0, 0, 0);
	bind_if_needed(p, fd, d);
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
	ssize_t n;

	if (paged(p, fd))
		return sendmsg(fd, &m, flags);
	n = RAW(SYS_sendto, fd, data, len, flags, sa, sa_len);
	if (p && is_kind(fd, KIND_WAKE))
		shim_kick(p);
	return n;
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
	ssize_t n;

	if (paged(p, fd))
		return sendto(fd, data, len, 0, NULL, 0);
	n = RAW(SYS_write, fd, data, len, 0, 0, 0);
	if (p && is_kind(fd, KIND_WAKE))
		shim_kick(p);
	return n;
}

HOOK ssize_t writev(int fd, const struct iovec *iov, int count)
{
	struct page *p = page();
	struct msghdr m = { .msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)count };
	ssize_t n;

	if (paged(p, fd))
		return sendmsg(fd, &m, 0);
	n = RAW(SYS_writev, fd, iov, count, 0, 0, 0);
	if (p && is_kind(fd, KIND_WAKE))
		shim_kick(p);
	return n;
}

/* ---- descriptors that wake threads ---- */

HOOK int eventfd(unsigned int value, int flags)
{
	int fd = (int)RAW(SYS_eventfd2, value, flags, 0, 0, 0, 0);

	remember(fd, KIND_WAKE, 0, flags & EFD_NONBLOCK);
	return fd;
}

HOOK int eventfd_write(int fd, eventfd_t value)
{
	return write(fd, &value, sizeof(value)) == sizeof(value) ? 0 : -1;
}

HOOK int eventfd_read(int fd, eventfd_t *value)
{
	return read(fd, value, sizeof(*value)) == sizeof(*value) ? 0 : -1;
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

/* ---- system calls by number ---- */

/* libuv sends and receives this way. What has a hook goes to the hook. */
HOOK long syscall(long n, ...)
{
	struct page *p = page();
	long a[6];
	va_list ap;

	va_start(ap, n);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	switch (n) {
	case SYS_recvmmsg:
		return recvmmsg((int)a[0], (void *)a[1], (unsigned)a[2], (int)a[3], (void *)a[4]);
	case SYS_sendmmsg:
		return sendmmsg((int)a[0], (void *)a[1], (unsigned)a[2], (int)a[3]);
	case SYS_epoll_pwait:
		return epoll_pwait((int)a[0], (void *)a[1], (int)a[2], (int)a[3], (void *)a[4]);
	case SYS_clock_gettime:
		return clock_gettime((clockid_t)a[0], (void *)a[1]);
	case SYS_getrandom: {
		extern ssize_t getrandom(void *, size_t, unsigned int);

		return getrandom((void *)a[0], (size_t)a[1], (unsigned)a[2]);
	}
	case SYS_close:
		return close((int)a[0]);
	case SYS_futex:
		if (p)
			return shim_futex(p, a[0], (int)a[1], a[2], a[3], a[4], a[5]);
		break;
	case SYS_io_uring_setup:
		/* Its timeouts would be the machine's; programs fall back to epoll. */
		if (!p)
			break;
		errno = ENOSYS;
		return -1;
	default:
		break;
	}
	return RAW(n, a[0], a[1], a[2], a[3], a[4], a[5]);
}
