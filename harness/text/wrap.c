/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/wrap.h"

#include <string.h>

#include "harness/text/shown.h"

/* Up to the next place where a line may end: "12 %" stays together. */
static size_t word_len(const char *text)
{
	size_t len = strcspn(text, " ");

	while (text[len] == ' ' && text[len + 1] == '%')
		len += 1 + strcspn(text + len + 1, " ");
	return len;
}

/* A line end that a foreign text brings does not end the line. */
static void put_line(const char *text, size_t len, FILE *out)
{
	for (size_t i = 0; i < len; i++)
		fputc(text[i] == '\n' ? ' ' : text[i], out);
}

void wrap_print(const char *bullet, const char *text, unsigned indent, unsigned width, FILE *out)
{
	unsigned column = (unsigned)strlen(bullet);

	fprintf(out, "%s", bullet);
	if (width == WRAP_MARKDOWN) {
		shown_markdown(text, strlen(text), out);
		text = "";
	}
	while (*text) {
		size_t gap = strspn(text, " "), word = word_len(text + gap);

		if (column + gap + word > width && column > indent) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			text += gap;
			gap = 0;
		}
		put_line(text, gap + word, out);
		column += (unsigned)(gap + word);
		text += gap + word;
	}
	fprintf(out, "\n");
}
