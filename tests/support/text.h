/* SPDX-License-Identifier: BSD-2-Clause */
/* text.h - texts that a test reads, and what it says of them. */
#pragma once

#include <stdio.h>

/* All of a file, and what is left of a stream: the test's to change, and lent until four more have
 * been asked for. */
char *file_text(const char *path);
char *stream_text(FILE *f);

void assert_has(const char *text, const char *part);
void assert_has_not(const char *text, const char *part);
void assert_ends(const char *text, const char *end);

/* How often, without overlapping. */
unsigned times_in(const char *text, const char *part);
