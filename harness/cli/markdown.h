/* SPDX-License-Identifier: BSD-2-Clause */
/* markdown.h - the README files that come with sigfault as sections of a man page, so that what is
 * said of a word is said once.
 *
 * It reads what these files use: headings, paragraphs, lists, fences and tables. A row of a table
 * becomes an item: its first cell is the tag, the others follow with their headings. */
#pragma once

#include <stdio.h>

#include "sim/base/err.h"

/* Behind the first heading, which is the page's name. -errno: it cannot be read. */
int markdown_to_roff(const char *path, FILE *out, struct err *e);
