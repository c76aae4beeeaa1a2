/* SPDX-License-Identifier: BSD-2-Clause */
/* bound.h - what UDP sockets are bound and connected to. */
#pragma once

#include "sim/clock/preload/table.h"

/* Gives a socket that sends before it was bound a local port. */
void net_bind_if_needed(struct page *p, int fd, struct descriptor *d);

/* Tells the kernel what it is bound to. */
void net_bind_for_real(int fd, struct descriptor *d);
