/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/gate/gate_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <uthash.h>

#include "sim/base/cleanup.h"

#define WINDOW 64 /* lines in which both are looked for at first */
#define WINDOW_MOST 65536

/* A file, and how far it has been read. */
struct text {
	const char *data;
	size_t size, at;
	unsigned line;
};

/* A line ahead of where the older file stands. */
struct seen {
	UT_hash_handle hh;
	size_t begin;
	unsigned ahead;
};

static int map(const char *path, struct text *ret, struct err *e)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *data;

	*ret = (struct text){ .line = 1 };
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	if (!st.st_size)
		return 0;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (data == MAP_FAILED)
		return err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	ret->data = data;
	ret->size = (size_t)st.st_size;
	return 0;
}

static void unmap(struct text *t)
{
	if (t->data)
		munmap((void *)(uintptr_t)t->data, t->size);
}

/* The length of the line at an offset, with its end. */
static size_t length(const struct text *t, size_t at)
{
	const char *end = memchr(t->data + at, '\n', t->size - at);

	return end ? (size_t)(end - (t->data + at)) + 1 : t->size - at;
}

static int take_line(struct text *t, int way, gate_line_fn *take, void *arg, struct err *e)
{
	size_t len = length(t, t->at);
	char *line = strndup(t->data + t->at, len);
	int r;

	if (!line)
		return err_set(e, -ENOMEM, "no memory for a line");
	line[strcspn(line, "\r\n")] = '\0';
	r = take(line, t->line, way, arg, e);
	free(line);
	t->at += len;
	t->line++;
	return r;
}

/* What both have in common from here on: whole lines. */
static void skip_common(struct text *old, struct text *new)
{
	while (old->at < old->size && new->at < new->size) {
		size_t len = length(old, old->at);

		if (len > new->size - new->at ||
		    memcmp(old->data + old->at, new->data + new->at, len) != 0)
			return;
		old->at += len;
		new->at += len;
		old->line++;
		new->line++;
	}
}

static void forget(struct seen **table)
{
	struct seen *s, *next;

	HASH_ITER (hh, *table, s, next) {
		HASH_DEL(*table, s);
		free(s);
	}
}

/* -ENOMEM. */
static int see_ahead(const struct text *old, unsigned window, struct seen **table, struct err *e)
{
	size_t at = old->at;

	for (unsigned i = 0; i < window && at < old->size; i++) {
		size_t len = length(old, at);
		struct seen *s;

		HASH_FIND(hh, *table, old->data + at, len, s);
		if (!s) {
			s = calloc(1, sizeof(*s));
			if (!s)
				return err_set(e, -ENOMEM, "no memory for lines");
			s->begin = at;
			s->ahead = i;
			HASH_ADD_KEYPTR(hh, *table, old->data + at, len, s);
		}
		at += len;
	}
	return 0;
}

/* How many lines each has to be moved on by until both stand at the same line. false: there is none in the window. */
static bool find_ahead(struct seen *table, const struct text *new, unsigned window,
		       unsigned *old_lines, unsigned *new_lines)
{
	size_t at = new->at;

	for (unsigned i = 0; i < window && at < new->size; i++) {
		size_t len = length(new, at);
		struct seen *s;

		HASH_FIND(hh, table, new->data + at, len, s);
		if (s) {
			*old_lines = s->ahead;
			*new_lines = i;
			return true;
		}
		at += len;
	}
	return false;
}

/* Where none is found all that was looked through differs. */
static int find(const struct text *old, const struct text *new, unsigned *old_lines,
		unsigned *new_lines, struct err *e)
{
	*old_lines = *new_lines = WINDOW_MOST;
	for (unsigned window = WINDOW; window <= WINDOW_MOST; window *= 4) {
		struct seen *table = NULL;
		int r = see_ahead(old, window, &table, e);
		bool found = r == 0 && find_ahead(table, new, window, old_lines, new_lines);

		forget(&table);
		if (r < 0 || found)
			return r;
	}
	return 0;
}

static int differ(struct text *old, struct text *new, gate_line_fn *take, void *arg, struct err *e)
{
	unsigned old_lines, new_lines;
	int r = 0;

	while (r == 0) {
		skip_common(old, new);
		if (old->at >= old->size && new->at >= new->size)
			return 0;
		r = find(old, new, &old_lines, &new_lines, e);
		for (unsigned i = 0; r == 0 && i < old_lines && old->at < old->size; i++)
			r = take_line(old, -1, take, arg, e);
		for (unsigned i = 0; r == 0 && i < new_lines && new->at < new->size; i++)
			r = take_line(new, 1, take, arg, e);
	}
	return r;
}

int gate_lines_differ(const char *old_path, const char *new_path, gate_line_fn *take, void *arg,
		      struct err *e)
{
	struct text old, new;
	int r = map(old_path, &old, e);

	if (r < 0)
		return r;
	r = map(new_path, &new, e);
	if (r == 0)
		r = differ(&old, &new, take, arg, e);
	unmap(&old);
	unmap(&new);
	return r;
}
