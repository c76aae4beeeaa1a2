/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/unpack.h"

#include <errno.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "sim/base/cleanup.h"

#define BLOCK 65536

struct packed {
	struct archive *archive;
	FILE *file;
	off64_t at; /* in what was unpacked */
	uint8_t block[BLOCK];
};

struct magic {
	uint8_t bytes[6];
	unsigned len;
};

static bool is_packed(const uint8_t *head, size_t len)
{
	static const struct magic known[] = {
		{ { 0x1f, 0x8b }, 2 }, /* gzip */
		{ { 0x28, 0xb5, 0x2f, 0xfd }, 4 }, /* zstd */
		{ { 0x04, 0x22, 0x4d, 0x18 }, 4 }, /* lz4 */
		{ { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6 },
		{ { 'B', 'Z', 'h' }, 3 }, /* bzip2 */
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (len >= known[i].len && !memcmp(head, known[i].bytes, known[i].len))
			return true;
	return false;
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

static ssize_t read_unpacked(void *cookie, char *ret, size_t size)
{
	struct packed *p = cookie;
	la_ssize_t len = archive_read_data(p->archive, ret, size);

	if (len >= 0) {
		p->at += len;
		return len;
	}
	errno = EIO;
	return -1;
}

static int open_archive(struct packed *p, const char *name, struct err *e)
{
	struct archive_entry *entry;

	p->at = 0;
	p->archive = archive_read_new();
	if (!p->archive)
		return err_set(e, -ENOMEM, "no memory");
	archive_read_support_filter_all(p->archive);
	archive_read_support_format_raw(p->archive);
	if (archive_read_open(p->archive, p, NULL, read_packed, NULL) == ARCHIVE_OK &&
	    archive_read_next_header(p->archive, &entry) == ARCHIVE_OK &&
	    archive_filter_code(p->archive, 0) != ARCHIVE_FILTER_NONE)
		return 0;
	return err_set(e, -EINVAL, "'%s' is packed, and cannot be unpacked: %s", name,
		       archive_error_string(p->archive) ? archive_error_string(p->archive)
							: "it has no sound beginning");
}

/* To where it is, or back to the beginning: as far as readers of magic numbers go. */
static int seek_unpacked(void *cookie, off64_t *offset, int whence)
{
	struct packed *p = cookie;

	if ((whence == SEEK_CUR && !*offset) || (whence == SEEK_SET && *offset == p->at)) {
		*offset = p->at;
		return 0;
	}
	if (whence != SEEK_SET || *offset || fseek(p->file, 0, SEEK_SET))
		return -1;
	archive_read_free(p->archive);
	return open_archive(p, "", NULL) ? -1 : 0;
}

static int close_packed(void *cookie)
{
	struct packed *p = cookie;

	archive_read_free(p->archive);
	fclose(p->file);
	free(p);
	return 0;
}

int unpack_file(FILE *file, const char *name, FILE **ret, struct err *e)
{
	static const cookie_io_functions_t io = {
		.read = read_unpacked,
		.seek = seek_unpacked,
		.close = close_packed,
	};
	_cleanup_(fclosep) FILE *mine = file;
	struct packed *p;
	uint8_t head[6];
	size_t len = fread(head, 1, sizeof(head), mine);
	int r;

	if (ferror(mine))
		return err_set(e, -errno, "cannot read '%s': %s", name, strerror(errno));
	if (fseek(mine, 0, SEEK_SET))
		return err_set(e, -errno, "'%s' is no regular file: %s", name, strerror(errno));
	if (!is_packed(head, len)) {
		*ret = TAKE(mine);
		return 0;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(e, -ENOMEM, "no memory");
	p->file = TAKE(mine);
	r = open_archive(p, name, e);
	*ret = r ? NULL : fopencookie(p, "r", io);
	if (*ret)
		return 0;
	close_packed(p);
	return r ? r : err_set(e, -ENOMEM, "no memory");
}
