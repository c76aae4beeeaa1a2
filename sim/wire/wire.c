/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/wire.h"

#include <errno.h>

#include "sim/wire/wire_ops.h"

static const struct wire_ops *const ways[] = {
	[CLOCK_VIRTUAL] = &wire_page,
	[CLOCK_SCALED] = &wire_sockets,
	[CLOCK_REAL] = &wire_sockets,
};

int wire_new(struct clock *c, struct world *world, struct wire **ret, struct err *e)
{
	const struct wire_ops *ops = ways[clock_mode(c)];
	_cleanup_(wire_freep) struct wire *w = calloc(1, ops->size);
	int r;

	if (!w)
		return err_set(e, -ENOMEM, "out of memory");
	w->ops = ops;
	w->clock = c;
	r = sockets_new(world, c, ops->has_kernel_datagrams, &w->sockets, e);
	if (r < 0)
		return r;
	*ret = TAKE(w);
	return 0;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	w->ops->done(w);
	sockets_free(w->sockets);
	free(w);
}

void wire_tap(struct wire *w, void (*each)(const struct packet *p, simtime at, void *arg),
	      void *arg)
{
	w->tap = each;
	w->tap_arg = arg;
}

void wire_divert(struct wire *w, const struct address *to,
		 int (*take)(const struct packet *p, void *arg, struct err *e), void *arg)
{
	w->diverted = *to;
	w->divert = take;
	w->divert_arg = arg;
}

static bool is_diverted(const struct wire *w, const struct packet *p)
{
	return w->divert && !p->tcp && address_equal(&p->to.address, &w->diverted);
}

int wire_send(struct wire *w, const struct packet *p, struct err *e)
{
	if (is_diverted(w, p))
		return w->divert(p, w->divert_arg, e);
	wire_show(w, p, clock_now(w->clock));
	if (p->side == SIDE_CLIENT && p->connection)
		return sessions_send(wire_sessions(w), p, e);
	return p->tcp ? sockets_send(w->sockets, p, e) : w->ops->send(w, p, e);
}

int wire_send_at(struct wire *w, const struct packet *p, simtime at, struct err *e)
{
	return p->tcp ? wire_send(w, p, e) : w->ops->send_at(w, p, at, e);
}

bool wire_send_later(struct wire *w, const struct packet *p, simtime at)
{
	if (p->tcp || is_diverted(w, p) || at <= clock_now(w->clock) ||
	    !w->ops->send_later(w, p, at))
		return false;
	wire_show(w, p, at);
	return true;
}

void wire_begin_anew(struct wire *w, const struct address *resolver)
{
	w->ops->begin_anew(w, resolver);
}

struct wire_unread wire_unread(const struct wire *w)
{
	return (struct wire_unread){ w->ops->overflowed(w), sockets_untaken(w->sockets) };
}

struct wire_beside wire_beside(const struct wire *w)
{
	return w->beside;
}

struct losses_counts wire_losses(const struct wire *w)
{
	return sockets_losses(w->sockets);
}

bool wire_was_lost(struct wire *w, const struct endpoint *client)
{
	return sockets_was_lost(w->sockets, client);
}

bool wire_is_exact(const struct wire *w)
{
	return w->ops->is_exact;
}

bool wire_has_room(struct wire *w)
{
	return w->ops->has_room(w);
}

void wire_look(struct wire *w)
{
	sockets_wait(w->sockets, 0);
}

bool wire_take(struct wire *w, struct packet *ret)
{
	if (!w->ops->take(w, ret))
		return false;
	if (!ret->unreachable && !ret->over)
		wire_show(w, ret, ret->at);
	return true;
}

simtime wire_next(struct wire *w)
{
	return w->ops->next(w);
}

int wire_wait(struct wire *w, simtime until, struct err *e)
{
	int r = w->ops->wait(w, until, e);

	return r < 0 ? r : sessions_check(wire_sessions(w), e);
}

struct sessions *wire_sessions(const struct wire *w)
{
	return sockets_sessions(w->sockets);
}

simtime wire_due(const struct wire *w)
{
	return sockets_due(w->sockets);
}
