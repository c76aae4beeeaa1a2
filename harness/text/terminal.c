/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/text/shown.h"

#define OTHERWISE 80
#define LEAST 40
#define MOST 120

/* 0: COLUMNS does not say. */
static unsigned columns_told(void)
{
	const char *text = getenv("COLUMNS");
	size_t len = text ? strlen(text) : 0;

	if (!len || len > 6 || text[strspn(text, "0123456789")])
		return 0;
	return (unsigned)atoi(text);
}

static unsigned columns_of(FILE *out)
{
	struct winsize size;

	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

unsigned terminal_width(FILE *out)
{
	unsigned width = columns_told();

	out = shown_raw(out);
	if (!width && fileno(out) >= 0)
		width = columns_of(out);
	if (!width)
		return OTHERWISE;
	return width < LEAST ? LEAST : width > MOST ? MOST : width;
}

bool terminal_has_colours(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	out = shown_raw(out);
	if (no && *no)
		return false;
	return term && *term && strcmp(term, "dumb") != 0 && fileno(out) >= 0 &&
	       isatty(fileno(out));
}
