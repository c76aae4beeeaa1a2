/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/clients.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "sim/base/buf.h"
#include "sim/base/hash.h"

#define KEY_LEN (2 + 1 + 16) /* port, family, address */

struct client {
	struct handle handle;
	struct endpoint at;
	unsigned waiting;
	uint64_t used; /* the tick at which it last sent */
	uint8_t key[KEY_LEN];
	UT_hash_handle hh;
};

struct clients {
	struct poller *poller;
	struct pool *pool;
	uint64_t now;
	struct client *oldest; /* and behind it all others, as they last sent, found by key */
	enum handle_kind kind;
	unsigned max;
};

int clients_new(struct poller *p, struct pool *pool, enum handle_kind kind, unsigned max,
		struct clients **ret, struct err *e)
{
	struct clients *all = calloc(1, sizeof(*all));

	if (!all)
		return err_set(e, -ENOMEM, "out of memory");
	all->poller = p;
	all->pool = pool;
	all->kind = kind;
	all->max = max;
	*ret = all;
	return 0;
}

static void put_key(const struct endpoint *at, uint8_t key[KEY_LEN])
{
	memset(key, 0, KEY_LEN);
	put16(key, at->port);
	key[2] = at->address.family;
	memcpy(key + 3, at->address.bytes, address_len(&at->address));
}

static struct client *find_client(struct clients *all, const struct endpoint *at)
{
	uint8_t key[KEY_LEN];
	struct client *c;

	put_key(at, key);
	HASH_FIND(hh, all->oldest, key, KEY_LEN, c);
	return c;
}

/* Makes it the newest. */
static void add_client(struct clients *all, struct client *c)
{
	c->used = all->now;
	HASH_ADD(hh, all->oldest, key, KEY_LEN, c);
}

static struct losses *losses_of(struct clients *all)
{
	return &all->pool->losses;
}

static void close_client(struct clients *all, struct client *c)
{
	HASH_DELETE(hh, all->oldest, c);
	poller_remove(all->poller, &c->handle);
	free(c);
}

/* *ret stays NULL when there can be no client at this address: a spoofed one in a capture. */
static int open_client(struct clients *all, const struct endpoint *at, struct client **ret,
		       struct err *e)
{
	_cleanup_(freep) struct client *c = calloc(1, sizeof(*c));
	socklen_t len;
	union endpoint_name n;
	int r;

	if (!c)
		return err_set(e, -ENOMEM, "out of memory");
	if (HASH_COUNT(all->oldest) >= all->max)
		clients_drop_oldest(all);
	c->handle.kind = all->kind;
	c->handle.fd = pool_take(all->pool, at->address.family == 6, false, e);
	if (c->handle.fd < 0)
		return c->handle.fd;
	len = endpoint_to_name(at, &n);
	if (bind(c->handle.fd, &n.any, len) < 0 || getsockname(c->handle.fd, &n.any, &len) < 0) {
		close(c->handle.fd);
		losses_note(losses_of(all), &losses_of(all)->counts.sockets, at);
		return 0;
	}
	c->at = endpoint_from_name(&n);
	r = poller_add(all->poller, &c->handle, e);
	if (r < 0) {
		close(c->handle.fd);
		return r;
	}
	put_key(&c->at, c->key);
	add_client(all, c);
	*ret = TAKE(c);
	return 0;
}

int clients_send(struct clients *all, const struct packet *p, struct err *e)
{
	struct client *c = p->from.port ? find_client(all, &p->from) : NULL;
	union endpoint_name n;
	socklen_t len = endpoint_to_name(&p->to, &n);
	int r;

	if (!c) {
		r = open_client(all, &p->from, &c, e);
		if (r < 0 || !c)
			return r;
	} else {
		HASH_DELETE(hh, all->oldest, c);
		add_client(all, c);
	}
	if (sendto(c->handle.fd, p->data, p->len, MSG_NOSIGNAL, &n.any, len) < 0) {
		losses_note(losses_of(all), &losses_of(all)->counts.sends, &c->at);
		return 0;
	}
	c->waiting++;
	return 0;
}

bool clients_receive(struct clients *all, struct handle *h, uint8_t *message, struct packet *ret)
{
	struct client *c = (struct client *)h;
	union endpoint_name n;
	socklen_t len = sizeof(n);
	ssize_t got = recvfrom(c->handle.fd, message, MESSAGE_MAX + 1, 0, &n.any, &len);

	if (got < 0) {
		if (errno != EAGAIN && errno != EINTR)
			losses_note(losses_of(all), &losses_of(all)->counts.receives, &c->at);
		return false;
	}
	*ret = (struct packet){ .side = SIDE_CLIENT,
				.from = endpoint_from_name(&n),
				.to = c->at,
				.data = message,
				.len = (size_t)got };
	if (c->waiting <= 1)
		close_client(all, c);
	else
		c->waiting--;
	return true;
}

void clients_tick(struct clients *all, uint64_t now, uint64_t patience)
{
	all->now = now;
	while (all->oldest && now - all->oldest->used > patience)
		close_client(all, all->oldest);
}

bool clients_drop_oldest(struct clients *all)
{
	struct client *c = all->oldest;

	if (!c)
		return false;
	if (c->waiting)
		losses_note(losses_of(all), &losses_of(all)->counts.clients, &c->at);
	close_client(all, c);
	return true;
}

void clients_free(struct clients *all)
{
	while (all && all->oldest)
		close_client(all, all->oldest);
	free(all);
}
