/* SPDX-License-Identifier: BSD-2-Clause */
/* wrap.h - a line of words, broken to fit. */
#pragma once

#include <stdio.h>

/* `bullet` and `text`; with a `width` other than 0 the line is broken between words and goes on at
 * `indent`. */
void wrap_print(const char *bullet, const char *text, unsigned indent, unsigned width, FILE *out);
