/* SPDX-License-Identifier: BSD-2-Clause */
/* utf8.h - text of unknown origin made fit for JSON and XML.
 *
 * Scripts, resolvers and truncated sentences give bytes of any kind; a JSON or XML library refuses
 * what is not UTF-8, and XML 1.0 most control characters (W3C XML 1.0, section 2.2). */
#pragma once

#include <stddef.h>

/* Copies `text`, with U+FFFD for each byte that is not of a character and each character that XML
 * has no place for. What does not fit into `size` bytes is left out, whole characters at a time.
 * Gives `ret`. */
char *utf8_clean(const char *text, char *ret, size_t size);

/* Characters, not bytes. */
unsigned utf8_width(const char *text);
