/* SPDX-License-Identifier: BSD-2-Clause */
/* image.h - a zone's file, compiled: delegations and records as they are used, to be mapped.
 *
 *	head		magic, version, byte order, size, checksum; SOA, TTLs; where the parts are
 *	labels		the first label of each delegation, with its length: "\3abc\1x"; in canonical order
 *	blocks		where in them every sixteenth begins
 *	secure		the numbers of those that have a DS, in ascending order
 *	records		all other records, with the place where each is told
 *	sources		the files that it is made of, their sizes and dates
 *
 * A delegation takes its label and its length, half a byte of `blocks`, and four bytes where it has a
 * DS. The order is that of numbers, so that number and name lead to each other. What is damaged, of
 * another version or of a machine with another byte order is refused; what a whole image says is
 * checked before it is used all the same. Made by image_draft.h. */
#pragma once

#include "sim/base/cleanup.h"
#include "sim/base/err.h"
#include "zones/name.h"

#define IMAGE_VERSION 1
#define IMAGE_SUFFIX ".image" /* of the file beside the zone's */
#define IMAGE_BLOCK 16
#define IMAGE_ORDER 0x01020304u

enum image_part {
	IMAGE_LABELS,
	IMAGE_BLOCKS,
	IMAGE_SECURE,
	IMAGE_RECORDS,
	IMAGE_SOURCES,
	IMAGE_PARTS
};

struct image_head {
	char magic[8];
	uint32_t order, version;
	uint64_t size, checksum; /* of the whole file; of all that is behind this field */
	uint8_t apex[NAME_MAX_LEN + 1], mname[NAME_MAX_LEN + 1], rname[NAME_MAX_LEN + 1];
	uint32_t refresh, retry, expire;
	struct {
		uint32_t soa, ns, negative, delegation, ds;
	} ttl;
	uint32_t left[4]; /* what was left out: struct master_counts */
	uint64_t count, secure, records;
	struct image_span {
		uint64_t at, len;
	} parts[IMAGE_PARTS];
};

/* What stands behind `checksum`. */
#define IMAGE_SUMMED (offsetof(struct image_head, checksum) + sizeof(uint64_t))

struct image;

/* Maps a file. -EBADMSG: it is damaged, or no image; -EPROTO: of another version or byte order; -ENOENT
 * and others: it cannot be read. */
int image_open(const char *path, struct image **ret, struct err *e);

/* The same of bytes in memory, which it takes: malloc'ed. */
int image_take(void *bytes, size_t len, struct image **ret, struct err *e);

void image_free(struct image *i);
DEFINE_FREEP(struct image, image)

const struct image_head *image_head(const struct image *i);
const void *image_bytes(const struct image *i, size_t *len);

/* The label of delegation n, with its length; NULL: there is no such one. Lent. */
const uint8_t *image_label(const struct image *i, uint64_t n);

/* The number of the delegation with this first label. */
bool image_find(const struct image *i, const uint8_t *label, uint64_t *ret);

/* Whether it has a DS, and the number of the j-th that has. */
bool image_is_secure(const struct image *i, uint64_t n);
uint64_t image_secure(const struct image *i, uint64_t j);

struct image_record {
	uint8_t owner[NAME_MAX_LEN];
	uint16_t type, len;
	uint32_t ttl;
	const uint8_t *rdata; /* canonical; lent */
	char place[256];
};

/* The record behind *pos (start with 0). 0: there is none left; 1: one; -EBADMSG: what is there is none. */
int image_record(const struct image *i, size_t *pos, struct image_record *ret);

/* Whether all files that it is made of are as they were; `path` is the zone's. -ESTALE, with a sentence. */
int image_check_sources(const struct image *i, const char *path, struct err *e);
