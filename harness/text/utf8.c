/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/utf8.h"

unsigned utf8_width(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}
