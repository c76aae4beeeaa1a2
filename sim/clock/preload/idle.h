/* SPDX-License-Identifier: BSD-2-Clause */
/* idle.h - whether a program has anything in work: a client's question that it has not answered, or
 * one of its own that nobody has.
 *
 * Counted by ports, so a question that is sent again counts twice and an answer that is lost leaves
 * one open: then it is busy until nothing was sent or came for five minutes. So it is with connections: some
 * resolvers keep one for a day after its last answer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/clock/page.h"

/* A datagram of these ports was sent, or came, at the time of now. */
void shim_idle_sent(struct page *p, uint16_t from_port, uint16_t to_port);
void shim_idle_came(struct page *p, uint16_t from_port, uint16_t to_port);

/* A connection was made, or brought or took something, now. */
void shim_streamed(struct page *p);

/* It has nothing in work, and no connection in use. */
bool shim_is_idle(struct page *p);
