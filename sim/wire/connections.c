/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/connections_inside.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "sim/wire/bytes.h"

#define FIRST_PORT 32768

int connections_new(struct poller *p, struct pool *pool, struct pool *resolvers,
		    struct connections **ret, struct err *e)
{
	struct connections *all = calloc(1, sizeof(*all));

	if (!all)
		return err_set(e, -ENOMEM, "out of memory");
	all->poller = p;
	all->pool = pool;
	all->resolvers = resolvers;
	*ret = all;
	return 0;
}

void connections_number(struct connections *all)
{
	all->numbers = true;
}

static void close_connection(struct connections *all, struct connection *c)
{
	HASH_DELETE(hh, all->oldest, c);
	poller_remove(all->poller, &c->handle);
	bytes_done(&c->in);
	bytes_done(&c->out);
	free(c);
}

static struct losses *losses_of(struct connections *all)
{
	return &all->pool->losses;
}

void connection_give_up(struct connections *all, struct connection *c, uint8_t state)
{
	all->untaken += state == TCP_SYN_SENT;
	close_connection(all, c);
}

/* Somebody waits on it: a client for its answer, or bytes of ours to be read. */
void connections_drop_oldest(struct connections *all)
{
	struct connection *c = all->oldest;

	if (!c)
		return;
	if (c->side == SIDE_CLIENT || c->out.start < c->out.end)
		losses_note(losses_of(all), &losses_of(all)->counts.clients,
			    c->side == SIDE_CLIENT ? &c->here : NULL);
	close_connection(all, c);
}

/* Leaves by a reset: a client once it has its answer or gave up, an authority when who called has closed, whose port is free
 * then. Weeks of virtual connections would else pile up in the minute of real time for which the kernel remembers a closed
 * one, until no port is left. */
static void leave_at_once(int fd)
{
	const struct linger off = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof(off));
}

/* The other side has closed, and has all that we sent. */
static bool is_left(const struct connection *c, ssize_t received)
{
	return c->side == SIDE_AUTHORITY && received == 0 && c->out.start == c->out.end &&
	       !connection_kernel_has(c);
}

static struct connection *find_connection(struct connections *all, uint32_t id)
{
	struct connection *c;

	HASH_FIND(hh, all->oldest, &id, sizeof(id), c);
	return c;
}

/* An id that no connection has, and none had for a long time; 0 is none. */
static uint32_t next_id(struct connections *all)
{
	while (!++all->last_id || find_connection(all, all->last_id))
		;
	return all->last_id;
}

/* Makes it the newest. */
static void add(struct connections *all, struct connection *c)
{
	c->used = all->now;
	HASH_ADD(hh, all->oldest, id, sizeof(c->id), c);
}

static void note_use(struct connections *all, struct connection *c)
{
	HASH_DELETE(hh, all->oldest, c);
	add(all, c);
}

/* Of several that speak at one instant first who has the lower address, and of his what he began first. */
static uint64_t rank_of(const struct address *a, uint32_t id)
{
	const uint8_t *last = a->bytes + (a->family == 6 ? 12 : 0);
	uint64_t rank = 0;

	for (unsigned i = 0; i < 4; i++)
		rank = rank << 8 | last[i];
	return rank << 32 | id;
}

/* Takes over `fd`, which is closed on failure. `there` is the other side. */
static int add_connection(struct connections *all, int fd, enum side side,
			  const struct endpoint *there, struct connection **ret, struct err *e)
{
	struct connection *c = calloc(1, sizeof(*c));
	int r;

	if (!c) {
		close(fd);
		return err_set(e, -ENOMEM, "out of memory");
	}
	if (HASH_COUNT(all->oldest) == CONNECTIONS_MAX)
		connections_drop_oldest(all);
	c->handle.kind = CONNECTION;
	c->handle.fd = fd;
	c->side = side;
	c->there = *there;
	c->id = next_id(all);
	c->handle.rank = rank_of(&there->address, c->id);
	add(all, c);
	endpoint_set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	r = poller_add(all->poller, &c->handle, e);
	if (r < 0) {
		close_connection(all, c);
		return r;
	}
	*ret = c;
	return 0;
}

/* Writes what can be written. false: the connection is gone. */
static bool flush(struct connections *all, struct connection *c)
{
	bool rest;

	c->is_awaited = true;
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
	return poller_want_output(all->poller, &c->handle, rest) == 0;
}

static int queue_message(struct connections *all, struct connection *c, const struct packet *p,
			 struct err *e)
{
	if (p->len > MESSAGE_MAX)
		return err_set(e, -EMSGSIZE, "a message of %zu bytes", p->len);
	if (!bytes_put_message(&c->out, p->data, p->len))
		return err_set(e, -ENOMEM, "out of memory");
	note_use(all, c);
	c->unanswered -= c->unanswered > 0;
	if (!flush(all, c))
		close_connection(all, c);
	return 0;
}

static int connect_as_client(struct connections *all, const struct packet *p, struct err *e)
{
	struct pool *pool = p->side == SIDE_RESOLVER ? all->resolvers : all->pool;
	int r, fd = pool_take(pool, p->from.address.family == 6, true, e);
	struct connection *c;
	socklen_t len;
	union endpoint_name n;

	if (fd < 0)
		return fd;
	leave_at_once(fd);
	len = endpoint_to_name(&p->from, &n);
	if (bind(fd, &n.any, len) < 0 || getsockname(fd, &n.any, &len) < 0) {
		close(fd);
		losses_note(losses_of(all), &losses_of(all)->counts.sockets, &p->from);
		return 0;
	}
	r = add_connection(all, fd, SIDE_CLIENT, &p->to, &c, e);
	if (r < 0)
		return r;
	c->here = endpoint_from_name(&n);
	len = endpoint_to_name(&p->to, &n);
	if (connect(fd, &n.any, len) < 0 && errno != EINPROGRESS) {
		if (errno != ECONNREFUSED) /* that is the resolver's word */
			losses_note(losses_of(all), &losses_of(all)->counts.sockets, &c->here);
		close_connection(all, c);
		return 0;
	}
	return queue_message(all, c, p, e);
}

int connections_send(struct connections *all, const struct packet *p, struct err *e)
{
	struct connection *c;

	if (p->side != SIDE_AUTHORITY)
		return connect_as_client(all, p, e);
	c = find_connection(all, p->connection);
	return c ? queue_message(all, c, p, e) : 0;
}

/* The next of FIRST_PORT to 65535 for the port of one who calls. */
static void number(struct connections *all, struct endpoint *there)
{
	struct caller *c;

	HASH_FIND(hh, all->callers, &there->address, sizeof(there->address), c);
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			return;
		c->address = there->address;
		HASH_ADD(hh, all->callers, address, sizeof(c->address), c);
	}
	there->port = (uint16_t)(FIRST_PORT + c->calls++ % (65536 - FIRST_PORT));
}

bool connections_accept(struct connections *all, const struct handle *listener)
{
	struct connection *c;
	struct endpoint there;
	union endpoint_name n;
	socklen_t len = sizeof(n);
	int fd;

	while ((fd = accept4(listener->fd, &n.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		there = endpoint_from_name(&n);
		if (all->numbers)
			number(all, &there);
		if (add_connection(all, fd, SIDE_AUTHORITY, &there, &c, NULL) < 0) {
			losses_note(losses_of(all), &losses_of(all)->counts.sockets, NULL);
		} else {
			len = sizeof(n);
			if (getsockname(fd, &n.any, &len) == 0)
				c->here = endpoint_from_name(&n);
		}
		len = sizeof(n);
	}
	return errno != EMFILE && errno != ENFILE;
}

/* The next whole message of what is already here. */
static bool next_message(struct connections *all, struct connection *c, uint8_t *message,
			 struct packet *ret)
{
	size_t len;

	if (!bytes_take_message(&c->in, message, &len))
		return false;
	*ret = (struct packet){ .side = c->side,
				.tcp = true,
				.opens = c->side == SIDE_AUTHORITY && !c->has_asked,
				.connection = c->id,
				.from = c->there,
				.to = c->here,
				.data = message,
				.len = len };
	c->has_asked = true;
	c->unanswered += c->side == SIDE_AUTHORITY;
	if (c->side == SIDE_CLIENT)
		close_connection(all, c);
	return true;
}

bool connections_receive(struct connections *all, struct handle *h, uint32_t events,
			 uint8_t *message, struct packet *ret)
{
	struct connection *c = (struct connection *)h;
	ssize_t n;

	if (events & EPOLLOUT && !flush(all, c)) {
		close_connection(all, c);
		return false;
	}
	while (!next_message(all, c, message, ret)) {
		if (!bytes_room(&c->in, 4096)) {
			losses_note(losses_of(all), &losses_of(all)->counts.receives,
				    c->side == SIDE_CLIENT ? &c->here : NULL);
			n = 0;
		} else
			n = recv(c->handle.fd, c->in.data + c->in.end, c->in.cap - c->in.end, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n <= 0) {
			if (is_left(c, n))
				leave_at_once(c->handle.fd);
			close_connection(all, c);
			return false;
		}
		c->in.end += (size_t)n;
		note_use(all, c);
	}
	return true;
}

static bool has_work(const struct connection *c)
{
	return c->unanswered || c->out.start < c->out.end;
}

void connections_tick(struct connections *all, uint64_t now, uint64_t patience)
{
	struct connection *c, *next;

	all->now = now;
	for (c = all->oldest; c && now - c->used > patience; c = next) {
		uint8_t state = 0;

		next = c->hh.next;
		if (c->side != SIDE_CLIENT)
			continue;
		connection_under_way(c, &state);
		connection_give_up(all, c, state);
	}
}

void connections_close_idle(struct connections *all, uint64_t idle)
{
	struct connection *c, *next;

	for (c = all->oldest; c && all->now - c->used > idle; c = next) {
		next = c->hh.next;
		if (c->side == SIDE_AUTHORITY && !has_work(c))
			close_connection(all, c);
	}
}

/* When it ends unless it is used before. */
static uint64_t ends(const struct connection *c, uint64_t patience, uint64_t idle)
{
	if (c->side == SIDE_CLIENT)
		return c->used + patience + 1;
	return has_work(c) ? UINT64_MAX : c->used + idle + 1;
}

uint64_t connections_due(const struct connections *all, uint64_t patience, uint64_t idle)
{
	uint64_t due = UINT64_MAX;

	for (const struct connection *c = all->oldest; c && c->used + patience < due;
	     c = c->hh.next) {
		uint64_t end = ends(c, patience, idle);

		due = end < due ? end : due;
	}
	return due;
}

unsigned connections_count(const struct connections *all)
{
	return HASH_COUNT(all->oldest);
}

uint64_t connections_untaken(const struct connections *all)
{
	return all->untaken;
}

void connections_free(struct connections *all)
{
	struct caller *c, *next;

	if (!all)
		return;
	while (all->oldest)
		close_connection(all, all->oldest);
	HASH_ITER (hh, all->callers, c, next) {
		HASH_DEL(all->callers, c);
		free(c);
	}
	free(all);
}
