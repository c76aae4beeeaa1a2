/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/stream.h"

#include <errno.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/hash.h"

#define FLOWS_MAX 4096
#define HELD_MAX (16u << 20) /* bytes kept for all flows */
#define EARLY_MAX 16 /* segments of one flow that wait for a hole to close */
#define QUERY_MIN 17 /* header, root, type and class */

struct key {
	struct address from, to;
	uint16_t from_port, to_port;
};

struct segment {
	struct segment *next;
	uint32_t seq;
	size_t len;
	uint8_t data[];
};

/* One direction of a connection. */
struct flow {
	struct key key;
	uint32_t next_seq;
	bool anchored; /* we know where a message begins, and need not guess */
	bool ends;
	uint8_t *data; /* in order, from `start` on not yet given out */
	size_t start, len, cap;
	struct segment *early; /* by sequence number */
	unsigned early_count;
	UT_hash_handle hh;
};

struct stream {
	struct flow *flows; /* the one used last stands last */
	struct flow *current;
	size_t held;
};

struct stream *stream_new(void)
{
	return calloc(1, sizeof(struct stream));
}

static void pop_early(struct stream *s, struct flow *f)
{
	struct segment *g = f->early;

	f->early = g->next;
	f->early_count--;
	s->held -= g->len;
	free(g);
}

static void forget(struct stream *s, struct flow *f)
{
	if (s->current == f)
		s->current = NULL;
	while (f->early)
		pop_early(s, f);
	HASH_DEL(s->flows, f);
	s->held -= f->cap;
	free(f->data);
	free(f);
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	while (s->flows)
		forget(s, s->flows);
	free(s);
}

static struct flow *find(struct stream *s, const struct key *key)
{
	struct flow *f;

	HASH_FIND(hh, s->flows, key, sizeof(*key), f);
	if (f) { /* to the end of the order */
		HASH_DEL(s->flows, f);
		HASH_ADD(hh, s->flows, key, sizeof(f->key), f);
	}
	return f;
}

static struct flow *begin(struct stream *s, const struct key *key, uint32_t seq, bool anchored)
{
	struct flow *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->key = *key;
	f->next_seq = seq;
	f->anchored = anchored;
	HASH_ADD(hh, s->flows, key, sizeof(f->key), f);
	return f;
}

static int append(struct stream *s, struct flow *f, const uint8_t *data, size_t len)
{
	if (f->len + len > f->cap) {
		size_t cap = (f->len + len) * 2;
		uint8_t *p = realloc(f->data, cap);

		if (!p)
			return -ENOMEM;
		s->held += cap - f->cap;
		f->data = p;
		f->cap = cap;
	}
	memcpy(f->data + f->len, data, len);
	f->len += len;
	f->next_seq += (uint32_t)len;
	return 0;
}

/* Appends what of a segment is new. It does not begin behind next_seq. */
static int append_new(struct stream *s, struct flow *f, uint32_t seq, const uint8_t *data,
		      size_t len)
{
	uint32_t old = f->next_seq - seq;

	return old < len ? append(s, f, data + old, len - old) : 0;
}

static int append_early(struct stream *s, struct flow *f)
{
	int r = 0;

	while (!r && f->early && (int32_t)(f->early->seq - f->next_seq) <= 0) {
		r = append_new(s, f, f->early->seq, f->early->data, f->early->len);
		pop_early(s, f);
	}
	return r;
}

static int keep_early(struct stream *s, struct flow *f, const struct frame *frame, uint32_t seq)
{
	struct segment *g = malloc(sizeof(*g) + frame->len), **at = &f->early;

	if (!g)
		return -ENOMEM;
	g->seq = seq;
	g->len = frame->len;
	memcpy(g->data, frame->data, frame->len);
	while (*at && (int32_t)((*at)->seq - seq) < 0)
		at = &(*at)->next;
	g->next = *at;
	*at = g;
	f->early_count++;
	s->held += g->len;
	if (f->early_count <= EARLY_MAX)
		return 0;
	f->start = f->len = 0; /* the hole stays: go on behind it */
	f->next_seq = f->early->seq;
	f->anchored = false;
	return append_early(s, f);
}

static int add_data(struct stream *s, struct flow *f, const struct frame *frame)
{
	uint32_t seq = frame->seq + frame->syn;
	int r;

	if (!frame->len)
		return 0;
	if ((int32_t)(seq - f->next_seq) > 0)
		return keep_early(s, f, frame, seq);
	r = append_new(s, f, seq, frame->data, frame->len);
	return r ? r : append_early(s, f);
}

int stream_add(struct stream *s, const struct frame *frame)
{
	struct key key;
	struct flow *f;

	memset(&key, 0, sizeof(key)); /* padding is hashed too */
	key.from = frame->from;
	key.to = frame->to;
	key.from_port = frame->from_port;
	key.to_port = frame->to_port;
	s->current = NULL;
	f = find(s, &key);
	if (f && (frame->rst || (frame->syn && frame->seq + 1 != f->next_seq))) {
		forget(s, f);
		f = NULL;
	}
	if (frame->rst || (!f && !frame->syn && !frame->len))
		return 0;
	while (s->flows && (HASH_COUNT(s->flows) >= FLOWS_MAX || s->held > HELD_MAX) &&
	       s->flows != f)
		forget(s, s->flows);
	if (!f)
		f = begin(s, &key, frame->seq + frame->syn, frame->syn);
	if (!f)
		return -ENOMEM;
	s->current = f;
	f->ends |= frame->fin;
	return add_data(s, f, frame);
}

/* Whether bytes look like the beginning of a query or its answer: a guess for streams that begin in
 * the middle. */
static bool plausible(const uint8_t *message)
{
	return !(message[2] & 0x78) && get16(message + 4) == 1;
}

bool stream_next(struct stream *s, const uint8_t **ret, size_t *len)
{
	struct flow *f = s->current;
	const uint8_t *p;
	size_t left, size;

	if (!f || !f->data)
		return false;
	p = f->data + f->start;
	left = f->len - f->start;
	size = left >= 2 ? get16(p) : QUERY_MIN;
	if (size < QUERY_MIN || (left >= 2 + QUERY_MIN && !f->anchored && !plausible(p + 2))) {
		forget(s, f);
		return false;
	}
	if (left >= 2 + size) {
		*ret = p + 2;
		*len = size;
		f->start += 2 + size;
		return true;
	}
	s->current = NULL;
	if (f->ends && !f->early) {
		forget(s, f);
		return false;
	}
	if (f->start)
		memmove(f->data, p, left);
	f->start = 0;
	f->len = left;
	return false;
}
