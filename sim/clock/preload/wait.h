/* SPDX-License-Identifier: BSD-2-Clause */
/* wait.h - waiting for descriptors and for time. */
#pragma once

#include "sim/clock/preload/table.h"

/* Waits like poll() until `deadline`; `kind` PAGE_POLL or PAGE_SLEEP. */
int shim_poll(struct page *p, struct pollfd *fds, nfds_t n, int64_t deadline, const sigset_t *mask,
	      enum page_wait kind);

/* A blocking call on a descriptor of this kind first waits as poll() does. */
void net_await(struct page *p, int fd, short events, enum kind kind);

/* If it was an epoll set it is none any more. */
void net_epoll_closed(int ep);

/* If it is an epoll set, `copy` is another descriptor of it. */
void net_epoll_copied(int ep, int copy);
