/* SPDX-License-Identifier: BSD-2-Clause */
/* turned_away.h - whether who calls by TCP is one that the kernel of the other side has no place for. */
#pragma once

#include <stdbool.h>

#include "sim/wire/endpoint.h"
#include "sim/world/backlog.h"

/* A call to `to` by `fd`, of which something is under way: that listener is one of so many that are full, and nothing
 * of it was acknowledged but the handshake, which seems done here when the other side has lost the end of it. */
bool turned_away(int fd, const struct endpoint *to, const struct backlog_listener *full, int count);
