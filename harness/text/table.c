/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text/utf8.h"

#define ROWS_MAX 1024
#define TEXT_MAX 96

typedef char table_text[TEXT_MAX];

struct table {
	unsigned columns, rows;
	table_text labels[ROWS_MAX]; /* a row a case of the largest matrix, and more */
	table_text *cells; /* [row * columns + column] */
};

struct table *table_new(unsigned columns)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->columns = columns;
	t->cells = calloc((size_t)ROWS_MAX * columns + 1, sizeof(table_text));
	if (!t->cells) {
		free(t);
		return NULL;
	}
	return t;
}

void table_free(struct table *t)
{
	if (t)
		free(t->cells);
	free(t);
}

void table_row(struct table *t, const char *label)
{
	if (t->rows == ROWS_MAX)
		abort();
	snprintf(t->labels[t->rows++], TEXT_MAX, "%s", label);
	for (unsigned i = 0; i < t->columns; i++)
		table_set(t, i, "–");
}

void table_set(struct table *t, unsigned column, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->cells[(size_t)(t->rows - 1) * t->columns + column], TEXT_MAX, fmt, ap);
	va_end(ap);
}

static void put_padded(const char *text, unsigned width, bool right, FILE *out)
{
	int pad = (int)width - (int)utf8_width(text);

	fprintf(out, "%*s%s%*s", right && pad > 0 ? pad : 0, "", text, !right && pad > 0 ? pad : 0,
		"");
}

static const char *cell(const struct table *t, unsigned row, unsigned column)
{
	return t->cells[(size_t)row * t->columns + column];
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

		put_padded(t->labels[row], end > from ? label : 0, false, out);
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
		if (utf8_width(t->labels[i]) > width)
			width = utf8_width(t->labels[i]);
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

static void put_markdown(const char *text, FILE *out)
{
	for (; *text; text++)
		fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

void table_print_markdown(const struct table *t, FILE *out)
{
	for (unsigned row = 0; row < t->rows; row++) {
		fprintf(out, "| ");
		put_markdown(t->labels[row], out);
		for (unsigned i = 0; i < t->columns; i++) {
			fprintf(out, " | ");
			put_markdown(cell(t, row, i), out);
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
