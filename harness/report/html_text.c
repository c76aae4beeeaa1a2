/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_text.h"

#include <assert.h>
#include <errno.h>
#include <libxml/entities.h>
#include <stdarg.h>
#include <string.h>

#include "sim/base/clean.h"
#include "sim/base/cleanup.h"

static void put_text(FILE *out, const char *text)
{
	size_t size = 3 * strlen(text) + 1;
	_cleanup_(freep) char *clean = malloc(size);
	xmlChar *escaped;

	if (!clean)
		return;
	escaped = xmlEncodeSpecialChars(NULL, (const xmlChar *)clean_text(text, clean, size));
	if (escaped)
		fputs((const char *)escaped, out);
	xmlFree(escaped);
}

void html_text(FILE *out, const char *text, size_t len)
{
	_cleanup_(freep) char *copy = malloc(len + 1);

	if (!copy)
		return;
	for (size_t i = 0; i < len; i++)
		copy[i] = text[i] ? text[i] : ' ';
	copy[len] = '\0';
	put_text(out, copy);
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
