/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/unpack.h"

#include <errno.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "harness/clients/gunzip.h"
#include "sim/base/cleanup.h"

#define BLOCK 65536

struct packed {
	struct archive *archive; /* NULL: it is gzip */
	struct gunzip gzip;
	FILE *file;
	char *why; /* the caller's; "": nothing is wrong */
	off64_t at; /* in what was unpacked */
	uint8_t block[BLOCK];
};

struct magic {
	uint8_t bytes[6];
	unsigned len;
	bool is_gzip;
};

static const struct magic *magic_of(const uint8_t *head, size_t len)
{
	static const struct magic known[] = {
		{ { 0x1f, 0x8b }, 2, .is_gzip = true },
		{ { 0x28, 0xb5, 0x2f, 0xfd }, 4 }, /* zstd */
		{ { 0x04, 0x22, 0x4d, 0x18 }, 4 }, /* lz4 */
		{ { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6 },
		{ { 'B', 'Z', 'h' }, 3 }, /* bzip2 */
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (len >= known[i].len && !memcmp(head, known[i].bytes, known[i].len))
			return &known[i];
	return NULL;
}

static la_ssize_t read_packed(struct archive *a, void *cookie, const void **ret)
{
	struct packed *p = cookie;
	size_t len = fread(p->block, 1, sizeof(p->block), p->file);

	*ret = p->block;
	if (!len && ferror(p->file)) {
		archive_set_error(a, errno, "cannot be read");
		return -1;
	}
	return (la_ssize_t)len;
}

static void note_why(struct packed *p, const char *why)
{
	snprintf(p->why, UNPACK_WHY, "%s", why ? why : "it has no sound beginning");
}

/* For libarchive a file may end before its bytes do: what follows is no lz4, say, but was it once? */
static bool is_all(struct packed *p)
{
	return !fseeko(p->file, 0, SEEK_END) &&
	       archive_filter_bytes(p->archive, -1) >= ftello(p->file);
}

/* As read(). */
static ssize_t read_archive(struct packed *p, char *ret, size_t size)
{
	la_ssize_t len = archive_read_data(p->archive, ret, size);

	if (len < 0)
		note_why(p, archive_error_string(p->archive));
	if (len || is_all(p))
		return len;
	note_why(p, "what follows its end is not packed so");
	return -1;
}

static ssize_t read_unpacked(void *cookie, char *ret, size_t size)
{
	struct packed *p = cookie;
	ssize_t len;

	if (p->archive) {
		len = read_archive(p, ret, size);
	} else {
		len = gunzip_read(&p->gzip, ret, size);
		if (len < 0)
			note_why(p, p->gzip.why);
	}
	if (len >= 0) {
		p->at += len;
		return len;
	}
	errno = EIO;
	return -1;
}

static bool open_archive(struct packed *p)
{
	struct archive_entry *entry;

	p->archive = archive_read_new();
	if (!p->archive)
		return false;
	archive_read_support_filter_all(p->archive);
	archive_read_support_format_raw(p->archive);
	return archive_read_open(p->archive, p, NULL, read_packed, NULL) == ARCHIVE_OK &&
	       archive_read_next_header(p->archive, &entry) == ARCHIVE_OK &&
	       archive_filter_code(p->archive, 0) != ARCHIVE_FILTER_NONE;
}

/* From where the file stands. */
static int begin(struct packed *p, bool is_gzip)
{
	p->at = 0;
	if (is_gzip)
		return gunzip_init(&p->gzip, p->file) ? 0 : -ENOMEM;
	if (open_archive(p))
		return 0;
	note_why(p, p->archive ? archive_error_string(p->archive) : "there is no memory");
	return -EINVAL;
}

static void end(struct packed *p)
{
	if (p->archive)
		archive_read_free(p->archive);
	else
		gunzip_done(&p->gzip);
}

/* To where it is, or back to the beginning: as far as readers of magic numbers go. */
static int seek_unpacked(void *cookie, off64_t *offset, int whence)
{
	struct packed *p = cookie;
	bool is_gzip = !p->archive;

	if ((whence == SEEK_CUR && !*offset) || (whence == SEEK_SET && *offset == p->at)) {
		*offset = p->at;
		return 0;
	}
	if (whence != SEEK_SET || *offset || fseek(p->file, 0, SEEK_SET))
		return -1;
	end(p);
	return begin(p, is_gzip) ? -1 : 0;
}

static int close_packed(void *cookie)
{
	struct packed *p = cookie;

	end(p);
	fclose(p->file);
	free(p);
	return 0;
}

int unpack_err(struct err *e, const char *name, const char *why)
{
	return err_set(e, -EINVAL,
		       "'%s' is packed, and cannot be unpacked: %s; what can be saved of it the "
		       "program that packed it may unpack",
		       name, why);
}

static int open_packed(FILE *file, bool is_gzip, char why[UNPACK_WHY], FILE **ret)
{
	static const cookie_io_functions_t io = {
		.read = read_unpacked,
		.seek = seek_unpacked,
		.close = close_packed,
	};
	_cleanup_(fclosep) FILE *mine = file;
	struct packed *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->file = TAKE(mine);
	p->why = why;
	r = begin(p, is_gzip);
	*ret = r ? NULL : fopencookie(p, "r", io);
	if (*ret)
		return 0;
	close_packed(p);
	return r ? r : -ENOMEM;
}

int unpack_file(FILE *file, const char *name, char why[UNPACK_WHY], FILE **ret, struct err *e)
{
	_cleanup_(fclosep) FILE *mine = file;
	const struct magic *magic;
	uint8_t head[6];
	size_t len = fread(head, 1, sizeof(head), mine);
	int r;

	*why = '\0';
	if (ferror(mine))
		return err_set(e, -errno, "cannot read '%s': %s", name, strerror(errno));
	if (fseek(mine, 0, SEEK_SET))
		return err_set(e, -errno, "'%s' is no regular file: %s", name, strerror(errno));
	magic = magic_of(head, len);
	if (!magic) {
		*ret = TAKE(mine);
		return 0;
	}
	r = open_packed(TAKE(mine), magic->is_gzip, why, ret);
	if (r == -ENOMEM)
		return err_set(e, r, "no memory");
	return r ? unpack_err(e, name, why) : 0;
}
