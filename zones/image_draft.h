/* SPDX-License-Identifier: BSD-2-Clause */
/* image_draft.h - an image while it is made: delegations in any order, then all else: inside zones/
 * only. */
#pragma once

#include "zones/image.h"
#include "zones/tree.h"

#define IMAGE_MAGIC "SIGZONE\n"
#define IMAGE_RECORD_HEAD 10 /* TTL, type, lengths of RDATA, owner and place */
#define IMAGE_SOURCE_HEAD 18 /* size, date, length of the name */

/* How a file was. */
struct image_source {
	uint64_t size;
	int64_t changed; /* nanoseconds */
};

/* -errno. */
int image_source_of(const char *path, struct image_source *ret);

uint64_t image_checksum(const void *bytes, size_t len);

struct image_draft;

struct image_draft *image_draft_new(void);
void image_draft_free(struct image_draft *d);
DEFINE_FREEP(struct image_draft, image_draft)

/* A delegation's first label, from its NS or its DS: the two are one, whichever comes first. -ENOMEM. */
int image_draft_add(struct image_draft *d, const uint8_t *label, bool has_ds);

/* A file that is read; `name` "": the zone's own. */
int image_draft_source(struct image_draft *d, const char *name, const char *path);

/* How many delegations were told, with a DS without NS none. Sorts them. */
uint64_t image_draft_settle(struct image_draft *d);

/* Whether there is one of that label, once it is settled. */
bool image_draft_has(const struct image_draft *d, const uint8_t *label);

/* The image, with the zone's SOA, TTLs and records; `left` is what was left out. -ENOMEM. */
int image_draft_make(struct image_draft *d, const struct zone *z, const uint32_t left[4],
		     struct image **ret, struct err *e);
