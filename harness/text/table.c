/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text/memory.h"
#include "harness/text/shown.h"
#include "harness/text/utf8.h"

struct table {
	unsigned columns, rows;
	char **texts; /* of each row its label, then its cells; "" for NULL */
	size_t *strong; /* of each text: so many bytes of it stand out */
	bool failed; /* there was no memory for a row or a text */
};

struct table *table_new(unsigned columns)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->columns = columns;
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < (size_t)t->rows * (t->columns + 1); i++)
		free(t->texts[i]);
	free(t->texts);
	free(t->strong);
	free(t);
}

static void fail(struct table *t)
{
	t->failed = true;
	memory_ended();
}

static char **text_at(const struct table *t, unsigned row, unsigned n)
{
	return &t->texts[(size_t)row * (t->columns + 1) + n];
}

static void put_text(struct table *t, unsigned n, const char *fmt, va_list ap)
{
	char **at = text_at(t, t->rows - 1, n);

	free(*at);
	if (vasprintf(at, fmt, ap) < 0) {
		*at = NULL;
		fail(t);
		return;
	}
	for (char *c = *at; *c; c++)
		*c = *c == '\n' || *c == '\t' ? ' ' : *c;
}

static void set_text(struct table *t, unsigned n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void set_text(struct table *t, unsigned n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text(t, n, fmt, ap);
	va_end(ap);
}

/* One row more than there are, all of it empty. */
static bool make_room(struct table *t)
{
	size_t row = t->columns + 1;
	char **texts = reallocarray(t->texts, t->rows + 1, row * sizeof(*texts));
	size_t *strong = reallocarray(t->strong, t->rows + 1, row * sizeof(*strong));

	t->texts = texts ?: t->texts;
	t->strong = strong ?: t->strong;
	if (!texts || !strong)
		return false;
	memset(texts + t->rows * row, 0, row * sizeof(*texts));
	memset(strong + t->rows * row, 0, row * sizeof(*strong));
	return true;
}

void table_row(struct table *t, const char *label)
{
	if (!t->failed && !make_room(t))
		fail(t);
	if (t->failed)
		return;
	t->rows++;
	set_text(t, 0, "%s", label);
	for (unsigned i = 0; i < t->columns; i++)
		set_text(t, i + 1, "–");
}

void table_set(struct table *t, unsigned column, const char *fmt, ...)
{
	va_list ap;

	if (t->failed)
		return;
	va_start(ap, fmt);
	put_text(t, column + 1, fmt, ap);
	va_end(ap);
}

void table_strong(struct table *t, int column, size_t bytes)
{
	if (!t->failed)
		t->strong[(size_t)(t->rows - 1) * (t->columns + 1) + (unsigned)(column + 1)] =
			bytes;
}

static void put_padded(const char *text, unsigned width, bool right, FILE *out)
{
	int pad = (int)width - (int)utf8_width(text);

	fprintf(out, "%*s%s%*s", right && pad > 0 ? pad : 0, "", text, !right && pad > 0 ? pad : 0,
		"");
}

static const char *cell(const struct table *t, unsigned row, unsigned column)
{
	const char *text = *text_at(t, row, column + 1);

	return text ? text : "";
}

static const char *label_of(const struct table *t, unsigned row)
{
	const char *text = *text_at(t, row, 0);

	return text ? text : "";
}

/* What stands in the place of a table that is not whole. */
static bool tell_failure(const struct table *t, FILE *out)
{
	if (t->failed)
		fprintf(out, "There was not enough memory for this table.\n");
	return t->failed;
}

static unsigned column_width(const struct table *t, unsigned column)
{
	unsigned width = 0;

	for (unsigned i = 0; i < t->rows; i++)
		if (utf8_width(cell(t, i, column)) > width)
			width = utf8_width(cell(t, i, column));
	return width;
}

/* Past the last cell of a row that says something, in [from, to). */
static unsigned row_end(const struct table *t, unsigned row, unsigned from, unsigned to)
{
	while (to > from && !*cell(t, row, to - 1))
		to--;
	return to;
}

static void print_columns(const struct table *t, unsigned label, unsigned from, unsigned to,
			  FILE *out)
{
	for (unsigned row = 0; row < t->rows; row++) {
		unsigned end = row_end(t, row, from, to);

		put_padded(label_of(t, row), end > from ? label : 0, false, out);
		for (unsigned i = from; i < end; i++) {
			fprintf(out, "  ");
			put_padded(cell(t, row, i), column_width(t, i), true, out);
		}
		fprintf(out, "\n");
	}
}

static unsigned label_width(const struct table *t)
{
	unsigned width = 0;

	for (unsigned i = 0; i < t->rows; i++)
		if (utf8_width(label_of(t, i)) > width)
			width = utf8_width(label_of(t, i));
	return width;
}

unsigned table_width(const struct table *t)
{
	unsigned width = label_width(t);

	for (unsigned i = 0; i < t->columns; i++)
		width += 2 + column_width(t, i);
	return width;
}

void table_print(const struct table *t, unsigned width, FILE *out)
{
	unsigned label = label_width(t), from = 0, to;

	if (tell_failure(t, out))
		return;
	while (from < t->columns) {
		unsigned used = label + 2 + column_width(t, from);

		for (to = from + 1; to < t->columns; to++) {
			used += 2 + column_width(t, to);
			if (used > width)
				break;
		}
		if (from)
			fprintf(out, "\n");
		print_columns(t, label, from, to, out);
		from = to;
	}
}

/* A text of a row: its label, then its cells. */
static void put_markdown(const struct table *t, unsigned row, unsigned n, const char *text,
			 FILE *out)
{
	size_t len = strlen(text), strong = t->strong[(size_t)row * (t->columns + 1) + n];

	if (strong > len)
		strong = len;
	if (strong) {
		fprintf(out, "**");
		shown_markdown(text, strong, out);
		fprintf(out, "**");
	}
	shown_markdown(text + strong, len - strong, out);
}

void table_print_markdown(const struct table *t, FILE *out)
{
	if (tell_failure(t, out))
		return;
	for (unsigned row = 0; row < t->rows; row++) {
		fprintf(out, "| ");
		put_markdown(t, row, 0, label_of(t, row), out);
		for (unsigned i = 0; i < t->columns; i++) {
			fprintf(out, " | ");
			put_markdown(t, row, i + 1, cell(t, row, i), out);
		}
		fprintf(out, " |\n");
		if (row > 0)
			continue;
		fprintf(out, "|:--");
		for (unsigned i = 0; i < t->columns; i++)
			fprintf(out, "|--:");
		fprintf(out, "|\n");
	}
}

char *table_grouped(double n, char text[48])
{
	char digits[32];
	int len = snprintf(digits, sizeof(digits), "%.0f", n), at = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
	return text;
}
