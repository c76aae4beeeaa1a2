/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/pool.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/base/cleanup.h"
#include "sim/base/rng.h"

#define BYTES_A_PLACE                                                                              \
	64 /* half of the smallest entry: when all is full, every other place is free */
#define TRIES 16
#define ALIGNED 8
#define PROVED 64 /* of so many out of a file one is made again */

struct entry {
	uint64_t sum;
	struct pool_key key;
	uint32_t len;
	uint8_t signature[];
};

struct shared {
	_Atomic uint64_t used; /* bytes behind the table, from ALIGNED on */
	_Atomic uint64_t barred; /* 0: no */
	_Atomic uint64_t table[]; /* where an entry begins; 0: a place is free */
};

/* Each process has its own: whatever happens to what is shared, nothing beyond it is touched. */
struct pool {
	struct shared *shared;
	uint8_t *entries; /* behind the table */
	size_t size; /* of all that is shared */
	uint64_t places, room; /* places of the table; bytes of entries */
	uint64_t read; /* before this stands what came out of a file */
	bool doubts;
	struct pool_counts counts;
};

static struct pool *in_use;

void pool_use(struct pool *p)
{
	in_use = p;
}

struct pool *pool_used(void)
{
	return in_use;
}

struct pool *pool_new(size_t bytes)
{
	_cleanup_(freep) struct pool *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	for (p->places = 1024; p->places < bytes / BYTES_A_PLACE;)
		p->places *= 2;
	p->room = bytes;
	p->size = sizeof(*p->shared) + p->places * sizeof(p->shared->table[0]) + bytes;
	p->shared = mmap(NULL, p->size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p->shared == MAP_FAILED)
		return NULL;
	p->entries = (uint8_t *)&p->shared->table[p->places];
	p->shared->used = p->read = ALIGNED;
	return TAKE(p);
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	munmap(p->shared, p->size);
	free(p);
}

static uint64_t sum_of(const struct pool_key *key, const uint8_t *signature, size_t len)
{
	return rng_hash(rng_hash(len, key, sizeof(*key)), signature, len);
}

static uint64_t place_of(const struct pool *p, const struct pool_key *key, unsigned n)
{
	uint64_t bits;

	memcpy(&bits, key->digest, sizeof(bits));
	return (bits + key->signer + n) & (p->places - 1);
}

/* The entry that a place names, and how long its signature is; NULL: none can begin there. */
static const struct entry *entry_at(struct pool *p, uint64_t at, size_t *len)
{
	const struct entry *e;

	if (at % ALIGNED || at > p->room || p->room - at < sizeof(*e))
		return NULL;
	e = (const struct entry *)(p->entries + at);
	*len = e->len;
	return p->room - at - sizeof(*e) < *len ? NULL : e;
}

size_t pool_get(struct pool *p, const struct pool_key *key, uint8_t *ret, size_t room)
{
	uint64_t at;
	size_t len;

	if (p->shared->barred)
		return 0;
	for (unsigned n = 0; n < TRIES && (at = p->shared->table[place_of(p, key, n)]); n++) {
		const struct entry *e = entry_at(p, at, &len);

		if (!e || memcmp(&e->key, key, sizeof(*key)) != 0)
			continue;
		if (len <= room)
			memcpy(ret, e->signature, len);
		if (len > room || sum_of(key, ret, len) != e->sum) {
			p->counts.wrong++;
			return 0;
		}
		p->doubts = at < p->read && p->counts.kept % PROVED == 0;
		p->counts.kept += at < p->read;
		p->counts.given++;
		return len;
	}
	return 0;
}

static void put(struct pool *p, const struct pool_key *key, const uint8_t *signature, size_t len)
{
	uint64_t need = (sizeof(struct entry) + len + ALIGNED - 1) / ALIGNED * ALIGNED;
	uint64_t at = p->room, free_place;
	struct entry *e;

	if (p->shared->used < p->room)
		at = atomic_fetch_add(&p->shared->used, need);
	if (at % ALIGNED || at > p->room || p->room - at < need)
		return;
	e = (struct entry *)(p->entries + at);
	e->sum = sum_of(key, signature, len);
	e->key = *key;
	e->len = (uint32_t)len;
	memcpy(e->signature, signature, len);
	for (unsigned n = 0; n < TRIES; n++) {
		free_place = 0;
		if (atomic_compare_exchange_strong(&p->shared->table[place_of(p, key, n)],
						   &free_place, at))
			return;
	}
}

void pool_put(struct pool *p, const struct pool_key *key, const uint8_t *signature, size_t len)
{
	p->counts.made++;
	put(p, key, signature, len);
}

bool pool_doubts(const struct pool *p)
{
	return p->doubts;
}

void pool_bar(struct pool *p)
{
	p->shared->barred = 1;
}

struct pool_counts pool_counts(const struct pool *p)
{
	struct pool_counts c = p->counts;

	c.barred = p->shared->barred != 0;
	return c;
}

/* ---- files ---- */

static const char magic[] = "sigfault-sigs-1\n";

#define MAGIC (sizeof(magic) - 1)
#define HEAD offsetof(struct entry, signature)

int pool_read(struct pool *p, FILE *in, struct err *e)
{
	uint8_t signature[POOL_SIGNATURE_MAX];
	struct entry head;
	char begin[MAGIC];

	if (fread(begin, MAGIC, 1, in) != 1 || memcmp(begin, magic, MAGIC) != 0)
		return err_set(e, -EINVAL, "it is no file of signatures, or of another version");
	while (fread(&head, HEAD, 1, in) == 1 && head.len <= sizeof(signature) &&
	       fread(signature, 1, head.len, in) == head.len &&
	       sum_of(&head.key, signature, head.len) == head.sum)
		put(p, &head.key, signature, head.len);
	p->read = p->shared->used;
	return 0;
}

bool pool_has_news(const struct pool *p)
{
	return p->shared->used > p->read && !p->shared->barred;
}

void pool_write(struct pool *p, FILE *out)
{
	size_t len;

	fwrite(magic, MAGIC, 1, out);
	for (uint64_t i = 0; i < p->places; i++) {
		uint64_t at = p->shared->table[i];
		const struct entry *e = at ? entry_at(p, at, &len) : NULL;

		if (e && sum_of(&e->key, e->signature, len) == e->sum)
			fwrite(e, HEAD + len, 1, out);
	}
}
