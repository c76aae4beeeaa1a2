/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/spec.h"

#include <errno.h>
#include <string.h>

/* A file may have any sign in the folders that it lies in; it ends with ".lua". */
static size_t driver_length(const char *text)
{
	const char *at = text;

	while ((at = strstr(at, ".lua"))) {
		at += strlen(".lua");
		if (!*at || *at == '@' || *at == '=')
			return (size_t)(at - text);
	}
	return strcspn(text, "@=");
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

int spec_parse(const char *text, struct spec *ret, struct err *e)
{
	size_t len = driver_length(text);
	const char *rest = text + len;
	struct spec s = { .driver = "" };
	int r = 0;

	if (len && (r = take(text, text, len, s.driver, e)) < 0)
		return r;
	if (*rest == '@') {
		r = take(text, rest + 1, strcspn(rest + 1, "="), s.root, e);
		rest += 1 + strcspn(rest + 1, "=");
	}
	if (r == 0 && *rest == '=')
		r = take(text, rest + 1, strlen(rest + 1), s.program, e);
	if (r == 0)
		*ret = s;
	return r;
}
