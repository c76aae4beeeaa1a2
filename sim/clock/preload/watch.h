/* SPDX-License-Identifier: BSD-2-Clause */
/* watch.h - which descriptors stand in which epoll sets, as far as what there is to read from them
 * is here and not in the kernel. */
#pragma once

#include "sim/clock/preload/table.h"

int net_epoll_events(int ep, struct epoll_event *ev, int max); /* events for what can be read */
bool net_epoll_ready(int ep); /* there are some */
int net_epoll_ctl(int ep, int op, int fd, struct epoll_event *ev); /* of one that is here */
void net_epoll_forget(int ep); /* the set is closed */

/* Whether a watch of one that is here is then none of the kernel's: nobody wants to know when it
 * can be written. */
bool net_epoll_is_idle(const struct epoll_event *ev);
