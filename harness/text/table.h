/* SPDX-License-Identifier: BSD-2-Clause */
/* table.h - labels down, cells across: as aligned text or as Markdown. As many rows as there are, and
 * texts of any length; when memory ends a sentence is printed in its place, and remembered
 * (memory.h). */
#pragma once

#include <stdio.h>

#include "sim/base/cleanup.h"

struct table;

/* NULL: no memory. */
struct table *table_new(unsigned columns);
void table_free(struct table *t);
DEFINE_FREEP(struct table, table)

/* Begins a row; its cells are "–" until they are set. The first row is the heading. */
void table_row(struct table *t, const char *label);

/* Sets a cell of the row that was begun last. */
void table_set(struct table *t, unsigned column, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* In Markdown the first `bytes` bytes of a cell of the row that was begun last are strong;
 * TABLE_LABEL: of the row's label. */
#define TABLE_LABEL (-1)
void table_strong(struct table *t, int column, size_t bytes);

/* Characters that its lines would take, were all columns beside each other. */
unsigned table_width(const struct table *t);

/* Columns that do not fit into `width` characters follow in further tables. */
void table_print(const struct table *t, unsigned width, FILE *out);
void table_print_markdown(const struct table *t, FILE *out);

/* A count for people, "4,818,262"; gives `text`. */
char *table_grouped(double n, char text[48]);
