/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/record/record_csv.h"

int record_file_error(int error, const char *name, struct err *e)
{
	if (error == -ENOSPC || error == -EDQUOT)
		return err_set(e, error,
			       "disk full: cannot write '%s'; what was recorded before is whole",
			       name);
	if (error == -EFBIG)
		return err_set(
			e, error,
			"cannot write '%s': no file may be larger here ('ulimit -f unlimited' "
			"lets it); what was recorded before is whole",
			name);
	return err_set(e, error, "cannot write '%s': %s", name, strerror(-error));
}

/* It has its name once its first line is in it: who is killed before leaves no file that says nothing. */
int record_file_open(struct record_file *f, const char *folder, const char *name,
		     const char *header, struct err *e)
{
	char path[4096 + 64], aside[4096 + 64];
	int r;

	*f = (struct record_file){ .fd = -1 };
	snprintf(f->name, sizeof(f->name), "%s", name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	snprintf(aside, sizeof(aside), "%s/.%s", folder, name);
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return record_file_error(-EEXIST, path, e);
	f->fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (f->fd < 0)
		return record_file_error(-errno, path, e);
	record_file_put(f, "%s\n", header);
	r = record_file_flush(f, e);
	if (r == 0 && rename(aside, path) < 0)
		r = record_file_error(-errno, path, e);
	if (r < 0)
		unlink(aside);
	return r;
}

static bool make_room(struct record_file *f, size_t len)
{
	size_t cap = f->cap ? f->cap : 4096;
	char *text;

	if (f->len + len <= f->cap)
		return true;
	while (cap < f->len + len)
		cap *= 2;
	text = realloc(f->text, cap);
	if (!text)
		return false;
	f->text = text;
	f->cap = cap;
	return true;
}

void record_file_put(struct record_file *f, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(f->text ? f->text + f->len : NULL, f->cap - f->len, fmt, ap);
	va_end(ap);
	if (n < 0 || f->failed || !make_room(f, (size_t)n + 1)) {
		f->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(f->text + f->len, f->cap - f->len, fmt, ap);
	va_end(ap);
	f->len += (size_t)n;
}

static void put_bytes(const char *bytes, size_t len, void *to)
{
	struct record_file *f = to;

	if (f->failed || !make_room(f, len)) {
		f->failed = true;
		return;
	}
	memcpy(f->text + f->len, bytes, len);
	f->len += len;
}

void record_file_put_field(struct record_file *f, const char *text)
{
	record_csv_write(text, put_bytes, f);
}

int record_file_flush(struct record_file *f, struct err *e)
{
	size_t done = 0;

	if (f->failed)
		return err_set(e, -ENOMEM, "no memory for '%s'", f->name);
	while (done < f->len) {
		ssize_t n = write(f->fd, f->text + done, f->len - done);
		int error = errno;

		if (n < 0 && error == EINTR)
			continue;
		if (n < 0) {
			/* A device cannot be cut back; it has nothing half-written to read
			 * either. */
			if (ftruncate(f->fd, f->size) == 0)
				lseek(f->fd, f->size, SEEK_SET);
			return record_file_error(-error, f->name, e);
		}
		done += (size_t)n;
	}
	f->size += (off_t)f->len;
	f->len = 0;
	return 0;
}

void record_file_done(struct record_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	free(f->text);
	f->text = NULL;
	f->len = f->cap = 0;
}
