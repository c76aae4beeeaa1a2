/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "harness/cli/cmd.h"
#include "harness/cli/instant.h"
#include "sim/base/nearest.h"
#include "zones/dump.h"

#define ZONES_NAMED 8

/* Those that there are; of many the first ones. */
static enum exit_status no_zone(const struct scenario *s, const char *name, struct err *e)
{
	struct nearest n = nearest_to(name);
	char list[600] = "", apex[NAME_TEXT_LEN], hint[NEAREST_LEN + 24];
	size_t len = 0;

	for (unsigned i = 0; i < s->tree->zone_count; i++) {
		nearest_try(&n, name_text(s->tree->zones[i]->apex, apex));
		if (i < ZONES_NAMED && len < sizeof(list))
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
						i ? ", " : "", apex);
	}
	err_set(e, -ENOENT, "the scenario has no zone '%s'; it has: %s%s%s", name, list,
		s->tree->zone_count > ZONES_NAMED ? ", …" : "", nearest_hint(&n, hint));
	return EXIT_USAGE;
}

enum exit_status cmd_zone(struct options *o, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	uint8_t apex[NAME_MAX_LEN];
	struct view v = { 0 };
	int r;

	if (scenario_load(o->args[0], &o->run.scenario_options, &s, e) < 0 ||
	    instant_of(o, s, &v.now, e) < 0 || name_parse(o->args[1], apex, e) < 0)
		return EXIT_USAGE;
	v.zone = tree_zone(s->tree, apex);
	if (!v.zone)
		return no_zone(s, o->args[1], e);
	v = view_at(v.zone, 0, v.now, NULL);
	r = dump_zone(&v, stdout, e);
	return r == -EIO ? EXIT_INVALID : r < 0 ? EXIT_USAGE : EXIT_HELD;
}
