/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.h - whether memory has ended.
 *
 * A report is put together by many small hands: a text of a table, a member of a JSON object, a node
 * of a drawing. Where one of them gets no memory the rest would be made without it, and nobody could
 * tell. So it is remembered here, for good, and asked wherever something is said to be done: a file is
 * not named (whole.h), a document not printed (json_text.h), a cell has no result, and the command's
 * exit status says so (main.c). */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#define MEMORY_ENDED "there was not enough memory"

/* From here on jansson and libxml remember it, too. Before either is used. */
void memory_watch(void);

/* Remembers it. */
void memory_ended(void);

bool memory_has_ended(void);

/* Closes a file of open_memstream(), which gives no text, and no error, where its end finds no
 * memory. false: then, or where anything of it is missing. */
bool memory_close(FILE *f, char *const *text);
