/* SPDX-License-Identifier: BSD-2-Clause */
/* shown.h - files that people read: whatever is written into them, what comes out is clean
 * (sim/base/clean.h).
 *
 * A title, an extended error's text, a name out of a capture may hold anything, and pass through many
 * hands until they are printed. So it is the file that cleans them, and none can be forgotten:
 *
 *	fprintf(out, "%s\n", "\033[31mred")	->	?[31mred
 *
 * Markdown has characters of its own beside: shown_markdown(). */
#pragma once

#include <stdio.h>

/* A file that cleans and writes into `under`, which lives on when it is closed. NULL: no memory. */
FILE *shown_over(FILE *under);

/* From here on stdout and stderr are such. What no memory is found for stays as it is. */
void shown_standard_files(void);

/* The file below one of those two; any other is given back. For what moves the cursor on purpose. */
FILE *shown_raw(FILE *out);

/* Writes a line's text so that Markdown and HTML take nothing in it for markup. */
void shown_markdown(const char *text, size_t len, FILE *out);
