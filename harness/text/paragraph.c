/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/paragraph.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#define WIDTH 80

struct paragraph paragraph_begin(FILE *out, int at, const char *label, int indent)
{
	struct paragraph p = { .out = out, .indent = indent };

	p.column = fprintf(out, "%*s%s", at, "", label);
	if (p.column < indent)
		p.column += fprintf(out, "%*s", indent - p.column, "");
	return p;
}

void paragraph_say(struct paragraph *p, const char *fmt, ...)
{
	char text[1024], *rest = text, *word;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	while ((word = strsep(&rest, " "))) {
		bool fresh = p->column == p->indent;

		if (!fresh && p->column + 1 + (int)strlen(word) > WIDTH) {
			fprintf(p->out, "\n%*s", p->indent, "");
			p->column = p->indent;
			fresh = true;
		}
		p->column += fprintf(p->out, "%s%s", fresh ? "" : " ", word);
	}
}

void paragraph_end(struct paragraph *p)
{
	fputc('\n', p->out);
}
