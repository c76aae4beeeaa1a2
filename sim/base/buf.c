/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/buf.h"

#include <string.h>

struct buf buf_over(void *data, size_t cap)
{
	return (struct buf){ .data = data, .cap = cap };
}

/* The place for `len` more bytes, or NULL once the writer has failed. */
static uint8_t *reserve(struct buf *b, size_t len)
{
	uint8_t *at = b->data + b->len;

	if (b->failed || len > b->cap - b->len) {
		b->failed = true;
		return NULL;
	}
	b->len += len;
	return at;
}

void buf_u8(struct buf *b, uint8_t v)
{
	uint8_t *at = reserve(b, 1);

	if (at)
		*at = v;
}

void buf_u16(struct buf *b, uint16_t v)
{
	uint8_t *at = reserve(b, 2);

	if (at)
		put16(at, v);
}

void buf_u32(struct buf *b, uint32_t v)
{
	uint8_t *at = reserve(b, 4);

	if (at)
		put32(at, v);
}

void buf_put(struct buf *b, const void *data, size_t len)
{
	uint8_t *at = reserve(b, len);

	if (at && len)
		memcpy(at, data, len);
}

void buf_patch16(struct buf *b, size_t at, uint16_t v)
{
	if (!b->failed && at + 2 <= b->len)
		put16(b->data + at, v);
}
