/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/utf8.h"

#include <libxml/parserInternals.h>
#include <stdbool.h>
#include <string.h>

/* The bytes of the character at `text`; 0: there is none (RFC 3629, section 3). */
static size_t read_character(const char *text, unsigned *ret)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const unsigned char leads[] = { 0x80, 0xc0, 0xe0, 0xf0, 0xf8 };
	static const size_t lengths[] = { 1, 0, 2, 3, 4 };
	unsigned char lead = (unsigned char)*text;
	unsigned kind = 0, c;
	size_t len;

	while (kind < sizeof(leads) && lead >= leads[kind])
		kind++;
	len = kind < sizeof(leads) ? lengths[kind] : 0;
	c = len == 1 ? lead : lead & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text[i] & 0x3f);
	}
	if (!len || c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return len;
}

char *utf8_clean(const char *text, char *ret, size_t size)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t n = 0;

	while (*text) {
		unsigned c = 0;
		size_t len = read_character(text, &c);
		bool stays = len && IS_CHAR(c);
		size_t out = stays ? len : sizeof(replacement) - 1;

		if (n + out >= size)
			break;
		memcpy(ret + n, stays ? text : replacement, out);
		n += out;
		text += len ? len : 1;
	}
	ret[n] = '\0';
	return ret;
}

unsigned utf8_width(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}
