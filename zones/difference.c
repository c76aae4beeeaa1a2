/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/difference.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "zones/walk.h"

/* Found by all of it: owner, type, TTL and RDATA. */
struct record {
	UT_hash_handle hh;
	uint16_t owner_len, len;
	uint8_t bytes[];
};

struct difference {
	struct record *was, *is; /* those that the other version has not, in their order */
	struct rrset soa;
	struct record *probe; /* one that is looked for, with room for any */
	const uint8_t *apex;
};

#define HEAD 6 /* type and TTL, between owner and RDATA */

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

static int keep(struct record **list, const struct record *like, struct err *e)
{
	struct record *one = malloc(sizeof(*one) + size_of(like));

	if (!one)
		return err_set(e, -ENOMEM, "no memory for the difference of two versions");
	memcpy(one, like, sizeof(*one) + size_of(like));
	HASH_ADD_KEYPTR(hh, *list, one->bytes, size_of(one), one);
	return 0;
}

static bool is_soa(const struct difference *d, const struct rrset *rs)
{
	return rs->type == RR_SOA && name_equal(rs->owner, d->apex);
}

static int note_was(const struct rrset *rs, void *arg, struct err *e)
{
	struct difference *d = arg;
	const uint8_t *rdata;
	size_t pos = 0, len;
	int r = 0;

	if (is_soa(d, rs)) {
		rrset_copy(&d->soa, rs);
		return 0;
	}
	while (r == 0 && (rdata = rrset_next(rs, &pos, &len))) {
		fill(d->probe, rs, rdata, len);
		r = keep(&d->was, d->probe, e);
	}
	return r;
}

/* What both have is forgotten. */
static int note_is(const struct rrset *rs, void *arg, struct err *e)
{
	struct difference *d = arg;
	const uint8_t *rdata;
	size_t pos = 0, len;
	int r = 0;

	if (is_soa(d, rs))
		return 0;
	while (r == 0 && (rdata = rrset_next(rs, &pos, &len))) {
		struct record *same;

		fill(d->probe, rs, rdata, len);
		HASH_FIND(hh, d->was, d->probe->bytes, size_of(d->probe), same);
		if (same) {
			HASH_DEL(d->was, same);
			free(same);
		} else {
			r = keep(&d->is, d->probe, e);
		}
	}
	return r;
}

int difference_new(const struct view *was, const struct view *is, struct difference **ret,
		   struct err *e)
{
	struct difference *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return err_set(e, -ENOMEM, "no memory for the difference of two versions");
	d->apex = is->zone->apex;
	d->probe = malloc(sizeof(*d->probe) + NAME_MAX_LEN + HEAD + RRSET_DATA_MAX);
	r = d->probe ? walk_zone(was, note_was, d, e)
		     : err_set(e, -ENOMEM, "no memory for the difference of two versions");
	if (r == 0)
		r = walk_zone(is, note_is, d, e);
	if (r < 0)
		difference_free(d);
	else
		*ret = d;
	return r;
}

static void free_list(struct record *list)
{
	struct record *one, *next;

	HASH_ITER (hh, list, one, next) {
		HASH_DEL(list, one);
		free(one);
	}
}

void difference_free(struct difference *d)
{
	if (!d)
		return;
	free_list(d->was);
	free_list(d->is);
	free(d->probe);
	free(d);
}

const struct rrset *difference_soa(const struct difference *d)
{
	return &d->soa;
}

size_t difference_count(const struct difference *d, bool is_new)
{
	return HASH_COUNT((is_new ? d->is : d->was));
}

int difference_walk(const struct difference *d, bool is_new,
		    int (*each)(const struct rrset *rs, void *arg, struct err *e), void *arg,
		    struct err *e)
{
	struct rrset *rs = malloc(sizeof(*rs));
	int r = rs ? 0 : err_set(e, -ENOMEM, "no memory for a record");

	for (const struct record *one = is_new ? d->is : d->was; one && r == 0;
	     one = one->hh.next) {
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
