/* SPDX-License-Identifier: BSD-2-Clause */
/* record_csv.h - a field of a file of comma-separated fields (RFC 4180): in quotes when it needs them.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

void record_csv_put(const char *text, FILE *out);

/* The same for what is no FILE: `put` gets the field's bytes, in pieces. */
void record_csv_write(const char *text, void (*put)(const char *bytes, size_t len, void *to),
		      void *to);
