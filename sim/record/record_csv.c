/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_csv.h"

#include <string.h>

void record_csv_write(const char *text, void (*put)(const char *bytes, size_t len, void *to),
		      void *to)
{
	const char *quote;

	if (!strpbrk(text, ",\"\r\n")) {
		put(text, strlen(text), to);
		return;
	}
	put("\"", 1, to);
	while ((quote = strchr(text, '"'))) {
		put(text, (size_t)(quote + 1 - text), to);
		put("\"", 1, to);
		text = quote + 1;
	}
	put(text, strlen(text), to);
	put("\"", 1, to);
}

static void put_file(const char *bytes, size_t len, void *out)
{
	fwrite(bytes, 1, len, out);
}

void record_csv_put(const char *text, FILE *out)
{
	record_csv_write(text, put_file, out);
}
