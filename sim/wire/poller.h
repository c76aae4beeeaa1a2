/* SPDX-License-Identifier: BSD-2-Clause */
/* poller.h - what tells when a socket has something: an epoll, and what it has told but nobody
 * has looked at yet. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "sim/base/err.h"

#define POLLER_BATCH 64

enum handle_kind {
	UDP_LISTENER,
	TCP_LISTENER,
	CLIENT,
	RESOLVER,
	CONNECTION,
	SESSION,
	TICK,
};

/* What stands behind an event: the first member of whatever is watched. */
struct handle {
	enum handle_kind kind;
	int fd;
	uint64_t rank;
};

struct poller {
	int epoll;
	struct epoll_event events[POLLER_BATCH];
	int next, count;
};

int poller_init(struct poller *p, struct err *e);
void poller_done(struct poller *p);

/* Watches it for input. It stays where it is until poller_remove(). */
int poller_add(struct poller *p, struct handle *h, struct err *e);

/* Whether it is to be told, too, when output has room. -errno. */
int poller_want_output(struct poller *p, struct handle *h, bool wanted);

/* Closes it, and forgets what has already been told about it. */
void poller_remove(struct poller *p, struct handle *h);

/* Waits at most `timeout` real ns (-1: without end); what was told before must have been looked
 * at. What is told at once comes in the order of ranks, not in that in which it came to be. -errno. */
int poller_wait(struct poller *p, int64_t timeout);

/* What the next event is about; NULL when there is none. It stays the next until poller_skip(). */
struct handle *poller_next(struct poller *p, uint32_t *ret_events);
void poller_skip(struct poller *p);
