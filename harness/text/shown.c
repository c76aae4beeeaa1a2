/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/shown.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clean.h"

struct shown {
	FILE *under;
	char begun[4]; /* of a character whose end has not come yet */
	size_t begun_len;
};

/* What stands below stdout and stderr. */
static struct {
	FILE *shown, *raw;
} standard[2];

static void put(struct shown *s, const char *text, size_t len, bool as_it_is)
{
	if (as_it_is)
		fwrite_unlocked(text, 1, len, s->under);
	else
		fputs_unlocked(CLEAN_REPLACEMENT, s->under);
}

/* Ends the character that an earlier write began. How many bytes of this one that took. */
static size_t complete(struct shown *s, const char *text, size_t len)
{
	size_t before = s->begun_len, took = len < 4 - before ? len : 4 - before, used;
	bool as_it_is;

	memcpy(s->begun + before, text, took);
	used = clean_next(s->begun, before + took, &as_it_is);
	if (!used) {
		s->begun_len += took;
		return took;
	}
	s->begun_len = 0;
	if (used > before) {
		put(s, s->begun, used, as_it_is);
		return used - before;
	}
	for (size_t i = 0; i < before; i++) /* it has no end: none of its bytes is one */
		put(s, s->begun + i, 1, false);
	return 0;
}

static ssize_t write_shown(void *cookie, const char *text, size_t len)
{
	struct shown *s = cookie;
	size_t at = 0;

	if (s->begun_len)
		at = complete(s, text, len);
	while (at < len) {
		bool as_it_is;
		size_t n = clean_next(text + at, len - at, &as_it_is);

		if (!n) {
			s->begun_len = len - at;
			memcpy(s->begun, text + at, s->begun_len);
			break;
		}
		put(s, text + at, n, as_it_is);
		at += n;
	}
	return fflush(s->under) == 0 && !ferror(s->under) ? (ssize_t)len : 0;
}

static int close_shown(void *cookie)
{
	struct shown *s = cookie;

	for (size_t i = 0; i < s->begun_len; i++)
		put(s, s->begun + i, 1, false);
	fflush(s->under);
	free(s);
	return 0;
}

FILE *shown_over(FILE *under)
{
	struct shown *s = calloc(1, sizeof(*s));
	FILE *f = s ? fopencookie(
			      s, "w",
			      (cookie_io_functions_t){ .write = write_shown, .close = close_shown })
		    : NULL;

	if (s)
		s->under = under;
	if (!f)
		free(s);
	return f;
}

static FILE *replace(unsigned n, FILE *raw, int buffering)
{
	FILE *f = shown_over(raw);

	if (!f)
		return raw;
	setvbuf(f, NULL, buffering, 0);
	standard[n].shown = f;
	standard[n].raw = raw;
	return f;
}

void shown_standard_files(void)
{
	stdout = replace(0, stdout, _IOFBF);
	stderr = replace(1, stderr, _IOLBF);
}

FILE *shown_raw(FILE *out)
{
	for (unsigned i = 0; i < 2; i++)
		if (standard[i].shown == out && out)
			return standard[i].raw;
	return out;
}

void shown_markdown(const char *text, size_t len, FILE *out)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '<')
			fputs("&lt;", out);
		else if (text[i] == '&')
			fputs("&amp;", out);
		else if (text[i] == '\n')
			fputc(' ', out);
		else if (text[i] && strchr("|`*[\\", text[i]))
			fprintf(out, "\\%c", text[i]);
		else
			fputc(text[i], out);
	}
}
