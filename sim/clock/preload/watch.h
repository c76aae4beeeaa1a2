/* SPDX-License-Identifier: BSD-2-Clause */
/* watch.h - which descriptors stand in which epoll sets, as far as what there is to read from them
 * is here and not in the kernel. */
#pragma once

#include "sim/clock/preload/table.h"

int net_epoll_events(int set, struct epoll_event *ev, int max); /* events for what can be read */
bool net_epoll_ready(int set); /* there are some */
void net_epoll_forget(int set); /* it is closed */

/* epoll_ctl(2) at `ep`, a descriptor of the set, for one that is here. */
int net_epoll_ctl(int ep, int set, int op, int fd, struct epoll_event *ev);

/* Whether a watch of one that is here is then none of the kernel's: nobody wants to know when it
 * can be written. */
bool net_epoll_is_idle(const struct epoll_event *ev);
