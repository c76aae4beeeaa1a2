/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/beside.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "sim/world/netns.h"

#define ANSWER_WITHIN (10 * SECOND)
#define DNS_PORT 53
#define FIRST_PORT 20000
#define ADDRESS "10.255.255.253" /* no client has it */

/* ---- its files ---- */

int beside_write(const struct cell *c, const struct host *h, const char *name, const char *text,
		 struct err *e)
{
	char path[sizeof(h->work) + 64];
	_cleanup_(fclosep) FILE *f = NULL;

	snprintf(path, sizeof(path), "%s/%s", h->work, name);
	f = fopen(path, "we");
	if (!f || fputs(text, f) < 0 || fflush(f) != 0 || fchmod(fileno(f), 0755) < 0)
		return err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	return sandbox_give(c->world.hosts[h->number].sandbox, path, e);
}

int beside_write_anchors(const struct cell *c, const struct host *h, struct err *e)
{
	char bind[sizeof(c->anchor.key) + 64];
	int r = beside_write(c, h, "anchor.hints", c->anchor.hints, e);

	anchor_bind(&c->anchor, bind, sizeof(bind));
	if (r == 0)
		r = beside_write(c, h, "anchor.key", c->anchor.key, e);
	return r == 0 ? beside_write(c, h, "anchor.bind", bind, e) : r;
}

/* ---- its queries ---- */

static int listen_at(const struct address *address, struct err *e)
{
	const struct endpoint at = { *address, DNS_PORT };
	union endpoint_name n;
	socklen_t len = endpoint_to_name(&at, &n);
	int fd = socket(n.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && bind(fd, &n.any, len) == 0)
		return fd;
	err_set(e, -errno, "cannot listen beside the resolver: %s", strerror(errno));
	closep(&fd);
	return -1;
}

/* In the resolver's namespace the kernel gets none of the resolver's datagrams, so its address is
 * free there. */
static int open_sockets(struct beside *b, struct err *e)
{
	const struct address *own[] = { &b->host->at.address, &b->host->at6.address };
	int r = netns_enter(b->cell->world.hosts[b->host->number].netns, e);

	for (int i = 0; i < BESIDE_SOCKETS && r == 0; i++) {
		b->sockets[i] = listen_at(own[i], e);
		r = b->sockets[i] < 0 ? -EIO : 0;
	}
	if (r == 0)
		r = netns_enter(b->cell->world.internet, e);
	return r < 0 ? r : listeners_open_datagrams(&b->others, e);
}

static struct beside_asked *free_place(struct beside *b)
{
	for (unsigned i = 0; i < BESIDE_ASKED; i++)
		if (!b->asked[i].waits)
			return &b->asked[i];
	return NULL;
}

/* One that came to the resolver's own address. */
static bool receive(const struct beside *b, int i, uint8_t *bytes, struct packet *ret)
{
	union endpoint_name n;
	socklen_t len = sizeof(n);
	ssize_t got = recvfrom(b->sockets[i], bytes, MESSAGE_MAX, 0, &n.any, &len);

	if (got < 0)
		return false;
	*ret = (struct packet){ .from = endpoint_from_name(&n),
				.to = i ? b->host->at6 : b->host->at,
				.data = bytes,
				.len = (size_t)got };
	return true;
}

/* To whom it was sent: a resolver gets it as a client's, of an address of IPv4. */
static int hand_on(struct beside *b, struct packet *p, struct beside_asked *a, struct err *e)
{
	struct host *h = cell_host_at(b->cell, &p->to.address);

	a->port = b->me.port++;
	if (b->me.port < FIRST_PORT)
		b->me.port = FIRST_PORT;
	p->from = b->me;
	p->from.port = a->port;
	p->at = clock_now(b->cell->clock);
	p->side = h ? SIDE_CLIENT : SIDE_AUTHORITY;
	if (!h)
		return authority_query(b->authority, p, e);
	p->to = h->at;
	return wire_send(b->cell->wire, p, e);
}

/* One that has come goes on. 0: none had. */
static int pass_query(struct beside *b, int i, struct err *e)
{
	static uint8_t bytes[MESSAGE_MAX + 1];
	struct beside_asked *a = free_place(b);
	bool is_own = i < BESIDE_SOCKETS, got;
	struct packet p;
	int r;

	if (!a)
		return 0;
	got = is_own ? receive(b, i, bytes, &p)
		     : listeners_receive(&b->others, &b->others.udp[i - BESIDE_SOCKETS], bytes, &p);
	if (!got)
		return 0;
	a->from = p.from;
	a->to = p.to;
	a->socket = is_own ? b->sockets[i] : -1;
	a->waits = true;
	b->waiting++;
	r = hand_on(b, &p, a, e);
	return r < 0 ? r : 1;
}

/* An answer goes back to where its query came from. */
static void answer(struct beside *b, const struct packet *p)
{
	struct packet back = *p;
	union endpoint_name n;
	socklen_t len;

	for (unsigned i = 0; i < BESIDE_ASKED; i++) {
		struct beside_asked *a = &b->asked[i];

		if (!a->waits || a->port != p->to.port)
			continue;
		a->waits = false;
		b->waiting--;
		back.from = a->to;
		back.to = a->from;
		len = endpoint_to_name(&a->from, &n);
		if (p->unreachable)
			continue;
		if (a->socket >= 0)
			sendto(a->socket, p->data, p->len, MSG_DONTWAIT, &n.any, len);
		else
			listeners_send(&b->others, &back), listeners_flush(&b->others);
	}
}

/* Of an authority. */
static int divert(const struct packet *p, void *arg, struct err *e)
{
	(void)e;
	answer(arg, p);
	return 0;
}

static int take(void *self, const struct packet *p, struct err *e)
{
	struct beside *b = self;

	if (!address_equal(&p->to.address, &b->me.address) || p->tcp)
		return b->inner.ops->take(b->inner.self, p, e);
	answer(b, p);
	return 0;
}

static int run(void *self, simtime now, struct err *e)
{
	const struct beside *b = self;
	int r = authority_run(b->authority, now, e);

	return r < 0 ? r : b->inner.ops->run(b->inner.self, now, e);
}

static simtime due(const void *self)
{
	const struct beside *b = self;

	return earlier(authority_due(b->authority), b->inner.ops->due(b->inner.self));
}

static const struct asker_ops beside = { .take = take, .run = run, .due = due };

int beside_begin(struct beside *b, struct cell *c, struct host *h, struct err *e)
{
	int r;

	*b = (struct beside){ .cell = c, .host = h, .sockets = { -1, -1 } };
	listeners_init(&b->others);
	if (clock_mode(c->clock) != CLOCK_VIRTUAL)
		return 0;
	address_parse(ADDRESS, &b->me.address);
	b->me.port = FIRST_PORT;
	r = open_sockets(b, e);
	if (r == 0)
		r = authority_new(c->scenario->tree, c->wire, NULL, &b->authority, e);
	if (r < 0)
		return r;
	authority_hush(b->authority);
	wire_divert(c->wire, &b->me.address, divert, b);
	b->inner = c->asker;
	c->asker = (struct asker){ &beside, b };
	return 0;
}

void beside_done(struct beside *b)
{
	if (b->inner.ops)
		b->cell->asker = b->inner;
	if (b->authority)
		wire_divert(b->cell->wire, &b->me.address, NULL, NULL);
	authority_free(b->authority);
	listeners_done(&b->others);
	for (int i = 0; i < BESIDE_SOCKETS; i++)
		closep(&b->sockets[i]);
	b->inner = (struct asker){ 0 };
	b->authority = NULL;
}

/* ---- while it asks ---- */

int beside_wait(struct beside *b, pid_t pid, struct err *e)
{
	return waiting_pass(&b->by_tcp, b->cell, pid, e);
}

/* A good answer of a resolver may be seen only when a step is over (cell_calm_rcodes()), and a step goes on to what is
 * next in the cell. So the steps are short, at first of a millisecond each. */
static int step(struct beside *b, simtime since, simtime limit, struct err *e)
{
	simtime now = clock_now(b->cell->clock);
	simtime until = now + (now - since < SECOND / 10 ? MSEC : 10 * MSEC);
	int r = cell_step(b->cell, earlier(until, limit), e);

	return r < 0 ? r : now >= limit;
}

int beside_pass(struct beside *b, struct err *e)
{
	simtime since = clock_now(b->cell->clock), limit = since + ANSWER_WITHIN;
	bool any = false;
	int r = 0;

	for (int i = 0; i < 2 * BESIDE_SOCKETS && r >= 0; i++)
		while ((r = pass_query(b, i, e)) > 0)
			any = true;
	limit = earlier(limit, b->cell->scenario->to);
	while (r == 0 && b->waiting)
		r = step(b, since, limit, e);
	for (unsigned i = 0; i < BESIDE_ASKED; i++)
		b->asked[i].waits = false; /* nobody answers any more */
	b->waiting = 0;
	return r < 0 ? r : any;
}
