/* SPDX-License-Identifier: BSD-2-Clause */
#define HASH_NONFATAL_OOM 1
#include "harness/clients/seen.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"

#define RRSET_MAX 16384 /* bytes kept of one */

static void free_name(struct seen_name *n)
{
	for (unsigned i = 0; i < n->set_count; i++)
		free(n->sets[i].data);
	free(n->sets);
	free(n);
}

void seen_done(struct seen *s)
{
	struct seen_name *n, *next;
	struct seen_zone *z, *other;

	HASH_ITER (hh, s->names, n, next) {
		HASH_DEL(s->names, n);
		free_name(n);
	}
	HASH_ITER (hh, s->zones, z, other) {
		HASH_DEL(s->zones, z);
		free(z);
	}
}

struct seen_name *seen_find(const struct seen *s, const uint8_t *name)
{
	struct seen_name *n;

	HASH_FIND(hh, s->names, name, name_len(name), n);
	return n;
}

struct seen_zone *seen_find_zone(const struct seen *s, const uint8_t *apex)
{
	struct seen_zone *z;

	HASH_FIND(hh, s->zones, apex, name_len(apex), z);
	return z;
}

struct seen_name *seen_name(struct seen *s, const uint8_t *name)
{
	struct seen_name *n = seen_find(s, name);
	size_t len = name_len(name);

	if (n)
		return n;
	n = calloc(1, sizeof(*n) + len);
	if (n) {
		n->zone_labels = -1;
		memcpy(n->name, name, len);
		HASH_ADD_KEYPTR(hh, s->names, n->name, len, n);
	}
	if (n && n->hh.tbl)
		return n;
	free(n);
	s->lacks = true;
	return NULL;
}

struct seen_zone *seen_zone(struct seen *s, const uint8_t *apex)
{
	struct seen_zone *z = seen_find_zone(s, apex);
	size_t len = name_len(apex);

	if (z)
		return z;
	z = calloc(1, sizeof(*z) + len);
	if (z) {
		memcpy(z->name, apex, len);
		HASH_ADD_KEYPTR(hh, s->zones, z->name, len, z);
	}
	if (z && z->hh.tbl)
		return z;
	free(z);
	s->lacks = true;
	return NULL;
}

struct seen_rrset *seen_rrset(struct seen *s, struct seen_name *n, uint16_t type)
{
	struct seen_rrset *more;
	unsigned at = 0;

	while (at < n->set_count && n->sets[at].type < type)
		at++;
	if (at < n->set_count && n->sets[at].type == type)
		return &n->sets[at];
	more = realloc(n->sets, (n->set_count + 1) * sizeof(*more));
	if (!more) {
		s->lacks = true;
		return NULL;
	}
	n->sets = more;
	memmove(&more[at + 1], &more[at], (n->set_count++ - at) * sizeof(*more));
	more[at] = (struct seen_rrset){ .type = type };
	return &more[at];
}

static bool has_rdata(const struct seen_rrset *set, const uint8_t *rdata, size_t len)
{
	for (size_t at = 0; at < set->len; at += 2u + get16(set->data + at))
		if (get16(set->data + at) == len && !memcmp(set->data + at + 2, rdata, len))
			return true;
	return false;
}

void seen_add_rdata(struct seen *s, struct seen_rrset *set, const uint8_t *rdata, size_t len)
{
	size_t whole = set->len + 2 + len;
	uint8_t *more;

	if (whole > RRSET_MAX || has_rdata(set, rdata, len))
		return;
	if (whole > set->cap) {
		more = realloc(set->data, whole);
		if (!more) {
			s->lacks = true;
			return;
		}
		set->data = more;
		set->cap = (uint16_t)whole;
	}
	put16(set->data + set->len, (uint16_t)len);
	if (len)
		memcpy(set->data + set->len + 2, rdata, len);
	set->len = (uint16_t)whole;
}
