/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/written.h"

#include <string.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"

static const struct scenario_options seeded = { .seed = 7 };

int written_load(const char *text, const struct scenario_options *o, struct scenario **ret,
		 struct err *e)
{
	e->text[0] = '\0';
	return scenario_load(folder_put("x.lua", text), o ? o : &seeded, ret, e);
}

struct scenario *written(const char *text)
{
	struct scenario *s = NULL;
	struct err e;

	if (written_load(text, NULL, &s, &e))
		fail_msg("%s", e.text);
	return s;
}

void assert_refused(const struct err *e, int line, const char *part)
{
	char place[300];

	snprintf(place, sizeof(place), line ? "%s:%d: " : "%s: ", folder_path("x.lua"), line);
	if (strncmp(e->text, place, strlen(place)) != 0 || !strstr(e->text, part) ||
	    strchr(e->text, '\n'))
		fail_msg("no '%s' of line %d in: %s", part, line, e->text);
}

void refuses_with(const char *text, const struct scenario_options *o, int line, const char *part)
{
	struct scenario *s = NULL;
	struct err e;

	if (!written_load(text, o, &s, &e))
		fail_msg("it is taken: %s", text);
	assert_null(s);
	assert_refused(&e, line, part);
}

void refuses(const char *text, int line, const char *part)
{
	refuses_with(text, NULL, line, part);
}
