/* SPDX-License-Identifier: BSD-2-Clause */
/* queue.h - datagrams that wait for this process's descriptors: out of the page's rings, each at
 * its instant, into the queue of the socket that they are for. */
#pragma once

#include "sim/clock/preload/table.h"

void net_pump(struct page *p); /* takes what has come out of the rings */
bool net_pending(struct page *p); /* something that has come is still in the rings */

/* When the first of what is there for an instant ahead is to be seen, or NEVER. */
int64_t net_first_ahead(struct page *p);

/* The first of a socket's queue has been read. The lock is held. */
void net_drop_first(int fd, struct descriptor *d);
