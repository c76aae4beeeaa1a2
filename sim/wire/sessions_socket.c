/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "sim/wire/sessions_inside.h"
#include "sim/wire/turned_away.h"

static void await(struct sessions *all, struct session *s)
{
	if (s->is_awaited)
		return;
	s->is_awaited = true;
	s->next_awaited = all->awaited;
	all->awaited = s;
}

static void unawait(struct sessions *all, struct session *s)
{
	struct session **at = &all->awaited;

	if (!s->is_awaited)
		return;
	while (*at != s)
		at = &(*at)->next_awaited;
	*at = s->next_awaited;
	s->is_awaited = false;
}

void session_close_socket(struct sessions *all, struct session *s)
{
	if (s->handle.fd < 0)
		return;
	poller_remove(all->poller, &s->handle);
	s->handle.fd = -1;
	s->is_connecting = false;
	unawait(all, s);
	all->stirred = true;
}

/* What the testbed cannot do: who asks by it waits in vain, and that is no time-out of the resolver's. */
static void lose(struct sessions *all, struct session *s)
{
	losses_note(&all->pool->losses, &all->pool->losses.counts.sockets, &s->plan.from);
	session_close_socket(all, s);
}

/* Leaves by a reset, as clients of connections.c do. */
static void leave_at_once(int fd)
{
	const struct linger off = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof(off));
}

static int knock(struct sessions *all, struct session *s, struct err *e)
{
	union endpoint_name n;
	socklen_t len = endpoint_to_name(&s->plan.from, &n);
	int r, fd = pool_take(all->pool, s->plan.from.address.family == 6, true, e);

	if (fd < 0)
		return fd;
	s->handle.fd = fd;
	leave_at_once(fd);
	endpoint_set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	r = poller_add(all->poller, &s->handle, e);
	if (r < 0)
		return r;
	if (bind(fd, &n.any, len) < 0) {
		lose(all, s);
		return 0;
	}
	len = endpoint_to_name(&s->plan.to, &n);
	s->is_connecting = true;
	if (connect(fd, &n.any, len) < 0 && errno != EINPROGRESS) {
		if (errno != ECONNREFUSED) {
			lose(all, s);
			return 0;
		}
		session_close_socket(all, s);
		return session_post(all, s, IN, PARCEL_END, NULL, 0, e);
	}
	await(all, s);
	return poller_want_output(all->poller, &s->handle, true) == 0 ? 0 : (lose(all, s), 0);
}

/* Writes what the kernel takes. false: the connection is no more. */
static bool flush(struct sessions *all, struct session *s)
{
	ssize_t n = 0;

	while (bytes_len(&s->out)) {
		n = send(s->handle.fd, s->out.data + s->out.start, bytes_len(&s->out),
			 MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			break;
		s->out.start += n > 0 ? (size_t)n : 0;
		await(all, s);
	}
	if (n < 0 && errno != EAGAIN)
		return false;
	return poller_want_output(all->poller, &s->handle, bytes_len(&s->out)) == 0;
}

/* The other side is no longer there. */
static void lost_resolver(struct sessions *all, struct session *s)
{
	struct err e;

	session_close_socket(all, s);
	if (session_post(all, s, IN, PARCEL_END, NULL, 0, &e) < 0)
		session_end(all, s);
}

int session_come_to_resolver(struct sessions *all, struct session *s, const struct parcel *p,
			     struct err *e)
{
	all->stirred = true;
	switch (p->kind) {
	case PARCEL_OPEN:
		return knock(all, s, e);
	case PARCEL_BYTES:
		if (s->handle.fd < 0)
			return 0;
		if (!bytes_put(&s->out, p->data, p->len))
			return err_set(e, -ENOMEM, "out of memory");
		if (!s->is_connecting && !flush(all, s))
			lost_resolver(all, s);
		return 0;
	case PARCEL_END:
		session_close_socket(all, s);
		return 0;
	}
	return 0;
}

static void read_socket(struct sessions *all, struct session *s)
{
	uint8_t data[16384];
	struct err e;
	ssize_t n;

	while (s->handle.fd >= 0) {
		n = recv(s->handle.fd, data, sizeof(data), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			lost_resolver(all, s);
		else if (session_post(all, s, IN, PARCEL_BYTES, data, (size_t)n, &e) < 0)
			lose(all, s);
	}
}

static void finish_connect(struct sessions *all, struct session *s)
{
	int error = 0;
	socklen_t len = sizeof(error);
	struct err e;

	getsockopt(s->handle.fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error) {
		lost_resolver(all, s);
		return;
	}
	s->is_connecting = false;
	if (session_post(all, s, IN, PARCEL_OPEN, NULL, 0, &e) < 0)
		lose(all, s);
	else if (!flush(all, s))
		lost_resolver(all, s);
}

void sessions_serve(struct sessions *all, struct handle *h, uint32_t events)
{
	struct session *s = (struct session *)(void *)h;

	all->stirred = true;
	if (s->is_connecting && events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
		finish_connect(all, s);
	else if (events & EPOLLOUT && !flush(all, s))
		lost_resolver(all, s);
	if (s->handle.fd >= 0 && !s->is_connecting)
		read_socket(all, s);
}

/* See connections.c. */
static unsigned segments_of(const struct session *s, uint8_t *state)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(s->handle.fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return 0;
	*state = info.tcpi_state;
	return info.tcpi_unacked;
}

unsigned sessions_awaited(struct sessions *all)
{
	struct session *s = all ? all->awaited : NULL, *next;
	unsigned sum = 0, n;
	uint8_t state = 0;

	for (; s; s = next) {
		next = s->next_awaited;
		n = segments_of(s, &state);
		if (!n)
			unawait(all, s);
		sum += n;
	}
	return sum;
}

unsigned sessions_give_up(struct sessions *all)
{
	struct session *s = all ? all->awaited : NULL, *next;
	unsigned sum = 0, n;
	uint8_t state = 0;

	for (; s; s = next) {
		next = s->next_awaited;
		n = segments_of(s, &state);
		if (n && state == TCP_SYN_SENT) {
			all->untaken++;
			session_close_socket(all, s);
		} else {
			sum += n;
		}
	}
	return sum;
}

unsigned sessions_turn_away(struct sessions *all, const struct backlog_listener *full, int count)
{
	struct session *s = all ? all->awaited : NULL, *next;
	unsigned lost = 0;

	for (; s; s = next) {
		next = s->next_awaited;
		if (!turned_away(s->handle.fd, &s->plan.to, full, count))
			continue;
		all->untaken++;
		session_close_socket(all, s);
		lost++;
	}
	return lost;
}
