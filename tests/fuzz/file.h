/* SPDX-License-Identifier: BSD-2-Clause */
/* file.h - an input as a file: what is read by its path is fuzzed by it. */
#pragma once

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The process's own folder, gone when it ends well. */
static inline const char *fuzz_folder(void);

static inline void fuzz_remove(const char *folder)
{
	char path[512];
	struct dirent *entry;
	DIR *d = opendir(folder);

	while (d && (entry = readdir(d))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (unlink(path) < 0) {
			fuzz_remove(path);
			rmdir(path);
		}
	}
	if (d)
		closedir(d);
}

static inline void fuzz_clear(void)
{
	fuzz_remove(fuzz_folder());
}

static inline void fuzz_end(void)
{
	fuzz_clear();
	rmdir(fuzz_folder());
}

static inline const char *fuzz_folder(void)
{
	static char folder[] = "/tmp/sigfault-fuzz-XXXXXX";
	static int made;

	if (!made) {
		made = 1;
		if (!mkdtemp(folder))
			abort();
		atexit(fuzz_end);
	}
	return folder;
}

/* Of something in it; lent until the next call. */
static inline const char *fuzz_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), name);
	return path;
}

/* Writes a file in it, one folder down where the name has one, and gives its path as fuzz_path() does. */
static inline const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
	char folder[128] = "";
	const char *slash = strchr(name, '/');
	FILE *f;

	if (slash) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - name), name);
		mkdir(fuzz_path(folder), 0700);
	}
	f = fopen(fuzz_path(name), "w");
	if (f) {
		fwrite(data, 1, size, f);
		fclose(f);
	}
	return fuzz_path(name);
}

#define FUZZ_MARK "==== "

/* Lower-case letters, digits and "-./", and not out of the folder. */
static inline bool fuzz_is_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) &&
		    !strchr("-./", *c))
			return false;
	return *name && *name != '/' && !strstr(name, "..");
}

/* Writes all files of an input, each behind a line "==== NAME", into the folder, which is emptied first. false: it
 * does not begin with such a line. */
static inline bool fuzz_files(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = text + size;
	const size_t mark = strlen(FUZZ_MARK);

	if (size < mark || memcmp(text, FUZZ_MARK, mark) != 0)
		return false;
	fuzz_clear();
	while (text < end) {
		const char *line = memchr(text, '\n', (size_t)(end - text)), *next;
		char name[64];

		if (!line)
			break;
		snprintf(name, sizeof(name), "%.*s", (int)(line - text) - (int)mark, text + mark);
		next = memmem(line, (size_t)(end - line), "\n" FUZZ_MARK, 1 + mark);
		if (fuzz_is_name(name))
			fuzz_file(name, (const uint8_t *)line + 1,
				  (size_t)((next ? next + 1 : end) - line - 1));
		text = next ? next + 1 : end;
	}
	return true;
}
