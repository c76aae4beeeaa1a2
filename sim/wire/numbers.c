/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/numbers.h"

#include <assert.h>
#include <string.h>

/* What lies behind an IPv4 address is compared, too. */
static struct address whole(const struct address *a)
{
	struct address key;

	memset(&key, 0, sizeof(key));
	key.family = a->family;
	memcpy(key.bytes, a->bytes, address_len(a));
	return key;
}

int numbers_find(const struct numbers *n, const struct address *a)
{
	struct address key = whole(a);
	const struct number *one;

	HASH_FIND(hh, n->first, &key, sizeof(key), one);
	return one ? (int)one->number : -1;
}

void numbers_add(struct numbers *n, const struct address *a, unsigned number)
{
	struct number *one = &n->all[n->count];

	if (numbers_find(n, a) >= 0)
		return;
	assert(n->count < NUMBERS_MAX);
	n->count++;
	one->address = whole(a);
	one->number = number;
	HASH_ADD(hh, n->first, address, sizeof(one->address), one);
}

void numbers_done(struct numbers *n)
{
	HASH_CLEAR(hh, n->first);
}
