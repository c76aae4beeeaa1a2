/* SPDX-License-Identifier: BSD-2-Clause */
/* ready.h - descriptors that can be read, and who waits for them. */
#pragma once

#include "sim/clock/preload/table.h"

bool net_readable(int fd); /* a datagram waits in fd's queue, or a count in its eventfd */

/* There is something to read on a descriptor: whoever waits for it is woken. The lock is held. */
void net_link_ready(struct page *p, int fd);
