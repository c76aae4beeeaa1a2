/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/difference.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <utlist.h>
#include <xxhash.h>

#include "sim/base/cleanup.h"
#include "zones/walk.h"

/* A record is known by all of it: owner, type, TTL and RDATA. */
struct record {
	struct record *before, *next;
	uint16_t owner_len, len;
	uint8_t bytes[];
};

/* Those of one version by a sum of 16 bytes each, in the order of the sums: neither version is held. */
struct sums {
	XXH128_hash_t *list;
	bool *kept; /* the other version has it, too */
	size_t count, cap;
};

struct difference {
	struct record *was, *is; /* those that the other version has not, in their order */
	size_t was_count, is_count;
	struct rrset soa;
	struct sums sums; /* of the version before */
	struct record *probe; /* the record that is looked at, with room for any */
	const uint8_t *apex;
	int (*each)(struct difference *d, struct err *e); /* what is done with it */
};

#define HEAD 6 /* type and TTL, between owner and RDATA */

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for the difference of two versions");
}

static void fill(struct record *r, const struct rrset *rs, const uint8_t *rdata, size_t len)
{
	uint8_t *at;

	r->owner_len = (uint16_t)name_len(rs->owner);
	r->len = (uint16_t)len;
	memcpy(r->bytes, rs->owner, r->owner_len);
	at = r->bytes + r->owner_len;
	memcpy(at, &rs->type, 2);
	memcpy(at + 2, &rs->ttl, 4);
	memcpy(at + HEAD, rdata, len);
}

static unsigned size_of(const struct record *r)
{
	return (unsigned)(r->owner_len + HEAD + r->len);
}

/* ---- sums ---- */

static XXH128_hash_t sum_of(const struct record *r)
{
	return XXH3_128bits(r->bytes, size_of(r));
}

static int add_sum(struct difference *d, struct err *e)
{
	struct sums *s = &d->sums;

	if (s->count == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 1024;
		XXH128_hash_t *more = reallocarray(s->list, cap, sizeof(*more));

		if (!more)
			return no_memory(e);
		s->list = more;
		s->cap = cap;
	}
	s->list[s->count++] = sum_of(d->probe);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return XXH128_cmp(a, b);
}

/* Whether the version before has the record, and where to note that this one has it, too. */
static bool *find(const struct difference *d)
{
	const XXH128_hash_t sum = sum_of(d->probe), *at;

	at = bsearch(&sum, d->sums.list, d->sums.count, sizeof(sum), compare);
	return at ? &d->sums.kept[at - d->sums.list] : NULL;
}

/* ---- records ---- */

/* -E2BIG: they are more than a version has. */
static int keep(struct difference *d, struct record **list, size_t *count, struct err *e)
{
	struct record *one;

	if (d->was_count + d->is_count > d->sums.count)
		return err_set(e, -E2BIG, "more has changed than it holds");
	one = malloc(sizeof(*one) + size_of(d->probe));
	if (!one)
		return no_memory(e);
	memcpy(one, d->probe, sizeof(*one) + size_of(d->probe));
	DL_APPEND2(*list, one, before, next);
	++*count;
	return 0;
}

static int keep_new(struct difference *d, struct err *e)
{
	bool *kept = find(d);

	if (!kept)
		return keep(d, &d->is, &d->is_count, e);
	*kept = true;
	return 0;
}

static int keep_old(struct difference *d, struct err *e)
{
	const bool *kept = find(d);

	return kept && *kept ? 0 : keep(d, &d->was, &d->was_count, e);
}

static int note(const struct rrset *rs, void *arg, struct err *e)
{
	struct difference *d = arg;
	const uint8_t *rdata;
	size_t pos = 0, len;
	int r = 0;

	if (rs->type == RR_SOA && name_equal(rs->owner, d->apex)) {
		if (d->each == add_sum)
			rrset_copy(&d->soa, rs);
		return 0;
	}
	while (r == 0 && (rdata = rrset_next(rs, &pos, &len))) {
		fill(d->probe, rs, rdata, len);
		r = d->each(d, e);
	}
	return r;
}

static int walk(struct difference *d, const struct view *v,
		int (*each)(struct difference *d, struct err *e), struct err *e)
{
	d->each = each;
	return walk_zone(v, note, d, e);
}

static int compare_versions(struct difference *d, const struct view *was, const struct view *is,
			    struct err *e)
{
	int r = walk(d, was, add_sum, e);

	if (r < 0)
		return r;
	qsort(d->sums.list, d->sums.count, sizeof(*d->sums.list), compare);
	d->sums.kept = calloc(d->sums.count + 1, sizeof(*d->sums.kept));
	if (!d->sums.kept)
		return no_memory(e);
	r = walk(d, is, keep_new, e);
	return r == 0 ? walk(d, was, keep_old, e) : r;
}

int difference_new(const struct view *was, const struct view *is, struct difference **ret,
		   struct err *e)
{
	_cleanup_(difference_freep) struct difference *d = calloc(1, sizeof(*d));
	int r;

	if (!d || !(d->probe = malloc(sizeof(*d->probe) + NAME_MAX_LEN + HEAD + RRSET_DATA_MAX)))
		return no_memory(e);
	d->apex = is->zone->apex;
	r = compare_versions(d, was, is, e);
	if (r < 0)
		return r;
	free(d->sums.list);
	free(d->sums.kept);
	d->sums = (struct sums){ .list = NULL };
	*ret = TAKE(d);
	return 0;
}

static void free_list(struct record *list)
{
	struct record *one, *next;

	for (one = list; one; one = next) {
		next = one->next;
		free(one);
	}
}

void difference_free(struct difference *d)
{
	if (!d)
		return;
	free_list(d->was);
	free_list(d->is);
	free(d->sums.list);
	free(d->sums.kept);
	free(d->probe);
	free(d);
}

const struct rrset *difference_soa(const struct difference *d)
{
	return &d->soa;
}

size_t difference_count(const struct difference *d, bool is_new)
{
	return is_new ? d->is_count : d->was_count;
}

int difference_walk(const struct difference *d, bool is_new,
		    int (*each)(const struct rrset *rs, void *arg, struct err *e), void *arg,
		    struct err *e)
{
	struct rrset *rs = malloc(sizeof(*rs));
	int r = rs ? 0 : err_set(e, -ENOMEM, "no memory for a record");

	for (const struct record *one = is_new ? d->is : d->was; one && r == 0; one = one->next) {
		const uint8_t *head = one->bytes + one->owner_len;
		uint16_t type;
		uint32_t ttl;

		memcpy(&type, head, 2);
		memcpy(&ttl, head + 2, 4);
		rrset_init(rs, one->bytes, type, ttl);
		rrset_add(rs, head + HEAD, one->len);
		r = each(rs, arg, e);
	}
	free(rs);
	return r;
}
