/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/losses.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"

struct losses_client {
	struct endpoint at;
	UT_hash_handle hh;
};

uint64_t losses_sum(const struct losses_counts *c)
{
	return c->sockets + c->clients + c->sends + c->receives + c->answers;
}

void losses_add(struct losses_counts *to, const struct losses_counts *more)
{
	to->sockets += more->sockets;
	to->clients += more->clients;
	to->sends += more->sends;
	to->receives += more->receives;
	to->answers += more->answers;
}

void losses_done(struct losses *l)
{
	struct losses_client *c, *next;

	HASH_ITER (hh, l->clients, c, next) {
		HASH_DEL(l->clients, c);
		free(c);
	}
}

/* Without padding and what other families have in the address. */
static struct endpoint key_of(const struct endpoint *at)
{
	struct endpoint key;

	memset(&key, 0, sizeof(key));
	key.port = at->port;
	key.address.family = at->address.family;
	memcpy(key.address.bytes, at->address.bytes, address_len(&at->address));
	return key;
}

void losses_note(struct losses *l, uint64_t *count, const struct endpoint *at)
{
	struct losses_client *c;

	(*count)++;
	c = at ? calloc(1, sizeof(*c)) : NULL;
	if (!c)
		return;
	c->at = key_of(at);
	HASH_ADD(hh, l->clients, at, sizeof(c->at), c);
}

bool losses_take(struct losses *l, const struct endpoint *at)
{
	struct endpoint key = key_of(at);
	struct losses_client *c;

	HASH_FIND(hh, l->clients, &key, sizeof(key), c);
	if (!c)
		return false;
	HASH_DEL(l->clients, c);
	free(c);
	return true;
}
