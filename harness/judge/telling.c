/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/judge/telling.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char dots[] = "…";

/* Cuts between characters, not within one. */
static void cut(char *text, size_t size)
{
	size_t end = size - sizeof(dots);

	while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	strcpy(text + end, dots);
}

void telling_add(struct telling *t, const char *fmt, ...)
{
	const char *last = t->texts[(t->count + TELLING_KEPT - 1) % TELLING_KEPT];
	char text[TELLING_TEXT];
	va_list ap;

	va_start(ap, fmt);
	if ((size_t)vsnprintf(text, sizeof(text), fmt, ap) >= sizeof(text))
		cut(text, sizeof(text));
	va_end(ap);
	if (t->count && strcmp(last, text) == 0)
		return;
	strcpy(t->texts[t->count++ % TELLING_KEPT], text);
}

void telling_print(const struct telling *t, char *ret, size_t size)
{
	unsigned first = t->count > TELLING_KEPT ? t->count - TELLING_KEPT : 0;
	size_t len = 0;

	*ret = '\0';
	if (first)
		len = (size_t)snprintf(ret, size, "after %u others, ", first);
	for (unsigned i = first; i < t->count && len < size; i++)
		len += (size_t)snprintf(ret + len, size - len, "%s%s", i > first ? "; " : "",
					t->texts[i % TELLING_KEPT]);
	if (len >= size)
		cut(ret, size);
}
