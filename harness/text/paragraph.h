/* SPDX-License-Identifier: BSD-2-Clause */
/* paragraph.h - a paragraph behind a label, its lines broken at spaces and indented alike, for 80
 * columns. */
#pragma once

#include <stdio.h>

struct paragraph {
	FILE *out;
	int indent, column;
};

/* A label at column `at`; the text behind it begins at column `indent`. */
struct paragraph paragraph_begin(FILE *out, int at, const char *label, int indent);

/* Words, printf-style; a space stands between them and what was said before. */
void paragraph_say(struct paragraph *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void paragraph_end(struct paragraph *p);
