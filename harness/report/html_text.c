/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_text.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "sim/base/clean.h"
#include "sim/base/cleanup.h"

static void put_character(FILE *out, const char *text, size_t len)
{
	switch (*text) {
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '&':
		fputs("&amp;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	default:
		fwrite(text, 1, len, out);
	}
}

/* Character by character, since a copy is what there may be no memory for. */
void html_text(FILE *out, const char *text, size_t len)
{
	for (size_t n; len; text += n, len -= n) {
		bool as_it_is;

		n = *text ? clean_next(text, len, &as_it_is) : 1;
		if (!*text)
			fputc(' ', out);
		else if (n && as_it_is)
			put_character(out, text, n);
		else
			fputs(CLEAN_REPLACEMENT, out);
		n = n ?: 1;
	}
}

static void put_text(FILE *out, const char *text)
{
	html_text(out, text, strlen(text));
}

/* Puts what stands behind '%'; returns where the format goes on. */
static const char *put_conversion(FILE *out, const char *p, va_list *args)
{
	switch (*p) {
	case 's':
		put_text(out, va_arg(*args, const char *));
		return p + 1;
	case 'd':
		fprintf(out, "%d", va_arg(*args, int));
		return p + 1;
	case 'u':
		fprintf(out, "%u", va_arg(*args, unsigned));
		return p + 1;
	case 'z':
		fprintf(out, "%zu", va_arg(*args, size_t));
		return p + 2;
	}
	assert(*p == '%');
	fputc('%', out);
	return p + 1;
}

void html_put(FILE *out, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	while (*fmt) {
		size_t plain = strcspn(fmt, "%");

		fwrite(fmt, 1, plain, out);
		fmt += plain;
		if (*fmt)
			fmt = put_conversion(out, fmt + 1, &args);
	}
	va_end(args);
}

int html_json(FILE *out, const json_t *json)
{
	_cleanup_(freep) char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(9));

	if (!text)
		return -ENOMEM;
	/* Only strings can have a '<'. */
	for (const char *p = text; *p; p++)
		if (*p == '<')
			fputs("\\u003c", out);
		else
			fputc(*p, out);
	return 0;
}
