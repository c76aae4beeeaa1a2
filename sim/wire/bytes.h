/* SPDX-License-Identifier: BSD-2-Clause */
/* bytes.h - bytes that come in at the end and leave at the start: what is under way in a connection. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/wire/packet.h"

struct bytes { /* zeros: empty */
	uint8_t *data;
	size_t start, end, cap;
};

void bytes_done(struct bytes *b);

static inline size_t bytes_len(const struct bytes *b)
{
	return b->end - b->start;
}

/* Room for `len` more bytes at the end. false: no memory. */
bool bytes_room(struct bytes *b, size_t len);
bool bytes_put(struct bytes *b, const void *data, size_t len);

/* A message with its length before it (RFC 1035 section 4.2.2). */
bool bytes_put_message(struct bytes *b, const uint8_t *data, size_t len);

/* The first whole message, which leaves. It goes to `message`, which has room for MESSAGE_MAX bytes. */
bool bytes_take_message(struct bytes *b, uint8_t *message, size_t *ret);
