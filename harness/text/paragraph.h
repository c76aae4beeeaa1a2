/* SPDX-License-Identifier: BSD-2-Clause */
/* paragraph.h - a paragraph behind a label, its lines broken at spaces and indented alike, as wide
 * as the terminal. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct paragraph {
	FILE *out;
	int indent, column, width;
	bool behind_word; /* which wants a space before the next one */
};

/* A label at column `at`; the text behind it begins at column `indent`. */
struct paragraph paragraph_begin(FILE *out, int at, const char *label, int indent);

/* Words, printf-style; a space stands between them and what was said before. */
void paragraph_say(struct paragraph *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void paragraph_end(struct paragraph *p);
