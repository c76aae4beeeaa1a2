/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/fragment.h"

#include <errno.h>
#include <string.h>

#include "sim/base/hash.h"

#define DATAGRAM_MAX 65535
#define WAITING_MAX 256 /* datagrams */
#define PARTS_MAX 64 /* of one: 65535 bytes are 48 of an Ethernet's */

struct key {
	struct address from, to;
	uint32_t id;
	uint8_t protocol;
};

struct datagram {
	struct key key;
	size_t have, whole; /* bytes; `whole` is 0 until the last part has come */
	struct {
		size_t from, to;
	} parts[PARTS_MAX];
	unsigned count;
	UT_hash_handle hh;
	uint8_t data[DATAGRAM_MAX];
};

struct fragments {
	struct datagram *waiting; /* the oldest first */
	struct datagram *done; /* what was given out last */
	uint64_t lost; /* parts of what was forgotten */
};

struct fragments *fragments_new(void)
{
	return calloc(1, sizeof(struct fragments));
}

static void forget(struct fragments *s, struct datagram *d)
{
	HASH_DEL(s->waiting, d);
	s->lost += d->count;
	free(d);
}

void fragments_free(struct fragments *s)
{
	if (!s)
		return;
	while (s->waiting)
		forget(s, s->waiting);
	free(s->done);
	free(s);
}

static struct datagram *datagram_of(struct fragments *s, const struct frame_fragment *f)
{
	struct datagram *d;
	struct key key;

	memset(&key, 0, sizeof(key)); /* padding is hashed too */
	key.from = f->from;
	key.to = f->to;
	key.id = f->id;
	key.protocol = f->protocol;
	HASH_FIND(hh, s->waiting, &key, sizeof(key), d);
	if (d)
		return d;
	if (HASH_COUNT(s->waiting) >= WAITING_MAX)
		forget(s, s->waiting);
	d = malloc(sizeof(*d));
	if (!d)
		return NULL;
	memset(d, 0, offsetof(struct datagram, data));
	memcpy(&d->key, &key, sizeof(key));
	HASH_ADD(hh, s->waiting, key, sizeof(d->key), d);
	return d;
}

/* Puts a part into its place. false: it does not fit with the others. */
static bool place(struct datagram *d, const struct frame_fragment *f)
{
	size_t from = f->offset, to = f->offset + f->len;

	if (to > DATAGRAM_MAX || d->count == PARTS_MAX || (d->whole && to > d->whole) ||
	    (!f->more && d->whole && to != d->whole))
		return false;
	for (unsigned i = 0; i < d->count; i++) {
		if (d->parts[i].from == from && d->parts[i].to == to)
			return true; /* the same one again */
		if (from < d->parts[i].to && d->parts[i].from < to)
			return false;
		if (!f->more && d->parts[i].to > to)
			return false;
	}
	d->parts[d->count].from = from;
	d->parts[d->count++].to = to;
	memcpy(d->data + from, f->data, f->len);
	d->have += f->len;
	if (!f->more)
		d->whole = to;
	return true;
}

int fragments_add(struct fragments *s, const struct frame_fragment *f, struct frame *ret)
{
	struct datagram *d = datagram_of(s, f);

	if (!d)
		return -ENOMEM;
	if (!place(d, f)) {
		s->lost++;
		forget(s, d);
		return 0;
	}
	if (!d->whole || d->have != d->whole)
		return 0;
	HASH_DEL(s->waiting, d);
	free(s->done);
	s->done = d;
	*ret = (struct frame){ .from = f->from, .to = f->to };
	return frame_read_payload(f->protocol, d->data, d->whole, ret);
}

uint64_t fragments_lost(const struct fragments *s)
{
	uint64_t lost = s->lost;

	for (const struct datagram *d = s->waiting; d; d = d->hh.next)
		lost += d->count;
	return lost;
}
