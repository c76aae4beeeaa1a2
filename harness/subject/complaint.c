/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/complaint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"

/* A line of a log with the name of a copy, and the user's in its place. */
static bool translate(const json_t *told, const char *line, char *ret, size_t size)
{
	const char *copy;
	json_t *path;

	json_object_foreach(json_object_get(told, "copies"), copy, path)
	{
		const char *at = strstr(line, copy), *behind;

		if (!at || (at[strlen(copy)] != ':' && at[strlen(copy)] != '"' &&
			    at[strlen(copy)] != '\''))
			continue;
		behind = at + strlen(copy);
		snprintf(ret, size, "%s%.*s", json_string_value(path), (int)strcspn(behind, "\r\n"),
			 behind);
		return true;
	}
	return false;
}

/* Whether a line sets what is called so; a - may be a _ to the resolver. */
static bool sets(const char *line, const char *name, size_t len)
{
	line += strspn(line, " \t-{\"'");
	for (size_t i = 0; i < len; i++)
		if (line[i] != name[i] && !(line[i] == '-' && name[i] == '_'))
			return false;
	line += len;
	return line[strspn(line, " \"'")] == ':';
}

/* The first line of a user's file that sets it; 0: none. */
static unsigned line_in(const char *path, const char *name, size_t len)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	_cleanup_(freep) char *line = NULL;
	size_t cap = 0;

	for (unsigned n = 1; f && getline(&line, &cap, f) > 0; n++)
		if (sets(line, name, len))
			return n;
	return 0;
}

/* The setting that a sentence is about: in quotes, or the last part of the path that it begins with,
 * "outgoing.max_qperq: …" or "[/options/serve-stale] …". */
static const char *name_in(const char *says, bool is_quoted, size_t *len)
{
	const char *quoted = says + strcspn(says, "`'"), *end = says + strcspn(says, ":]");
	const char *begin = end;

	if (is_quoted) {
		quoted += *quoted != '\0';
		*len = strcspn(quoted, "`'");
		return quoted;
	}
	while (begin > says && !strchr("./ [", begin[-1]))
		begin--;
	*len = (size_t)(end - begin);
	return begin;
}

static bool find_line(const json_t *told, const char *name, size_t len, const char **file,
		      unsigned *n)
{
	const char *copy;
	json_t *path;

	json_object_foreach(json_object_get(told, "copies"), copy, path)
	{
		*file = json_string_value(path);
		*n = len ? line_in(*file, name, len) : 0;
		if (*n)
			return true;
	}
	return false;
}

/* The sentence with a file in front, and a line where it names a setting that stands there. */
static void place(const json_t *told, const char *says, char *ret, size_t size)
{
	size_t quoted_len, len;
	const char *quoted = name_in(says, true, &quoted_len), *name = name_in(says, false, &len);
	const char *file;
	unsigned n;

	if (find_line(told, quoted, quoted_len, &file, &n) || find_line(told, name, len, &file, &n))
		snprintf(ret, size, "%s:%u: %s", file, n, says);
	else
		snprintf(ret, size, "%s", says);
}

/* To a " that has no \ before it. */
static size_t sentence_len(const char *at)
{
	size_t len = strcspn(at, "\"\r\n");

	while (len && at[len] == '"' && at[len - 1] == '\\')
		len += 1 + strcspn(at + len + 1, "\"\r\n");
	return len;
}

static bool told_of(const json_t *told, const char *line, char *ret, size_t size)
{
	json_t *before;
	size_t i;

	json_array_foreach(json_object_get(told, "complaints"), i, before)
	{
		const char *at = strstr(line, json_string_value(before));
		_cleanup_(freep) char *says = NULL;

		if (!at)
			continue;
		at += json_string_length(before);
		says = strndup(at, sentence_len(at));
		if (says)
			place(told, says, ret, size);
		return says;
	}
	return false;
}

bool complaint_find(const json_t *told, const char *log, char *ret, size_t size)
{
	_cleanup_(fclosep) FILE *f = fopen(log, "re");
	_cleanup_(freep) char *line = NULL;
	bool has_own = json_array_size(json_object_get(told, "complaints"));
	size_t cap = 0;

	while (f && getline(&line, &cap, f) > 0)
		if (has_own ? told_of(told, line, ret, size) : translate(told, line, ret, size))
			return true;
	return false;
}
