/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define NUMBER_LEN 64

bool number_read(const char *text, double *ret, const char **end)
{
	size_t whole = strspn(text, DIGITS), part = 0, len = whole;
	char copy[NUMBER_LEN];

	if (text[whole] == '.') {
		part = strspn(text + whole + 1, DIGITS);
		len = whole + 1 + part;
	}
	if (!whole && !part)
		return false;
	if (len >= sizeof(copy))
		return false;
	snprintf(copy, sizeof(copy), "%.*s", (int)len, text);
	*ret = strtod(copy, NULL);
	*end = text + len;
	return true;
}

bool number_is(const char *text, double *ret)
{
	const char *end;
	double n;

	if (!number_read(text, &n, &end) || *end)
		return false;
	*ret = n;
	return true;
}
