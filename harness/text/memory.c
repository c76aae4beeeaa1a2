/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/memory.h"

#include <jansson.h>
#include <libxml/xmlmemory.h>
#include <stdlib.h>
#include <string.h>

static bool has_ended;

void memory_ended(void)
{
	has_ended = true;
}

bool memory_has_ended(void)
{
	return has_ended;
}

static void *watched(void *p)
{
	has_ended |= !p;
	return p;
}

static void *watched_malloc(size_t size)
{
	return watched(malloc(size));
}

static void *watched_realloc(void *p, size_t size)
{
	return watched(realloc(p, size));
}

static char *watched_strdup(const char *text)
{
	return watched(strdup(text));
}

void memory_watch(void)
{
	json_set_alloc_funcs(watched_malloc, free);
	xmlMemSetup(free, watched_malloc, watched_realloc, watched_strdup);
}

bool memory_close(FILE *f, char *const *text)
{
	bool failed = ferror(f) != 0;

	failed |= fclose(f) != 0;
	has_ended |= failed || !*text;
	return !failed && *text;
}
