/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (e) {
		va_start(ap, fmt);
		vsnprintf(e->text, sizeof(e->text), fmt, ap);
		va_end(ap);
		e->zone[0] = '\0';
		e->placed = false;
	}
	return code;
}

void err_zone(struct err *e, const char *zone)
{
	if (e)
		snprintf(e->zone, sizeof(e->zone), "%s", zone);
}

void err_prefix(struct err *e, const char *fmt, ...)
{
	char old[sizeof(e->text)];
	va_list ap;
	int n;

	if (!e)
		return;
	memcpy(old, e->text, sizeof(old));
	va_start(ap, fmt);
	n = vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n + 3 < sizeof(e->text))
		snprintf(e->text + n, sizeof(e->text) - (size_t)n, ": %.*s",
			 (int)(sizeof(e->text) - (size_t)n - 3), old);
}

void err_place(struct err *e, const char *place)
{
	err_prefix(e, "%s", place);
	if (e)
		e->placed = true;
}
