/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/paragraph.h"

#include <stdarg.h>
#include <string.h>

#include "harness/text/terminal.h"
#include "harness/text/utf8.h"

struct paragraph paragraph_begin(FILE *out, int at, const char *label, int indent)
{
	struct paragraph p = { .out = out, .indent = indent, .width = (int)terminal_width(out) };

	fprintf(out, "%*s%s", at, "", label);
	p.column = at + (int)utf8_width(label);
	p.behind_word = *label && p.column >= indent;
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
		int width = (int)utf8_width(word);

		if (p->behind_word && p->column + 1 + width > p->width) {
			fprintf(p->out, "\n%*s", p->indent, "");
			p->column = p->indent;
			p->behind_word = false;
		}
		fprintf(p->out, "%s%s", p->behind_word ? " " : "", word);
		p->column += p->behind_word + width;
		p->behind_word = p->behind_word || *word;
	}
}

void paragraph_end(struct paragraph *p)
{
	fputc('\n', p->out);
}
