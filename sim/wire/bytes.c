/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"

void bytes_done(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){ 0 };
}

bool bytes_room(struct bytes *b, size_t len)
{
	size_t used = bytes_len(b), cap = b->cap ? b->cap : 1024;
	uint8_t *data;

	if (b->start) {
		memmove(b->data, b->data + b->start, used);
		b->start = 0;
		b->end = used;
	}
	while (cap < used + len)
		cap *= 2;
	if (cap == b->cap)
		return true;
	data = realloc(b->data, cap);
	if (!data)
		return false;
	b->data = data;
	b->cap = cap;
	return true;
}

bool bytes_put(struct bytes *b, const void *data, size_t len)
{
	if (!bytes_room(b, len))
		return false;
	if (len)
		memcpy(b->data + b->end, data, len);
	b->end += len;
	return true;
}

bool bytes_put_message(struct bytes *b, const uint8_t *data, size_t len)
{
	uint8_t prefix[2];

	put16(prefix, (uint16_t)len);
	return bytes_put(b, prefix, sizeof(prefix)) && bytes_put(b, data, len);
}

bool bytes_take_message(struct bytes *b, uint8_t *message, size_t *ret)
{
	size_t len;

	if (bytes_len(b) < 2)
		return false;
	len = get16(b->data + b->start);
	if (bytes_len(b) < 2 + len)
		return false;
	memcpy(message, b->data + b->start + 2, len);
	b->start += 2 + len;
	*ret = len;
	return true;
}
