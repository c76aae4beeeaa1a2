/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/csv.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text/memory.h"

#define WIDTH_MAX 64
#define TIME_MAX (100 * 366 * 86400.0)
#define COUNT_MAX 9007199254740991.0 /* what a double counts to */

struct row {
	char *text; /* the fields, each with its end */
	size_t len, cap;
	size_t fields[WIDTH_MAX]; /* where they begin */
	unsigned width;
};

struct csv {
	char path[4096 + 64];
	FILE *file;
	struct row head, row;
	unsigned line;
};

/* Remembered, since not every reader tells what it could not read. */
static int no_memory(const char *name, struct err *e)
{
	memory_ended();
	return err_set(e, -ENOMEM, "no memory to read '%s'", name);
}

static bool put(struct row *r, char c)
{
	if (r->len == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 256;
		char *text = realloc(r->text, cap);

		if (!text)
			return false;
		r->text = text;
		r->cap = cap;
	}
	r->text[r->len++] = c;
	return true;
}

/* One field; *last is the character that ended it. In quotes, a quote counts when it stands
 * twice. */
static bool read_field(FILE *f, struct row *r, int *last)
{
	bool quoted = false;
	int c;

	r->fields[r->width++] = r->len;
	while ((c = getc_unlocked(f)) != EOF) {
		if (c == '"') {
			int next = quoted ? getc_unlocked(f) : EOF;

			if (next == '"' && !put(r, '"'))
				return false;
			if (next != '"') {
				quoted = !quoted;
				if (next != EOF)
					ungetc(next, f);
			}
		} else if (!quoted && (c == ',' || c == '\n')) {
			break;
		} else if (!put(r, (char)c)) {
			return false;
		}
	}
	*last = c;
	return put(r, '\0');
}

/* 1: a row. 0: the end, or a line that was never finished. */
static int read_row(struct csv *c, struct row *r, struct err *e)
{
	int last = ',';

	r->len = 0;
	r->width = 0;
	c->line++;
	while (last == ',') {
		if (r->width == WIDTH_MAX)
			return err_set(e, -EINVAL, "%s:%u: too many fields", c->path, c->line);
		if (!read_field(c->file, r, &last))
			return no_memory(c->path, e);
	}
	return last == '\n';
}

int csv_open(const char *folder, const char *name, struct csv **ret, struct err *e)
{
	_cleanup_(csv_freep) struct csv *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return no_memory(name, e);
	snprintf(c->path, sizeof(c->path), "%s/%s", folder, name);
	c->file = fopen(c->path, "re");
	if (!c->file && errno == ENOMEM)
		return no_memory(c->path, e);
	if (!c->file)
		return err_set(e, -errno, "cannot read '%s': %s", c->path, strerror(errno));
	rc = read_row(c, &c->head, e);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, -EINVAL, "'%s' has no first line", c->path);
	*ret = TAKE(c);
	return 0;
}

int csv_open_if_there(const char *folder, const char *name, struct csv **ret, struct err *e)
{
	struct err why = { .text = "" };
	int r = csv_open(folder, name, ret, &why);

	if (r == -ENOENT)
		return 0;
	return r < 0 ? err_set(e, r, "%s", why.text) : 1;
}

void csv_free(struct csv *c)
{
	if (!c)
		return;
	if (c->file)
		fclose(c->file);
	free(c->head.text);
	free(c->row.text);
	free(c);
}

unsigned csv_width(const struct csv *c)
{
	return c->head.width;
}

const char *csv_heading(const struct csv *c, unsigned column)
{
	return c->head.text + c->head.fields[column];
}

int csv_column(const struct csv *c, const char *heading, struct err *e)
{
	for (unsigned i = 0; i < c->head.width; i++)
		if (strcmp(csv_heading(c, i), heading) == 0)
			return (int)i;
	return err_set(e, -EINVAL, "'%s' has no column '%s'", c->path, heading);
}

int csv_next(struct csv *c, struct err *e)
{
	int rc = read_row(c, &c->row, e);

	if (rc == 1 && c->row.width != c->head.width)
		return err_set(e, -EINVAL, "%s:%u: %u fields, but the first line names %u", c->path,
			       c->line, c->row.width, c->head.width);
	return rc;
}

const char *csv_text(const struct csv *c, unsigned column)
{
	return c->row.text + c->row.fields[column];
}

int csv_wrong(const struct csv *c, struct err *e, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(e, -EINVAL, "%s:%u: %s", c->path, c->line, what);
}

int csv_number(const struct csv *c, unsigned column, double *ret, struct err *e)
{
	const char *text = csv_text(c, column);
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !isfinite(value))
		return csv_wrong(c, e, "'%.64s' is not a number", text);
	*ret = value;
	return 0;
}

int csv_between(const struct csv *c, unsigned column, double least, double most, double *ret,
		struct err *e)
{
	double value;
	int rc = csv_number(c, column, &value, e);

	if (rc < 0)
		return rc;
	if (value < least || value > most)
		return csv_wrong(c, e, "'%s' of the column '%s' is not from %.0f to %.0f",
				 csv_text(c, column), csv_heading(c, column), least, most);
	*ret = value;
	return 0;
}

int csv_time(const struct csv *c, double *ret, struct err *e)
{
	return csv_between(c, 0, -TIME_MAX, TIME_MAX, ret, e);
}

int csv_count(const struct csv *c, unsigned column, double *ret, struct err *e)
{
	return csv_between(c, column, 0, COUNT_MAX, ret, e);
}

int csv_ede(const struct csv *c, unsigned column, double *ret, struct err *e)
{
	return csv_between(c, column, -1, UINT16_MAX, ret, e);
}
