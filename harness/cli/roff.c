/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/roff.h"

#include <ctype.h>
#include <string.h>

#include "harness/text/version.h"

#define LINE 62 /* bytes of a line, when escapes double the next word */

void roff_begin(FILE *out, const char *title, const char *section, const char *name,
		const char *about)
{
	fprintf(out, ".TH %s %s %s \"sigfault %s\"\n.SH NAME\n", title, section,
		SIGFAULT_VERSION_DATE, SIGFAULT_VERSION);
	roff_text(out, name, strlen(name));
	fputs(" \\- ", out);
	roff_text(out, about, strlen(about));
	fputc('\n', out);
}

/* Gives how many bytes it took. */
static unsigned put(FILE *out, char c)
{
	static const struct {
		char c;
		const char *escape;
	} escapes[] = { { '\\', "\\e" },  { '-', "\\-" },   { '\'', "\\(aq" }, { '`', "\\(ga" },
			{ '^', "\\(ha" }, { '~', "\\(ti" }, { '"', "\\(dq" } };

	for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++)
		if (escapes[i].c == c) {
			fputs(escapes[i].escape, out);
			return (unsigned)strlen(escapes[i].escape);
		}
	fputc(c, out);
	return 1;
}

/* A character of text: at a space behind so many of them the line ends, as mandoc's lint wants it.
 * `column` NULL: it stays on its line. */
static void put_wrapped(FILE *out, const char *text, unsigned *column)
{
	unsigned bytes;

	if (column && *text == ' ' && *column + 2 * strcspn(text + 1, " ") > LINE) {
		fputs(text[1] == '.' ? "\n\\&" : "\n", out);
		*column = 0;
	} else {
		bytes = put(out, *text);
		if (column)
			*column += bytes;
	}
}

void roff_text(FILE *out, const char *text, size_t len)
{
	unsigned column = 0;

	if (len && *text == '.')
		fputs("\\&", out);
	for (size_t i = 0; i < len; i++)
		put_wrapped(out, text + i, &column);
}

/* The mark that opens at `text`, and what closes it; NULL: none. */
static const char *mark_at(const char *text)
{
	if (*text == '`')
		return "`";
	return strncmp(text, "**", 2) == 0 ? "**" : NULL;
}

/* [text](place): gives the end of it, and of the text; NULL: it is none. */
static const char *link_at(const char *text, const char **text_end)
{
	const char *close = *text == '[' ? strstr(text, "](") : NULL;

	*text_end = close;
	return close ? strchr(close, ')') : NULL;
}

static void put_inline(FILE *out, const char *text, unsigned *column)
{
	if (*text == '.')
		fputs("\\&", out);
	while (*text) {
		const char *mark = mark_at(text), *end, *text_end;

		end = mark ? strstr(text + strlen(mark), mark) : NULL;
		if (end) {
			fputs("\\fB", out);
			for (text += strlen(mark); text < end; text++)
				put_wrapped(out, text, column);
			fputs("\\fP", out);
			text += strlen(mark);
			continue;
		}
		end = link_at(text, &text_end);
		if (end) {
			for (text++; text < text_end; text++)
				put_wrapped(out, text, column);
			text = end + 1;
			continue;
		}
		put_wrapped(out, text++, column);
	}
}

void roff_inline(FILE *out, const char *text)
{
	unsigned column = 0;

	put_inline(out, text, &column);
}

void roff_heading(FILE *out, const char *text)
{
	fputs(".SH ", out);
	for (; *text; text++)
		put(out, (char)toupper((unsigned char)*text));
	fputc('\n', out);
}

void roff_subheading(FILE *out, const char *text)
{
	fputs(".SS ", out);
	for (; *text; text++)
		if (*text != '`')
			put(out, *text);
	fputc('\n', out);
}

void roff_item(FILE *out, const char *tag, const char *about)
{
	fputs(".TP\n", out);
	put_inline(out, tag, NULL);
	fputc('\n', out);
	roff_inline(out, *about ? about : "–");
	fputc('\n', out);
}

void roff_example_begin(FILE *out, bool behind_heading)
{
	fprintf(out, "%s.nf\n.RS 4\n", behind_heading ? "" : ".PP\n");
}

void roff_line(FILE *out, const char *text)
{
	if (*text == '.')
		fputs("\\&", out);
	for (; *text; text++)
		if (*text == '\t')
			fputs("    ", out);
		else
			put(out, *text);
	fputc('\n', out);
}

void roff_example_end(FILE *out)
{
	fputs(".RE\n.fi\n", out);
}
