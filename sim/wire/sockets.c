/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/sockets.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>

#include "sim/wire/clients.h"
#include "sim/wire/connections.h"
#include "sim/wire/listeners.h"
#include "sim/world/backlog.h"
#include "sim/world/netns.h"

#define LINGER 10 /* ticks of a second for which a client waits */
#define IDLE                                                                                       \
	30 /* for which an authority keeps a connection that nobody uses: BIND's tcp-idle-timeout */
#define CLIENTS_MAX 16384
#define RESOLVERS_MAX 8192 /* ports of theirs from which they wait for others */

struct sockets {
	const struct world *world; /* lent */
	struct poller poller;
	struct pool pool, resolvers_pool;
	struct listeners listeners;
	struct handle tick;
	uint64_t now; /* ticks since the beginning */
	const struct clock
		*clock; /* whose nanoseconds are the ticks; NULL: the machine's seconds are */
	struct clients *clients, *resolvers; /* those that ask others */
	struct connections *connections;
	struct sessions *sessions;
	bool has_staged;
	struct packet staged;
	uint8_t *message; /* where the next one goes: that of the last packet taken is still lent */
	uint8_t messages[2][MESSAGE_MAX + 1];
};

static int start_tick(struct sockets *s, struct err *e)
{
	const struct itimerspec every_second = { .it_interval.tv_sec = 1, .it_value.tv_sec = 1 };

	s->tick.kind = TICK;
	s->tick.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (s->tick.fd < 0 || timerfd_settime(s->tick.fd, 0, &every_second, NULL) < 0)
		return err_set(e, -errno, "cannot make a timer: %s", strerror(errno));
	return poller_add(&s->poller, &s->tick, e);
}

/* Each client in flight is a file of ours. Gives how many there may be. */
static unsigned allow_many_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return CLIENTS_MAX;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	if (r.rlim_max != RLIM_INFINITY &&
	    r.rlim_max < CLIENTS_MAX + CONNECTIONS_MAX + SESSIONS_MAX + 1024)
		return (unsigned)r.rlim_max / 2;
	return CLIENTS_MAX;
}

int sockets_new(const struct world *w, const struct clock *c, bool udp, struct sockets **ret,
		struct err *e)
{
	_cleanup_(sockets_freep) struct sockets *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(e, -ENOMEM, "out of memory");
	s->tick.fd = -1;
	s->world = w;
	s->message = s->messages[0];
	listeners_init(&s->listeners);
	pool_init(&s->pool, w);
	pool_init_resolvers(&s->resolvers_pool, w);
	r = poller_init(&s->poller, e);
	if (!r)
		r = clients_new(&s->poller, &s->pool, CLIENT, allow_many_files(), &s->clients, e);
	if (!r)
		r = clients_new(&s->poller, &s->resolvers_pool, RESOLVER, RESOLVERS_MAX,
				&s->resolvers, e);
	if (!r)
		r = connections_new(&s->poller, &s->pool, &s->resolvers_pool, &s->connections, e);
	if (!r && !udp)
		connections_number(s->connections);
	if (!r)
		r = sessions_new(&s->poller, &s->pool, c, &s->sessions, e);
	if (!r)
		r = netns_enter(w->internet, e);
	if (!r)
		r = listeners_open(&s->listeners, &s->poller, udp, e);
	if (!r && udp)
		r = start_tick(s, e);
	else
		s->clock = c;
	if (r < 0)
		return r;
	*ret = TAKE(s);
	return 0;
}

/* Once a second: clients that waited for too long go home. */
static void tick(struct sockets *s)
{
	uint64_t ticks;

	if (read(s->tick.fd, &ticks, sizeof(ticks)) != (ssize_t)sizeof(ticks))
		return;
	s->now += ticks;
	clients_tick(s->clients, s->now, LINGER);
	clients_tick(s->resolvers, s->now, LINGER);
	connections_tick(s->connections, s->now, LINGER);
	connections_close_idle(s->connections, IDLE);
}

void sockets_pass(struct sockets *s)
{
	if (s->clock)
		connections_tick(s->connections, (uint64_t)clock_now(s->clock), LINGER * SECOND);
}

void sockets_close_idle(struct sockets *s)
{
	connections_close_idle(s->connections, IDLE * SECOND);
}

simtime sockets_due(const struct sockets *s)
{
	uint64_t due = s->clock ? connections_due(s->connections, LINGER * SECOND, IDLE * SECOND)
				: UINT64_MAX;

	return earlier(due < SIMTIME_NEVER ? (simtime)due : SIMTIME_NEVER,
		       sessions_due(s->sessions));
}

/* When no file is left somebody must go, or the same event would come again for ever. */
static void accept_all(struct sockets *s, const struct handle *listener)
{
	if (!connections_accept(s->connections, listener) && !clients_drop_oldest(s->clients))
		connections_drop_oldest(s->connections);
}

static bool serve(struct sockets *s, struct handle *h, uint32_t events)
{
	switch (h->kind) {
	case UDP_LISTENER:
		if (listeners_receive(&s->listeners, h, s->message, &s->staged))
			return true;
		if (errno != EAGAIN && errno != EINTR)
			losses_note(&s->pool.losses, &s->pool.losses.counts.receives, NULL);
		return false;
	case TCP_LISTENER:
		accept_all(s, h);
		return false;
	case CLIENT:
		return clients_receive(s->clients, h, s->message, &s->staged);
	case RESOLVER:
		return clients_receive(s->resolvers, h, s->message, &s->staged);
	case CONNECTION:
		return connections_receive(s->connections, h, events, s->message, &s->staged);
	case SESSION:
		sessions_serve(s->sessions, h, events);
		return false;
	case TICK:
		tick(s);
		return false;
	}
	return false;
}

/* What has arrived in a session comes before what the poller tells: it may have come with that. */
static bool take_from_sessions(struct sockets *s)
{
	sessions_run(s->sessions);
	return sessions_take(s->sessions, s->message, &s->staged);
}

/* Stages a packet from what the poller has told, one after the other. */
static bool stage(struct sockets *s)
{
	struct handle *h;
	uint32_t events;

	s->has_staged = s->has_staged || take_from_sessions(s);
	while (!s->has_staged && (h = poller_next(&s->poller, &events))) {
		s->has_staged = serve(s, h, events);
		if (!s->has_staged)
			poller_skip(&s->poller);
		s->has_staged = s->has_staged || take_from_sessions(s);
	}
	return s->has_staged;
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

int sockets_serve(struct sockets *s)
{
	struct handle *h;
	uint32_t events;
	int r;

	sockets_pass(s);
	if (s->has_staged)
		return 0;
	r = poller_wait(&s->poller, 0);
	for (; r == 0 && (h = poller_next(&s->poller, &events)); poller_skip(&s->poller))
		if (h->kind != CONNECTION)
			serve(s, h, events);
	sessions_run(s->sessions);
	return r;
}

static void note_unsent(struct sockets *s, unsigned count)
{
	while (count--)
		losses_note(&s->pool.losses, &s->pool.losses.counts.sends, NULL);
}

int sockets_wait(struct sockets *s, int64_t timeout)
{
	int r;

	note_unsent(s, listeners_flush(&s->listeners));
	sockets_pass(s);
	if (stage(s))
		return 1;
	r = poller_wait(&s->poller, timeout);
	return r < 0 ? r : stage(s);
}

int sockets_send(struct sockets *s, const struct packet *p, struct err *e)
{
	sockets_pass(s);
	if (p->tcp)
		return connections_send(s->connections, p, e);
	if (p->side == SIDE_CLIENT)
		return clients_send(s->clients, p, e);
	if (p->side == SIDE_RESOLVER)
		return clients_send(s->resolvers, p, e);
	note_unsent(s, listeners_send(&s->listeners, p));
	return 0;
}

struct losses_counts sockets_losses(const struct sockets *s)
{
	struct losses_counts c = s->pool.losses.counts;

	losses_add(&c, &s->resolvers_pool.losses.counts);
	c.receives += listeners_dropped(&s->listeners);
	return c;
}

bool sockets_was_lost(struct sockets *s, const struct endpoint *client)
{
	return losses_take(&s->pool.losses, client);
}

unsigned sockets_connections(const struct sockets *s)
{
	return connections_count(s->connections) + sessions_count(s->sessions);
}

uint64_t sockets_in_flight(const struct sockets *s)
{
	return connections_in_flight(s->connections);
}

unsigned sockets_awaited(const struct sockets *s)
{
	return connections_awaited(s->connections) + sessions_awaited(s->sessions);
}

unsigned sockets_give_up(struct sockets *s)
{
	return connections_give_up(s->connections) + sessions_give_up(s->sessions);
}

bool sockets_turn_away(struct sockets *s)
{
	struct backlog_listener full[BACKLOG_MOST];
	int n = backlog_full(s->world, full, NULL);
	unsigned lost = 0;

	if (n > 0) {
		lost += connections_turn_away(s->connections, full, n);
		lost += sessions_turn_away(s->sessions, full, n);
	}
	return lost;
}

uint64_t sockets_untaken(const struct sockets *s)
{
	return connections_untaken(s->connections) + sessions_untaken(s->sessions);
}

struct sessions *sockets_sessions(const struct sockets *s)
{
	return s->sessions;
}

void sockets_free(struct sockets *s)
{
	if (!s)
		return;
	clients_free(s->clients);
	clients_free(s->resolvers);
	connections_free(s->connections);
	sessions_free(s->sessions);
	pool_done(&s->pool);
	pool_done(&s->resolvers_pool);
	listeners_done(&s->listeners);
	closep(&s->tick.fd);
	poller_done(&s->poller);
	free(s);
}
