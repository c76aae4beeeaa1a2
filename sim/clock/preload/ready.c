/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/net.h"

#include <stdlib.h>

int net_epoll_events(int ep, struct epoll_event *ev, int max)
{
	int n = 0;

	if (!net_ready)
		return 0;
	pthread_mutex_lock(&net_lock);
	for (int i = net_ready; i && n < max; i = net_table[i - 1].next_ready) {
		for (struct watch *w = net_table[i - 1].watches; w && n < max; w = w->next) {
			if (w->ep != ep || !(w->ev.events & EPOLLIN) || !w->armed)
				continue;
			ev[n++] = (struct epoll_event){ EPOLLIN, w->ev.data };
			if (w->ev.events & (EPOLLET | EPOLLONESHOT))
				w->armed = false;
		}
	}
	pthread_mutex_unlock(&net_lock);
	return n;
}

bool net_epoll_ready(int ep)
{
	bool found = false;

	if (!net_ready)
		return false;
	pthread_mutex_lock(&net_lock);
	for (int i = net_ready; i && !found; i = net_table[i - 1].next_ready)
		for (struct watch *w = net_table[i - 1].watches; w && !found; w = w->next)
			found = w->ep == ep && w->ev.events & EPOLLIN && w->armed;
	pthread_mutex_unlock(&net_lock);
	return found;
}

bool net_readable(int fd)
{
	struct descriptor *d = net_descriptor(fd);

	return d && ((d->kind == KIND_UDP && d->first) || (d->kind == KIND_EVENT && d->count));
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
			shim_wake_later(p, s);
	}
}

void net_link_ready(struct page *p, int fd)
{
	struct descriptor *d = &net_table[fd];

	if (!d->is_ready) {
		d->is_ready = true;
		d->next_ready = net_ready;
		net_ready = fd + 1;
	}
	for (struct watch *w = d->watches; w; w = w->next)
		if (w->ev.events & EPOLLET && !(w->ev.events & EPOLLONESHOT))
			w->armed = true;
	wake_waiters(p, d);
}

void net_unlink_ready(int fd)
{
	struct descriptor *d = &net_table[fd];

	for (int *at = &net_ready; d->is_ready && *at; at = &net_table[*at - 1].next_ready) {
		if (*at == fd + 1) {
			*at = d->next_ready;
			break;
		}
	}
	d->next_ready = 0;
	d->is_ready = false;
}

bool net_is_here(struct page *p, int fd)
{
	return net_paged(p, fd) || (p && net_is_kind(fd, KIND_EVENT));
}

bool net_epoll_is_idle(const struct epoll_event *ev)
{
	return !(ev->events & EPOLLOUT);
}

void net_epoll_forget(int ep)
{
	pthread_mutex_lock(&net_lock);
	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		struct watch **at = &net_table[fd].watches;

		while (*at && (*at)->ep != ep)
			at = &(*at)->next;
		if (*at) {
			struct watch *w = *at;

			*at = w->next;
			free(w);
		}
	}
	pthread_mutex_unlock(&net_lock);
}
