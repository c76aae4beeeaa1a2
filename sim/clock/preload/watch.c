/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/watch.h"

#include <stdlib.h>

static struct watch **find_watch(struct descriptor *d, int set)
{
	struct watch **at = &d->watches;

	while (*at && (*at)->set != set)
		at = &(*at)->next;
	return at;
}

/* What the kernel has to be told of a change, -1: nothing. *in_kernel: whether it knows of the
 * descriptor then. */
static int kernel_op(int op, bool ours, bool *in_kernel)
{
	bool was = *in_kernel;

	*in_kernel = op != EPOLL_CTL_DEL && (was || !ours);
	if (op == EPOLL_CTL_DEL)
		return was ? op : -1;
	if (!*in_kernel)
		return -1;
	return was ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
}

/* Behind the lock. */
static int change_watch(int ep, int set, int op, int fd, struct epoll_event *ev, bool ours)
{
	struct descriptor *d = &net_table[fd];
	struct watch **at = find_watch(d, set), *w = *at;
	bool in_kernel = w && w->in_kernel;
	int kernel;

	if (op == EPOLL_CTL_ADD && w)
		return failed(EEXIST);
	if (op != EPOLL_CTL_ADD && !w)
		return failed(ENOENT);
	kernel = kernel_op(op, ours, &in_kernel);
	if (kernel >= 0 && RAW(SYS_epoll_ctl, ep, kernel, fd, ev, 0, 0) < 0)
		return -1;
	if (op == EPOLL_CTL_DEL) {
		*at = w->next;
		free(w);
		return 0;
	}
	if (!w)
		w = *at = calloc(1, sizeof(*w));
	if (!w)
		return failed(ENOMEM);
	w->set = set;
	w->ev = *ev;
	w->armed = true;
	w->in_kernel = in_kernel;
	return 0;
}

int net_epoll_ctl(int ep, int set, int op, int fd, struct epoll_event *ev)
{
	bool ours = op != EPOLL_CTL_DEL && net_epoll_is_idle(ev);
	int r;

	pthread_mutex_lock(&net_lock);
	r = change_watch(ep, set, op, fd, ev, ours);
	pthread_mutex_unlock(&net_lock);
	return r;
}

bool net_epoll_is_idle(const struct epoll_event *ev)
{
	return !(ev->events & EPOLLOUT);
}

void net_epoll_forget(int set)
{
	pthread_mutex_lock(&net_lock);
	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		struct watch **at = &net_table[fd].watches;

		while (*at && (*at)->set != set)
			at = &(*at)->next;
		if (*at) {
			struct watch *w = *at;

			*at = w->next;
			free(w);
		}
	}
	pthread_mutex_unlock(&net_lock);
}

int net_epoll_events(int set, struct epoll_event *ev, int max)
{
	int n = 0;

	if (!net_ready)
		return 0;
	pthread_mutex_lock(&net_lock);
	for (int i = net_ready; i && n < max; i = net_table[i - 1].next_ready) {
		for (struct watch *w = net_table[i - 1].watches; w && n < max; w = w->next) {
			if (w->set != set || !(w->ev.events & EPOLLIN) || !w->armed)
				continue;
			ev[n++] = (struct epoll_event){ EPOLLIN, w->ev.data };
			if (w->ev.events & (EPOLLET | EPOLLONESHOT))
				w->armed = false;
		}
	}
	pthread_mutex_unlock(&net_lock);
	return n;
}

bool net_epoll_ready(int set)
{
	bool found = false;

	if (!net_ready)
		return false;
	pthread_mutex_lock(&net_lock);
	for (int i = net_ready; i && !found; i = net_table[i - 1].next_ready)
		for (struct watch *w = net_table[i - 1].watches; w && !found; w = w->next)
			found = w->set == set && w->ev.events & EPOLLIN && w->armed;
	pthread_mutex_unlock(&net_lock);
	return found;
}
