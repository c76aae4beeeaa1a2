/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/note.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void note_add(char note[NOTE_LEN], const char *fmt, ...)
{
	size_t len = strlen(note);
	va_list args;

	if (len)
		len += (size_t)snprintf(note + len, NOTE_LEN - len, "; ");
	if (len >= NOTE_LEN)
		return;
	va_start(args, fmt);
	vsnprintf(note + len, NOTE_LEN - len, fmt, args);
	va_end(args);
}
