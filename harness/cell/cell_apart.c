/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_apart.c - what of a cell's world is not on its clock, in the end. */
#include "harness/cell/cell_state.h"

#include <errno.h>
#include <string.h>

#include "sim/world/apart.h"

#define PROCESSES 256

static bool is_resolver(const struct cell *c, pid_t pid)
{
	for (unsigned i = 0; i < c->host_count; i++)
		if (c->hosts[i].pid == pid)
			return true;
	return false;
}

/* The names of those that `has_page` or have it not, but for the resolvers; 0: there are none. */
static unsigned name_them(const struct cell *c, bool has_page, char *ret, size_t size)
{
	struct apart all[PROCESSES];
	unsigned count = world_apart(&c->world, CLOCK_PAGE_IN_MAPS, all, PROCESSES), n = 0;
	size_t len = 0;

	ret[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		if (all[i].has_page != has_page || (has_page && is_resolver(c, all[i].pid)))
			continue;
		if (len < size)
			len += (size_t)snprintf(ret + len, size - len, "%s'%s'", n ? ", " : "",
						all[i].name);
		n++;
	}
	return n;
}

int cell_audit(struct cell *c, struct err *e)
{
	int r = clock_audit(c->clock, e);
	char names[256];

	if (r < 0 || clock_mode(c->clock) == CLOCK_REAL || c->world.init <= 0 ||
	    !name_them(c, false, names, sizeof(names)))
		return r;
	return err_set(e, -EBADRQC,
		       "%s ran past the clock, in real time: started without the clock library, as "
		       "by an environment without LD_PRELOAD and " PAGE_ENV,
		       names);
}

void cell_blame_children(const struct cell *c, struct err *e)
{
	size_t len = strlen(e->text);
	char names[256];

	if (clock_mode(c->clock) == CLOCK_REAL || c->world.init <= 0)
		return;
	if (name_them(c, false, names, sizeof(names)))
		snprintf(e->text + len, sizeof(e->text) - len,
			 "; %s runs past the clock, without the clock library", names);
	else if (name_them(c, true, names, sizeof(names)))
		snprintf(e->text + len, sizeof(e->text) - len,
			 "; %s runs as a child of the program, where the clock moves no datagrams: "
			 "a script that starts a resolver becomes it, by 'exec'",
			 names);
}
