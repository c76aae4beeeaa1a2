/* SPDX-License-Identifier: BSD-2-Clause */
/* buf.h - a sticky writer over memory that somebody else owns.
 *
 * After the first put that does not fit, every later put does nothing and `failed` stays set: put
 * everything, check once. Numbers are written in network byte order. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *data;
	size_t len; /* bytes written */
	size_t cap;
	bool failed;
};

struct buf buf_over(void *data, size_t cap);
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_put(struct buf *b, const void *data, size_t len);

/* Overwrites two bytes that were written before; nothing when `at` lies past what was written. */
void buf_patch16(struct buf *b, size_t at, uint16_t v);

/* Numbers at a place, in network byte order. */
static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}
