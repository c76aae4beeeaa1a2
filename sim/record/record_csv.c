/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_csv.h"

#include <string.h>

#include "sim/base/clean.h"

void record_csv_write(const char *text, void (*put)(const char *bytes, size_t len, void *to),
		      void *to)
{
	bool quoted = strpbrk(text, ",\"\n") != NULL;

	if (quoted)
		put("\"", 1, to);
	for (size_t rest = strlen(text), n; rest; text += n, rest -= n) {
		bool as_it_is;

		n = clean_next(text, rest, &as_it_is);
		if (!n)
			n = 1;
		if (as_it_is)
			put(text, n, to);
		else
			put(CLEAN_REPLACEMENT, strlen(CLEAN_REPLACEMENT), to);
		if (*text == '"')
			put("\"", 1, to);
	}
	if (quoted)
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
