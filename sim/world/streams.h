/* SPDX-License-Identifier: BSD-2-Clause */
/* streams.h - who in a world waits for what somebody sends by TCP.
 *
 * The kernel moves that, and tells nobody but in proc(5). A program waits that sleeps, with a connection open on
 * which it has sent something, and of which it has read all that came. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Whether a process, or one that it has started, waits so for an answer from one of these ports. `ret` is one
 * number until it sends or gets something more. What may not be looked at does not wait. */
bool streams_are_awaited(pid_t pid, const uint16_t *ports, unsigned count, uint64_t *ret);
