/* SPDX-License-Identifier: BSD-2-Clause */
/* wrap.h - a line of words, broken to fit. */
#pragma once

#include <stdio.h>

/* The width of summary.md: the line is not broken, and nothing in `text` is markup. */
#define WRAP_MARKDOWN 0

/* `bullet` and `text`, on one line whatever `text` brings; one that is longer than `width` is broken
 * between words and goes on at `indent`. */
void wrap_print(const char *bullet, const char *text, unsigned indent, unsigned width, FILE *out);
