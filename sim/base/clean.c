/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/clean.h"

#include <string.h>

/* The bytes of a character that begins with this one; 0: none does. */
static size_t length_of(unsigned char lead)
{
	static const unsigned char leads[] = { 0x80, 0xc0, 0xe0, 0xf0, 0xf8 };
	static const size_t lengths[] = { 1, 0, 2, 3, 4 };
	unsigned kind = 0;

	while (kind < sizeof(leads) && lead >= leads[kind])
		kind++;
	return kind < sizeof(leads) ? lengths[kind] : 0;
}

static bool is_character(unsigned c, size_t len)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return c >= least[len] && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
}

/* What neither commands nor turns round; U+FFFE and U+FFFF XML has no place for. */
static bool shows(unsigned c)
{
	if (c == '\t' || c == '\n')
		return true;
	return c >= 0x20 && !(c >= 0x7f && c <= 0x9f) && !(c >= 0x202a && c <= 0x202e) &&
	       !(c >= 0x2066 && c <= 0x2069) && c != 0xfffe && c != 0xffff;
}

size_t clean_next(const char *text, size_t len, bool *ret)
{
	size_t need = length_of((unsigned char)*text);
	unsigned c =
		need == 1 ? (unsigned char)*text : (unsigned char)*text & (0xffu >> (need + 1));

	*ret = false;
	for (size_t i = 1; i < need; i++) {
		if (i == len)
			return 0;
		if ((text[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (text[i] & 0x3f);
	}
	if (!need || !is_character(c, need))
		return 1;
	*ret = shows(c);
	return need;
}

static char *clean(const char *text, bool one_line, char *ret, size_t size)
{
	size_t n = 0, rest = strlen(text);

	while (rest) {
		bool as_it_is;
		size_t len = clean_next(text, rest, &as_it_is);
		size_t out = as_it_is ? len : sizeof(CLEAN_REPLACEMENT) - 1;

		if (n + out >= size)
			break;
		memcpy(ret + n, as_it_is ? text : CLEAN_REPLACEMENT, out);
		if (one_line && as_it_is && (*text == '\n' || *text == '\t'))
			ret[n] = ' ';
		n += out;
		text += len ? len : 1;
		rest -= len ? len : 1;
	}
	ret[n] = '\0';
	return ret;
}

char *clean_text(const char *text, char *ret, size_t size)
{
	return clean(text, false, ret, size);
}

char *clean_line(const char *text, char *ret, size_t size)
{
	return clean(text, true, ret, size);
}
