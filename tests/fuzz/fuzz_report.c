/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a run, whatever became of its files: all reports are written of it, or it is refused. One
 * input is all files, each behind a line "==== NAME". */
#include <string.h>
#include <sys/stat.h>

#include "harness/report/report.h"
#include "tests/fuzz/file.h"

#define MARK "==== "

/* Files behind one another, until the next mark at a line's start. */
static void write_files(const char *text, size_t size)
{
	const char *end = text + size;

	while (text < end) {
		const char *line = memchr(text, '\n', (size_t)(end - text)), *next;
		char name[64];

		if (!line || memcmp(text, MARK, strlen(MARK)) != 0)
			return;
		snprintf(name, sizeof(name), "%.*s", (int)(line - text) - (int)strlen(MARK),
			 text + strlen(MARK));
		next = memmem(line, (size_t)(end - line), "\n" MARK, 1 + strlen(MARK));
		if (strspn(name, "abcdefghijklmnopqrstuvwxyz/-.") == strlen(name) &&
		    !strstr(name, "..") && name[0] != '/' && *name)
			fuzz_file(name, (const uint8_t *)line + 1,
				  (size_t)((next ? next + 1 : end) - line - 1));
		text = next ? next + 1 : end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *folder = fuzz_folder();
	struct err e = { .text = "" };

	if (size < strlen(MARK) || memcmp(data, MARK, strlen(MARK)) != 0)
		return 0;
	fuzz_clear();
	write_files((const char *)data, size);
	if (report_into(&folder, 1, fuzz_path("out"), false, &e) < 0 && !e.text[0])
		__builtin_trap();
	return 0;
}
