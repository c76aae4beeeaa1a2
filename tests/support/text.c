/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/text.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/test.h"

char *stream_text(FILE *f)
{
	static char *texts[4];
	static unsigned next;
	char **text = &texts[next++ % ARRAY_SIZE(texts)];
	size_t len = 0, size = 1 << 16, n;

	assert_non_null(f);
	do {
		*text = realloc(*text, size *= 2);
		assert_non_null(*text);
		n = fread(*text + len, 1, size - 1 - len, f);
		len += n;
	} while (len == size - 1);
	(*text)[len] = '\0';
	return *text;
}

char *file_text(const char *path)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "r");

	if (!f)
		fail_msg("there is no file '%s'", path);
	return stream_text(f);
}

void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in: %.6000s", part, text);
}

void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in: %.6000s", part, text);
}

void assert_ends(const char *text, const char *end)
{
	size_t len = strlen(text), want = strlen(end);

	if (len < want || strcmp(text + len - want, end) != 0)
		fail_msg("this does not end in '%s': %.6000s", end, text);
}

unsigned times_in(const char *text, const char *part)
{
	unsigned n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}
