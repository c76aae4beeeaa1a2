/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel moves everything, and waiting is waiting: for clocks at real or constant speed. */
#include "sim/wire/wire_ops.h"

#include <errno.h>

static int send_now(struct wire *w, const struct packet *p, struct err *e)
{
	return sockets_send(w->sockets, p, e);
}

/* Nobody can hand over for us what is sent too early: it is sent when it is due. */
static int send_at(struct wire *w, const struct packet *p, simtime at, struct err *e)
{
	(void)at;
	wire_show(w, p, clock_now(w->clock));
	return send_now(w, p, e);
}

static bool send_later(struct wire *w, const struct packet *p, simtime at)
{
	(void)w;
	(void)p;
	(void)at;
	return false;
}

static void begin_anew(struct wire *w, const struct address *resolver)
{
	(void)w;
	(void)resolver;
}

static uint64_t overflowed(const struct wire *w)
{
	(void)w;
	return 0;
}

static bool has_room(struct wire *w)
{
	(void)w;
	return false;
}

static bool take(struct wire *w, struct packet *ret)
{
	if (!sockets_take(w->sockets, ret))
		return false;
	ret->at = clock_now(w->clock);
	return true;
}

static simtime next(struct wire *w)
{
	(void)w;
	return SIMTIME_NEVER;
}

static int wait(struct wire *w, simtime until, struct err *e)
{
	simtime left = until - clock_now(w->clock);
	int r = clock_check(w->clock, e);

	if (r < 0)
		return r;
	left = earlier(left, SECOND);
	r = sockets_wait(w->sockets, left > 0 ? clock_real(w->clock, left) : 0);
	return r < 0 && clock_interrupted() ? err_set(e, -EINTR, "interrupted") : 0;
}

static void done(struct wire *w)
{
	(void)w;
}

const struct wire_ops wire_sockets = {
	.size = sizeof(struct wire),
	.has_kernel_datagrams = true,
	.is_exact = false,
	.send = send_now,
	.send_at = send_at,
	.send_later = send_later,
	.begin_anew = begin_anew,
	.overflowed = overflowed,
	.has_room = has_room,
	.take = take,
	.next = next,
	.wait = wait,
	.done = done,
};
