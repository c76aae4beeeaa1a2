/* SPDX-License-Identifier: BSD-2-Clause */
/* roff.h - man pages: man(7) macros, with what people read made safe for them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* .TH and the section NAME, with its one line. */
void roff_begin(FILE *out, const char *title, const char *section, const char *name,
		const char *about);

/* .SH in capitals, .SS as it stands. */
void roff_heading(FILE *out, const char *text);
void roff_subheading(FILE *out, const char *text);

/* Text of which no character means anything to roff. A line of it must be begun by the caller. */
void roff_text(FILE *out, const char *text, size_t len);

/* The same of Markdown's inline marks: `code` and **strong** are bold, [text](place) is its text.
 */
void roff_inline(FILE *out, const char *text);

/* A tag with what it means. Both have inline marks. */
void roff_item(FILE *out, const char *tag, const char *about);

/* Lines as they are, indented; between them roff_line(). */
void roff_example_begin(FILE *out, bool behind_heading);
void roff_line(FILE *out, const char *text);
void roff_example_end(FILE *out);
