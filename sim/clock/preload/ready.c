/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/ready.h"

#include "sim/clock/preload/slot.h"

bool net_readable(int fd)
{
	struct descriptor *d = net_descriptor(fd);

	return d && ((d->kind == KIND_UDP && d->first) || (d->kind == KIND_EVENT && d->count));
}

/* Threads that wait for a descriptor which got something, other than the one that is here now. */
static void wake_waiters(struct page *p, const struct descriptor *d)
{
	struct page_slot *self = shim_self(p);

	for (unsigned i = 0; i < shim_slots(p); i++) {
		struct page_slot *s = &area(p)->slots[i];
		bool wanted = false;

		if (s == self || atomic_load(&s->state) != PAGE_BLOCKED)
			continue;
		if (atomic_load(&s->kind) == PAGE_POLL)
			wanted = true;
		for (const struct watch *w = d->watches; w; w = w->next)
			wanted |= atomic_load(&s->kind) == PAGE_EPOLL &&
				  atomic_load(&s->what) == (uint64_t)w->set;
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
