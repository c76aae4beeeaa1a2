/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/choice.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* A file may have any sign in the folders that it lies in; it ends with ".lua". */
static size_t driver_length(const char *text)
{
	const char *at = text;

	while ((at = strstr(at, ".lua"))) {
		at += strlen(".lua");
		if (!*at || strchr("@=:", *at))
			return (size_t)(at - text);
	}
	return strcspn(text, "@=:");
}

/* ":threads=4", up to the end or the next one. */
static bool is_option(const char *text, size_t len)
{
	size_t name = 1, value;

	while (name < len && (islower((unsigned char)text[name]) || text[name] == '-'))
		name++;
	value = name + 1;
	if (text[0] != ':' || name == 1 || value >= len || text[name] != '=')
		return false;
	for (; value < len; value++)
		if (!isalnum((unsigned char)text[value]) && !strchr("._-", text[value]))
			return false;
	return true;
}

/* A path may have a ':' as well: options are what stands at the end and looks like them. */
static size_t without_options(const char *text, size_t len)
{
	for (;;) {
		const char *colon = memrchr(text, ':', len);

		if (!colon || !is_option(colon, (size_t)(text + len - colon)))
			return len;
		len = (size_t)(colon - text);
	}
}

static int take(const char *text, const char *from, size_t len, char ret[PATH_MAX], struct err *e)
{
	if (!len)
		return err_set(e, -EINVAL, "'%s': nothing stands behind the '%c'", text, from[-1]);
	if (len >= PATH_MAX)
		return err_set(e, -EINVAL, "'%.100s…' is too long a path", text);
	memcpy(ret, from, len);
	ret[len] = '\0';
	return 0;
}

static int take_options(const char *text, const char *from, char ret[CHOICE_OPTIONS], struct err *e)
{
	if (!*from)
		return 0;
	if (*from != ':' || without_options(from, strlen(from)))
		return err_set(e, -EINVAL,
			       "'%s': '%s' is no option: it is ':NAME=VALUE', like ':threads=4'",
			       text, from);
	if (strlen(from) >= CHOICE_OPTIONS)
		return err_set(e, -EINVAL, "'%.100s…' has too many options", text);
	strcpy(ret, from + 1);
	return 0;
}

/* Where a name of the store ends; a folder's path ends where the options begin. */
static size_t root_length(const char *root, size_t len)
{
	size_t name = strcspn(root, "=");

	name = name < len ? name : len;
	return memchr(root, '/', name) ? name : strcspn(root, "=:");
}

int choice_parse(const char *text, struct choice *ret, struct err *e)
{
	size_t len = driver_length(text);
	const char *rest = text + len, *end = rest + without_options(rest, strlen(rest));
	struct choice c = { .driver = "" };
	int r = 0;

	if (len && (r = take(text, text, len, c.driver, e)) < 0)
		return r;
	if (*rest == '@') {
		len = root_length(rest + 1, (size_t)(end - rest - 1));
		r = take(text, rest + 1, len, c.root, e);
		rest += 1 + len;
	}
	if (r == 0 && *rest == '=') {
		r = take(text, rest + 1, (size_t)(end - rest - 1), c.program, e);
		rest = end;
	}
	if (r == 0)
		r = take_options(text, rest, c.options, e);
	if (r == 0)
		*ret = c;
	return r;
}
