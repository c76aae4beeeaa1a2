/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/image.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ldns/ldns.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sim/base/buf.h"
#include "zones/image_draft.h"

struct image {
	const struct image_head *head;
	const uint8_t *bytes;
	size_t len;
	bool is_mapped;
};

uint64_t image_checksum(const void *bytes, size_t len)
{
	return XXH3_64bits((const uint8_t *)bytes + IMAGE_SUMMED, len - IMAGE_SUMMED);
}

const struct image_head *image_head(const struct image *i)
{
	return i->head;
}

const void *image_bytes(const struct image *i, size_t *len)
{
	*len = i->len;
	return i->bytes;
}

static const uint8_t *part(const struct image *i, enum image_part p, size_t *len)
{
	*len = i->head->parts[p].len;
	return i->bytes + i->head->parts[p].at;
}

/* A number that may stand at any address. */
static uint64_t number_at(const uint8_t *p, size_t bytes)
{
	uint64_t n = 0;

	memcpy(&n, p, bytes);
	return n;
}

/* Whether `len` bytes begin with a name, canonical as all that is in a zone's plan. */
static bool is_name(const uint8_t *p, size_t len)
{
	size_t at = 0;

	while (at < len && at < NAME_MAX_LEN && p[at]) {
		size_t end = at + 1 + p[at];

		if (p[at] > 63 || end >= len)
			return false;
		while (++at < end)
			if (p[at] >= 'A' && p[at] <= 'Z')
				return false;
	}
	return at < len && at < NAME_MAX_LEN && !p[at];
}

static int damaged(const char *what, struct err *e)
{
	return err_set(e, -EBADMSG,
		       "the image is damaged (%s): make it anew with 'sigfault zone compile'",
		       what);
}

static int check_version(const struct image_head *h, struct err *e)
{
	if (h->order != IMAGE_ORDER)
		return err_set(e, -EPROTO,
			       "the image is of a machine with another byte order: make it anew "
			       "with 'sigfault zone compile'");
	if (h->version != IMAGE_VERSION)
		return err_set(e, -EPROTO,
			       "the image has the version %u, and this program reads %u: make it "
			       "anew with 'sigfault zone compile'",
			       h->version, IMAGE_VERSION);
	return 0;
}

/* The parts lie in the file, and the names in the head are some. */
static int check_head(const struct image_head *h, size_t len, struct err *e)
{
	for (unsigned i = 0; i < IMAGE_PARTS; i++)
		if (h->parts[i].at < sizeof(*h) || h->parts[i].at > len ||
		    h->parts[i].len > len - h->parts[i].at)
			return damaged("a part lies outside of it", e);
	if (!is_name(h->apex, sizeof(h->apex)) || !is_name(h->mname, sizeof(h->mname)) ||
	    !is_name(h->rname, sizeof(h->rname)))
		return damaged("a name of its SOA is none", e);
	if (h->count > UINT32_MAX || h->secure > h->count ||
	    h->parts[IMAGE_SECURE].len != h->secure * 4 ||
	    h->parts[IMAGE_BLOCKS].len != (h->count + IMAGE_BLOCK - 1) / IMAGE_BLOCK * 8)
		return damaged("its counts do not match", e);
	return 0;
}

/* Takes i->bytes for an image. */
static int check(struct image *i, struct err *e)
{
	const struct image_head *h = (const void *)i->bytes;
	int rc;

	if (i->len < sizeof(h->magic) || memcmp(h->magic, IMAGE_MAGIC, sizeof(h->magic)) != 0)
		return err_set(e, -EBADMSG, "is no image of a zone");
	if (i->len < offsetof(struct image_head, size))
		return damaged("it is cut off", e);
	rc = check_version(h, e);
	if (rc)
		return rc;
	if (i->len < sizeof(*h) || h->size != i->len)
		return damaged("it is cut off", e);
	if (h->checksum != image_checksum(i->bytes, i->len))
		return damaged("its checksum is wrong", e);
	i->head = h;
	return check_head(h, i->len, e);
}

int image_take(void *bytes, size_t len, struct image **ret, struct err *e)
{
	struct image *i = calloc(1, sizeof(*i));
	int rc;

	if (!i) {
		free(bytes);
		return err_set(e, -ENOMEM, "no memory for an image");
	}
	i->bytes = bytes;
	i->len = len;
	rc = check(i, e);
	if (rc)
		image_free(i);
	else
		*ret = i;
	return rc;
}

static int map(int fd, struct image *i, struct err *e)
{
	struct stat st;
	void *at;

	if (fstat(fd, &st) < 0)
		return err_set(e, -errno, "cannot be read: %s", strerror(errno));
	if (!S_ISREG(st.st_mode) || !st.st_size)
		return err_set(e, -EBADMSG, "is no image of a zone");
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return err_set(e, -errno, "cannot be mapped: %s", strerror(errno));
	i->bytes = at;
	i->len = (size_t)st.st_size;
	i->is_mapped = true;
	return check(i, e);
}

int image_open(const char *path, struct image **ret, struct err *e)
{
	_cleanup_(image_freep) struct image *i = calloc(1, sizeof(*i));
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return err_set(e, -errno, "cannot open '%s': %s", path, strerror(errno));
	if (!i)
		return err_set(e, -ENOMEM, "no memory for an image");
	rc = map(fd, i, e);
	if (rc)
		err_prefix(e, "%s", path);
	else
		*ret = TAKE(i);
	return rc;
}

void image_free(struct image *i)
{
	if (!i)
		return;
	if (i->is_mapped)
		munmap((void *)i->bytes, i->len);
	else
		free((void *)i->bytes);
	free(i);
}

/* From a label to the next one; NULL: none is whole. */
static const uint8_t *step(const uint8_t *at, const uint8_t *end)
{
	return at < end && *at && *at <= 63 && *at < end - at ? at + 1 + *at : NULL;
}

const uint8_t *image_label(const struct image *i, uint64_t n)
{
	size_t len, blocks_len;
	const uint8_t *labels = part(i, IMAGE_LABELS, &len), *end = labels + len, *at;
	const uint8_t *blocks = part(i, IMAGE_BLOCKS, &blocks_len);
	uint64_t from;

	if (n >= i->head->count)
		return NULL;
	from = number_at(blocks + n / IMAGE_BLOCK * 8, 8);
	if (from >= len)
		return NULL;
	at = labels + from;
	for (unsigned k = 0; at && k < n % IMAGE_BLOCK; k++)
		at = step(at, end);
	return at && step(at, end) ? at : NULL;
}

static int label_compare(const uint8_t *a, const uint8_t *b)
{
	int order = memcmp(a + 1, b + 1, *a < *b ? *a : *b);

	return order ? order : *a - *b;
}

bool image_find(const struct image *i, const uint8_t *label, uint64_t *ret)
{
	uint64_t low = 0, high = i->head->count;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		const uint8_t *at = image_label(i, middle);
		int order = at ? label_compare(label, at) : 0;

		if (!at)
			return false;
		if (!order) {
			*ret = middle;
			return true;
		}
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

uint64_t image_secure(const struct image *i, uint64_t j)
{
	size_t len;
	const uint8_t *secure = part(i, IMAGE_SECURE, &len);
	uint64_t n = j < i->head->secure ? number_at(secure + 4 * j, 4) : 0;

	return n < i->head->count ? n : 0;
}

bool image_is_secure(const struct image *i, uint64_t n)
{
	uint64_t low = 0, high = i->head->secure;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2, at = image_secure(i, middle);

		if (at == n)
			return true;
		if (at < n)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* What is in a record's RDATA is looked for by its type: it must be of that form. */
static bool is_record(const struct image_record *r)
{
	uint8_t wire[NAME_MAX_LEN + 10 + UINT16_MAX];
	struct buf b = buf_over(wire, sizeof(wire));
	ldns_rr *rr = NULL;
	size_t pos = 0;
	ldns_status status;

	buf_put(&b, r->owner, name_len(r->owner));
	buf_u16(&b, r->type);
	buf_u16(&b, 1);
	buf_u32(&b, r->ttl);
	buf_u16(&b, r->len);
	buf_put(&b, r->rdata, r->len);
	status = ldns_wire2rr(&rr, wire, b.len, &pos, LDNS_SECTION_ANSWER);
	ldns_rr_free(rr);
	return !status && pos == b.len;
}

int image_record(const struct image *i, size_t *pos, struct image_record *ret)
{
	size_t len, owner, place;
	const uint8_t *records = part(i, IMAGE_RECORDS, &len), *at = records + *pos;

	if (*pos >= len)
		return 0;
	if (len - *pos < IMAGE_RECORD_HEAD)
		return -EBADMSG;
	ret->ttl = (uint32_t)number_at(at, 4);
	ret->type = (uint16_t)number_at(at + 4, 2);
	ret->len = (uint16_t)number_at(at + 6, 2);
	owner = at[8];
	place = at[9];
	at += IMAGE_RECORD_HEAD;
	if (owner + place + ret->len > len - *pos - IMAGE_RECORD_HEAD || !is_name(at, owner) ||
	    name_len(at) != owner)
		return -EBADMSG;
	name_copy(ret->owner, at);
	memcpy(ret->place, at + owner, place);
	ret->place[place] = '\0';
	ret->rdata = at + owner + place;
	*pos += IMAGE_RECORD_HEAD + owner + place + ret->len;
	return is_record(ret) ? 1 : -EBADMSG;
}

/* "dir/de.zone" has made it, and the path that is kept is beside that. */
static int check_source(const char *path, const struct image_source *was, const char *name,
			struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct image_source is;
	char full[PATH_MAX];
	int len = slash && *name && *name != '/' ? (int)(slash + 1 - path) : 0;

	if ((size_t)snprintf(full, sizeof(full), "%.*s%s", len, path, *name ? name : path) >=
	    sizeof(full))
		return damaged("the name of a file is too long", e);
	if (image_source_of(full, &is) < 0 || is.size != was->size || is.changed != was->changed)
		return err_set(e, -ESTALE,
			       "%s has changed since its image was made: 'sigfault zone compile' "
			       "makes it anew, and without %s" IMAGE_SUFFIX " the file is read",
			       full, path);
	return 0;
}

int image_check_sources(const struct image *i, const char *path, struct err *e)
{
	size_t len;
	const uint8_t *at = part(i, IMAGE_SOURCES, &len), *end = at + len;
	int rc = 0;

	while (!rc && end - at >= IMAGE_SOURCE_HEAD) {
		struct image_source was = { number_at(at, 8), (int64_t)number_at(at + 8, 8) };
		size_t name_len = number_at(at + 16, 2);
		char name[PATH_MAX];

		at += IMAGE_SOURCE_HEAD;
		if (name_len >= sizeof(name) || name_len > (size_t)(end - at))
			return damaged("the name of a file is none", e);
		memcpy(name, at, name_len);
		name[name_len] = '\0';
		at += name_len;
		rc = check_source(path, &was, name, e);
	}
	return rc;
}
