/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/cap.h"

#include <errno.h>
#include <string.h>

#include <uthash.h>

#define SECONDS_MIN 10 /* in which it dropped */
#define RATE_MIN 10 /* answers a second: below that every number is like the next */
#define SCATTER_MAX 0.2 /* variance against that of chance */

struct key {
	struct address server;
	int64_t second;
};

/* A second of a server. */
struct bin {
	struct key key;
	unsigned asked, answered;
	UT_hash_handle hh;
};

/* What its seconds with drops are like. */
struct capped {
	struct address address;
	double seconds, answered, squares, asked;
	unsigned most, most_without; /* answers in a second with drops; questions in one without */
	UT_hash_handle hh;
};

struct caps {
	struct bin *bins;
	struct capped *servers;
};

static void free_all(struct caps *c)
{
	struct bin *bin, *next;
	struct capped *server, *after;

	HASH_ITER (hh, c->bins, bin, next) {
		HASH_DEL(c->bins, bin);
		free(bin);
	}
	HASH_ITER (hh, c->servers, server, after) {
		HASH_DEL(c->servers, server);
		free(server);
	}
}

static int count(struct caps *c, const struct exchange *x)
{
	struct key key;
	struct bin *bin;

	memset(&key, 0, sizeof(key)); /* padding is hashed too */
	key.server = x->server;
	key.second = simtime_seconds(x->asked);
	HASH_FIND(hh, c->bins, &key, sizeof(key), bin);
	if (!bin) {
		bin = calloc(1, sizeof(*bin));
		if (!bin)
			return -ENOMEM;
		memcpy(&bin->key, &key, sizeof(key));
		HASH_ADD(hh, c->bins, key, sizeof(key), bin);
	}
	bin->asked += x->sends;
	bin->answered += x->answered != SIMTIME_NEVER;
	return 0;
}

static struct capped *find(const struct caps *c, const struct address *a)
{
	struct capped *s;

	HASH_FIND(hh, c->servers, a, sizeof(*a), s);
	return s;
}

static int sum_bin(struct caps *c, const struct bin *b)
{
	struct capped *s = find(c, &b->key.server);

	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return -ENOMEM;
		s->address = b->key.server;
		HASH_ADD(hh, c->servers, address, sizeof(s->address), s);
	}
	if (b->answered == b->asked) {
		s->most_without = b->asked > s->most_without ? b->asked : s->most_without;
		return 0;
	}
	s->seconds++;
	s->answered += b->answered;
	s->squares += (double)b->answered * b->answered;
	s->asked += b->asked;
	s->most = b->answered > s->most ? b->answered : s->most;
	return 0;
}

/* The number that it answers a second, or 0. */
static unsigned cap_of(const struct capped *s)
{
	double mean, variance, chance;

	if (!s || s->seconds < SECONDS_MIN)
		return 0;
	mean = s->answered / s->seconds;
	variance = s->squares / s->seconds - mean * mean;
	chance = mean * (1 - s->answered / s->asked);
	if (mean < RATE_MIN || chance < 1 || variance > SCATTER_MAX * chance ||
	    s->most_without > s->most + 1)
		return 0;
	return s->most;
}

static void rename_silence(struct evidence *v, const struct caps *c)
{
	for (size_t i = 0; i < v->check.count; i++) {
		struct finding *f = &v->check.findings[i];
		bool is_silence =
			f->reason == REASON_SILENT || f->reason == REASON_FORWARDER_SILENT;
		unsigned cap = is_silence ? cap_of(find(c, &f->seen.server)) : 0;

		if (!cap)
			continue;
		f->reason = REASON_CAP;
		f->number = cap;
	}
}

int cap_find(struct evidence *v, struct err *e)
{
	struct caps c = { 0 };
	int r = 0;

	for (size_t i = 0; i < v->upstream_count && r == 0; i++)
		r = count(&c, &v->upstream[i]);
	for (struct bin *b = c.bins; b && r == 0; b = b->hh.next)
		r = sum_bin(&c, b);
	if (r == 0)
		rename_silence(v, &c);
	free_all(&c);
	return r < 0 ? err_set(e, r, "no memory for the seconds of servers") : 0;
}
