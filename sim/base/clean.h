/* SPDX-License-Identifier: BSD-2-Clause */
/* clean.h - text of unknown origin made fit to be shown: the one place that says what is.
 *
 * Scenarios, drivers, resolvers, logs, captures and truncated sentences give bytes of any kind. What is
 * no UTF-8 (RFC 3629) no JSON or XML library takes; control characters (C0, C1, DEL) command
 * terminals, and U+202A to U+202E and U+2066 to U+2069 turn round what stands beside them. In the
 * place of each of them stands U+FFFD. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define CLEAN_REPLACEMENT "\xef\xbf\xbd"

/* The bytes of the character at the start of `len` of them, at least 1; *ret is whether it may be shown
 * as it is. Tabs and line ends may. 0: it goes on behind them. */
size_t clean_next(const char *text, size_t len, bool *ret);

/* Copies `text`, made fit. What does not fit into `size` bytes is left out, whole characters at a time.
 * Gives `ret`. */
char *clean_text(const char *text, char *ret, size_t size);

/* The same on one line: line ends and tabs become spaces. */
char *clean_line(const char *text, char *ret, size_t size);
