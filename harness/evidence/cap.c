/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/cap.h"

#include <errno.h>
#include <string.h>

#include "sim/base/hash.h"

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

/* A server, and the number that it answers a second; 0: it has no cap. */
struct capped {
	struct address address;
	unsigned cap;
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

/* By server, and by time. */
static int by_key(const struct bin *a, const struct bin *b)
{
	int r = memcmp(&a->key.server, &b->key.server, sizeof(a->key.server));

	return r ? r : a->key.second < b->key.second ? -1 : a->key.second > b->key.second;
}

static bool drops(const struct bin *b)
{
	return b->answered < b->asked;
}

static bool is_same_server(const struct bin *a, const struct bin *b)
{
	return b && address_equal(&a->key.server, &b->key.server);
}

/* What the seconds between the first and the last with drops are like: these two may be in part before
 * or behind whatever makes it drop. */
struct scatter {
	double seconds, answered, squares, asked;
	unsigned most, most_without; /* answers in a second with drops; questions in one without */
};

static struct scatter scatter_of(const struct bin *from, const struct bin *to)
{
	struct scatter s = { 0 };

	for (const struct bin *b = from->hh.next; b && b != to; b = b->hh.next) {
		if (!drops(b)) {
			s.most_without = b->asked > s.most_without ? b->asked : s.most_without;
			continue;
		}
		s.seconds++;
		s.answered += b->answered;
		s.squares += (double)b->answered * b->answered;
		s.asked += b->asked;
		s.most = b->answered > s.most ? b->answered : s.most;
	}
	return s;
}

static unsigned cap_of(const struct scatter *s)
{
	double mean, variance, chance;

	if (s->seconds < SECONDS_MIN)
		return 0;
	mean = s->answered / s->seconds;
	variance = s->squares / s->seconds - mean * mean;
	chance = mean * (1 - s->answered / s->asked);
	if (mean < RATE_MIN || chance < 1 || variance > SCATTER_MAX * chance ||
	    s->most_without > s->most + 1)
		return 0;
	return s->most;
}

/* `first` is a server's first second. Gives the one behind its last, or NULL. */
static struct bin *judge(struct caps *c, struct bin *first, int *error)
{
	struct bin *from = NULL, *to = NULL, *b = first;
	struct capped *server;
	struct scatter s;

	for (; is_same_server(first, b); b = b->hh.next)
		if (drops(b)) {
			from = from ? from : b;
			to = b;
		}
	if (!from)
		return b;
	s = scatter_of(from, to);
	server = calloc(1, sizeof(*server));
	if (!server) {
		*error = -ENOMEM;
		return NULL;
	}
	memcpy(&server->address, &first->key.server, sizeof(server->address));
	server->cap = cap_of(&s);
	HASH_ADD(hh, c->servers, address, sizeof(server->address), server);
	return b;
}

static void rename_silence(struct evidence *v, const struct caps *c)
{
	for (size_t i = 0; i < v->check.count; i++) {
		struct finding *f = &v->check.findings[i];
		bool is_silence =
			f->reason == REASON_SILENT || f->reason == REASON_FORWARDER_SILENT;
		const struct capped *server = is_silence ? find(c, &f->seen.server) : NULL;

		if (!server || !server->cap)
			continue;
		f->reason = REASON_CAP;
		f->number = server->cap;
	}
}

int cap_find(struct evidence *v, struct err *e)
{
	struct caps c = { 0 };
	int r = 0;

	for (size_t i = 0; i < v->upstream_count && r == 0; i++)
		r = count(&c, &v->upstream[i]);
	HASH_SORT(c.bins, by_key);
	for (struct bin *b = c.bins; b && r == 0;)
		b = judge(&c, b, &r);
	if (r == 0)
		rename_silence(v, &c);
	free_all(&c);
	return r < 0 ? err_set(e, r, "no memory for the seconds of servers") : 0;
}
