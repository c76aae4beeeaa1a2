/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/driver_transport.h"

#include <lauxlib.h>

#include "harness/subject/driver_call.h"
#include "sim/language/args.h"

static bool says(lua_State *L, const struct driver *d, const char *pattern)
{
	bool found;

	lua_getglobal(L, "string");
	lua_getfield(L, -1, "find");
	lua_pushstring(L, d->about);
	lua_pushstring(L, pattern);
	lua_call(L, 2, 1);
	found = !lua_isnil(L, -1);
	lua_pop(L, 2);
	return found;
}

static int find_transports(lua_State *L)
{
	static const char *const keys[] = { "dot", "doh", NULL };
	struct driver *d = driver_call_of(L)->d;
	struct args a;
	int index;

	d->answers_by[TRANSPORT_UDP] = d->answers_by[TRANSPORT_TCP] = true;
	driver_push(L, d);
	a = args_table(L, -1, "driver", NULL);
	index = args_push(&a, "transports");
	if (index < 0)
		return 0;
	a = args_table(L, index, "transports", keys);
	for (unsigned t = TRANSPORT_DOT; t < TRANSPORTS; t++) {
		const char *pattern = args_text(&a, transport_names[t], NULL);

		d->answers_by[t] = pattern && says(L, d, pattern);
	}
	return 0;
}

int driver_find_transports(struct driver *d, struct err *e)
{
	struct call c = { .d = d, .e = e };

	return *d->unable ? 0 : driver_carry(&c, find_transports);
}

bool driver_offers(const struct driver *d, enum transport t)
{
	return d->answers_by[t];
}
