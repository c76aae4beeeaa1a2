/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/wrap.h"

#include <string.h>

/* Up to the next place where a line may end: "12 %" stays together. */
static size_t word_len(const char *text)
{
	size_t len = strcspn(text, " ");

	while (text[len] == ' ' && text[len + 1] == '%')
		len += 1 + strcspn(text + len + 1, " ");
	return len;
}

void wrap_print(const char *bullet, const char *text, unsigned indent, unsigned width, FILE *out)
{
	unsigned column = (unsigned)strlen(bullet);

	fprintf(out, "%s", bullet);
	while (*text) {
		size_t gap = strspn(text, " "), word = word_len(text + gap);

		if (width && column + gap + word > width && column > indent) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			text += gap;
			gap = 0;
		}
		fprintf(out, "%.*s", (int)(gap + word), text);
		column += (unsigned)(gap + word);
		text += gap + word;
	}
	fprintf(out, "\n");
}
