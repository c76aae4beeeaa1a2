/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/label.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void label_base(const char *dir, char ret[256])
{
	size_t end = strlen(dir), from;

	while (end > 1 && dir[end - 1] == '/')
		end--;
	for (from = end; from && dir[from - 1] != '/'; from--)
		;
	snprintf(ret, 256, "%.*s", (int)(end - from), dir + from);
}

const char *label_version(const char *name, const char *version)
{
	const char *in = strstr(name, version);

	return in && in > name && strchr("@-", in[-1]) &&
			       !isalnum((unsigned char)in[strlen(version)])
		       ? ""
		       : version;
}

static unsigned count_same(const struct recorded *r, const struct recorded_cell *c, bool with_base)
{
	char mine[256], other[256];
	unsigned n = 0;

	label_base(r->dirs[c->run], mine);
	for (unsigned i = 0; i < r->cell_count; i++) {
		label_base(r->dirs[r->cells[i].run], other);
		n += strcmp(r->cells[i].folder, c->folder) == 0 &&
		     (!with_base || strcmp(mine, other) == 0);
	}
	return n;
}

/* What is swept: parameters go behind the row's name, the time behind the column's. */
static int put_swept(const struct recorded *r, struct recorded_cell *c)
{
	char column[256];
	const char *key;
	json_t *value;

	snprintf(column, sizeof(column), "%s", c->mitigation);
	json_object_foreach((json_t *)c->sweep, key, value)
	{
		_cleanup_(freep) char *row = c->row;

		c->row = NULL;
		if (recorded_is_time(r, c, key)) {
			snprintf(column, sizeof(column), "%s=%s", c->mitigation,
				 json_string_value(value) ?: "");
			c->row = TAKE(row);
		} else if (asprintf(&c->row, "%s %s=%s", row, key, json_string_value(value) ?: "") <
			   0) {
			c->row = NULL;
			return -ENOMEM;
		}
	}
	c->column = strdup(column);
	return c->column ? 0 : -ENOMEM;
}

int label_cell(const struct recorded *r, struct recorded_cell *c)
{
	char base[256] = "";
	const char *run = base;

	if (count_same(r, c, false) > 1)
		label_base(r->dirs[c->run], base);
	if (*base && count_same(r, c, true) > 1)
		run = r->dirs[c->run];
	if (asprintf(&c->label, "%s%s%s", run, *run ? "/" : "", c->folder) < 0)
		c->label = NULL;
	if (asprintf(&c->row, "%s%s%s", run, *run ? "/" : "", c->resolver) < 0)
		c->row = NULL;
	return c->label && c->row ? put_swept(r, c) : -ENOMEM;
}
