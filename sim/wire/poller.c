/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/poller.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/cleanup.h"

int poller_init(struct poller *p, struct err *e)
{
	p->next = p->count = 0;
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (p->epoll < 0)
		return err_set(e, -errno, "cannot make an epoll: %s", strerror(errno));
	return 0;
}

void poller_done(struct poller *p)
{
	closep(&p->epoll);
}

int poller_add(struct poller *p, struct handle *h, struct err *e)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = h };

	if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, h->fd, &ev) < 0)
		return err_set(e, -errno, "cannot watch a socket: %s", strerror(errno));
	return 0;
}

int poller_want_output(struct poller *p, struct handle *h, bool wanted)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = h };

	if (wanted)
		ev.events |= EPOLLOUT;
	return epoll_ctl(p->epoll, EPOLL_CTL_MOD, h->fd, &ev) < 0 ? -errno : 0;
}

void poller_remove(struct poller *p, struct handle *h)
{
	for (int i = p->next; i < p->count; i++)
		if (p->events[i].data.ptr == h)
			p->events[i].data.ptr = NULL;
	close(h->fd);
}

static int by_rank(const void *a, const void *b)
{
	const struct handle *h = ((const struct epoll_event *)a)->data.ptr;
	const struct handle *i = ((const struct epoll_event *)b)->data.ptr;

	return (h->rank > i->rank) - (h->rank < i->rank);
}

int poller_wait(struct poller *p, int64_t timeout)
{
	const struct timespec t = { .tv_sec = timeout / 1000000000,
				    .tv_nsec = timeout % 1000000000 };
	int n = epoll_pwait2(p->epoll, p->events, POLLER_BATCH, timeout < 0 ? NULL : &t, NULL);

	if (n < 0)
		return -errno;
	p->next = 0;
	p->count = n;
	qsort(p->events, (size_t)n, sizeof(p->events[0]), by_rank);
	return 0;
}

struct handle *poller_next(struct poller *p, uint32_t *ret_events)
{
	while (p->next < p->count && !p->events[p->next].data.ptr)
		p->next++;
	if (p->next == p->count)
		return NULL;
	*ret_events = p->events[p->next].events;
	return p->events[p->next].data.ptr;
}

void poller_skip(struct poller *p)
{
	p->next++;
}
