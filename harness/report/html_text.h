/* SPDX-License-Identifier: BSD-2-Clause */
/* html_text.h - HTML with text of unknown origin in it: what is put in is escaped, so that it stays
 * text.
 *
 *	html_put(out, "<td>%s</td>", cell->label);
 *
 * Names, logs and messages come from scripts, resolvers and users; markup comes only from our own
 * formats. */
#pragma once

#include <jansson.h>
#include <stdio.h>

/* As fprintf(); of conversions only %s, which is escaped (and cleaned where it is not UTF-8), %d,
 * %u, %zu and %%. */
void html_put(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* `len` bytes of text, escaped. */
void html_text(FILE *out, const char *text, size_t len);

/* JSON that may stand in a script element: no "</" and no "<!--" in it. -ENOMEM. */
int html_json(FILE *out, const json_t *json);
