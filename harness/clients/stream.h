/* SPDX-License-Identifier: BSD-2-Clause */
/* stream.h - TCP streams out of captured segments, cut into DNS messages.
 *
 * Segments are put in order, what was sent twice is dropped, and what stands behind a two-byte
 * length (RFC 1035 section 4.2.2) is a message. A stream whose beginning was not captured is
 * taken to begin with a message; a hole that does not close is jumped over. Memory is bounded:
 * the stream that was quiet for longest is forgotten first.
 *
 *	stream_add(s, &frame);
 *	while (stream_next(s, &data, &len))
 *		...		// messages that this segment made complete */
#pragma once

#include "harness/clients/frame.h"
#include "sim/base/cleanup.h"

struct stream;

/* NULL: no memory. */
struct stream *stream_new(void);
void stream_free(struct stream *s);
DEFINE_FREEP(struct stream, stream)

/* A segment of one direction of a connection. -ENOMEM. */
int stream_add(struct stream *s, const struct frame *f);

/* The next message of the direction that was added to last: lent until the next call of either. */
bool stream_next(struct stream *s, const uint8_t **ret, size_t *len);
