/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/judge/stranger.h"

#include <string.h>

#include "sim/base/nearest.h"

struct search {
	const char *name;
	struct nearest nearest;
	bool found;
};

static void look(const char *name, void *arg)
{
	struct search *s = arg;

	s->found |= strcmp(name, s->name) == 0;
	nearest_try(&s->nearest, name);
}

static bool was_told(const struct scenario *s, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (strcmp(s->knowledge[k].resolver, s->knowledge[i].resolver) == 0)
			return true;
	return false;
}

void stranger_print(const struct scenario *s, const struct matrix *m, FILE *out)
{
	char hint[NEAREST_LEN + 24];

	for (unsigned i = 0; i < s->knowledge_count; i++) {
		const struct knowledge *k = &s->knowledge[i];
		struct search search = { k->resolver, nearest_to(k->resolver), false };

		if (was_told(s, i) || driver_list(look, &search, NULL) < 0)
			continue;
		for (unsigned d = 0; m && d < m->driver_count; d++)
			look(driver_kind(m->drivers[d]), &search);
		if (!search.found)
			fprintf(out, "not judged here: %s: knows: no resolver is called '%s'%s\n",
				k->place, k->resolver, nearest_hint(&search.nearest, hint));
	}
}
