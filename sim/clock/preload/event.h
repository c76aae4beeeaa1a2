/* SPDX-License-Identifier: BSD-2-Clause */
/* event.h - eventfds whose count is kept here. */
#pragma once

#include "sim/clock/preload/table.h"

/* An eventfd's write and read, as the kernel does them. */
ssize_t net_event_write(struct page *p, int fd, const void *data, size_t len);
ssize_t net_event_read(struct page *p, int fd, void *data, size_t len);
