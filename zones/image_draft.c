/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/image_draft.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "zones/records.h"

enum { TOLD_NS = 1, TOLD_DS = 2 };

/* A delegation: where its label is among the labels, and what was told of it. */
struct drawn {
	uint64_t label : 62, told : 2;
};

/* Bytes that come in at the end. */
struct heap {
	uint8_t *data;
	size_t len, cap;
};

struct image_draft {
	struct heap labels, sources;
	struct drawn *list;
	uint64_t count, cap, secure;
};

int image_source_of(const char *path, struct image_source *ret)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	ret->size = (uint64_t)st.st_size;
	ret->changed = st.st_mtim.tv_sec * SECOND + st.st_mtim.tv_nsec;
	return 0;
}

struct image_draft *image_draft_new(void)
{
	return calloc(1, sizeof(struct image_draft));
}

void image_draft_free(struct image_draft *d)
{
	if (!d)
		return;
	free(d->labels.data);
	free(d->sources.data);
	free(d->list);
	free(d);
}

static bool heap_put(struct heap *h, const void *data, size_t len)
{
	size_t cap = h->cap ? h->cap : 4096;
	uint8_t *grown = h->data;

	while (cap < h->len + len)
		cap *= 2;
	if (cap != h->cap)
		grown = realloc(h->data, cap);
	if (!grown)
		return false;
	h->data = grown;
	h->cap = cap;
	if (len)
		memcpy(h->data + h->len, data, len);
	h->len += len;
	return true;
}

int image_draft_add(struct image_draft *d, const uint8_t *label, bool has_ds)
{
	struct drawn *last = d->count ? &d->list[d->count - 1] : NULL;
	unsigned told = has_ds ? TOLD_DS : TOLD_NS;

	if (last && memcmp(d->labels.data + last->label, label, *label + 1u) == 0) {
		last->told |= told;
		return 0;
	}
	if (d->count == d->cap) {
		uint64_t cap = d->cap ? d->cap * 2 : 1024;
		struct drawn *grown = reallocarray(d->list, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		d->list = grown;
		d->cap = cap;
	}
	d->list[d->count] = (struct drawn){ d->labels.len, told };
	if (!heap_put(&d->labels, label, *label + 1u))
		return -ENOMEM;
	d->count++;
	return 0;
}

int image_draft_source(struct image_draft *d, const char *name, const char *path)
{
	struct image_source s;
	uint16_t len = (uint16_t)strlen(name);
	int rc = image_source_of(path, &s);

	if (rc)
		return rc;
	return heap_put(&d->sources, &s.size, 8) && heap_put(&d->sources, &s.changed, 8) &&
			       heap_put(&d->sources, &len, 2) && heap_put(&d->sources, name, len)
		       ? 0
		       : -ENOMEM;
}

static int compare(const uint8_t *a, const uint8_t *b)
{
	int order = memcmp(a + 1, b + 1, *a < *b ? *a : *b);

	return order ? order : *a - *b;
}

static int in_order(const void *a, const void *b, void *labels)
{
	const struct drawn *x = a, *y = b;

	return compare((const uint8_t *)labels + x->label, (const uint8_t *)labels + y->label);
}

uint64_t image_draft_settle(struct image_draft *d)
{
	uint64_t kept = 0;

	if (d->count)
		qsort_r(d->list, d->count, sizeof(*d->list), in_order, d->labels.data);
	for (uint64_t i = 0; i < d->count; i++) {
		if (kept && !in_order(&d->list[kept - 1], &d->list[i], d->labels.data))
			d->list[kept - 1].told |= d->list[i].told;
		else
			d->list[kept++] = d->list[i];
	}
	d->count = kept;
	kept = 0;
	d->secure = 0;
	for (uint64_t i = 0; i < d->count; i++) {
		if (!(d->list[i].told & TOLD_NS))
			continue;
		d->secure += d->list[i].told >> 1;
		d->list[kept++] = d->list[i];
	}
	return d->count = kept;
}

bool image_draft_has(const struct image_draft *d, const uint8_t *label)
{
	uint64_t low = 0, high = d->count;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		int order = compare(label, d->labels.data + d->list[middle].label);

		if (!order)
			return true;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static void put_head(struct image_head *h, const struct zone *z, const uint32_t left[4])
{
	memcpy(h->magic, IMAGE_MAGIC, sizeof(h->magic));
	h->order = IMAGE_ORDER;
	h->version = IMAGE_VERSION;
	name_copy(h->apex, z->apex);
	name_copy(h->mname, z->soa_mname);
	name_copy(h->rname, z->soa_rname);
	h->refresh = z->soa_refresh;
	h->retry = z->soa_retry;
	h->expire = z->soa_expire;
	h->ttl.soa = z->ttl.soa;
	h->ttl.ns = z->ttl.ns;
	h->ttl.negative = z->ttl.negative;
	h->ttl.delegation = z->ttl.delegation;
	h->ttl.ds = z->ttl.ds;
	memcpy(h->left, left, sizeof(h->left));
}

static bool put_labels(const struct image_draft *d, struct heap *labels, struct heap *blocks,
		       struct heap *secure)
{
	bool ok = true;

	for (uint64_t i = 0; ok && i < d->count; i++) {
		const uint8_t *label = d->labels.data + d->list[i].label;
		uint64_t at = labels->len;
		uint32_t number = (uint32_t)i;

		if (i % IMAGE_BLOCK == 0)
			ok = heap_put(blocks, &at, sizeof(at));
		if (d->list[i].told & TOLD_DS)
			ok &= heap_put(secure, &number, sizeof(number));
		ok &= heap_put(labels, label, *label + 1u);
	}
	return ok;
}

static bool put_records(const struct zone *z, struct heap *ret)
{
	bool ok = true;

	for (unsigned i = 0; ok && i < z->record_count; i++) {
		const struct record_plan *r = &z->records[i];
		size_t place = strlen(r->place);
		uint8_t lengths[2] = { (uint8_t)name_len(r->owner),
				       (uint8_t)(place < 255 ? place : 255) };

		ok = heap_put(ret, &r->ttl, 4) && heap_put(ret, &r->type, 2) &&
		     heap_put(ret, &r->len, 2) && heap_put(ret, lengths, 2) &&
		     heap_put(ret, r->owner, lengths[0]) && heap_put(ret, r->place, lengths[1]) &&
		     heap_put(ret, r->rdata, r->len);
	}
	return ok;
}

static bool put_all(const struct image_draft *d, const struct zone *z, const uint32_t left[4],
		    struct heap *out)
{
	struct heap parts[IMAGE_PARTS] = { { NULL, 0, 0 } };
	struct image_head h;
	bool ok = put_labels(d, &parts[IMAGE_LABELS], &parts[IMAGE_BLOCKS], &parts[IMAGE_SECURE]) &&
		  put_records(z, &parts[IMAGE_RECORDS]) &&
		  heap_put(&parts[IMAGE_SOURCES], d->sources.data, d->sources.len);

	memset(&h, 0, sizeof(h));
	put_head(&h, z, left);
	h.count = d->count;
	h.secure = d->secure;
	h.records = z->record_count;
	ok = ok && heap_put(out, &h, sizeof(h));
	for (unsigned i = 0; i < IMAGE_PARTS; i++) {
		h.parts[i] = (struct image_span){ out->len, parts[i].len };
		ok = ok && heap_put(out, parts[i].data, parts[i].len);
		free(parts[i].data);
	}
	h.size = out->len;
	if (ok)
		memcpy(out->data, &h, sizeof(h));
	return ok;
}

int image_draft_make(struct image_draft *d, const struct zone *z, const uint32_t left[4],
		     struct image **ret, struct err *e)
{
	struct heap out = { NULL, 0, 0 };
	struct image_head *h;

	if (!put_all(d, z, left, &out)) {
		free(out.data);
		return err_set(e, -ENOMEM, "no memory for an image");
	}
	h = (struct image_head *)(void *)out.data;
	h->checksum = image_checksum(out.data, out.len);
	return image_take(out.data, out.len, ret, e);
}
